"""Allocation runs over HTTP: from the start to the offers, with the worker's part done in between."""

import json

import pytest

from allocation.certify import certify
from allocation.exchange import plan_in, problem_in
from gateway.allocation_runs.offering import make_offers
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.tables import RedesignationRequestRow, RequestStatus
from gateway.people.tables import PersonRow
from gateway.records.write import write
from tests.gateway.allocation_runs.worlds import ground, settle, two_services, waiting
from tests.gateway.ground import MANAGER, NOW, OFFICER, TODAY, provider, put, service

API = "/api/v1"


@pytest.fixture
def doors(entrance):
    entrance.store.transact(two_services)
    return entrance


def started(doors, **facts):
    answer = doors.as_("officer").post(f"{API}/runs", json={"as_of": f"{TODAY}"} | facts)
    assert answer.status_code == 202, answer.text
    return answer.json()["asked"]["run"]


def done(doors, **facts):
    run_id = started(doors, **facts)
    perform(doors.store, run_id, by=MANAGER)
    return run_id


def lines(doors, run_id, **params):
    answer = doors.as_("officer").get(f"{API}/runs/{run_id}/lines", params=params)
    return {each["referral_id"]: each for each in answer.json()["items"]}


def restrict(work, person_id="P-1"):
    row = work.get(PersonRow, person_id)
    row.restricted = True
    write(work, row, what="set up", by=OFFICER, at=NOW)


def test_a_run_is_queued_with_its_task_and_the_workers_are_woken(doors):
    woken = []
    doors.app.state.wake = lambda: woken.append(True)
    officer = doors.as_("officer")
    key = {"Idempotency-Key": "one"}
    first = officer.post(f"{API}/runs", json={"as_of": f"{TODAY}"}, headers=key)
    again = officer.post(f"{API}/runs", json={"as_of": f"{TODAY}"}, headers=key)
    assert (first.status_code, first.text, bool(woken)) == (202, again.text, True)
    task = first.json()
    assert first.headers["location"] == f"{API}/tasks/{task['id']}"
    assert (task["kind"], task["status"]) == ("run", "queued")
    assert officer.get(first.headers["location"]).json() == task
    (listed,) = officer.get(f"{API}/runs").json()["items"]
    assert (listed["id"], listed["status"]) == (task["asked"]["run"], "queued")


def test_from_the_start_to_the_offers(doors):
    officer = doors.as_("officer")
    run_id = done(doors, tiers=["hub"])
    run = officer.get(f"{API}/runs/{run_id}").json()
    assert (run["status"], run["tiers"], run["as_of"]) == ("proposed", ["hub"], f"{TODAY}")
    assert sum(each["lines"] for each in run["counts"]) == 3
    there = lines(doors, run_id)
    assert officer.get(f"{API}/lines/{there['R-1']['id']}").json() == there["R-1"]
    told = officer.get(f"{API}/runs/{run_id}/referrals/R-1").json()
    assert told["place"]["service"] == there["R-1"]["service_id"]
    assert {each["service"] for each in told["choices"]} == {"S-1", "S-2"}
    agreed = officer.post(f"{API}/runs/{run_id}/bands/1/agree").json()["items"]
    assert {each["status"] for each in agreed} == {"agreed"}
    asked = officer.post(f"{API}/runs/{run_id}/offers", json={"answer_by": None})
    assert (asked.status_code, asked.json()["asked"]) == (202, {"answer_by": None, "run": run_id})
    made = make_offers(doors.store, run_id, by=MANAGER, answer_by=None)
    assert len(made) == len(agreed) == 3
    assert {each["status"] for each in lines(doors, run_id).values()} == {"offered"}
    closed = officer.post(f"{API}/runs/{run_id}/close")
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    late = officer.post(f"{API}/runs/{run_id}/offers", json={"answer_by": None})
    assert late.status_code == 409


def test_the_problem_and_the_plan_are_documents_that_the_checker_accepts(doors):
    run_id = done(doors)
    problem, plan = (
        doors.as_("officer").get(f"{API}/runs/{run_id}/{name}").content for name in ("problem", "plan")
    )
    asked = problem_in(problem)
    assert certify(asked, plan_in(plan, asked)).holds
    assert not {b"R-1", b"P-1"} & {word.strip(b'",:') for word in (problem + plan).split()}


