"""Following up on a placement: reviews, ready to move on, departure."""

from typing import Annotated

from fastapi import Response
from pydantic import ConfigDict, Field

from api.access.permissions import Permission
from api.access.reach import placement_in_reach
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.offer_answers import Why
from api.rest.placements_told import PlacementTold, placement_told
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, IdInPath, Words
from gateway.placements.following_up import extend, not_ready_to_move_on, ready_to_move_on, set_review
from gateway.placements.leaving import depart
from gateway.placements.tables import Blocker, DepartureReason, Destination
from gateway.storage.work import Work

router = doors("placements")
Keeper = Annotated[Door, may(Permission.KEEP_PLACEMENTS)]


class ReviewPlanned(Asked):
    """When to look at a placement again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"review_on": "2026-06-01"}]})

    review_on: Day | None = Field(description="Null: no review is planned.")


class Extended(Asked):
    """A stay that goes on beyond its review."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"review_on": "2026-09-01", "why": "The flat is not ready yet."}]}
    )

    review_on: Day
    why: Words


class Ready(Asked):
    """Since when somebody no longer needs the place, and what keeps them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"since": "2026-03-02", "blocked_by": "no_place"}]}
    )

    since: Day
    blocked_by: Blocker | None = Field(default=None, description="Null: nothing.")


class Departed(Asked):
    """When, why and whither somebody left."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"on_day": "2026-03-02", "reason": "planned", "destination": "private_rent"}]
        }
    )

    on_day: Day = Field(description="Free again on this day.")
    reason: DepartureReason = Field(description="Any but transfer: who moves in elsewhere leaves by that.")
    destination: Destination
    planned: bool | None = Field(
        default=None, description="Whether it was agreed; null where the reason says it, and for a death."
    )
    still_needs_a_place: bool = Field(default=False, description="Back to the list, where they stood.")
    prepared_until: Day | None = Field(
        default=None, description="The units are being prepared until this day (half-open)."
    )


@router.post(
    "/placements/{placement_id}/review",
    summary="Set when to look at a placement again",
    response_model=PlacementTold,
    responses=declared(*EDITS),
)
def review(placement_id: IdInPath, asked: ReviewPlanned, seen: Seen, door: Keeper) -> Response:
    """Or that no review is planned."""

    def deed(work: Work) -> PlacementTold:
        placement_in_reach(work, door.visitor, placement_id)
        row = set_review(
            placement_id, asked.review_on, seen=seen, by=door.visitor.actor, at=door.at, work=work
        )
        return placement_told(door, row)

    return door.write(deed)


@router.post(
    "/placements/{placement_id}/extend",
    summary="Let a stay go on beyond its review",
    response_model=PlacementTold,
    responses=declared(*EDITS),
)
def extension(placement_id: IdInPath, asked: Extended, seen: Seen, door: Keeper) -> Response:
    """And say why; the next review is due on the day given."""

    def deed(work: Work) -> PlacementTold:
        placement_in_reach(work, door.visitor, placement_id)
        row = extend(
            placement_id,
            asked.review_on,
            why=asked.why,
            seen=seen,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return placement_told(door, row)

    return door.write(deed)


@router.post(
    "/placements/{placement_id}/ready-to-move-on",
    summary="Record that somebody no longer needs their place",
    response_model=PlacementTold,
    responses=declared(*EDITS),
)
def ready(placement_id: IdInPath, asked: Ready, seen: Seen, door: Keeper) -> Response:
    """Told again, it corrects the day or what keeps them."""

    def deed(work: Work) -> PlacementTold:
        placement_in_reach(work, door.visitor, placement_id)
        row = ready_to_move_on(
            placement_id,
            asked.since,
            blocked_by=asked.blocked_by,
            seen=seen,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return placement_told(door, row)

    return door.write(deed)


@router.post(
    "/placements/{placement_id}/not-ready-to-move-on",
    summary="Take back that somebody no longer needs their place",
    response_model=PlacementTold,
    responses=declared(*EDITS),
)
def not_ready(placement_id: IdInPath, asked: Why, seen: Seen, door: Keeper) -> Response:
    """And say why."""

    def deed(work: Work) -> PlacementTold:
        placement_in_reach(work, door.visitor, placement_id)
        row = not_ready_to_move_on(
            placement_id, why=asked.why, seen=seen, by=door.visitor.actor, at=door.at, work=work
        )
        return placement_told(door, row)

    return door.write(deed)


@router.post(
    "/placements/{placement_id}/depart",
    summary="Record that somebody has left",
    response_model=PlacementTold,
    responses=declared(*EDITS),
)
def departure(placement_id: IdInPath, asked: Departed, seen: Seen, door: Keeper) -> Response:
    """The units are free again from that day on; the referral is closed, unless they still need a place."""

    def deed(work: Work) -> PlacementTold:
        placement_in_reach(work, door.visitor, placement_id)
        row = depart(
            placement_id,
            asked.on_day,
            reason=asked.reason,
            destination=asked.destination,
            planned=asked.planned,
            still_needs_a_place=asked.still_needs_a_place,
            prepared_until=asked.prepared_until,
            seen=seen,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return placement_told(door, row)

    return door.write(deed)
