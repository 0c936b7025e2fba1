"""The states of a task as one table; docs/states.md is generated from it."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.refusals import IllegalMove
from gateway.tasks.tables import TaskRow, TaskStatus

_T = TaskStatus

NEXT_TASK: Mapping[TaskStatus, frozenset[TaskStatus]] = MappingProxyType(
    {
        _T.QUEUED: frozenset({_T.RUNNING, _T.CANCELLED}),
        # A task is handed back by a worker that stops, and taken up again from one that fell silent.
        _T.RUNNING: frozenset({_T.RUNNING, _T.DONE, _T.FAILED, _T.CANCELLED, _T.QUEUED}),
        _T.DONE: frozenset(),
        _T.FAILED: frozenset(),
        _T.CANCELLED: frozenset(),
    }
)

ENDED = frozenset(status for status, after in NEXT_TASK.items() if not after)
"""Nothing more comes of it."""


def move(row: TaskRow, to: TaskStatus) -> None:
    """Move a task on.

    Raises
    ------
    IllegalMove
        If that state cannot follow.
    """
    if to not in NEXT_TASK[row.status]:
        raise IllegalMove("task", row.id, stands=row.status, wanted=to)
    row.status = to
