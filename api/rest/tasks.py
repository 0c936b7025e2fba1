"""Long work: how far it is, what came of it, and stopping it."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.access.permissions import Permission
from api.rest.door import Door, declared, may
from api.rest.filled_pages import moment_and_id
from api.rest.following import Followers, Seen
from api.rest.listing import After, Listing, Size, cursor
from api.rest.strict_requests import doors
from api.rest.values import IdInPath, Told
from gateway.refusals import NotFound
from gateway.storage.store import Store
from gateway.storage.work import Work
from gateway.tasks.ending import ask_to_cancel
from gateway.tasks.mine import tasks_of, tasks_with
from gateway.tasks.states import ENDED
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
    cancel_asked: bool = Field(description="It stops at the next place where it can.")
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
        cancel_asked=row.cancel_asked,
        result=None if row.result is None else json.loads(row.result),
        fault=None if row.fault is None else json.loads(row.fault),
    )


@router.get("/tasks", summary="What I asked for", response_model=Listing[TaskTold], responses=declared())
def list_tasks(
    door: Annotated[Door, may(Permission.OWN_ACCOUNT)],
    status: Annotated[TaskStatus | None, Query(description="Only these.")] = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """The newest first; nobody else's."""
    place = moment_and_id(after)

    def question(work: Work) -> Listing[TaskTold]:
        begins = None if place is None or place[0] is None else (place[0], place[1])
        rows = tasks_of(work, door.visitor.account_id, status=status, after=begins, size=size + 1)
        last = rows[size - 1] if len(rows) > size else None
        return Listing(
            items=[task_told(row) for row in rows[:size]],
            next=None if last is None else cursor(last.asked_at.isoformat(), last.id),
        )

    return door.read(question)


@router.get(
    "/tasks/{task_id}",
    summary="How far a piece of long work is",
    response_model=TaskTold,
    responses=declared(NotFound),
)
def read_task(task_id: IdInPath, door: Annotated[Door, may(Permission.OWN_ACCOUNT)]) -> Response:
    """Only whoever asked for it is told."""

    def question(work: Work) -> TaskTold:
        return task_told(own_task(work, door, task_id))

    return door.read(question)


def own_task(work: Work, door: Door, task_id: str) -> TaskRow:
    """The task, for whoever asked for it.

    Raises
    ------
    NotFound
        If there is none, or somebody else did.
    """
    row = work.get(TaskRow, task_id)
    if row.asked_by != door.visitor.account_id:
        raise NotFound("task", task_id)
    return row


@router.post(
    "/tasks/{task_id}/cancel",
    summary="Stop a piece of long work",
    response_model=TaskTold,
    responses=declared(NotFound),
)
def cancel_task(task_id: IdInPath, door: Annotated[Door, may(Permission.OWN_ACCOUNT)]) -> Response:
    """It stops at the next place where it can: what it has done until then stays done.

    One that has ended stays as it is.
    """

    def deed(work: Work) -> TaskTold:
        return task_told(ask_to_cancel(task_id, asked_by=door.visitor.account_id, work=work))

    answer = door.write(deed)
    door.wake()
    return answer


@router.get(
    "/tasks/{task_id}/events",
    summary="Follow a piece of long work",
    response_class=StreamingResponse,
    responses=declared(NotFound)
    | {
        200: {
            "description": "Server-sent events.",
            "content": {"text/event-stream": {}},
        }
    },
)
async def follow_task(
    task_id: IdInPath, request: Request, door: Annotated[Door, may(Permission.OWN_ACCOUNT)]
) -> Response:
    """Server-sent events: `progress` whenever something changed, `end` when it has ended, each with the task.

    The stream ends with the task, and after ten minutes in any case: come again, as browsers do by
    themselves. Five streams for one account at most.
    """
    await run_in_threadpool(_refuse_anothers, door, task_id)
    followers: Followers = request.app.state.followers
    return followers.answer(task_id, door.visitor.account_id)


def _refuse_anothers(door: Door, task_id: str) -> None:
    with door.store.reading() as work:
        own_task(work, door, task_id)


def followers_of(store: Store) -> Followers:
    """Those who follow tasks of this store."""

    def look(ids: Collection[str]) -> Mapping[str, Seen]:
        with store.reading() as work:
            rows = tasks_with(work, ids)
        return {row.id: Seen(task_told(row).model_dump_json(), row.status in ENDED) for row in rows}

    return Followers(look)
