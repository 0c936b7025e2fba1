"""The directory over HTTP: recording, changing, re-designating, voids and closing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.api.rest.directory_world import doors
from tests.gateway.ground import BIRMINGHAM, DUDLEY, WALSALL

__all__ = ["doors"]

NEW = {
    "provider_id": "V-1",
    "authority_id": BIRMINGHAM,
    "name": "Elm House",
    "tier": "local",
    "lot": "young-people",
    "opens_on": "2026-04-01",
    "max_age": 25,
    "features": ["step-free"],
}


def seen(answer):
    return {"If-Match": answer.headers["etag"]}


def test_an_authority_is_recorded_given_a_role_and_neighbours(doors):
    manager = doors.as_("duty_manager")
    coventry = {"gss": "E08000026", "name": "Coventry", "role": "other", "latitude": 52.4, "longitude": -1.5}
    made = manager.post("/api/v1/authorities", json=coventry)
    assert (made.status_code, made.headers["location"]) == (201, "/api/v1/authorities/E08000026")
    assert manager.post("/api/v1/authorities", json=coventry).status_code == 409
    address = made.headers["location"]
    role = manager.put(f"{address}/role", json={"role": "secondary", "why": "Named neighbour."})
    assert role.json()["role"] == "secondary"
    manager.put(f"{address}/neighbours", json={"neighbours": [BIRMINGHAM, WALSALL]})
    told = manager.put(f"{address}/neighbours", json={"neighbours": [BIRMINGHAM]})
    assert told.json()["neighbours"] == [BIRMINGHAM]
    assert manager.get(f"/api/v1/authorities/{BIRMINGHAM}").json()["neighbours"] == ["E08000026"]
    assert manager.get(f"/api/v1/authorities/{WALSALL}").json()["neighbours"] == []
    wrong = manager.put(f"{address}/neighbours", json={"neighbours": ["E08000099", "E08000026"]})
    assert len(wrong.json()["errors"]) == 2


def test_an_agency_is_recorded_and_its_designation_taken_back(doors):
    manager = doors.as_("duty_manager")
    made = manager.post("/api/v1/agencies", json={"name": "City Hospital", "kind": "hospital"})
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    told = manager.put(f"{address}/designation", json={"designated": False, "why": "It is merged."})
    assert told.json()["designated"] is False
    assert manager.get(address).json() == told.json()
    unknown = {"name": "A", "kind": "b", "authority_id": "E08000099"}
    answer = manager.post("/api/v1/agencies", json=unknown)
    assert answer.json()["errors"][0]["pointer"] == "#/authority_id"


def test_a_service_is_recorded_and_changed_and_only_what_is_named_is_otherwise(doors):
    keeper = doors.as_("administrator")
    made = keeper.post("/api/v1/services", json=NEW, headers={"Idempotency-Key": "elm"})
    assert made.status_code == 201, made.text
    assert keeper.post("/api/v1/services", json=NEW, headers={"Idempotency-Key": "elm"}).text == made.text
    address = made.headers["location"]
    changed = keeper.patch(address, json={"max_age": None, "features": ["dogs"]}, headers=seen(made))
    assert changed.json() == made.json() | {"version": 2, "max_age": None, "features": ["dogs"]}
    stale = keeper.patch(address, json={"name": "Oak House"}, headers=seen(made))
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed-meanwhile")


def test_a_service_whose_codes_alone_change_is_another_version(doors):
    keeper = doors.as_("administrator")
    before = keeper.get("/api/v1/services/S-1")
    codes = keeper.patch("/api/v1/services/S-1", json={"features": ["dogs"]}, headers=seen(before))
    assert codes.json()["version"] == before.json()["version"] + 1
    assert keeper.patch("/api/v1/services/S-1", json={"name": "A"}, headers=seen(before)).status_code == 412


def test_everything_wrong_with_a_service_is_named_at_once(doors):
    wrong = NEW | {
        "provider_id": "V-9",
        "confidential": True,
        "latitude": 52.0,
        "longitude": -1.0,
        "min_age": 30,
        "closes_on": "2026-04-01",
    }
    answer = doors.as_("administrator").post("/api/v1/services", json=wrong)
    assert answer.status_code == 422
    pointers = {each["pointer"] for each in answer.json()["errors"]}
    assert pointers == {"#/provider_id", "#/latitude", "#/max_age", "#/closes_on"}


def test_services_are_found_by_what_they_are(doors):
    officer = doors.as_("officer")

    def found(**asked):
        answer = officer.get("/api/v1/services", params=asked)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    assert found() == ["S-1", "S-2", "S-3"]
    assert found(confidential="true") == found(lot="families") == found(authority=DUDLEY) == ["S-2"]
    assert found(provider="V-1", tier="hub", open_on="2026-03-02") == ["S-1", "S-3"]
    assert found(open_on="2019-12-31") == []
    page = officer.get("/api/v1/services", params={"size": 2}).json()
    assert found(size=2, after=page["next"]) == ["S-3"]


def test_units_are_added_together_or_not_at_all(doors):
    manager = doors.as_("duty_manager")
    room = {"name": "Room 9", "pool": "attic", "kind": "bedspace", "features": ["dogs"]}
    wrong = manager.post("/api/v1/services/S-1/units", json={"units": [room, room | {"name": "U-1-1"}]})
    assert [each["pointer"] for each in wrong.json()["errors"]] == ["#/units/1/name"]
    made = manager.post("/api/v1/services/S-1/units", json={"units": [room]})
    assert (made.status_code, made.json()["items"][0]["features"]) == (201, ["dogs"])
    assert len(manager.get("/api/v1/services/S-1/units").json()["items"]) == 3
    assert doors.as_("provider").post("/api/v1/services/S-1/units", json={"units": [room]}).status_code == 403


def test_units_are_for_others_from_a_day_on_and_how_that_came_is_told(doors):
    provider = doors.as_("provider")
    asked = {"unit_ids": ["U-1-2"], "to": "female", "from_day": "2026-03-09", "reason": "demand"}
    made = provider.post("/api/v1/services/S-1/designations", json=asked)
    assert made.status_code == 201, made.text
    told = provider.get("/api/v1/units/U-1-2/designations").json()["items"]
    assert [(each["gender"], each["from_day"]) for each in told] == [
        ("any", "2020-01-01"),
        ("female", "2026-03-09"),
    ]
    runs = provider.get("/api/v1/units/U-1-2/days", params={"from_day": "2026-03-08", "days": 2}).json()[
        "days"
    ]
    assert [(run["until"], run["gender"]) for run in runs] == [
        ("2026-03-09", "any"),
        ("2026-03-10", "female"),
    ]


def test_units_of_another_service_are_not_there_to_be_redesignated(doors):
    asked = {"unit_ids": ["U-2-1", "U-NONE"], "to": "male", "from_day": "2026-03-09", "reason": "demand"}
    told = doors.as_("provider").post("/api/v1/services/S-1/designations", json=asked).json()["errors"]
    assert [each["detail"].split(",")[0] for each in told] == [
        "there is no unit U-2-1",
        "there is no unit U-NONE",
    ]


def test_somebody_who_lives_there_stands_against_it_and_is_not_named(doors):
    asked = {"unit_ids": ["U-1-1"], "to": "female", "from_day": "2026-03-09", "reason": "demand"}
    answer = doors.as_("provider").post("/api/v1/services/S-1/designations", json=asked)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong-for-holders")
    assert "U-1-1" in answer.text
    assert "R-1" not in answer.text
    assert "P-1" not in answer.text


def test_of_two_who_redesignate_a_unit_at_once_one_is_told_that_it_was_done(doors):
    clients, together = [doors.as_("officer"), doors.as_("provider")], Barrier(2)
    asked = {"unit_ids": ["U-1-2"], "to": "male", "from_day": "2026-03-09", "reason": "demand"}

    def send(client):
        together.wait()
        return client.post("/api/v1/services/S-1/designations", json=asked).status_code

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(send, clients))
    assert answers == [201, 422]
    assert len(clients[0].get("/api/v1/units/U-1-2/designations").json()["items"]) == 2


def test_a_void_is_entered_revised_and_cancelled_and_all_that_was_said_stays(doors):
    provider = doors.as_("provider")
    said = {"state": "being_prepared", "reason": "turnaround", "from_day": "2026-03-02", "note": "Paint."}
    made = provider.post("/api/v1/units/U-1-2/voids", json=said)
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    now = said | {"state": "out_of_service", "reason": "repairs", "until": "2026-03-20", "note": None}
    revised = provider.put(address, json=now, headers=seen(made))
    assert (revised.status_code, revised.json()["version"]) == (200, 2)
    assert provider.put(address, json=now, headers=seen(made)).status_code == 412
    gone = provider.post(f"{address}/cancel", json={"why": "Another room."}, headers=seen(revised))
    assert gone.json()["cancelled"] is True
    told = provider.get(address).json()
    assert [(each["version"], each["state"], each["note"]) for each in told["revisions"]] == [
        (1, "being_prepared", "Paint."),
        (2, "out_of_service", None),
        (3, "out_of_service", None),
    ]
    assert provider.get("/api/v1/units/U-1-2/voids").json()["items"] == [
        {key: value for key, value in told.items() if key != "revisions"}
    ]
    again = provider.post(f"{address}/cancel", json={"why": "Twice."}, headers=seen(gone))
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("unit", "until", "type_"),
    [
        ("U-1-1", "2026-03-20", "/problems/unit-held"),
        ("U-1-2", "2026-03-02", "/problems/invalid"),
    ],
)
def test_a_void_that_cannot_be_is_refused(doors, unit, until, type_):
    said = {"state": "out_of_service", "reason": "repairs", "from_day": "2026-03-02", "until": until}
    answer = doors.as_("provider").post(f"/api/v1/units/{unit}/voids", json=said)
    assert answer.json()["type"] == type_
    assert "R-1" not in answer.text


def test_what_stands_against_closing_is_told_and_closing_is_refused(doors):
    manager = doors.as_("duty_manager")
    block = manager.get("/api/v1/services/S-1/closing-block", params={"day": "2026-06-01"}).json()
    assert (block["blocked"], block["agreements"]) == (True, [doors.ids["agreement_id"]])
    assert [(each["unit_id"], each["referral_id"]) for each in block["living"]] == [("U-1-1", "R-1")]
    keeper = doors.as_("administrator")
    hidden = keeper.get("/api/v1/services/S-1/closing-block", params={"day": "2026-06-01"}).json()
    assert [each["referral_id"] for each in hidden["living"]] == [None]
    closing = {"day": "2026-06-01", "why": "The lease ends."}
    stands = seen(manager.get("/api/v1/services/S-1"))
    refused = manager.post("/api/v1/services/S-1/closure", json=closing, headers=stands)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/closing-blocked")
    assert "R-1" not in refused.text


def test_a_unit_is_closed_and_opened_again(doors):
    manager = doors.as_("duty_manager")
    closing = {"day": "2026-03-09", "why": "It becomes an office."}
    stands = manager.get("/api/v1/units/U-1-2")
    closed = manager.post("/api/v1/units/U-1-2/closure", json=closing, headers=seen(stands))
    assert (closed.status_code, closed.json()["closes_on"]) == (200, "2026-03-09")
    days = {"from_day": "2026-03-08", "days": 2}
    runs = manager.get("/api/v1/units/U-1-2/days", params=days).json()["days"]
    assert [run["state"] for run in runs] == ["free", "closed"]
    opened = manager.post("/api/v1/units/U-1-2/reopening", json=closing, headers=seen(closed))
    assert opened.json()["closes_on"] is None


def test_a_service_in_which_nobody_lives_is_closed_and_opened_again(doors):
    manager = doors.as_("duty_manager")
    made = manager.post("/api/v1/services", json=NEW)
    address = made.headers["location"]
    closing = {"day": "2026-09-01", "why": "The lease ends."}
    closed = manager.post(f"{address}/closure", json=closing, headers=seen(made))
    assert closed.json()["closes_on"] == "2026-09-01", closed.text
    opened = manager.post(f"{address}/reopening", json=closing, headers=seen(closed))
    assert opened.json()["closes_on"] is None


def test_allowed_conversions_are_replaced_by_whoever_saw_them(doors):
    provider, address = doors.as_("provider"), "/api/v1/services/S-1/conversions"
    before = provider.get(address)
    wanted = {"conversions": [{"source": "male", "target": "female", "max_units": 2, "cost": 3}]}
    told = provider.put(address, json=wanted, headers=seen(before))
    assert told.json()["conversions"] == wanted["conversions"]
    assert provider.put(address, json={"conversions": []}, headers=seen(before)).status_code == 412
    same = {"conversions": [{"source": "male", "target": "male", "max_units": 2}]}
    wrong = provider.put(address, json=same, headers=seen(told))
    assert [each["pointer"] for each in wrong.json()["errors"]] == ["#/conversions/0/target"]


def test_confirming_twice_with_one_key_is_one_confirmation(doors, clock):
    provider, key = doors.as_("provider"), {"Idempotency-Key": "corridor"}
    first = provider.post("/api/v1/services/S-1/confirm", json={}, headers=key)
    clock.on(minutes=5)
    again = provider.post("/api/v1/services/S-1/confirm", json={}, headers=key)
    assert again.text == first.text
    assert len(first.json()["items"]) == 2
    assert provider.post("/api/v1/services/S-1/confirm", json={}).json()["items"] != first.json()["items"]
