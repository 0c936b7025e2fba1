"""Events by kind, account, subject and day; one of them; the chain verified."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Query, Response

from api.access.permissions import Permission
from api.pages.attempts import Field, faults_by_field
from api.pages.events.views import EventsSeen, OneEvent, events_seen, one_event, verification
from api.pages.page_door import PageDoor, sees
from api.pages.posted import Posted
from api.rest.listing import After, cursor, place_of
from gateway.accounts.finding import account_names
from gateway.local_day import start_of
from gateway.records.all_events import Wanted, events, read_event
from gateway.refusals import Invalid
from gateway.storage.work import Work
from gateway.tasks.mine import tasks_of
from gateway.tasks.queueing import queue_task
from gateway.tasks.tables import TaskKind, TaskRow

router = APIRouter(include_in_schema=False)

AuditingDoor = Annotated[PageDoor, sees(Permission.READ_EVENTS)]

PAGE = 50
"""Events on a page."""

LATEST = 100
"""Of so many tasks of one's own the last verification is looked for."""

HEAD_LETTERS = 64

Typed: TypeAlias = Annotated[str, Query(max_length=64)]
Box: TypeAlias = Annotated[str, Query(max_length=4)]

FIELDS = {"since": Field("since-day", "the first day"), "head": Field("head", "the head")}


@router.get("/events")
def show_events(
    door: AuditingDoor,
    what: Typed = "",
    actor: Typed = "",
    subject: Typed = "",
    day: Annotated[Box, Query(alias="since-day")] = "",
    month: Annotated[Box, Query(alias="since-month")] = "",
    year: Annotated[Box, Query(alias="since-year")] = "",
    after: After = None,
) -> Response:
    """The newest first; from a day on, if one is given. Reasons and whatever is sealed are not in it."""
    filters = {
        "what": what.strip(),
        "actor": actor.strip(),
        "subject": subject.strip(),
        "since-day": day,
        "since-month": month,
        "since-year": year,
    }
    try:
        since = Posted(tuple(filters.items()), ()).day("since")
    except Invalid as refused:
        faults = faults_by_field(refused.faults, FIELDS)
        view = events_seen([], {}, filters=filters, after=None, end=None)
        return door.show("events/list.html", title="Events", view=view, faults=faults)
    view = door.read(lambda work: _events(work, filters, since, after))
    return door.show("events/list.html", title="Events", view=view)


@router.get("/events/verify")
def show_verification(door: AuditingDoor) -> Response:
    """What came of the last verification that the visitor asked for."""
    return _verification_page(door, {})


@router.post("/events/verify")
def verify(door: AuditingDoor) -> Response:
    """The whole chain is read, by a worker: it takes a while."""
    head = door.form.one("head").lower()
    if head and (len(head) != HEAD_LETTERS or not set(head) <= set("0123456789abcdef")):
        wrong = f"A head has {HEAD_LETTERS} figures and letters from a to f"
        return _verification_page(door, {"head": wrong})
    asked = {"expect_head": head or None}
    by, at = door.visitor.actor, door.at
    door.does_once(
        lambda work: queue_task(TaskKind.VERIFY, asked, by=by, at=at, work=work), lambda _: "/events/verify"
    )
    door.wake()
    return door.go("/events/verify", said="The chain is being read.")


@router.get("/events/{number}")
def show_event(number: Annotated[int, Path(ge=1, lt=2**63)], door: AuditingDoor) -> Response:
    """One event with its reason. That it was read is an event itself, about the same people."""

    def question(work: Work) -> OneEvent:
        found = read_event(number, by=door.visitor.actor, at=door.at, work=work)
        return one_event(found, account_names(work, [found.event.row.actor]))

    view = door.looks(question)
    return door.show("events/event.html", title=view.event.what, view=view, back="/events")


def _events(work: Work, filters: Mapping[str, str], since: date | None, after: str | None) -> EventsSeen:
    place = place_of(after, int)
    wanted = Wanted(
        what=filters["what"].lower() or None,
        actor=filters["actor"] or None,
        subject=filters["subject"] or None,
        since=None if since is None else start_of(since),
    )
    found = events(work, wanted, before=None if place is None else int(place[0]), size=PAGE + 1)
    here = found[:PAGE]
    names = account_names(work, [each.row.actor for each in here])
    end = cursor(here[-1].row.number) if len(found) > PAGE else None
    return events_seen(here, names, filters=filters, after=after, end=end)


def _verification_page(door: PageDoor, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> TaskRow | None:
        mine = tasks_of(work, door.visitor.account_id, size=LATEST)
        return next((each for each in mine if each.kind is TaskKind.VERIFY), None)

    last = door.read(question)
    return door.show(
        "events/verify.html",
        title="Was anything changed?",
        view=None if last is None else verification(last),
        faults=faults,
        back="/events",
        head=door.form.one("head"),
    )
