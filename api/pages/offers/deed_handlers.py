"""A page for each thing that an officer does about an offer: its form, and what stands in its way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Path, Response

from api.access.permissions import Permission
from api.access.reach import offer_in_reach
from api.design_system.rendering import Choice
from api.design_system.spoken import days_spoken, spoken_code, spoken_moment
from api.pages.offers.deadlines import DEADLINES
from api.pages.offers.deeds import DEEDS, Deed, DeedName
from api.pages.offers.views import STATES
from api.pages.page_door import PageDoor, by_field, sees
from api.pages.runs.words import Called
from api.rest.values import IdInPath
from gateway.agreements.reading import agreements_named
from gateway.directory.naming import authorities_named, services_named
from gateway.people.looking import NAME_READ
from gateway.placements.answering import REASONS
from gateway.placements.conflicts import LivesElsewhere
from gateway.placements.tables import OfferRow, RefusalReason, Side
from gateway.records.reading import record_reading
from gateway.referrals.triage_list import names_told
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, NotAllowed
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

OfferDoor = Annotated[PageDoor, sees(Permission.MAKE_OFFERS)]
InPath = Annotated[DeedName, Path()]

SIDES: Final[Mapping[Side, str]] = {
    Side.PROVIDER: "The provider",
    Side.PERSON: "The person",
    Side.NEITHER: "Neither",
}


LABELS: Final = {"send": "deadline", "refuse": "reason", "accept": "act", "moved-in": "day-day"}
"""The field to which a conflict leads; ``why`` for all others."""

FIELDS: Final = {"answer_by": "deadline", "on_day": "day-day", "leaves": "leaves", "detail": "why"}


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


@router.get("/offers/{offer_id}/{deed}")
def show_deed(offer_id: IdInPath, deed: InPath, door: OfferDoor) -> Response:
    """The form of one thing to do."""
    return _page(door, offer_id, deed, {})


@router.post("/offers/{offer_id}/{deed}")
def do_deed(offer_id: IdInPath, deed: InPath, door: OfferDoor) -> Response:
    """Do it."""
    wanted = _allowed(door, deed)

    def act(work: Work) -> str:
        offer_in_reach(work, door.visitor, offer_id)
        wanted.do(door, offer_id, work)
        return f"/offers/{offer_id}"

    try:
        there = door.does_once(act)
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
        told = _in_words(door, offer_id, str(refused))
        return _page(door, offer_id, deed, {LABELS.get(deed, "why"): told})
    return door.go(there, said=wanted.said)


def _allowed(door: PageDoor, name: DeedName) -> Deed:
    deed = DEEDS[name]
    if not door.visitor.may(deed.permission):
        raise NotAllowed("Your role may not do this.")
    return deed


def _changed_meanwhile(door: PageDoor, offer_id: str, deed: Deed) -> Response:
    with door.store.reading() as work:
        stands = offer_in_reach(work, door.visitor, offer_id)
    rows = [("Offer", STATES[stands.status][0], deed.title), *_answers(stands, deed, door)]
    return door.both_versions(rows, again=f"/offers/{offer_id}")


def _answers(stands: OfferRow, deed: Deed, door: PageDoor) -> Iterator[tuple[str, str, str]]:
    """What was chosen and typed beside what stands, so that nobody need do it again from memory."""
    sent = door.form
    if "reason" in deed.asks:
        now = "" if stands.reason is None else spoken_code(stands.reason)
        chosen = next((each.text for each in _reasons(sent.one("reason")) if each.chosen), "")
        yield "Who refuses, and why", now, chosen
    if "day" in deed.asks:
        boxes = " ".join(filter(None, (sent.one(f"day-{part}") for part in ("day", "month", "year"))))
        yield "On which day", "", boxes or "Today"
    if "again" in deed.asks:
        yield "Offer the same units again", "", spoken_code(sent.text("again"), unknown="")
    if {"deadline", "again"} & deed.asks:
        now = "" if stands.answer_by is None else spoken_moment(stands.answer_by)
        chosen = next((each.words for each in DEADLINES if each.code == sent.one("deadline")), "")
        yield "Answer within", now, chosen
    if "why" in deed.asks:
        yield "In your words", "", sent.one("why")


def _in_words(door: PageDoor, offer_id: str, sentence: str) -> str:
    """A refusal with names in the place of ids, and days as they are spoken."""

    def question(work: Work) -> Called:
        offer = offer_in_reach(work, door.visitor, offer_id)
        return Called(
            services=services_named(work, [offer.service_id]),
            authorities=authorities_named(work),
            agreements=agreements_named(work),
        )

    return days_spoken(door.read(question).sentence(sentence))


def _page(
    door: PageDoor, offer_id: str, name: DeedName, faults: Mapping[str, str], *, leaves: str = ""
) -> Response:
    deed = _allowed(door, name)

    def question(work: Work) -> DeedForm:
        offer = offer_in_reach(work, door.visitor, offer_id)
        about = offer.id, offer.referral_id, offer.person_id
        record_reading(NAME_READ, about=about, by=door.visitor.actor, at=door.at, work=work)
        called = Called(
            people=names_told(work, [offer.person_id]), services=services_named(work, [offer.service_id])
        )
        return _form(door, offer, called, name, deed, leaves or door.form.one("leaves"))

    view = door.looks(question)
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
