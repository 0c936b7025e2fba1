"""Figures of the store at the moment they are asked for: queues, messages, vacancies, connections."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, literal, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from gateway.allocation_runs.tables import RunRow
from gateway.directory.units import count_stale_units
from gateway.messages.tables import MessageRow, MessageStatus
from gateway.storage.rows import UtcTime
from gateway.storage.store import Store
from gateway.storage.work import Work
from gateway.tasks.tables import TaskKind, TaskRow, TaskStatus

RUNS_OVER: Final = timedelta(hours=24)
"""Over how long the seconds of allocation runs are summed."""


class StoreFigures(Collector):
    """Reads the store whenever figures are asked for; if it does not answer, that is the figure.

    stale_after
        A unit that nobody has confirmed for so long is stale.
    """

    def __init__(self, store: Store, *, stale_after: timedelta) -> None:
        self.store, self.stale_after = store, stale_after

    def describe(self) -> list[Metric]:
        """Nothing, so that the store is not read when the collector is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures."""
        pool = self.store.engine.pool
        if isinstance(pool, QueuePool):
            yield _one("gateway_database_connections_in_use", "Connections in use.", pool.checkedout())
            most = pool.size() + max(pool._max_overflow, 0)  # noqa: SLF001  SQLAlchemy tells it nowhere else
            yield _one("gateway_database_connections_most", "Connections there can be.", most)
        try:
            with self.store.reading() as work:
                found = [*self._tasks(work), *self._messages(work), *self._runs(work), self._stale(work)]
        except SQLAlchemyError:
            yield _one("gateway_database_answers", "Whether the database answers.", 0)
            return
        yield _one("gateway_database_answers", "Whether the database answers.", 1)
        yield from found

    @staticmethod
    def _tasks(work: Work) -> Iterator[Metric]:
        live = (TaskStatus.QUEUED, TaskStatus.RUNNING)
        query = select(TaskRow.kind, TaskRow.status, func.count()).where(TaskRow.status.in_(live))
        rows = work.session.execute(query.group_by(TaskRow.kind, TaskRow.status)).all()
        counts = {(kind, status): count for kind, status, count in rows}
        names = {"gateway_tasks_queued": live[0], "gateway_tasks_running": live[1]}
        for name, status in names.items():
            family = GaugeMetricFamily(name, f"Pieces of long work that are {status}.", labels=["kind"])
            for kind in TaskKind:
                family.add_metric([kind.value], counts.get((kind, status), 0))
            yield family

    @staticmethod
    def _messages(work: Work) -> Iterator[Metric]:
        now = work.clock()
        oldest = func.coalesce(func.min(MessageRow.made_at), literal(now, UtcTime))
        query = select(func.count(), oldest).where(MessageRow.status == MessageStatus.WAITING)
        count, since = work.session.execute(query).one()
        age = (now - since).total_seconds()
        yield _one("gateway_messages_waiting", "Messages not sent yet.", count)
        yield _one("gateway_oldest_message_seconds", "For how long the oldest has waited.", age)

    @staticmethod
    def _runs(work: Work) -> Iterator[Metric]:
        # Of a finished run both are there; its problem and plan, which are large, are not read.
        query = select(RunRow.started_at, func.coalesce(RunRow.finished_at, RunRow.started_at)).where(
            RunRow.started_at >= work.clock() - RUNS_OVER, RunRow.finished_at.is_not(None)
        )
        took = [(end - begin).total_seconds() for begin, end in work.session.execute(query)]
        yield _one(
            "gateway_runs_in_a_day", "Allocation runs finished, of those begun in 24 hours.", len(took)
        )
        yield _one("gateway_run_seconds_in_a_day", "Seconds they took, solver and all.", sum(took))
        yield _one("gateway_longest_run_seconds_in_a_day", "The longest of them.", max(took, default=0))

    def _stale(self, work: Work) -> Metric:
        now = work.clock()
        count = count_stale_units(work, now - self.stale_after, on=now.date())
        return _one("gateway_stale_vacancies", "Units nobody confirmed of late.", count)


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
