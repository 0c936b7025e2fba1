"""The store: a database, its keys, and the one door through which a use case writes."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from gateway.storage.sealing import Keyring, give_keys
from gateway.storage.work import Clock, LostRace, NewId, Work

T = TypeVar("T")

ATTEMPTS = 30
"""How often a use case is done again after losing a race, before the database's own word is passed on."""

PATIENCE = 3
"""How often a use case is tried among others on PostgreSQL; the next time it has the store for itself."""

_QUEUE = "LOCK TABLE alembic_version IN ROW EXCLUSIVE MODE"
_ALONE = (
    "SET LOCAL lock_timeout = '2s'; LOCK TABLE alembic_version IN EXCLUSIVE MODE; SET LOCAL lock_timeout = 0"
)
"""What a writer on PostgreSQL begins with, before it sees anything: LOCK takes no snapshot (documentation,
SQL commands). Writers pass each other. One who is alone waits until those before it are done, and those after
it wait for it: it loses no race, so everybody gets their turn, however many write to the same few rows. It
waits for two seconds at most, as somebody may be writing something long. Only migrations write to that table.
"""

BUSY_SECONDS = 60
"""How long a writer waits for another one on SQLite, in all."""

_SERIALISATION = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: could not serialise, deadlock, and a lock not had in time (documentation, appendix A)."""

_LOST = frozenset({"23505", "23P01"})
"""PostgreSQL: a unique and an exclusion constraint fired (documentation, appendix A)."""


SHORT_QUERIES = "-c jit=off -c random_page_cost=1.1"
"""What PostgreSQL is told of our queries, unless the URL has options of its own: that they are short, so that
compiling one takes longer than it saves, and that a page found by an index costs little more than the next
one, as in memory or on a solid-state disk (documentation, 20.7.2 and 32.2)."""


class Store:
    """One gateway's database.

    url
        ``sqlite:////path/to/file`` or ``postgresql+psycopg://…``.
    """

    def __init__(self, url: str, *, keys: Keyring, clock: Clock, new_id: NewId, pool_size: int = 5) -> None:
        self.clock, self.new_id, self.keys = clock, new_id, keys
        self.engine = open_engine(url, pool_size)
        give_keys(self.engine.dialect, keys)
        self._writer = self.engine.execution_options(**_writing(self.engine, _QUEUE))
        self._writer_aside = self.engine.execution_options(**_aside(self.engine))
        self._sole_writer = self.engine.execution_options(**_writing(self.engine, _ALONE))
        self._looker = self.engine.execution_options(**_looking(self.engine))
        self._reader = self.engine.execution_options(**reading(self.engine))

    def transact(self, use_case: Callable[[Work], T], *, aside: bool = False) -> T:
        """Do a use case and keep what it wrote; if it loses a race, do it again from the start.

        A use case may so be called several times; it must not do anything outside its unit of work. Whatever
        it raises, nothing of it is kept.

        Parameters
        ----------
        aside
            It writes for long, and of what others write to it reads only rows whose version it then writes:
            on PostgreSQL whoever is to be alone does not wait for it, and it loses no race to those who
            change what its rows refer to (READ COMMITTED: 13.2.1; a stale version is refused all the same).
        """
        began = time.monotonic()
        for attempt in range(ATTEMPTS):
            try:
                with self._attempting(attempt, aside=aside) as work:
                    result = use_case(work)
                    work.commit()
                    return result
            except (LostRace, StaleDataError, DBAPIError) as fault:
                if attempt == ATTEMPTS - 1 or not _lost_a_race(fault, attempt):
                    raise
                if _is_locked(fault) and time.monotonic() >= began + BUSY_SECONDS:
                    raise
            time.sleep((1 + secrets.randbelow(1000) / 1000) * min(0.002 * 2**attempt, 0.25))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def look(self, question: Callable[[Work], T]) -> T:
        """What a question finds in a view of the store at one moment, and the record that it was asked.

        Nothing but that record can be written, so the view need not be proved against what others write:
        on PostgreSQL neither loses a race to the other (REPEATABLE READ: 13.2.2), while officers open case
        files all day.
        """
        with self._session(self._looker) as session:
            work = self._work(session, only_looks=True)
            found = question(work)
            work.commit()
            return found

    @contextmanager
    def working(self) -> Iterator[Work]:
        """A unit of work that is rolled back unless it is committed."""
        with self._attempting(0, aside=False) as work:
            yield work

    @contextmanager
    def _attempting(self, attempt: int, *, aside: bool) -> Iterator[Work]:
        writer = self._writer if attempt < PATIENCE else self._sole_writer
        with self._session(self._writer_aside if aside else writer) as session:
            yield self._work(session)

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """A view of the store at one moment; on PostgreSQL the database refuses any write in it."""
        with self._session(self._reader) as session:
            yield self._work(session)

    def _work(self, session: Session, *, only_looks: bool = False) -> Work:
        return Work(session, clock=self.clock, new_id=self.new_id, keys=self.keys, only_looks=only_looks)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @staticmethod
    @contextmanager
    def _session(engine: Engine) -> Iterator[Session]:
        # Nothing is flushed but by `write`, and what a use case returns can still be read after the commit.
        with Session(engine, autoflush=False, expire_on_commit=False) as session:
            yield session


def lost_unseen(fault: IntegrityError) -> bool:
    """Whether a constraint fired for a row that this unit of work may not be able to see.

    Only PostgreSQL compares with rows that were written after the unit of work began; on SQLite whatever a
    constraint fires for can be read.
    """
    return getattr(fault.orig, "sqlstate", None) in _LOST


def _lost_a_race(fault: Exception, attempt: int) -> bool:
    if isinstance(fault, LostRace | StaleDataError):
        return True
    state = getattr(getattr(fault, "orig", None), "sqlstate", None)
    if state in _SERIALISATION:
        return True
    # A constraint that fires may be a race that was lost: once more, and the use case sees who won.
    if isinstance(fault, IntegrityError):
        return attempt == 0 and (state is None or state in _LOST)
    return _is_locked(fault)


def _is_locked(fault: Exception) -> bool:
    return isinstance(fault, OperationalError) and "database is locked" in str(fault.orig)


def open_engine(url: str, pool_size: int = 5) -> Engine:
    """Connections to a database, prepared as the gateway needs them; without keys, for what stays sealed.

    What an exception says of a statement leaves out its parameters, which may be names.
    """
    if not url.startswith("sqlite"):
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={} if "options" in make_url(url).query else {"options": SHORT_QUERIES},
        )
        # Several rows go in as one statement: the driver's pipeline would warn of every race lost in it.
        engine.dialect.use_insertmanyvalues_wo_returning = True
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's connection
    connection.isolation_level = None  # the driver begins nothing by itself; _begin_sqlite does
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        f"busy_timeout={BUSY_SECONDS}000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    kept = connection.connection.dbapi_connection
    if kept is not None and getattr(kept, "in_transaction", False):
        kept.rollback()  # a COMMIT that the database refused leaves its transaction open
    # A writer takes its lock before it reads: two that read first and then write would wait for each other.
    options = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN" if options.get("gateway_reads") else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    queue = connection.get_execution_options().get("gateway_queue")
    if queue is not None:
        connection.exec_driver_sql(queue)


def _aside(engine: Engine) -> dict[str, Any]:
    return {} if engine.dialect.name == "sqlite" else {"isolation_level": "READ COMMITTED"}


def _looking(engine: Engine) -> dict[str, Any]:
    return {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}


def _writing(engine: Engine, queue: str) -> dict[str, Any]:
    if engine.dialect.name == "sqlite":
        return {}
    return {"isolation_level": "SERIALIZABLE", "gateway_queue": queue}


def reading(engine: Engine) -> dict[str, Any]:
    """The options of a connection that reads at one moment and writes nothing."""
    if engine.dialect.name == "sqlite":
        return {"gateway_reads": True}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
