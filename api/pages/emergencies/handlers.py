"""Emergencies as they are followed: the list, the board, the people, on paper."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query, Response
from pydantic import BeforeValidator
from starlette.concurrency import run_in_threadpool

from api.access.permissions import Permission
from api.design_system.rendering import rendered
from api.pages.choices import none_chosen
from api.pages.emergencies.board_views import board_seen, emergency_listed
from api.pages.emergencies.facts import emergency_facts, service_names
from api.pages.emergencies.people_views import Shown, people_seen, print_seen
from api.pages.live import follow
from api.pages.page_door import PageDoor, sees
from api.rest.filled_pages import dated_place, shown
from api.rest.values import ID_PATTERN, IdInPath
from gateway.allocation_runs import run_lists
from gateway.allocation_runs.emergencies import openable_referrals
from gateway.allocation_runs.emergency_people import Stands, lines_for, standings
from gateway.allocation_runs.tables import EmergencyRow
from gateway.referrals.triage_list import names_told
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ReaderDoor = Annotated[PageDoor, sees(Permission.READ_EMERGENCIES)]

WithNames = Annotated[bool, Query(description="Whether names are printed too.")]

StandsChosen: TypeAlias = Annotated[Stands | None, BeforeValidator(none_chosen), Query()]

AT_ONCE = 50
"""Rows of a page."""


@router.get("/emergencies")
def show_emergencies(
    door: ReaderDoor, after: Annotated[str | None, Query(max_length=200)] = None
) -> Response:
    """The newest first."""
    place = dated_place(after)
    found = door.read(lambda work: run_lists.emergencies(work, after=place, limit=AT_ONCE + 1))
    items = found[:AT_ONCE]
    more = shown((items[-1].declared_at, items[-1].id)) if len(found) > AT_ONCE else None
    return door.show(
        "emergencies/list.html",
        title="Emergencies",
        view=[emergency_listed(row) for row in items],
        more=more,
        may_declare=door.visitor.may(Permission.DECLARE_EMERGENCIES),
    )


@router.get("/emergencies/{emergency_id}")
def show_board(emergency_id: IdInPath, door: ReaderDoor) -> Response:
    """How many have no place, by band, and what is to be done next."""
    facts = door.read(lambda work: emergency_facts(work, emergency_id))
    view = board_seen(facts, door.at)
    may_end = door.visitor.may(Permission.DECLARE_EMERGENCIES) and not view.ended
    return door.show(
        "emergencies/board.html", title=view.title, view=view, may_end=may_end, back="/emergencies"
    )


def board_part(work: Work, emergency_id: str) -> tuple[str, bool]:
    """The part of the board that changes."""
    view = board_seen(emergency_facts(work, emergency_id), work.clock())
    return rendered("emergencies/_board.html", view=view), bool(view.ended)


@router.get("/emergencies/{emergency_id}/live")
async def follow_board(emergency_id: IdInPath, door: ReaderDoor) -> Response:
    """The board whenever it changes, as server-sent events."""
    await run_in_threadpool(door.read, lambda work: work.get(EmergencyRow, emergency_id))
    return follow(door, "board", emergency_id)


@router.get("/emergencies/{emergency_id}/people")
def show_people(
    emergency_id: IdInPath,
    door: ReaderDoor,
    stands: StandsChosen = None,
    band: Annotated[str, Query(pattern=r"^([0-9]{1,4}|none)?$")] = "",
    after: Annotated[str | None, Query(pattern=ID_PATTERN)] = None,
) -> Response:
    """Everybody, or those who stand somewhere, fifty a page."""
    asked = Shown(stands=stands, band=band, after=after, size=AT_ONCE)

    def question(work: Work) -> Response:
        row = work.get(EmergencyRow, emergency_id)
        everybody = standings(work, emergency_id)
        open_ = openable_referrals(work, [each.referral for each in everybody], door.visitor.actor, door.at)
        here = asked.of(everybody, open_)
        run = next(iter(run_lists.runs(work, emergency_id=emergency_id, limit=1)), None)
        lines = {} if run is None else lines_for(work, run.id, [each.referral for each in here])
        services = [*(each.home for each in here), *(each.offered for each in here)]
        view = people_seen(
            row,
            asked,
            everybody,
            open_,
            names=names_told(work, [each.person for each in here]),
            services=service_names(work, [*services, *(line.service for line in lines.values())]),
            lines=lines,
            run=None if run is None else run.id,
        )
        return door.show(
            "emergencies/people.html", title="People", view=view, back=f"/emergencies/{emergency_id}"
        )

    return door.read(question)


@router.get("/emergencies/{emergency_id}/print")
def show_on_paper(emergency_id: IdInPath, door: ReaderDoor, *, names: WithNames = False) -> Response:
    """The board and everybody in it, whole, to be printed; names only if they are asked for."""

    def question(work: Work) -> Response:
        facts = emergency_facts(work, emergency_id)
        referrals = [each.referral for each in facts.people]
        open_ = openable_referrals(work, referrals, door.visitor.actor, door.at)
        people = [each for each in facts.people if each.referral in open_]
        services = [*(each.home for each in people), *(each.offered for each in people)]
        view = print_seen(
            board_seen(facts, door.at),
            people,
            hidden=len(facts.people) - len(people),
            names=names_told(work, [each.person for each in people]) if names else None,
            services=service_names(work, services),
        )
        return door.show(
            "emergencies/print.html",
            title=f"{facts.row.title}, on paper",
            view=view,
            back=f"/emergencies/{emergency_id}",
        )

    return door.read(question)
