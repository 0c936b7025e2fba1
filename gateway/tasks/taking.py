"""A worker takes up a queued task; no two of them the same one, and none is forgotten if a worker dies.

Whoever took a task up holds a `Taken`: the number of this taking. Everything they write of the task asks
first whether it is still theirs, so that a worker that was only slow, and whose task was taken up by another
meanwhile, writes nothing more of it.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.engine import CursorResult

from gateway.records.actor import Actor
from gateway.storage.work import Work
from gateway.tasks.states import move
from gateway.tasks.tables import TaskKind, TaskRow, TaskStatus

SILENT: Final = timedelta(minutes=2)
"""A worker that said nothing for so long is dead; it says something every ten seconds."""

MOST_DEATHS: Final = 5
"""A task whose workers died so often is at fault itself, and is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A task in somebody's hands.

    taking
        The how-manieth taking this is.
    given_up
        Its workers died too often: it is to fail, and not to be done.
    asked
        What it is to do.
    """

    id: str
    kind: TaskKind
    worker: str
    taking: int
    given_up: bool
    by: Actor
    asked: Mapping[str, Any]
    asked_at: datetime


class NoLongerOurs(BaseException):
    """The task was taken up by another worker, or has ended: whoever had it leaves it alone.

    Like an interrupt, it is no error that work may swallow and take for its own.
    """


def take_up(work: Work, worker: str, *, at: datetime) -> Taken | None:
    """Take up the task that waits longest, or one whose worker fell silent; ``None``: there is none.

    On PostgreSQL rows that another worker is taking just now are passed over; on SQLite writers queue.
    """
    row = work.first(_waiting(at).with_for_update(skip_locked=True))
    if row is None:
        return None
    row.deaths += row.status is TaskStatus.RUNNING
    move(row, TaskStatus.RUNNING)
    row.worker, row.beat_at, row.takings = worker, at, row.takings + 1
    row.begun_at = row.begun_at or at
    work.note(row)
    return Taken(
        id=row.id,
        kind=row.kind,
        worker=worker,
        taking=row.takings,
        given_up=row.deaths >= MOST_DEATHS,
        by=Actor(id=row.asked_by, role=row.role),
        asked=json.loads(row.asked),
        asked_at=row.asked_at,
    )


def _waiting(at: datetime) -> Select[TaskRow]:
    due = or_(TaskRow.status == TaskStatus.QUEUED, silent(at))
    return select(TaskRow).where(due).order_by(TaskRow.asked_at, TaskRow.id)


def silent(at: datetime) -> ColumnElement[bool]:
    """Tasks whose worker fell silent."""
    return and_(TaskRow.status == TaskStatus.RUNNING, TaskRow.beat_at <= at - SILENT)


def held(work: Work, taken: Taken) -> TaskRow:
    """The row of a task that is still in the hands of whoever took it up.

    Raises
    ------
    NoLongerOurs
        If it is not.
    """
    row = work.session.get(TaskRow, taken.id)
    if row is None or row.status is not TaskStatus.RUNNING or row.takings != taken.taking:
        raise NoLongerOurs(taken.id)
    return row


def beat(work: Work, worker: str, tasks: Collection[str], *, at: datetime) -> None:
    """Say that a worker is alive and has these tasks in hand; one that it let fall is not among them."""
    theirs = and_(
        TaskRow.id.in_(sorted(tasks)), TaskRow.worker == worker, TaskRow.status == TaskStatus.RUNNING
    )
    work.session.execute(update(TaskRow).where(theirs).values(beat_at=at))


def hand_back_all(work: Work, worker: str) -> int:
    """Queue whatever a worker that stops still has in hand; how many tasks."""
    theirs = and_(TaskRow.worker == worker, TaskRow.status == TaskStatus.RUNNING)
    # A taking more: whatever that worker still does of it is not written any more.
    given = update(TaskRow).where(theirs)
    result = work.session.execute(
        given.values(status=TaskStatus.QUEUED, worker=None, beat_at=None, takings=TaskRow.takings + 1)
    )
    return result.rowcount if isinstance(result, CursorResult) else 0
