"""What a copied database tells without its key: no name, no date of birth, no free text, in no table."""

import shutil
from pathlib import Path

from sqlalchemy import Text, cast, literal_column, select

from gateway.schema import Row
from gateway.storage.raw_tables import sealed_columns
from tests.gateway.storage.filling import BORN, MARK, fill

MARKS = (MARK, "Marguerite", BORN.isoformat())


def copied(store, database_url, folder):
    """All bytes of a copy: the file with its log on SQLite, every row as text on PostgreSQL."""
    if store.engine.dialect.name == "sqlite":
        path = Path(database_url.removeprefix("sqlite:///"))
        files = [
            shutil.copy(each, folder / f"copy-{each.name}") for each in path.parent.glob(f"{path.name}*")
        ]
        return b"".join(Path(each).read_bytes() for each in files)
    with store.engine.connect() as connection:
        rows = [
            str(row[0])
            for table in Row.metadata.tables.values()
            for row in connection.execute(
                select(cast(literal_column(f'"{table.name}"'), Text)).select_from(table)
            )
        ]
    return "\n".join(rows).encode()


def test_a_copy_of_a_database_with_every_sealed_column_full_tells_nothing(store, database_url, tmp_path):
    fill(store)
    found = copied(store, database_url, tmp_path)
    assert b"happened_at" in found or b"what-1" in found
    assert not any(mark.encode() in found for mark in MARKS)


def test_with_the_key_every_sealed_column_is_read(store):
    fill(store)
    with store.reading() as work:
        for name, columns in sealed_columns(Row.metadata).items():
            table = Row.metadata.tables[name]
            rows = work.session.execute(select(*(table.c[column] for column in columns))).all()
            assert [tuple(row) for row in rows] == [
                tuple(BORN if column == "born" else f"{MARK} in {name}.{column}" for column in columns)
            ]
