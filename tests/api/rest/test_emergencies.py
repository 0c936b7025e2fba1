"""An emergency over HTTP: declared, followed on its board down to nobody, ended."""

from datetime import timedelta

import pytest

from gateway.allocation_runs.offering import make_offers
from gateway.allocation_runs.performing import perform
from gateway.people.tables import PersonRow
from gateway.records.write import write
from tests.gateway.allocation_runs.worlds import settle, two_services
from tests.gateway.ground import MANAGER, NOW, OFFICER, TODAY

API = "/api/v1"


@pytest.fixture
def doors(entrance):
    """R-1 and R-2 live in S-1; R-3 waits; S-2 has two units."""
    entrance.store.transact(two_services)
    for number in (1, 2):
        settle(entrance.store, f"R-{number}", f"U-1-{number}", day=TODAY - timedelta(days=30))
    return entrance


def declared(doors, **facts):
    body = {"title": "Provider closes", "closes_on": f"{TODAY}", "services": ["S-1"]} | facts
    return doors.as_("duty_manager").post(f"{API}/emergencies", json=body)


def board(doors, id, role="officer"):
    return doors.as_(role).get(f"{API}/emergencies/{id}/board").json()


def test_from_the_declaration_to_nobody_without_a_place(doors):
    manager, provider = doors.as_("duty_manager"), doors.as_("provider")
    answer = declared(doors)
    emergency = answer.json()["id"]
    assert (answer.status_code, answer.json()["services"]) == (201, ["S-1"])
    assert manager.get(answer.headers["location"]).json() == answer.json()
    assert board(doors, emergency)["without_a_place"] == {"count": 2, "referrals": ["R-1", "R-2"]}
    started = manager.post(f"{API}/runs", json={"as_of": f"{TODAY}", "emergency_id": emergency})
    run_id = started.json()["asked"]["run"]
    perform(doors.store, run_id, by=MANAGER)
    manager.post(f"{API}/runs/{run_id}/bands/1/agree")
    make_offers(doors.store, run_id, by=MANAGER, answer_by=None)
    assert board(doors, emergency)["offered"]["count"] == 2
    for offer in provider.get(f"{API}/offers/to-answer").json()["items"]:
        path = f"{API}/offers/{offer['id']}"
        accepted = provider.post(f"{path}/accept", headers={"If-Match": f'"{offer["version"]}"'})
        seen = {"If-Match": accepted.headers["ETag"]}
        moved = provider.post(f"{path}/move-in", json={"on_day": f"{TODAY}"}, headers=seen)
        assert moved.status_code == 201, moved.text
    there = board(doors, emergency)
    assert (there["moved"]["count"], there["without_a_place"]["count"]) == (2, 0)
    ended = manager.post(f"{API}/emergencies/{emergency}/end", json={})
    assert (ended.status_code, ended.json()["ended_at"]) == (200, "2026-03-02T09:00:00Z")
    told, after = [], None
    while True:
        params = {"size": 5} | ({"after": after} if after else {})
        page = manager.get(f"{API}/emergencies/{emergency}/log", params=params).json()
        told, after = told + page["items"], page["next"]
        if after is None:
            break
    assert (told[0]["what"], told[-1]["what"]) == ("emergency declared", "emergency ended")
    assert told[0]["referrals"] == ["R-1", "R-2"]
    assert {"run started", "band agreed: 1", "line offered", "moved in"} <= {each["what"] for each in told}
    (listed,) = manager.get(f"{API}/emergencies").json()["items"]
    assert listed == ended.json()


def test_while_somebody_has_no_place_it_ends_only_with_a_reason(doors):
    emergency = declared(doors).json()["id"]
    manager, path = doors.as_("duty_manager"), f"{API}/emergencies/{emergency}/end"
    assert manager.post(path, json={}).status_code == 409
    assert manager.post(path, json={"why": "The provider stays."}).status_code == 200
    assert manager.post(path, json={"why": "Again."}).status_code == 409


def test_people_are_added_once(doors):
    emergency = declared(doors).json()["id"]
    manager, path = doors.as_("duty_manager"), f"{API}/emergencies/{emergency}/affected"
    assert manager.post(path, json={"referrals": ["R-1", "R-3"]}).json() == {"referrals": ["R-3"]}
    wrong = manager.post(path, json={"referrals": ["R-3", "R-9"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/referrals/1")


def test_every_fault_of_a_declaration_is_told_at_its_place(doors):
    wrong = declared(doors, services=["S-1", "S-9"], referrals=["R-9"])
    assert wrong.status_code == 422
    assert {each["pointer"] for each in wrong.json()["errors"]} == {"#/services/1", "#/referrals/0"}
    nobody = declared(doors, services=[])
    assert (nobody.status_code, nobody.json()["errors"][0]["pointer"]) == (422, "#/services")


def test_who_is_restricted_is_counted_and_not_named(doors):
    emergency = declared(doors).json()["id"]

    def restrict(work):
        row = work.get(PersonRow, "P-1")
        row.restricted = True
        write(work, row, what="set up", by=OFFICER, at=NOW)

    doors.store.transact(restrict)
    assert board(doors, emergency)["without_a_place"] == {"count": 2, "referrals": ["R-2"]}
    (first, *_) = doors.as_("officer").get(f"{API}/emergencies/{emergency}/log").json()["items"]
    assert first["referrals"] == ["R-2"]


def test_only_a_duty_manager_declares_and_a_provider_sees_nothing(doors):
    body = {"title": "Fire", "closes_on": f"{TODAY}", "services": ["S-1"]}
    assert doors.as_("officer").post(f"{API}/emergencies", json=body).status_code == 403
    assert doors.as_("provider").get(f"{API}/emergencies").status_code == 403
    assert doors.as_("officer").get(f"{API}/emergencies/E-9/board").status_code == 404
