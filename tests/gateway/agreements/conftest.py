"""One store with the small world in it for all tests of a file that keep nothing of what they write."""

import shutil
import uuid

import pytest

from gateway.storage.store import Store
from tests.databases import DATABASES, ask_server, server
from tests.gateway.ground import KEYS, Ids, StoppedClock, small_world


@pytest.fixture(scope="module", params=DATABASES)
def small_store(request, tmp_path_factory):
    name = f"gateway_{uuid.uuid4().hex[:12]}"
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("small") / "gateway.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("postgresql_template")
        ask_server(f"CREATE DATABASE {name} TEMPLATE {template}")
        url = server().set(database=name).render_as_string(hide_password=False)
    store = Store(url, keys=KEYS, clock=StoppedClock(), new_id=Ids())
    store.transact(small_world)
    yield store
    store.close()
    if request.param != "sqlite":
        ask_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def work(small_store):
    """A unit of work in the small world that is rolled back after the test."""
    with small_store.working() as work:
        yield work
