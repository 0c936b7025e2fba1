"""Finding somebody: a reference that is exactly theirs leads there at once, what else is known to a list."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Response
from sqlalchemy import select

from api.access.permissions import Permission
from api.access.reach import offers_of, placements_of_visitor, referrals_of
from api.access.visitor import Visitor
from api.pages.page_door import PageDoor, by_field, sees
from api.pages.search.views import Results, Search, results_of, same_reference
from gateway.people.access import openable
from gateway.people.finding import search_people
from gateway.people.names import words
from gateway.people.references import Reference, ReferenceKind
from gateway.people.search import Found, Sought
from gateway.people.tables import PersonRow
from gateway.placements.states import PlacementStatus
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.records.actor import Role
from gateway.referrals.by_reference import referrals_by_reference
from gateway.referrals.last_of_people import last_referrals
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Invalid, refuse
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

SearchDoor = Annotated[PageDoor, sees(Permission.READ_REFERRALS)]

IDS: Final = re.compile(r"[A-Z]{1,2}-[A-Z0-9]{3,20}")
"""What a reference of the gateway's own looks like."""


BORN: Final = ("born-day", "born-month", "born-year")


@router.get("/search")
def show_search(door: SearchDoor) -> Response:
    """The form."""
    return _page(door)


@router.post("/search")
def search(door: SearchDoor) -> Response:
    """To the referral, offer or person with exactly this reference, or who fits what is known."""
    reference = door.form.one("reference")
    people = door.visitor.may(Permission.READ_PEOPLE)
    if reference:
        return _by_reference(door, reference)
    if not people:
        return _page(door, faults={"reference": "Enter a reference"})
    if not any(door.form.one(field) for field in ("name", *BORN)):
        return _page(door, faults={"reference": "Enter a reference, a name or a date of birth"})
    try:
        born, name = door.form.day("born"), door.form.text("name")
        refuse([] if name is None or words(name) else [("name", "enter a name with at least one letter")])
        sought = Sought(name=name, born=born)
    except Invalid as refused:
        return _page(door, faults=by_field(refused, {}))
    return _page(door, results=_people(door, sought))


def _by_reference(door: PageDoor, reference: str) -> Response:
    visitor = door.visitor
    with door.store.reading() as work:
        referrals = _open_to(work, visitor, reference)
        there = _place_of(work, visitor, reference, referrals)
    if there is not None:
        return door.go(there)
    if len(referrals) > 1 and visitor.role is not Role.PROVIDER:
        return _page(door, results=same_reference(referrals, _base(visitor)))
    if visitor.may(Permission.READ_PEOPLE):
        return _by_number(door, reference)
    return _page(door, results=results_of(Found(people=(), more=False), 1, {}))


def _open_to(work: Work, visitor: Visitor, reference: str) -> list[ReferralRow]:
    found = referrals_by_reference(work, reference, referrals_of(visitor))
    people = sorted({each.person_id for each in found})
    opened = openable(work, people, visitor.actor, work.clock()) if people else frozenset()
    return [each for each in found if each.person_id in opened]


def _place_of(work: Work, visitor: Visitor, reference: str, referrals: list[ReferralRow]) -> str | None:
    """The page of what has this reference, if it is one thing in reach."""
    if visitor.role is Role.PROVIDER:
        return next((_at_provider(work, visitor, each) for each in referrals), None)
    if len(referrals) == 1:
        return f"{_base(visitor)}/{referrals[0].id}"
    if referrals or not visitor.may(Permission.READ_PEOPLE):
        return None
    id = reference.upper()
    offer = work.first(select(OfferRow).where(OfferRow.id == id))
    person_id = (
        work.first(select(PersonRow.id).where(PersonRow.id == id)) if offer is None else offer.person_id
    )
    if person_id is None or not openable(work, [person_id], visitor.actor, work.clock()):
        return None
    return f"/people/{id}" if offer is None else f"/offers/{id}"


def _base(visitor: Visitor) -> str:
    return "/my-referrals" if visitor.role is Role.REFERRER else "/referrals"


def _at_provider(work: Work, visitor: Visitor, referral: ReferralRow) -> str | None:
    """Where a provider deals with somebody who was offered to it or lives with it."""
    lives = work.first(
        select(PlacementRow.id).where(
            PlacementRow.referral_id == referral.id,
            PlacementRow.status == PlacementStatus.LIVING,
            placements_of_visitor(visitor),
        )
    )
    if lives is not None:
        return f"/my-residents/{lives}"
    offers = select(OfferRow.id).where(OfferRow.referral_id == referral.id, offers_of(visitor))
    offer = work.first(offers.order_by(OfferRow.made_at.desc(), OfferRow.id).limit(1))
    return None if offer is None else f"/my-offers/{offer}"


def _by_number(door: PageDoor, reference: str) -> Response:
    """People who have this number: National Insurance, NHS, prison, an agency's own for a person."""
    for number in _numbers(reference):
        results = _people(door, Sought(reference=number))
        if results.people:
            return _page(door, results=results)
    glass = f"/people/{reference.upper()}/break-glass" if IDS.fullmatch(reference.upper()) else ""
    return _page(door, results=results_of(Found(people=(), more=False), 1, {}), glass=glass)


def _numbers(reference: str) -> Iterator[Reference]:
    for kind in ReferenceKind:
        number = Reference(kind=kind, value=reference).normal()
        if number.fault() is None:
            yield number


def _people(door: PageDoor, sought: Sought) -> Results:
    def question(work: Work) -> Results:
        found = search_people(sought, by=door.visitor.actor, at=door.at, work=work)
        last = last_referrals(work, [each.person_id for each in found.people])
        page = door.form.one("page")
        return results_of(found, int(page) if page.isdecimal() and 0 < int(page) < 100 else 1, last)

    return door.looks(question)


def _page(
    door: PageDoor,
    *,
    results: Results | None = None,
    faults: Mapping[str, str] | None = None,
    glass: str = "",
) -> Response:
    sent = {name: door.form.one(name) for name in ("reference", "name", *BORN)}
    view = Search(people=door.visitor.may(Permission.READ_PEOPLE), sent=sent, results=results, glass=glass)
    return door.show("search/search.html", title="Search", view=view, faults=faults)
