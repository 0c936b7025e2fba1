"""A problem has one document and one digest, in whatever order it was told."""

import json
import random
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.exchange import (
    InvalidDocument,
    canonical,
    digest,
    dumps,
    parse,
    problem_in,
    problem_of,
    read_problem,
    write_problem,
)
from allocation.problem import Options, Person, Pool, Problem, Service
from tests.allocation.exchange_documents import changed, damaged, example, problem_documents, shuffled
from tests.allocation.strategies import small_problems


def columns(problem):
    options = problem.options
    return (
        None
        if options is None
        else [getattr(options, name).tolist() for name in ("person", "service", "cost", "units")]
    )


def test_the_canonical_document_is_sorted_and_leaves_defaults_out():
    assert canonical(problem_of(example())) == {
        "format": "placement-problem/1",
        "people": [
            {
                "id": "R-0001",
                "score": 37,
                "authority": "E08000025",
                "tags": ["arson", "high-risk"],
                "gender": "female",
                "age": 34,
                "client_groups": ["complex-needs"],
                "tier": "hub",
                "access_needs": ["step-free"],
                "home": [52.49, -1.89],
                "avoid_services": ["S-07"],
                "avoid_areas": ["E08000030"],
                "prefers": ["S-09", "S-02"],
                "current_service": "S-09",
                "current_pool": "u",
                "must_leave": True,
                "may_move": True,
            },
            {"id": "R-0002"},
            {
                "id": "R-0044",
                "band": 2,
                "score": 12,
                "gender": "male",
                "current_service": "S-02",
                "current_pool": "m",
            },
        ],
        "services": [
            {
                "id": "S-02",
                "tier": "hub",
                "authority": "E08000025",
                "location": [52.0, -1.9],
                "client_groups": ["complex-needs"],
                "min_age": 18,
                "max_age": 65,
                "features": ["step-free"],
                "cannot_manage": ["arson"],
                "direct_access": True,
                "pools": [
                    {"id": "f", "units": 6, "gender": "female"},
                    {"id": "m", "units": 10, "gender": "male"},
                    {"id": "r1", "units": 2, "gender": "same"},
                ],
                "conversions": [
                    {"from": "f", "to": "m"},
                    {"from": "m", "to": "f", "max_units": 4, "cost": 20},
                ],
            },
            {"id": "S-07", "pools": [{"id": "u", "units": 3}]},
            {"id": "S-09", "pools": [{"id": "u", "units": 0}]},
            {"id": "S-11", "pools": [{"id": "u", "units": 1}]},
        ],
        "options": [
            {"person": "R-0001", "service": "S-02", "cost": 5},
            {"person": "R-0001", "service": "S-07"},
            {"person": "R-0044", "service": "S-07", "cost": 3, "units": 2},
        ],
        "quotas": [
            {"id": "S-02/non-host", "services": ["S-02"], "not_authorities": ["E08000025"], "max_units": 5},
            {
                "id": "hub",
                "services": ["S-02", "S-07"],
                "authorities": ["E08000027"],
                "tags": ["high-risk"],
                "max_units": 4,
                "min_units": 1,
            },
        ],
        "separations": [["R-0001", "R-0044"]],
        "limits": {"moves": 20, "conversions": 9},
    }


def test_keys_are_written_in_the_order_of_the_format():
    written = canonical(problem_of(example()))
    assert list(written) == ["format", "people", "services", "options", "quotas", "separations", "limits"]
    assert list(written["people"][0]) == [
        name for name in example()["people"][1] if name not in ("band", "units")
    ]
    assert list(written["services"][0]) == list(example()["services"][0])
    assert list(written["quotas"][1]) == list(example()["quotas"][1])


def test_a_quota_that_selects_nobody_is_not_one_that_selects_everybody():
    base = {"format": "placement-problem/1", "people": [], "services": []}
    nobody = problem_of({**base, "quotas": [{"id": "q", "authorities": []}]})
    everybody = problem_of({**base, "quotas": [{"id": "q"}]})
    assert canonical(nobody)["quotas"] == [{"id": "q", "authorities": []}]
    assert canonical(everybody)["quotas"] == [{"id": "q"}]
    assert digest(nobody) != digest(everybody)


@given(document=problem_documents())
def test_a_problem_reads_back_from_its_document_as_it_was(document):
    problem = problem_of(document)
    again = problem_in(dumps(canonical(problem)).encode())
    for name in ("people", "services", "quotas", "separations", "limits"):
        assert getattr(again, name) == getattr(problem, name)
    assert columns(again) == columns(problem)
    assert canonical(again) == canonical(problem)
    assert digest(again) == digest(problem)


@given(problem=small_problems())
def test_a_problem_made_by_hand_reads_back_as_it_was(problem):
    again = problem_of(parse(dumps(canonical(problem)).encode()))
    assert (again.people, again.services, again.quotas) == (problem.people, problem.services, problem.quotas)
    assert columns(again) == columns(problem)
    assert digest(again) == digest(problem)


