"""How a task ends: with a result, a fault, cancelled, or handed back to be done by another worker."""

import json
from collections.abc import Mapping
from datetime import datetime

from gateway.refusals import NotFound
from gateway.storage.work import Work
from gateway.tasks.states import ENDED, move
from gateway.tasks.tables import TaskRow, TaskStatus
from gateway.tasks.taking import Taken, held


def finish(taken: Taken, result: Mapping[str, object], *, at: datetime, work: Work) -> None:
    """Keep what came of a task: ids and counts.

    Raises
    ------
    NoLongerOurs
        If it was taken up by another worker meanwhile.
    """
    row = held(work, taken)
    move(row, TaskStatus.DONE)
    row.finished_at, row.result = at, json.dumps(result, sort_keys=True)
    work.note(row)


def fail(taken: Taken, problem: Mapping[str, object], *, at: datetime, work: Work) -> None:
    """Keep why a task failed, as a problem (RFC 9457).

    Raises
    ------
    NoLongerOurs
        As in `finish`.
    """
    row = held(work, taken)
    move(row, TaskStatus.FAILED)
    row.finished_at, row.fault = at, json.dumps(problem, sort_keys=True)
    work.note(row)


def stop(taken: Taken, *, at: datetime, work: Work) -> None:
    """End a task that somebody asked to cancel; what it has done so far stays done.

    Raises
    ------
    NoLongerOurs
        As in `finish`.
    """
    row = held(work, taken)
    move(row, TaskStatus.CANCELLED)
    row.finished_at = at
    work.note(row)


def hand_back(taken: Taken, *, work: Work) -> None:
    """Queue a task again, because its worker stops.

    Raises
    ------
    NoLongerOurs
        As in `finish`.
    """
    row = held(work, taken)
    move(row, TaskStatus.QUEUED)
    row.worker = row.beat_at = None
    work.note(row)


def ask_to_cancel(task_id: str, *, asked_by: str, work: Work) -> TaskRow:
    """Ask that a task stop at the next place where it can. One that has ended stays as it is.

    A queued task is ended by the worker that takes it up, together with what belongs to it.

    Raises
    ------
    NotFound
        If there is none, or somebody else asked for it.
    """
    row = work.get(TaskRow, task_id)
    if row.asked_by != asked_by:
        raise NotFound("task", task_id)
    if row.status not in ENDED and not row.cancel_asked:
        row.cancel_asked = True
        work.note(row)
    return row
