"""The engine over HTTP: published cases come out as published, and nothing that is sent takes it down."""

import json
import threading
import time
from pathlib import Path

import jsonschema
import pytest

from allocation.certify import certify
from allocation.exchange import plan_in, problem_in
from api.rest.engine import SMALL, SMALL_PLAN
from api.rest.engine_questions import MOST_FAULTS, MOST_PEOPLE, Question, answer_to, pointer_of_path
from api.rest.engine_room import EngineRoom, TooHard
from api.rest.exchange_schemas import PLAN, PROBLEM
from tests.gateway.allocation_runs.worlds import ground

API = "/api/v1/problems"
CASES = Path(__file__).parents[2] / "allocation" / "cases"
EXPECTED = json.loads((CASES / "expected.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def room():
    """Workers for every test of this module: to start one takes longer than to ask it."""
    room = EngineRoom()
    yield room
    room.close()


@pytest.fixture
def doors(entrance, room):
    entrance.store.transact(ground)
    entrance.app.state.engine = room
    return entrance


def asked(doors, body, path="", role="commissioner", **params):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    return doors.as_(role).post(f"{API}{path}", content=content, params=params, headers=headers)


@pytest.mark.parametrize("case", ["hr-10x4", "c0515_1"])
def test_a_published_case_comes_out_as_published(doors, case):
    problem = (CASES / f"{case}.json").read_bytes()
    answer = asked(doors, problem, time_limit_s=20)
    assert answer.status_code == 200, answer.text
    plan = answer.json()
    jsonschema.validate(plan, PLAN)
    summary = plan["summary"]
    assert (summary["placed"], summary["cost"]) == (EXPECTED[case]["placed"], EXPECTED[case]["cost"])
    read = problem_in(problem)
    assert certify(read, plan_in(answer.content, read)).holds


def test_a_plan_is_checked_and_one_that_was_tampered_with_fails(doors):
    holds = asked(doors, {"problem": SMALL, "plan": SMALL_PLAN}, "/certify").json()
    assert (holds["holds"], holds["faults"]) == (True, [])
    tampered = json.loads(json.dumps(SMALL_PLAN))
    tampered["placements"][0]["person"] = "bob"
    tampered["unplaced"] = [{"person": "ada", "reasons": []}]
    tampered["steps"] = [["bob"]]
    fails = asked(doors, {"problem": SMALL, "plan": tampered}, "/certify")
    assert (fails.status_code, fails.json()["holds"], bool(fails.json()["faults"])) == (200, False, True)
    other = {"problem": SMALL | {"people": [{"id": "ada"}, {"id": "bob"}]}, "plan": SMALL_PLAN}
    assert asked(doors, other, "/certify").json()["faults"] == [
        "The plan is for another problem: problem_sha256 differs."
    ]


def test_one_person_is_explained(doors):
    question = {"problem": SMALL, "plan": SMALL_PLAN, "person": "bob"}
    told = asked(doors, question, "/explain").json()
    assert (told["place"], told["choices"][0]["service"], told["choices_in_all"]) == (None, "north", 1)
    assert told["reasons"][0]["code"] == "outranked"
    assert told["unlocks"][0] | {"kind": "pool", "units": 1} == told["unlocks"][0]
    nobody = asked(doors, question | {"person": "cy"}, "/explain")
    assert (nobody.status_code, nobody.json()["errors"][0]["pointer"]) == (422, "#/person")


def test_where_a_problem_lists_its_options_a_choice_costs_what_is_listed(doors):
    problem = SMALL | {"options": [{"person": "ada", "service": "north", "cost": 7}]}
    plan = asked(doors, problem).json()
    for name, cost in (("ada", 7), ("bob", None)):
        told = asked(doors, {"problem": problem, "plan": plan, "person": name}, "/explain").json()
        assert told["choices"][0]["cost"] == cost


def test_everything_wrong_is_told_at_once_each_at_its_pointer(doors):
    problem = {
        "format": "placement-problem/1",
        "people": [{"id": "a", "band": 0}, {"id": "a", "units": "two"}],
        "services": [{"id": "s", "pools": [{"id": "u", "units": 10**10}]}],
        "quotas": [{"id": "q", "services": ["t"]}],
        "more/so.": 1,
    }
    answer = asked(doors, problem)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert {each["pointer"] for each in answer.json()["errors"]} >= {
        "#/people/0/band",
        "#/people/1/id",
        "#/people/1/units",
        "#/services/0/pools/0/units",
        "#/quotas/0/services",
        "#/more~1so.",
    }
    both = asked(doors, {"problem": problem, "plan": {}, "x": 1}, "/certify").json()["errors"]
    assert {"#/problem/people/0/band", "#/plan/status", "#/x"} <= {each["pointer"] for each in both}


HOSTILE = [
    (b"", 400),
    (b"\xff", 400),
    (b"[" * 100_000, 400),
    (b"[]", 422),
    (b"null", 422),
    (b'{"format": "placement-problem/1", "people": [NaN], "services": []}', 422),
    (b'{"format": "placement-problem/1", "people": [], "people": [], "services": []}', 422),
    (b'{"format": "placement-problem/1", "people": [' + b"9" * 10_000 + b'], "services": []}', 422),
    (b'{"format": "placement-problem/1", "people": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}", 422),
    (json.dumps(SMALL | {"people": [{"id": str(n)} for n in range(MOST_PEOPLE + 1)]}).encode(), 413),
    (json.dumps(SMALL | {"people": [{"id": str(n)} for n in range(100_000)]}).encode(), 413),
    (b" " * (5 * 2**20), 413),
]


def test_a_hostile_body_is_refused(doors):
    for body, status in HOSTILE:
        inside = b'{"plan": {}, "person": "a", "problem": ' + body + b"}"
        for path, sent in (("", body), ("/certify", inside), ("/explain", inside)):
            answer = asked(doors, sent, path)
            expected = {status} if not path else {status, 400, 422}
            assert answer.status_code in expected, (path, body[:40], answer.text[:300])
            assert answer.headers["content-type"] == "application/problem+json"


def test_of_very_many_faults_the_first_are_named_and_all_are_counted():
    body = json.dumps(SMALL | {"people": [{"id": "a", "x": n} for n in range(1_500)]}).encode()
    answer = answer_to(Question.SOLVE, body, 1)
    assert (len(answer.faults), answer.count > 1_500) == (MOST_FAULTS, True)


def test_another_media_type_is_not_read(doors):
    answer = doors.as_("officer").post(API, content=b"{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_who_comes_on_top_is_told_when_to_come_again(doors, room):
    while room.slots.acquire(blocking=False):
        pass
    try:
        answer = asked(doors, SMALL)
    finally:
        for _ in range(2):
            room.slots.release()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert answer.json()["type"] == "/problems/engine-busy"
    assert asked(doors, SMALL).status_code == 200


def knapsacks(count=60):
    """Households of many sizes for pools and quotas that cross: a hard one for integers."""
    people = [
        {"id": f"p{n:03}", "units": 2 + n * 7919 % 23, "authority": f"a{n % 7}", "tags": [f"t{n % 5}"]}
        for n in range(count * 4)
    ]
    services = [{"id": f"s{n:02}", "pools": [{"id": "u", "units": 31 + n % 13}]} for n in range(count)]
    quotas = [
        {"id": f"q{a}{t}", "authorities": [f"a{a}"], "tags": [f"t{t}"], "max_units": 17 + a + t}
        for a in range(7)
        for t in range(5)
    ]
    return json.dumps(
        {"format": "placement-problem/1", "people": people, "services": services, "quotas": quotas}
    ).encode()


def test_a_worker_that_does_not_come_to_an_end_is_stopped_and_the_next_question_is_answered(monkeypatch):
    room = EngineRoom(at_once=1)
    try:
        body = json.dumps(SMALL).encode()
        assert room.ask(Question.SOLVE, body, seconds=1).body
        worker = room.idle[0]
        patient = worker.ask
        monkeypatch.setattr(worker, "ask", lambda *given, **told: patient(*given, **told | {"within": 0.0}))
        with pytest.raises(TooHard, match="took too long"):
            room.ask(Question.SOLVE, knapsacks(), seconds=1)
        assert worker.process.returncode is not None
        assert room.ask(Question.SOLVE, body, seconds=1).body
    finally:
        room.close()


def test_a_worker_that_dies_is_replaced(room):
    body = json.dumps(SMALL).encode()
    room.ask(Question.SOLVE, body, seconds=1)
    room.idle[-1].process.kill()
    with pytest.raises(TooHard, match="gave it up"):
        room.ask(Question.SOLVE, body, seconds=1)
    assert room.ask(Question.SOLVE, body, seconds=1).body


def test_other_requests_are_answered_while_a_hard_problem_is_solved(doors):
    answers = []
    hard = threading.Thread(target=lambda: answers.append(asked(doors, knapsacks(), time_limit_s=2)))
    officer = doors.as_("officer")
    hard.start()
    time.sleep(0.3)
    assert officer.get("/api/v1/runs").status_code == 200
    assert hard.is_alive()
    hard.join()
    (answer,) = answers
    assert answer.status_code in {200, 422}, answer.text


def test_who_may_not_use_the_engine_is_refused(doors):
    assert asked(doors, SMALL, role="provider").status_code == 403
    assert doors.stranger.post(API, json=SMALL).status_code == 401
    assert asked(doors, SMALL, time_limit_s=31).status_code == 422


def test_the_document_carries_the_shipped_schemas_and_true_examples(doors):
    paths = doors.as_("officer").get("/api/v1/openapi.json").json()["paths"]
    body = paths["/api/v1/problems"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"] == json.loads(json.dumps(PROBLEM))
    for path in ("", "/certify", "/explain"):
        content = paths[f"/api/v1/problems{path}"]["post"]["requestBody"]["content"]["application/json"]
        for example in content["examples"].values():
            jsonschema.validate(example["value"], content["schema"])
            assert asked(doors, example["value"], path).status_code == 200
    assert '"$ref"' not in json.dumps(PROBLEM) + json.dumps(PLAN)


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("", "#"),
        ("people[3].units", "#/people/3/units"),
        ("separations[0][1]", "#/separations/0/1"),
        ('people[0]["a.b/c"].x', "#/people/0/a.b~1c/x"),
        ('["say \\"so\\""]', '#/say "so"'),
    ],
)
def test_a_path_of_the_exchange_format_is_told_as_a_pointer(path, pointer):
    assert pointer_of_path(path) == pointer
