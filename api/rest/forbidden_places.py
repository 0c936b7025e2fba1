"""Offers and placements that a rule recorded since forbids."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.rest.door import Door, declared, may
from api.rest.filled_pages import count_day_and_id
from api.rest.listing import After, Listing, Size, cursor
from api.rest.strict_requests import doors
from api.rest.values import Told
from gateway.placements.forbidden_places import ForbiddenPlace, forbidden_places
from gateway.placements.forbidding import HardRuleKind
from gateway.placements.states import OfferStatus
from gateway.storage.work import Work

router = doors("placements")


class ForbidsTold(Told):
    """One rule that forbids the place."""

    kind: HardRuleKind
    id: str
    since: date
    other_id: str | None = Field(
        description="From whom they must be kept apart; null: another rule, or a case you may not open."
    )


class ForbiddenPlaceTold(Told):
    """An offer that stands, or a placement, and every rule that forbids it."""

    offer_id: str | None = Field(description="Null: they live there.")
    placement_id: str | None = Field(description="Null: they are offered it.")
    status: OfferStatus | None = Field(description="Of the offer.")
    referral_id: str
    person_id: str
    service_id: str
    from_day: date = Field(description="Since when they live there, or from when on they could.")
    rules: Sequence[ForbidsTold]


@router.get(
    "/forbidden-places",
    summary="Offers and placements that a rule recorded since forbids",
    response_model=Listing[ForbiddenPlaceTold],
    responses=declared(),
)
def list_forbidden(
    door: Annotated[Door, may(Permission.READ_PEOPLE)], after: After = None, size: Size = 50
) -> Response:
    """People are not safe there, must be kept apart, or are excluded; nothing is undone by itself.

    Those who live there longest first, then whoever could move in first. Rules count that are in force today,
    or on the first day of an offer that is yet to come.
    """
    place = count_day_and_id(after)

    def question(work: Work) -> Listing[ForbiddenPlaceTold]:
        found = forbidden_places(work, by=door.visitor.actor, at=door.at, after=place, limit=size + 1)
        here = found[:size]
        return Listing(items=[_told(each) for each in here], next=page_end(here, found))

    return door.read(question)


def page_end(here: Sequence[ForbiddenPlace], found: Sequence[ForbiddenPlace]) -> str | None:
    """Where a page ended, if more was found than stands on it."""
    if len(found) == len(here):
        return None
    lives, day, id = here[-1].place
    return cursor(lives, day.isoformat(), id)


def _told(each: ForbiddenPlace) -> ForbiddenPlaceTold:
    return ForbiddenPlaceTold(
        offer_id=None if each.status is None else each.id,
        placement_id=each.id if each.status is None else None,
        status=each.status,
        referral_id=each.referral_id,
        person_id=each.person_id,
        service_id=each.service_id,
        from_day=each.from_day,
        rules=[ForbidsTold.model_validate(rule) for rule in each.rules],
    )
