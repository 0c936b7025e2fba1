"""A plan is written the same way every time, and read back whole or refused with everything that is wrong."""

import json
import sys
from types import MappingProxyType

import pytest
from hypothesis import given

from allocation.exchange import (
    InvalidDocument,
    digest,
    dumps,
    plan_document,
    plan_in,
    plan_of,
    problem_of,
    read_plan,
    write_plan,
)
from allocation.plan import (
    Converted,
    Placement,
    Plan,
    Reason,
    Status,
    Summary,
    Unlock,
    Unplaced,
    Unproved,
)
from tests.allocation.exchange_documents import changed, damaged, example, plans

PROBLEM = problem_of(example())


def plan(**parts):
    """A plan for the example in which every key of the format is used."""
    summary = Summary(
        people=3,
        placed=2,
        unplaced=1,
        stayed=1,
        moved=0,
        placed_by_band={10: (0, 0), 2: (1, 1), 1: (1, 2)},
        cost=85,
        cost_bound=80,
        conversions=4,
        method="network+integer",
        unproved=(Unproved(level="cost", value=85, bound=80),),
        message="Stopped at the time limit.",
    )
    reasons = (
        Reason(code="capacity", service="S-02", text="No unit is left at S-02."),
        Reason(code="quota", quota="hub", text="The hub quota is used up."),
        Reason(code="unsuitable", service="S-07", rule="not_listed", text="S-07 is not listed."),
    )
    unlocks = (
        Unlock(kind="pool", service="S-02", pool="f"),
        Unlock(kind="quota", quota="hub", units=2),
        Unlock(kind="conversion", service="S-02", source="m", target="f"),
    )
    known = {
        "problem_sha256": digest(PROBLEM),
        "status": Status.FEASIBLE,
        "summary": summary,
        "placements": (
            Placement(person="R-0001", service="S-02", pool="f", origin="S-09", cost=5),
            Placement(person="R-0044", service="S-02", pool="m", origin="S-02", cost=0),
        ),
        "unplaced": (Unplaced(person="R-0002", reasons=reasons, unlocks=unlocks, unlocks_complete=False),),
        "conversions": (Converted(service="S-02", source="m", target="f", units=4),),
        "steps": (("R-0001",),),
        "certificate": {"parts": [[{"levels": ["cost"], "prices": [["hub", 0.5]]}]]},
        "run": {"seconds": 0.25},
    }
    return Plan(**known | parts)


def told(document, problem=PROBLEM):
    """What is wrong with a document, one line a fault; nothing if it can be read."""
    try:
        plan_of(document, problem)
    except InvalidDocument as refused:
        return str(refused).splitlines()
    return []


