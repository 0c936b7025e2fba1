"""Every route, line by line: the stranger, each role that may not, and what is public on purpose."""

import re

import pytest

from api.access.permissions import MAY, SECOND_FACTOR, Permission
from api.access.recognising import CSRF_HEADER
from api.application import every_route, make_application
from api.commands.roles import ROLES, asked
from api.rest.matrix import SAFE, standing_routes
from gateway.accounts.sessions import begin_session
from gateway.accounts.tables import AccountRow, CredentialRow
from gateway.records.actor import Role
from gateway.storage.store import Store
from tests.api.at_a_browser import at_a_browser
from tests.api.doors import UNHURRIED, Entrance, token
from tests.gateway.ground import KEYS, NOW, Ids, StoppedClock, agency, authorities, provider

ROUTES = standing_routes(every_route())
GATED = [route for route in ROUTES if not route.public]
PAGES = [route for route in GATED if not route.path.startswith("/api/")]

PUBLIC = {
    ("GET", "/.well-known/security.txt"),
    ("GET", "/accessibility"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/healthz"),
    ("GET", "/how-allocation-works"),
    ("GET", "/invitation"),
    ("GET", "/metrics"),
    ("GET", "/open-referral/"),
    ("GET", "/open-referral/openapi.json"),
    ("GET", "/open-referral/service_at_locations"),
    ("GET", "/open-referral/service_at_locations/{id}"),
    ("GET", "/open-referral/services"),
    ("GET", "/open-referral/services/{id}"),
    ("GET", "/open-referral/taxonomies"),
    ("GET", "/open-referral/taxonomies/{id}"),
    ("GET", "/open-referral/taxonomy_terms"),
    ("GET", "/open-referral/taxonomy_terms/{id}"),
    ("GET", "/privacy"),
    ("GET", "/readyz"),
    ("GET", "/sign-in"),
    ("POST", "/api/v1/invitations/accept"),
    ("POST", "/api/v1/messages/receipts"),
    ("GET", "/api/v1/openid/start"),
    ("GET", "/api/v1/openid/callback"),
    ("POST", "/api/v1/session"),
    ("POST", "/invitation"),
    ("POST", "/sign-in"),
}
"""What is there for strangers; figures and receipts ask for a secret of their own."""


def named(route):
    return f"{route.method} {route.path}"


@pytest.fixture(scope="module")
def doors(sqlite_template, tmp_path_factory):
    """Doors with nothing behind them: whether somebody may is told before anything is looked up."""
    file = tmp_path_factory.mktemp("roles") / "gateway.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", keys=KEYS, clock=StoppedClock(), new_id=Ids())
    store.transact(lambda work: (authorities(work), agency(work), provider(work)))
    yield Entrance(store, make_application(store, UNHURRIED))
    store.close()


def ask(client, route):
    path = re.sub(r"{[^}]*}", "X-NONE", route.path)
    body = {} if route.method in SAFE else {"json": {}}
    if route in PAGES and route.method not in SAFE:
        body = {"data": {"csrf": client.headers.get(CSRF_HEADER, "")}}
    return client.request(route.method, path, **body, follow_redirects=False)


def test_each_route_asks_for_one_permission_or_is_public_on_purpose():
    assert [named(route) for route in ROUTES if route.permission is None and not route.public] == []


def test_what_is_public_is_what_is_meant_to_be():
    found = {(route.method, route.path) for route in ROUTES if route.public}
    assert found == PUBLIC


@pytest.mark.parametrize("route", GATED, ids=named)
def test_a_stranger_is_asked_to_sign_in(doors, route):
    answer = ask(doors.stranger, route)
    if route in PAGES:
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")
        return
    assert answer.status_code == 401, answer.text
    assert answer.json()["type"] == "/problems/not-signed-in"


