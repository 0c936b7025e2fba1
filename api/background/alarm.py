"""The alarm clock: huey, whose messages hold a name and a moment, as JSON, and nothing else.

On SQLite its queue is a file beside the database, on PostgreSQL tables in a schema of their own, so that
migrations and backups do not meet them. Nothing in it is worth keeping: delete it, and nothing is lost.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from huey import (  # type: ignore[import-untyped]  # ships no types
    Huey,
    MemoryHuey,
    PostgresHuey,
    SqliteHuey,
    crontab,
)
from huey.registry import Message  # type: ignore[import-untyped]  # as above
from huey.serializer import Serializer  # type: ignore[import-untyped]  # as above
from sqlalchemy.engine import make_url

LOG = logging.getLogger(__name__)

SCHEMA: Final = "huey"
EXPIRES: Final = 55
"""Seconds after which an alarm that nobody heard is not worth hearing: the next one has rung."""

_ONE_MAKER: Final = 4_047_231
"""An advisory lock of PostgreSQL: two processes that make the same table at once would both fail."""


class Json(Serializer):  # type: ignore[misc]  # huey ships no types
    """Messages as JSON, no pickles: whoever can write to the queue can ring an alarm, and nothing else."""

    def _serialize(self, data: Any) -> bytes:  # noqa: ANN401  huey passes whatever it keeps
        if not isinstance(data, Message):
            return json.dumps(data).encode()
        kept = {name: value for name, value in data._asdict().items() if value is not None}
        for name in ("eta", "expires_resolved"):
            if isinstance(kept.get(name), datetime):
                kept[name] = kept[name].isoformat()
        return json.dumps({"alarm": kept}).encode()

    def _deserialize(self, data: bytes) -> Any:  # noqa: ANN401  as above
        read = json.loads(bytes(data))
        if not (isinstance(read, dict) and "alarm" in read):
            return read
        kept = {name: value for name, value in read["alarm"].items() if name in Message._fields}
        for name in ("eta", "expires_resolved"):
            if name in kept:
                kept[name] = datetime.fromisoformat(kept[name])
        return Message(**kept)


class AlarmClock:
    """Rings when a task was queued, and every minute.

    Parameters
    ----------
    huey
        Where alarms wait.
    when_woken, every_minute
        What a worker does at an alarm; the web rings only.
    """

    def __init__(
        self,
        huey: Huey,
        *,
        when_woken: Callable[[], None] = lambda: None,
        every_minute: Callable[[], None] = lambda: None,
    ) -> None:
        self.huey = huey

        def tasks_queued() -> None:
            when_woken()

        def minute() -> None:
            every_minute()

        self._wake = huey.task(expires=EXPIRES, name="tasks_queued")(tasks_queued)
        self.look = huey.periodic_task(crontab(), expires=EXPIRES, name="minute")(minute)

    def close(self) -> None:
        """Let go of where alarms wait."""
        self.huey.storage.close()

    def wake(self) -> None:
        """Ring: a task was queued. If the clock is out of order, the next minute finds the task."""
        try:
            self._wake()
        except Exception:
            LOG.warning("The alarm could not be rung; workers look every minute.", exc_info=True)


def huey_at(url: str) -> Huey:
    """Where alarms wait, for a gateway whose database is at this URL; in memory for a database in memory."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        if not address.database or address.database == ":memory:":
            return MemoryHuey("gateway", serializer=Json(), results=False)
        return SqliteHuey(
            "gateway", filename=f"{address.database}.alarms", serializer=Json(), results=False, fsync=False
        )
    return PostgresHuey("gateway", connection=_connection(url), serializer=Json(), results=False)


def _connection(url: str) -> Callable[[], Any]:
    import psycopg  # noqa: PLC0415  an extra; whoever has a PostgreSQL URL has it

    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

    def connect() -> Any:  # noqa: ANN401  psycopg is an extra
        connection = psycopg.connect(plain, autocommit=True)
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ONE_MAKER,))
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.execute(f"SET search_path TO {SCHEMA}")
        return connection

    return connect
