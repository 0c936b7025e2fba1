"""What an agency referred, and somebody new who is referred."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from sqlalchemy import select

from api.access.reach import agencies_of
from api.design_system.rendering import Choice
from api.pages.my_referrals.case import faults_of, somebody_new
from api.pages.my_referrals.doors import AgencyAsked, ReferrerDoor, agency_chosen, list_of, names_agencies
from api.pages.my_referrals.list_views import SHOWN, MyReferrals, my_referrals
from api.pages.my_referrals.questions import WHO
from api.pages.my_referrals.views import first_page
from api.pages.page_door import PageDoor
from api.pages.posted import Posted
from api.rest.listing import AfterText, cursor, place_of
from gateway.local_day import local_day
from gateway.referrals.agency_list import referrals_of_agency
from gateway.referrals.details import ReferralDetails
from gateway.referrals.entering_somebody import draft_for_somebody_new
from gateway.referrals.tables import AgencyRow
from gateway.refusals import Invalid
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


def choose_agency(door: PageDoor, there: str) -> Response:
    """For which agency? An officer is asked before anything else."""
    agencies = select(AgencyRow.id, AgencyRow.name).where(agencies_of(door.visitor), AgencyRow.designated)
    found = door.read(
        lambda work: work.session.execute(agencies.order_by(AgencyRow.name, AgencyRow.id)).all()
    )
    choices = [Choice(value=id, text=name) for id, name in found]
    return door.show("my_referrals/agency.html", title="For which agency?", view=choices, there=there)


@router.get("/my-referrals/new")
def new(door: ReferrerDoor, agency: AgencyAsked = "") -> Response:
    """Who is referred: the first page of a referral, of which nothing is there yet."""
    found = door.read(lambda work: agency_chosen(work, door.visitor, agency))
    return (
        choose_agency(door, "/my-referrals/new") if found is None else _who(door, found, Posted((), ()), {})
    )


@router.post("/my-referrals/new")
def begin(door: ReferrerDoor, agency: AgencyAsked = "") -> Response:
    """They are entered, with an empty draft of their referral."""
    found = door.read(lambda work: agency_chosen(work, door.visitor, agency))
    if found is None:
        return choose_agency(door, "/my-referrals/new")
    try:
        person = somebody_new(WHO, door.form, today=local_day(door.at))
    except Invalid as refused:
        return _who(door, found, door.form, faults_of(WHO.questions, door.form, refused))

    def deed(work: Work) -> str:
        def form(person_id: str) -> ReferralDetails:
            return ReferralDetails(person_id=person_id, agency_id=found.id)

        return draft_for_somebody_new(person, form, by=door.visitor.actor, at=door.at, work=work).id

    return door.go(
        f"/my-referrals/{door.does(deed)}/contact", said="Saved as a draft. You can come back to it."
    )


def _who(door: PageDoor, agency: AgencyRow, sent: Posted, faults: dict[str, str]) -> Response:
    named = names_agencies(door.visitor)
    action = f"/my-referrals/new?agency={agency.id}" if named else "/my-referrals/new"
    view = first_page(WHO, sent, action=action, caption=f"For {agency.name}" if named else "New referral")
    back = list_of(door.visitor, agency)
    return door.show("my_referrals/question.html", title=WHO.title, view=view, faults=faults, back=back)
