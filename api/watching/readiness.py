"""Whether this process can do its work now: the database answers, it is of this release, a worker lives."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.schema import MIGRATIONS
from gateway.storage.store import Store
from gateway.tasks.tables import WorkerRow

SILENT_AFTER: Final = timedelta(minutes=2)
"""A worker that has not said for so long that it lives is taken for dead."""

FINE: Final = "ok"

AHEAD: Final = "ahead"
"""A newer release has upgraded the database: this one goes on until its turn, for migrations only add."""


def readiness(store: Store, *, worker_expected: bool) -> Mapping[str, str]:
    """Each part and how it is, in a word: `FINE`, `AHEAD`, or what is wrong without detail."""
    try:
        with store.engine.connect() as connection:
            stands = MIGRATIONS.stands_within(connection)
            beat = connection.scalar(select(func.max(WorkerRow.beat_at))) if worker_expected else None
    except SQLAlchemyError:
        return {"database": "does not answer"}
    told = {"database": FINE, "migrations": _migrations(stands)}
    if worker_expected:
        told["worker"] = _worker(beat, store.clock())
    return told


def _migrations(stands: str | None) -> str:
    if stands == MIGRATIONS.newest():
        return FINE
    return "behind" if stands is None or stands in MIGRATIONS.known() else AHEAD


def _worker(beat: datetime | None, now: datetime) -> str:
    if beat is None:
        return "never seen"
    return FINE if beat >= now - SILENT_AFTER else "silent"