@given(data=st.data(), document=problem_documents())
def test_the_same_problem_in_another_order_has_the_same_document_and_the_same_digest(data, document):
    problem, other = problem_of(document), problem_of(data.draw(shuffled(document)))
    assert dumps(canonical(other)) == dumps(canonical(problem))
    assert digest(other) == digest(problem)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["people", 0, "id"], "R-0045"),
        (["people", 2, "band"], 2),
        (["people", 2, "score"], 1),
        (["people", 2, "units"], 2),
        (["people", 2, "authority"], "E08000025"),
        (["people", 2, "tags"], ["arson"]),
        (["people", 2, "home"], [52.0, -1.9]),
        (["people", 1, "home"], [52.49, -1.8900000000000003]),
        (["people", 1, "prefers"], ["S-02", "S-09"]),
        (["people", 1, "must_leave"], False),
        (["services", 0, "max_age"], 66),
        (["services", 1, "pools", 0, "units"], 1),
        (["services", 1, "pools", 0, "gender"], "same"),
        (["services", 0, "conversions", 1, "max_units"], 6),
        (["services", 0, "conversions", 0, "cost"], 21),
        (["options", 0, "person"], "R-0002"),
        (["options", 0, "service"], "S-09"),
        (["options", 0, "cost"], 4),
        (["options", 0, "units"], 1),
        (["options"], []),
        (["quotas", 0, "max_units"], 6),
        (["quotas", 0, "authorities"], []),
        (["separations"], []),
        (["limits"], {}),
        (["limits", "moves"], 0),
    ],
)
def test_any_change_of_what_a_problem_says_changes_its_digest_and_its_document(path, value):
    document = example()
    document["separations"] = [["R-0001", "R-0002"]]
    document["options"] = [{"person": "R-0001", "service": "S-07", "cost": 3}]
    before, after = problem_of(document), problem_of(changed(document, path, value))
    assert digest(after) != digest(before)
    assert canonical(after) != canonical(before)


@given(document=damaged(example()))
def test_problems_have_one_digest_exactly_if_they_have_one_document(document):
    """A damaged document that can still be read says something else, or the same in other words."""
    first = problem_of(example())
    try:
        second = problem_of(document)
    except InvalidDocument:
        return
    assert (digest(first) == digest(second)) == (dumps(canonical(first)) == dumps(canonical(second)))


def test_the_digest_is_what_the_documentation_says():
    document = canonical(problem_of(example()))
    options = document.pop("options")
    people = [person["id"] for person in document["people"]]
    services = [service["id"] for service in document["services"]]
    rows = [
        (
            people.index(each["person"]),
            services.index(each["service"]),
            each.get("cost", 0),
            each.get("units", 0),
        )
        for each in options
    ]
    head = json.dumps(document, sort_keys=True, separators=(",", ":")) + "\n"
    tail = b"".join(number.to_bytes(8, "little") for column in zip(*rows, strict=True) for number in column)
    assert digest(problem_of(example())) == sha256(head.encode("ascii") + tail).hexdigest()


def test_the_digest_of_the_example_never_changes():
    """Plans that lie in archives name their problem by it."""
    assert digest(problem_of(example())) == "3a3c5bd171eda25d07ec43dec06adcd2dfce0604f4315f3ba2a50863105514cf"
    derived = {name: value for name, value in example().items() if name != "options"}
    assert digest(problem_of(derived)) == "1150da429fb7f3032a0db418a7dda6f38552f3e6bd3cd2b5260bdc5fb680c9a5"


def test_a_place_is_the_same_written_as_whole_number_or_not_and_nought_has_no_sign():
    problems = [
        Problem(people=(Person(id="a", home=home),), services=())
        for home in ((52, -0.0), (52.0, 0), (52.0, 0.0))
    ]
    assert len({digest(problem) for problem in problems}) == 1


def test_a_large_list_of_options_in_any_order_has_one_digest_and_survives_the_file(tmp_path):
    people = tuple(Person(id=f"p{at}") for at in range(300))
    services = tuple(Service(id=f"s{at}", pools=(Pool(id="u", units=1),)) for at in range(20))
    rows = [(person, service, person % 7, service % 3) for person in range(300) for service in range(20)]
    shuffled_rows = random.Random(5).sample(rows, len(rows))
    one = Problem(people=people, services=services, options=Options.of(rows))
    other = Problem(people=people, services=services, options=Options.of(shuffled_rows))
    assert digest(one) == digest(other)
    write_problem(one, tmp_path / "problem.json")
    again = read_problem(tmp_path / "problem.json")
    assert digest(again) == digest(one)
    assert np.array_equal(again.options.units, one.options.units)
