"""Placements as they are looked at: who lives where, whose review is due, who is ready to move on."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import (
    EVERYWHERE,
    holds_of_visitor,
    person_in_reach,
    placement_in_reach,
    placements_of_visitor,
)
from api.rest.door import Door, declared, may
from api.rest.filled_pages import day_and_id, filled, two_ids
from api.rest.listing import After, Listing, Size, cursor
from api.rest.offers import OfService
from api.rest.placements_told import PlacementTold, placement_told, placements_told
from api.rest.strict_requests import doors
from api.rest.values import Day, IdInPath, Told
from gateway.local_day import local_day
from gateway.people.clusters import cluster
from gateway.placements import residents
from gateway.placements.residents import Resident
from gateway.placements.tables import HoldRow
from gateway.refusals import NotFound
from gateway.storage.work import Work

router = doors("placements")

OnDay = Annotated[Day | None, Query(description="Today, if none is given.")]


class ResidentTold(Told):
    """Somebody has a unit to live in on the day."""

    service_id: str
    unit_id: str
    referral_id: str
    person_id: str | None = Field(description="Told to officers and duty managers.")
    placement_id: str
    from_day: date
    until: date | None = Field(description="Half-open; null: no end yet.")


@router.get(
    "/residents",
    summary="Who lives in the services, unit by unit",
    response_model=Listing[ResidentTold],
    responses=declared(),
)
def list_residents(
    door: Annotated[Door, may(Permission.READ_PLACEMENTS)],
    service_id: OfService = None,
    day: OnDay = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """In the order of services and units: a provider's own, or all."""
    place, on = two_ids(after), day or local_day(door.at)
    among = holds_of_visitor(door.visitor)
    if service_id is not None:
        among &= HoldRow.service_id == service_id

    def question(work: Work) -> Listing[ResidentTold]:
        found, end = filled(
            work,
            door.visitor,
            lambda place, limit: residents.residents(work, on, among=among, after=place, limit=limit),
            after=place,
            size=size,
            person=lambda each: each.person,
            place=lambda each: (each.service, each.unit),
        )
        return Listing(items=_residents_told(door, found), next=None if end is None else cursor(*end))

    return door.read(question)


@router.get(
    "/placements/due-for-review",
    summary="Placements to be looked at again",
    response_model=Listing[PlacementTold],
    responses=declared(),
)
def list_due_for_review(
    door: Annotated[Door, may(Permission.READ_PLACEMENTS)],
    service_id: OfService = None,
    by_day: OnDay = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """On this day or before, the longest overdue first."""
    place, due = day_and_id(after), by_day or local_day(door.at)

    def question(work: Work) -> Listing[PlacementTold]:
        return placements_told(
            work,
            door,
            lambda place, limit: residents.due_for_review(
                work,
                due,
                service_ids=None if service_id is None else [service_id],
                among=placements_of_visitor(door.visitor),
                after=place,
                limit=limit,
            ),
            after=place,
            size=size,
            place=lambda line: (line.review_on, line.id),
        )

    return door.read(question)


@router.get(
    "/placements/ready-to-move-on",
    summary="People who no longer need the place they live in",
    response_model=Listing[PlacementTold],
    responses=declared(),
)
def list_ready_to_move_on(
    door: Annotated[Door, may(Permission.READ_PLACEMENTS)],
    service_id: OfService = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """Those who are ready for longest first."""
    place = day_and_id(after)

    def question(work: Work) -> Listing[PlacementTold]:
        return placements_told(
            work,
            door,
            lambda place, limit: residents.ready_to_leave(
                work,
                service_ids=None if service_id is None else [service_id],
                among=placements_of_visitor(door.visitor),
                after=place,
                limit=limit,
            ),
            after=place,
            size=size,
            place=lambda line: (line.ready_since, line.id),
        )

    return door.read(question)


@router.get(
    "/people/{person_id}/placements",
    summary="Where a person lives and has lived",
    response_model=Listing[PlacementTold],
    responses=declared(NotFound),
)
def list_of_person(
    person_id: IdInPath,
    door: Annotated[Door, may(Permission.READ_PLACEMENTS)],
    after: After = None,
    size: Size = 50,
) -> Response:
    """The oldest first, under every id that turned out to be theirs. For officers and duty managers."""
    place = day_and_id(after)

    def question(work: Work) -> Listing[PlacementTold]:
        person_in_reach(work, door.visitor, person_id)
        ids = cluster(work, person_id)
        return placements_told(
            work,
            door,
            lambda place, limit: residents.placements_of(work, ids, after=place, limit=limit),
            after=place,
            size=size,
            place=lambda line: (line.from_day, line.id),
        )

    return door.read(question)


@router.get(
    "/placements/{placement_id}",
    summary="One placement",
    response_model=PlacementTold,
    responses=declared(NotFound),
)
def read(placement_id: IdInPath, door: Annotated[Door, may(Permission.READ_PLACEMENTS)]) -> Response:
    """A provider reads those in its services."""

    def question(work: Work) -> PlacementTold:
        return placement_told(door, placement_in_reach(work, door.visitor, placement_id))

    return door.read(question)


def _residents_told(door: Door, found: Sequence[Resident]) -> list[ResidentTold]:
    is_officer = door.visitor.role in EVERYWHERE
    return [
        ResidentTold(
            service_id=each.service,
            unit_id=each.unit,
            referral_id=each.referral,
            person_id=each.person if is_officer else None,
            placement_id=each.placement,
            from_day=each.from_day,
            until=each.until,
        )
        for each in found
    ]