def test_a_plan_is_written_in_one_way_a_record_a_line():
    assert dumps(plan_document(plan(problem_sha256="0" * 64))) == (
        "{\n"
        '  "format": "placement-plan/1",\n'
        f'  "problem_sha256": "{"0" * 64}",\n'
        '  "status": "feasible",\n'
        '  "summary": {\n'
        '    "people": 3,\n'
        '    "placed": 2,\n'
        '    "unplaced": 1,\n'
        '    "stayed": 1,\n'
        '    "moved": 0,\n'
        '    "placed_by_band": {\n'
        '      "1": [1, 2],\n'
        '      "2": [1, 1],\n'
        '      "10": [0, 0]\n'
        "    },\n"
        '    "cost": 85,\n'
        '    "cost_bound": 80,\n'
        '    "conversions": 4,\n'
        '    "method": "network+integer",\n'
        '    "unproved": [\n'
        '      {"level": "cost", "value": 85, "bound": 80}\n'
        "    ],\n"
        '    "message": "Stopped at the time limit."\n'
        "  },\n"
        '  "placements": [\n'
        '    {"person": "R-0001", "service": "S-02", "pool": "f", "from": "S-09", "cost": 5},\n'
        '    {"person": "R-0044", "service": "S-02", "pool": "m", "from": "S-02", "cost": 0}\n'
        "  ],\n"
        '  "unplaced": [\n'
        '    {"person": "R-0002", "reasons": ['
        '{"code": "capacity", "service": "S-02", "text": "No unit is left at S-02."}, '
        '{"code": "quota", "quota": "hub", "text": "The hub quota is used up."}, '
        '{"code": "unsuitable", "service": "S-07", "rule": "not_listed", "text": "S-07 is not listed."}], '
        '"unlocks": ['
        '{"kind": "pool", "service": "S-02", "pool": "f", "units": 1}, '
        '{"kind": "quota", "quota": "hub", "units": 2}, '
        '{"kind": "conversion", "service": "S-02", "from": "m", "to": "f", "units": 1}], '
        '"unlocks_complete": false}\n'
        "  ],\n"
        '  "conversions": [\n'
        '    {"service": "S-02", "from": "m", "to": "f", "units": 4}\n'
        "  ],\n"
        '  "steps": [\n'
        '    ["R-0001"]\n'
        "  ],\n"
        '  "certificate": {\n'
        '    "parts": [\n'
        "      [\n"
        '        {"levels": ["cost"], "prices": [["hub", 0.5]]}\n'
        "      ]\n"
        "    ]\n"
        "  },\n"
        '  "run": {"seconds": 0.25}\n'
        "}\n"
    )


def test_what_there_is_none_of_is_left_out():
    bare = Summary(
        people=1,
        placed=1,
        unplaced=0,
        stayed=0,
        moved=0,
        placed_by_band={1: (1, 1)},
        cost=0,
        cost_bound=0,
        conversions=0,
        method="network",
    )
    newcomer = Placement(person="R-0002", service="S-07", pool="u", origin=None, cost=0)
    document = plan_document(plan(summary=bare, placements=(newcomer,)))
    assert document["placements"] == [{"person": "R-0002", "service": "S-07", "pool": "u", "cost": 0}]
    assert list(document["summary"])[-1] == "method"
    assert list(document)[-1] == "run"


