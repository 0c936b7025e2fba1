"""Moving in from an accepted offer, and not arriving."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Response
from pydantic import ConfigDict, Field

from api.access.permissions import Permission
from api.access.reach import EVERYWHERE, offer_in_reach, placement_in_reach
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.offer_answers import Why
from api.rest.offers_told import OfferInFull, offer_told
from api.rest.placements_told import PlacementTold, placement_told
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, Id, IdInPath
from gateway.placements.conflicts import AlreadyOffered, LivesElsewhere
from gateway.placements.moving_in import move_in, not_arrived
from gateway.placements.tables import PlacementRow
from gateway.refusals import Conflict
from gateway.storage.work import Work

router = doors("offers")


class KnownElsewhere(Conflict):
    """The person lives, or has an offer, with somebody else: a provider is not told where."""

    def __init__(self, offer: str) -> None:
        super().__init__(
            f"The person of offer {offer} lives, or was offered a place, elsewhere: ask the gateway."
        )


class MovedIn(Asked):
    """When somebody moved in."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"on_day": "2026-03-02", "review_on": "2026-06-01"}]}
    )

    on_day: Day = Field(description="The offer's first day or later, and not after today.")
    leaves: Id | None = Field(
        default=None, description="The placement of another referral that the person leaves by this."
    )
    review_on: Day | None = Field(default=None, description="When to look at the placement again.")


@router.post(
    "/offers/{offer_id}/move-in",
    summary="Record that somebody has moved in",
    status_code=201,
    response_model=PlacementTold,
    responses=declared(*EDITS),
)
def moved_in(
    offer_id: IdInPath, asked: MovedIn, seen: Seen, door: Annotated[Door, may(Permission.ANSWER_OFFERS)]
) -> Response:
    """Answers with the placement. Where they lived before under the same referral ends on the same day."""

    def deed(work: Work) -> PlacementTold:
        offer_in_reach(work, door.visitor, offer_id)
        if asked.leaves is not None:
            placement_in_reach(work, door.visitor, asked.leaves)

        def come() -> PlacementRow:
            return move_in(
                offer_id,
                asked.on_day,
                leaves=asked.leaves,
                review_on=asked.review_on,
                seen=seen,
                by=door.visitor.actor,
                at=door.at,
                work=work,
            )

        return placement_told(door, _without_others_ids(door, offer_id, come))

    return door.write(deed, status=201, location="/api/v1/placements/{id}")


@router.post(
    "/offers/{offer_id}/not-arrived",
    summary="Record that somebody who accepted has not come",
    response_model=OfferInFull,
    responses=declared(*EDITS),
)
def has_not_arrived(
    offer_id: IdInPath, asked: Why, seen: Seen, door: Annotated[Door, may(Permission.ANSWER_OFFERS)]
) -> Response:
    """The units are free, and the person is back on the list where they stood."""

    def deed(work: Work) -> OfferInFull:
        offer_in_reach(work, door.visitor, offer_id)
        offer = not_arrived(offer_id, why=asked.why, seen=seen, by=door.visitor.actor, at=door.at, work=work)
        return offer_told(work, door, offer)

    return door.write(deed)


def _without_others_ids(door: Door, offer_id: str, come: Callable[[], PlacementRow]) -> PlacementRow:
    try:
        return come()
    except (LivesElsewhere, AlreadyOffered):
        if door.visitor.role in EVERYWHERE:
            raise
        raise KnownElsewhere(offer_id) from None