@pytest.mark.parametrize("role", ROLES, ids=str)
@pytest.mark.parametrize("route", [route for route in GATED if route not in PAGES], ids=named)
def test_whoever_may_not_is_refused_before_anything_is_looked_up(doors, route, role):
    answer = ask(doors.as_(role), route)
    if route.open_to(role):
        assert answer.status_code != 401
        assert answer.status_code != 403 or answer.json()["type"] != "/problems/may-not"
    else:
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/may-not"), answer.text


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR), ids=str)
def test_a_role_that_needs_a_second_factor_does_nothing_without(doors, role):
    account = f"{role.value.replace('_', '-')}-1"
    doors.as_(role)

    def begin(work):
        row = work.get(AccountRow, account)
        return begin_session(row, second_factor=False, browser=None, at=doors.store.clock(), work=work)

    client = doors.client(Cookie=f"__Host-gateway={doors.store.transact(begin).secret}")
    for route in GATED:
        if route in PAGES or route.method not in SAFE or not route.open_to(role):
            continue
        answer = ask(client, route)
        own = route.permission is Permission.OWN_ACCOUNT
        assert (answer.status_code == 403) is not own, named(route)


HALF_WAY = {
    ("GET", "/api/v1/session"),
    ("DELETE", "/api/v1/session"),
    ("PUT", "/api/v1/session/second-factor"),
    ("GET", "/second-factor"),
    ("POST", "/second-factor"),
    ("POST", "/sign-out"),
}
"""What is open before a second factor that is due has vouched."""


@pytest.mark.parametrize(
    "route", [route for route in GATED if (route.method, route.path) not in HALF_WAY], ids=named
)
def test_a_second_factor_that_is_due_comes_before_everything(doors, half_way, route):
    """Whoever has only the password reaches nothing; recovery codes least of all."""
    if not route.open_to(Role.OFFICER):
        return
    answer = ask(half_way, route)
    if route in PAGES:
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/second-factor")
        return
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/second-factor-needed")


@pytest.fixture(scope="module")
def half_way(doors):
    """A browser of an officer who has set a second factor up and given the password alone."""
    client = at_a_browser(doors, Role.OFFICER, second_factor=False)

    def set_up(work):
        work.note(CredentialRow(account_id="officer-1", totp="A" * 32, totp_since=NOW, failures=0))

    doors.store.transact(set_up)
    return client


@pytest.mark.parametrize("route", PAGES, ids=named)
def test_a_token_opens_no_page(doors, route):
    client = doors.as_("duty_manager")
    client.headers["Cookie"] = at_a_browser(doors, "duty_manager").headers["Cookie"]
    answer = ask(client, route)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")


FORMS = [route for route in PAGES if route.method not in SAFE]


@pytest.mark.parametrize("route", FORMS, ids=named)
def test_a_form_without_its_proof_is_refused_before_anything_is_done(doors, route):
    role = next(each for each in ROLES if route.open_to(each))
    path = re.sub(r"{[^}]*}", "X-NONE", route.path)
    for sent in ({}, {"csrf": ""}, {"csrf": "somebody else's"}):
        client = at_a_browser(doors, role)
        answer = client.post(path, data=sent, follow_redirects=False)
        assert answer.status_code == 403, (sent, answer.text)
        assert "This request does not come from our own page" in answer.text


def test_a_token_does_nothing_but_what_it_carries(doors):
    doors.as_("officer")
    client = doors.client(Authorization=f"Bearer {_narrow(doors)}")
    for route in GATED:
        if route in PAGES:
            continue
        may = route.permission is Permission.READ_DIRECTORY
        answer = ask(client, route)
        assert (answer.status_code == 403 and answer.json()["type"] == "/problems/may-not") is not may


def _narrow(doors):
    return doors.store.transact(lambda work: token(work, "officer-1", "officer", ["read_directory"]))


def test_the_command_prints_every_route_with_every_role(gateway):
    printed = gateway("roles", "--csv").out.splitlines()
    assert printed[0] == "method,path,permission," + ",".join(role.value for role in ROLES)
    lines = {tuple(line.split(",")[:2]): line.split(",")[2:] for line in printed[1:]}
    assert len(lines) == len(ROUTES)
    for route in ROUTES:
        permission, *yes_or_no = lines[route.method, route.path]
        assert permission == asked(route)
        mays = [route.public or route.permission in MAY[role] for role in ROLES]
        assert [each == "yes" for each in yes_or_no] == mays
    table = gateway("roles").out.splitlines()
    assert len(table) == len(ROUTES) + 1
    assert all(route.path in line for route, line in zip(ROUTES, table[1:], strict=True))
