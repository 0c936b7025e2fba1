"""Allocation runs: started, followed, cancelled, retried, closed; their problem, plan and offers."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import ConfigDict, Field

from api.access.permissions import Permission
from api.rest.door import Door, declared, may
from api.rest.exchange_schemas import PLAN, PROBLEM, document
from api.rest.filled_pages import dated_place, shown
from api.rest.listing import After, Listing, Size
from api.rest.runs_told import RunInFull, RunTold, run_listed, run_told
from api.rest.strict_requests import doors
from api.rest.tasks import TaskTold, task_told
from api.rest.values import ID_PATTERN, Asked, Code, Count, Day, Id, IdInPath, Line, Moment
from gateway.allocation_runs import queued, run_lists
from gateway.allocation_runs.asked_again import plan_text, problem_text
from gateway.allocation_runs.running import close_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import RunRow
from gateway.directory.tables import Tier
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("allocation runs")

Runner = Annotated[Door, may(Permission.RUN)]
Reader = Annotated[Door, may(Permission.READ_RUNS)]
TASK = "/api/v1/tasks/{id}"


class RunAsked(Asked):
    """Which places, for whom, on which day, and how much may be changed to find them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"as_of": "2026-03-02", "tiers": ["hub"], "max_moves": 20}]}
    )

    as_of: Day = Field(description="The day the places are for.")
    tiers: list[Tier] = Field(default=[], max_length=3, description="Of the services; empty: all.")
    lots: list[Code] = Field(default=[], max_length=100, description="Of the services; empty: all.")
    authorities: list[Id] = Field(
        default=[], max_length=400, description="Home authorities of the people (GSS codes); empty: all."
    )
    max_moves: Count | None = Field(
        default=None, description="Occupants moved who need not leave; null: any."
    )
    max_conversions: Count | None = Field(default=None, description="Units re-designated; null: any.")
    lifted: list[Line] = Field(
        default=[],
        max_length=1_000,
        description="Ids of quotas to leave out, to ask what would be; offers they forbid are refused still.",
    )
    emergency_id: Id | None = Field(default=None, description="The emergency it is part of.")


class OffersAsked(Asked):
    """Until when the offers are to be answered."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer_by": "2026-03-04T17:00:00Z"}]})

    answer_by: Moment | None = Field(description="When they lapse by themselves; null: they do not.")


@router.post(
    "/runs",
    summary="Start an allocation run",
    status_code=202,
    response_model=TaskTold,
    responses=declared(NotFound),
)
def start(asked: RunAsked, door: Runner) -> Response:
    """Answers with the task that does it; ``asked.run`` is the run, ``Location`` where to follow the task."""
    scope = Scope(
        as_of=asked.as_of,
        tiers=frozenset(asked.tiers),
        lots=frozenset(asked.lots),
        authorities=frozenset(asked.authorities),
        max_moves=asked.max_moves,
        max_conversions=asked.max_conversions,
        lifted=frozenset(asked.lifted),
    )

    def deed(work: Work) -> TaskTold:
        return task_told(
            queued.queue_run(
                scope, emergency_id=asked.emergency_id, by=door.visitor.actor, at=door.at, work=work
            )
        )

    answer = door.write(deed, status=202, location=TASK)
    door.wake()
    return answer


@router.get("/runs", summary="Allocation runs", response_model=Listing[RunTold], responses=declared())
def list_runs(
    door: Reader,
    emergency_id: Annotated[
        str | None, Query(pattern=ID_PATTERN, description="Only those of this emergency.")
    ] = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """The newest first."""
    place = dated_place(after)

    def question(work: Work) -> Listing[RunTold]:
        found = run_lists.runs(work, emergency_id=emergency_id, after=place, limit=size + 1)
        items = found[:size]
        end = (items[-1].started_at, items[-1].id) if len(found) > size else None
        return Listing(items=[run_listed(each) for each in items], next=shown(end))

    return door.read(question)


@router.get("/runs/{run_id}", summary="One run", response_model=RunInFull, responses=declared(NotFound))
def read(run_id: IdInPath, door: Reader) -> Response:
    """What it was asked, how it stands, and its lines counted by band and state."""
    return door.read(lambda work: run_told(work, work.get(RunRow, run_id)))


@router.get(
    "/runs/{run_id}/problem",
    summary="The problem a run put to the engine",
    response_class=Response,
    responses={**declared(NotFound, Conflict), 200: document(PROBLEM)},
)
def read_problem(run_id: IdInPath, door: Reader) -> Response:
    """``placement-problem/1``, with the run's own names for people: no name, no referral."""
    with door.store.reading() as work:
        return _document(problem_text(work, run_id))


@router.get(
    "/runs/{run_id}/plan",
    summary="The plan the engine found, with its certificate",
    response_class=Response,
    responses={**declared(NotFound, Conflict), 200: document(PLAN)},
)
def read_plan(run_id: IdInPath, door: Reader) -> Response:
    """``placement-plan/1``; whoever has it and the problem can check it without trusting the engine."""
    with door.store.reading() as work:
        return _document(plan_text(work, run_id))


@router.post(
    "/runs/{run_id}/offers",
    summary="Make the offers of a run's decisions",
    status_code=202,
    response_model=TaskTold,
    responses=declared(NotFound, Conflict),
)
def make_offers(
    run_id: IdInPath, asked: OffersAsked, door: Annotated[Door, may(Permission.DECIDE)]
) -> Response:
    """One offer for every line agreed to or changed, first steps first; answers with the task."""

    def deed(work: Work) -> TaskTold:
        return task_told(
            queued.queue_offers(
                run_id, answer_by=asked.answer_by, by=door.visitor.actor, at=door.at, work=work
            )
        )

    answer = door.write(deed, status=202, location=TASK)
    door.wake()
    return answer


@router.post(
    "/runs/{run_id}/cancel",
    summary="Stop a run",
    response_model=RunInFull,
    responses=declared(NotFound, Conflict),
)
def cancel(run_id: IdInPath, door: Runner) -> Response:
    """What its engine still finds is not kept."""

    def deed(work: Work) -> RunInFull:
        row = queued.cancel_queued_run(run_id, by=door.visitor.actor, at=door.at, work=work)
        return run_told(work, row)

    return door.write(deed)


@router.post(
    "/runs/{run_id}/retry",
    summary="Queue a failed run again",
    status_code=202,
    response_model=TaskTold,
    responses=declared(NotFound, Conflict),
)
def retry(run_id: IdInPath, door: Runner) -> Response:
    """It looks at what stands then; answers with the task."""

    def deed(work: Work) -> TaskTold:
        return task_told(queued.queue_run_again(run_id, by=door.visitor.actor, at=door.at, work=work))

    answer = door.write(deed, status=202, location=TASK)
    door.wake()
    return answer


@router.post(
    "/runs/{run_id}/close",
    summary="Close a run",
    response_model=RunInFull,
    responses=declared(NotFound, Conflict),
)
def close(run_id: IdInPath, door: Runner) -> Response:
    """No more is done from its proposal."""

    def deed(work: Work) -> RunInFull:
        return run_told(work, close_run(run_id, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed)


def _document(text: str) -> Response:
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})
