"""Somebody else's id in every address: it is not there, in the words with which nothing is not there."""

import pytest

from api.access.permissions import Permission
from api.access.reach import EVERYWHERE
from api.application import every_route, make_application
from api.rest.matrix import standing_routes
from gateway.records.actor import Role
from gateway.storage.store import Store
from tests.api.asking import Asking, Text
from tests.api.at_a_browser import at_a_browser
from tests.api.doors import UNHURRIED, Entrance
from tests.api.two_tenants import two_tenants
from tests.gateway.ground import KEYS, Ids, StoppedClock

TEXT = Text("Marguerite Alder", "X-NONE")

WHOSE = {
    Role.PROVIDER: "others'",
    Role.REFERRER: "others'",
    Role.OFFICER: "restricted",
    Role.DUTY_MANAGER: "restricted",
    Role.ADMINISTRATOR: "others'",
    Role.COMMISSIONER: "others'",
    Role.AUDITOR: "others'",
}
"""What each role must not reach: officers and duty managers work with everybody but restricted cases."""

EVERYBODYS = frozenset(
    {
        "account_id",
        "agency_id",
        "agreement_id",
        "authority_id",
        "gss",
        "message_id",
        "number",
        "provider_id",
        "year",
    }
)
"""What is in the directory for everybody, is no id, or is for roles that work for the whole partnership."""

PLACES = EVERYBODYS | {"band", "emergency_id", "run_id", "service_id", "unit_id", "void_id"}
"""What officers and duty managers work with, whoever's it is."""

WIDE = {
    Permission.READ_DIRECTORY: "the directory is for everybody",
    Permission.KEEP_DIRECTORY: "whoever keeps the directory keeps all of it",
    Permission.MANAGE_ACCOUNTS: "administrators look after every account",
    Permission.READ_AGREEMENTS: "whoever may read agreements works for the whole partnership",
    Permission.KEEP_AGREEMENTS: "whoever keeps agreements keeps all of them",
    Permission.KEEP_MESSAGES: "messages name nobody, and administrators see that they are sent",
    Permission.READ_EVENTS: "an auditor reads every event",
    Permission.GRANT_ACCESS: "a duty manager restricts cases, and says who may open them",
    Permission.BREAK_GLASS: "to open what is closed is its purpose",
}
"""Permissions that carry over everybody's rows, and why."""

ROUTES = [
    route
    for route in standing_routes(every_route())
    if "{" in route.path and route.permission is not None and route.path.startswith("/api/")
]


@pytest.fixture(scope="module")
def world(sqlite_template, tmp_path_factory):
    file = tmp_path_factory.mktemp("tenants") / "gateway.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", keys=KEYS, clock=StoppedClock(), new_id=Ids())
    others, restricted = store.transact(two_tenants)
    doors = Entrance(store, make_application(store, UNHURRIED))
    asking = Asking(doors.app, TEXT)
    said = {(method, path): said for method, path, said in asking.operations()}
    yield doors, asking, said, {"others'": others, "restricted": restricted}
    store.close()


def parts(route):
    return [part[1:-1] for part in route.path.split("/") if part.startswith("{")]


def cases():
    for route in ROUTES:
        if set(parts(route)) <= EVERYBODYS or route.permission in WIDE:
            continue
        for role in WHOSE:
            everywhere = role in EVERYWHERE and set(parts(route)) <= PLACES
            if route.open_to(role) and not everywhere:
                yield pytest.param(route, role, id=f"{role} {route.method} {route.path}")


def test_every_part_of_an_address_has_an_id_of_somebody_else(world):
    """Whoever adds a part to an address adds somebody else's id to `two_tenants`."""
    known = {*world[3]["others'"], *world[3]["restricted"], *PLACES}
    assert {part for route in ROUTES for part in parts(route)} - known == set()


@pytest.mark.parametrize(("route", "role"), list(cases()))
def test_somebody_elses_id_is_not_there(world, route, role):
    doors, asking, said, ids = world
    theirs = ids["others'"] | ids[WHOSE[role]]
    operation = said[route.method, route.path]
    client = at_a_browser(doors, role) if route.permission is Permission.OWN_ACCOUNT else doors.as_(role)
    there = client.request(
        **asking.request(route.method, route.path, operation, ids=theirs, with_query=False)
    )
    nothing = client.request(**asking.request(route.method, route.path, operation, with_query=False))
    assert there.status_code == 404, (there.status_code, there.text[:300])
    assert nothing.status_code == 404
    assert _words(there, theirs.values()) == _words(nothing, ["X-NONE"])


def _words(answer, ids):
    told = answer.json()["detail"]
    for id in sorted(ids, key=len, reverse=True):
        told = told.replace(id, "…")
    return told
