"""Placements as they are answered: officers are told whose it is, a provider of which referral."""

from collections.abc import Callable, Sequence
from datetime import date

from pydantic import Field

from api.access.reach import EVERYWHERE
from api.rest.door import Door
from api.rest.filled_pages import filled, shown
from api.rest.listing import Listing
from api.rest.values import Told
from gateway.placements.paging import Place
from gateway.placements.residents import PlacementLine
from gateway.placements.states import PlacementStatus
from gateway.placements.tables import Blocker, DepartureReason, Destination, PlacementRow
from gateway.storage.work import Work


class PlacementTold(Told):
    """Somebody lives, or lived, in a service."""

    id: str
    version: int
    referral_id: str
    person_id: str | None = Field(description="Told to officers and duty managers.")
    service_id: str
    status: PlacementStatus
    from_day: date
    until: date | None = Field(description="Half-open: the day of departure is free again.")
    review_on: date | None
    ready_since: date | None = Field(description="Since when they no longer need this place.")
    blocked_by: Blocker | None = Field(description="What keeps them; null: nothing.")
    departure_reason: DepartureReason | None
    destination: Destination | None
    planned: bool | None


def placement_told(door: Door, row: PlacementRow) -> PlacementTold:
    """One placement, as this visitor is told of it."""
    facts = {name: getattr(row, name) for name in PlacementTold.model_fields}
    return PlacementTold(**facts | {"person_id": _person(door, row.person_id)})


def placements_told(
    work: Work,
    door: Door,
    fetch: Callable[[Place | None, int], Sequence[PlacementLine]],
    *,
    after: Place | None,
    size: int,
    place: Callable[[PlacementLine], Place],
) -> Listing[PlacementTold]:
    """One page of placements, as this visitor is told of them."""
    lines, end = filled(
        work,
        door.visitor,
        fetch,
        after=after,
        size=size,
        person=lambda line: line.person,
        place=place,
    )
    return Listing(items=[_line_told(door, line) for line in lines], next=shown(end))


def _line_told(door: Door, line: PlacementLine) -> PlacementTold:
    return PlacementTold(
        id=line.id,
        version=line.version,
        referral_id=line.referral,
        person_id=_person(door, line.person),
        service_id=line.service,
        status=line.status,
        from_day=line.from_day,
        until=line.until,
        review_on=line.review_on,
        ready_since=line.ready_since,
        blocked_by=line.blocked_by,
        departure_reason=line.departure_reason,
        destination=line.destination,
        planned=line.planned,
    )


def _person(door: Door, person_id: str) -> str | None:
    return person_id if door.visitor.role in EVERYWHERE else None
