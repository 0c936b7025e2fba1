"""The demonstration's store, loaded once on each database; the tests that share it only read."""

import shutil
import uuid
from contextlib import ExitStack

import pytest

from gateway.storage.store import Store
from scenarios.demo_store import load_demonstration
from tests.databases import DATABASES, ask_server, server
from tests.gateway.ground import ADMINISTRATOR, KEYS, Ids, StoppedClock

REGION = "birmingham-black-country"


@pytest.fixture(scope="session")
def demonstrations():
    """Those that this process has loaded, by database. pytest makes a fixture with parameters anew whenever
    the parameter changes, which is twice in every file; to load one takes many seconds."""
    with ExitStack() as stack:
        yield {}, stack


@pytest.fixture(scope="session", params=DATABASES)
def demonstration(request, demonstrations, tmp_path_factory):
    """The store, and where its parts are."""
    loaded, stack = demonstrations
    if request.param not in loaded:
        url = _place(request, tmp_path_factory, stack)
        store = Store(url, keys=KEYS, clock=StoppedClock(), new_id=Ids())
        stack.callback(store.close)
        loaded[request.param] = store, load_demonstration(REGION, store, seed=1, by=ADMINISTRATOR)
    return loaded[request.param]


def _place(request, tmp_path_factory, stack):
    """The URL of an empty database, which is gone at the end."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("demo") / "gateway.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    name = f"gateway_demo_{uuid.uuid4().hex[:12]}"
    ask_server(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('postgresql_template')}")
    stack.callback(ask_server, f"DROP DATABASE {name} WITH (FORCE)")
    return server().set(database=name).render_as_string(hide_password=False)
