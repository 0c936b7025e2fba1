"""The tasks that somebody asked for, and many of them at once for whoever follows them."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select

from gateway.storage.work import Work
from gateway.tasks.tables import TaskKind, TaskRow, TaskStatus


def tasks_of(
    work: Work,
    account_id: str,
    *,
    status: TaskStatus | None = None,
    after: tuple[datetime, str] | None = None,
    size: int = 50,
) -> Sequence[TaskRow]:
    """What somebody asked for, the newest first.

    Parameters
    ----------
    after
        When the last task of the page before was asked for, and its id.
    """
    query = select(TaskRow).where(TaskRow.asked_by == account_id)
    if status is not None:
        query = query.where(TaskRow.status == status)
    if after is not None:
        at, id = after
        query = query.where(or_(TaskRow.asked_at < at, and_(TaskRow.asked_at == at, TaskRow.id > id)))
    return work.all(query.order_by(TaskRow.asked_at.desc(), TaskRow.id).limit(size))


def tasks_with(work: Work, ids: Collection[str]) -> Sequence[TaskRow]:
    """These tasks, as many of them as there are, in one query."""
    return work.all(select(TaskRow).where(TaskRow.id.in_(sorted(ids))))


def own_task_asked(
    work: Work, account_id: str, kind: TaskKind, asked: Mapping[str, object]
) -> TaskRow | None:
    """The newest task by which somebody asked for exactly this, as `queue_task` keeps it."""
    query = select(TaskRow).where(
        TaskRow.asked_by == account_id,
        TaskRow.kind == kind,
        TaskRow.asked == json.dumps(asked, sort_keys=True),
    )
    return work.first(query.order_by(TaskRow.asked_at.desc(), TaskRow.id))
