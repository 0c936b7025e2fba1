"""One person, and opening a restricted case in an emergency."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.pages.forbidden_places.handlers import called_in
from api.pages.forbidden_places.views import place_seen
from api.pages.page_door import PageDoor, by_field, sees
from api.pages.people.views import PersonSeen, person_seen
from api.rest.values import IdInPath
from gateway.local_day import local_day
from gateway.monitoring.whole_person import open_whole_person
from gateway.people.restrict import GLASS_HOURS, NotRestricted, break_glass
from gateway.referrals.tables import ReferralRow
from gateway.referrals.telling_of_abuse import tells_of_abuse
from gateway.refusals import Invalid, NotFound, refuse
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)


@router.get("/people/{person_id}")
def show_person(person_id: IdInPath, door: Annotated[PageDoor, sees(Permission.READ_PEOPLE)]) -> Response:
    """Everything kept of somebody; that it was read is recorded."""

    def question(work: Work) -> tuple[PersonSeen, bool]:
        person_in_reach(work, door.visitor, person_id)
        whole = open_whole_person(person_id, by=door.visitor.actor, at=door.at, work=work)
        may = door.visitor.may
        keeps, grants = may(Permission.KEEP_PEOPLE), may(Permission.GRANT_ACCESS)
        called = called_in(work, whole.forbidden)
        seen = person_seen(
            whole,
            local_day(door.at),
            forbidden=[place_seen(each, called) for each in whole.forbidden],
            keeps=keeps,
            grants=grants,
        )
        return seen, tells_of_abuse(work, person_id)

    view, abuse = door.looks(question)
    return door.show(
        "people/person.html", title=f"Person {view.id}", view=view, exit_this_page=abuse, back="/search"
    )


@router.get("/people/{person_id}/break-glass")
def show_glass(person_id: IdInPath, door: Annotated[PageDoor, sees(Permission.BREAK_GLASS)]) -> Response:
    """The warning, and where the reason is given; it says of nobody whether they are there."""
    return _glass(door, person_id, {})


@router.post("/people/{person_id}/break-glass")
def smash(person_id: IdInPath, door: Annotated[PageDoor, sees(Permission.BREAK_GLASS)]) -> Response:
    """It is open for some hours, and the auditor is told."""

    def deed(work: Work) -> str:
        hours, why = door.form.whole("hours"), door.form.one("why")
        refuse(_missing(hours, why))
        id = _person_of(work, person_id)
        break_glass(id, hours=hours or 0, why=why, by=door.visitor.actor, at=door.at, work=work)
        return f"/people/{id}"

    try:
        there = door.does_once(deed)
    except Invalid as refused:
        return _glass(door, person_id, by_field(refused, {}))
    except NotRestricted as refused:
        return door.go(f"/people/{refused.person_id}", said="This case is not restricted: you may open it.")
    return door.go(there, said="The case is open to you. The auditor has been told.")


def _missing(hours: int | None, why: str) -> Iterator[tuple[str, str]]:
    if not why:
        yield "why", "say why it must be opened now"
    if hours is None:
        yield "hours", "choose for how long it must be open"


def _person_of(work: Work, reference: str) -> str:
    """Whose case a reference is of: a person's own, or one of their referrals."""
    try:
        return work.get(ReferralRow, reference).person_id
    except NotFound:
        return reference


def _glass(door: PageDoor, person_id: str, faults: Mapping[str, str]) -> Response:
    return door.show(
        "people/break_glass.html",
        title="Open a restricted case in an emergency",
        faults=faults,
        back="/search",
        reference=person_id,
        most=GLASS_HOURS,
        hours=door.form.one("hours"),
        why=door.form.one("why"),
    )
