"""Everybody in a run, page by page: in a table that can be filtered, and in the order of their moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.design_system.rendering import Choice
from api.pages.page_door import PageDoor, sees
from api.pages.runs.words import LINE_STATES, Called, LineSeen, line_seen, run_name, services_in
from api.rest.filled_pages import count_and_id, filled
from api.rest.listing import After, cursor
from api.rest.values import IdInPath
from gateway.allocation_runs import run_lists
from gateway.allocation_runs.run_lists import Counted, LineListed, Wanted
from gateway.allocation_runs.tables import ProposalStatus, RunRow
from gateway.directory.naming import services_named
from gateway.referrals.triage_list import names_told
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ReaderDoor = Annotated[PageDoor, sees(Permission.READ_RUNS)]

PAGE = 50
"""How many lines are shown at once."""

LinePlace = tuple[int, str]
"""A band or a step, and the id of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Lines of a run; ``next`` leads on, the choices are those of the filter."""

    run: str
    href: str
    lines: Sequence[LineSeen]
    next: str
    bands: Sequence[Choice] = ()
    states: Sequence[Choice] = ()
    singly: bool = False


@router.get("/runs/{run_id}/lines")
def list_lines(
    run_id: IdInPath,
    door: ReaderDoor,
    band: Annotated[Literal[""] | Annotated[int, Field(ge=1, le=1_000_000_000)], Query()] = "",
    status: Annotated[Literal[""] | ProposalStatus, Query()] = "",
    singly: Annotated[Literal["", "yes"], Query()] = "",
    after: After = None,
) -> Response:
    """By band; a filter stays in the address."""
    wanted = Wanted(band=band or None, status=status or None, singly=True if singly else None)
    kept = {"band": band, "status": status, "singly": singly}

    def question(work: Work) -> Table:
        run = work.get(RunRow, run_id)
        found, end = lines_shown(work, door, run_id, wanted, count_and_id(after), PAGE)
        return Table(
            run=run_name(run),
            href=f"/runs/{run_id}",
            lines=[line_seen(each, called) for called in [called_in(work, found)] for each in found],
            next=_next(f"/runs/{run_id}/lines", kept, end),
            bands=_bands(run_lists.counts_of(work, run_id), band),
            states=_states(status),
            singly=bool(singly),
        )

    view = door.read(question)
    return door.show("runs/lines.html", title="Everybody in this run", view=view, back=view.href)


@router.get("/runs/{run_id}/moves")
def list_moves(run_id: IdInPath, door: ReaderDoor, after: After = None) -> Response:
    """Who can move first, and who then."""

    def question(work: Work) -> Table:
        run = work.get(RunRow, run_id)
        found, end = moves_shown(work, door, run_id, count_and_id(after), PAGE)
        called = called_in(work, found)
        return Table(
            run=run_name(run),
            href=f"/runs/{run_id}",
            lines=[line_seen(each, called) for each in found],
            next=_next(f"/runs/{run_id}/moves", {}, end),
        )

    view = door.read(question)
    return door.show("runs/moves.html", title="Moves in order", view=view, back=view.href)


def lines_shown(
    work: Work, door: PageDoor, run_id: str, wanted: Wanted, after: LinePlace | None, size: int
) -> tuple[list[LineListed], LinePlace | None]:
    """A page of lines, without restricted cases, and where it ends."""
    return filled(
        work,
        door.visitor,
        lambda place, limit: run_lists.lines_of(work, run_id, wanted, after=place, limit=limit),
        after=after,
        size=size,
        person=lambda line: line.person,
        place=lambda line: (line.band, line.id),
    )


def moves_shown(
    work: Work, door: PageDoor, run_id: str, after: LinePlace | None, size: int
) -> tuple[list[LineListed], LinePlace | None]:
    """A page of moves in their order, without restricted cases, and where it ends."""
    return filled(
        work,
        door.visitor,
        lambda place, limit: run_lists.moves_of(work, run_id, after=place, limit=limit),
        after=after,
        size=size,
        person=lambda line: line.person,
        place=lambda line: (line.step or 0, line.id),
    )


def called_in(work: Work, lines: Sequence[LineListed]) -> Called:
    """What everybody and every place in these lines is called, in three queries."""
    return Called(
        people=names_told(work, [each.person for each in lines]),
        services=services_named(work, services_in(lines)),
    )


def _next(path: str, kept: Mapping[str, object], end: LinePlace | None) -> str:
    if end is None:
        return ""
    chosen = {name: str(value) for name, value in kept.items() if value}
    return f"{path}?{urlencode(chosen | {'after': cursor(*end)})}"


def _bands(counts: Sequence[Counted], chosen: int | str) -> list[Choice]:
    found = sorted({each.band for each in counts})
    every = Choice(value="", text="All bands")
    return [every, *(Choice(value=f"{each}", text=f"Band {each}", chosen=each == chosen) for each in found)]


def _states(chosen: str) -> list[Choice]:
    every = Choice(value="", text="All decisions")
    states = [
        Choice(value=each.value, text=words, chosen=each == chosen)
        for each, (words, _) in LINE_STATES.items()
    ]
    return [every, *states]
