"""One's own account over HTTP: password, second factor, sessions, tokens."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.accounts.changing import change_account, suspend_account
from gateway.accounts.inviting import Post
from gateway.accounts.tables import TokenRow
from gateway.answers.tables import KeptAnswerRow
from gateway.records.actor import Role
from tests.api.browsers import Browser, at_browser
from tests.gateway.accounts.people import EMAIL, PASSWORD
from tests.gateway.ground import ADMINISTRATOR, NOW

NEW = "nine-loud-badgers"
WRONG = {"password": "wrong"}


@pytest.fixture
def ada(entrance):
    return at_browser(entrance)


def token_asked(**facts):
    return {
        "name": "case management",
        "scopes": ["read_vacancies", "own_account"],
        "expires_at": (NOW + timedelta(days=30)).isoformat(),
        "password": PASSWORD,
    } | facts


def issued(entrance, browser, **facts):
    answer = browser.post("/own-account/tokens", token_asked(**facts))
    assert answer.status_code == 201, answer.text
    return answer.json(), entrance.client(Authorization=f"Bearer {answer.json()['secret']}")


def test_changing_ones_password_asks_for_the_one_that_stands_and_ends_other_sessions(entrance, ada):
    _, browser = ada
    other = Browser(entrance)
    other.sign_in()
    refused = browser.put("/own-account/password", WRONG | {"new_password": NEW})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/wrong-password")
    weak = browser.put("/own-account/password", {"password": PASSWORD, "new_password": "password1234"})
    assert (weak.status_code, weak.json()["errors"][0]["pointer"]) == (422, "#/new_password")
    done = browser.put("/own-account/password", {"password": PASSWORD, "new_password": NEW})
    assert done.status_code == 204, done.text
    assert browser.get("/session").status_code == 200
    assert other.get("/session").status_code == 401
    assert Browser(entrance).sign_in().status_code == 401
    assert Browser(entrance).sign_in(password=NEW).status_code == 201


def test_a_stolen_session_guesses_the_password_no_more_often_than_a_stranger(entrance, ada):
    _, browser = ada
    for _ in range(6):
        assert browser.post("/own-account/second-factor", WRONG).status_code == 403
    assert browser.post("/own-account/second-factor", {"password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/own-account/second-factor", "/own-account/second-factor/remove", "/own-account/recovery-codes"],
)
@pytest.mark.parametrize("body", [{}, WRONG])
def test_what_a_thief_of_a_session_would_do_first_asks_for_the_password(ada, path, body):
    _, browser = ada
    browser.set_up_second_factor()
    answer = browser.post(path, body)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/wrong-password")


def test_a_second_factor_can_be_removed_and_set_up_again(ada):
    _, browser = ada
    first, _ = browser.set_up_second_factor()
    assert browser.post("/own-account/second-factor", {"password": PASSWORD}).status_code == 409
    assert browser.post("/own-account/second-factor/remove", {"password": PASSWORD}).status_code == 204
    assert browser.get("/session").json()["account"]["second_factor"] == "not_needed"
    second, _ = browser.set_up_second_factor()
    assert first != second


def test_a_manager_who_removes_it_can_do_nothing_from_that_moment(entrance):
    _, browser = at_browser(entrance, Role.ADMINISTRATOR)
    assert browser.get("/accounts").status_code == 200
    browser.post("/own-account/second-factor/remove", {"password": PASSWORD})
    assert browser.get("/accounts").json()["type"] == "/problems/second-factor-needed"


def test_a_secret_is_told_once_and_not_kept_for_a_request_that_is_sent_again(entrance, ada):
    _, browser = ada
    key = {"Idempotency-Key": "one"}
    first, again = (
        browser.post("/own-account/second-factor", {"password": PASSWORD}, headers=key) for _ in range(2)
    )
    assert first.json()["secret"]
    assert again.json() == {"secret": None, "uri": None}
    first, again = (
        browser.post("/own-account/tokens", token_asked(), headers=key | {"Idempotency-Key": "2"})
        for _ in range(2)
    )
    assert first.json()["secret"].startswith("gateway_")
    assert again.json() == first.json() | {"secret": None}
    with entrance.store.reading() as work:
        kept = " ".join(work.all(select(KeptAnswerRow.body)))
        assert len(work.where(TokenRow)) == 1
    assert first.json()["secret"] not in kept
    assert "otpauth" not in kept


def test_ones_sessions_are_listed_and_ended_one_by_one_or_all_others(entrance, ada):
    _, browser = ada
    others = [Browser(entrance) for _ in range(3)]
    for each in others:
        each.sign_in()
    listed = browser.get("/own-account/sessions").json()["items"]
    assert [each["current"] for each in listed].count(True) == 1
    assert len(listed) == 4
    first = others[0].get("/session").json()["id"]
    assert browser.delete(f"/own-account/sessions/{first}").status_code == 204
    assert others[0].get("/session").status_code == 401
    assert browser.post("/own-account/other-sessions/end").json() == {"ended": 2}
    assert [each.get("/session").status_code for each in others] == [401] * 3
    assert browser.get("/session").status_code == 200


def test_a_session_or_token_of_somebody_else_is_not_there(entrance, ada):
    _, browser = ada
    bob, his = at_browser(entrance, email="bob@example.org")
    session = his.get("/session").json()["id"]
    token, _ = issued(entrance, his)
    for path in (f"/own-account/sessions/{session}", f"/own-account/tokens/{token['id']}"):
        there, not_there = browser.delete(path), browser.delete(path[:-6] + "999999")
        assert there.status_code == not_there.status_code == 404
    assert his.get("/session").status_code == 200, bob


def test_a_token_does_what_its_scopes_say_until_it_is_revoked(entrance, ada):
    _, browser = ada
    token, program = issued(entrance, browser)
    assert program.get("/api/v1/own-account").json()["permissions"] == ["own_account", "read_vacancies"]
    assert program.post("/api/v1/services/S-1/confirm", json={}).status_code == 403
    listed = browser.get("/own-account/tokens").json()["items"]
    assert [each["last_used_at"] for each in listed] == ["2026-03-02T09:00:00Z"]
    assert "secret" not in listed[0]
    assert browser.delete(f"/own-account/tokens/{token['id']}").status_code == 204
    assert program.get("/api/v1/own-account").status_code == 401


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"scopes": ["manage_accounts"]}, "#/scopes"),
        ({"scopes": ["triage", "grant_access"]}, "#/scopes"),
        ({"scopes": ["everything"]}, "#/scopes/0"),
        ({"scopes": []}, "#/scopes"),
        ({"expires_at": "2026-03-01T00:00:00Z"}, "#/expires_at"),
        ({"expires_at": "2028-03-01T00:00:00Z"}, "#/expires_at"),
        ({"name": "x" * 65}, "#/name"),
    ],
)
def test_a_token_carries_no_more_than_its_role_and_does_not_last_for_ever(ada, facts, pointer):
    _, browser = ada
    answer = browser.post("/own-account/tokens", token_asked(**facts))
    assert answer.status_code == 422, answer.text
    assert {each["pointer"] for each in answer.json()["errors"]} == {pointer}


def test_a_token_tampered_with_is_nobodys(entrance, ada):
    _, browser = ada
    token, _ = issued(entrance, browser)
    for forged in (token["secret"][:-1], token["secret"] + "x", token["secret"].swapcase(), ""):
        client = entrance.client(Authorization=f"Bearer {forged}")
        assert client.get("/api/v1/own-account").status_code == 401


def test_a_token_ends_with_its_account_and_with_its_role(entrance, ada):
    id, browser = ada
    _, program = issued(entrance, browser)
    entrance.store.transact(
        lambda work: change_account(
            id,
            name="Ada",
            email=EMAIL,
            post=Post(role=Role.AUDITOR),
            seen=None,
            by=ADMINISTRATOR,
            at=NOW,
            work=work,
        )
    )
    assert program.get("/api/v1/own-account").status_code == 401
    browser.sign_in()
    assert browser.get("/session").json()["account"]["role"] == "auditor"
    _, program = issued(entrance, browser, scopes=["read_events", "own_account"])
    entrance.store.transact(
        lambda work: suspend_account(id, why="left", seen=None, by=ADMINISTRATOR, at=NOW, work=work)
    )
    assert program.get("/api/v1/own-account").status_code == 401
    assert browser.get("/session").status_code == 401


def test_a_token_of_a_session_without_the_password_is_not_issued(ada):
    _, browser = ada
    answer = browser.post("/own-account/tokens", token_asked(password=None))
    assert answer.json()["type"] == "/problems/wrong-password"
