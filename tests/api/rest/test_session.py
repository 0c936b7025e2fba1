"""Signing in over HTTP: the cookie, the second step, and everything that must not get anybody in."""

from http.cookies import SimpleCookie

import pytest

from api.access.recognising import COOKIE
from api.application import Doors, make_application
from api.guards.order import Guards
from api.guards.rates import Rates
from gateway.accounts.credentials import FREE
from gateway.accounts.sessions import ABSOLUTE, IDLE
from gateway.records.actor import Role
from tests.api.browsers import Browser, at_browser
from tests.api.doors import ORIGIN
from tests.gateway.accounts.people import EMAIL, PASSWORD, active, code


@pytest.fixture
def ada(entrance):
    return active(entrance.store)


def cookie(answer):
    return SimpleCookie(answer.headers["set-cookie"])[COOKIE]


def test_a_password_begins_a_session_and_tells_who_one_is(entrance, ada):
    browser = Browser(entrance)
    answer = browser.sign_in()
    assert answer.status_code == 201, answer.text
    account = answer.json()["account"]
    assert (account["id"], account["role"], account["second_factor"]) == (ada, "officer", "not_needed")
    assert "triage" in account["permissions"]
    assert browser.get("/session").json()["id"] == answer.json()["id"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(entrance, ada):
    answer = Browser(entrance).sign_in()
    given = cookie(answer)
    assert given["path"] == "/"
    assert given["secure"] is True
    assert given["httponly"] is True
    assert given["samesite"] == "lax"
    assert not given["domain"], "the __Host- prefix forbids one"
    assert given.value not in answer.text


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "wrong"), ("nobody@example.org", PASSWORD), ("bob@example.org", PASSWORD)],
    ids=["wrong password", "unknown", "invited only"],
)
def test_whoever_does_not_get_in_is_not_told_why(entrance, ada, email, password):
    answer = Browser(entrance).sign_in(email, password)
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/sign-in-refused"
    assert answer.json() == Browser(entrance).sign_in("other@example.org").json()
    assert "set-cookie" not in answer.headers


def test_a_shut_account_is_refused_in_the_same_words(entrance, ada):
    browser = Browser(entrance)
    refused = [browser.sign_in(password="wrong").json() for _ in range(FREE + 1)]  # noqa: S106  a wrong one
    assert [*refused, browser.sign_in().json()] == refused[:1] * (FREE + 2)


def test_a_session_that_somebody_else_put_into_the_browser_is_not_the_one_signed_in_with(entrance, ada):
    """Session fixation: the secret is new each time, at the password and at the second factor."""
    browser = Browser(entrance)
    browser.client.cookies.set(COOKIE, "x" * 43, domain="gateway.test")
    one = cookie(browser.sign_in()).value
    secret, _ = browser.set_up_second_factor()
    two = cookie(browser.sign_in()).value
    three = cookie(
        browser.put("/session/second-factor", {"code": code(secret, entrance.store.clock())})
    ).value
    assert len({"x" * 43, one, two, three}) == 4
    for stale in ("x" * 43, one, two):
        stranger = entrance.client(Cookie=f"{COOKIE}={stale}")
        assert stranger.get("/api/v1/session").status_code == 401


def test_signing_out_ends_the_session_and_not_just_the_cookie(entrance, ada):
    browser = Browser(entrance)
    value = cookie(browser.sign_in()).value
    answer = browser.delete("/session")
    assert answer.status_code == 204
    assert cookie(answer)["max-age"] == "0"
    assert entrance.client(Cookie=f"{COOKIE}={value}").get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("passing", [IDLE, ABSOLUTE])
def test_a_session_ends_by_itself(entrance, ada, clock, passing):
    browser = Browser(entrance)
    browser.sign_in()
    clock.now += passing
    assert browser.get("/session").status_code == 401


