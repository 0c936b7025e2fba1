"""What services, units and authorities are called, for many of them at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from gateway.directory.tables import (
    AuthorityRow,
    ConversionRow,
    ProviderRow,
    ServiceRow,
    Tier,
    UnitGender,
    UnitRow,
)
from gateway.people.clusters import these
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNamed:
    """A service by its name, its tier, and the authority it stands in."""

    id: str
    name: str
    tier: Tier
    authority_id: str
    authority: str


def services_named(work: Work, ids: Collection[str]) -> Mapping[str, ServiceNamed]:
    """These services by id, in one query; whichever is not there is not among the answers."""
    query = (
        select(ServiceRow.id, ServiceRow.name, ServiceRow.tier, ServiceRow.authority_id)
        .add_columns(AuthorityRow.name.label("authority"))
        .join(AuthorityRow, AuthorityRow.id == ServiceRow.authority_id)
        .where(ServiceRow.id.in_(these(work, ids)))
    )
    found = (ServiceNamed(**row) for row in work.session.execute(query).mappings())
    return {each.id: each for each in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKept:
    """A service by its name, and how many units it has that are not closed."""

    id: str
    name: str
    units: int


def services_kept(
    work: Work, day: date, *, provider: str | None = None, called: str = ""
) -> tuple[ServiceKept, ...]:
    """Services with units that are not closed on a day, in the order of names, in one query.

    Parameters
    ----------
    provider
        Only this one's; ``None``: everybody's.
    called
        Only those whose names contain these words, in capitals or not.
    """
    stands = or_(UnitRow.closes_on.is_(None), UnitRow.closes_on > day)
    query = (
        select(ServiceRow.id, ServiceRow.name, func.count().label("units"))
        .join(UnitRow, UnitRow.service_id == ServiceRow.id)
        .where(stands)
        .group_by(ServiceRow.id, ServiceRow.name)
        .order_by(ServiceRow.name, ServiceRow.id)
    )
    if provider is not None:
        query = query.where(ServiceRow.provider_id == provider)
    if called:
        query = query.where(ServiceRow.name.icontains(called, autoescape=True))
    return tuple(ServiceKept(**row) for row in work.session.execute(query).mappings())


def units_named(work: Work, ids: Collection[str]) -> Mapping[str, str]:
    """The names of these units by id, in one query."""
    query = select(UnitRow.id, UnitRow.name).where(UnitRow.id.in_(these(work, ids)))
    return dict(work.session.execute(query).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPlaced:
    """A unit by its name, and the name of its service."""

    id: str
    name: str
    service: str


def units_placed(work: Work, ids: Collection[str]) -> Mapping[str, UnitPlaced]:
    """These units by id with their services, in one query."""
    query = (
        select(UnitRow.id, UnitRow.name, ServiceRow.name.label("service"))
        .join(ServiceRow, ServiceRow.id == UnitRow.service_id)
        .where(UnitRow.id.in_(these(work, ids)))
    )
    found = (UnitPlaced(**row) for row in work.session.execute(query).mappings())
    return {each.id: each for each in found}


def authorities_named(work: Work) -> Mapping[str, str]:
    """The name of every authority by id, in the order of names."""
    query = select(AuthorityRow.id, AuthorityRow.name).order_by(AuthorityRow.name, AuthorityRow.id)
    return dict(work.session.execute(query).all())


def authorities_placed(work: Work) -> tuple[tuple[str, float, float], ...]:
    """The name, latitude and longitude of every authority whose middle is known, in the order of names."""
    query = select(AuthorityRow.name, AuthorityRow.latitude, AuthorityRow.longitude)
    rows = work.session.execute(query.order_by(AuthorityRow.name, AuthorityRow.id))
    return tuple((name, north, east) for name, north, east in rows if north is not None and east is not None)


def providers_named(work: Work, ids: Collection[str]) -> Mapping[str, str]:
    """The names of these providers by id, in one query."""
    query = select(ProviderRow.id, ProviderRow.name).where(ProviderRow.id.in_(these(work, ids)))
    return dict(work.session.execute(query).all())


def lots_used(work: Work) -> tuple[str, ...]:
    """Every lot of which there is a service, in order."""
    return tuple(work.all(select(ServiceRow.lot).distinct().order_by(ServiceRow.lot)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Convertible:
    """So many units of a service may be re-designated, as its provider said."""

    service: str
    source: UnitGender
    target: UnitGender
    max_units: int


def convertible(work: Work) -> tuple[Convertible, ...]:
    """Every re-designation that a provider would agree to, by the name of its service."""
    query = (
        select(ServiceRow.name.label("service"), ConversionRow.source, ConversionRow.target)
        .add_columns(ConversionRow.max_units)
        .join(ServiceRow, ServiceRow.id == ConversionRow.service_id)
        .where(ConversionRow.max_units > 0)
        .order_by(ServiceRow.name, ServiceRow.id, ConversionRow.source, ConversionRow.target)
    )
    return tuple(Convertible(**row) for row in work.session.execute(query).mappings())
