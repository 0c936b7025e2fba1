"""Which places suit a person: each rule bites, unknown facts show, one pair agrees with all at once."""

import random
import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.eligibility import RULES, Unsuitable, derived_options, suitable_pairs, unsuitable
from allocation.preference import PAIRS_AT_ONCE, cost
from allocation.problem import Conversion, Gender, Options, Person, Pool, Problem, Service

PAGE = (Path(__file__).parents[2] / "docs" / "eligibility-and-preference.md").read_text()
WORDS = ("a", "b", "c")
AUTHORITIES = (None, "E1", "E2")
SERVICE_IDS = ("S-1", "S-2", "S-3")
DIRECT_ACCESS = "S-05 is direct access, for people of its own authority alone"


def pools(*genders):
    return tuple(Pool(id=f"{at}", units=1, gender=Gender(each)) for at, each in enumerate(genders))


def service(*genders, **facts):
    return Service(id="S-05", pools=pools(*(genders or ("any",))), **facts)


def person(**facts):
    return Person(id="R-1", **facts)


def problem(*people, services=(), options=None):
    return Problem(people=people, services=services, options=options)


def told(who, where, **more):
    return unsuitable(problem(who, services=(where,), **more), who, where)


FAILING = [
    (
        person(client_groups=frozenset({"offenders"})),
        service(client_groups=frozenset({"young-people", "care-leavers"})),
        Unsuitable("client_group", "S-05 takes only care-leavers or young-people."),
    ),
    (
        person(age=15),
        service(min_age=16, max_age=25),
        Unsuitable("age", "S-05 takes only people aged 16 to 25."),
    ),
    (
        person(age=26),
        service(min_age=16, max_age=25),
        Unsuitable("age", "S-05 takes only people aged 16 to 25."),
    ),
    (person(age=17), service(min_age=18), Unsuitable("age", "S-05 takes only people aged 18 or over.")),
    (person(age=26), service(max_age=25), Unsuitable("age", "S-05 takes only people aged 25 or under.")),
    (
        person(access_needs=frozenset({"dogs", "step-free", "children"})),
        service(features=frozenset({"dogs"})),
        Unsuitable("access_needs", "S-05 does not offer children or step-free."),
    ),
    (
        person(tags=frozenset({"arson", "high-risk"})),
        service(cannot_manage=frozenset({"arson", "violence"})),
        Unsuitable("cannot_manage", "S-05 cannot manage arson."),
    ),
    (
        person(avoid_services=frozenset({"S-05"})),
        service(),
        Unsuitable("avoid_services", "S-05 is a service the person must avoid."),
    ),
    (
        person(avoid_areas=frozenset({"E1", "E2"})),
        service(authority="E1"),
        Unsuitable("avoid_areas", "S-05 is in an area the person must avoid."),
    ),
    (
        person(authority="E1"),
        service(direct_access=True, authority="E2"),
        Unsuitable("direct_access", f"{DIRECT_ACCESS}."),
    ),
    (
        person(gender="male"),
        service("female", "female"),
        Unsuitable("gender", "S-05 has units only for women."),
    ),
    (
        person(gender="non-binary"),
        service("female", "male"),
        Unsuitable("gender", "S-05 has units only for men and women."),
    ),
    (
        person(current_service="S-05", must_leave=True),
        service(),
        Unsuitable("must_leave", "S-05 is closing to the person, who must leave it."),
    ),
]

UNKNOWN = [
    (
        person(),
        service(client_groups=frozenset({"offenders"})),
        "client_group_unknown",
        "S-05 takes only offenders: record the person's client group first.",
    ),
    (
        person(),
        service(min_age=18),
        "age_unknown",
        "S-05 takes only people aged 18 or over: record the person's age first.",
    ),
    (
        person(avoid_areas=frozenset({"E1"})),
        service(),
        "avoid_areas_unknown",
        "S-05 may be in an area the person must avoid: record the authority of S-05 first.",
    ),
    (
        person(),
        service(direct_access=True, authority="E1"),
        "direct_access_unknown",
        f"{DIRECT_ACCESS}: record the person's authority first.",
    ),
    (
        person(),
        service(direct_access=True),
        "direct_access_unknown",
        f"{DIRECT_ACCESS}: record the person's authority and the authority of S-05 first.",
    ),
    (
        person(),
        service("female"),
        "gender_unknown",
        "S-05 has units only for women: record the person's gender first.",
    ),
]

