"""Figures over HTTP: who is told which, of which months; small numbers of people are in none of them."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from gateway.accounts.tables import AccountRow
from gateway.agreements.append_schedule import append_schedule
from gateway.agreements.make import make_agreement
from gateway.agreements.tables import AccessGroup, AgreementKind
from gateway.agreements.terms import Clause, Purchase
from gateway.placements.answering import accept_offer
from gateway.placements.moving_in import move_in
from gateway.placements.offering import make_offer
from gateway.records.write import write
from gateway.stay import Stay
from tests.gateway.ground import (
    BIRMINGHAM,
    DUDLEY,
    MANAGER,
    NOW,
    OFFICER,
    TODAY,
    agency,
    authorities,
    person,
    provider,
    referral,
    service,
)

ALL = ("demand", "waits", "offers", "placements", "units", "repeats", "agreements")
MARCH = {"from_day": "2026-03-01", "until": "2026-04-01"}


def world(work):
    """Of seven people from Birmingham six live in S-1, and two of three from Dudley in S-2."""
    authorities(work)
    agency(work)
    provider(work)
    service(work, "S-1", units=8)
    service(work, "S-2", units=3, authority=DUDLEY)
    people = [(BIRMINGHAM, "U-1")] * 7 + [(DUDLEY, "U-2")] * 3
    for number, (home, _) in enumerate(people, start=1):
        person(work, f"P-{number}")
        referral(work, f"R-{number}", person=f"P-{number}", authority_id=home, tier="hub")
    homes = {1: "U-1-1", 2: "U-1-2", 3: "U-1-3", 4: "U-1-4", 5: "U-1-5", 6: "U-1-6", 8: "U-2-1", 9: "U-2-2"}
    for number, unit in homes.items():
        offer = make_offer(
            f"R-{number}", [unit], from_day=TODAY, answer_by=None, by=OFFICER, at=NOW, work=work
        )
        accept_offer(offer.id, by=OFFICER, at=NOW, work=work)
        move_in(offer.id, on_day=TODAY, by=OFFICER, at=NOW, work=work)
    term = Stay(date(2026, 3, 1), date(2028, 3, 1))
    paper = {"kind": AgreementKind.JOINT_PURCHASE, "lead_id": BIRMINGHAM, "term": term}
    made = make_agreement(
        "Hub", parties=[BIRMINGHAM, DUDLEY], services=["S-1"], **paper, by=MANAGER, at=NOW, work=work
    )
    bought = [
        Purchase(service_id="S-1", authority_id=each, units=4, price=Decimal(100))
        for each in (BIRMINGHAM, DUDLEY)
    ]
    nobody = Clause(clause="1", group=AccessGroup.NON_PARTY, max_units=0)
    terms = {"from_day": term.from_day, "purchases": bought, "clauses": [nobody]}
    append_schedule(made.id, 1, **terms, by=MANAGER, at=NOW, work=work)


@pytest.fixture
def doors(entrance, clock):
    entrance.store.transact(world)
    clock.on(days=40)
    return entrance


@pytest.fixture
def of_dudley(doors):
    """A commissioner who works for Dudley."""
    client = doors.as_("commissioner", id="commissioner-dudley")

    def works_for(work):
        row = work.get(AccountRow, "commissioner-dudley")
        row.authority_id = DUDLEY
        write(work, row, what="set up", by=MANAGER, at=NOW, about=[row.id])

    doors.store.transact(works_for)
    return client


def told(client, name, **params):
    answer = client.get(f"/api/v1/figures/{name}", params=MARCH | params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_figures_are_for_those_who_may_read_them(doors):
    for name in ALL:
        assert doors.stranger.get(f"/api/v1/figures/{name}", params=MARCH).status_code == 401
        for role in ("referrer", "provider", "administrator"):
            assert doors.as_(role).get(f"/api/v1/figures/{name}", params=MARCH).status_code == 403
        for role in ("officer", "duty_manager", "commissioner", "auditor"):
            told(doors.as_(role), name)


WRONG = [
    ({"from_day": "2026-03-02"}, {"query:from_day"}),
    ({"until": "2026-05-01"}, {"query:until"}),
    ({"from_day": "2026-03-15", "until": "2026-03-20"}, {"query:from_day", "query:until"}),
    ({"until": "x"}, {"query:until"}),
    ({"authority": "Dudley"}, {"query:authority"}),
]


def test_only_whole_months_that_have_ended_are_told(doors):
    client = doors.as_("commissioner")
    for name in ALL:
        for params, pointers in WRONG:
            answer = client.get(f"/api/v1/figures/{name}", params=MARCH | params)
            assert answer.status_code == 422, answer.text
            assert {each["pointer"] for each in answer.json()["errors"]} == pointers


def test_a_commissioner_asks_for_the_own_authority_or_for_all(of_dudley):
    for name in ALL:
        told(of_dudley, name)
        told(of_dudley, name, authority=DUDLEY)
        for other in (BIRMINGHAM, "E99999999"):
            answer = of_dudley.get(f"/api/v1/figures/{name}", params=MARCH | {"authority": other})
            assert answer.status_code == 404
            assert answer.json()["detail"].replace(other, "X") == "There is no authority X."


def test_demand_hides_small_numbers_and_rounds_the_others(doors):
    found = told(doors.as_("commissioner"), "demand")
    assert found["tier"] == {
        "referrals": {"rows": {"hub": 10}, "total": 10},
        "placements": {"rows": {"hub": 10}, "total": 10},
        "units": {"hub": 11},
    }
    assert found["authority_of"]["referrals"] == {"rows": {BIRMINGHAM: 5, DUDLEY: None}, "total": 10}
    assert found["authority_of"]["units"] == {BIRMINGHAM: 8, DUDLEY: 3}
    assert (found["lot"]["referrals"], found["band"]["units"]) == (None, None)


def test_whoever_works_for_one_authority_sees_the_others_as_one(of_dudley):
    rows = told(of_dudley, "demand")["authority_of"]
    assert rows["referrals"]["rows"].keys() == {DUDLEY, "others"}
    assert rows["units"] == {DUDLEY: 3, "others": 8}
    assert told(of_dudley, "waits")["authority_of"].keys() == {DUDLEY, "others"}
    (agreement,) = told(of_dudley, "agreements")["items"]
    assert [each["authority"] for each in agreement["accounts"]] == [DUDLEY]
    assert agreement["together"]["authority"] is None
    assert BIRMINGHAM not in json.dumps([told(of_dudley, name) for name in ALL])


def test_few_people_from_an_authority_are_in_no_figure_of_it(of_dudley):
    found = {name: told(of_dudley, name, authority=DUDLEY) for name in ALL}
    assert found["demand"]["tier"]["referrals"] == {"rows": {"hub": None}, "total": None}
    assert found["waits"]["all"] == {"people": None, "median": None, "p90": None}
    assert found["offers"]["outcomes"] == {"rows": {"taken_up": None}, "total": None}
    assert found["offers"]["providers"]["V-1"] == {
        "name": "Alder",
        "answered": None,
        "refused": 0,
        "ratio": None,
    }
    assert found["placements"]["begun"] == {"rows": {"hub": None}, "total": None}
    assert found["units"]["all"]["units"] == 3
    assert found["units"]["all"]["occupied_days"] is None


def test_unit_weeks_are_those_of_the_ledger(doors):
    (agreement,) = told(doors.as_("commissioner"), "agreements")["items"]
    days = 6 * (date(2026, 4, 1) - TODAY).days
    assert agreement["together"]["used_weeks"] == f"{days / 7:.2f}"
    assert agreement["counted_to"] == "2026-04-01"


def test_agreements_come_page_by_page(doors):
    client = doors.as_("commissioner")
    assert told(client, "agreements", size=1)["next"] is None
    answer = client.get("/api/v1/figures/agreements", params=MARCH | {"after": "x"})
    assert answer.status_code == 422


def test_no_figure_tells_of_a_person(doors):
    everything = json.dumps([told(doors.as_("officer"), name) for name in ALL])
    assert "P-" not in everything
    assert "R-" not in everything


def test_a_month_without_anything_is_empty(doors, clock):
    empty = {"from_day": "2025-01-01", "until": "2025-02-01"}
    client = doors.as_("commissioner")
    assert told(client, "demand", **empty)["tier"]["referrals"] == {"rows": {}, "total": 0}
    assert told(client, "waits", **empty)["all"] is None
    assert told(client, "placements", **empty)["kpi2"] is None
    assert told(client, "agreements", **empty)["items"] == []
    assert clock.now - NOW == timedelta(days=40)
