"""A task is queued in the same unit of work as what it belongs to: both are there, or neither is."""

import json
from collections.abc import Mapping
from datetime import datetime

from gateway.records.actor import Actor
from gateway.storage.work import Work
from gateway.tasks.tables import TaskKind, TaskRow, TaskStatus


def queue_task(
    kind: TaskKind, asked: Mapping[str, object], *, by: Actor, at: datetime, work: Work
) -> TaskRow:
    """Queue long work; a worker takes it up.

    Parameters
    ----------
    asked
        What it is to do: ids and choices that JSON holds, never anything about a person.
    """
    row = TaskRow(
        id=work.new_id("T"),
        kind=kind,
        status=TaskStatus.QUEUED,
        asked_by=by.id,
        role=by.role,
        asked_at=at,
        asked=json.dumps(asked, sort_keys=True),
        done=0,
        total=0,
        cancel_asked=False,
        takings=0,
        deaths=0,
    )
    work.note(row)
    return row
