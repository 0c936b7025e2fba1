"""Databases that are made for a measurement and gone after it, on SQLite and on a PostgreSQL server."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from gateway.schema import MIGRATIONS
from gateway.storage.store import open_engine


@contextmanager
def scratch_sqlite() -> Iterator[str]:
    """The URL of a migrated, empty database in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'gateway.db'}"
        _migrate(url)
        yield url


@contextmanager
def scratch_postgresql(server: str) -> Iterator[str]:
    """The URL of a migrated, empty database that was made beside the one named, which is not touched.

    Parameters
    ----------
    server
        The URL of any database of the server, of a user who may make others.
    """
    beside = make_url(server).set(drivername="postgresql+psycopg")
    name = f"gateway_measured_{token_hex(6)}"
    _tell(beside, f"CREATE DATABASE {name}")
    try:
        url = beside.set(database=name).render_as_string(hide_password=False)
        _migrate(url)
        yield url
    finally:
        _tell(beside, f"DROP DATABASE {name} WITH (FORCE)")


def _migrate(url: str) -> None:
    engine = open_engine(url)
    MIGRATIONS.upgrade(engine)
    engine.dispose()


def _tell(beside: URL, command: str) -> None:
    engine = create_engine(beside, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(command))
