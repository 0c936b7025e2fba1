"""Offers, holds and placements.

A *hold* says who has a unit on which days, for an offer or for living there. Two holds of one unit that share
a day cannot exist: an exclusion constraint forbids it on PostgreSQL, a trigger on SQLite
(``storage/migrations``). No use case asks first and inserts afterwards: it inserts, and the database decides.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.storage.rows import Id, Row, Versioned, code, ref
from gateway.storage.sealing import Sealed


class Side(StrEnum):
    """Whose reason it was."""

    PROVIDER = "provider"
    PERSON = "person"
    NEITHER = "neither"


class RefusalReason(StrEnum):
    """Why an offer came to nothing (after CAS3's referral rejections and Women's Aid's annual audit)."""

    RISK_NOT_MANAGEABLE = "risk_not_manageable"
    PREVIOUS_BEHAVIOUR = "previous_behaviour"
    NEEDS_TOO_HIGH = "needs_too_high"
    NEEDS_TOO_LOW = "needs_too_low"
    RISK_TO_RESIDENTS = "risk_to_residents"
    NOT_ELIGIBLE = "not_eligible"
    UNIT_UNAVAILABLE = "unit_unavailable"
    AREA_UNWANTED = "area_unwanted"
    SHARING_UNWANTED = "sharing_unwanted"
    UNAFFORDABLE = "unaffordable"
    OTHER_PLACE_FOUND = "other_place_found"
    NOT_SAFE = "not_safe"
    CHANGED_MIND = "changed_mind"
    NO_CONTACT = "no_contact"
    IN_CUSTODY = "in_custody"
    IN_HOSPITAL = "in_hospital"
    DIED = "died"
    OTHER = "other"


class Review(StrEnum):
    """What the gateway made of a provider's refusal. ``None`` where there is nothing to review."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    OVERRULED = "overruled"


_LIVE_OFFER = text("status IN ('proposed', 'made', 'accepted')")


class OfferRow(Row, Versioned):
    """A unit, or several for a household, offered to somebody.

    from_day
        The first day on which they can move in.
    answer_by
        When it lapses by itself, counted in working hours.
    proposal_id
        The line of a run that it came from; one line makes one offer, however often the making is resumed.
    """

    __tablename__ = "offers"

    id: Mapped[Id]
    version: Mapped[int]
    referral_id: Mapped[str] = ref("referrals.id")
    person_id: Mapped[str] = ref("people.id")
    service_id: Mapped[str] = ref("services.id")
    proposal_id: Mapped[str | None] = ref("proposals.id", nullable=True, index=False, unique=True)
    status: Mapped[OfferStatus] = code(OfferStatus)
    from_day: Mapped[date]
    made_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    side: Mapped[Side | None] = code(Side, nullable=True)
    reason: Mapped[RefusalReason | None] = code(RefusalReason, nullable=True)
    detail: Mapped[str | None] = mapped_column(Sealed)
    review: Mapped[Review | None] = code(Review, nullable=True)

    __table_args__ = (
        Index(
            "uq_offers_live",
            "person_id",
            unique=True,
            sqlite_where=_LIVE_OFFER,
            postgresql_where=_LIVE_OFFER,
        ),
        Index("ix_offers_answer_by", "status", "answer_by"),
    )


class Destination(StrEnum):
    """Where somebody went (after CAS3's move-on categories)."""

    PRIVATE_RENT = "private_rent"
    SOCIAL_RENT = "social_rent"
    OWNED = "owned"
    FAMILY_SETTLED = "family_settled"
    FAMILY_FOR_NOW = "family_for_now"
    SUPPORTED = "supported"
    SHORT_TERM = "short_term"
    SHELTERED = "sheltered"
    HOSPITAL = "hospital"
    CARE_HOME = "care_home"
    PRISON = "prison"
    ROUGH_SLEEPING = "rough_sleeping"
    DIED = "died"
    UNKNOWN = "unknown"


class DepartureReason(StrEnum):
    """Why a placement ended (after CAS3's departure reasons)."""

    PLANNED = "planned"
    TRANSFER = "transfer"
    LEFT = "left"
    EVICTED = "evicted"
    ABANDONED = "abandoned"
    HOSPITAL = "hospital"
    CUSTODY = "custody"
    UNIT_WITHDRAWN = "unit_withdrawn"
    DIED = "died"
    OTHER = "other"


class Blocker(StrEnum):
    """What keeps somebody who is ready to move on (our own list)."""

    NO_PLACE = "no_place"
    NO_DEPOSIT = "no_deposit"
    ARREARS = "arrears"
    BENEFITS = "benefits"
    DOCUMENTS = "documents"
    NO_LOCAL_CONNECTION = "no_local_connection"
    SUPPORT_NOT_IN_PLACE = "support_not_in_place"
    NOT_WILLING = "not_willing"
    OTHER = "other"


_LIVING = text("status = 'living'")


class PlacementRow(Row, Versioned):
    """Somebody lives in, or is supported by, a service.

    authority_id
        The person's home authority on the day of moving in, for quotas and ledgers; ``None`` is unknown.
    from_day, until
        Half-open; ``until`` ``None``: they live there still.
    ready_since, blocked_by
        Ready to move on, since when, and what keeps them.
    planned
        ``None`` until they left, and for a death.
    """

    __tablename__ = "placements"

    id: Mapped[Id]
    version: Mapped[int]
    referral_id: Mapped[str] = ref("referrals.id")
    person_id: Mapped[str] = ref("people.id")
    service_id: Mapped[str] = ref("services.id")
    offer_id: Mapped[str | None] = ref("offers.id", nullable=True)
    authority_id: Mapped[str | None] = ref("authorities.id", nullable=True, index=False)
    status: Mapped[PlacementStatus] = code(PlacementStatus)
    from_day: Mapped[date]
    until: Mapped[date | None]
    review_on: Mapped[date | None]
    ready_since: Mapped[date | None]
    blocked_by: Mapped[Blocker | None] = code(Blocker, nullable=True)
    departure_reason: Mapped[DepartureReason | None] = code(DepartureReason, nullable=True)
    destination: Mapped[Destination | None] = code(Destination, nullable=True)
    planned: Mapped[bool | None]

    __table_args__ = (
        CheckConstraint("until > from_day", name="half_open"),
        CheckConstraint("(status = 'left') = (until IS NOT NULL)", name="left_on_a_day"),
        Index(
            "uq_placements_living",
            "person_id",
            unique=True,
            sqlite_where=_LIVING,
            postgresql_where=_LIVING,
        ),
        Index("ix_placements_review_on", "status", "review_on"),
    )


class HoldKind(StrEnum):
    """Whether a unit is held for somebody who was offered it, or lives in it."""

    OFFER = "offer"
    LIVING = "living"


class HoldRow(Row, Versioned):
    """A unit is somebody's on these days.

    from_day, until
        Half-open; ``None``: no end yet.
    cancelled
        It did not come to be (an offer refused): it holds nothing and counts nowhere.
    service_id, authority_id
        Of the unit and of the person, so that a ledger is one query.
    """

    __tablename__ = "holds"

    id: Mapped[Id]
    version: Mapped[int]
    unit_id: Mapped[str] = ref("units.id", index=False)
    service_id: Mapped[str] = ref("services.id", index=False)
    person_id: Mapped[str] = ref("people.id")
    referral_id: Mapped[str] = ref("referrals.id")
    offer_id: Mapped[str | None] = ref("offers.id", nullable=True)
    placement_id: Mapped[str | None] = ref("placements.id", nullable=True)
    authority_id: Mapped[str | None] = ref("authorities.id", nullable=True, index=False)
    kind: Mapped[HoldKind] = code(HoldKind)
    from_day: Mapped[date]
    until: Mapped[date | None]
    cancelled: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("until > from_day", name="half_open"),
        CheckConstraint("(kind = 'living') = (placement_id IS NOT NULL)", name="living_is_placed"),
        Index("ix_holds_unit_id", "unit_id", "until"),
        Index("ix_holds_service_id", "service_id", "kind", "from_day"),
    )