SUITABLE = [
    (person(), service()),
    (
        person(client_groups=frozenset({"a", "b"})),
        service(client_groups=frozenset({"b", "c"})),
    ),
    (person(client_groups=frozenset({"a"})), service()),
    (person(age=16), service(min_age=16, max_age=25)),
    (person(age=25), service(min_age=16, max_age=25)),
    (person(age=0), service(max_age=25)),
    (person(), service(min_age=0)),
    (person(access_needs=frozenset({"dogs"})), service(features=frozenset({"dogs", "step-free"}))),
    (person(tags=frozenset({"high-risk"})), service(cannot_manage=frozenset({"arson"}))),
    (person(avoid_areas=frozenset({"E1"})), service(authority="E2")),
    (person(), service(authority=None)),
    (person(authority="E1"), service(direct_access=True, authority="E1")),
    (person(authority="E1"), service(direct_access=False, authority="E2")),
    (person(gender="female"), service("male", "female")),
    (person(gender="non-binary"), service("male", "same")),
    (person(), service("female", "any")),
    (person(current_service="S-05"), service()),
    (person(tier="hub"), service(tier="floating")),
]


@pytest.mark.parametrize(("who", "where", "failure"), FAILING)
def test_each_rule_bites_with_its_own_code_and_a_sentence_that_names_the_service_and_the_fact(
    who, where, failure
):
    assert told(who, where) == (failure,)


@pytest.mark.parametrize(("who", "where", "code", "sentence"), UNKNOWN)
def test_a_fact_nobody_recorded_shows_under_its_own_code_and_says_what_to_record(who, where, code, sentence):
    assert told(who, where) == (Unsuitable(code, sentence),)


@pytest.mark.parametrize(("who", "where"), SUITABLE)
def test_a_place_that_fails_no_rule_is_suitable(who, where):
    assert told(who, where) == ()
    assert len(derived_options(problem(who, services=(where,)))) == 1


def test_every_code_of_every_rule_is_shown_here():
    shown = {failure.code for _, _, failure in FAILING} | {code for _, _, code, _ in UNKNOWN}
    assert shown == {code for rule in RULES for code in rule.codes}


def test_a_pool_without_units_still_counts_because_it_may_have_some_tomorrow():
    men, women = Pool(id="m", units=4, gender=Gender.MALE), Pool(id="f", units=0, gender=Gender.FEMALE)
    where = Service(id="S-05", pools=(men, women), conversions=(Conversion(source="m", target="f"),))
    assert told(person(gender="female"), where) == ()


def test_every_rule_that_fails_is_told_in_the_order_of_the_rules():
    who = person(age=40, tags=frozenset({"arson"}), gender="male")
    where = service("female", max_age=25, cannot_manage=frozenset({"arson"}))
    assert [each.code for each in told(who, where)] == ["age", "cannot_manage", "gender"]


def test_with_options_of_its_own_a_problem_is_asked_for_pool_gender_and_closing_services_alone():
    who = person(gender="male", tags=frozenset({"arson"}), current_service="S-05", must_leave=True)
    where = Service(id="S-05", pools=pools("female"), cannot_manage=frozenset({"arson"}))
    assert [each.code for each in told(who, where, options=Options.of([]))] == ["gender", "must_leave"]


def test_a_sentence_tells_neither_who_the_person_is_nor_what_they_flee_nor_where_a_service_is():
    who = person(avoid_areas=frozenset({"E-abuser"}), age=91, home=(52.11, -1.22))
    where = service(authority="E-abuser", max_age=25, location=(53.77, -2.88))
    text = " ".join(each.sentence for each in told(who, where))
    assert not re.search(r"R-1|E-abuser|91|52\.11|1\.22|53\.77|2\.88", text)


# ---------------------------------------------------------------------------------- all pairs at once

subsets = st.frozensets(st.sampled_from(WORDS), max_size=3)
ages = st.none() | st.integers(0, 4)
places = st.none() | st.tuples(st.sampled_from([52.4, 52.5, 53.9]), st.sampled_from([-1.9, -2.1]))
tiers = st.sampled_from([None, "hub", "local", "floating", "night-shelter"])


@st.composite
def services(draw, name):
    limits = draw(st.tuples(ages, ages))
    both = None not in limits and limits[1] < limits[0]
    return Service(
        id=name,
        pools=pools(
            *draw(st.lists(st.sampled_from(["any", "male", "female", "same"]), min_size=1, max_size=2))
        ),
        tier=draw(tiers),
        authority=draw(st.sampled_from(AUTHORITIES)),
        location=draw(places),
        client_groups=draw(subsets),
        min_age=limits[both],
        max_age=limits[not both],
        features=draw(subsets),
        cannot_manage=draw(subsets),
        direct_access=draw(st.booleans()),
    )


