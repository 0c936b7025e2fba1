"""Copying a whole database to a file while others go on writing, and back into an empty one."""

import gzip
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    Table,
    bindparam,
    func,
    insert,
    inspect,
    select,
    update,
)

from gateway.refusals import Conflict
from gateway.storage.backup_format import FORMAT, BadBackup, Writer, Written, lines, reader
from gateway.storage.migrating import Migrations
from gateway.storage.raw_tables import raw
from gateway.storage.store import reading
from gateway.storage.whole_file import whole_file

BATCH = 1_000
"""Rows in memory at once."""


def backup(engine: Engine, migrations: Migrations, path: Path, *, made_at: datetime) -> Written:
    """Write everything the database holds at one moment to a file; needs no key and writes nothing unsealed.

    Raises
    ------
    Conflict
        If the database stands at another revision than this release.
    FileExistsError
        If the file is there already.
    OSError
        If it cannot be written (a full disk); nothing is left behind.
    """
    revision = migrations.newest()
    stands = migrations.stands_at(engine)
    if stands != revision:
        raise Conflict(
            f"The database stands at revision {stands}, this release at {revision}: upgrade it first."
        )
    with whole_file(path) as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, compresslevel=6) as packed:
        writer = Writer(packed)  # type: ignore[arg-type]  # a GzipFile is written like any file of bytes
        writer.line({"format": FORMAT, "revision": revision, "made_at": made_at})
        with engine.execution_options(**reading(engine)).connect() as connection:
            for table in raw(migrations.metadata):
                _write_table(connection, table, writer)
        return writer.end()


def _write_table(connection: Connection, table: Table, writer: Writer) -> None:
    writer.line({"table": table.name, "columns": [column.name for column in table.columns]})
    query = select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=BATCH).execute(query):
        writer.row(row)


def restore(engine: Engine, migrations: Migrations, path: Path) -> Written:
    """Fill an empty database from a backup: all of it, or nothing.

    The whole file is read and its digest checked before anything is written. A database with no tables gets
    them; one that holds a row is not touched.

    Raises
    ------
    BadBackup
        If the file is no whole backup of this release's revision.
    Conflict
        If the database is not empty.
    """
    tables = raw(migrations.metadata)
    written = _checked(path, migrations, tables)
    stands = migrations.stands_at(engine)
    _refuse_unless_empty(engine, tables, stands, migrations)
    with engine.begin() as connection:
        if stands is None:
            migrations.upgrade_within(connection)
        _load(connection, tables, path)
        _set_sequences(connection, tables)
    return written


def _checked(path: Path, migrations: Migrations, tables: Sequence[Table]) -> Written:
    rows, faults, digest, columns = 0, [], "", _columns(tables)
    for number, told in enumerate(lines(path)):
        if isinstance(told, list):
            rows += 1
        elif number == 0 or "format" in told:
            faults += _header_faults(told, migrations)
        elif "table" in told and columns.pop(told["table"], None) != told["columns"]:
            faults.append(f"table {told['table']} has other columns than this release")
        elif "rows" in told and told["rows"] != rows:
            faults.append(f"it has {rows:,} rows and says {told['rows']:,}")
        elif "sha256" in told:
            digest = told["sha256"]
    faults += [f"table {name} is missing" for name in columns] if not faults else []
    if faults:
        raise BadBackup(path, faults)
    return Written(rows, digest)


def _columns(tables: Sequence[Table]) -> dict[str, list[str]]:
    return {table.name: [column.name for column in table.columns] for table in tables}


def _header_faults(told: Any, migrations: Migrations) -> list[str]:  # noqa: ANN401  whatever JSON holds
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        return [f"it does not say that it is a {FORMAT}"]
    if told.get("revision") != migrations.newest():
        made, ours = told.get("revision"), migrations.newest()
        return [
            f"it is of revision {made}, not {ours}: restore it with the release that made it, then upgrade"
        ]
    return []


def _refuse_unless_empty(
    engine: Engine, tables: Sequence[Table], stands: str | None, migrations: Migrations
) -> None:
    if stands is None:
        found = inspect(engine).get_table_names()
        if found:
            raise Conflict(f"The database has tables of somebody else ({', '.join(sorted(found)[:5])}).")
        return
    if stands != migrations.newest():
        raise Conflict(f"The database stands at revision {stands}: restore to an empty one.")
    with engine.connect() as connection:
        full = [
            table.name for table in tables if connection.execute(select(table).limit(1)).first() is not None
        ]
    if full:
        raise Conflict(f"The database is not empty ({', '.join(full[:5])}): a restore overwrites nothing.")


def _load(connection: Connection, tables: Sequence[Table], path: Path) -> None:
    named = {table.name: table for table in tables}
    for name, rows in _rows_by_table(path):
        table = named[name]
        columns = list(table.columns)
        own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
        later: list[dict[str, Any]] = []
        for batch in _in_batches(rows):
            told = [_values(columns, row) for row in batch]
            later += _taken_out(table, told, own)
            connection.execute(insert(table), told)
        _put_back(connection, table, later, own)


def _rows_by_table(path: Path) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    """Each table with its rows, which must be read before the next table is asked for."""
    found = iter(lines(path))
    heading: Any = next(found)

    def rows() -> Iterator[list[Any]]:
        nonlocal heading
        for told in found:
            if not isinstance(told, list):
                heading = told
                return
            yield told

    for _ in rows():
        raise AssertionError("unreachable: the check found a table's name before any row")
    while "table" in heading:
        yield heading["table"], rows()


def _in_batches(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    batch: list[list[Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _values(columns: Sequence[Column[Any]], row: Sequence[Any]) -> dict[str, Any]:
    return {
        column.name: None if value is None else reader(column)(value)
        for column, value in zip(columns, row, strict=True)
    }


def _taken_out(table: Table, rows: Sequence[dict[str, Any]], own: Sequence[str]) -> list[dict[str, Any]]:
    """References to rows of the same table, which may come later; the rows go in without them."""
    taken = []
    for row in rows:
        if any(row[column] is not None for column in own):
            keys = {f"key_{key.name}": row[key.name] for key in table.primary_key.columns}
            taken.append(keys | {column: row[column] for column in own})
            row.update(dict.fromkeys(own))
    return taken


def _put_back(
    connection: Connection, table: Table, taken: Sequence[dict[str, Any]], own: Sequence[str]
) -> None:
    if taken:
        same = [key == bindparam(f"key_{key.name}") for key in table.primary_key.columns]
        values: dict[str, Any] = {column: bindparam(column) for column in own}
        connection.execute(update(table).where(*same).values(values), taken)


def _set_sequences(connection: Connection, tables: Sequence[Table]) -> None:
    if connection.dialect.name != "postgresql":
        return  # SQLite counts on from the highest number by itself
    for table in tables:
        key = table.autoincrement_column
        if key is not None and isinstance(key.type, Integer):
            highest = connection.execute(select(func.max(key))).scalar()
            sequence = func.pg_get_serial_sequence(table.name, key.name)
            if highest is not None and connection.execute(select(sequence)).scalar():
                connection.execute(select(func.setval(sequence, highest)))
