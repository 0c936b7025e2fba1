"""The referee's rules: each is broken by a plan small enough to see through, and by nothing next to it."""

import pytest

from allocation.exhaustive import best, places, violations
from allocation.problem import Conversion, Limits, Person, Problem, Quota
from tests.allocation.hand_made import ask, living, people, pools, service


def broken(problem, conversions=(), **ends):
    """What is broken where each person ends in ``service`` or ``service/pool``, and all others nowhere."""
    assignment = {person.id: None for person in problem.people}
    assignment |= {who: tuple(at.split("/")) if "/" in at else (at, "u") for who, at in ends.items()}
    return violations(problem, assignment, dict(conversions))


# --------------------------------------------------------------------------------------- suitable places


def test_only_a_listed_place_is_suitable():
    problem = ask(people("ann"), [service("s"), service("t")], {("ann", "s"): 0})
    assert broken(problem, ann="s") == []
    assert broken(problem, ann="t") == ["t is not suitable for ann"]


def test_where_nothing_is_listed_the_derived_options_are():
    ann = Person(id="ann", avoid_services=frozenset({"t"}))
    problem = Problem(people=(ann,), services=(service("s"), service("t")))
    assert broken(problem, ann="s") == []
    assert broken(problem, ann="t") == ["t is not suitable for ann"]


@pytest.mark.parametrize(
    ("gender", "fits"),
    [
        ("male", {"a", "m", "x"}),
        ("female", {"a", "f", "x"}),
        ("non-binary", {"a", "x"}),
        ("Male", {"a", "x"}),
        (None, {"a", "x"}),
    ],
)
def test_a_pool_for_men_or_women_takes_newcomers_of_exactly_that_gender(gender, fits):
    problem = ask(
        people("ann", gender=gender),
        [pools("s", a=(1, "any"), m=(1, "male"), f=(1, "female"), x=(1, "same"))],
    )
    refused = {pool: broken(problem, ann=f"s/{pool}") for pool in "amfx"}
    assert {pool for pool, faults in refused.items() if not faults} == fits
    assert {place.pool for place in places(problem)["ann"]} == fits
    assert all(
        faults == [f"pool {pool} of s is not for the gender of ann"]
        for pool, faults in refused.items()
        if faults
    )


def test_occupants_who_stay_are_facts_whatever_the_pool_is_for():
    problem = ask(living("s", "ann", gender="female", may_move=True), [service("s", gender="male")], {})
    assert broken(problem, ann="s") == []


# ---------------------------------------------------------------------------------------------- occupants


def test_nobody_who_need_not_leave_loses_their_place():
    problem = ask(living("s", "ann", may_move=True), [service("s")])
    assert broken(problem) == ["ann loses their place and gets no other"]


def test_who_must_leave_may_end_nowhere():
    assert broken(ask(living("s", "ann", must_leave=True), [service("s")])) == []


@pytest.mark.parametrize("pool", ["u", "v"])
def test_who_must_leave_stays_in_no_pool_of_their_service(pool):
    problem = ask(living("s", "ann", must_leave=True), [pools("s", u=(1, "any"), v=(1, "any")), service("t")])
    assert broken(problem, ann=f"s/{pool}") == ["ann must leave s"]
    assert broken(problem, ann="t") == []


def test_an_occupant_who_may_not_move_stays():
    problem = ask(living("s", "ann"), [service("s"), service("t")])
    assert broken(problem, ann="s") == []
    assert broken(problem, ann="t") == ["ann may not be moved"]


def test_an_occupant_who_may_move_goes_to_another_service_but_to_no_other_pool_of_their_own():
    problem = ask(living("s", "ann", may_move=True), [pools("s", u=(1, "any"), v=(1, "any")), service("t")])
    assert broken(problem, ann="s/u") == []
    assert broken(problem, ann="t") == []
    assert broken(problem, ann="s/v") == ["ann swaps pools at home"]


def test_an_occupant_stays_in_a_service_that_is_not_listed_but_goes_to_none():
    problem = ask(living("s", "ann", may_move=True), [service("s"), service("t")], {})
    assert broken(problem, ann="s") == []
    assert broken(problem, ann="t") == ["t is not suitable for ann"]


