"""Joint purchasing and cross-authority access agreements, their schedules and clauses.

A reapportionment is a new schedule, appended; a schedule that stands is never changed.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.rows import DEFERRED, Id, Row, Versioned, code, ref


class AgreementKind(StrEnum):
    """Joint purchase: partners buy units of a service together. Access: others may use units of a service."""

    JOINT_PURCHASE = "joint_purchase"
    ACCESS = "access"


class AgreementRow(Row, Versioned):
    """An agreement between authorities; its term is half-open."""

    __tablename__ = "agreements"

    id: Mapped[Id]
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[AgreementKind] = code(AgreementKind)
    lead_id: Mapped[str] = ref("authorities.id")
    from_day: Mapped[date]
    until: Mapped[date]
    ended_on: Mapped[date | None]

    __table_args__ = (CheckConstraint("until > from_day", name="half_open"),)


class PartyRow(Row):
    """An authority that has entered an agreement; the lead authority is one too."""

    __tablename__ = "agreement_parties"

    agreement_id: Mapped[str] = ref("agreements.id", index=False, primary_key=True)
    authority_id: Mapped[str] = ref("authorities.id", primary_key=True)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]


class CoveredServiceRow(Row):
    """A service under an agreement. Direct access services cannot be (West London protocol, schedule 5)."""

    __tablename__ = "agreement_services"

    agreement_id: Mapped[str] = ref("agreements.id", index=False, primary_key=True)
    service_id: Mapped[str] = ref("services.id", primary_key=True)


class ScheduleRow(Row):
    """What was agreed from this day on, until the next schedule of the agreement begins."""

    __tablename__ = "schedules"

    agreement_id: Mapped[str] = ref("agreements.id", index=False, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    from_day: Mapped[date]
    appended_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("agreement_id", "from_day"),)


class PurchaseRow(Row):
    """Units of one service bought by one authority, at a price in pounds per unit and year."""

    __tablename__ = "purchases"

    agreement_id: Mapped[str] = mapped_column(
        String(24), ForeignKey("agreements.id", **DEFERRED), primary_key=True
    )
    schedule: Mapped[int] = mapped_column(Integer, primary_key=True)
    service_id: Mapped[str] = ref("services.id", primary_key=True)
    authority_id: Mapped[str] = ref("authorities.id", primary_key=True)
    units: Mapped[int]
    price: Mapped[Decimal]

    __table_args__ = (
        ForeignKeyConstraint(
            ["agreement_id", "schedule"], ["schedules.agreement_id", "schedules.number"], **DEFERRED
        ),
        CheckConstraint("units >= 0", name="units"),
    )


class AccessGroup(StrEnum):
    """Whom an access clause is about.

    ``AUTHORITY``: the one named. ``NON_HOST``: everybody but the host (the authority of the service; in a
    joint purchase, its purchasers). ``NON_PARTY``: whoever has not entered the agreement. ``SECONDARY``:
    authorities of that role. ``OUTSIDE``: neither party nor secondary.
    """

    AUTHORITY = "authority"
    NON_HOST = "non_host"
    NON_PARTY = "non_party"
    SECONDARY = "secondary"
    OUTSIDE = "outside"


class AccessClauseRow(Row):
    """At most so many units at once, and so many unit weeks a year, for a group of authorities.

    clause
        Its number in the paper, for a refusal to name: ``schedule 5, 2(b)``; no two of one schedule share it.
    service_id
        ``None``: all the agreement's services together.
    """

    __tablename__ = "access_clauses"

    id: Mapped[Id]
    agreement_id: Mapped[str] = mapped_column(String(24), index=True)
    schedule: Mapped[int]
    clause: Mapped[str] = mapped_column(String(120))
    group: Mapped[AccessGroup] = code(AccessGroup)
    authority_id: Mapped[str | None] = ref("authorities.id", nullable=True)
    service_id: Mapped[str | None] = ref("services.id", nullable=True)
    max_units: Mapped[int | None]
    max_unit_weeks: Mapped[Decimal | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["agreement_id", "schedule"], ["schedules.agreement_id", "schedules.number"], **DEFERRED
        ),
        CheckConstraint("max_units IS NOT NULL OR max_unit_weeks IS NOT NULL", name="limits_something"),
        CheckConstraint("(\"group\" = 'authority') = (authority_id IS NOT NULL)", name="names_an_authority"),
        CheckConstraint("max_units >= 0", name="max_units"),
    )
