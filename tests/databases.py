"""A migrated store for each test, on SQLite and on PostgreSQL."""

import os
import shutil
import uuid
from functools import cache

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from gateway.schema import MIGRATIONS
from gateway.storage.store import Store
from tests.gateway.ground import KEYS, Ids, StoppedClock

DATABASES = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgresql)]


def server() -> URL:
    """Where PostgreSQL answers: TEST_DATABASE_URL, or what pg_virtualenv set."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        return make_url(url).set(drivername="postgresql+psycopg")
    if "PGHOST" not in os.environ:
        pytest.fail("No PostgreSQL: set TEST_DATABASE_URL, or run `python3 dev.py test`, which starts one.")
    found = {
        key: os.environ.get(f"PG{key.upper()}") for key in ("host", "port", "user", "password", "database")
    }
    return URL.create(
        "postgresql+psycopg",
        username=found["user"],
        password=found["password"],
        host=found["host"],
        port=int(found["port"] or 5432),
        database=found["database"] or "postgres",
    )


def ask_server(command: str) -> None:
    engine = create_engine(server(), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(command))


def migrate(url: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    MIGRATIONS.upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "gateway.db"
    migrate(f"sqlite:///{path}")
    return path


SHAPE = """
    SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
           (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_trigger WHERE tgenabled = 'O'),
           (SELECT version_num FROM alembic_version)
"""


OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Databases:
    """Databases on the server, migrated and empty: one given back as it was is emptied and lent again.

    To make one anew takes fifty times as long as to empty one; and a connection that is kept knows the tables
    already, which takes a new one longer than to empty them.
    """

    def __init__(self):
        self.template = f"gateway_template_{uuid.uuid4().hex[:12]}"
        ask_server(f"CREATE DATABASE {self.template}")
        migrate(self.url(self.template))
        with self.connect(self.template) as connection:
            self.shape = connection.execute(SHAPE).fetchone()
        self.spare = []
        self.kept = {}

    @staticmethod
    def url(name):
        return server().set(database=name).render_as_string(hide_password=False)

    @staticmethod
    def connect(name):
        found = server()
        return psycopg.connect(
            host=found.host,
            port=found.port,
            user=found.username,
            password=found.password,
            dbname=name,
            autocommit=True,
        )

    def lend(self):
        if self.spare:
            return self.spare.pop()
        name = f"gateway_{uuid.uuid4().hex[:12]}"
        ask_server(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        return name

    def take_back(self, name):
        try:
            self.empty(name)
            self.spare.append(name)
        except (psycopg.Error, AssertionError):
            self.forget(name)

    def empty(self, name):
        """Without triggers, which forbid it; raises if a test left other tables or triggers behind."""
        if name not in self.kept:
            self.kept[name] = self.connect(name)
        connection = self.kept[name]
        connection.execute(OTHERS)
        assert connection.execute(SHAPE).fetchone() == self.shape
        connection.execute(self.emptying())

    @staticmethod
    @cache
    def emptying():
        """One message to the server, which is one transaction; the tables' names are ours."""
        tables = MIGRATIONS.metadata.tables
        return "; ".join(
            [
                "SET LOCAL session_replication_role = replica",
                *(f"DELETE FROM {table}" for table in tables),  # noqa: S608  see above
                "ALTER SEQUENCE events_number_seq RESTART",
            ]
        )

    def forget(self, name):
        if name in self.kept:
            self.kept.pop(name).close()
        ask_server(f"DROP DATABASE {name} WITH (FORCE)")

    def drop(self):
        for name in (*self.spare, self.template):
            self.forget(name)


@pytest.fixture(scope="session")
def postgresql_databases():
    databases = Databases()
    yield databases
    databases.drop()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_databases):
    return postgresql_databases.template


@pytest.fixture(params=DATABASES)
def database_maker(request, tmp_path):
    """Makes a fresh, migrated, empty database whenever it is asked; all are gone after the test."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        yield lambda: f"sqlite:///{shutil.copy(template, tmp_path / f'gateway-{uuid.uuid4().hex}.db')}"
        return
    databases, lent = request.getfixturevalue("postgresql_databases"), []

    def make():
        lent.append(databases.lend())
        return databases.url(lent[-1])

    yield make
    for name in lent:
        databases.take_back(name)


@pytest.fixture
def database_url(database_maker):
    """The URL of a fresh, migrated, empty database; it is gone after the test."""
    return database_maker()


@pytest.fixture
def clock():
    return StoppedClock()


@pytest.fixture
def store(database_url, clock):
    """A store whose clock stands still until a test moves it, and whose ids count up."""
    store = Store(database_url, keys=KEYS, clock=clock, new_id=Ids())
    yield store
    store.close()
