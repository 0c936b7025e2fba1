"""The JSON Schemas accept what is written, and whatever they refuse, reading refuses too."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from allocation.exchange import (
    InvalidDocument,
    canonical,
    digest,
    dumps,
    keys,
    parse,
    plan_document,
    plan_keys,
    plan_of,
    problem_of,
)
from tests.allocation.exchange_documents import (
    SCHEMAS,
    changed,
    damaged,
    example,
    plans,
    problem_documents,
    schema,
)
from tests.allocation.test_exchange_plan import plan

PROBLEM, PLAN = schema("problem"), schema("plan")
PROBLEM_PARTS = ("person", "service", "pool", "conversion", "option", "quota", "limits")
PLAN_PARTS = ("summary", "unproved", "placement", "unplaced", "reason", "converted")
DOCUMENTATION = (Path(__file__).parents[2] / "docs" / "problem-format.md").read_text("utf-8")


def is_read(read, document):
    try:
        read(document)
    except InvalidDocument:
        return False
    return True


@pytest.mark.parametrize("file", sorted(SCHEMAS.iterdir()), ids=lambda file: file.stem)
def test_each_schema_is_one(file):
    Draft202012Validator.check_schema(json.loads(file.read_text("utf-8")))


def test_the_documentation_shows_a_problem_and_a_plan_for_it():
    problem, answer = (
        parse(block.encode()) for block in re.findall(r"```json\n(.*?)```", DOCUMENTATION, re.DOTALL)
    )
    PROBLEM.validate(problem)
    PLAN.validate(answer)
    assert plan_of(answer, problem_of(problem)).problem_sha256 == digest(problem_of(problem))


@pytest.mark.parametrize("validator", [PROBLEM, PLAN], ids=["problem", "plan"])
def test_the_documentation_lists_every_key_of_the_schemas(validator):
    shapes = [validator.schema, *validator.schema["$defs"].values()]
    names = {name for shape in shapes for name in shape.get("properties", {})}
    listed = {
        name
        for line in DOCUMENTATION.splitlines()
        if line[:2] == "| "
        for name in re.findall(r"`(\w+)`", line)
    }
    assert names <= listed


READ = [
    (PROBLEM.schema, keys.PROBLEM),
    *((PROBLEM.schema["$defs"][name], getattr(keys, name.upper())) for name in PROBLEM_PARTS),
    (PLAN.schema, plan_keys.PLAN),
    *((PLAN.schema["$defs"][name], getattr(plan_keys, name.upper())) for name in PLAN_PARTS),
]


@pytest.mark.parametrize(("shape", "table"), READ)
def test_reading_and_the_schemas_know_the_same_keys_and_require_the_same(shape, table):
    assert list(shape["properties"]) == list(table)
    assert set(shape.get("required", [])) == {name for name, key in table.items() if key.required}


def test_the_examples_are_valid():
    PROBLEM.validate(example())
    PLAN.validate(plan_document(plan()))


@given(document=problem_documents())
def test_every_document_that_can_be_read_is_valid_as_it_came_and_as_it_is_written(document):
    PROBLEM.validate(document)
    PROBLEM.validate(json.loads(dumps(canonical(problem_of(document)))))


@given(some=plans())
def test_every_plan_that_is_written_is_valid(some):
    PLAN.validate(json.loads(dumps(plan_document(some))))


BROKEN_PROBLEMS = [
    (["format"], "placement-problem/2"),
    (["people", 0, "units"], 0),
    (["people", 0, "band"], "1"),
    (["people", 0, "score"], True),
    (["people", 0, "score"], 0.5),
    (["people", 0, "mood"], "good"),
    (["people", 0, "id"], None),
    (["people", 0, "gender"], ""),
    (["people", 1, "home"], [1, 2, 3]),
    (["people", 1, "home"], [1, 200]),
    (["people", 1, "prefers"], ["S-02", "S-02"]),
    (["services", 0, "pools"], []),
    (["services", 0, "pools", 0, "gender"], "women"),
    (["services", 0, "conversions", 0], {"from": "m"}),
    (["options", 0, "units"], 0),
    (["options", 0], ["R-0001", "S-02"]),
    (["quotas", 0, "max_units"], -1),
    (["separations", 0], ["R-0001"]),
    (["separations", 0], ["R-0001", "R-0001"]),
    (["limits", "moves"], 10**9 + 1),
]


@pytest.mark.parametrize(("path", "value"), BROKEN_PROBLEMS)
def test_a_broken_problem_is_neither_valid_nor_read(path, value):
    document = changed(example(), path, value)
    assert not PROBLEM.is_valid(document)
    assert not is_read(problem_of, document)


BROKEN_PLANS = [
    (["status"], "best"),
    (["problem_sha256"], "0" * 63),
    (["summary", "placed_by_band", "first"], [1, 1]),
    (["summary", "placed_by_band", "1"], [1]),
    (["summary", "unproved", 0, "bound"], "none"),
    (["placements", 0, "cost"], -1),
    (["placements", 0, "to"], "S-02"),
    (["unplaced", 0, "unlocks", 0, "kind"], "bed"),
    (["unplaced", 0, "unlocks", 0, "quota"], "hub"),
    (["unplaced", 0, "unlocks", 1, "units"], 0),
    (["unplaced", 0, "reasons", 0, "text"], ""),
    (["steps", 0], "R-0001"),
    (["certificate"], []),
]


@pytest.mark.parametrize(("path", "value"), BROKEN_PLANS)
def test_a_broken_plan_is_neither_valid_nor_read(path, value):
    document = changed(plan_document(plan()), path, value)
    assert not PLAN.is_valid(document)
    assert not is_read(plan_of, document)


@given(document=st.one_of(damaged(example()), problem_documents().flatmap(damaged)))
def test_a_problem_that_the_schema_refuses_is_not_read(document):
    assert PROBLEM.is_valid(document) or not is_read(problem_of, document)


@given(document=st.one_of(damaged(plan_document(plan())), plans().map(plan_document).flatmap(damaged)))
def test_a_plan_that_the_schema_refuses_is_not_read(document):
    assert PLAN.is_valid(document) or not is_read(plan_of, document)
