"""Open data does what its own description (OpenAPI) says, whatever is sent: schemathesis, without a key."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.application import make_application
from gateway.storage.store import Store
from tests.api.doors import UNHURRIED
from tests.api.pages.site import served
from tests.gateway.allocation_runs.worlds import two_services
from tests.gateway.ground import KEYS, Ids, StoppedClock, service

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"

CONFIG = """
wait-for-schema = 30
seed = 20261127
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 404]
"""


@pytest.fixture
def address(sqlite_template, tmp_path):
    path = tmp_path / "gateway.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}", keys=KEYS, clock=StoppedClock(), new_id=Ids(), pool_size=20)
    store.transact(
        lambda work: (two_services(work), service(work, "S-9", units=7, latitude=52.5, longitude=-1.9))
    )
    app = make_application(store, UNHURRIED)
    with served(app) as where:
        app.state.origins = frozenset({where})
        yield where
    store.close()


def test_open_data_does_what_its_description_says(address, tmp_path):
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    command = [
        *(SCHEMATHESIS, "--config-file", "schemathesis.toml", "run", f"{address}/open-referral/openapi.json"),
        *("--checks", "all", "--phases", "examples,coverage,fuzzing", "--no-color"),
        *("--max-examples", 200 if SOAK else 5, "--continue-on-failure", "--suppress-health-check", "all"),
    ]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.api.contract_checks", "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [str(each) for each in command],
        cwd=tmp_path,
        env={**os.environ, **hooks},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[done.stdout.find("= FAILURES") :] + done.stderr[-2_000:]
