"""Sealing everything anew under the newest key, in batches, while others work; killed, it goes on later."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import MetaData, Table, and_, bindparam, or_, select, tuple_, update

from gateway.storage.raw_tables import raw, sealed_columns
from gateway.storage.sealing import Keyring
from gateway.storage.store import Store
from gateway.storage.work import Work

BATCH = 500
"""Rows sealed anew in one unit of work."""

Key = tuple[Any, ...]


def reseal(store: Store, metadata: MetaData, *, batch: int = BATCH) -> int:
    """Seal every value that an older key sealed under the newest; returns how many rows that took.

    What stands under the newest key already is only read, outside any lock. Nothing but the seal changes: the
    rows, their versions and their events stay as they are.

    Raises
    ------
    WrongKey
        If a value cannot be opened with any key of the store.
    """
    done = 0
    for table, columns in _sealed(metadata):
        for keys in _under_older_keys(store, table, columns, batch):
            done += store.transact(partial(_reseal_rows, table=table, columns=columns, keys=keys))
    return done


def under_older_keys(store: Store, metadata: MetaData) -> dict[str, int]:
    """How many rows of each table the newest key alone would not open."""
    found = {
        table.name: sum(len(keys) for keys in _under_older_keys(store, table, columns, BATCH))
        for table, columns in _sealed(metadata)
    }
    return {name: count for name, count in found.items() if count}


def _sealed(metadata: MetaData) -> Iterator[tuple[Table, list[str]]]:
    columns = sealed_columns(metadata)
    yield from ((table, columns[table.name]) for table in raw(metadata) if table.name in columns)


def _under_older_keys(store: Store, table: Table, columns: Sequence[str], batch: int) -> Iterator[list[Key]]:
    """Keys of rows with a value that the newest key does not open, a batch of the table at a time."""
    newest = store.keys.newest()
    keys = list(table.primary_key.columns)
    last: Key | None = None
    while True:
        query = select(*keys, *(table.c[name] for name in columns)).order_by(*keys).limit(batch)
        query = query.where(or_(*(table.c[name].is_not(None) for name in columns)))
        with store.reading() as work:
            rows = work.session.execute(query if last is None else query.where(tuple_(*keys) > last)).all()
        if not rows:
            return
        last = tuple(rows[-1][: len(keys)])
        stale = [tuple(row[: len(keys)]) for row in rows if _stale(row[len(keys) :], newest)]
        if stale:
            yield stale


def _stale(values: Sequence[str | None], newest: Keyring) -> bool:
    return any(value is not None and not newest.opens(value) for value in values)


def _reseal_rows(work: Work, *, table: Table, columns: Sequence[str], keys: Sequence[Key]) -> int:
    key_columns = list(table.primary_key.columns)
    query = select(*key_columns, *(table.c[name] for name in columns))
    rows = work.session.execute(query.where(tuple_(*key_columns).in_(keys))).all()
    newest = work.keys.newest()
    sealed = [
        {f"key_{key.name}": row[place] for place, key in enumerate(key_columns)}
        | {
            name: value if value is None or newest.opens(value) else work.keys.reseal(value)
            for name, value in zip(columns, row[len(key_columns) :], strict=True)
        }
        for row in rows
    ]
    same = and_(*(key == bindparam(f"key_{key.name}") for key in key_columns))
    put = update(table).where(same).values({name: bindparam(name) for name in columns})
    if sealed:
        work.session.connection().execute(put, sealed)
    return len(sealed)