def test_an_occupant_of_a_service_with_one_pool_lives_there_without_saying_so():
    problem = ask(
        [*living("s", "ann", pool=None, may_move=True), *people("bea")], [service("s"), service("t")]
    )
    assert broken(problem, ann="s") == []
    assert broken(problem, ann="s", bea="s") == ["pool u of s holds 2 units and has 1"]


# ------------------------------------------------------------------------------------------------- pools


def test_a_pool_holds_no_more_than_its_units():
    problem = ask(people("ann", "bea", "cat"), [service("s", 2)])
    assert broken(problem, ann="s", bea="s") == []
    assert broken(problem, ann="s", bea="s", cat="s") == ["pool u of s holds 3 units and has 2"]


def test_a_household_takes_its_units_together_from_one_pool():
    problem = ask(people("ann", units=2), [pools("s", u=(1, "any"), v=(1, "any"))])
    assert broken(problem, ann="s/u") == ["pool u of s holds 2 units and has 1"]
    assert best(problem).assignment == {"ann": None}


def test_an_option_that_gives_units_decides_what_is_used_there():
    problem = ask(people("ann"), [service("s", 2), service("t", 2)], units={("ann", "t"): 3})
    assert broken(problem, ann="s") == []
    assert broken(problem, ann="t") == ["pool u of t holds 3 units and has 2"]


@pytest.mark.parametrize("may_move", [False, True])
def test_an_occupant_holds_the_units_of_the_option_if_it_gives_them_else_their_own(may_move):
    ann, *rest = [*living("s", "ann", units=2, may_move=may_move), *people("bea", "cat")]
    own = ask([ann, *rest], [service("s", 3)])
    given = ask([ann, *rest], [service("s", 3)], units={("ann", "s"): 1})
    assert broken(own, ann="s", bea="s") == []
    assert broken(own, ann="s", bea="s", cat="s") == ["pool u of s holds 4 units and has 3"]
    assert broken(given, ann="s", bea="s", cat="s") == []


def test_who_leaves_or_moves_frees_their_unit():
    leaving = ask([*living("s", "ann", must_leave=True), *people("bea")], [service("s")])
    assert broken(leaving, bea="s") == []
    moving = ask([*living("s", "ann", may_move=True), *people("bea")], [service("s"), service("t")])
    assert broken(moving, ann="t", bea="s") == []
    assert broken(moving, ann="s", bea="s") == ["pool u of s holds 2 units and has 1"]


def test_nobody_is_evicted_from_an_over_full_pool_and_nobody_new_enters_even_where_someone_moves_out():
    persons = [*living("s", "ann", "bea", may_move=True), *people("cat")]
    problem = ask(persons, [service("s"), service("t", 3)])
    assert broken(problem, ann="s", bea="s") == []
    assert broken(problem, ann="t", bea="t", cat="s") == ["cat enters pool u of s, which is over-full"]


def test_a_pool_is_not_over_full_because_of_those_who_must_leave():
    persons = [*living("s", "ann", "bea", must_leave=True), *people("cat")]
    assert broken(ask(persons, [service("s")]), cat="s") == []


# ------------------------------------------------------------------------------------------- conversions


def one_way(*, max_units=None, cost=0):
    return Conversion(source="m", target="f", max_units=max_units, cost=cost)


def convertible(*ways, m=3, f=0, limits=None, persons=()):
    women = [*people("ann", "bea", gender="female"), *persons]
    hostel = pools("s", ways, m=(m, "male"), f=(f, "female"), x=(0, "any"))
    return ask(women, [hostel], limits=limits or Limits())


def test_a_unit_converted_leaves_one_pool_and_joins_the_other():
    problem = convertible(one_way(), m=1, persons=people("max", gender="male"))
    way = {("s", "m", "f"): 1}
    assert broken(problem, way, ann="s/f") == []
    assert broken(problem, ann="s/f") == ["pool f of s holds 1 units and has 0"]
    assert broken(problem, way, max="s/m") == ["pool m of s holds 1 units and has 0"]