def test_there_is_no_plan_before_the_run_is_done(doors):
    run_id = started(doors)
    officer = doors.as_("officer")
    for path in ("problem", "plan", "referrals/R-1"):
        assert officer.get(f"{API}/runs/{run_id}/{path}").status_code == 409
    cancelled = officer.post(f"{API}/runs/{run_id}/cancel").json()
    assert cancelled["status"] == "cancelled"
    (task,) = [officer.post(f"{API}/runs/{run_id}/retry")]
    assert task.status_code == 409


def test_an_officer_changes_a_line_with_a_reason_from_what_they_saw(doors):
    run_id = done(doors)
    line = lines(doors, run_id)["R-1"]
    officer, path = doors.as_("officer"), f"{API}/lines/{line['id']}"
    other = {"S-1": "S-2", "S-2": "S-1"}[line["service_id"]]
    seen = {"If-Match": f'"{line["version"]}"'}
    without = officer.post(f"{path}/decision", json={"decision": "change"}, headers=seen)
    assert {each["pointer"] for each in without.json()["errors"]} == {"#/service_id", "#/reason"}
    change = {"decision": "change", "service_id": other, "reason": "nearer to her school"}
    assert officer.post(f"{path}/decision", json=change).status_code == 428
    changed = officer.post(f"{path}/decision", json=change, headers=seen)
    assert (changed.json()["status"], changed.json()["chosen_service_id"]) == ("changed", other)
    assert officer.post(f"{path}/decision", json=change, headers=seen).status_code == 412


def test_who_must_be_looked_at_singly_is_looked_at_before(entrance):
    def world(work):
        ground(work)
        service(work, "S-1", units=1)
        waiting(work, 1, rank=1)
        waiting(work, 2, rank=1)

    entrance.store.transact(world)
    run_id = done(entrance)
    (line,) = [each for each in lines(entrance, run_id, singly=True).values() if each["service_id"]]
    officer, path = entrance.as_("officer"), f"{API}/lines/{line['id']}"
    assert officer.post(f"{API}/runs/{run_id}/bands/1/agree").json() == {"items": []}
    seen = {"If-Match": f'"{line["version"]}"'}
    early = officer.post(f"{path}/decision", json={"decision": "agree"}, headers=seen)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-looked-at")
    view = officer.post(f"{path}/views", json={"seconds": 40, "alternatives_shown": 0})
    assert (view.status_code, view.json()["line_id"]) == (201, line["id"])
    assert officer.post(f"{path}/decision", json={"decision": "agree"}, headers=seen).status_code == 200


def test_a_line_whose_unit_is_gone_is_marked_and_only_that(doors):
    run_id = done(doors)
    line = lines(doors, run_id)["R-1"]
    settle(doors.store, "R-3", *line["unit_ids"])
    stale = doors.as_("officer").post(f"{API}/runs/{run_id}/mark-stale").json()["items"]
    assert {each["referral_id"] for each in stale} == {"R-1", "R-3"}
    assert "No longer to be had" in {each["referral_id"]: each for each in stale}["R-1"]["stale_because"]


def test_a_restricted_persons_line_is_not_there(doors):
    run_id = done(doors)
    line = lines(doors, run_id)["R-1"]["id"]
    doors.store.transact(restrict)
    officer = doors.as_("officer")
    assert set(lines(doors, run_id)) == {"R-2", "R-3"}
    assert officer.get(f"{API}/lines/{line}").status_code == 404
    assert officer.get(f"{API}/runs/{run_id}/referrals/R-1").status_code == 404
    look = {"seconds": 1, "alternatives_shown": 0}
    assert officer.post(f"{API}/lines/{line}/views", json=look).status_code == 404


