"""What is kept of tasks for a while only: their files for a day, themselves for thirty."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.engine import CursorResult

from gateway.storage.work import Work
from gateway.tasks.states import ENDED
from gateway.tasks.tables import TaskFileRow, TaskRow, WorkerRow

FILES_KEPT: Final = timedelta(days=1)
TASKS_KEPT: Final = timedelta(days=30)
WORKERS_KEPT: Final = timedelta(days=1)
"""How long after they ended, or last said something; ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many of each were removed."""

    files: int
    tasks: int
    workers: int


def forget_tasks(work: Work, *, at: datetime) -> Forgotten:
    """Remove the files of tasks that ended a day ago, tasks that ended thirty days ago, dead workers."""
    old = select(TaskRow.id).where(TaskRow.status.in_(sorted(ENDED)), TaskRow.finished_at <= at - FILES_KEPT)
    gone = select(TaskRow.id).where(TaskRow.status.in_(sorted(ENDED)), TaskRow.finished_at <= at - TASKS_KEPT)
    files = work.session.execute(delete(TaskFileRow).where(TaskFileRow.task_id.in_(old)))
    tasks = work.session.execute(delete(TaskRow).where(TaskRow.id.in_(gone)))
    workers = work.session.execute(delete(WorkerRow).where(WorkerRow.beat_at <= at - WORKERS_KEPT))
    return Forgotten(files=_count(files), tasks=_count(tasks), workers=_count(workers))


def _count(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
