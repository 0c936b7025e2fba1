"""Referrals: what the West London and Birmingham forms ask and the law needs, as columns.

``None`` is unknown, everywhere, and never no.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.referrals.states import ReferralStatus
from gateway.storage.rows import Id, Row, Versioned, code, ref
from gateway.storage.sealing import Sealed, SealedDay

ERASED = "R-ERASED"
"""Whose the rows are that outlive an erased referral."""


class AgencyRow(Row):
    """A designated referral agency (West London protocol: each partner names those who may refer)."""

    __tablename__ = "agencies"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str]
    authority_id: Mapped[str | None] = ref("authorities.id", nullable=True)
    designated: Mapped[bool] = mapped_column(default=True)


class Connection(StrEnum):
    """Grounds of a local connection (Housing Act 1996, section 199; Homelessness Code, chapter 10)."""

    RESIDENCE = "residence"
    EMPLOYMENT = "employment"
    FAMILY = "family"
    SPECIAL = "special"
    CARE_LEAVER = "care_leaver"
    FORMER_ASYLUM_SEEKER = "former_asylum_seeker"
    NONE = "none"


class Duty(StrEnum):
    """The housing duty owed (Homelessness Reduction Act 2017; Housing Act 1996, sections 188 to 195)."""

    PREVENTION = "prevention"
    RELIEF = "relief"
    MAIN = "main"
    INTERIM = "interim"
    NONE = "none"


class EndReason(StrEnum):
    """Why a referral ended, or rests; each belongs to some of the end states."""

    NOT_ELIGIBLE = "not_eligible"
    RISK_NOT_MANAGEABLE = "risk_not_manageable"
    NO_CONSENT = "no_consent"
    NOT_DESIGNATED = "not_designated"
    DUPLICATE = "duplicate"
    OTHER_HELP_FOUND = "other_help_found"
    CHANGED_MIND = "changed_mind"
    CONTACT_LOST = "contact_lost"
    IN_CUSTODY = "in_custody"
    IN_HOSPITAL = "in_hospital"
    AWAITING_EVENT = "awaiting_event"
    NOT_ANSWERED = "not_answered"
    TOO_OLD = "too_old"
    MOVED_ON = "moved_on"
    REFUSED_OFFERS = "refused_offers"
    DIED = "died"
    OTHER = "other"


class ReferralRow(Row, Versioned):
    """One referral.

    agency_reference
        The agency's own number: the same one is the same referral, however often it is imported.
    waiting_since
        Whence the waiting counts; a refused offer does not change it.
    status_until
        When the state ends by itself: a question's deadline, the end of parking, the expiry of a draft.
    units
        How many units the household takes together.
    current_service_id, must_leave, may_move
        Where the person lives now, if in one of the services; a closure makes them leave; they may be asked
        to move.
    band
        The effective band of the assessment in force; ``None``: not assessed yet.
    triage_rank
        Where it stands in the triage list, lower first (``gateway.assessment.ranking``); 0: not yet scored.
    """

    __tablename__ = "referrals"

    id: Mapped[Id]
    version: Mapped[int]
    person_id: Mapped[str] = ref("people.id")
    agency_id: Mapped[str] = ref("agencies.id", index=False)
    agency_reference: Mapped[str | None]
    referrer: Mapped[str | None] = mapped_column(Sealed)
    entered_by: Mapped[str]
    status: Mapped[ReferralStatus] = code(ReferralStatus)
    status_since: Mapped[datetime]
    status_until: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None] = code(EndReason, nullable=True)
    entered_at: Mapped[datetime]
    referred_on: Mapped[date | None]
    waiting_since: Mapped[datetime | None]

    authority_id: Mapped[str | None] = ref("authorities.id", nullable=True)
    connection: Mapped[Connection | None] = code(Connection, nullable=True)
    duty: Mapped[Duty | None] = code(Duty, nullable=True)
    duty_date: Mapped[date | None]
    discharge_date: Mapped[date | None]
    immediate_safety: Mapped[bool | None]
    sleeping_rough: Mapped[bool | None]
    accommodation: Mapped[str | None]
    accommodation_detail: Mapped[str | None] = mapped_column(Sealed)
    tier: Mapped[str | None]
    units: Mapped[int] = mapped_column(default=1)
    adults: Mapped[int | None]
    children: Mapped[int | None]
    pregnant: Mapped[bool | None]
    current_service_id: Mapped[str | None] = ref("services.id", nullable=True)
    must_leave: Mapped[bool] = mapped_column(default=False)
    may_move: Mapped[bool] = mapped_column(default=False)
    story: Mapped[str | None] = mapped_column(Sealed)

    band: Mapped[int | None]
    triage_rank: Mapped[int] = mapped_column(BigInteger, default=0)

    __table_args__ = (
        CheckConstraint("units >= 1", name="units"),
        UniqueConstraint("agency_id", "agency_reference"),
        Index("ix_referrals_triage", "status", "triage_rank", "id"),
        Index("ix_referrals_status_until", "status_until"),
        Index("ix_referrals_agency_id", "agency_id", "entered_at", "id"),
    )


class ReferralTrait(StrEnum):
    """What kind of code a `ReferralCodeRow` holds."""

    CLIENT_GROUP = "client_group"
    NEED = "need"
    RISK = "risk"
    ACCESS_NEED = "access_need"
    WISHED_SERVICE = "wished_service"
    AVOIDED_SERVICE = "avoided_service"


class ReferralCodeRow(Row):
    """A client group, need, risk, access need or wish, and whether it is so: ``None`` is not yet known.

    place
        The order among the wishes, 1 the most wished for; the primary client group is 1 too.
    """

    __tablename__ = "referral_codes"

    referral_id: Mapped[str] = ref("referrals.id", index=False, primary_key=True)
    trait: Mapped[ReferralTrait] = code(ReferralTrait, primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[bool | None]
    place: Mapped[int | None]
    detail: Mapped[str | None] = mapped_column(Sealed)


class HouseholdMemberRow(Row):
    """Somebody who is housed together with the person referred."""

    __tablename__ = "household_members"

    id: Mapped[Id]
    referral_id: Mapped[str] = ref("referrals.id")
    relation: Mapped[str]
    name: Mapped[str | None] = mapped_column(Sealed)
    born: Mapped[date | None] = mapped_column(SealedDay)


class QuestionRow(Row):
    """What the gateway asked the referrer, and the answer."""

    __tablename__ = "questions"

    id: Mapped[Id]
    referral_id: Mapped[str] = ref("referrals.id")
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Sealed)
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Sealed)


class NoteRow(Row):
    """A note on a case. Appended, never changed."""

    __tablename__ = "notes"

    id: Mapped[Id]
    referral_id: Mapped[str] = ref("referrals.id")
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Sealed)
