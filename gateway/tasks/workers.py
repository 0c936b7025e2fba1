"""Workers say that they are alive; whoever watches asks when one last did."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from gateway.storage.work import Work
from gateway.tasks.tables import WorkerRow
from gateway.tasks.taking import beat


def stamp_worker(work: Work, worker: str, tasks: Collection[str] = (), *, at: datetime) -> None:
    """Say that a worker is alive, and has these tasks in hand."""
    row = work.session.get(WorkerRow, worker) or WorkerRow(id=worker, began_at=at)
    row.beat_at = at
    work.note(row)
    if tasks:
        beat(work, worker, tasks, at=at)


def sign_off(work: Work, worker: str) -> None:
    """A worker has stopped."""
    row = work.session.get(WorkerRow, worker)
    if row is not None:
        work.note(removed=[row])


def last_beat(work: Work) -> datetime | None:
    """When a worker last said that it is alive; ``None``: there is none."""
    return work.session.scalar(select(func.max(WorkerRow.beat_at)))