def test_a_busy_session_ends_after_a_shift_all_the_same(entrance, ada, clock):
    browser = Browser(entrance)
    browser.sign_in()
    for _ in range(35):
        clock.on(minutes=20)
        assert browser.get("/session").status_code == 200
    clock.on(minutes=20)
    assert browser.get("/session").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 32},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://gateway.test"},
    ],
    ids=["none", "forged", "another host", "no origin at all", "not https"],
)
def test_a_change_from_another_page_is_refused(entrance, ada, headers):
    browser = Browser(entrance)
    browser.sign_in()
    answer = browser.delete("/session", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forged")
    assert browser.get("/session").status_code == 200


def test_the_csrf_token_of_another_session_is_refused(entrance, ada):
    one, other = Browser(entrance), Browser(entrance)
    token = one.sign_in().json()["csrf_token"]
    other.sign_in()
    assert other.delete("/session", headers={"X-CSRF-Token": token}).status_code == 403


def test_another_page_cannot_sign_anybody_in(entrance, ada):
    client = entrance.client(Origin="https://evil.test")
    answer = client.post("/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forged")
    assert "set-cookie" not in answer.headers


def test_a_second_factor_is_due_before_anything_else(entrance):
    """Whoever has only the password can neither work nor get the second factor out of the way."""
    _, browser = at_browser(entrance)
    secret, codes = browser.set_up_second_factor()
    thief = Browser(entrance)
    assert thief.sign_in().json()["account"]["second_factor"] == "due"
    assert thief.get("/session").json()["account"]["permissions"] == []
    new = {"password": PASSWORD, "new_password": "nine-loud-badgers"}
    refused = [
        thief.get("/services/S-1/units"),
        thief.put("/own-account/password", new),
        thief.post("/own-account/second-factor", {"password": PASSWORD}),
        thief.post("/own-account/second-factor/remove", {"password": PASSWORD}),
        thief.post("/own-account/recovery-codes", {"password": PASSWORD}),
        thief.post("/own-account/other-sessions/end"),
        thief.get("/own-account/sessions"),
        thief.get("/own-account/tokens"),
    ]
    assert {(each.status_code, each.json()["type"]) for each in refused} == {
        (403, "/problems/second-factor-needed")
    }
    said = code(secret, entrance.store.clock())
    given = thief.told(thief.put("/session/second-factor", {"code": said}))
    assert given.json()["account"]["second_factor"] == "given"
    again = Browser(entrance)
    again.sign_in()
    assert again.put("/session/second-factor", {"code": said}).json()["type"] == "/problems/wrong-code"
    assert again.told(again.put("/session/second-factor", {"code": codes[0].lower()})).status_code == 200
    third = Browser(entrance)
    third.sign_in()
    assert third.put("/session/second-factor", {"code": codes[0]}).status_code == 403


@pytest.mark.parametrize("role", [Role.DUTY_MANAGER, Role.ADMINISTRATOR])
def test_managers_and_administrators_do_nothing_without_a_second_factor(entrance, role):
    active(entrance.store, role=role)
    browser = Browser(entrance)
    account = browser.sign_in().json()["account"]
    assert (account["second_factor"], account["permissions"]) == ("missing", ["own_account"])
    assert browser.get("/accounts").json()["type"] == "/problems/second-factor-needed"
    token = {
        "name": "x",
        "scopes": ["own_account"],
        "expires_at": "2026-04-01T00:00:00Z",
        "password": PASSWORD,
    }
    assert browser.post("/own-account/tokens", token).json()["type"] == "/problems/second-factor-needed"
    browser.set_up_second_factor()
    assert len(browser.get("/session").json()["account"]["permissions"]) > 1


def test_codes_are_guessed_no_more_often_than_passwords(entrance):
    _, browser = at_browser(entrance)
    secret, _ = browser.set_up_second_factor()
    guesser = Browser(entrance)
    guesser.sign_in()
    for _ in range(FREE + 1):
        assert guesser.put("/session/second-factor", {"code": "000000"}).status_code == 403
    said = code(secret, entrance.store.clock())
    assert guesser.put("/session/second-factor", {"code": said}).status_code == 403


def test_one_network_address_tries_so_often_and_no_more(entrance, ada):
    app = make_application(
        entrance.store, Doors(origins=frozenset({ORIGIN}), guards=Guards(rates=Rates(sign_in="3/minute")))
    )
    entrance.app = app
    browser = Browser(entrance)
    answers = [browser.sign_in(f"nobody{number}@example.org") for number in range(4)]
    assert [each.status_code for each in answers] == [401, 401, 401, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    body = {"secret": "x" * 43, "password": "nine-loud-badgers"}
    assert browser.post("/invitations/accept", body).status_code == 429


def test_a_token_is_no_session(entrance):
    client = entrance.as_("officer")
    assert client.get("/api/v1/own-account").json()["role"] == "officer"
    for answer in (
        client.get("/api/v1/session"),
        client.delete("/api/v1/session"),
        client.put("/api/v1/session/second-factor", json={"code": "000000"}),
        client.get("/api/v1/own-account/tokens"),
        client.put("/api/v1/own-account/password", json={"new_password": "nine-loud-badgers"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/no-session")


def test_a_password_that_is_wrong_in_kind_is_not_told_back(entrance):
    answer = Browser(entrance).sign_in("ada", "secret-that-nobody-must-see" * 9)
    assert answer.status_code == 422
    assert "secret-that" not in answer.text
    assert {each["pointer"] for each in answer.json()["errors"]} == {"#/email", "#/password"}


def test_a_stranger_is_asked_to_sign_in(entrance):
    for path in ("session", "own-account", "own-account/sessions", "own-account/tokens", "accounts"):
        assert entrance.stranger.get(f"/api/v1/{path}").status_code == 401