def test_lines_are_found_by_what_they_are_and_read_page_by_page(doors):
    run_id = done(doors)
    assert lines(doors, run_id, band=2) == lines(doors, run_id, status="agreed") == {}
    seen, after = [], None
    for _ in range(3):
        params = {"size": 1} | ({"after": after} if after else {})
        page = doors.as_("officer").get(f"{API}/runs/{run_id}/lines", params=params).json()
        seen += [each["id"] for each in page["items"]]
        after = page["next"]
    assert (len(set(seen)), seen, after) == (3, sorted(seen), None)
    for place in (
        "WzEwMDAwMDAwMDAwMCwiTCJd",
        "WzFd",
        "W3RydWUsIkwiXQ",
    ):  # [100000000000,"L"], [1], [true,"L"]
        answer = doors.as_("officer").get(f"{API}/runs/{run_id}/lines", params={"after": place})
        assert answer.status_code == 422


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"#/as_of"}),
        ({"as_of": "2026-03-02", "tiers": ["attic"]}, {"#/tiers/0"}),
        ({"as_of": "2026-03-02", "lots": ["attic"], "authorities": ["E99"]}, {"#/lots", "#/authorities"}),
        ({"as_of": "0001-01-01", "max_moves": -1}, {"#/as_of", "#/max_moves"}),
    ],
)
def test_a_scope_that_is_wrong_is_told_with_all_its_places(doors, body, pointers):
    answer = doors.as_("officer").post(f"{API}/runs", json=body)
    assert answer.status_code == 422
    assert {each["pointer"] for each in answer.json()["errors"]} == pointers


def test_a_provider_answers_only_what_was_asked_of_its_own_units(doors):
    run_id = done(doors)

    def asked(work):
        provider(work, "V-2")
        row = {"run_id": run_id, "status": RequestStatus.ASKED, "asked_at": NOW}
        put(
            work,
            RedesignationRequestRow(id="Q-1", unit_id="U-1-1", to_pool="female", **row),
            RedesignationRequestRow(id="Q-2", unit_id="U-1-2", to_pool="female", **row),
        )

    doors.store.transact(asked)
    path, other = f"{API}/redesignation-requests", doors.as_("provider", of="V-2")
    assert other.get(path).json()["items"] == []
    assert other.post(f"{path}/Q-1/agree", json={"from_day": f"{TODAY}"}).status_code == 404
    own = doors.as_("provider")
    first = own.get(path, params={"size": 1}).json()
    (second,) = own.get(path, params={"size": 1, "after": first["next"]}).json()["items"]
    assert (first["items"][0]["id"], second["id"], second["run_id"]) == ("Q-1", "Q-2", None)
    agreed = own.post(f"{path}/Q-1/agree", json={"from_day": f"{TODAY}"})
    refused = own.post(f"{path}/Q-2/refuse", json={"why": "two sisters share it"})
    assert (agreed.json()["status"], refused.json()["answer"]) == ("agreed", "two sisters share it")
    assert own.post(f"{path}/Q-2/agree", json={"from_day": f"{TODAY}"}).status_code == 409
    of_run = doors.as_("officer").get(f"{API}/runs/{run_id}/redesignation-requests").json()["items"]
    assert [each["run_id"] for each in of_run] == [run_id, run_id]


def test_where_could_this_person_go(doors):
    officer = doors.as_("officer")
    first = officer.get(f"{API}/referrals/R-1/places", params={"size": 1}).json()
    second = officer.get(f"{API}/referrals/R-1/places", params={"size": 1, "after": first["next"]}).json()
    places = [*first["items"], *second["items"]]
    assert ([each["service_id"] for each in places], second["next"]) == (["S-1", "S-2"], None)
    assert (places[0]["suitable"], places[0]["free_unit_ids"]) == (True, ["U-1-1", "U-1-2"])
    assert officer.get(f"{API}/referrals/R-1/places", params={"tier": "floating"}).json()["items"] == []
    assert officer.get(f"{API}/referrals/R-9/places").status_code == 404
    assert doors.as_("provider").get(f"{API}/referrals/R-1/places").status_code == 403


def test_roles_that_decide_nothing_see_no_run(doors):
    run_id = done(doors)
    for role in ("provider", "referrer", "commissioner", "auditor", "administrator"):
        assert doors.as_(role).get(f"{API}/runs/{run_id}").status_code == 403
    assert doors.stranger.get(f"{API}/runs/{run_id}").status_code == 401


def test_what_is_asked_of_the_worker_holds_no_name(doors):
    task = doors.as_("officer").post(f"{API}/runs", json={"as_of": f"{TODAY}"}).json()
    assert set(json.loads(json.dumps(task["asked"]))) == {"run"}