def test_no_more_is_converted_than_the_conversion_allows():
    problem = convertible(one_way(max_units=1))
    assert broken(problem, {("s", "m", "f"): 1}) == []
    assert broken(problem, {("s", "m", "f"): 2}) == ["2 units, more than 1, go from m to f at s"]


def test_a_conversion_without_a_most_may_take_all_that_its_pool_had():
    problem = convertible(one_way())
    assert broken(problem, {("s", "m", "f"): 3}) == []
    assert broken(problem, {("s", "m", "f"): 4}) == [
        "4 units are converted from ('s', 'm'), more than it had at the start"
    ]


def test_all_ways_out_of_a_pool_together_take_no_more_than_it_had_at_the_start():
    problem = convertible(one_way(), Conversion(source="m", target="x"))
    assert broken(problem, {("s", "m", "f"): 1, ("s", "m", "x"): 2}) == []
    assert broken(problem, {("s", "m", "f"): 2, ("s", "m", "x"): 2}) == [
        "4 units are converted from ('s', 'm'), more than it had at the start"
    ]


def test_a_unit_is_not_passed_on_by_a_pool_that_did_not_have_it_at_the_start():
    chain = (one_way(), Conversion(source="f", target="x"))
    passed_on = {("s", "m", "f"): 1, ("s", "f", "x"): 1}
    assert broken(convertible(*chain, f=1), passed_on) == []
    assert broken(convertible(*chain, f=0), passed_on) == [
        "1 units are converted from ('s', 'f'), more than it had at the start"
    ]


def test_the_whole_plan_converts_no_more_than_its_limit():
    problem = convertible(one_way(), Conversion(source="m", target="x"), limits=Limits(conversions=2))
    assert broken(problem, {("s", "m", "f"): 1, ("s", "m", "x"): 1}) == []
    assert broken(problem, {("s", "m", "f"): 2, ("s", "m", "x"): 1}) == [
        "3 units are converted, more than 2 in the whole plan"
    ]


def test_fewer_than_no_units_are_never_converted():
    assert broken(convertible(one_way()), {("s", "m", "f"): -1}) == [
        "-1 units are converted from m to f at s"
    ]


@pytest.mark.parametrize("full", ["m", "f"])
def test_nothing_is_converted_from_an_over_full_pool_or_to_it(full):
    crowd = living("s", "max", "may", pool=full)
    problem = convertible(one_way(), m=1, f=1, persons=crowd)
    fault = "s converts from m to f, one of which is over-full"
    stay = {"max": f"s/{full}", "may": f"s/{full}"}
    assert broken(problem, **stay) == []
    assert broken(problem, {("s", "m", "f"): 0}, **stay) == []
    assert broken(problem, {("s", "m", "f"): 1}, **stay) == [fault]


# ------------------------------------------------------------------------------------------------ quotas


def under(quota):
    persons = [Person(id="ann", authority="A"), Person(id="bob", authority="B"), Person(id="una")]
    return ask(persons, [service("s", 9), service("t", 9)], quotas=[quota])


@pytest.mark.parametrize(
    ("selectors", "counted"),
    [
        ({}, "ann bob una"),
        ({"authorities": frozenset("A")}, "ann"),
        ({"not_authorities": frozenset("A")}, "bob una"),
        ({"authorities": frozenset("AB"), "not_authorities": frozenset("A")}, "bob"),
    ],
)
def test_a_quota_counts_whom_every_selector_matches_and_unknown_authority_is_no_authority(selectors, counted):
    problem = under(Quota(id="q", max_units=0, **selectors))
    fault = ["quota q counts 1 units and allows 0"]
    refused = {who: broken(problem, **{who: "s"}) for who in ("ann", "bob", "una")}
    assert refused == {who: fault if who in counted.split() else [] for who in refused}


def test_a_quota_of_tags_counts_those_who_have_them_all():
    arsonist, other = (
        people("ann", tags=frozenset({"arson", "risk"})),
        people("bob", tags=frozenset({"arson"})),
    )
    quota = Quota(id="q", tags=frozenset({"arson", "risk"}), max_units=0)
    problem = ask([*arsonist, *other], [service("s", 9)], quotas=[quota])
    assert broken(problem, bob="s") == []
    assert broken(problem, ann="s") == ["quota q counts 1 units and allows 0"]


