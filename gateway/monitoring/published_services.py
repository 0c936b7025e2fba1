"""What the public may be told of services: never where a confidential one is, nor who is in any.

The address and place of a confidential service are not even read, so that no fault further up can tell them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from gateway.directory.tables import (
    AuthorityRow,
    PartnershipRole,
    ProviderRow,
    ServiceCodeRow,
    ServiceRow,
    ServiceTrait,
    Tier,
    UnitKind,
)
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import vacancies
from gateway.records.tables import EventRow, EventSubjectRow
from gateway.stay import Stay
from gateway.storage.work import Work

FEWEST_UNITS: Final = 5
"""Of a service with fewer units no numbers are told: in so small a house, that a place came free tells the
neighbours that somebody they know has left. Ours; the same threshold as for figures (docs/open-data.md)."""

_DEEDS: Final = (
    "service added",
    "service changed",
    "service's closure planned",
    "service opened again",
    "units added",
    "unit closed",
    "unit opened again",
)
"""The events about a service after which it is told otherwise. None of them is about who is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which services are asked for.

    search
        Part of the name of the service or of its provider, in large or small letters.
    at_least, at_most
        An age that the service must take, or younger, or older; see `published`.
    tier, code, trait
        Of this tier; with this code (of a client group, of a feature); with any code of this kind.
    with_place
        Only those whose place is public.
    ids
        Only these; ``None``: all.
    """

    search: str | None = None
    at_least: int | None = None
    at_most: int | None = None
    tier: Tier | None = None
    code: tuple[ServiceTrait, str] | None = None
    trait: ServiceTrait | None = None
    with_place: bool = False
    ids: Collection[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One service.

    changed_at
        When something of it was last recorded; ``None``: nobody knows.
    """

    id: str
    name: str
    provider_id: str
    provider: str
    authority_id: str
    authority: str
    tier: Tier
    lot: str
    confidential: bool
    direct_access: bool
    min_age: int | None
    max_age: int | None
    opens_on: date
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a service is whose place is public; ``None`` is not recorded."""

    address: str | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Units of one kind on a day: how many are empty and can be let, and how many there are."""

    kind: UnitKind
    available: int
    units: int


def published(
    work: Work, wanted: Wanted, *, on: date, first: int, size: int
) -> tuple[int, tuple[Published, ...]]:
    """How many services are wanted, and a page of them, by name and id: three queries however many.

    Told are services that are open or will open. An age limit that a service has none of excludes nobody:
    ``at_least`` leaves out services whose oldest is younger, ``at_most`` those whose youngest is older.

    Parameters
    ----------
    first, size
        How many are passed over, and how many told at most.
    """
    query = _columns().where(_wanted(wanted, on))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(ServiceRow.name, ServiceRow.id).offset(first).limit(size)
    rows = work.session.execute(page).mappings().all()
    changed = _changed(work, [row["id"] for row in rows])
    return total, tuple(Published(**row, changed_at=changed.get(row["id"])) for row in rows)


def published_ids(work: Work, *, on: date) -> Sequence[str]:
    """The ids of all services that are told of."""
    return work.all(select(ServiceRow.id).where(_wanted(Wanted(), on)).order_by(ServiceRow.id))


def _columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ServiceRow.id,
            ServiceRow.name,
            ServiceRow.provider_id,
            ProviderRow.name.label("provider"),
            ServiceRow.authority_id,
            AuthorityRow.name.label("authority"),
            ServiceRow.tier,
            ServiceRow.lot,
            ServiceRow.confidential,
            ServiceRow.direct_access,
            ServiceRow.min_age,
            ServiceRow.max_age,
            ServiceRow.opens_on,
        )
        .join(ProviderRow, ProviderRow.id == ServiceRow.provider_id)
        .join(AuthorityRow, AuthorityRow.id == ServiceRow.authority_id)
    )


def _wanted(wanted: Wanted, on: date) -> ColumnElement[bool]:
    return and_(or_(ServiceRow.closes_on.is_(None), ServiceRow.closes_on > on), *_conditions(wanted))


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.search is not None:
        named = ProviderRow.name.icontains(wanted.search, autoescape=True)
        yield or_(ServiceRow.name.icontains(wanted.search, autoescape=True), named)
    if wanted.at_least is not None:
        yield or_(ServiceRow.max_age.is_(None), ServiceRow.max_age >= wanted.at_least)
    if wanted.at_most is not None:
        yield or_(ServiceRow.min_age.is_(None), ServiceRow.min_age <= wanted.at_most)
    if wanted.tier is not None:
        yield ServiceRow.tier == wanted.tier
    if wanted.code is not None:
        trait, value = wanted.code
        yield _has(ServiceCodeRow.trait == trait, ServiceCodeRow.value == value)
    if wanted.trait is not None:
        yield _has(ServiceCodeRow.trait == wanted.trait)
    if wanted.with_place:
        yield _has_public_place()
    if wanted.ids is not None:
        yield ServiceRow.id.in_(sorted(wanted.ids))


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(ServiceCodeRow.service_id == ServiceRow.id, *conditions)


