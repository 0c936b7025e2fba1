"""Authorities and who neighbours whom; providers; services; units, their designation and their voids."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.rows import Id, Row, Versioned, code, ref
from gateway.storage.sealing import Sealed


class PartnershipRole(StrEnum):
    """How an authority stands to the partnership (West London protocol, schedule 5)."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    OTHER = "other"


class AuthorityRow(Row):
    """A council; the id is its GSS code."""

    __tablename__ = "authorities"

    id: Mapped[Id]
    name: Mapped[str]
    role: Mapped[PartnershipRole] = code(PartnershipRole)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class NeighbourRow(Row):
    """Two authorities touch; both directions are rows."""

    __tablename__ = "neighbours"

    authority_id: Mapped[str] = ref("authorities.id", index=False, primary_key=True)
    neighbour_id: Mapped[str] = ref("authorities.id", primary_key=True)


class ProviderRow(Row):
    """An organisation that runs services; ``in_house``: the authority itself, under an SLA."""

    __tablename__ = "providers"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    in_house: Mapped[bool] = mapped_column(default=False)


class Tier(StrEnum):
    """The level of support."""

    HUB = "hub"
    LOCAL = "local"
    FLOATING = "floating"


class ServiceRow(Row, Versioned):
    """A place, or a team, that gives support.

    authority_id
        Where it stands. Who owns it is told by the agreement it was bought under.
    confidential
        Its address and location are told to nobody who need not go there.
    opens_on, closes_on
        Half-open; ``closes_on`` ``None``: no closure is planned.
    """

    __tablename__ = "services"

    id: Mapped[Id]
    version: Mapped[int]
    provider_id: Mapped[str] = ref("providers.id", index=False)
    authority_id: Mapped[str] = ref("authorities.id")
    name: Mapped[str] = mapped_column(String(200))
    tier: Mapped[Tier] = code(Tier)
    lot: Mapped[str]
    address: Mapped[str | None] = mapped_column(Sealed)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    confidential: Mapped[bool] = mapped_column(default=False)
    direct_access: Mapped[bool] = mapped_column(default=False)
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    opens_on: Mapped[date]
    closes_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("closes_on > opens_on", name="half_open"),
        Index("ix_services_provider_id", "provider_id", "id"),
    )


class ServiceTrait(StrEnum):
    """What kind of code a `ServiceCodeRow` holds."""

    CLIENT_GROUP = "client_group"
    CANNOT_MANAGE = "cannot_manage"
    FEATURE = "feature"


class ServiceCodeRow(Row):
    """A client group the service is for, a risk it cannot manage, or a feature of the building."""

    __tablename__ = "service_codes"

    service_id: Mapped[str] = ref("services.id", index=False, primary_key=True)
    trait: Mapped[ServiceTrait] = code(ServiceTrait, primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)


class UnitKind(StrEnum):
    """What one placement uses up."""

    BEDSPACE = "bedspace"
    FLAT = "flat"
    SLOT = "slot"


class UnitGender(StrEnum):
    """Who a unit is designated for. ``SAME``: all in the same pool are of one gender at a time."""

    ANY = "any"
    MALE = "male"
    FEMALE = "female"
    SAME = "same"


class UnitRow(Row, Versioned):
    """A bedspace, a flat, or a slot in a caseload.

    pool
        Units of one service with the same pool belong together (a landing, a shared room, a caseload).
    confirmed_at
        When the provider last said that what stands here is true; ``None``: never.
    """

    __tablename__ = "units"

    id: Mapped[Id]
    version: Mapped[int]
    service_id: Mapped[str] = ref("services.id")
    name: Mapped[str]
    pool: Mapped[str]
    kind: Mapped[UnitKind] = code(UnitKind)
    opens_on: Mapped[date]
    closes_on: Mapped[date | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("closes_on > opens_on", name="half_open"),
        UniqueConstraint("service_id", "name"),
        Index("ix_units_confirmed_at", "confirmed_at", "id"),
    )


class DesignationRow(Row):
    """From this day the unit is for this gender; the latest begun counts. Appended, never changed."""

    __tablename__ = "designations"

    id: Mapped[Id]
    unit_id: Mapped[str] = ref("units.id", index=False)
    gender: Mapped[UnitGender] = code(UnitGender)
    from_day: Mapped[date]
    reason: Mapped[str]
    set_at: Mapped[datetime]

    __table_args__ = (Index("ix_designations_unit_id", "unit_id", "from_day", "set_at"),)


class UnitFeatureRow(Row):
    """A feature of one unit (step-free) beyond those of its service."""

    __tablename__ = "unit_features"

    unit_id: Mapped[str] = ref("units.id", index=False, primary_key=True)
    feature: Mapped[str] = mapped_column(primary_key=True)


class VoidState(StrEnum):
    """Why an empty unit cannot be let."""

    BEING_PREPARED = "being_prepared"
    OUT_OF_SERVICE = "out_of_service"


class VoidReason(StrEnum):
    """Why a unit is out of service (after the void reasons of the Ministry of Justice's CAS3)."""

    DEEP_CLEAN = "deep_clean"
    NEEDLE_SWEEP = "needle_sweep"
    DAMAGE_BY_RESIDENT = "damage_by_resident"
    REPAIRS = "repairs"
    FURNITURE = "furniture"
    COOLING_OFF = "cooling_off"
    ACCIDENT = "accident"
    REFURBISHMENT = "refurbishment"
    STAFF_SHORTAGE = "staff_shortage"
    SINGLE_OCCUPANCY = "single_occupancy"
    TURNAROUND = "turnaround"
    OTHER = "other"


class VoidRow(Row):
    """One revision of a unit's being out of use; the highest of a ``void`` counts. Appended, never changed.

    until
        Half-open; ``None``: nobody knows yet.
    cancelled
        The void did not happen, or was entered by mistake.
    """

    __tablename__ = "voids"

    void: Mapped[str] = mapped_column(String(24), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    unit_id: Mapped[str] = ref("units.id", index=False)
    state: Mapped[VoidState] = code(VoidState)
    reason: Mapped[VoidReason] = code(VoidReason)
    from_day: Mapped[date]
    until: Mapped[date | None]
    cancelled: Mapped[bool] = mapped_column(default=False)
    noted_at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(Sealed)

    __table_args__ = (
        CheckConstraint("until > from_day", name="half_open"),
        Index("ix_voids_unit_id", "unit_id", "until"),
    )


class ConversionRow(Row):
    """The provider lets up to ``max_units`` units of one designation be re-designated to another.

    cost
        Points for each unit, as the engine weighs them (docs/eligibility-and-preference.md).
    """

    __tablename__ = "conversions"

    service_id: Mapped[str] = ref("services.id", index=False, primary_key=True)
    source: Mapped[UnitGender] = code(UnitGender, called="source", primary_key=True)
    target: Mapped[UnitGender] = code(UnitGender, called="target", primary_key=True)
    max_units: Mapped[int]
    cost: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("max_units >= 0 AND cost >= 0", name="not_negative"),
        CheckConstraint("source <> target", name="changes_something"),
    )
