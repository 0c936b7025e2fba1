"""Accounts over HTTP: an administrator invites, changes, suspends and closes; nobody their own account."""

import pytest

from gateway.records.actor import Role
from tests.api.browsers import Browser, at_browser
from tests.api.doors import ORIGIN
from tests.gateway.accounts.people import EMAIL, PASSWORD, active
from tests.gateway.ground import agency, authorities, provider

GRACE = {"name": "Grace Hopper", "email": "grace@example.org", "role": "officer"}
NEW = "nine-loud-badgers"


@pytest.fixture
def doors(entrance):
    def world(work):
        authorities(work)
        agency(work)
        provider(work)

    entrance.store.transact(world)
    return entrance


@pytest.fixture
def admin(doors):
    return doors.as_("administrator")


def invited(admin, **facts):
    answer = admin.post("/api/v1/accounts", json=GRACE | facts)
    assert answer.status_code == 201, answer.text
    return answer.json()


def accept(doors, secret, password=NEW):
    client = doors.client(Origin=ORIGIN)
    return client.post("/api/v1/invitations/accept", json={"secret": secret, "password": password})


@pytest.mark.parametrize("role", [each for each in Role if each not in (Role.ADMINISTRATOR, Role.CLOCKWORK)])
def test_only_administrators_see_to_accounts(doors, role):
    client = doors.as_(role)
    for answer in (client.get("/api/v1/accounts"), client.post("/api/v1/accounts", json=GRACE)):
        assert answer.status_code == 403


def test_somebody_invited_sets_a_password_and_signs_in(doors, admin):
    answer = admin.post("/api/v1/accounts", json=GRACE)
    made = answer.json()
    assert answer.headers["location"] == f"/api/v1/accounts/{made['id']}"
    assert made["status"] == "invited"
    assert accept(doors, made["secret"]).status_code == 204
    assert Browser(doors).sign_in("grace@example.org", NEW).json()["account"]["name"] == "Grace Hopper"
    again = accept(doors, made["secret"])
    assert (again.status_code, again.json()["type"]) == (403, "/problems/link-over")
    assert accept(doors, "x" * 43).json() == again.json()


def test_a_weak_password_is_refused_with_its_reason_and_the_link_stays(doors, admin):
    secret = invited(admin)["secret"]
    weak = accept(doors, secret, "password1234")
    assert (weak.status_code, weak.json()["errors"][0]["pointer"]) == (422, "#/password")
    assert "password1234" not in weak.text
    assert accept(doors, secret).status_code == 204


def test_an_invitation_sent_twice_under_one_key_is_one_account_and_its_secret_is_told_once(admin):
    key = {"Idempotency-Key": "one"}
    first, again = (admin.post("/api/v1/accounts", json=GRACE, headers=key) for _ in range(2))
    assert again.json() == first.json() | {"secret": None}


@pytest.mark.parametrize(
    ("facts", "pointers"),
    [
        ({"role": "clockwork"}, {"#/role"}),
        ({"role": "referrer"}, {"#/agency_id"}),
        ({"role": "provider", "provider_id": "V-9"}, {"#/provider_id"}),
        ({"role": "officer", "provider_id": "V-1", "agency_id": "A-1"}, {"#/provider_id", "#/agency_id"}),
        ({"email": "grace"}, {"#/email"}),
        ({"name": " "}, {"#/name"}),
        ({"is_admin": True}, {"#/is_admin"}),
    ],
)
def test_a_post_that_nobody_has_is_refused_with_every_field(admin, facts, pointers):
    answer = admin.post("/api/v1/accounts", json=GRACE | facts)
    assert answer.status_code == 422, answer.text
    assert {each["pointer"] for each in answer.json()["errors"]} == pointers