def test_a_plan_of_the_example_reads_back_from_its_file_as_it_was(tmp_path):
    write_plan(plan(), tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json", PROBLEM) == plan()


@given(some=plans())
def test_any_plan_reads_back_as_it_was_and_is_written_the_same_again(some):
    text = dumps(plan_document(some))
    again = plan_in(text.encode())
    assert again == some
    assert dumps(plan_document(again)) == text


def test_frozen_certificates_and_tuples_are_written_as_plain_json():
    frozen = MappingProxyType({"parts": (MappingProxyType({"levels": ("cost",)}),)})
    assert plan_document(plan(certificate=frozen))["certificate"] == {"parts": [{"levels": ["cost"]}]}


def test_a_certificate_with_keys_that_are_not_text_cannot_be_written():
    with pytest.raises(TypeError, match="is text, not 7"):
        plan_document(plan(certificate={"prices": {7: 1}}))


def test_faults_of_json_and_of_the_plan_are_told_together():
    text = (
        dumps(plan_document(plan()))
        .replace('"seconds": 0.25', '"seconds": NaN')
        .replace('"moved": 0', '"moved": -1')
    )
    with pytest.raises(InvalidDocument) as caught:
        plan_in(text.encode())
    assert str(caught.value).splitlines() == [
        "summary.moved: is -1, must be from 0 to 9007199254740992",
        "run.seconds: is NaN, which is not JSON",
    ]


def nested(depth):
    return {"a": nested(depth - 1)} if depth else {}


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (["format"], "placement-problem/1", "format: is 'placement-problem/1', must be 'placement-plan/1'"),
        (
            ["problem_sha256"],
            "ABC",
            "problem_sha256: is 'ABC', must be 64 hexadecimal digits in small letters",
        ),
        (["status"], "best", "status: is 'best', must be one of optimal, feasible, infeasible"),
        (["summary"], [], "summary: is a list, must be an object"),
        (["summary", "cost"], 1.5, "summary.cost: is 1.5, must be a whole number"),
        (["summary", "placed_by_band"], [], "summary.placed_by_band: is a list, must be an object"),
        (
            ["summary", "placed_by_band", "01"],
            [1, 1],
            'summary.placed_by_band["01"]: is not a band; bands are whole numbers from 1',
        ),
        (
            ["summary", "placed_by_band", "1"],
            [1],
            'summary.placed_by_band["1"]: is a list, must be the number placed and the number of people',
        ),
        (
            ["summary", "placed_by_band", "1"],
            [3, 2],
            'summary.placed_by_band["1"]: says 3 of 2 people are placed',
        ),
        (
            ["summary", "placed_by_band", "1"],
            [True, 2],
            'summary.placed_by_band["1"]: is true, must be a whole number',
        ),
        (["summary", "unproved", 0, "level"], 1, "summary.unproved[0].level: is 1, must be text"),
        (["summary", "unproved"], None, "summary.unproved: is null, must be a list"),
        (["placements", 0, "person"], "R-9", "placements[0].person: names no person: 'R-9'"),
        (
            ["placements", 1, "person"],
            "R-0001",
            "placements[1].person: repeats 'R-0001', already at placements[0]",
        ),
        (["placements", 0, "service"], "S-1", "placements[0].service: names no service: 'S-1'"),
        (["placements", 0, "pool"], "x", "placements[0].pool: names no pool of S-02: 'x'"),
        (["placements", 0, "from"], "S-1", "placements[0].from: names no service: 'S-1'"),
        (["placements", 0, "cost"], -1, "placements[0].cost: is -1, must be from 0 to 9007199254740992"),
        (
            ["unplaced", 0, "person"],
            "R-0044",
            "unplaced[0].person: repeats 'R-0044', already at placements[1]",
        ),
        (["unplaced", 0, "reasons"], {}, "unplaced[0].reasons: is an object, must be a list"),
        (
            ["unplaced", 0, "reasons", 0, "service"],
            "S-1",
            "unplaced[0].reasons[0].service: names no service: 'S-1'",
        ),
        (["unplaced", 0, "reasons", 1, "quota"], "Q", "unplaced[0].reasons[1].quota: names no quota: 'Q'"),
        (
            ["unplaced", 0, "reasons", 1, "why"],
            "Q",
            "unplaced[0].reasons[1].why: is not a key of this format here",
        ),
        (
            ["unplaced", 0, "unlocks", 0, "kind"],
            "bed",
            "unplaced[0].unlocks[0].kind: is 'bed', must be one of pool, quota, conversion",
        ),
        (
            ["unplaced", 0, "unlocks", 0, "pool"],
            "x",
            "unplaced[0].unlocks[0].pool: names no pool of S-02: 'x'",
        ),
        (
            ["unplaced", 0, "unlocks", 0, "pool"],
            None,
            "unplaced[0].unlocks[0].pool: is missing from an unlock of kind pool",
        ),
        (
            ["unplaced", 0, "unlocks", 0, "to"],
            "f",
            "unplaced[0].unlocks[0].to: does not belong in an unlock of kind pool",
        ),
        (
            ["unplaced", 0, "unlocks", 2, "from"],
            "x",
            "unplaced[0].unlocks[2].from: names no pool of S-02: 'x'",
        ),
        (
            ["unplaced", 0, "unlocks", 1, "units"],
            0,
            "unplaced[0].unlocks[1].units: is 0, must be from 1 to 1000000000",
        ),
        (["unplaced", 0, "unlocks_complete"], 0, "unplaced[0].unlocks_complete: is 0, must be true or false"),
        (["conversions", 0, "to"], "x", "conversions[0].to: names no pool of S-02: 'x'"),
        (["conversions", 0, "units"], 0, "conversions[0].units: is 0, must be from 1 to 1000000000"),
        (["steps", 0], "R-0001", "steps[0]: is 'R-0001', must be a list"),
        (["steps", 0, 0], 1, "steps[0][0]: is 1, must be text"),
        (["steps", 0, 0], "R-9", "steps[0][0]: names no person: 'R-9'"),
        (["certificate"], [], "certificate: is a list, must be an object"),
        (
            ["certificate", "parts", 0, 0, "levels"],
            float("inf"),
            "certificate.parts[0][0].levels: is inf, must be a JSON value",
        ),
        (["certificate", "parts"], {1, 2}, "certificate.parts: is a set, must be a JSON value"),
        (["certificate", "parts"], "\udc00", "certificate.parts: holds half a character: '\\udc00'"),
        (["certificate", "\udc00"], 1, "certificate: has a key that holds half a character: '\\udc00'"),
        (["run", "seconds"], {7: 1}, "run.seconds: has a key that is not text: 7"),
        (["run"], nested(101), f"run.{'a.' * 99}a: is nested more than 100 deep"),
        (["extra"], 1, "extra: is not a key of this format here"),
    ],
)
def test_each_fault_is_told_alone_with_its_path(path, value, fault):
    assert told(changed(plan_document(plan()), path, value)) == [fault]


