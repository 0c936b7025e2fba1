"""People and what is true of a person whatever they are referred for."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.rows import Id, Row, Versioned, code, ref
from gateway.storage.sealing import Sealed, SealedDay

ERASED = "P-ERASED"
"""Whose the rows are that outlive an erased person: they count, and lead to nobody."""


class SafeToContact(StrEnum):
    """Whether the person may be telephoned or written to where they are; unknown is not yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class PersonRow(Row, Versioned):
    """One person. ``None`` is unknown.

    merged_into
        The person this one turned out to be; their referrals and history are read together.
    restricted
        Only those with a grant may open the case file.
    """

    __tablename__ = "people"

    id: Mapped[Id]
    version: Mapped[int]
    forename: Mapped[str | None] = mapped_column(Sealed)
    surname: Mapped[str | None] = mapped_column(Sealed)
    known_as: Mapped[str | None] = mapped_column(Sealed)
    born: Mapped[date | None] = mapped_column(SealedDay)
    gender: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(Sealed)
    telephone: Mapped[str | None] = mapped_column(Sealed)
    address: Mapped[str | None] = mapped_column(Sealed)
    safe_to_contact: Mapped[SafeToContact] = code(SafeToContact, default=SafeToContact.UNKNOWN)
    contact_note: Mapped[str | None] = mapped_column(Sealed)
    restricted: Mapped[bool] = mapped_column(default=False)
    merged_into: Mapped[str | None] = ref("people.id", nullable=True)
    entered_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class PersonKeyRow(Row):
    """A blind index entry: finds people whose name sounds alike, or with this date of birth or reference."""

    __tablename__ = "person_keys"

    person_id: Mapped[str] = ref("people.id", index=False, primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)

    __table_args__ = (Index("ix_person_keys_digest", "kind", "digest"),)


class PersonReferenceRow(Row):
    """A number by which others know the person (National Insurance, NHS, prison, an agency's own)."""

    __tablename__ = "person_references"

    id: Mapped[Id]
    person_id: Mapped[str] = ref("people.id")
    kind: Mapped[str]
    value: Mapped[str] = mapped_column(Sealed)


class MergeRow(Row):
    """Two people turned out to be one; ``undone_at`` says it was a mistake."""

    __tablename__ = "merges"

    id: Mapped[Id]
    person_id: Mapped[str] = ref("people.id")
    into_id: Mapped[str] = ref("people.id")
    merged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class ExclusionReason(StrEnum):
    """Why a service, a provider or an authority bars somebody."""

    VIOLENCE = "violence"
    THREATS = "threats"
    ARSON = "arson"
    DRUGS = "drugs"
    ARREARS = "arrears"
    HOUSE_RULES = "house_rules"
    SAFEGUARDING = "safeguarding"
    OTHER = "other"


class ExclusionRow(Row, Versioned):
    """A bar against a person, from one service, one provider, or all services in one authority.

    review_on
        The day on which somebody must ask whether it is still right. Half-open: ``until`` is free again.
    """

    __tablename__ = "exclusions"

    id: Mapped[Id]
    version: Mapped[int]
    person_id: Mapped[str] = ref("people.id")
    service_id: Mapped[str | None] = ref("services.id", nullable=True)
    provider_id: Mapped[str | None] = ref("providers.id", nullable=True)
    authority_id: Mapped[str | None] = ref("authorities.id", nullable=True)
    reason: Mapped[ExclusionReason] = code(ExclusionReason)
    detail: Mapped[str | None] = mapped_column(Sealed)
    from_day: Mapped[date]
    until: Mapped[date]
    review_on: Mapped[date]
    lifted_on: Mapped[date | None]
    lifted_why: Mapped[str | None] = mapped_column(Sealed)

    __table_args__ = (
        CheckConstraint("until > from_day", name="half_open"),
        CheckConstraint(
            "(service_id IS NOT NULL AND provider_id IS NULL AND authority_id IS NULL)"
            " OR (service_id IS NULL AND provider_id IS NOT NULL AND authority_id IS NULL)"
            " OR (service_id IS NULL AND provider_id IS NULL AND authority_id IS NOT NULL)",
            name="one_scope",
        ),
    )


class ConsentRow(Row):
    """The person agreed to be referred (a requirement of practice; the lawful basis is a public task)."""

    __tablename__ = "consents"

    id: Mapped[Id]
    person_id: Mapped[str] = ref("people.id")
    given_on: Mapped[date]
    how: Mapped[str]
    withdrawn_on: Mapped[date | None]


class SafetyReason(StrEnum):
    """Why somebody must not be near an area or another person."""

    DOMESTIC_ABUSE = "domestic_abuse"
    EXPLOITATION = "exploitation"
    GANG = "gang"
    THREAT = "threat"
    COURT_ORDER = "court_order"
    OTHER = "other"


class SafetyAreaRow(Row):
    """An authority in which the person is not safe: a hard exclusion, never weighed against anything."""

    __tablename__ = "safety_areas"

    id: Mapped[Id]
    person_id: Mapped[str] = ref("people.id")
    authority_id: Mapped[str] = ref("authorities.id")
    reason: Mapped[SafetyReason] = code(SafetyReason)
    set_on: Mapped[date]
    ended_on: Mapped[date | None]


class SeparationRow(Row):
    """Two people who must not be in the same service; ``person_id`` is the lower of the two ids."""

    __tablename__ = "separations"

    id: Mapped[Id]
    person_id: Mapped[str] = ref("people.id")
    other_id: Mapped[str] = ref("people.id")
    reason: Mapped[SafetyReason] = code(SafetyReason)
    set_on: Mapped[date]
    ended_on: Mapped[date | None]

    __table_args__ = (CheckConstraint("person_id < other_id", name="two_people"),)


class GrantRow(Row):
    """Somebody may open a restricted case file, or broke the glass to (``broken_glass``) and said why."""

    __tablename__ = "restricted_grants"

    id: Mapped[Id]
    person_id: Mapped[str] = ref("people.id")
    holder: Mapped[str] = mapped_column(String(64))
    broken_glass: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(Sealed)
    granted_at: Mapped[datetime]
    until: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
