"""A migrated store for each test, on SQLite and on PostgreSQL."""

import os
import shutil
import uuid

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


@pytest.fixture(scope="session")
def postgresql_template():
    name = f"gateway_template_{uuid.uuid4().hex[:12]}"
    ask_server(f"CREATE DATABASE {name}")
    migrate(server().set(database=name).render_as_string(hide_password=False))
    yield name
    ask_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DATABASES)
def database_maker(request, tmp_path):
    """Makes a fresh, migrated, empty database whenever it is asked; all are gone after the test."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        yield lambda: f"sqlite:///{shutil.copy(template, tmp_path / f'gateway-{uuid.uuid4().hex}.db')}"
        return
    template, made = request.getfixturevalue("postgresql_template"), []

    def make():
        made.append(f"gateway_{uuid.uuid4().hex[:12]}")
        ask_server(f"CREATE DATABASE {made[-1]} TEMPLATE {template}")
        return server().set(database=made[-1]).render_as_string(hide_password=False)

    yield make
    for name in made:
        ask_server(f"DROP DATABASE {name} WITH (FORCE)")


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
