"""Offers that wait for a provider, one of them, and the answer to it."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import offer_in_reach, offers_of
from api.pages.attempts import Field, tried_once
from api.pages.my_offers.offer_words import SIDES, STATUSES
from api.pages.my_offers.place_names import place_names
from api.pages.my_offers.reading import read_offer
from api.pages.my_offers.views import OffersListed, offers_listed, reasons_of
from api.pages.page_door import PageDoor, sees
from api.rest.filled_pages import filled, moment_and_id, shown
from api.rest.listing import After
from api.rest.values import IdInPath
from gateway.placements.answering import accept_offer, refuse_offer
from gateway.placements.offers import offers_waiting_for
from gateway.placements.tables import OfferRow, RefusalReason, Side
from gateway.refusals import ChangedMeanwhile, Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

AnsweringDoor = Annotated[PageDoor, sees(Permission.ANSWER_OFFERS)]

PAGE = 25
"""Offers on a page."""

REFUSING = {
    "reason": Field("reason", "the reason"),
    "detail": Field("detail", "what the other reason is, in your own words"),
}


@router.get("/my-offers")
def show_my_offers(door: AnsweringDoor, after: After = None) -> Response:
    """Those to be answered first on top."""
    view = door.read(lambda work: _listed(work, door, after))
    return door.show("my_offers/list.html", title="Offers to answer", view=view)


@router.get("/my-offers/{offer_id}")
def show_offer(offer_id: IdInPath, door: AnsweringDoor) -> Response:
    """One offer: who it is, what decides, and what can be done now."""
    return offer_page(door, offer_id, {})


@router.post("/my-offers/{offer_id}/accept")
def accept(offer_id: IdInPath, door: AnsweringDoor) -> Response:
    """The provider and the person accept; the unit stays held until they move in."""

    def deed(work: Work) -> OfferRow:
        offer_in_reach(work, door.visitor, offer_id)
        return accept_offer(offer_id, seen=door.form.seen(), by=door.visitor.actor, at=door.at, work=work)

    try:
        _, faults = tried_once(door, deed, {}, at="answer", there=lambda _: f"/my-offers/{offer_id}")
    except ChangedMeanwhile:
        return answered_meanwhile(door, offer_id, "Accepted")
    if faults:
        return offer_page(door, offer_id, faults)
    return door.go(f"/my-offers/{offer_id}", said="Accepted. Say here when they have moved in.")


@router.get("/my-offers/{offer_id}/refuse")
def ask_why(offer_id: IdInPath, door: AnsweringDoor, side: Side = Side.PROVIDER) -> Response:
    """Why it is refused: the reasons that this side can have."""
    return _refusal_page(door, offer_id, side, {})


@router.post("/my-offers/{offer_id}/refuse")
def refuse(offer_id: IdInPath, door: AnsweringDoor) -> Response:
    """The person is back on the list where they stood; a provider's refusal waits for an officer."""
    sent = door.form.one("side")
    side = Side(sent) if sent in set(Side) else Side.PROVIDER

    def deed(work: Work) -> OfferRow:
        offer_in_reach(work, door.visitor, offer_id)
        reason = door.form.one("reason")
        if reason not in set(RefusalReason):
            raise Invalid([("reason", "choose a reason")])
        return refuse_offer(
            offer_id,
            side=side,
            reason=RefusalReason(reason),
            detail=door.form.text("detail"),
            seen=door.form.seen(),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )

    try:
        _, faults = tried_once(door, deed, REFUSING, at="reason", there=lambda _: "/my-offers")
    except ChangedMeanwhile:
        return answered_meanwhile(door, offer_id, f"Refused: {SIDES[side].lower()}")
    if faults:
        return _refusal_page(door, offer_id, side, faults)
    return door.go(
        "/my-offers", said="Refused. The person is back on the list; the gateway team is told why."
    )


def offer_page(door: PageDoor, offer_id: str, faults: dict[str, str]) -> Response:
    """The page of an offer, with what stood in the way of the last try."""
    view = door.looks(lambda work: read_offer(work, door, offer_id))
    title = f"Offer of {view.offer.place}"
    return door.show(
        "my_offers/offer.html",
        title=title,
        view=view,
        faults=faults,
        back="/my-offers",
        exit_this_page=view.person is not None and view.person.abuse,
    )


def answered_meanwhile(door: PageDoor, offer_id: str, sent: str) -> Response:
    """Somebody else did something about the offer first."""

    def standing(work: Work) -> str:
        return STATUSES[offer_in_reach(work, door.visitor, offer_id).status][0]

    stands = door.read(standing)
    return door.both_versions([("The offer", stands, sent)], again=f"/my-offers/{offer_id}")


def _listed(work: Work, door: PageDoor, after: str | None) -> OffersListed:
    lines, end = filled(
        work,
        door.visitor,
        lambda place, limit: offers_waiting_for(
            work, among=offers_of(door.visitor), after=place, limit=limit
        ),
        after=moment_and_id(after),
        size=PAGE,
        person=lambda line: line.person,
        place=lambda line: (line.answer_by, line.id),
    )
    names = place_names(work, {each.service for each in lines}, {u for each in lines for u in each.units})
    return offers_listed(lines, names, door.at, after=after, end=shown(end))


def _refusal_page(door: PageDoor, offer_id: str, side: Side, faults: dict[str, str]) -> Response:
    view = door.looks(lambda work: read_offer(work, door, offer_id))
    return door.show(
        "my_offers/refuse.html",
        title="Why is it refused?",
        view=view,
        faults=faults,
        back=f"/my-offers/{offer_id}",
        side=side.value,
        side_words=SIDES[side],
        by_provider=side is Side.PROVIDER,
        reasons=reasons_of(side, door.form.one("reason")),
        detail=door.form.one("detail"),
    )
