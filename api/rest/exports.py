"""Lists as files: asked for as long work, fetched by whoever asked."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from fastapi import Response
from pydantic import ConfigDict, Field

from api.access.permissions import Permission
from api.rest.door import Door, declared, may, refuse_unless_may
from api.rest.strict_requests import doors
from api.rest.tasks import TaskTold, own_task, task_told
from api.rest.values import Asked, Day, IdInPath
from gateway.monitoring.lists import What
from gateway.refusals import Conflict, NotFound, refuse
from gateway.storage.work import Work
from gateway.tasks.files import Part, TaskFile, file_of
from gateway.tasks.queueing import queue_task
from gateway.tasks.tables import TaskKind, TaskStatus

router = doors("exports")

NEEDS: Mapping[What, Permission] = MappingProxyType(
    {
        What.VACANCIES: Permission.READ_VACANCIES,
        What.VACANCY_COUNTS: Permission.READ_FIGURES,
        What.REFERRALS: Permission.READ_REFERRALS,
        What.OFFERS: Permission.READ_OFFERS,
        What.PLACEMENTS: Permission.READ_PLACEMENTS,
        What.EVENTS: Permission.READ_EVENTS,
    }
)
"""What else a list takes, besides that somebody may export at all."""


class NotReady(Conflict):
    """The file is not there: its task has not ended, or ended without one."""

    def __init__(self, task_id: str, status: TaskStatus) -> None:
        self.task_id, self.status = task_id, status
        super().__init__(f"Task {task_id} is {status}: it has no file.")


class ListWanted(Asked):
    """Which list, of which days."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"what": "referrals", "from_day": "2026-02-01", "until": "2026-03-01"}]
        }
    )

    what: What = Field(
        description="Vacancies and their counts by authority and tier; referrals, offers and placements by "
        "id, without names; events."
    )
    from_day: Day | None = Field(
        default=None,
        description="The first day. Vacancies and their counts are of this day alone; null: today. Else "
        "null: no bound.",
    )
    until: Day | None = Field(default=None, description="The day after the last; null: no bound.")


@router.post(
    "/exports",
    summary="Ask for a list as a file",
    status_code=202,
    response_model=TaskTold,
    responses=declared(),
)
def ask(asked: ListWanted, door: Annotated[Door, may(Permission.EXPORT)]) -> Response:
    """Long work: the answer is a task, and its file can be fetched for a day after it has ended.

    A CSV file without names, dates of birth, addresses or free text. People whose cases you may not open are
    not in it. That it was given out, and about whom, is recorded.
    """
    refuse_unless_may(door.visitor, NEEDS[asked.what])
    backwards = asked.from_day and asked.until and asked.until <= asked.from_day
    refuse([("until", f"is {asked.until}, must be after {asked.from_day}")] if backwards else [])

    def deed(work: Work) -> TaskTold:
        wanted = asked.model_dump(mode="json")
        return task_told(queue_task(TaskKind.EXPORT, wanted, by=door.visitor.actor, at=door.at, work=work))

    answer = door.write(deed, status=202, location="/api/v1/tasks/{id}")
    door.wake()
    return answer


@router.get(
    "/exports/{task_id}/file",
    summary="Fetch the file of a list",
    response_class=Response,
    responses=declared(NotFound, Conflict)
    | {200: {"description": "The file.", "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def fetch(task_id: IdInPath, door: Annotated[Door, may(Permission.EXPORT)]) -> Response:
    """Only whoever asked for it gets it, for a day after it was made."""
    with door.store.reading() as work:
        file = _file(work, door, task_id)
    return Response(
        file.content,
        media_type=file.media_type,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _file(work: Work, door: Door, task_id: str) -> TaskFile:
    row = own_task(work, door, task_id)
    if row.kind is not TaskKind.EXPORT:
        raise NotFound("task", task_id)
    if row.status is not TaskStatus.DONE:
        raise NotReady(task_id, row.status)
    return file_of(work, task_id, Part.OUT)
