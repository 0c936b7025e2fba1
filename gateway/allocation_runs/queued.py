"""Runs and the making of offers as tasks: queued with what they belong to, so that both are there or neither.

What a task is asked is ``{"run": id}``, and for offers ``"answer_by"`` too: a moment as ISO 8601, or null.
"""

import json
from datetime import datetime

from sqlalchemy import select

from gateway.allocation_runs.offering import require_proposal
from gateway.allocation_runs.running import cancel_run, retry_run, start_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import RunRow
from gateway.records.actor import Actor
from gateway.refusals import refuse
from gateway.storage.work import Work
from gateway.tasks.queueing import queue_task
from gateway.tasks.tables import TaskKind, TaskRow, TaskStatus

GOING_ON = (TaskStatus.QUEUED, TaskStatus.RUNNING)


def queue_run(
    scope: Scope, *, emergency_id: str | None = None, by: Actor, at: datetime, work: Work
) -> TaskRow:
    """Start a run, as `start_run`, which a worker performs."""
    run = start_run(scope, emergency_id=emergency_id, by=by, at=at, work=work)
    return queue_task(TaskKind.RUN, {"run": run.id}, by=by, at=at, work=work)


def queue_run_again(run_id: str, *, by: Actor, at: datetime, work: Work) -> TaskRow:
    """Queue a failed run again, as `retry_run`, which a worker performs."""
    run = retry_run(run_id, by=by, at=at, work=work)
    return queue_task(TaskKind.RUN, {"run": run.id}, by=by, at=at, work=work)


def queue_offers(run_id: str, *, answer_by: datetime | None, by: Actor, at: datetime, work: Work) -> TaskRow:
    """Have a worker make the offers of a run's decisions, as `gateway.allocation_runs.offering.make_offers`.

    Raises
    ------
    Invalid
        If the answers would be due before the offers are made.
    Conflict
        If the run has no proposal, or was closed.
    """
    if answer_by is not None and answer_by <= at:
        refuse([("answer_by", f"is {answer_by.isoformat()}, must be after {at.isoformat()}")])
    require_proposal(work.get(RunRow, run_id))
    asked = {"run": run_id, "answer_by": None if answer_by is None else answer_by.isoformat()}
    return queue_task(TaskKind.OFFERS, asked, by=by, at=at, work=work)


def cancel_queued_run(run_id: str, *, by: Actor, at: datetime, work: Work) -> RunRow:
    """Stop a run, as `cancel_run`, and ask the task that performs it to stop."""
    run = cancel_run(run_id, by=by, at=at, work=work)
    asked = json.dumps({"run": run_id}, sort_keys=True)
    tasks = work.all(
        select(TaskRow).where(
            TaskRow.kind == TaskKind.RUN, TaskRow.asked == asked, TaskRow.status.in_(GOING_ON)
        )
    )
    for task in tasks:
        task.cancel_asked = True
    work.note(*tasks)
    return run


def newest_task(work: Work, kind: TaskKind, run_id: str) -> TaskRow | None:
    """The last task of this kind that was queued for a run; ``None``: none, or it is forgotten."""
    ends = json.dumps({"run": run_id})[1:]  # the keys of what a task is asked are in order: ``run`` is last
    of_it = (TaskRow.kind == kind, TaskRow.asked.endswith(ends, autoescape=True))
    return work.first(select(TaskRow).where(*of_it).order_by(TaskRow.asked_at.desc(), TaskRow.id).limit(1))
