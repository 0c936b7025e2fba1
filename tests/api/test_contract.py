"""The doors do what their description (OpenAPI) says, for whoever comes, whatever is sent: schemathesis.

Every check of schemathesis holds: no server error; no status, form or body that is not declared; what the
description rules out is refused; a method that is not there is answered with those that are; a request
without its headers, or with a wrong token, is refused. What the description allows is accepted, or refused by
a rule of the gateway (409, 412, 422) but never for its form (`contract_checks`). In CI a few seconds for each
role, in `dev.py soak` minutes; the seed is fixed.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.application import make_application
from api.rest.matrix import OPENAPI
from gateway.records.actor import Role
from gateway.storage.store import Store
from tests.api.doors import PEOPLE, UNHURRIED, Entrance
from tests.api.pages.site import served
from tests.gateway.allocation_runs.worlds import settle, two_services
from tests.gateway.ground import KEYS, Ids, StoppedClock

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
SECONDS = {Role.OFFICER: 40, Role.DUTY_MANAGER: 15}
FEWER = 5
EXAMPLES = 30 if SOAK else 1

CONFIG = """
wait-for-schema = 30
seed = 20261127
[auth.openapi.HTTPBearer]
bearer = "{token}"
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 412, 422, 429, 503]
[checks.missing_required_header]
expected-statuses = [400, 401, 403, 404, 422, 428]
"""


@pytest.fixture(scope="module")
def entrance_of_all(sqlite_template, tmp_path_factory):
    """A service with two services, three people and a placement, to which everybody comes."""
    path = tmp_path_factory.mktemp("contract") / "gateway.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}", keys=KEYS, clock=StoppedClock(), new_id=Ids(), pool_size=20)
    store.transact(two_services)
    settle(store, "R-1", "U-1-1")
    app = make_application(store, UNHURRIED)
    with served(app) as address:
        app.state.origins = frozenset({address})
        yield Entrance(store, app), address
    store.close()


@pytest.mark.parametrize("role", [Role(each) for each in PEOPLE], ids=str)
def test_the_doors_do_what_their_description_says(entrance_of_all, role, tmp_path):
    entrance, address = entrance_of_all
    entrance.as_(role)
    token = entrance.secrets[f"{role.value.replace('_', '-')}-1"]
    (tmp_path / "schemathesis.toml").write_text(CONFIG.format(token=token))
    seconds = SECONDS.get(role, FEWER) * (10 if SOAK else 1)
    command = [
        *(SCHEMATHESIS, "--config-file", "schemathesis.toml", "run", f"{address}{OPENAPI}"),
        *("--checks", "all", "--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES)),
        *(
            "--max-time",
            str(seconds),
            "--no-color",
            "--continue-on-failure",
            "--suppress-health-check",
            "all",
        ),
    ]
    hooks = {
        "SCHEMATHESIS_HOOKS": "tests.api.contract_checks",
        "PYTHONPATH": str(Path.cwd()),
    }
    done = subprocess.run(
        [str(each) for each in command],
        cwd=tmp_path,
        env={**os.environ, **hooks},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, found_in(done.stdout) + done.stderr[-2_000:]


def found_in(told):
    """What schemathesis says of errors and failures, which it tells last."""
    begins = [at for words in ("= ERRORS", "= FAILURES") if (at := told.find(words)) >= 0]
    return told[min(begins, default=0) :]
