"""Offers and homes that a rule recorded since forbids, for whoever can take back and move."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.pages.forbidden_places.views import ForbiddenPlaces, forbidden_seen
from api.pages.page_door import PageDoor, sees
from api.pages.runs.words import Called
from api.rest.filled_pages import count_day_and_id
from api.rest.forbidden_places import page_end
from api.rest.listing import After
from gateway.directory.naming import services_named
from gateway.placements.forbidden_places import ForbiddenPlace, forbidden_places
from gateway.referrals.triage_list import names_told
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

PAGE = 25
"""Places on a page."""


@router.get("/forbidden-places")
def show_forbidden(door: Annotated[PageDoor, sees(Permission.READ_PEOPLE)], after: After = None) -> Response:
    """Those who live there first, then whoever could move in first."""
    place = count_day_and_id(after)

    def question(work: Work) -> ForbiddenPlaces:
        found = forbidden_places(work, by=door.visitor.actor, at=door.at, after=place, limit=PAGE + 1)
        here, called = found[:PAGE], called_in(work, found[:PAGE])
        return forbidden_seen(here, called, page_end(here, found))

    return door.show("forbidden_places/list.html", title="Forbidden places", view=door.read(question))


def called_in(work: Work, places: Sequence[ForbiddenPlace]) -> Called:
    """What the people and services of these places are called; nothing is asked about no place."""
    if not places:
        return Called()
    others = [rule.other_id for each in places for rule in each.rules if rule.other_id is not None]
    return Called(
        people=names_told(work, [*(each.person_id for each in places), *others]),
        services=services_named(work, {each.service_id for each in places}),
    )
