"""The timeline of a case, with its notes, and of a person; that either was read is recorded."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api.access.permissions import Permission
from api.access.reach import person_in_reach, referral_in_reach
from api.pages.page_door import PageDoor, by_field, sees
from api.pages.timeline.views import EventSeen, Timeline, done_seen, happened_seen
from api.rest.values import IdInPath
from gateway.accounts.finding import account_names
from gateway.people.history import history
from gateway.records.reading import record_reading
from gateway.records.timeline import latest
from gateway.referrals.noting import add_note
from gateway.referrals.telling_of_abuse import tells_of_abuse
from gateway.refusals import Invalid, refuse
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

PAGE = 25
"""Events on a page."""

TriageDoor = Annotated[PageDoor, sees(Permission.TRIAGE)]
Before = Annotated[int | None, Query(ge=1, lt=2**63)]
Everything = Annotated[Literal["all"] | None, Query(alias="show")]


@router.get("/referrals/{referral_id}/timeline")
def show_timeline(
    referral_id: IdInPath, door: TriageDoor, before: Before = None, everything: Everything = None
) -> Response:
    """Everything done with a case, the newest first, and a form for a note."""
    return _case(door, referral_id, {}, before=before, everything=everything is not None)


@router.post("/referrals/{referral_id}/timeline")
def note(referral_id: IdInPath, door: TriageDoor) -> Response:
    """Add a note; it is never changed afterwards."""

    def deed(work: Work) -> str:
        referral_in_reach(work, door.visitor, referral_id)
        refuse([] if door.form.one("text") else [("text", "write the note first")])
        add_note(referral_id, door.form.one("text"), by=door.visitor.actor, at=door.at, work=work)
        return f"/referrals/{referral_id}/timeline"

    try:
        there = door.does_once(deed)
    except Invalid as refused:
        return _case(door, referral_id, by_field(refused, {}))
    return door.go(there, said="The note is added.")


def _case(
    door: PageDoor,
    referral_id: str,
    faults: Mapping[str, str],
    *,
    before: int | None = None,
    everything: bool = False,
) -> Response:
    here = f"/referrals/{referral_id}/timeline"

    def question(work: Work) -> tuple[Timeline, bool]:
        row = referral_in_reach(work, door.visitor, referral_id)
        found = latest(work, row.id, before=before, changes_only=not everything, limit=PAGE + 1)
        names = account_names(work, [each.actor for each in found])
        record_reading(
            "timeline read", about=(row.id, row.person_id), by=door.visitor.actor, at=door.at, work=work
        )
        events = [happened_seen(each, names) for each in found[:PAGE]]
        last = found[PAGE - 1].number if len(found) > PAGE else None
        view = _timeline(referral_id, here, events, last, everything=everything, text=door.form.one("text"))
        return view, tells_of_abuse(work, row.person_id)

    view, abuse = door.looks(question)
    back = f"/referrals/{referral_id}"
    return door.show(
        "timeline/timeline.html",
        title="Timeline and notes",
        view=view,
        faults=faults,
        back=back,
        exit_this_page=abuse,
    )


@router.get("/people/{person_id}/timeline")
def show_history(
    person_id: IdInPath,
    door: Annotated[PageDoor, sees(Permission.READ_PEOPLE)],
    before: Before = None,
    everything: Everything = None,
) -> Response:
    """Everything done about a person under any of their ids, the newest first."""
    here = f"/people/{person_id}/timeline"

    def question(work: Work) -> tuple[Timeline, bool]:
        person_in_reach(work, door.visitor, person_id)
        found = history(
            person_id,
            before=before,
            changes_only=everything is None,
            most=PAGE + 1,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        names = account_names(work, [each.actor for each in found])
        events = [done_seen(each, names) for each in found[:PAGE]]
        last = found[PAGE - 1].number if len(found) > PAGE else None
        view = _timeline(person_id, here, events, last, everything=everything is not None, notes=False)
        return view, tells_of_abuse(work, person_id)

    view, abuse = door.looks(question)
    return door.show(
        "timeline/timeline.html",
        title="Timeline",
        view=view,
        back=f"/people/{person_id}",
        exit_this_page=abuse,
    )


def _timeline(
    subject: str,
    here: str,
    events: Sequence[EventSeen],
    last: int | None,
    *,
    everything: bool,
    notes: bool = True,
    text: str = "",
) -> Timeline:
    with_all = f"{here}?show=all"
    begin = f"{with_all}&" if everything else f"{here}?"
    return Timeline(
        subject=subject,
        events=events,
        all=everything,
        here=here,
        other=here if everything else with_all,
        next="" if last is None else f"{begin}before={last}",
        notes=notes,
        text=text,
    )
