"""An emergency is declared: what has happened, who is affected, and then places are looked for.

Between the first two steps nothing is kept: what was typed goes along in the form. A list of people is
entered as soon as it is read and nothing is wrong with it; whom it names is found again by their references.
"""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from api.access.permissions import Permission
from api.design_system.rendering import rendered
from api.pages.emergencies.declaring_views import Typed, check_seen, entering_seen, what_happened
from api.pages.emergencies.facts import service_names
from api.pages.emergencies.list_form import list_form
from api.pages.live import follow
from api.pages.page_door import LARGEST_FORM, PageDoor, SentBefore, by_field, sees
from api.pages.posted import boxes
from api.rest.imports import CSV, NAMES, XLSX
from api.rest.values import IdInPath
from gateway.allocation_runs.emergencies import day_faults, declare_emergency, openable_referrals
from gateway.allocation_runs.emergency_people import offered_in, who_would_leave
from gateway.assessment.intake.trying import DryRun, listed_referrals, try_import
from gateway.directory.finding import services_found
from gateway.local_day import local_day
from gateway.referrals.triage_list import names_told
from gateway.refusals import Invalid, NotFound
from gateway.storage.work import Work
from gateway.tasks.files import Part, TaskFile, file_of, keep_file
from gateway.tasks.queueing import queue_task
from gateway.tasks.states import ENDED
from gateway.tasks.tables import TaskKind, TaskRow, TaskStatus

router = APIRouter(include_in_schema=False)

ManagerDoor = Annotated[PageDoor, sees(Permission.DECLARE_EMERGENCIES)]

MOST_SERVICES: Final = 100
"""Services to choose from at once; more are looked for by name."""

MOST_FAULTS: Final = 50
"""Faults of a list that are told at once."""

AT_ONCE: Final = 50

FIELDS: Final = {"title": "title", "services": "services", "referrals": "services", "closes_on": "closes-day"}


@router.get("/emergencies/new")
def show_what_happened(door: ManagerDoor) -> Response:
    """Step 1: what has happened, which services close, or who is on a list."""
    return _what_happened(door, Typed(boxes=boxes("closes", local_day(door.at))))


@router.post("/emergencies/new", max_body_size=LARGEST_FORM)
def go_on(door: ManagerDoor) -> Response:
    """Look for services, or go on to who is affected; a list of people is entered first."""
    typed = _typed(door)
    pressed = door.form.one("do")
    if pressed == "find":
        return _what_happened(door, typed)
    if pressed == "all":
        return _what_happened(door, typed, choose_all=True)
    try:
        day = _read(door, typed)
        file = door.form.file("people")
        if file is not None:
            return _enter(door, typed, file)
    except Invalid as refused:
        return _what_happened(door, typed, faults=by_field(refused, FIELDS))
    return _check(door, typed, day)


@router.post("/emergencies/new/check")
def check(door: ManagerDoor) -> Response:
    """Step 2: who is affected, fifty a page; once a list has been entered, whoever is on it too."""
    typed = _typed(door)
    try:
        day = _read(door, typed)
    except Invalid as refused:
        return _what_happened(door, typed, faults=by_field(refused, FIELDS))
    return _check(door, typed, day)


