"""What an officer does about an offer, a page each: send, accept, refuse, take back, moved in, review."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final, Literal, TypedDict

from fastapi import APIRouter, Path, Response

from api.access.permissions import Permission
from api.access.reach import offer_in_reach, placement_in_reach
from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_code
from api.pages.offers.deadlines import DEADLINES, answer_by
from api.pages.offers.views import STATES
from api.pages.page_door import PageDoor, by_field, sees
from api.pages.runs.words import Called
from api.rest.values import IdInPath
from gateway.directory.naming import services_named
from gateway.local_day import local_day
from gateway.placements.answering import REASONS, accept_offer, refuse_offer, withdraw_offer
from gateway.placements.conflicts import LivesElsewhere
from gateway.placements.moving_in import move_in, not_arrived
from gateway.placements.offering import send_offer
from gateway.placements.offers import OfferLine
from gateway.placements.reviewing import confirm_refusal, overrule_refusal
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow, RefusalReason, Review, Side
from gateway.records.actor import Actor
from gateway.referrals.triage_list import names_told
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, NotAllowed
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

OfferDoor = Annotated[PageDoor, sees(Permission.MAKE_OFFERS)]
DeedName = Literal["send", "accept", "refuse", "withdraw", "moved-in", "not-arrived", "right", "wrong"]
InPath = Annotated[DeedName, Path()]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedForm:
    """The form of one thing to do.

    leaves
        The placement of another referral that they leave by moving in, if they live there.
    """

    href: str
    person: str
    place: str
    title: str
    text: str
    warning: str
    button: str
    seen: int
    asks_why: bool
    asks_deadline: bool
    asks_day: bool
    asks_reason: bool
    asks_again: bool
    deadlines: Sequence[Choice] = ()
    reasons: Sequence[Choice] = ()
    leaves: str = ""
    again: Sequence[Choice] = ()
    sent: Mapping[str, str] = field(default_factory=dict)


SIDES: Final[Mapping[Side, str]] = {
    Side.PROVIDER: "The provider",
    Side.PERSON: "The person",
    Side.NEITHER: "Neither",
}


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

LABELS: Final = {"send": "deadline", "refuse": "reason", "accept": "act", "moved-in": "day-day"}
"""The field to which a conflict leads; ``why`` for all others."""

FIELDS: Final = {"answer_by": "deadline", "on_day": "day-day", "leaves": "leaves", "detail": "why"}


def deeds_for(offer: OfferLine) -> list[tuple[str, str]]:
    """What can be done about an offer: pairs of an address and a link's words."""
    names = ("right", "wrong") if offer.review is Review.PENDING else OPEN.get(offer.status, ())
    return [(f"/offers/{offer.id}/{each}", DEEDS[each].link) for each in names]


@router.get("/offers/{offer_id}/{deed}")
def show_deed(offer_id: IdInPath, deed: InPath, door: OfferDoor) -> Response:
    """The form of one thing to do."""
    return _page(door, offer_id, deed, {})


@router.post("/offers/{offer_id}/{deed}")
def do_deed(offer_id: IdInPath, deed: InPath, door: OfferDoor) -> Response:
    """Do it."""
    wanted = _allowed(door, deed)

    def act(work: Work) -> None:
        offer_in_reach(work, door.visitor, offer_id)
        wanted.do(door, offer_id, work)

    try:
        door.does(act)
    except Invalid as refused:
        return _page(door, offer_id, deed, by_field(refused, FIELDS))
    except ChangedMeanwhile:
        return _changed_meanwhile(door, offer_id, wanted)
    except LivesElsewhere as refused:
        return _page(
            door,
            offer_id,
            deed,
            {"leaves": "They live somewhere else under another referral: tick this if they leave it"},
            leaves=refused.placement,
        )
    except Conflict as refused:
        return _page(door, offer_id, deed, {LABELS.get(deed, "why"): str(refused)})
    return door.go(f"/offers/{offer_id}", said=wanted.said)


def _allowed(door: PageDoor, name: DeedName) -> Deed:
    deed = DEEDS[name]
    if not door.visitor.may(deed.permission):
        raise NotAllowed("Your role may not do this.")
    return deed


def _changed_meanwhile(door: PageDoor, offer_id: str, deed: Deed) -> Response:
    with door.store.reading() as work:
        stands = offer_in_reach(work, door.visitor, offer_id)
    return door.both_versions(
        [("Offer", STATES[stands.status][0], deed.title), ("Reason", "", door.form.one("why"))],
        again=f"/offers/{offer_id}",
    )


def _page(
    door: PageDoor, offer_id: str, name: DeedName, faults: Mapping[str, str], *, leaves: str = ""
) -> Response:
    deed = _allowed(door, name)

    def question(work: Work) -> DeedForm:
        offer = offer_in_reach(work, door.visitor, offer_id)
        called = Called(
            people=names_told(work, [offer.person_id]), services=services_named(work, [offer.service_id])
        )
        return _form(door, offer, called, name, deed, leaves or door.form.one("leaves"))

    view = door.read(question)
    return door.show(
        "offers/deed.html", title=deed.title, view=view, faults=faults, back=f"/offers/{offer_id}"
    )


def _form(
    door: PageDoor, offer: OfferRow, called: Called, name: DeedName, deed: Deed, leaves: str
) -> DeedForm:
    sent = dict(door.form.fields)
    return DeedForm(
        href=f"/offers/{offer.id}/{name}",
        person=called.person(offer.person_id),
        place=called.place(offer.service_id),
        title=deed.title,
        text=deed.text,
        warning=deed.warning,
        button=deed.button,
        seen=offer.version,
        asks_why="why" in deed.asks,
        asks_deadline=bool({"deadline", "again"} & deed.asks),
        asks_day="day" in deed.asks,
        asks_reason="reason" in deed.asks,
        asks_again="again" in deed.asks,
        deadlines=[each.choice(door.at, sent.get("deadline", "")) for each in DEADLINES],
        reasons=_reasons(sent.get("reason", "")),
        leaves=leaves,
        again=[
            Choice(value="yes", text="Yes, to the same provider", chosen=sent.get("again") == "yes"),
            Choice(value="no", text="No", chosen=sent.get("again") == "no"),
        ],
        sent=sent,
    )


def _reasons(chosen: str) -> list[Choice]:
    """Every reason under whoever can have it, each side's own ``other`` last."""
    told = [Choice(value="", text="Choose who refuses, and why")]
    for side, words in SIDES.items():
        for each in sorted(REASONS[side], key=lambda each: (each is RefusalReason.OTHER, each)):
            value = f"{side}:{each}"
            text = f"{words}: {spoken_code(each).lower()}"
            told.append(Choice(value=value, text=text, chosen=value == chosen))
    return told
