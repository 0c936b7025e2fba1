"""Decided band by band; whoever needs a closer look one by one; offers made of what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.access.permissions import Permission
from api.design_system.rendering import Choice
from api.design_system.spoken import counted
from api.pages.offers.deadlines import DEADLINES, answer_by
from api.pages.page_door import PageDoor, by_field, sees
from api.pages.runs.making import Making, making
from api.pages.runs.tables import lines_shown
from api.pages.runs.words import lines_counted, run_name
from api.rest.values import IdInPath
from gateway.allocation_runs import queued, run_lists
from gateway.allocation_runs.deciding import decide_band
from gateway.allocation_runs.run_lists import Counted, Wanted
from gateway.allocation_runs.states import DECIDED
from gateway.allocation_runs.tables import ProposalStatus, RunRow, RunStatus
from gateway.refusals import Conflict, Invalid
from gateway.storage.work import Work
from gateway.tasks.tables import TaskRow

router = APIRouter(include_in_schema=False)

ReaderDoor = Annotated[PageDoor, sees(Permission.READ_RUNS)]
DeciderDoor = Annotated[PageDoor, sees(Permission.DECIDE)]
Band = Annotated[int, Path(ge=1, le=1_000_000_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BandSeen:
    """One band of a run: what is decided, and what is still to do.

    rows
        What there is, a pair of words and a number each.
    together
        How many can be agreed to at once; nothing: none.
    singly
        How many are to be looked at one by one; nothing: none.
    """

    number: int
    name: str
    rows: Sequence[tuple[str, str]]
    together: str
    singly: str
    lines: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The page: every band, and what can be offered by now."""

    run: str
    href: str
    proposed: bool
    bands: Sequence[BandSeen]
    offers: str
    deadlines: Sequence[Choice]
    what_if: bool


@router.get("/runs/{run_id}/bands")
def show_bands(run_id: IdInPath, door: ReaderDoor) -> Response:
    """Every band with what is left to decide."""
    return _page(door, run_id, {})


@router.post("/runs/{run_id}/bands/{band}/agree")
def agree(run_id: IdInPath, band: Band, door: DeciderDoor) -> Response:
    """To all of a band at once, but those who need a closer look, or whose place a rule forbids by now."""

    def deed(work: Work) -> Sequence[ProposalStatus]:
        lines = decide_band(run_id, band, by=door.visitor.actor, at=door.at, work=work)
        return [each.status for each in lines]

    here = f"/runs/{run_id}/bands"
    try:
        said = _agreed(band, door.does_once(deed, lambda _: here))
    except Conflict as refused:
        return _page(door, run_id, {f"band-{band}": str(refused)})
    return door.go(here, said=said)


def _agreed(band: int, lines: Sequence[ProposalStatus]) -> str:
    stale = lines.count(ProposalStatus.STALE)
    said = f"Band {band}: agreed to {counted(len(lines) - stale, 'place')}."
    if stale:
        said += f" Left out, because a rule recorded since forbids it: {stale}, now out of date."
    return said


@router.get("/runs/{run_id}/closer")
def closer(
    run_id: IdInPath, door: DeciderDoor, band: Annotated[int | None, Query(ge=1, le=1_000_000_000)] = None
) -> Response:
    """On to the first person who needs a closer look and is not decided; to the bands if there is none."""
    there = after_line(door, run_id, band)
    none = there.endswith("/bands")
    return door.go(
        there, said="There is nobody left whom you may open and look at by themselves." if none else ""
    )


