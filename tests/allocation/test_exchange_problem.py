"""A problem is read whole, or everything that is wrong with it is told at once, each fault with its path."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.exchange import InvalidDocument, digest, problem_of, read_problem
from allocation.problem import Fault, Gender, Limits, Person
from tests.allocation.exchange_documents import changed, damaged, example, problem_documents


def told(document):
    """What is wrong with a document, one line a fault; nothing if it can be read."""
    try:
        problem_of(document)
    except InvalidDocument as refused:
        return str(refused).splitlines()
    return []


def test_every_key_of_the_format_is_read(tmp_path):
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(example()))
    problem = read_problem(path)
    assert problem.people[0] == Person(
        id="R-0001",
        band=1,
        score=37,
        authority="E08000025",
        units=1,
        tags=frozenset({"high-risk", "arson"}),
        gender="female",
        age=34,
        client_groups=frozenset({"complex-needs"}),
        tier="hub",
        access_needs=frozenset({"step-free"}),
        home=(52.49, -1.89),
        avoid_services=frozenset({"S-07"}),
        avoid_areas=frozenset({"E08000030"}),
        prefers=("S-09", "S-02"),
        current_service="S-09",
        current_pool="u",
        must_leave=True,
        may_move=True,
    )
    assert problem.people[1] == Person(id="R-0002")
    hub = problem.services[0]
    assert [(pool.id, pool.units, pool.gender) for pool in hub.pools] == [
        ("f", 6, Gender.FEMALE),
        ("m", 10, Gender.MALE),
        ("r1", 2, Gender.SAME),
    ]
    conversions = [(each.source, each.target, each.max_units, each.cost) for each in hub.conversions]
    assert conversions == [("f", "m", None, 0), ("m", "f", 4, 20)]
    assert (hub.location, hub.min_age, hub.max_age, hub.direct_access) == ((52.0, -1.9), 18, 65, True)
    options = problem.options
    columns = [getattr(options, name).tolist() for name in ("person", "service", "cost", "units")]
    assert columns == [[0, 0, 2], [0, 1, 1], [5, 0, 3], [0, 0, 2]]
    assert problem.quotas[1].authorities == frozenset({"E08000027"})
    assert (problem.quotas[1].max_units, problem.quotas[1].min_units) == (4, 1)
    assert problem.separations == (("R-0001", "R-0044"),)
    assert problem.limits == Limits(moves=20, conversions=9)


def test_the_faults_of_a_refusal_are_its_lines():
    with pytest.raises(InvalidDocument) as caught:
        problem_of({"format": "placement-problem/1", "people": [{"id": "a", "units": 0}]})
    assert caught.value.faults == (
        Fault("people[0].units", "is 0, must be from 1 to 1000000000"),
        Fault("services", "is missing"),
    )
    assert isinstance(caught.value, ValueError)


def test_null_says_the_same_as_leaving_the_key_out():
    plain = {"format": "placement-problem/1", "people": [{"id": "a"}], "services": []}
    person = dict.fromkeys(("band", "score", "units", "gender", "home", "current_service", "may_move"))
    assert problem_of(changed(plain, ["people", 0], {"id": "a", **person})).people == problem_of(plain).people


def test_options_read_row_by_row_are_the_same_as_options_read_by_columns():
    """A null sends the reader to the rows; everything else is read by columns."""
    by_rows = example()
    for option in by_rows["options"]:
        option.setdefault("cost", None)
        option.setdefault("units", None)
    assert digest(problem_of(by_rows)) == digest(problem_of(example()))


def test_no_option_at_all_is_not_the_same_as_options_to_be_derived():
    plain = {"format": "placement-problem/1", "people": [], "services": []}
    assert problem_of(plain).options is None
    assert len(problem_of({**plain, "options": []}).options) == 0


@pytest.mark.parametrize("document", [None, [], "placement-problem/1", 1, True])
def test_what_is_not_an_object_is_no_problem(document):
    (fault,) = told(document)
    assert fault.endswith("must be an object")
    assert fault.startswith("the document is ")


def test_a_document_of_the_other_format_gets_that_one_fault():
    assert told({"format": "placement-plan/1", "placements": []}) == [
        "format: is 'placement-plan/1', must be 'placement-problem/1'"
    ]


def test_a_document_of_an_unknown_format_gets_every_fault():
    assert told({"format": "placement-problem/2", "people": [{}], "services": []}) == [
        "format: is 'placement-problem/2', must be 'placement-problem/1'",
        "people[0].id: is missing",
    ]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (["format"], 1, "format: is 1, must be 'placement-problem/1'"),
        (["peple"], [], "peple: is not a key of this format here"),
        (["two words\n"], [], '["two words\\n"]: is not a key of this format here'),
        (["people", 0, "mood"], 1, "people[0].mood: is not a key of this format here"),
        (["people", 2], "R-0002", "people[2]: is 'R-0002', must be an object"),
        (["people", 2, "id"], "", "people[2].id: is empty"),
        (["people", 2, "id"], None, "people[2].id: is null, must be text"),
        (["people", 2, "id"], 7, "people[2].id: is 7, must be text"),
        (["people", 2, "id"], "\ud800", "people[2].id: holds half a character: '\\ud800'"),
        (["people", 2, "id"], "R-0001", "people[2].id: repeats 'R-0001', already at people[1]"),
        (["people", 0, "band"], 0, "people[0].band: is 0, must be from 1 to 1000000000"),
        (["people", 0, "band"], True, "people[0].band: is true, must be a whole number"),
        (["people", 0, "score"], 1.0, "people[0].score: is 1.0, must be a whole number"),
        (["people", 0, "score"], -3, "people[0].score: is -3, must be from 0 to 1000000000"),
        (
            ["people", 0, "score"],
            10**30,
            "people[0].score: is a whole number of more than 18 digits, must be from 0 to 1000000000",
        ),
        (["people", 0, "units"], "1", "people[0].units: is '1', must be a whole number"),
        (["people", 0, "units"], [1], "people[0].units: is a list, must be a whole number"),
        (["people", 0, "gender"], "", "people[0].gender: is empty"),
        (["people", 0, "gender"], {}, "people[0].gender: is an object, must be text"),
        (["people", 0, "must_leave"], 1, "people[0].must_leave: is 1, must be true or false"),
        (["people", 0, "tags"], "arson", "people[0].tags: is 'arson', must be a list"),
        (["people", 0, "tags"], None, "people[0].tags: is null, must be a list"),
        (["people", 0, "tags"], ["arson", 5], "people[0].tags[1]: is 5, must be text"),
        (
            ["people", 1, "home"],
            [52.49],
            "people[1].home: is a list, must be a latitude and a longitude, not 1 values",
        ),
        (["people", 1, "home"], [52.49, "-1.89"], "people[1].home[1]: is '-1.89', must be a number"),
        (["people", 1, "home"], [52.49, float("nan")], "people[1].home[1]: is nan, must be a number"),
        (
            ["people", 1, "home"],
            [-1.89, 252],
            "people[1].home: is not a latitude from -90 to 90 and a longitude from -180 to 180",
        ),
        (["people", 1, "avoid_services"], ["S-1"], "people[1].avoid_services: names no service: 'S-1'"),
        (["people", 1, "prefers"], ["S-1"], "people[1].prefers: names no service: 'S-1'"),
        (["people", 1, "prefers"], ["S-02", "S-02"], "people[1].prefers: names a service twice"),
        (["people", 1, "current_service"], "S-1", "people[1].current_service: names no service: 'S-1'"),
        (["people", 0, "current_pool"], "x", "people[0].current_pool: names no pool of S-02: 'x'"),
        (["people", 0, "current_pool"], None, "people[0].current_pool: is missing; S-02 has several pools"),
        (["people", 2, "current_pool"], "u", "people[2].current_pool: is given without current_service"),
        (["services", 2, "pools"], [], "services[2].pools: is empty; a service has at least one pool"),
        (
            ["services", 2, "pools", 0, "units"],
            -1,
            "services[2].pools[0].units: is -1, must be from 0 to 1000000000",
        ),
        (
            ["services", 2, "pools", 0, "gender"],
            "women",
            "services[2].pools[0].gender: is 'women', must be one of any, male, female, same",
        ),
        (["services", 0, "pools", 2, "id"], "m", "services[0].pools[2].id: repeats 'm', already at pools[0]"),
        (["services", 0, "min_age"], 70, "services[0].max_age: is 65, below min_age 70"),
        (
            ["services", 0, "conversions", 1, "to"],
            "x",
            "services[0].conversions[1].to: names no pool of this service: 'x'",
        ),
        (
            ["services", 0, "conversions", 1, "to"],
            "f",
            "services[0].conversions[1].to: is the same pool as from (f)",
        ),
        (["services", 3, "id"], "S-09", "services[3].id: repeats 'S-09', already at services[1]"),
        (["options"], {}, "options: is an object, must be a list"),
        (["options"], None, "options: is null, must be a list"),
        (["options", 1], ["R-0001", "S-02"], "options[1]: is a list, must be an object"),
        (["options", 1, "person"], "R-9", "options[1].person: names no person: 'R-9'"),
        (["options", 1, "service"], "S-9", "options[1].service: names no service: 'S-9'"),
        (["options", 1, "service"], ["S-02"], "options[1].service: is a list, must be text"),
        (["options", 1, "cost"], -1, "options[1].cost: is -1, must be from 0 to 1000000000"),
        (["options", 1, "cost"], False, "options[1].cost: is false, must be a whole number"),
        (["options", 1, "cost"], 10**9 + 1, "options[1].cost: is 1000000001, must be from 0 to 1000000000"),
        (
            ["options", 1, "cost"],
            2**64,
            "options[1].cost: is a whole number of more than 18 digits, must be from 0 to 1000000000",
        ),
        (["options", 1, "units"], 0, "options[1].units: is 0, must be from 1 to 1000000000"),
        (["options", 1, "units"], -1, "options[1].units: is -1, must be from 1 to 1000000000"),
        (["options", 1, "weight"], 0, "options[1].weight: is not a key of this format here"),
        (
            ["options", 2, "service"],
            "S-02",
            "options[2]: repeats an earlier option of the same person and service",
        ),
        (["quotas", 0, "id"], "hub", "quotas[1].id: repeats 'hub', already at quotas[0]"),
        (["quotas", 0, "services"], ["S-1"], "quotas[0].services: names no service: 'S-1'"),
        (["quotas", 0, "max_units"], -1, "quotas[0].max_units: is -1, must be from 0 to 1000000000"),
        (["quotas", 1, "min_units"], 9, "quotas[1].min_units: is 9, above max_units 4"),
        (["separations", 0], ["R-0001"], "separations[0]: is a list, must be a list of two people"),
        (["separations", 0], ["R-0001", "R-1"], "separations[0][1]: names no person: 'R-1'"),
        (["separations", 0], ["R-0001", None], "separations[0][1]: is null, must be text"),
        (["separations", 0], ["R-0001", "R-0001"], "separations[0]: keeps 'R-0001' apart from themselves"),
        (["limits"], [], "limits: is a list, must be an object"),
        (["limits", "moves"], -1, "limits.moves: is -1, must be from 0 to 1000000000"),
        (["limits", "1"], 1, 'limits["1"]: is not a key of this format here'),
        (["limits", "transfers"], 1, "limits.transfers: is not a key of this format here"),
    ],
)
def test_each_fault_is_told_alone_with_its_path(path, value, fault):
    assert told(changed(example(), path, value)) == [fault]


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ([], ["format", "people", "services"]),
        (["people", 2], ["id"]),
        (["services", 2], ["id", "pools"]),
        (["services", 2, "pools", 0], ["id", "units"]),
        (["services", 0, "conversions", 0], ["from", "to"]),
        (["options", 0], ["person", "service"]),
        (["quotas", 0], ["id"]),
    ],
)
def test_required_keys_are_missed(path, missing):
    document = example()
    document |= {
        "people": [{"id": "a"}, {"id": "b"}, {"id": "c"}],
        "quotas": [{"id": "q"}],
        "separations": [],
    }
    document["options"] = [{"person": "a", "service": "S-02"}]
    document = changed(document, path, {}) if path else {}
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    assert told(document) == [f"{where}.{name}: is missing".lstrip(".") for name in missing]


def test_all_faults_of_every_kind_are_told_in_one_pass_in_the_order_of_the_format():
    document = {
        "limits": {"moves": 1.5},
        "separations": [["a", "z"], ["a"], [7, "y"], ["a", "a"]],
        "quotas": [
            {"id": "q", "max_units": -1, "services": ["T"]},
            {"id": "q", "tags": "arson"},
            {"max_units": 1},
        ],
        "options": [
            {"person": "a", "service": "S", "cost": -1},
            {"person": "nobody", "service": "S"},
            {"person": "a", "service": "S"},
            {"person": "b", "service": "T", "units": True},
            {"service": "S"},
            5,
        ],
        "services": [
            {
                "id": "S",
                "pools": [{"id": "m", "units": -1}, {"units": 2}, {"id": "m", "units": 1}],
                "conversions": [{"from": "m", "to": "m"}, {"from": "m", "max_units": "all"}],
                "max_age": -5,
            },
            {"id": "S", "pools": [{"id": "u", "units": 1}], "conversions": [{"from": "u", "to": "x"}, 3]},
            "T",
        ],
        "people": [
            {"id": "a", "units": 0, "current_service": "T", "tags": [1]},
            {"band": 1, "prefers": ["S", "T"]},
            {"id": "a", "gender": 5, "home": [91, 0], "current_pool": "u"},
            {"id": "b", "current_service": 5, "current_pool": "m", "nickname": "Bee"},
        ],
        "note": "for Monday",
        "format": "placement-problem/1",
    }
    most = "must be from 0 to 1000000000"
    assert told(document) == [
        "note: is not a key of this format here",
        "people[0].units: is 0, must be from 1 to 1000000000",
        "people[0].tags[0]: is 1, must be text",
        "people[0].current_service: names no service: 'T'",
        "people[1].id: is missing",
        "people[1].prefers: names no service: 'T'",
        "people[2].gender: is 5, must be text",
        "people[2].home: is not a latitude from -90 to 90 and a longitude from -180 to 180",
        "people[2].current_pool: is given without current_service",
        "people[2].id: repeats 'a', already at people[0]",
        "people[3].current_service: is 5, must be text",
        "people[3].nickname: is not a key of this format here",
        f"services[0].max_age: is -5, {most}",
        f"services[0].pools[0].units: is -1, {most}",
        "services[0].pools[1].id: is missing",
        "services[0].conversions[0].to: is the same pool as from (m)",
        "services[0].conversions[1].max_units: is 'all', must be a whole number",
        "services[0].conversions[1].to: is missing",
        "services[0].pools[2].id: repeats 'm', already at pools[0]",
        "services[1].conversions[1]: is 3, must be an object",
        "services[1].conversions[0].to: names no pool of this service: 'x'",
        "services[1].id: repeats 'S', already at services[0]",
        "services[2]: is 'T', must be an object",
        f"options[0].cost: is -1, {most}",
        "options[1].person: names no person: 'nobody'",
        "options[2]: repeats an earlier option of the same person and service",
        "options[3].units: is true, must be a whole number",
        "options[3].service: names no service: 'T'",
        "options[4].person: is missing",
        "options[5]: is 5, must be an object",
        f"quotas[0].max_units: is -1, {most}",
        "quotas[0].services: names no service: 'T'",
        "quotas[1].tags: is 'arson', must be a list",
        "quotas[1].id: repeats 'q', already at quotas[0]",
        "quotas[2].id: is missing",
        "separations[0][1]: names no person: 'z'",
        "separations[1]: is a list, must be a list of two people",
        "separations[2][0]: is 7, must be text",
        "separations[2][1]: names no person: 'y'",
        "separations[3]: keeps 'a' apart from themselves",
        "limits.moves: is 1.5, must be a whole number",
    ]


def test_what_refers_to_a_faulty_part_that_has_an_id_is_still_checked():
    document = changed(example(), ["services", 0, "pools", 0, "units"], -1)
    fault = "services[0].pools[0].units: is -1, must be from 0 to 1000000000"
    assert told(document) == [fault]
    document["people"][0]["current_pool"] = "x"
    assert told(document) == ["people[0].current_pool: names no pool of S-02: 'x'", fault]


def test_what_may_stand_in_a_list_that_cannot_be_read_is_not_called_dangling():
    assert told(changed(example(), ["services"], "S-02")) == ["services: is 'S-02', must be a list"]
    assert told(changed(example(), ["people"], {})) == ["people: is an object, must be a list"]
    assert told(changed(example(), ["services", 0, "pools"], 3)) == [
        "services[0].pools: is 3, must be a list"
    ]


def test_a_fault_repeats_no_more_than_the_beginning_of_a_long_text():
    (fault,) = told(changed(example(), ["people", 0, "units"], "7" * 1000))
    assert fault == f"people[0].units: is '{'7' * 60}…', must be a whole number"


@given(document=problem_documents())
def test_every_valid_document_is_read(document):
    assert told(document) == []


@given(document=damaged(example()))
def test_a_damaged_document_is_read_or_refused_and_nothing_else(document):
    for fault in told(document):
        assert "\0" not in fault


@given(document=damaged(example()), other=st.sampled_from(["people", "quotas"]))
def test_faults_in_one_section_do_not_hide_a_fault_in_another(document, other):
    """A stray key stays a fault whatever else is wrong, unless its whole section cannot be read."""
    if isinstance(document, dict) and document.get("format") == "placement-problem/1":
        document[other] = [{"id": "x", "stray": 1}]
        assert f"{other}[0].stray: is not a key of this format here" in told(document)
