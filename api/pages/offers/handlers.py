"""Offers: those that wait for an answer, those accepted, refusals to review; one of them."""

from datetime import date
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from api.access.permissions import Permission
from api.access.reach import offer_in_reach
from api.pages.offers import deed_handlers
from api.pages.offers.deeds import deeds_for
from api.pages.offers.views import Offers, OneOffer, offer_seen, one_offer
from api.pages.page_door import PageDoor, sees
from api.pages.runs.rules import rule_named
from api.pages.runs.words import Called
from api.rest.filled_pages import day_and_id, filled, moment_and_id, shown
from api.rest.listing import After
from api.rest.values import ID_PATTERN, IdInPath
from gateway.directory.naming import services_named, units_named
from gateway.local_day import local_day
from gateway.placements import offers
from gateway.placements.conflicts import HardRule
from gateway.placements.hard_rules import forbid_if_hard_rule_forbids
from gateway.placements.offers import OfferLine, offer_line
from gateway.placements.paging import Place
from gateway.placements.states import HOLDING
from gateway.placements.tables import OfferRow
from gateway.records.reading import record_reading
from gateway.referrals.triage_list import names_told
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ROUTERS: Final = (router, deed_handlers.router)
"""Every page of offers."""

OfferDoor = Annotated[PageDoor, sees(Permission.MAKE_OFFERS)]
ReviewDoor = Annotated[PageDoor, sees(Permission.REVIEW_REFUSALS)]

PAGE = 50
"""How many offers are shown at once."""


@router.get("/offers")
def list_offers(
    door: OfferDoor,
    show: Annotated[Literal["waiting", "accepted"], Query()] = "waiting",
    service: Annotated[str | None, Query(pattern=ID_PATTERN)] = None,
    after: After = None,
) -> Response:
    """Those to be answered first on top; or those accepted whose people have not moved in yet."""
    services = None if service is None else [service]
    accepted = show == "accepted"
    place: Place | None = day_and_id(after) if accepted else moment_and_id(after)
    find = offers.moves_to_come if accepted else offers.offers_waiting_for

    def question(work: Work) -> Offers:
        lines, end = filled(
            work,
            door.visitor,
            lambda place, limit: find(work, service_ids=services, after=place, limit=limit),
            after=place,
            size=PAGE,
            person=lambda line: line.person,
            place=lambda line: (line.from_day if accepted else line.answer_by, line.id),
        )
        called = _called(work, lines, service)
        kept = {"show": show} | ({"service": service} if service else {})
        return Offers(
            offers=[offer_seen(each, called, door.at, which=show) for each in lines],
            next=f"/offers?{urlencode(kept | {'after': shown(end)})}" if end else "",
            only=called.place(service) if service else "",
            service=service or "",
        )

    title = "Accepted, not moved in yet" if accepted else "Offers that wait for an answer"
    return door.show("offers/list.html", title=title, view=door.read(question), accepted=accepted)


@router.get("/offers/refusals")
def list_refusals(door: ReviewDoor, after: After = None) -> Response:
    """Providers' refusals that wait for an officer, the oldest first."""
    place = moment_and_id(after)

    def question(work: Work) -> Offers:
        lines, end = filled(
            work,
            door.visitor,
            lambda place, limit: offers.refusals_to_review(work, after=place, limit=limit),
            after=place,
            size=PAGE,
            person=lambda line: line.person,
            place=lambda line: (line.answered_at, line.id),
        )
        called = _called(work, lines)
        return Offers(
            offers=[offer_seen(each, called, door.at, which="refused") for each in lines],
            next=f"/offers/refusals?{urlencode({'after': shown(end)})}" if end else "",
            only="",
            service="",
        )

    return door.show("offers/refusals.html", title="Refusals to review", view=door.read(question))


@router.get("/offers/{offer_id}")
def show_offer(offer_id: IdInPath, door: OfferDoor) -> Response:
    """What stands of it, and what can be done about it; that it was read is recorded."""

    def question(work: Work) -> OneOffer:
        row = offer_in_reach(work, door.visitor, offer_id)
        about = row.id, row.referral_id, row.person_id
        record_reading("offer read", about=about, by=door.visitor.actor, at=door.at, work=work)
        line = offer_line(work, offer_id)
        called = _called(work, [line])
        forbids = _forbids(work, row, local_day(door.at))
        return one_offer(line, called, door.at, detail=row.detail, forbids=forbids, deeds=deeds_for(line))

    view = door.looks(question)
    return door.show("offers/offer.html", title="Offer", view=view, back="/offers")


def _forbids(work: Work, offer: OfferRow, today: date) -> str:
    """What was recorded since that forbids the place of an offer that stands; nothing undoes it by itself."""
    if offer.status not in HOLDING:
        return ""
    day = max(offer.from_day, today)
    try:
        forbid_if_hard_rule_forbids(
            work, person_id=offer.person_id, service_id=offer.service_id, from_day=day
        )
    except HardRule as rule:
        return f"{rule_named(work, rule)} Take this offer back before they move in."
    return ""


def _called(work: Work, lines: list[OfferLine], service: str | None = None) -> Called:
    services = {each.service for each in lines} | ({service} if service else set())
    units = {unit for each in lines for unit in each.units} if len(lines) == 1 else set()
    return Called(
        people=names_told(work, [each.person for each in lines]),
        services=services_named(work, services),
        units=units_named(work, units),
    )
