"""Runs: listed, looked at, followed while they run, stopped, tried again, closed."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.design_system.spoken import spoken_code
from api.pages.page_door import PageDoor, sees
from api.pages.runs import bands, comparing, deciding, quotas, starting, tables
from api.pages.runs.picture import flow_image
from api.pages.runs.proposal import proposal_of
from api.pages.runs.tables import moves_shown
from api.pages.runs.views import (
    BARS,
    OneRun,
    Proposed,
    RequestSeen,
    Runs,
    one_run,
    proof_of,
    quotas_seen,
    runs_seen,
    services_of_quotas,
)
from api.pages.runs.words import Called, services_in
from api.rest.filled_pages import dated_place, shown
from api.rest.listing import After
from api.rest.values import IdInPath
from gateway.allocation_runs import queued, run_lists
from gateway.allocation_runs.redesignations import requests_of_run
from gateway.allocation_runs.run_counts import flows_of, standings
from gateway.allocation_runs.running import close_run
from gateway.allocation_runs.staleness import mark_stale
from gateway.allocation_runs.tables import RunRow
from gateway.directory.naming import authorities_named, services_named, units_placed
from gateway.referrals.triage_list import names_told
from gateway.refusals import Conflict
from gateway.storage.work import Work
from gateway.tasks.mine import own_task_asked
from gateway.tasks.tables import TaskKind

router = APIRouter(include_in_schema=False)

ROUTERS: Final = (
    starting.router,  # before an id might be read where it says "new"
    router,
    tables.router,
    quotas.router,
    bands.router,
    deciding.router,
    comparing.router,
)
"""Every page of runs, in the order in which their addresses are tried."""

ReaderDoor = Annotated[PageDoor, sees(Permission.READ_RUNS)]
RunnerDoor = Annotated[PageDoor, sees(Permission.RUN)]
DeciderDoor = Annotated[PageDoor, sees(Permission.DECIDE)]

PAGE, FIRST_MOVES, REQUESTS = 20, 10, 50
"""How many runs, moves and requests are shown at once."""


@router.get("/runs")
def list_runs(door: ReaderDoor, after: After = None) -> Response:
    """The newest first."""
    place = dated_place(after)

    def question(work: Work) -> Runs:
        found = run_lists.runs(work, after=place, limit=PAGE + 1)
        runs = found[:PAGE]
        end = (runs[-1].started_at, runs[-1].id) if len(found) > PAGE else None
        called = Called(authorities=authorities_named(work))
        return runs_seen(runs, standings(work, [each.id for each in runs]), called, beyond=shown(end))

    return door.show("runs/list.html", title="Allocation runs", view=door.read(question))


@router.get("/runs/{run_id}")
def show_run(run_id: IdInPath, door: ReaderDoor) -> Response:
    """How it stands; what it proposes, as a picture and in tables."""
    return _page(door, run_id, {})


@router.post("/runs/{run_id}/cancel")
def cancel(run_id: IdInPath, door: RunnerDoor) -> Response:
    """Stop it."""
    return _deed(
        door,
        run_id,
        lambda work: queued.cancel_queued_run(run_id, by=door.visitor.actor, at=door.at, work=work),
        said="The run is stopped. Nothing of it is kept.",
    )


@router.post("/runs/{run_id}/retry")
def retry(run_id: IdInPath, door: RunnerDoor) -> Response:
    """Try a failed one again, as things stand now."""
    return _deed(
        door,
        run_id,
        lambda work: queued.queue_run_again(run_id, by=door.visitor.actor, at=door.at, work=work),
        said="The run starts again, as things stand now.",
    )


@router.post("/runs/{run_id}/close")
def close(run_id: IdInPath, door: RunnerDoor) -> Response:
    """No more is done from its proposal."""
    return _deed(
        door,
        run_id,
        lambda work: close_run(run_id, by=door.visitor.actor, at=door.at, work=work),
        said="The run is closed. No more is decided or offered from it.",
    )


@router.post("/runs/{run_id}/mark-stale")
def mark(run_id: IdInPath, door: DeciderDoor) -> Response:
    """Find the lines whose person or place has changed since."""

    def deed(work: Work) -> int:
        return len(mark_stale(run_id, by=door.visitor.actor, at=door.at, work=work))

    here = f"/runs/{run_id}"
    found = door.does_once(deed, lambda _: here)
    said = "Nothing has changed that this run stands on."
    if found:
        said = f"Out of date by now: {found}. Start another run for them."
    return door.go(here, said=said)


def _deed(door: PageDoor, run_id: str, deed: Callable[[Work], object], *, said: str) -> Response:
    """Do it, and tell on the run's page what was done, or why it could not be."""
    here = f"/runs/{run_id}"
    try:
        door.does_once(deed, lambda _: here)
    except Conflict as refused:
        return _page(door, run_id, {"main-content": str(refused)})
    door.wake()
    return door.go(here, said=said)


def _page(door: PageDoor, run_id: str, faults: Mapping[str, str]) -> Response:
    view = door.read(lambda work: _one(work, door, run_id))
    return door.show("runs/run.html", title=view.name, view=view, faults=faults, back="/runs")


def _one(work: Work, door: PageDoor, run_id: str) -> OneRun:
    run = work.get(RunRow, run_id)
    asked = {"run": run_id}
    authorities = authorities_named(work)
    if not run.has_proposal:
        task = own_task_asked(work, door.visitor.account_id, TaskKind.RUN, asked)
        return one_run(run, Called(authorities=authorities), task=task, proposed=None)
    proposal = proposal_of(work, run)
    fullest = proposal.fills[:BARS]
    moves = moves_shown(work, door, run_id, None, FIRST_MOVES)[0]
    called = Called(
        people=names_told(work, [each.person for each in moves]),
        services=services_named(work, services_of_quotas(fullest) | services_in(moves)),
        authorities=authorities,
    )
    proposed = Proposed(
        counts=run_lists.counts_of(work, run_id),
        picture=flow_image(flows_of(work, run_id), authorities),
        quotas=quotas_seen(fullest, called),
        every_quota=len(proposal.fills),
        moves=moves,
        requests=_requests(work, run_id),
        proof=proof_of(proposal.plan),
    )
    return one_run(run, called, task=None, proposed=proposed)


def _requests(work: Work, run_id: str) -> list[RequestSeen]:
    found = requests_of_run(work, run_id, limit=REQUESTS)
    units = units_placed(work, [each.unit_id for each in found])
    return [
        RequestSeen(
            unit=units[each.unit_id].name,
            service=units[each.unit_id].service,
            target=spoken_code(each.to_pool.partition(":")[0]),
            state=spoken_code(each.status),
        )
        for each in found
    ]
