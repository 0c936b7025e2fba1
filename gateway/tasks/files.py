"""Files that tasks read and write: kept sealed beside them, for a day after the task has ended."""

import base64
from dataclasses import dataclass
from enum import IntEnum

from gateway.refusals import NotFound
from gateway.storage.work import Work
from gateway.tasks.tables import TaskFileRow


class Part(IntEnum):
    """Which file of a task."""

    IN = 0
    OUT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFile:
    """A file; ``name`` is ours, never a path and never a client's."""

    name: str
    media_type: str
    content: bytes


def keep_file(task_id: str, part: Part, file: TaskFile, *, work: Work) -> None:
    """Keep a file of a task; one that a worker wrote before it died is replaced."""
    row = work.session.get(TaskFileRow, (task_id, int(part))) or TaskFileRow(task_id=task_id, part=int(part))
    row.name, row.media_type = file.name, file.media_type
    row.content = base64.b64encode(file.content).decode()
    work.note(row)


def file_of(work: Work, task_id: str, part: Part) -> TaskFile:
    """A file of a task.

    Raises
    ------
    NotFound
        If there is none, or it is gone: a day after its task ended.
    """
    row = work.session.get(TaskFileRow, (task_id, int(part)))
    if row is None:
        raise NotFound("file of task", task_id)
    return TaskFile(name=row.name, media_type=row.media_type, content=base64.b64decode(row.content))
