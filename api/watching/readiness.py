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


def readiness(store: Store, *, worker_expected: bool) -> Mapping[str, str]:
    """Each part and how it is, in a word: `FINE`, or what is wrong without detail."""
    try:
        with store.engine.connect() as connection:
            stands = MIGRATIONS.stands_within(connection)
            beat = connection.scalar(select(func.max(WorkerRow.beat_at))) if worker_expected else None
    except SQLAlchemyError:
        return {"database": "does not answer"}
    told = {"database": FINE, "migrations": FINE if stands == MIGRATIONS.newest() else "of another release"}
    if worker_expected:
        told["worker"] = _worker(beat, store.clock())
    return told


def _worker(beat: datetime | None, now: datetime) -> str:
    if beat is None:
        return "never seen"
    return FINE if beat >= now - SILENT_AFTER else "silent"
