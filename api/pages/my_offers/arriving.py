"""What became of an offer that was accepted: they have moved in, or have not come."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import EVERYWHERE, offer_in_reach, placement_in_reach
from api.pages.attempts import Field, tried_once
from api.pages.my_offers.handlers import answered_meanwhile
from api.pages.my_offers.reading import read_offer
from api.pages.page_door import PageDoor, sees
from api.rest.moves import KnownElsewhere
from api.rest.values import IdInPath
from gateway.local_day import local_day
from gateway.placements.conflicts import AlreadyOffered, LivesElsewhere
from gateway.placements.moving_in import move_in, not_arrived
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.refusals import ChangedMeanwhile, Invalid, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

AnsweringDoor = Annotated[PageDoor, sees(Permission.ANSWER_OFFERS)]

MOVING_IN = {
    "on_day": Field("came-day", "the day they moved in"),
    "review_on": Field("review-day", "the day of the first review"),
}
LIVES_ELSEWHERE = "They live with you under another referral: say whether they leave there, placement "

NOT_COMING = {
    "why": Field("why", "what you know about why they did not come"),
    "from_day": Field("why", "the first day on which they could have come"),
}


@router.get("/my-offers/{offer_id}/moved-in")
def ask_when(offer_id: IdInPath, door: AnsweringDoor) -> Response:
    """On which day they came, and when to look again."""
    return _moved_in_page(door, offer_id, {})


@router.post("/my-offers/{offer_id}/moved-in")
def moved_in(offer_id: IdInPath, door: AnsweringDoor) -> Response:
    """The unit is occupied from that day on."""

    def deed(work: Work) -> PlacementRow:
        offer_in_reach(work, door.visitor, offer_id)
        leaves = door.form.text("leaves")
        if leaves is not None:
            placement_in_reach(work, door.visitor, leaves)
        try:
            return move_in(
                offer_id,
                door.form.day("came") or local_day(door.at),
                leaves=leaves,
                review_on=door.form.day("review"),
                seen=door.form.seen(),
                by=door.visitor.actor,
                at=door.at,
                work=work,
            )
        except (LivesElsewhere, AlreadyOffered) as stands:
            if isinstance(stands, LivesElsewhere) and _is_known(work, door, stands.placement):
                raise Invalid([("leaves", f"{LIVES_ELSEWHERE}{stands.placement}")]) from None
            if door.visitor.role in EVERYWHERE:
                raise
            raise KnownElsewhere(offer_id) from None

    try:
        placement, faults = tried_once(door, deed, MOVING_IN, at="came-day", there=_home)
    except ChangedMeanwhile:
        return answered_meanwhile(door, offer_id, "Moved in")
    if faults or placement is None:
        return _moved_in_page(door, offer_id, faults)
    return door.go(_home(placement), said="They have moved in, and the unit is occupied.")


@router.get("/my-offers/{offer_id}/not-come")
def ask_why_not(offer_id: IdInPath, door: AnsweringDoor) -> Response:
    """What is known of why they did not come."""
    return _not_come_page(door, offer_id, {})


@router.post("/my-offers/{offer_id}/not-come")
def not_come(offer_id: IdInPath, door: AnsweringDoor) -> Response:
    """The unit is free, and the person is back on the list where they stood."""

    def deed(work: Work) -> OfferRow:
        offer_in_reach(work, door.visitor, offer_id)
        why, seen = door.form.one("why"), door.form.seen()
        return not_arrived(offer_id, why=why, seen=seen, by=door.visitor.actor, at=door.at, work=work)

    try:
        _, faults = tried_once(door, deed, NOT_COMING, at="why", there=lambda _: "/my-residents/coming")
    except ChangedMeanwhile:
        return answered_meanwhile(door, offer_id, "Did not come")
    if faults:
        return _not_come_page(door, offer_id, faults)
    return door.go("/my-residents/coming", said="Noted: they did not come. The unit is free again.")


def _home(placement: PlacementRow) -> str:
    return f"/my-residents/{placement.id}"


def _is_known(work: Work, door: PageDoor, placement_id: str) -> bool:
    """Whether somebody may know of where the person lives now: a provider, if it is with it."""
    try:
        placement_in_reach(work, door.visitor, placement_id)
    except NotFound:
        return False
    return True


def _moved_in_page(door: PageDoor, offer_id: str, faults: dict[str, str]) -> Response:
    told = faults.get("leaves", "")
    leaves = told.removeprefix(LIVES_ELSEWHERE) if told.startswith(LIVES_ELSEWHERE) else None
    view = door.looks(lambda work: read_offer(work, door, offer_id))
    return door.show(
        "my_offers/moved_in.html",
        title="When did they move in?",
        view=view,
        faults=faults,
        back=f"/my-offers/{offer_id}",
        sent=dict(door.form.fields),
        leaves=leaves or door.form.one("leaves"),
    )


def _not_come_page(door: PageDoor, offer_id: str, faults: dict[str, str]) -> Response:
    view = door.looks(lambda work: read_offer(work, door, offer_id))
    return door.show(
        "my_offers/not_come.html",
        title="They have not come",
        view=view,
        faults=faults,
        back=f"/my-offers/{offer_id}",
        why=door.form.one("why"),
    )