def test_a_conversion_told_twice_is_refused():
    document = plan_document(plan())
    document["conversions"] *= 2
    assert told(document) == ["conversions[1]: repeats an earlier conversion between the same pools"]


def test_all_faults_are_told_in_one_pass_in_the_order_of_the_format():
    document = {
        "run": 1,
        "steps": [["R-9", 1]],
        "conversions": [{"service": "S-02", "from": "m", "to": "z"}],
        "unplaced": [{"person": "R-0001", "reasons": [{"code": ""}], "unlocks": [3]}, {"person": "R-9"}],
        "placements": [{"person": "R-0001", "service": "S-02", "pool": "x"}, None],
        "summary": {"people": "three"},
        "format": "placement-plan/1",
        "colour": "red",
    }
    missing = (
        "placed",
        "unplaced",
        "stayed",
        "moved",
        "placed_by_band",
        "cost",
        "cost_bound",
        "conversions",
        "method",
    )
    assert told(document) == [
        "colour: is not a key of this format here",
        "problem_sha256: is missing",
        "status: is missing",
        "summary.people: is 'three', must be a whole number",
        *(f"summary.{name}: is missing" for name in missing),
        "placements[0].cost: is missing",
        "placements[0].pool: names no pool of S-02: 'x'",
        "placements[1]: is null, must be an object",
        "unplaced[0].reasons[0].code: is empty",
        "unplaced[0].reasons[0].text: is missing",
        "unplaced[0].unlocks[0]: is 3, must be an object",
        "unplaced[0].person: repeats 'R-0001', already at placements[0]",
        "unplaced[1].reasons: is missing",
        "unplaced[1].person: names no person: 'R-9'",
        "conversions[0].units: is missing",
        "conversions[0].to: names no pool of S-02: 'z'",
        "steps[0][1]: is 1, must be text",
        "run: is 1, must be an object",
    ]


def test_without_its_problem_nobody_can_say_what_a_plan_names_in_vain():
    assert told(changed(plan_document(plan()), ["placements", 0, "service"], "S-1"), problem=None) == []


def test_a_certificate_as_deep_as_a_stack_is_refused_without_one():
    deep = {}
    for _ in range(10 * sys.getrecursionlimit()):
        deep = {"a": deep}
    (fault,) = told(changed(plan_document(plan()), ["run"], {}) | {"certificate": deep})
    assert fault.endswith("is nested more than 100 deep")


@given(document=damaged(plan_document(plan())))
def test_a_damaged_plan_is_read_or_refused_and_nothing_else(document):
    for fault in told(document):
        assert json.dumps(fault)
