"""What an officer can do about an offer: send, accept, refuse, take back, moved in, review."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypedDict

from api.access.permissions import Permission
from api.access.reach import placement_in_reach
from api.pages.offers.deadlines import answer_by
from api.pages.page_door import PageDoor
from gateway.local_day import local_day
from gateway.placements.answering import REASONS, accept_offer, refuse_offer, withdraw_offer
from gateway.placements.moving_in import move_in, not_arrived
from gateway.placements.offering import send_offer
from gateway.placements.offers import OfferLine
from gateway.placements.reviewing import confirm_refusal, overrule_refusal
from gateway.placements.states import OfferStatus
from gateway.placements.tables import RefusalReason, Review, Side
from gateway.records.actor import Actor
from gateway.refusals import Invalid
from gateway.storage.work import Work

DeedName = Literal["send", "accept", "refuse", "withdraw", "moved-in", "not-arrived", "right", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that can be done about an offer.

    link, title, button, said
        Its words: in the list of what can be done, as a heading, on the button, and when it is done.
    asks
        Which fields its form has.
    """

    permission: Permission
    link: str
    title: str
    text: str
    button: str
    said: str
    asks: frozenset[str]
    do: Callable[[PageDoor, str, Work], object]
    warning: str = ""


def _send(door: PageDoor, id: str, work: Work) -> object:
    due = answer_by(door.form.one("deadline"), door.at)
    return send_offer(id, answer_by=due, **_doing(door, work))


def _accept(door: PageDoor, id: str, work: Work) -> object:
    return accept_offer(id, **_doing(door, work))


def _refuse(door: PageDoor, id: str, work: Work) -> object:
    side, _, reason = door.form.one("reason").partition(":")
    if (side, reason) not in {(each, why) for each, reasons in REASONS.items() for why in reasons}:
        raise Invalid([("reason", "choose who refuses, and why")])
    detail = door.form.text("why")
    return refuse_offer(
        id, side=Side(side), reason=RefusalReason(reason), detail=detail, **_doing(door, work)
    )


def _withdraw(door: PageDoor, id: str, work: Work) -> object:
    return withdraw_offer(id, why=door.form.one("why"), **_doing(door, work))


def _moved_in(door: PageDoor, id: str, work: Work) -> object:
    leaves = door.form.text("leaves")
    if leaves is not None:
        placement_in_reach(work, door.visitor, leaves)
    return move_in(id, door.form.day("day") or local_day(door.at), leaves=leaves, **_doing(door, work))


def _not_arrived(door: PageDoor, id: str, work: Work) -> object:
    return not_arrived(id, why=door.form.one("why"), **_doing(door, work))


def _right(door: PageDoor, id: str, work: Work) -> object:
    return confirm_refusal(id, why=door.form.one("why"), **_doing(door, work))


def _wrong(door: PageDoor, id: str, work: Work) -> object:
    again = door.form.one("again")
    if again not in {"yes", "no"}:
        raise Invalid([("again", "choose whether to offer the same units again")])
    due = answer_by(door.form.one("deadline"), door.at) if again == "yes" else None
    why = door.form.one("why")
    return overrule_refusal(id, why=why, answer_by=due, again=again == "yes", **_doing(door, work))


class _Doing(TypedDict):
    seen: int
    by: Actor
    at: datetime
    work: Work


def _doing(door: PageDoor, work: Work) -> _Doing:
    return {"seen": door.form.seen(), "by": door.visitor.actor, "at": door.at, "work": work}


DEEDS: Final[Mapping[DeedName, Deed]] = {
    "send": Deed(
        permission=Permission.MAKE_OFFERS,
        link="Send it",
        title="Send this offer",
        text="The provider and the referrer are told, and the time to answer runs.",
        button="Send the offer",
        said="The offer is sent.",
        asks=frozenset({"deadline"}),
        do=_send,
    ),
    "accept": Deed(
        permission=Permission.ANSWER_OFFERS,
        link="Record that it is accepted",
        title="Accepted by the provider and the person",
        text="Both must have said yes. The units stay held until they move in.",
        button="Record that it is accepted",
        said="The offer is accepted.",
        asks=frozenset(),
        do=_accept,
    ),
    "refuse": Deed(
        permission=Permission.ANSWER_OFFERS,
        link="Record a refusal",
        title="Record a refusal",
        text="The person is back on the list where they stood. A provider's refusal waits for a review.",
        button="Record the refusal",
        said="The refusal is recorded. The person is back on the list where they stood.",
        asks=frozenset({"reason", "why"}),
        do=_refuse,
    ),
    "withdraw": Deed(
        permission=Permission.MAKE_OFFERS,
        link="Take it back",
        title="Take this offer back",
        text="The person is back on the list where they stood, and the units are free again.",
        button="Take it back",
        said="The offer is taken back.",
        asks=frozenset({"why"}),
        do=_withdraw,
        warning="This cannot be undone: the units may go to somebody else at once.",
    ),
    "moved-in": Deed(
        permission=Permission.ANSWER_OFFERS,
        link="Record that they have moved in",
        title="They have moved in",
        text="Where they lived before under the same referral ends on the same day.",
        button="Record that they have moved in",
        said="They have moved in.",
        asks=frozenset({"day"}),
        do=_moved_in,
    ),
    "not-arrived": Deed(
        permission=Permission.ANSWER_OFFERS,
        link="Record that they did not come",
        title="They did not come",
        text="The units are free again, and the person is back on the list where they stood.",
        button="Record that they did not come",
        said="It is recorded that they did not come.",
        asks=frozenset({"why"}),
        do=_not_arrived,
    ),
    "right": Deed(
        permission=Permission.REVIEW_REFUSALS,
        link="The refusal was right",
        title="The refusal was right",
        text="Say why. The provider can read it in what is kept about the offer.",
        button="Save the review",
        said="The refusal is found right.",
        asks=frozenset({"why"}),
        do=_right,
    ),
    "wrong": Deed(
        permission=Permission.REVIEW_REFUSALS,
        link="The refusal was wrong",
        title="The refusal was wrong",
        text="Say why. The same units can be offered again at once, if nobody else has them by now.",
        button="Save the review",
        said="The refusal is found wrong.",
        asks=frozenset({"why", "again"}),
        do=_wrong,
    ),
}
"""Everything that can be done about an offer."""

OPEN: Final[Mapping[OfferStatus, Sequence[DeedName]]] = {
    OfferStatus.PROPOSED: ("send", "withdraw"),
    OfferStatus.MADE: ("accept", "refuse", "withdraw"),
    OfferStatus.ACCEPTED: ("moved-in", "not-arrived", "withdraw"),
}
"""What can be done about an offer that stands so; about a refusal that waits for a review, that."""


def deeds_for(offer: OfferLine) -> list[tuple[str, str]]:
    """What can be done about an offer: pairs of an address and a link's words."""
    names = ("right", "wrong") if offer.review is Review.PENDING else OPEN.get(offer.status, ())
    return [(f"/offers/{offer.id}/{each}", DEEDS[each].link) for each in names]
