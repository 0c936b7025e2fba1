"""Agreements over HTTP: whose a commissioner reaches, schedules, quotas and what is left, exact ledgers."""

import json

import pytest

from tests.api.rest.directory_world import commissioner, doors
from tests.gateway.ground import BIRMINGHAM, DUDLEY, WALSALL, WOLVERHAMPTON

__all__ = ["doors"]

MADE = {
    "name": "The Dudley refuge",
    "kind": "joint_purchase",
    "lead_id": DUDLEY,
    "parties": [DUDLEY, WALSALL],
    "services": ["S-2"],
    "from_day": "2026-04-01",
    "until": "2029-04-01",
}
BOUGHT = {"service_id": "S-2", "authority_id": DUDLEY, "units": 2, "price": "18200.50"}
OTHERS = {"clause": "schedule 2, 1", "group": "non_host", "service_id": "S-2", "max_units": 0}


def agreements(client):
    return {each["id"] for each in client.get("/api/v1/agreements").json()["items"]}


def floats(text):
    """The numbers of a document that were written as floats."""
    found = []
    json.loads(text, parse_float=found.append)
    return found


def test_a_commissioner_of_an_authority_reaches_the_agreements_it_entered(doors):
    joint, used = doors.ids["agreement_id"], doors.ids["other_agreement"]
    reached = {
        authority: agreements(commissioner(doors, authority))
        for authority in (None, BIRMINGHAM, DUDLEY, WALSALL, WOLVERHAMPTON)
    }
    assert reached == {
        None: {joint, used},
        BIRMINGHAM: {joint, used},
        DUDLEY: {joint},
        WALSALL: {used},
        WOLVERHAMPTON: set(),
    }
    assert agreements(doors.as_("officer")) == agreements(doors.as_("auditor")) == {joint, used}


@pytest.mark.parametrize("rest", ["", "/schedules", "/quotas", "/ledger/2025"])
def test_an_agreement_of_others_is_not_there(doors, rest):
    client, used = commissioner(doors, DUDLEY), doors.ids["other_agreement"]
    there, not_there = (client.get(f"/api/v1/agreements/{id}{rest}") for id in (used, "AG-NONE"))
    assert there.status_code == not_there.status_code == 404
    assert there.text.replace(used, "AG-NONE") == not_there.text
    assert client.get(f"/api/v1/agreements/{doors.ids['agreement_id']}{rest}").status_code == 200
    quotas = client.get("/api/v1/quotas").json()["items"]
    assert {each["agreement_id"] for each in quotas} == {doors.ids["agreement_id"]}


def test_the_quotas_of_a_day_say_what_is_left(doors):
    told = doors.as_("officer").get("/api/v1/quotas", params={"stay_days": 91}).json()["items"]
    joint, used = doors.ids["agreement_id"], doors.ids["other_agreement"]
    assert {each["id"]: (each["max_units"], each["standing"], each["left"]) for each in told} == {
        f"{joint}/bought/S-1/{BIRMINGHAM}": (1, 1, 0),
        f"{joint}/bought/S-1/{DUDLEY}": (1, 0, 1),
        f"{joint}/clause/schedule 2, non_host": (1, 0, 1),
        f"{used}/unit weeks/schedule 2, non_host": (11, 0, 11),
    }
    weeks = next(each for each in told if "unit weeks" in each["id"])
    assert weeks["because"].startswith("104.5 of 104.5 unit weeks a year are left")
    assert doors.as_("officer").get("/api/v1/quotas", params={"stay_days": 0}).status_code == 422


def test_a_ledger_is_exact_and_knows_no_floats(doors):
    address = f"/api/v1/agreements/{doors.ids['agreement_id']}/ledger/2025"
    answer = doors.as_("officer").get(address, params={"counted_to": "2026-03-10"})
    told = answer.json()
    assert told["year"] == {"from_day": "2025-04-01", "until": "2026-04-01"}
    assert told["counted_to"] == "2026-03-10"
    birmingham = next(each for each in told["accounts"] if each["authority_id"] == BIRMINGHAM)
    assert birmingham == {
        "service_id": "S-1",
        "authority_id": BIRMINGHAM,
        "clause": None,
        "allowed_days": "365",
        "used_days": 8,
        "allowed_unit_weeks": "52.14",
        "used_unit_weeks": "1.14",
        "left_unit_weeks": "51.00",
    }
    assert floats(answer.text) == []
    used = f"/api/v1/agreements/{doors.ids['other_agreement']}/ledger/2025"
    clause = doors.as_("officer").get(used).json()["clauses"][0]
    assert (clause["allowed_days"], clause["allowed_unit_weeks"]) == ("1463/2", "104.50")


