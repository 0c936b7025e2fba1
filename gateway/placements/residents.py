"""People who live somewhere, as they are listed: columns only, one query each, ordered down to the id."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, tuple_

from gateway.directory.tables import ServiceRow
from gateway.placements.paging import Place, page
from gateway.placements.states import PlacementStatus
from gateway.placements.tables import Blocker, DepartureReason, Destination, HoldKind, HoldRow, PlacementRow
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """Somebody has a unit to live in on a day; ``until`` is half-open, ``None``: no end yet."""

    service: str
    unit: str
    person: str
    referral: str
    placement: str
    from_day: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementLine:
    """One placement in a list; the fields are `PlacementRow`'s."""

    id: str
    version: int
    referral: str
    person: str
    service: str
    status: PlacementStatus
    from_day: date
    until: date | None
    review_on: date | None
    ready_since: date | None
    blocked_by: Blocker | None
    departure_reason: DepartureReason | None
    destination: Destination | None
    planned: bool | None


_COLUMNS: tuple[Any, ...] = (
    PlacementRow.id,
    PlacementRow.version,
    PlacementRow.referral_id.label("referral"),
    PlacementRow.person_id.label("person"),
    PlacementRow.service_id.label("service"),
    PlacementRow.status,
    PlacementRow.from_day,
    PlacementRow.until,
    PlacementRow.review_on,
    PlacementRow.ready_since,
    PlacementRow.blocked_by,
    PlacementRow.departure_reason,
    PlacementRow.destination,
    PlacementRow.planned,
)


def who_lives_in(work: Work, service_ids: Collection[str], day: date) -> Sequence[Resident]:
    """Who has which unit of these services to live in on this day, in the order of services and units."""
    return residents(work, day, among=HoldRow.service_id.in_(sorted(service_ids)))


def residents(
    work: Work,
    day: date,
    *,
    among: ColumnElement[bool],
    after: tuple[str, str] | None = None,
    limit: int | None = None,
) -> Sequence[Resident]:
    """Who has which unit to live in on this day, in the order of services and units.

    Parameters
    ----------
    among
        Only holds for which this is so.
    after, limit
        The service and the unit with which the page before ended (nobody shares a unit on a day), and how
        many at most; ``None``: from the first on, and all.
    """
    query = (
        select(
            HoldRow.service_id.label("service"),
            HoldRow.unit_id.label("unit"),
            HoldRow.person_id.label("person"),
            HoldRow.referral_id.label("referral"),
            HoldRow.placement_id.label("placement"),
            HoldRow.from_day,
            HoldRow.until,
        )
        .where(among, HoldRow.kind == HoldKind.LIVING, HoldRow.cancelled.is_(False))
        .where(HoldRow.from_day <= day, or_(HoldRow.until.is_(None), HoldRow.until > day))
        .order_by(HoldRow.service_id, HoldRow.unit_id, HoldRow.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(HoldRow.service_id, HoldRow.unit_id) > tuple_(*after))
    return [Resident(**row) for row in work.session.execute(query).mappings()]


def placements_of(
    work: Work,
    person_ids: Collection[str],
    *,
    among: ColumnElement[bool] | None = None,
    after: Place | None = None,
    limit: int | None = None,
) -> Sequence[PlacementLine]:
    """Every placement of a person (``gateway.people.clusters.cluster``: all their ids), the oldest first.

    Parameters
    ----------
    among
        Only placements for which this holds; ``None``: all.
    after, limit
        Where the page before ended (the day they moved in, and the id), and how many at most.
    """
    query = select(*_COLUMNS).where(PlacementRow.person_id.in_(sorted(person_ids)))
    query = query if among is None else query.where(among)
    return _lines(work, page(query, PlacementRow.from_day, PlacementRow.id, after=after, limit=limit))


def due_for_review(
    work: Work,
    by_day: date,
    *,
    provider_id: str | None = None,
    service_ids: Collection[str] | None = None,
    among: ColumnElement[bool] | None = None,
    after: Place | None = None,
    limit: int | None = None,
) -> Sequence[PlacementLine]:
    """Placements to be looked at again on this day or before, the longest overdue first.

    Parameters
    ----------
    provider_id, service_ids
        Only placements in this provider's services, and in these; ``None``: in all.
    among, after, limit
        As in `placements_of`, by ``review_on``.
    """
    query = _living(provider_id, service_ids).where(PlacementRow.review_on <= by_day)
    query = query if among is None else query.where(among)
    return _lines(work, page(query, PlacementRow.review_on, PlacementRow.id, after=after, limit=limit))


def ready_to_leave(
    work: Work,
    *,
    provider_id: str | None = None,
    service_ids: Collection[str] | None = None,
    among: ColumnElement[bool] | None = None,
    after: Place | None = None,
    limit: int | None = None,
) -> Sequence[PlacementLine]:
    """People who no longer need the place they live in, those who are ready for longest first.

    Parameters
    ----------
    provider_id, service_ids, among, after, limit
        As in `due_for_review`, by ``ready_since``.
    """
    query = _living(provider_id, service_ids).where(PlacementRow.ready_since.is_not(None))
    query = query if among is None else query.where(among)
    return _lines(work, page(query, PlacementRow.ready_since, PlacementRow.id, after=after, limit=limit))


def _living(provider_id: str | None, service_ids: Collection[str] | None) -> Select[Any]:
    query = select(*_COLUMNS).where(PlacementRow.status == PlacementStatus.LIVING)
    if provider_id is not None:
        theirs = select(ServiceRow.id).where(ServiceRow.provider_id == provider_id)
        query = query.where(PlacementRow.service_id.in_(theirs))
    return query if service_ids is None else query.where(PlacementRow.service_id.in_(sorted(service_ids)))


def _lines(work: Work, query: Select[Any]) -> Sequence[PlacementLine]:
    return [PlacementLine(**row) for row in work.session.execute(query).mappings()]
