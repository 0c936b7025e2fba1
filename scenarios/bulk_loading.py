"""Putting many rows into a migrated database fast: executemany on SQLite, COPY on PostgreSQL.

Every constraint, trigger and index stays as the migrations made it. Values are brought into the form of the
database first (`prepared`), which may be done in other processes: sealing is what takes the time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, func, select, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect

from gateway.schema import MIGRATIONS
from gateway.storage.sealing import Keyring, give_keys
from scenarios.bulk_deeds import VERSION, Rows, Values

Processor = Callable[[Any], Any]

_DIALECTS: Mapping[str, Callable[[], Dialect]] = {
    "sqlite": SQLiteDialect_pysqlite,
    "postgresql": PGDialect_psycopg,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows of one table as the database takes them, in the order of its columns."""

    table: str
    rows: list[tuple[Any, ...]]


@cache
def dialect_of(name: str, keys: str) -> Dialect:
    """A dialect without a database, whose sealed columns use these keys (the text of a key file)."""
    dialect: Dialect = _DIALECTS[name]()
    give_keys(dialect, Keyring.parse(keys))
    return dialect


def prepared(rows: Rows, dialect: Dialect) -> list[Prepared]:
    """The rows as this database takes them, parents before children."""
    tables = MIGRATIONS.metadata.sorted_tables
    return [
        Prepared(each.name, _prepared(each, rows[each.name], dialect)) for each in tables if each.name in rows
    ]


def _prepared(table: Table, rows: Sequence[Values], dialect: Dialect) -> list[tuple[Any, ...]]:
    columns = []
    for column in table.columns:
        default, process = _default(column), _processor(column, dialect)
        values = [row.get(column.name, default) for row in rows]
        columns.append(values if process is None else list(map(process, values)))
    return list(zip(*columns, strict=True))


def _default(column: Column[Any]) -> Any:  # noqa: ANN401  whatever the column holds
    if column.name == VERSION:
        return 1
    return column.default.arg if column.default is not None and column.default.is_scalar else None  # type: ignore[attr-defined]  # a scalar default has one


def _processor(column: Column[Any], dialect: Dialect) -> Processor | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)


Load = Callable[[Sequence[Prepared]], None]
"""Inserts rows in one transaction."""


@contextmanager
def loading(engine: Engine) -> Iterator[Load]:
    """A way to insert part after part over one connection, which is closed at the end."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is None:
            raise AssertionError("unreachable: the connection was opened in the line before")
        if engine.dialect.name == "sqlite":
            for pragma in _HASTE:
                driver.execute(pragma)
        try:
            yield partial(_load, connection)
        finally:
            connection.invalidate()  # whoever comes next gets a connection with none of the haste


_HASTE = ("PRAGMA synchronous=OFF", "PRAGMA cache_size=-500000", "PRAGMA wal_autocheckpoint=20000")
"""Of one connection to SQLite: a crash would lose the store, which is invented and can be filled again."""


def _load(connection: Connection, parts: Sequence[Prepared]) -> None:
    with connection.begin():
        cursor = connection.connection.cursor()
        for part in parts:
            table = MIGRATIONS.metadata.tables[part.table]
            names = ", ".join(f'"{each.name}"' for each in table.columns)
            if connection.dialect.name == "sqlite":
                marks = ", ".join("?" * len(table.columns))
                cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', part.rows)  # noqa: S608  names of our own tables
            else:
                with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
                    for row in part.rows:
                        copy.write_row(row)


def finish(engine: Engine) -> None:
    """What a database that has lived for years has had: sequences counted on, statistics gathered."""
    events = MIGRATIONS.metadata.tables["events"]
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        return
    with engine.begin() as connection:
        highest = connection.execute(select(func.max(events.c.number))).scalar() or 1
        connection.execute(select(func.setval(func.pg_get_serial_sequence("events", "number"), highest)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def counts(engine: Engine) -> Mapping[str, int]:
    """How many rows each table holds."""
    with engine.connect() as connection:
        return {
            each.name: connection.execute(select(func.count()).select_from(each)).scalar() or 0
            for each in MIGRATIONS.metadata.sorted_tables
        }
