"""A task in the hands of a worker: it says how far it is, and is told when to stop."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from gateway.storage.store import Store
from gateway.storage.work import Work
from gateway.tasks.taking import Taken, held

EVERY: Final = timedelta(seconds=1)
"""How often at most progress is written: whoever follows a task sees no more, and writers have turns."""


class CancelAsked(BaseException):
    """Somebody asked that the task stop. Like an interrupt, it is no error that work may swallow."""


class WorkerStops(BaseException):
    """The worker is asked to stop: the task goes back to the queue."""


class InHand:
    """What a deed is given to do its task with.

    stopping
        Tells whether the worker is to stop.
    """

    def __init__(
        self, store: Store, taken: Taken, *, stopping: Callable[[], bool], every: timedelta = EVERY
    ) -> None:
        self.store, self.taken, self._stopping, self._every = store, taken, stopping, every
        self._said_at: datetime | None = None

    def place_to_stop(self) -> None:
        """Somewhere the task can be left as it is.

        Raises
        ------
        CancelAsked, WorkerStops
            If it is to be.
        NoLongerOurs
            If another worker has it.
        """
        if self._stopping():
            raise WorkerStops
        with self.store.reading() as work:
            if held(work, self.taken).cancel_asked:
                raise CancelAsked

    def progress(self, done: int, total: int, words: str | None = None) -> None:
        """Say how far it is, once a second at most, and stop if it is to; at the end it goes on to end.

        Raises
        ------
        CancelAsked, WorkerStops, NoLongerOurs
            As in `place_to_stop`.
        """
        at = self.store.clock()
        at_the_end = done == total > 0
        if self._said_at is not None and at < self._said_at + self._every and not at_the_end:
            if self._stopping():
                raise WorkerStops
            return
        self._said_at = at
        if not at_the_end:
            self.place_to_stop()
        self.store.transact(lambda work: self._note(work, done, total, words, at))

    def _note(self, work: Work, done: int, total: int, words: str | None, at: datetime) -> None:
        row = held(work, self.taken)
        row.done, row.total, row.beat_at = done, total, at
        row.words = row.words if words is None else words[:200]
        work.note(row)
