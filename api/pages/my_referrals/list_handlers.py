"""What an agency referred, and somebody new who is referred."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from sqlalchemy import select

from api.access.reach import agencies_of, person_to_refer
from api.access.visitor import Visitor
from api.design_system.rendering import Choice
from api.pages.my_referrals.case import faults_of, name_of, somebody_new
from api.pages.my_referrals.doors import (
    AgencyAsked,
    PersonAsked,
    ReferrerDoor,
    agency_chosen,
    list_of,
    names_agencies,
)
from api.pages.my_referrals.list_views import SHOWN, MyReferrals, my_referrals
from api.pages.my_referrals.questions import WHO
from api.pages.my_referrals.views import first_page
from api.pages.page_door import PageDoor
from api.pages.posted import Posted
from api.rest.listing import AfterText, cursor, place_of
from gateway.local_day import local_day
from gateway.people.looking import NAME_READ
from gateway.people.tables import PersonRow
from gateway.records.reading import record_reading
from gateway.referrals.agency_list import referrals_of_agency
from gateway.referrals.details import ReferralDetails
from gateway.referrals.entering_somebody import draft_for, draft_for_somebody_new
from gateway.referrals.tables import AgencyRow
from gateway.refusals import Invalid, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

PAGE: Final = 50
WAITING: Final = 10
"""Of what waits for the agency, so many are told first; the filters have the rest."""

Shown = Annotated[str, Query(max_length=20)]
After = Annotated[AfterText, Query()]


@router.get("/my-referrals")
def list_my_referrals(
    door: ReferrerDoor, agency: AgencyAsked = "", show: Shown = "", after: After = None
) -> Response:
    """Where an agency's referrals stand; an officer says of which agency."""
    view = door.read(lambda work: _list(work, door, agency, show if show in SHOWN else "", after))
    if view is None:
        return choose_agency(door, "/my-referrals")
    title = "My referrals" if not view.agency else f"Referrals of {view.agency}"
    return door.show("my_referrals/list.html", title=title, view=view)


def _list(work: Work, door: PageDoor, asked: str, show: str, after: str | None) -> MyReferrals | None:
    agency = agency_chosen(work, door.visitor, asked)
    if agency is None:
        return None
    place = place_of(after, str)
    last = None if place is None else str(place[0])
    lines = referrals_of_agency(work, agency.id, statuses=list(SHOWN[show][1]), after=last, size=PAGE + 1)
    here, more = lines[:PAGE], len(lines) > PAGE
    first = [*SHOWN["questions"][1], *SHOWN["drafts"][1]] if not show and after is None else []
    return my_referrals(
        referrals_of_agency(work, agency.id, statuses=first, size=WAITING) if first else [],
        here,
        show=show,
        after=cursor(here[-1].id) if more else None,
        agency=agency.name if names_agencies(door.visitor) else "",
        agency_id=agency.id,
    )


def choose_agency(door: PageDoor, there: str, person: str = "") -> Response:
    """For which agency? An officer is asked before anything else."""
    agencies = select(AgencyRow.id, AgencyRow.name).where(agencies_of(door.visitor), AgencyRow.designated)
    order = agencies.order_by(AgencyRow.name, AgencyRow.id)
    found = door.read(lambda work: work.session.execute(order).all())
    choices = [Choice(value=id, text=name) for id, name in found]
    title = "For which agency?"
    return door.show("my_referrals/agency.html", title=title, view=choices, there=there, person=person)


@router.get("/my-referrals/new")
def new(door: ReferrerDoor, agency: AgencyAsked = "", person: PersonAsked = "") -> Response:
    """Who is referred: the first page of a referral, of which nothing is there yet."""
    found = door.read(lambda work: agency_chosen(work, door.visitor, agency))
    if found is None:
        return choose_agency(door, "/my-referrals/new", person)
    return _known(door, found, person) if person else _who(door, found, Posted((), ()), {})


@router.post("/my-referrals/new")
def begin(door: ReferrerDoor, agency: AgencyAsked = "", person: PersonAsked = "") -> Response:
    """They are entered, with an empty draft of their referral; of whom is known, only the draft is."""
    found = door.read(lambda work: agency_chosen(work, door.visitor, agency))
    if found is None:
        return choose_agency(door, "/my-referrals/new", person)
    try:
        details = None if person else somebody_new(WHO, door.form, today=local_day(door.at))
    except Invalid as refused:
        return _who(door, found, door.form, faults_of(WHO.questions, door.form, refused))
    by, at = door.visitor.actor, door.at

    def form(person_id: str) -> ReferralDetails:
        return ReferralDetails(person_id=person_id, agency_id=found.id)

    def deed(work: Work) -> str:
        if details is not None:
            new_one = draft_for_somebody_new(details, form, by=by, at=at, work=work)
            return f"/my-referrals/{new_one.id}/contact"
        known = draft_for(_referable(work, door.visitor, person), form, by=by, at=at, work=work)
        return f"/my-referrals/{known.id}"

    return door.go(door.does_once(deed), said="Saved as a draft. You can come back to it.")


def _who(door: PageDoor, agency: AgencyRow, sent: Posted, faults: dict[str, str]) -> Response:
    named = names_agencies(door.visitor)
    action = f"/my-referrals/new?agency={agency.id}" if named else "/my-referrals/new"
    view = first_page(WHO, sent, action=action, caption=f"For {agency.name}" if named else "New referral")
    back = list_of(door.visitor, agency)
    return door.show("my_referrals/question.html", title=WHO.title, view=view, faults=faults, back=back)


def _known(door: PageDoor, agency: AgencyRow, person_id: str) -> Response:
    def read(work: Work) -> str:
        person = work.get(PersonRow, _referable(work, door.visitor, person_id))
        record_reading(NAME_READ, about=[person.id], by=door.visitor.actor, at=door.at, work=work)
        return name_of(person)

    name = door.looks(read)
    action = f"/my-referrals/new?{urlencode({'agency': agency.id, 'person': person_id})}"
    title = f"Refer person {person_id}"
    return door.show("my_referrals/known.html", title=title, name=name, agency=agency.name, action=action)


def _referable(work: Work, visitor: Visitor, person_id: str) -> str:
    """A person whom the visitor may refer by their id; to others they are not there."""
    try:
        return person_to_refer(work, visitor, person_id)
    except Invalid:
        raise NotFound("person", person_id) from None
