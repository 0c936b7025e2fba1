"""The demonstration's store, loaded once on each database; the tests that share it only read."""

import shutil
import uuid

import pytest

from gateway.storage.store import Store
from scenarios.demo_store import load_demonstration
from tests.databases import DATABASES, ask_server, server
from tests.gateway.ground import ADMINISTRATOR, KEYS, Ids, StoppedClock

REGION = "birmingham-black-country"


@pytest.fixture(scope="session", params=DATABASES)
def demonstration(request, tmp_path_factory):
    """The store, and where its parts are."""
    path, name = tmp_path_factory.mktemp("demo") / "gateway.db", f"gateway_demo_{uuid.uuid4().hex[:12]}"
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("postgresql_template")
        ask_server(f"CREATE DATABASE {name} TEMPLATE {template}")
        url = server().set(database=name).render_as_string(hide_password=False)
    store = Store(url, keys=KEYS, clock=StoppedClock(), new_id=Ids())
    yield store, load_demonstration(REGION, store, seed=1, by=ADMINISTRATOR)
    store.close()
    if request.param == "postgresql":
        ask_server(f"DROP DATABASE {name} WITH (FORCE)")
