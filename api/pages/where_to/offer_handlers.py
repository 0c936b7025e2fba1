"""Offering a free unit to the person of a referral, from the page of places."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Response

from api.access.reach import service_known
from api.design_system.spoken import counted, spoken_moment
from api.pages.page_door import PageDoor, by_field
from api.pages.referral.handlers import stands_otherwise
from api.pages.referral.heading import Heading, heading_told, read_heading, unchanged
from api.pages.where_to.handlers import PLACES_READ, OfferDoor
from api.pages.where_to.looking import agreements_spoken
from api.pages.where_to.offer_views import (
    HOURS,
    NEVER,
    OfferPage,
    answer_choices,
    sent_or_today,
    takes,
    unit_choices,
)
from api.pages.where_to.sentences import Sentences
from api.rest.values import IdInPath
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.where_to import Somewhere, where_could_they_go
from gateway.directory.naming import authorities_named, units_named
from gateway.directory.tables import ServiceRow, UnitRow
from gateway.local_day import local_day
from gateway.placements.offering import make_offer
from gateway.placements.tables import OfferRow
from gateway.referrals.states import NEXT, ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, refuse
from gateway.storage.work import Work
from gateway.working_time import deadline

router = APIRouter(include_in_schema=False)

FIELDS = {"unit_ids": "unit", "from_day": "from-day", "answer_by": "answer"}
"""What a rule calls a field, and the id of the field on the page."""


@router.get("/referrals/{referral_id}/places/{service_id}")
def show_offer(referral_id: IdInPath, service_id: IdInPath, door: OfferDoor) -> Response:
    """Which unit, from when, to be answered by when."""
    return _page(door, referral_id, service_id, {}, {})


@router.post("/referrals/{referral_id}/places/{service_id}")
def offer(referral_id: IdInPath, service_id: IdInPath, door: OfferDoor) -> Response:
    """The offer is made, and its provider and the referrer are told."""

    def deed(work: Work) -> tuple[str, OfferRow]:
        unchanged(work, door, referral_id)
        service = service_known(work, door.visitor, service_id)
        from_day = door.form.day("from")
        refuse([("unit_ids", "choose a unit of this service")] if _elsewhere(work, door, service_id) else [])
        if from_day is None:
            raise Invalid([("from_day", "enter the first day on which they can move in")])
        made = make_offer(
            referral_id,
            _units(door),
            from_day=from_day,
            answer_by=_answer_by(door),
            seen=door.form.seen(),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return service.name, made

    here = f"/referrals/{referral_id}"
    try:
        name, made = door.does_once(deed, lambda _: here)
    except Invalid as refused:
        return _page(door, referral_id, service_id, by_field(refused, FIELDS), dict(door.form.fields))
    except ChangedMeanwhile:
        return stands_otherwise(door, referral_id, [("What you sent", "", "An offer of a unit")])
    except Conflict as refused:
        told = str(refused)
        sentence = door.read(lambda work: _in_words(work, service_id, _units(door), told))
        return _page(door, referral_id, service_id, {"unit": sentence}, dict(door.form.fields))
    until = "" if made.answer_by is None else f" It is to be answered by {spoken_moment(made.answer_by)}."
    return door.go(here, said=f"{name} was offered.{until}")


def _units(door: PageDoor) -> tuple[str, ...]:
    return door.form.every("unit")


def _elsewhere(work: Work, door: PageDoor, service_id: str) -> bool:
    """Whether a unit was sent that is of another service than the page is about."""
    return any(each.service_id != service_id for each in work.where(UnitRow, UnitRow.id.in_(_units(door))))


def _answer_by(door: PageDoor) -> datetime | None:
    chosen = door.form.one("answer")
    if chosen == NEVER:
        return None
    known = {str(hours): hours for hours in HOURS}
    if chosen not in known:
        raise Invalid([("answer_by", "choose by when it is to be answered")])
    return deadline(door.at, known[chosen])


def _in_words(work: Work, service_id: str, units: tuple[str, ...], sentence: str) -> str:
    """A refusal with names in the place of ids."""
    names = {service_id: work.get(ServiceRow, service_id).name, **units_named(work, units)}
    return Sentences({**names, **authorities_named(work), **agreements_spoken(work)}).named(sentence)


def _page(
    door: PageDoor, referral_id: str, service_id: str, faults: Mapping[str, str], sent: Mapping[str, str]
) -> Response:
    def question(work: Work) -> OfferPage:
        heading = read_heading(work, door, referral_id)
        service = service_known(work, door.visitor, service_id)
        row, today = work.get(ReferralRow, referral_id), local_day(door.at)
        there = _there(work, referral_id, service, Scope(as_of=today))
        names = {service_id: service.name, **authorities_named(work), **agreements_spoken(work)}
        say = Sentences(names, about=service_id)
        return OfferPage(
            heading=heading,
            service=service.name,
            href=f"{heading.href}/places/{service_id}",
            back=f"{heading.href}/places",
            forbidden=_forbidden(heading, there, say),
            cost="" if there is None or there.cost is None else counted(there.cost, "point"),
            counts=[] if there is None else _said(there, say),
            takes=takes(row.units),
            several=row.units > 1,
            units=unit_choices(units_named(work, there.free_units if there else ()), _units(door)),
            answers=answer_choices(door.at, sent.get("answer", "")),
            sent=sent_or_today(sent, today),
        )

    view = door.read(question)  # and writers need not wait for it
    door.looks(lambda work: heading_told(work, door, referral_id, read=PLACES_READ))
    title = f"Offer {view.service}"
    return door.show("where_to/offer.html", title=title, view=view, faults=faults, back=view.back)


def _there(work: Work, referral_id: str, service: ServiceRow, scope: Scope) -> Somewhere | None:
    try:
        found = where_could_they_go(work, referral_id, scope, within=[service.authority_id])
    except Conflict:
        return None
    return next((each for each in found if each.service == service.id), None)


def _said(there: Somewhere, say: Sentences) -> list[str]:
    counted_lines = zip(there.points, there.why, strict=there.cost is not None)
    return [f"{counted(points, 'point')}: {say.named(why)}" for points, why in counted_lines if points]


def _forbidden(heading: Heading, there: Somewhere | None, say: Sentences) -> list[str]:
    if ReferralStatus.OFFERED not in NEXT[heading.state]:
        return [f"No offer can be made now: the referral is in the state “{heading.status}”."]
    if there is None:
        return ["Nothing can be offered here today."]
    if there.cost is None:
        return say.of_rules(there.rules, there.why)
    return [say.named(each) for each in there.against]
