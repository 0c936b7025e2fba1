"""A worker: a process that hears the alarm clock, performs tasks, does chores, and says that it is alive."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from huey.consumer import Consumer  # type: ignore[import-untyped]  # ships no types

from api.background.alarm import AlarmClock, huey_at
from api.background.chores import CHORES, Round
from api.background.memory import give_back_memory
from api.background.performing import perform_next
from gateway.tasks.chores import begin_round, end_round
from gateway.tasks.taking import hand_back_all
from gateway.tasks.workers import sign_off, stamp_worker

LOG = logging.getLogger(__name__)

BEATS_EVERY: Final = timedelta(seconds=10)

AT_ONCE: Final = 2
"""Tasks that one worker performs at once. More threads hear the alarms, so that neither a long import
nor a slow mail server keeps an offer from lapsing."""

LEAVE: Final = timedelta(seconds=25)
"""How long a worker that is to stop waits for what it is doing; the rest is handed back. Whoever stops it
should wait longer before it kills it."""


class Worker:
    """Everything a worker does, whoever rings.

    Parameters
    ----------
    name
        Under which it takes up tasks; no two workers have one.
    """

    def __init__(self, name: str, round_: Round, *, at_once: int = AT_ONCE) -> None:
        self.name, self.round, self.store = name, round_, round_.store
        self.stopping = threading.Event()
        self.in_hand: set[str] = set()
        self._places = threading.Semaphore(at_once)

    def perform_tasks(self) -> None:
        """Perform tasks until none waits; if enough threads do so already, they will see what is new."""
        if not self._places.acquire(blocking=False):
            return
        try:
            while not self.stopping.is_set() and self._perform_next():
                pass
        finally:
            self._places.release()

    def _perform_next(self) -> bool:
        there_was_one = perform_next(
            self.store, self.name, stopping=self.stopping.is_set, in_hand=self.in_hand
        )
        if there_was_one:
            give_back_memory()
        return there_was_one

    def do_chores(self) -> None:
        """Do every chore that has come round and that nobody else is doing.

        One that fails is told, and done again at the next look.
        """
        for chore in CHORES:
            if self.stopping.is_set():
                return
            self._do(chore.name, chore.rhythm, chore.do)

    def _do(self, name: str, rhythm: Any, do: Callable[[Round], None]) -> None:  # noqa: ANN401  a Rhythm
        at = self.store.clock()
        if not self.store.transact(lambda work: begin_round(work, name, rhythm, self.name, at=at)):
            return
        try:
            do(self.round)
        except Exception:
            LOG.exception("Chore %s failed; it is done again at the next look.", name)
            self.store.transact(lambda work: end_round(work, name, self.name, at=None))
        else:
            self.store.transact(lambda work: end_round(work, name, self.name, at=at))

    def look(self) -> None:
        """Do what is due, and what waits."""
        self.do_chores()
        self.perform_tasks()

    def beat(self) -> None:
        """Say that it is alive."""
        at = self.store.clock()
        tasks = tuple(self.in_hand)
        self.store.transact(lambda work: stamp_worker(work, self.name, tasks, at=at))

    def leave(self) -> None:
        """Hand back what it still has, and say that it has stopped."""
        given = self.store.transact(lambda work: hand_back_all(work, self.name))
        if given:
            LOG.warning("%s tasks were handed back unfinished; another worker goes on with them.", given)
        self.store.transact(lambda work: sign_off(work, self.name))


class _QuietConsumer(Consumer):  # type: ignore[misc]  # huey ships no types
    """Huey's own, but signals are the worker's."""

    def _set_signal_handlers(self) -> None:
        pass


def work_until(stop: threading.Event, worker: Worker, url: str) -> None:
    """Work until the event is set, then finish or hand back what is in hand, and return.

    Parameters
    ----------
    url
        Of the database, beside which the alarms wait.
    """
    huey = huey_at(url)
    clock = AlarmClock(
        huey,
        when_woken=worker.perform_tasks,
        every_minute=worker.look,
    )
    consumer = _QuietConsumer(
        huey, workers=AT_ONCE + 3, max_delay=1.0, backoff=1.3, scheduler_interval=1, worker_type="thread"
    )
    beating = threading.Thread(target=_beat_on, args=(worker,), name="heart", daemon=True)
    beating.start()
    consumer.start()
    clock.wake()
    clock.look()
    stop.wait()
    LOG.info("Stopping: what is in hand is finished, or handed back.")
    worker.stopping.set()
    consumer.stop_flag.set()
    _wait_for(consumer)
    worker.leave()
    clock.close()


def _wait_for(consumer: Any) -> None:  # noqa: ANN401  huey ships no types
    deadline = time.monotonic() + LEAVE.total_seconds()
    for thread in [thread for _, thread in consumer.worker_threads] + [consumer.scheduler]:
        thread.join(max(0.0, deadline - time.monotonic()))


def _beat_on(worker: Worker) -> None:
    while True:
        try:
            worker.beat()
        except Exception:
            # The database may be away for a moment; whoever watches sees that no beat comes.
            LOG.exception("The worker could not say that it is alive.")
        if worker.stopping.wait(BEATS_EVERY.total_seconds()):
            return