@router.post("/runs/{run_id}/offers")
def offer(run_id: IdInPath, door: DeciderDoor) -> Response:
    """One offer for every line that was agreed to or changed, in the order of steps."""

    def deed(work: Work) -> TaskRow:
        due = answer_by(door.form.one("deadline"), door.at)
        return queued.queue_offers(run_id, answer_by=due, by=door.visitor.actor, at=door.at, work=work)

    def there(task: TaskRow) -> str:
        return f"/runs/{run_id}/offers/{task.id}"

    try:
        task = door.does_once(deed, there)
    except Invalid as refused:
        return _page(door, run_id, by_field(refused, {"answer_by": "deadline"}))
    except Conflict as refused:
        return _page(door, run_id, {"deadline": str(refused)})
    door.wake()
    return door.go(there(task))


@router.get("/runs/{run_id}/offers/{task_id}")
def show_making(run_id: IdInPath, task_id: IdInPath, door: DeciderDoor) -> Response:
    """How far the making of offers is, and what became of every line."""

    def question(work: Work) -> Making:
        return making(work, door, work.get(RunRow, run_id), work.get(TaskRow, task_id))

    view = door.read(question)
    return door.show("runs/making.html", title="Making offers", view=view, back=f"/runs/{run_id}/bands")


def after_line(door: PageDoor, run_id: str, band: int | None = None) -> str:
    """Where the next line is that must be looked at by itself; the page of bands, if there is none."""
    wanted = Wanted(band=band, singly=True, status=ProposalStatus.PROPOSED)

    def question(work: Work) -> str:
        work.get(RunRow, run_id)
        found, _ = lines_shown(work, door, run_id, wanted, None, 1)
        return f"/runs/{run_id}/lines/{found[0].id}" if found else f"/runs/{run_id}/bands"

    return door.read(question)


def _page(door: PageDoor, run_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> Bands:
        run = work.get(RunRow, run_id)
        return bands_of(run, run_lists.counts_of(work, run_id), door.at, door.form.one("deadline"))

    view = door.read(question)
    return door.show(
        "runs/bands.html", title="Decide band by band", view=view, faults=faults, back=f"/runs/{run_id}"
    )


def bands_of(run: RunRow, counts: Sequence[Counted], at: datetime, chosen: str) -> Bands:
    """The page for what is counted."""
    decided = sum(lines_counted(counts, status=each) for each in DECIDED)
    return Bands(
        run=run_name(run),
        href=f"/runs/{run.id}",
        proposed=run.status is RunStatus.PROPOSED,
        bands=[_band(run.id, number, counts) for number in sorted({each.band for each in counts})],
        offers=counted(decided, "offer") if decided else "",
        deadlines=[each.choice(at, chosen) for each in DEADLINES],
        what_if=run.scope_lifted is not None,
    )


def _band(run_id: str, band: int, counts: Sequence[Counted]) -> BandSeen:
    here = [each for each in counts if each.band == band]
    together = lines_counted(here, placed=True, singly=False, status=ProposalStatus.PROPOSED)
    singly = lines_counted(here, singly=True, status=ProposalStatus.PROPOSED)
    rows = (
        ("People", sum(each.lines for each in here)),
        ("Place proposed, to decide together", together),
        ("To be looked at one by one", singly),
        ("No place found", lines_counted(here, placed=False, singly=False, status=ProposalStatus.PROPOSED)),
        ("Agreed", lines_counted(here, status=ProposalStatus.AGREED)),
        ("Changed to another place", lines_counted(here, status=ProposalStatus.CHANGED)),
        ("Left without this place", lines_counted(here, status=ProposalStatus.LEFT)),
        ("Out of date", lines_counted(here, status=ProposalStatus.STALE)),
        ("Offered", lines_counted(here, status=ProposalStatus.OFFERED)),
    )
    return BandSeen(
        number=band,
        name=f"Band {band}",
        rows=[(words, f"{number:,}") for words, number in rows if number],
        together=_all_of(together, "place"),
        singly=counted(singly, "person", "people") if singly else "",
        lines=f"/runs/{run_id}/lines?band={band}",
    )


def _all_of(number: int, thing: str) -> str:
    return "" if not number else counted(number, thing) if number == 1 else f"all {counted(number, thing)}"