def test_an_address_is_taken_once_and_found_by_whoever_asks_in_a_body(admin):
    made = invited(admin)
    answer = admin.post("/api/v1/accounts", json=GRACE | {"email": "GRACE@example.org"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/address-taken")
    found = admin.post("/api/v1/accounts/find", json={"email": "Grace@Example.org"})
    assert found.json()["id"] == made["id"]
    nobody = admin.post("/api/v1/accounts/find", json={"email": "nobody@example.org"})
    assert nobody.status_code == 404
    assert "nobody@example.org" not in nobody.text


def test_accounts_are_listed_page_by_page(admin):
    for number in range(4):
        invited(admin, email=f"p{number}@example.org")
    seen, after = [], None
    while True:
        params = {"size": 2} | ({"after": after} if after else {})
        page = admin.get("/api/v1/accounts", params=params).json()
        seen += [each["id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(set(seen))
    assert len(seen) == 5
    some = admin.get("/api/v1/accounts", params={"role": "officer", "status": "invited"}).json()["items"]
    assert len(some) == 4
    assert all("secret" not in each for each in some)


def test_another_role_takes_effect_at_once(doors, admin):
    id, browser = at_browser(doors)
    etag = admin.get(f"/api/v1/accounts/{id}").headers["etag"]
    asked = {"name": "Ada", "email": EMAIL, "role": "auditor"}
    path = f"/api/v1/accounts/{id}"
    assert admin.put(path, json=asked).status_code == 428
    assert admin.put(path, json=asked, headers={"If-Match": '"99"'}).status_code == 412
    changed = admin.put(path, json=asked, headers={"If-Match": etag})
    assert changed.json()["role"] == "auditor", changed.text
    assert browser.get("/session").status_code == 401


def test_nobody_changes_or_resets_their_own_account_from_outside(doors):
    id, browser = at_browser(doors, Role.ADMINISTRATOR)
    etag = {"If-Match": browser.get(f"/accounts/{id}").headers["etag"]}
    asked = {"name": "Ada", "email": EMAIL, "role": "duty_manager"}
    refused = [
        browser.put(f"/accounts/{id}", asked, headers=etag),
        *(
            browser.post(f"/accounts/{id}/{deed}", {"why": "x"}, headers=etag)
            for deed in ("suspend", "reactivate", "close")
        ),
        browser.client.post(f"/api/v1/accounts/{id}/reset-password"),
        browser.client.post(f"/api/v1/accounts/{id}/reset-second-factor"),
    ]
    assert {(each.status_code, each.json()["type"]) for each in refused} == {(403, "/problems/own-account")}


def test_a_suspended_account_is_shut_and_opened_again(doors, admin):
    id, browser = at_browser(doors)
    path = f"/api/v1/accounts/{id}"

    def does(deed):
        etag = admin.get(path).headers["etag"]
        return admin.post(f"{path}/{deed}", json={"why": "on leave"}, headers={"If-Match": etag})

    assert does("suspend").json()["status"] == "suspended"
    assert browser.get("/session").status_code == 401
    assert browser.sign_in().status_code == 401
    assert does("suspend").status_code == 409
    assert does("reactivate").json()["status"] == "active"
    assert browser.sign_in().status_code == 201
    assert does("close").json()["status"] == "closed"
    assert does("reactivate").status_code == 409
    assert admin.post(f"{path}/reset-password").json()["type"] == "/problems/account-over"


def test_a_lost_password_and_a_lost_second_factor_are_reset_by_an_administrator(doors, admin):
    id, browser = at_browser(doors)
    browser.set_up_second_factor()
    reset = admin.post(f"/api/v1/accounts/{id}/reset-password")
    assert reset.status_code == 201
    assert browser.sign_in().status_code == 401
    assert accept(doors, reset.json()["secret"]).status_code == 204
    assert browser.sign_in(password=NEW).json()["account"]["second_factor"] == "due"
    assert admin.post(f"/api/v1/accounts/{id}/reset-second-factor").status_code == 204
    assert browser.sign_in(password=NEW).json()["account"]["second_factor"] == "not_needed"
    assert admin.post(f"/api/v1/accounts/{id}/reset-second-factor").status_code == 409


def test_an_administrator_sees_and_ends_somebodys_session(doors, admin):
    id, browser = at_browser(doors)
    listed = admin.get(f"/api/v1/accounts/{id}/sessions").json()["items"]
    assert len(listed) == 1
    assert admin.delete(f"/api/v1/accounts/AC-NONE/sessions/{listed[0]['id']}").status_code == 404
    assert admin.delete(f"/api/v1/accounts/{id}/sessions/{listed[0]['id']}").status_code == 204
    assert browser.get("/session").status_code == 401


def test_an_invitation_is_sent_again_until_it_was_followed(doors, admin):
    made = invited(admin)
    link = admin.post(f"/api/v1/accounts/{made['id']}/invitation").json()
    assert accept(doors, made["secret"]).status_code == 403
    assert accept(doors, link["secret"]).status_code == 204
    assert admin.post(f"/api/v1/accounts/{made['id']}/invitation").status_code == 409


def test_another_page_cannot_follow_a_link(doors, admin):
    client = doors.client(Origin="https://evil.test")
    body = {"secret": invited(admin)["secret"], "password": NEW}
    assert client.post("/api/v1/invitations/accept", json=body).status_code == 403


def test_an_administrator_without_case_files_stays_without_them(doors):
    active(doors.store, role=Role.ADMINISTRATOR)
    browser = Browser(doors)
    browser.sign_in(password=PASSWORD)
    browser.set_up_second_factor()
    permissions = browser.get("/own-account").json()["permissions"]
    assert not {each for each in permissions if "people" in each or "referrals" in each}
