"""What a guard refuses is a page to whoever is at a browser, and a problem to programs."""

import pytest
from fastapi.testclient import TestClient

from api.application import Doors, make_application
from api.guards.how_often import Rates
from api.guards.order import Guards
from gateway.storage.store import Store
from tests.api.doors import ORIGIN, UNHURRIED
from tests.gateway.ground import KEYS, Ids, StoppedClock

AT_A_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def ask(sqlite_template):
    """Asks an application behind these guards, which is made once."""
    store = Store(f"sqlite:///{sqlite_template}", keys=KEYS, clock=StoppedClock(), new_id=Ids())
    made = {}

    def asked(method, path, *, guards=UNHURRIED.guards, times=1, **more):
        if guards not in made:
            made[guards] = make_application(store, Doors(origins=frozenset({ORIGIN}), guards=guards))
        client = TestClient(made[guards], base_url=ORIGIN, raise_server_exceptions=False)
        return [client.request(method, path, **more) for _ in range(times)][-1]

    yield asked
    store.close()


def is_page(answer, status, words):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert words in answer.text
    return answer.text.count("<h1") == 1


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "words"),
    [
        ("GET", "/sign-in", {"headers": {"Host": "evil.test"}}, 421, "does not answer under this address"),
        ("POST", "/sign-in", {"content": b"x" * 1_100_000}, 413, "too large"),
        ("GET", "/sign-in?x=%00", {}, 400, "cannot be read"),
        ("GET", "/sign-in", {"headers": {"X-Much": "x" * 40_000}}, 431, "too much at once"),
        ("GET", "/sign-in", {"guards": Guards(most_at_once=0)}, 503, "very busy"),
        ("PUT", "/sign-in", {}, 405, "Not done here"),
    ],
)
def test_whoever_is_at_a_browser_is_told_on_a_page(ask, method, path, more, status, words):
    headers = AT_A_BROWSER | more.pop("headers", {})
    assert is_page(ask(method, path, headers=headers, **more), status, words)


def test_who_asks_too_often_reads_when_to_come_again(ask):
    guards = Guards(rates=Rates(address="2/minute"))
    answer = ask("GET", "/sign-in", guards=guards, times=3, headers=AT_A_BROWSER)
    assert is_page(answer, 429, "try again in")
    assert 1 <= int(answer.headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    ("path", "accept"), [("/sign-in", "application/json"), ("/sign-in", "*/*"), ("/api/v1/none", "text/html")]
)
def test_programs_are_told_a_problem(ask, path, accept):
    answer = ask("GET", path, headers={"Accept": accept, "Host": "evil.test"})
    assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")


def test_what_no_guard_refuses_passes_as_it_is(ask):
    answer = ask("GET", "/sign-in", headers=AT_A_BROWSER)
    assert is_page(answer, 200, "Sign in")
