"""Long work: how far it is, and what came of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import IdInPath, Told
from gateway.refusals import NotFound
from gateway.storage.work import Work
from gateway.tasks.tables import TaskKind, TaskRow, TaskStatus

router = doors("tasks")


class TaskTold(Told):
    """A piece of long work. Follow it at its address until ``finished_at`` is told."""

    id: str
    kind: TaskKind
    status: TaskStatus
    asked: Mapping[str, Any] = Field(description="What it is to do.", examples=[{"run": "N-7K3F92QDXM"}])
    asked_at: datetime
    begun_at: datetime | None
    finished_at: datetime | None
    done: int
    total: int = Field(description="0: not known yet.")
    words: str | None = Field(description="What it is doing, for a person.")
    result: Mapping[str, Any] | None
    fault: Mapping[str, Any] | None = Field(description="Why it failed: a problem (RFC 9457).")


def task_told(row: TaskRow) -> TaskTold:
    """A task as it is answered."""
    return TaskTold(
        id=row.id,
        kind=row.kind,
        status=row.status,
        asked=json.loads(row.asked),
        asked_at=row.asked_at,
        begun_at=row.begun_at,
        finished_at=row.finished_at,
        done=row.done,
        total=row.total,
        words=row.words,
        result=None if row.result is None else json.loads(row.result),
        fault=None if row.fault is None else json.loads(row.fault),
    )


@router.get(
    "/tasks/{task_id}",
    summary="How far a piece of long work is",
    response_model=TaskTold,
    responses=declared(NotFound),
)
def read_task(task_id: IdInPath, door: Annotated[Door, may(Permission.OWN_ACCOUNT)]) -> Response:
    """Only whoever asked for it is told."""

    def question(work: Work) -> TaskTold:
        return task_told(_own(work, door, task_id))

    return door.read(question)


def _own(work: Work, door: Door, task_id: str) -> TaskRow:
    row = work.get(TaskRow, task_id)
    if row.asked_by != door.visitor.account_id:
        raise NotFound("task", task_id)
    return row