def test_a_quota_counts_in_its_own_services_or_in_all_if_it_names_none():
    assert broken(under(Quota(id="q", services=frozenset("s"), max_units=1)), ann="s", bob="t") == []
    assert broken(under(Quota(id="q", max_units=1)), ann="s", bob="t") == [
        "quota q counts 2 units and allows 1"
    ]


def test_a_quota_counts_units_and_not_people():
    problem = ask(people("ann", units=2), [service("s", 9)], quotas=[Quota(id="q", max_units=1)])
    assert broken(problem, ann="s") == ["quota q counts 2 units and allows 1"]


def test_occupants_who_stay_count_in_a_quota_and_those_who_leave_do_not():
    quotas = [Quota(id="q", services=frozenset("s"), max_units=1)]
    staying = ask([*living("s", "ann"), *people("bea")], [service("s", 9)], quotas=quotas)
    assert broken(staying, ann="s", bea="s") == ["quota q counts 2 units and allows 1"]
    leaving = ask([*living("s", "ann", must_leave=True), *people("bea")], [service("s", 9)], quotas=quotas)
    assert broken(leaving, bea="s") == []


def test_nobody_is_evicted_under_an_over_full_quota_and_nobody_new_enters_even_where_someone_goes():
    persons = [*living("s", "ann", "bea", may_move=True), *people("cat")]
    quota = Quota(id="q", services=frozenset("s"), max_units=1)
    problem = ask(persons, [service("s", 9), service("t", 9)], quotas=[quota])
    assert broken(problem, ann="s", bea="s") == []
    assert broken(problem, ann="t", bea="t", cat="s") == ["['cat'] enter quota q, which is over-full"]


def test_who_counts_in_an_over_full_quota_already_may_move_about_in_it_but_add_no_unit():
    persons = living("s", "ann", "bea", may_move=True)
    quota = Quota(id="q", max_units=1)
    problem = ask(persons, [service("s", 9), service("t", 9)], quotas=[quota], units={("bea", "t"): 2})
    assert broken(problem, ann="t", bea="s") == []
    assert broken(problem, ann="s", bea="t") == ["quota q counts 3 units and allows 2"]


def test_who_must_leave_is_new_to_an_over_full_quota():
    persons = [*living("s", "ann", "bea", may_move=True), *living("s", "cat", must_leave=True)]
    quota = Quota(id="q", max_units=1)
    problem = ask(persons, [service("s", 9), service("t", 9)], quotas=[quota], units={("ann", "t"): 1})
    assert broken(problem, ann="t", bea="s", cat="t") == [
        "quota q counts 3 units and allows 2",
        "['cat'] enter quota q, which is over-full",
    ]


def test_a_quota_may_ask_for_a_least_and_has_no_most_unless_it_says_so():
    problem = under(Quota(id="q", authorities=frozenset("AB"), min_units=2))
    assert broken(problem, ann="s", bob="t") == []
    assert broken(problem, ann="s", una="s") == ["quota q counts 1 units and needs 2"]


# ------------------------------------------------------------------------------------------- same gender


def shared(*persons):
    return ask(list(persons), [service("s", 9, "same"), service("t", 9)])


def of(gender, *ids, **traits):
    return people(*ids, gender=gender, **traits)


@pytest.mark.parametrize("gender", ["male", "female", "non-binary"])
def test_a_same_pool_takes_people_of_any_one_gender(gender):
    problem = shared(*of(gender, "ann", "bea"), *of("other", "cat"))
    assert broken(problem, ann="s", bea="s") == []
    assert broken(problem, ann="s", cat="s") == ["pool u of s is for one gender at a time and is mixed"]


def test_nobody_joins_a_person_of_unknown_gender_in_a_same_pool():
    problem = shared(*of(None, "ann", "bea"), *of("male", "max"))
    assert broken(problem, ann="s") == []
    for other in ("bea", "max"):
        assert broken(problem, ann="s", **{other: "s"}) == [
            "pool u of s is for one gender at a time and is mixed"
        ]