@router.post("/emergencies/new/declare")
def declare(door: ManagerDoor) -> Response:
    """The emergency is declared; step 3 is to find places."""
    typed = _typed(door)

    def deed(work: Work) -> str:
        row = declare_emergency(
            typed.title,
            closes_on=_read(door, typed),
            services=typed.services,
            referrals=openable_referrals(work, _on_list(work, door, typed), door.visitor.actor, door.at),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return f"/emergencies/{row.id}/propose"

    try:
        there = door.does_once(deed)
    except Invalid as refused:
        return _what_happened(door, typed, faults=by_field(refused, FIELDS))
    return door.go(there, said="The emergency is declared. Everybody in it must leave.")


@router.get("/emergencies/new/lists/{task_id}/live")
async def follow_list(task_id: IdInPath, door: ManagerDoor) -> Response:
    """How far a list is entered, as server-sent events."""
    await run_in_threadpool(door.read, lambda work: _list_task(work, door, task_id))
    return follow(door, "list", task_id)


def list_part(work: Work, task_id: str) -> tuple[str, bool]:
    """How far the list is, as a part of the page."""
    task = work.get(TaskRow, task_id)
    return rendered("emergencies/_entering.html", view=entering_seen(task)), task.status in ENDED


def _typed(door: PageDoor) -> Typed:
    form = door.form
    return Typed(
        title=form.one("title")[:200],
        boxes={f"closes-{part}": form.one(f"closes-{part}") for part in ("day", "month", "year")},
        services=tuple(dict.fromkeys(form.every("service")))[:500],
        find=form.one("find")[:100],
        list=form.one("list"),
        begins=int(form.one("from")) if form.one("from").isdecimal() and len(form.one("from")) < 7 else 0,
    )


def _read(door: PageDoor, typed: Typed) -> date:
    """The day, if nothing is wrong with what was typed.

    Raises
    ------
    Invalid
        Naming every fault.
    """
    faults = [] if typed.title else [("title", "enter what has happened")]
    try:
        day = door.form.day("closes")
    except Invalid as refused:
        faults += refused.faults
        day = None
    else:
        if day is None:
            faults.append(("closes-day", "enter the day on which everybody must be out"))
        else:
            faults += [("closes-day", what) for _, what in day_faults(day, local_day(door.at))]
    if not typed.services and not typed.list and door.form.file("people") is None:
        faults.append(("services", "choose the services that close, or a list of people"))
    if faults or day is None:
        raise Invalid(faults)
    return day


def _what_happened(
    door: PageDoor,
    typed: Typed,
    *,
    faults: Mapping[str, str] | None = None,
    rows: Sequence[str] = (),
    choose_all: bool = False,
) -> Response:
    def question(work: Work) -> Response:
        found = services_found(work, typed.find, chosen=typed.services, most=MOST_SERVICES)
        form = list_form(work)
        view = what_happened(typed, found, form, most=MOST_SERVICES, choose_all=choose_all, rows=rows)
        return door.show(
            "emergencies/what_happened.html",
            title="What has happened?",
            view=view,
            faults=faults,
            back="/emergencies",
        )

    return door.read(question)


def _enter(door: PageDoor, typed: Typed, file: tuple[str, bytes]) -> Response:
    """Try a list; if nothing is wrong with it, have it entered, and show how far that is."""
    called, content = file
    media_type = XLSX if called.lower().endswith(".xlsx") else CSV
    kept = TaskFile(name=NAMES[media_type], media_type=media_type, content=content)
    looked = door.form.one("looked") == "yes"
    tried = door.read(lambda work: _tried(work, door, kept, look_for_duplicates=not looked))
    rows = _rows(tried)
    if rows:
        what = "cannot be entered as it is" if tried.faults else "names people who may be known already"
        fault = {"people": f"The list {what}: see below, and choose the file again"}
        return _what_happened(door, typed, faults=fault, rows=rows)

    def deed(work: Work) -> str:
        by = door.visitor.actor
        row = queue_task(TaskKind.IMPORT, {"onto_list": True}, by=by, at=door.at, work=work)
        keep_file(row.id, Part.IN, kept, work=work)
        return row.id

    try:
        task_id = door.does_once(deed)
    except SentBefore as before:
        task_id = before.there
    door.wake()
    return _entering(door, typed.with_list(task_id))


def _tried(work: Work, door: PageDoor, file: TaskFile, *, look_for_duplicates: bool) -> DryRun:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_bytes(file.content)
        return try_import(
            work, path, by=door.visitor.actor, at=door.at, look_for_duplicates=look_for_duplicates
        )


def _rows(tried: DryRun) -> Sequence[str]:
    """What is to be looked at in a list, row by row; nothing repeats what was written about anybody."""
    if tried.faults:
        told = [
            ", ".join(
                part
                for part in (
                    f"Row {each.row}" if each.row else "The file",
                    f"column {each.column}" if each.column else "",
                )
                if part
            )
            + f": {each.problem}"
            for each in tried.faults
        ]
    else:
        told = [
            f"Row {each.row} may be {' or '.join(match.person_id for match in each.matches[:3])}: "
            "if so, write that in the column person"
            for each in tried.alike
        ]
    more = [f"and {len(told) - MOST_FAULTS:,} more"] if len(told) > MOST_FAULTS else []
    return [*told[:MOST_FAULTS], *more]


def _entering(door: PageDoor, typed: Typed) -> Response:
    task = door.read(lambda work: _list_task(work, door, typed.list))
    return door.show(
        "emergencies/entering.html",
        title="The people of the list are being entered",
        view=entering_seen(task),
        typed=typed,
    )


def _list_task(work: Work, door: PageDoor, task_id: str) -> TaskRow:
    row = work.get(TaskRow, task_id)
    if row.asked_by != door.visitor.account_id or row.kind is not TaskKind.IMPORT:
        raise NotFound("task", task_id)
    return row


def _on_list(work: Work, door: PageDoor, typed: Typed) -> Sequence[str]:
    """The referrals of everybody on the list that was entered."""
    if not typed.list:
        return ()
    task = _list_task(work, door, typed.list)
    if task.status is not TaskStatus.DONE:
        raise Invalid([("people", "the list is not entered yet")])
    file = file_of(work, task.id, Part.IN)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_bytes(file.content)
        return listed_referrals(work, path, at=door.at)


def _check(door: PageDoor, typed: Typed, day: date) -> Response:
    if typed.list:
        task = door.read(lambda work: _list_task(work, door, typed.list))
        if task.status is not TaskStatus.DONE:
            return _entering(door, typed)

    def question(work: Work) -> Response:
        listed = _on_list(work, door, typed)
        everybody = who_would_leave(work, typed.services, listed, day)
        open_ = openable_referrals(work, [each.referral for each in everybody], door.visitor.actor, door.at)
        told = [each for each in everybody if each.referral in open_]
        here = told[typed.begins : typed.begins + AT_ONCE]
        view = check_seen(
            typed,
            day,
            everybody,
            told,
            here,
            names=names_told(work, [each.person for each in here]),
            services=service_names(work, typed.services),
            withdrawn=len(offered_in(work, typed.services)) if typed.services else 0,
        )
        return door.show(
            "emergencies/check.html",
            title="Check who is affected",
            view=view,
            typed=typed,
        )

    return door.read(question)