def _has_public_place() -> ColumnElement[bool]:
    """Floating support comes to where people live: it has no place of its own to go to."""
    known = or_(ServiceRow.latitude.is_not(None), ServiceRow.address.is_not(None))
    return and_(ServiceRow.confidential.is_(False), ServiceRow.tier != Tier.FLOATING, known)


def _changed(work: Work, ids: Sequence[str]) -> Mapping[str, datetime]:
    query = (
        select(EventSubjectRow.subject, func.max(EventRow.recorded_at))
        .join(EventRow, EventRow.number == EventSubjectRow.event)
        .where(EventSubjectRow.subject.in_(ids), EventRow.what.in_(_DEEDS))
        .group_by(EventSubjectRow.subject)
    )
    return {row[0]: row[1] for row in work.session.execute(query)}


def codes_of(work: Work, ids: Collection[str]) -> Mapping[str, Sequence[tuple[ServiceTrait, str]]]:
    """The client groups and the features of services; what a service cannot manage is told to nobody."""
    told = (ServiceTrait.CLIENT_GROUP, ServiceTrait.FEATURE)
    query = (
        select(ServiceCodeRow)
        .where(ServiceCodeRow.service_id.in_(sorted(ids)), ServiceCodeRow.trait.in_(told))
        .order_by(ServiceCodeRow.service_id, ServiceCodeRow.trait, ServiceCodeRow.value)
    )
    found: dict[str, list[tuple[ServiceTrait, str]]] = defaultdict(list)
    for row in work.all(query):
        found[row.service_id].append((row.trait, row.value))
    return found


def codes_in_use(work: Work, *, on: date) -> frozenset[tuple[ServiceTrait, str]]:
    """Every client group and feature that a published service has."""
    told = (ServiceTrait.CLIENT_GROUP, ServiceTrait.FEATURE)
    query = (
        select(ServiceCodeRow.trait, ServiceCodeRow.value)
        .join(ServiceRow, ServiceRow.id == ServiceCodeRow.service_id)
        .where(ServiceCodeRow.trait.in_(told), _wanted(Wanted(), on))
        .distinct()
    )
    return frozenset((trait, value) for trait, value in work.session.execute(query))


def places_of(work: Work, ids: Collection[str]) -> Mapping[str, Place]:
    """Where services are, of those whose place is public; of the others nothing is read."""
    query = select(ServiceRow.id, ServiceRow.address, ServiceRow.latitude, ServiceRow.longitude)
    query = query.where(ServiceRow.id.in_(sorted(ids)), _has_public_place())
    return {
        id: Place(address=address, latitude=latitude, longitude=longitude)
        for id, address, latitude, longitude in work.session.execute(query)
    }


def capacities_of(work: Work, service: Published, *, on: date) -> Sequence[Capacity]:
    """How many units there are and how many are empty, by kind; nothing of a hidden or a small service."""
    if service.confidential:
        return ()
    units = [
        (each.kind, each.on(on).state) for each in vacancies(work, Stay.on(on), services=[service.id]).units
    ]
    there = [
        (kind, state) for kind, state in units if state not in (UnitState.CLOSED, UnitState.NOT_YET_OPEN)
    ]
    if len(there) < FEWEST_UNITS:
        return ()
    count, free = (
        Counter(kind for kind, _ in there),
        Counter(kind for kind, state in there if state is UnitState.FREE),
    )
    return [Capacity(kind=kind, available=free[kind], units=count[kind]) for kind in sorted(count)]


def areas_of(work: Work, service: Published) -> Sequence[tuple[str, str]]:
    """For people of which authorities it is (GSS codes, names): its own; of a confidential one all partners.

    Where a confidential service stands is so not told even by its area, and refuges are for people from
    elsewhere in any case.
    """
    if not service.confidential:
        return [(service.authority_id, service.authority)]
    partners = select(AuthorityRow.id, AuthorityRow.name).where(AuthorityRow.role == PartnershipRole.PRIMARY)
    return [(id, name) for id, name in work.session.execute(partners.order_by(AuthorityRow.id))]
