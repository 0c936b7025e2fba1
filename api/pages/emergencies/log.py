"""The log of an emergency: who did what, when and why, on the screen and whole as a file."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.access.permissions import Permission
from api.background.file_deeds import as_csv
from api.pages.downloads import CSV, download
from api.pages.emergencies.log_views import COLUMNS, Logged, log_rows, log_seen
from api.pages.page_door import PageDoor, sees
from api.rest.values import IdInPath
from gateway.accounts.finding import account_names
from gateway.allocation_runs.emergencies import log, openable_referrals, people_of, reasons_of, referrals_in
from gateway.allocation_runs.tables import EmergencyRow
from gateway.people.access import openable
from gateway.records.reading import record_reading
from gateway.records.tables import EventRow
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ReaderDoor = Annotated[PageDoor, sees(Permission.READ_EMERGENCIES)]

AT_ONCE = 50

PART = 500
"""Events of the file that are read at once."""


@router.get("/emergencies/{emergency_id}/log")
def show_log(
    emergency_id: IdInPath, door: ReaderDoor, after: Annotated[int, Query(ge=0, lt=2**63)] = 0
) -> Response:
    """From the declaration on, fifty a page; whose reasons are told on it has that in their timeline."""

    def question(work: Work) -> Response:
        row = work.get(EmergencyRow, emergency_id)
        found = log(work, emergency_id, after=after or None, limit=AT_ONCE + 1)
        told = logged(work, door, emergency_id, found[:AT_ONCE])
        read = _whose_reasons(told)
        if read:
            record_reading("emergency log read", about=read, by=door.visitor.actor, at=door.at, work=work)
        view = log_seen(row, told, begins=after, more=len(found) > AT_ONCE)
        return door.show("emergencies/log.html", title="Log", view=view, back=f"/emergencies/{emergency_id}")

    return door.looks(question)


@router.get("/emergencies/{emergency_id}/log.csv")
def download_log(emergency_id: IdInPath, door: ReaderDoor) -> Response:
    """The whole log as a file; that it was taken stands in the log."""

    def question(work: Work) -> list[Sequence[str | int]]:
        work.get(EmergencyRow, emergency_id)
        events = log(work, emergency_id)
        told: list[Logged] = []
        for start in range(0, len(events), PART):
            told += logged(work, door, emergency_id, events[start : start + PART])
        about = [emergency_id, *_whose_reasons(told)]
        record_reading("emergency log exported", about=about, by=door.visitor.actor, at=door.at, work=work)
        return log_rows(told)

    content = as_csv([COLUMNS, *door.looks(question)])
    return download(content, CSV, f"emergency-{emergency_id}-log.csv")


def _whose_reasons(told: Sequence[Logged]) -> Sequence[str]:
    """Ids of the people about whom a reason is told."""
    return sorted({person for each in told if each.why for person in each.people})


def logged(work: Work, door: PageDoor, emergency_id: str, events: Sequence[EventRow]) -> list[Logged]:
    """Events as they are told: restricted people not, and no reason given about any of them."""
    by, at = door.visitor.actor, door.at
    about = referrals_in(work, emergency_id, events)
    open_ = openable_referrals(work, {id for ids in about.values() for id in ids}, by, at)
    people = people_of(work, events)
    may = openable(work, {id for ids in people.values() for id in ids}, by, at)
    reasons, names = reasons_of(work, events), account_names(work, {event.actor for event in events})
    return [
        Logged(
            event=event,
            name=names.get(event.actor, ""),
            referrals=[id for id in about[event.number] if id in open_],
            hidden=sum(id not in open_ for id in about[event.number]),
            people=sorted(may.intersection(people[event.number])),
            why=reasons.get(event.number, "") if may.issuperset(people[event.number]) else "",
        )
        for event in events
    ]
