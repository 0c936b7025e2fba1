"""Somebody else's id in the address of every page: neither page nor deed is there, and no name is told."""

from itertools import product

import pytest

from api.access.recognising import CSRF_HEADER
from api.application import every_route
from api.rest.matrix import standing_routes
from gateway.storage.store import Store
from tests.api.at_a_browser import at_a_browser
from tests.api.doors import CURRENT, Entrance, application
from tests.api.test_tenants import EVERYBODYS, WHOSE, WIDE
from tests.api.two_tenants import two_tenants
from tests.gateway.ground import KEYS, Ids, StoppedClock

CHOICES = {
    "deed": ("send", "accept", "refuse", "withdraw", "moved-in", "not-arrived", "right", "wrong"),
    "key": ("contact", "needs"),
}
"""Parts of addresses that are no ids."""

WORDS = dict.fromkeys(("why", "text", "answer", "keep-why", "lift-why", "detail", "reason"), "x") | {
    "seen": "1"
}
"""What is sent with every form, so that nothing is refused because it is missing."""

OF_ALL = EVERYBODYS | {"band", "emergency_id", "file", "run_id", "scheme", "service_id", "topic", "unit_id"}
"""What officers and duty managers work with, whoever's it is."""


def parts(route):
    return [part[1:-1] for part in route.path.split("/") if part.startswith("{")]


ROUTES = [
    route
    for route in standing_routes(every_route())
    if route.permission is not None
    and not route.path.startswith("/api/")
    and route.permission not in WIDE
    and not set(parts(route)) <= EVERYBODYS | {"file", "topic", "scheme"}
]


@pytest.fixture(scope="module")
def world(sqlite_template, tmp_path_factory):
    file = tmp_path_factory.mktemp("tenants") / "gateway.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", keys=KEYS, clock=StoppedClock(), new_id=Ids())
    others, restricted = store.transact(two_tenants)
    doors = Entrance(store, application())
    yield doors, {"others'": others, "restricted": restricted}
    store.close()


@pytest.mark.parametrize("role", WHOSE)
def test_somebody_elses_id_is_on_no_page(world, role):
    doors, ids = world
    CURRENT.store = doors.store
    client = at_a_browser(doors, role)
    theirs = ids["others'"] | ids[WHOSE[role]]
    sent = WORDS | {"csrf": client.headers[CSRF_HEADER]}
    wrong = []
    for route in ROUTES:
        everywhere = WHOSE[role] == "restricted" and set(parts(route)) <= OF_ALL
        if not route.open_to(role) or everywhere:
            continue
        for path in addresses(route, theirs):
            body = {"data": sent} if route.method == "POST" else {}
            answer = client.request(route.method, path, follow_redirects=False, **body)
            if answer.status_code != 404 or "Marguerite" in answer.text:
                wrong.append(f"{route.method} {path} answers {answer.status_code}")
    assert wrong == []


def addresses(route, theirs):
    names = parts(route)
    for chosen in product(*(CHOICES.get(name, (theirs.get(name, "X-NONE"),)) for name in names)):
        path = route.path
        for name, value in zip(names, chosen, strict=True):
            path = path.replace(f"{{{name}}}", str(value))
        yield path