def test_commissioners_are_told_of_whole_months(doors):
    """Two ledgers a day apart would tell of one person who moved."""
    address = f"/api/v1/agreements/{doors.ids['agreement_id']}/ledger/2025"
    commissioner = doors.as_("commissioner")
    assert commissioner.get(address).json()["counted_to"] == "2026-03-01"
    refused = commissioner.get(address, params={"counted_to": "2026-03-02"})
    assert refused.json()["errors"][0]["pointer"] == "query:counted_to"


@pytest.mark.parametrize("year", ["2024", "2028"])
def test_a_year_outside_the_term_is_refused(doors, year):
    address = f"/api/v1/agreements/{doors.ids['agreement_id']}/ledger/{year}"
    answer = doors.as_("officer").get(address)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")


def test_an_agreement_is_made_gets_schedules_and_is_ended(doors):
    manager = doors.as_("duty_manager")
    made = manager.post("/api/v1/agreements", json=MADE)
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    first = {"number": 1, "from_day": "2026-04-01", "purchases": [BOUGHT], "clauses": [OTHERS]}
    appended = manager.post(f"{address}/schedules", json=first)
    assert appended.status_code == 201, appended.text
    assert appended.json()["items"][0]["purchases"][0]["price"] == "18200.50"
    assert floats(appended.text) == []
    again = manager.post(f"{address}/schedules", json=first)
    assert (again.status_code, again.json()["type"]) == (412, "/problems/changed-meanwhile")
    fewer = first | {"number": 2, "from_day": "2027-04-01", "purchases": [BOUGHT | {"units": 1}]}
    refused = manager.post(f"{address}/schedules", json=fewer)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/units-not-purchased")
    seen = manager.get(address)
    ended = manager.post(
        f"{address}/end", json={"on": "2028-04-01"}, headers={"If-Match": seen.headers["etag"]}
    )
    assert (ended.status_code, ended.json()["ended_on"]) == (200, "2028-04-01")


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"purchases": [BOUGHT | {"price": 18200.5}]}, ["#/purchases/0/price"]),
        ({"purchases": [BOUGHT | {"price": "1e3"}]}, ["#/purchases/0/price"]),
        ({"purchases": [BOUGHT | {"service_id": "S-1"}]}, ["#/purchases/0/service_id"]),
        ({"purchases": [BOUGHT, BOUGHT], "clauses": []}, ["#/purchases/1", "#/clauses"]),
        ({"clauses": [OTHERS | {"max_units": None}]}, ["#/clauses/0"]),
    ],
)
def test_everything_wrong_with_a_schedule_is_named_at_once(doors, change, pointers):
    manager = doors.as_("duty_manager")
    address = manager.post("/api/v1/agreements", json=MADE).headers["location"]
    asked = {"number": 1, "from_day": "2026-04-01", "purchases": [BOUGHT], "clauses": [OTHERS]} | change
    answer = manager.post(f"{address}/schedules", json=asked)
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == pointers


def test_parties_come_unanimously_and_go_with_notice(doors):
    manager, address = doors.as_("duty_manager"), f"/api/v1/agreements/{doors.ids['other_agreement']}"
    asked = {"authority_id": DUDLEY, "on": "2026-10-01", "agreed_by": [BIRMINGHAM]}
    refused = manager.post(f"{address}/parties", json=asked)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-unanimous")
    joined = manager.post(f"{address}/parties", json=asked | {"agreed_by": [BIRMINGHAM, WALSALL]})
    assert (joined.status_code, joined.json()["joined_on"]) == (201, "2026-10-01")
    soon = manager.post(f"{address}/parties/{WALSALL}/leave", json={"on": "2026-05-01"})
    assert (soon.status_code, soon.json()["type"]) == (409, "/problems/notice-too-short")
    left = manager.post(f"{address}/parties/{WALSALL}/leave", json={"on": "2026-07-01"})
    assert (left.status_code, left.json()["left_on"]) == (200, "2026-07-01")
    assert (
        manager.post(f"{address}/parties/{WOLVERHAMPTON}/leave", json={"on": "2026-07-01"}).status_code == 404
    )


def test_whoever_only_reads_agreements_changes_none(doors):
    for role in ("officer", "commissioner", "auditor"):
        assert doors.as_(role).post("/api/v1/agreements", json=MADE).status_code == 403
    for role in ("provider", "referrer"):
        assert doors.as_(role).get("/api/v1/agreements").status_code == 403
