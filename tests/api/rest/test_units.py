"""Units over HTTP: who may see and confirm which, and what is refused."""

import pytest

from tests.gateway.ground import agency, authorities, provider, service


def world(work):
    authorities(work)
    agency(work)
    provider(work, "V-1")
    provider(work, "V-2")
    service(work, "S-1", provider="V-1")
    service(work, "S-2", provider="V-2")


@pytest.fixture
def doors(entrance):
    entrance.store.transact(world)
    return entrance


def test_a_stranger_is_asked_to_sign_in(doors):
    answer = doors.stranger.get("/api/v1/services/S-1/units")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/not-signed-in"


def test_a_role_that_has_nothing_to_do_with_vacancies_is_refused(doors):
    answer = doors.as_("referrer").post("/api/v1/services/S-1/confirm", json={})
    assert answer.status_code == 403
    assert "keep_vacancies" in answer.json()["detail"]


def test_another_providers_service_is_not_there(doors):
    there, not_there = (doors.as_("provider").get(f"/api/v1/services/{id}/units") for id in ("S-2", "S-NONE"))
    assert there.status_code == not_there.status_code == 404
    assert there.json()["detail"].replace("S-2", "S-NONE") == not_there.json()["detail"]


def test_a_provider_confirms_a_service_with_one_press(doors, clock):
    clock.on(hours=1)
    answer = doors.as_("provider").post("/api/v1/services/S-1/confirm", json={})
    assert answer.status_code == 200, answer.text
    assert [each["id"] for each in answer.json()["items"]] == ["U-1-1", "U-1-2"]
    seen = doors.as_("officer").get("/api/v1/services/S-1/units").json()["items"]
    assert {each["confirmed_at"] for each in seen} == {"2026-03-02T10:00:00Z"}


def test_what_was_seen_is_confirmed_and_nothing_else(doors):
    client = doors.as_("provider")
    seen = client.get("/api/v1/services/S-1/stands").json()
    assert [each["id"] for each in seen["items"]] == ["U-1-1", "U-1-2"]
    confirmed = client.post("/api/v1/services/S-1/confirm", json={"seen": seen["stands"]})
    assert (confirmed.status_code, len(confirmed.json()["items"])) == (200, 2)
    otherwise = client.post("/api/v1/services/S-1/confirm", json={"seen": "a" * 32})
    assert (otherwise.status_code, otherwise.json()["type"]) == (412, "/problems/stands-otherwise")
    assert client.get("/api/v1/services/S-2/stands").status_code == 404


def test_a_request_sent_twice_under_one_key_is_done_once(doors, clock):
    client = doors.as_("provider")
    key = {"Idempotency-Key": "one"}
    first = client.post("/api/v1/services/S-1/confirm", json={}, headers=key)
    clock.on(hours=1)
    again = client.post("/api/v1/services/S-1/confirm", json={}, headers=key)
    assert again.text == first.text
    other = client.post("/api/v1/services/S-1/confirm", json={"unit_ids": ["U-1-1"]}, headers=key)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/key-used-otherwise")
    clock.on(hours=25)
    late = client.post("/api/v1/services/S-1/confirm", json={}, headers=key)
    assert late.json()["items"][0]["confirmed_at"] > first.json()["items"][0]["confirmed_at"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"unit_ids": ["U-1-1"], "unit_ids": []}', 400),
        (b'{"unit_ids": NaN}', 400),
        (b"[" * 100 + b"]" * 100, 400),
        (b'{"unit_ids": ["U-1\\u0000"]}', 422),
        (b"\xff", 400),
        (b'{"more": 1}', 422),
        (b'{"unit_ids": ["U-9"]}', 422),
        (b'{"unit_ids": 1}', 422),
    ],
)
def test_what_cannot_be_read_or_is_wrong_is_refused_with_its_place(doors, body, status):
    answer = doors.as_("provider").post(
        "/api/v1/services/S-1/confirm", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