@st.composite
def people(draw, name):
    home = draw(st.none() | st.sampled_from(SERVICE_IDS))
    return Person(
        id=name,
        authority=draw(st.sampled_from(AUTHORITIES)),
        tags=draw(subsets),
        gender=draw(st.sampled_from([None, "male", "female", "other", "same"])),
        age=draw(ages),
        client_groups=draw(subsets),
        tier=draw(tiers),
        access_needs=draw(subsets),
        home=draw(places),
        avoid_services=draw(st.frozensets(st.sampled_from(SERVICE_IDS), max_size=1)),
        avoid_areas=draw(st.frozensets(st.sampled_from(["", "E1", "E2"]), max_size=1)),
        prefers=tuple(draw(st.lists(st.sampled_from(SERVICE_IDS), unique=True, max_size=3))),
        current_service=home,
        current_pool=None if home is None else "0",
        must_leave=draw(st.booleans()),
    )


@st.composite
def problems(draw):
    return Problem(
        people=tuple(draw(people(f"R-{at}")) for at in range(draw(st.integers(0, 4)))),
        services=tuple(draw(services(name)) for name in SERVICE_IDS),
    )


@given(each=problems())
def test_the_derived_options_are_the_pairs_that_fail_no_rule_each_at_its_cost(each):
    """The rules asked of one pair and the rules asked of all pairs at once never disagree."""
    expected = [
        (at, where, cost(who, there), 0)
        for (at, who), (where, there) in product(enumerate(each.people), enumerate(each.services))
        if not unsuitable(each, who, there)
    ]
    derived = derived_options(each)
    columns = (derived.person, derived.service, derived.cost, derived.units)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected
    assert {column.dtype for column in columns} == {np.dtype(np.int64)}


@given(each=problems())
def test_every_rule_by_itself_says_the_same_of_one_pair_as_of_all_pairs_at_once(each):
    """No rule's mistake hides behind another rule that fails the same pair."""
    for rule in RULES:
        one_by_one = [[rule.failure(who, there) is None for there in each.services] for who in each.people]
        assert rule.sieve(each.services)(each.people).tolist() == one_by_one


@given(each=problems())
def test_once_every_fact_is_recorded_no_code_ends_in_unknown(each):
    complete = replace(
        each,
        people=tuple(
            replace(
                who,
                age=who.age or 1,
                authority=who.authority or "E1",
                gender=who.gender or "female",
                client_groups=who.client_groups or frozenset("a"),
            )
            for who in each.people
        ),
        services=tuple(replace(there, authority=there.authority or "E2") for there in each.services),
    )
    told_now = [
        failure.code
        for who, there in product(complete.people, complete.services)
        for failure in unsuitable(complete, who, there)
    ]
    assert not [code for code in told_now if code.endswith("_unknown")]


def test_more_pairs_than_are_looked_at_together_are_all_there_and_in_order():
    """A problem larger than one portion, checked pair by pair at random."""
    draw = random.Random(7)
    many = Problem(
        people=tuple(
            Person(id=f"R-{at:04}", age=at % 90, tags=frozenset(draw.sample(WORDS, at % 3)))
            for at in range(1_200)
        ),
        services=tuple(
            Service(
                id=f"S-{at:04}",
                pools=pools("any"),
                min_age=at % 50,
                cannot_manage=frozenset(WORDS[: at % 3]),
            )
            for at in range(1_000)
        ),
    )
    assert len(many.people) * len(many.services) > PAIRS_AT_ONCE
    who, where = suitable_pairs(many)
    key = who * len(many.services) + where
    assert (np.diff(key) > 0).all()
    found = set(key.tolist())
    for at, there in ((draw.randrange(1_200), draw.randrange(1_000)) for _ in range(2_000)):
        suitable = not unsuitable(many, many.people[at], many.services[there])
        assert suitable == (at * 1_000 + there in found)


def test_where_there_is_nobody_or_nowhere_there_are_no_options():
    assert len(derived_options(problem(services=(service(),)))) == 0
    assert len(derived_options(problem(person()))) == 0


# ------------------------------------------------------------------------------------------- the page


def rows(heading):
    """The cells of the table under the row that starts with this cell."""
    table = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table[1].splitlines()]


def test_the_page_lists_every_rule_in_order_with_its_source():
    listed = [(cells[0], cells[2]) for cells in rows("code | the place is not offered where")]
    assert listed == [(f"`{rule.code}`", rule.source) for rule in RULES]


def test_the_page_lists_every_code_for_what_is_not_known():
    unknown = [f"`{code}`" for rule in RULES for code in rule.codes[1:]]
    assert [cells[0] for cells in rows("code | record")] == unknown


def test_the_page_says_which_rules_hold_where_a_problem_lists_its_options():
    names = " and ".join(f"`{rule.code}`" for rule in RULES if rule.always)
    assert f"only {names} are asked" in PAGE
