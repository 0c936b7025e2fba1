"""The units of a service, and those whose record grows stale."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_

from gateway.directory.tables import ServiceRow, UnitFeatureRow, UnitRow
from gateway.storage.work import Work


def units_of(work: Work, service_id: str) -> Sequence[UnitRow]:
    """The units of a service, closed ones too, in the order of pools, names and ids.

    Raises
    ------
    NotFound
        If there is no such service.
    """
    work.get(ServiceRow, service_id)
    return work.all(
        select(UnitRow)
        .where(UnitRow.service_id == service_id)
        .order_by(UnitRow.pool, UnitRow.name, UnitRow.id)
    )


def features_of(work: Work, unit_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
    """By unit, its features beyond those of its service, in order; a unit without any is left out."""
    query = select(UnitFeatureRow).where(UnitFeatureRow.unit_id.in_(sorted(unit_ids)))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in work.all(query.order_by(UnitFeatureRow.feature)):
        found[row.unit_id].append(row.feature)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleUnit:
    """A unit to ask about; ``confirmed_at`` ``None``: nobody ever confirmed it."""

    id: str
    name: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleService:
    """A service to chase, and which of its units: never confirmed first, then the oldest."""

    provider: str
    service: str
    name: str
    units: tuple[StaleUnit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StalePage:
    """Services to chase, provider by provider.

    next
        Where the next page begins, to be given back; ``None``: this is the last.
    """

    services: tuple[StaleService, ...]
    next: tuple[str, str] | None


def stale_units(
    work: Work,
    before: datetime,
    *,
    on: date,
    providers: Collection[str] | None = None,
    after: tuple[str, str] | None = None,
    size: int = 50,
) -> StalePage:
    """The units that nobody confirmed since ``before``, in the order of providers, services, stamps and ids.

    One press confirms a whole service, so a page holds whole services. A unit that is closed, or not open
    yet, on the day is not chased.

    Parameters
    ----------
    before
        The moment a confirmation must not be older than.
    on
        Today.
    providers
        Only theirs; ``None``: everybody's.
    after
        ``next`` of the page before; ``None``: the first page.
    size
        How many services a page holds.
    """
    services = _services(_is_stale(before, on), after)
    if providers is not None:
        services = services.where(ServiceRow.provider_id.in_(sorted(providers)))
    page = services.limit(size + 1).subquery("page")
    rows = work.session.execute(
        select(
            ServiceRow.provider_id,
            ServiceRow.id,
            ServiceRow.name,
            UnitRow.id,
            UnitRow.name,
            UnitRow.confirmed_at,
        )
        .join(UnitRow, UnitRow.service_id == ServiceRow.id)
        .join(page, page.c.id == ServiceRow.id)
        .where(_is_stale(before, on))
        .order_by(
            ServiceRow.provider_id,
            ServiceRow.id,
            UnitRow.confirmed_at.is_not(None),
            UnitRow.confirmed_at,
            UnitRow.id,
        )
    ).all()
    found = [
        StaleService(
            provider=provider,
            service=service,
            name=name,
            units=tuple(StaleUnit(id=id, name=called, confirmed_at=stamp) for *_, id, called, stamp in units),
        )
        for (provider, service, name), units in groupby(rows, key=lambda row: tuple(row[:3]))
    ]
    kept = tuple(found[:size])
    return StalePage(services=kept, next=(kept[-1].provider, kept[-1].service) if found[size:] else None)


def count_stale_units(work: Work, before: datetime, *, on: date) -> int:
    """How many units `stale_units` would name, on all its pages together."""
    query = select(func.count()).select_from(UnitRow).join(ServiceRow, ServiceRow.id == UnitRow.service_id)
    return work.session.scalars(query.where(_is_stale(before, on))).one()


def _services(stale: ColumnElement[bool], after: tuple[str, str] | None) -> Select[str]:
    # A walk along the index on (provider_id, id) that ends when the page is full.
    has_stale = exists().where(UnitRow.service_id == ServiceRow.id, stale).correlate(ServiceRow)
    query = select(ServiceRow.id).where(has_stale).order_by(ServiceRow.provider_id, ServiceRow.id)
    if after is None:
        return query
    return query.where(tuple_(ServiceRow.provider_id, ServiceRow.id) > after)


def _is_stale(before: datetime, on: date) -> ColumnElement[bool]:
    old = or_(UnitRow.confirmed_at.is_(None), UnitRow.confirmed_at < before)
    opened = and_(UnitRow.opens_on <= on, ServiceRow.opens_on <= on)
    is_open = (or_(row.closes_on.is_(None), row.closes_on > on) for row in (UnitRow, ServiceRow))
    return and_(old, opened, *is_open)