def test_the_gender_of_those_who_stay_decides_who_joins_them_in_a_same_pool():
    problem = shared(*living("s", "ann", gender="female", may_move=True), *of("male", "max"))
    assert broken(problem, ann="t", max="s") == []
    assert broken(problem, ann="s", max="s") == ["pool u of s is for one gender at a time and is mixed"]


def test_those_who_must_leave_a_same_pool_do_not_decide():
    problem = shared(*living("s", "ann", gender="female", must_leave=True), *of("male", "max"))
    assert broken(problem, max="s") == []


def test_a_same_pool_mixed_at_the_start_keeps_who_stays_and_takes_nobody_new_even_where_one_moves_out():
    ann, max_ = (*living("s", "ann", gender="female", may_move=True), *living("s", "max", gender="male"))
    problem = shared(ann, max_, *of("male", "may"))
    assert broken(problem, ann="s", max="s") == []
    assert broken(problem, ann="t", max="s", may="s") == ["['may'] enter pool u of s, which is mixed already"]


def test_two_people_of_unknown_gender_make_a_same_pool_mixed():
    problem = shared(*living("s", "ann", "bea"), *of("male", "max"))
    assert broken(problem, ann="s", bea="s") == []
    assert broken(problem, ann="s", bea="s", max="s") == ["['max'] enter pool u of s, which is mixed already"]


# --------------------------------------------------------------------------- separations, moves, strangers


def apart(*persons):
    two = [pools("s", u=(9, "any"), v=(9, "any")), service("t", 9)]
    return ask(list(persons), two, separations=[("ann", "bea")])


def test_separated_people_are_never_in_one_service_not_even_in_two_pools():
    problem = apart(*people("ann", "bea"))
    assert broken(problem, ann="s/u", bea="t") == []
    assert broken(problem, ann="s/u") == []
    assert broken(problem, ann="s/u", bea="s/v") == ["ann and bea are both at s"]


def test_separated_people_who_both_stay_are_a_fact():
    problem = apart(*living("s", "ann", may_move=True), *living("s", "bea", pool="v"))
    assert broken(problem, ann="s/u", bea="s/v") == []
    assert broken(problem, ann="t", bea="s/v") == []


def test_separated_people_who_live_together_do_not_move_together():
    problem = apart(*living("s", "ann", "bea", may_move=True))
    assert broken(problem, ann="t", bea="t") == ["ann and bea are both at t"]


def test_nobody_is_placed_with_an_occupant_from_whom_they_are_separated():
    problem = apart(*living("s", "ann"), *people("bea"))
    assert broken(problem, ann="s", bea="s/v") == ["ann and bea are both at s"]


def test_no_more_occupants_are_moved_than_the_limit_and_those_who_must_leave_are_not_counted():
    persons = [
        *living("s", "ann", "bea", may_move=True),
        *living("s", "cat", must_leave=True),
        *people("dee"),
    ]
    problem = ask(persons, [service("s", 9), service("t", 9)], limits=Limits(moves=1))
    assert broken(problem, ann="t", bea="s", cat="t", dee="t") == []
    assert broken(problem, ann="t", bea="t") == ["2 people are moved, more than 1: ['ann', 'bea']"]


def test_a_plan_names_everybody_and_nothing_that_is_not_there():
    problem = ask(people("ann"), [service("s")])
    assert violations(problem, {}, {}) == ["ann is left out"]
    assert violations(problem, {"ann": ("s", "v")}, {}) == ["('s', 'v') is no pool in this problem"]
    assert violations(problem, {"ann": None, "bea": None}, {}) == ["bea is nobody in this problem"]
    assert violations(problem, {"ann": None}, {("s", "u", "v"): 1}) == [
        "('s', 'u', 'v') is no conversion in this problem"
    ]


def test_every_broken_rule_is_named_at_once():
    persons = [*living("s", "ann"), *people("bea", gender="male")]
    problem = ask(persons, [service("s", 1, "female")], separations=[("ann", "bea")], limits=Limits(moves=0))
    assert broken(problem, bea="s") == [
        "pool u of s is not for the gender of bea",
        "ann loses their place and gets no other",
    ]
