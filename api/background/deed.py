"""What a kind of task does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.storage.work import Work
from gateway.tasks.in_hand import InHand


def _nothing(*_: object) -> None:
    """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What came of a task.

    result
        Ids and counts.
    also
        What is written in the same unit of work that ends the task.
    """

    result: Mapping[str, object]
    also: Callable[[Work], None] = _nothing


class WasCancelled(Exception):
    """What the task was to do was called off by another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A kind of task.

    do
        Does it from wherever it was left: a worker may have died with it.
    when_cancelled
        Ends what belongs to it, when the task is cancelled.
    """

    do: Callable[[InHand], Ended]
    when_cancelled: Callable[[InHand], None] = _nothing
