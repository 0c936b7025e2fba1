"""The referee's search: which of two plans is better, and that no plan is better than the one it finds."""

from itertools import product

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from allocation.exhaustive import Levels, best, levels, places, violations
from allocation.problem import Conversion, Gender, Limits, Person, Quota
from tests.allocation.hand_made import ask, living, people, pools, service
from tests.allocation.strategies import Kind, of_kind, problems, small_problems


def ends(problem):
    """Where the best plan puts everybody who has a place."""
    return {who: at[0] for who, at in best(problem).assignment.items() if at is not None}


# ------------------------------------------------------------------------------------- what is optimal


def test_one_person_of_band_1_comes_before_any_number_of_band_2():
    household = Person(id="ann", band=1, units=3)
    problem = ask([household, *people("bea", "cat", "dee", band=2, score=99)], [service("s", 3)])
    assert ends(problem) == {"ann": "s"}
    assert best(problem).levels == Levels(((1, 1, 0), (2, 0, 0)), 0, 0)


def test_inside_a_band_the_number_of_people_comes_before_their_scores():
    household = Person(id="ann", score=99, units=2)
    problem = ask([household, *people("bea", "cat", score=1)], [service("s", 2)])
    assert ends(problem) == {"bea": "s", "cat": "s"}


def test_inside_a_band_the_higher_score_comes_before_the_lower_cost():
    persons = [Person(id="ann", score=2), Person(id="bea", score=1)]
    problem = ask(persons, [service("s")], {("ann", "s"): 50, ("bea", "s"): 0})
    assert ends(problem) == {"ann": "s"}


def test_the_score_of_a_band_comes_before_the_people_of_the_next():
    persons = [Person(id="ann", score=2, units=2), Person(id="bea", score=1), Person(id="cat", band=2)]
    assert ends(ask(persons, [service("s", 2)])) == {"ann": "s"}


def test_a_place_is_given_at_any_cost_and_then_at_the_least():
    problem = ask(people("ann"), [service("s"), service("t")], {("ann", "s"): 9, ("ann", "t"): 7})
    assert ends(problem) == {"ann": "t"}
    assert best(problem).levels == Levels(((1, 1, 0),), 7, 0)


def test_the_cost_comes_before_the_moves():
    problem = ask(
        living("s", "ann", may_move=True),
        [service("s"), service("t")],
        {("ann", "s"): 3, ("ann", "t"): 2},
    )
    assert best(problem).levels == Levels(((1, 1, 0),), 2, 1)


def test_nobody_is_moved_for_nothing():
    problem = ask(living("s", "ann", may_move=True), [service("s"), service("t")])
    assert best(problem).levels == Levels(((1, 1, 0),), 0, 0)


def test_who_comes_first_does_not_take_the_cheapest_place_from_who_has_no_other_cheap_one():
    listed = {("ann", "s"): 0, ("ann", "t"): 1, ("bea", "s"): 0, ("bea", "t"): 5}
    assert ends(ask(people("ann", "bea"), [service("s"), service("t")], listed)) == {"ann": "t", "bea": "s"}


def test_the_fewest_are_moved_and_not_those_who_come_last():
    household = living("s", "ann", units=2, score=1, may_move=True)
    persons = [*household, *living("s", "bea", "cat", may_move=True), *people("dee", units=2)]
    problem = ask(
        persons,
        [service("s", 4), service("t", 4)],
        {(who, "t"): 0 for who in ("ann", "bea", "cat")} | {("dee", "s"): 0},
    )
    assert ends(problem) == {"ann": "t", "bea": "s", "cat": "s", "dee": "s"}


def test_occupants_count_among_the_placed_and_their_listed_cost_in_the_total():
    persons = [*living("s", "ann", band=2, score=5), *living("s", "bea", band=2, score=6)]
    problem = ask(persons, [service("s", 2)], {("ann", "s"): 4})
    assert best(problem).levels == Levels(((2, 2, 11),), 4, 0)


def test_staying_costs_nothing_where_it_is_not_listed():
    problem = ask(living("s", "ann", may_move=True), [service("s"), service("t")], {("ann", "t"): 1})
    assert best(problem).levels == Levels(((1, 1, 0),), 0, 0)


def test_a_band_of_which_nobody_is_placed_is_still_told():
    assert best(ask(people("ann", band=3), [service("s", 0)])).levels.bands == ((3, 0, 0),)


def test_who_must_leave_and_gets_a_place_is_not_counted_as_moved():
    problem = ask(living("s", "ann", must_leave=True), [service("s"), service("t")])
    assert best(problem).levels == Levels(((1, 1, 0),), 0, 0)


def test_units_are_converted_where_that_places_somebody_by_the_cheapest_way():
    ways = [Conversion(source="m", target="f", cost=2), Conversion(source="x", target="f", cost=3)]
    hostel = pools("s", ways, m=(1, "male"), f=(0, "female"), x=(1, "male"))
    found = best(ask(people("ann", gender="female"), [hostel]))
    assert found.levels == Levels(((1, 1, 0),), 2, 0)
    assert found.conversions == {("s", "m", "f"): 1, ("s", "x", "f"): 0}


def test_one_way_converts_as_many_units_as_are_wanted():
    hostel = pools("s", [Conversion(source="m", target="f", cost=1)], m=(2, "male"), f=(0, "female"))
    assert best(ask(people("ann", "bea", gender="female"), [hostel])).levels == Levels(((1, 2, 0),), 2, 0)


def test_a_dear_way_within_the_limit_is_found_behind_a_cheap_one_beyond_it():
    ways = [
        Conversion(source="m", target="x"),
        Conversion(source="x", target="f"),
        Conversion(source="m", target="f", cost=5),
    ]
    hostel = pools("s", ways, m=(1, "male"), x=(1, "male"), f=(0, "female"))
    persons = [*living("s", "max", pool="x"), *people("ann", gender="female")]
    assert best(ask(persons, [hostel])).levels.cost == 0
    assert best(ask(persons, [hostel], limits=Limits(conversions=1))).levels == Levels(((1, 2, 0),), 5, 0)


def test_no_unit_is_converted_for_nothing():
    ways = [Conversion(source="m", target="f")]
    found = best(ask(people("ann", gender="male"), [pools("s", ways, m=(2, "male"), f=(0, "female"))]))
    assert set(found.conversions.values()) == {0}


def test_a_least_that_cannot_be_reached_leaves_no_plan():
    quotas = [Quota(id="q", min_units=2)]
    assert best(ask(people("ann", "bea"), [service("s", 1)], quotas=quotas)) is None


def test_a_least_is_reached_where_one_place_counts_enough():
    quotas = [Quota(id="q", min_units=2)]
    problem = ask(people("ann"), [service("s", 2), service("t", 2)], units={("ann", "t"): 2}, quotas=quotas)
    assert ends(problem) == {"ann": "t"}


def test_a_least_comes_before_priority():
    persons = [Person(id="ann", band=1), Person(id="bea", band=2, authority="B")]
    problem = ask(persons, [service("s")], quotas=[Quota(id="q", authorities=frozenset("B"), min_units=1)])
    assert ends(problem) == {"bea": "s"}


def test_an_occupant_moves_to_make_room_for_who_fits_nowhere_else():
    persons = [*living("s", "ann", may_move=True), *people("bea", band=9)]
    listed = {("ann", "t"): 0, ("bea", "s"): 0}
    assert ends(ask(persons, [service("s"), service("t")], listed)) == {"ann": "t", "bea": "s"}
    held = ask(persons, [service("s"), service("t")], listed, limits=Limits(moves=0))
    assert ends(held) == {"ann": "s"}


def test_no_conversion_within_the_limit_means_no_place():
    ways = [Conversion(source="m", target="f")]
    hostel = pools("s", ways, m=(2, "male"), f=(0, "female"))
    persons = people("ann", "bea", gender="female")
    assert len(ends(ask(persons, [hostel], limits=Limits(conversions=1)))) == 1


def test_a_problem_without_people_has_one_plan():
    assert best(ask([], [service("s")])).levels == Levels((), 0, 0)


# -------------------------------------------------------------------------------- Kamada and Kojima's caps


def doctors(quotas):
    """Ten doctors, three who want the one hospital of ten units and seven who want the other.

    Kamada and Kojima (2015), "Efficient matching under distributional constraints", example 1.
    """
    persons = people(*(f"d{at}" for at in range(10)))
    listed = {(person.id, "h0" if at < 3 else "h1"): 0 for at, person in enumerate(persons)}
    return ask(persons, [service("h0", 10), service("h1", 10)], listed, quotas=quotas)


def test_one_cap_of_ten_over_the_region_places_all_ten():
    assert len(ends(doctors([Quota(id="region", services=frozenset({"h0", "h1"}), max_units=10)]))) == 10


def test_the_same_cap_split_five_and_five_places_eight():
    split = [Quota(id=name, services=frozenset({name}), max_units=5) for name in ("h0", "h1")]
    assert len(ends(doctors(split))) == 8


# ---------------------------------------------------------------------------------- against every plan


def plans(problem):
    """Every plan that can be written down, most of which break a rule."""
    everywhere = [None, *((at.id, pool.id) for at in problem.services for pool in at.pools)]
    units = {(at.id, pool.id): pool.units for at in problem.services for pool in at.pools}
    ways = [(at.id, way.source, way.target) for at in problem.services for way in at.conversions]
    amounts = [range(units[service_id, source] + 1) for service_id, source, _ in ways]
    for assigned in product(everywhere, repeat=len(problem.people)):
        for converted in product(*amounts):
            ids = (person.id for person in problem.people)
            yield dict(zip(ids, assigned, strict=True)), dict(zip(ways, converted, strict=True))


def count(problem):
    """How many plans that is."""
    converted = 1
    for at in problem.services:
        units = {pool.id: pool.units for pool in at.pools}
        for way in at.conversions:
            converted *= units[way.source] + 1
    return converted * (1 + sum(len(at.pools) for at in problem.services)) ** len(problem.people)


@given(problem=st.one_of(small_problems(3), st.sampled_from(Kind).flatmap(lambda kind: of_kind(kind, 3))))
def test_none_of_all_plans_that_break_no_rule_is_better_than_the_best(problem):
    assume(count(problem) <= 1000)
    allowed = [levels(problem, *plan) for plan in plans(problem) if not violations(problem, *plan)]
    found = best(problem)
    assert (found is None) == (not allowed)
    assert found is None or found.levels in allowed
    assert not any(each.better_than(found.levels) for each in allowed)


@given(problem=st.sampled_from(Kind).flatmap(of_kind))
def test_the_best_plan_breaks_no_rule_and_is_as_good_as_it_says(problem):
    found = best(problem)
    if found is not None:
        assert violations(problem, found.assignment, found.conversions) == []
        assert levels(problem, found.assignment, found.conversions) == found.levels


@given(problem=small_problems())
def test_who_need_not_leave_may_stay_and_only_who_may_move_has_another_place(problem):
    for person in problem.people:
        choices = [place.at for place in places(problem)[person.id]]
        now = (person.current_service, person.current_pool or "a")
        assert person.remains == (now in choices)
        assert not person.remains or person.may_move or choices == [now]


# ------------------------------------------------------------------------------- the problems drawn


def entries(problem):
    """For every pool and quota, the (person, service) pairs that count in it."""
    for at, person in product(problem.services, problem.people):
        for pool in at.pools:
            if pool.gender in {Gender.ANY, Gender.SAME, person.gender}:
                yield (at.id, pool.id), (person.id, at.id, pool.id)
            for quota in problem.quotas:
                if quota.selects(person) and (quota.services is None or at.id in quota.services):
                    yield quota.id, (person.id, at.id, pool.id)


@given(problem=of_kind(Kind.NESTED))
def test_nested_quotas_and_pools_nest(problem):
    counted = {}
    for name, entry in entries(problem):
        counted.setdefault(name, set()).add(entry)
    for one, other in product(counted.values(), repeat=2):
        assert one.isdisjoint(other) or one <= other or other <= one


def held(problem, at, pool):
    """Who need not leave a pool."""
    return [
        who
        for who in problem.people
        if who.remains and who.current_service == at.id and (who.current_pool or "a") == pool.id
    ]


def overfull(problem):
    pairs = [(at, pool) for at in problem.services for pool in at.pools]
    return any(sum(who.units for who in held(problem, *pair)) > pair[1].units for pair in pairs)


def mixed(problem):
    shared = [(at, pool) for at in problem.services for pool in at.pools if pool.gender is Gender.SAME]
    return any(len({who.gender or who.id for who in held(problem, *pair)}) > 1 for pair in shared)


def over_quota(problem):
    return any(
        sum(
            who.units
            for who in problem.people
            if who.remains
            and quota.selects(who)
            and (quota.services is None or who.current_service in quota.services)
        )
        > quota.max_units
        for quota in problem.quotas
    )


def drawn(strategy, count):
    """The first so many problems of a strategy."""
    problems_drawn = []

    @settings(max_examples=count, phases=[Phase.generate], database=None)
    @given(problem=strategy)
    def draw(problem):
        problems_drawn.append(problem)

    draw()
    return problems_drawn


@pytest.mark.parametrize("fact", [overfull, mixed, over_quota])
def test_facts_that_break_a_rule_are_drawn_where_asked_for(fact):
    assert any(map(fact, drawn(of_kind(Kind.OVERFULL), 100)))


@given(problem=problems({Kind.OCCUPANTS, Kind.SAME, Kind.CROSSING}))
def test_facts_that_break_a_rule_are_drawn_nowhere_else(problem):
    assert not any(fact(problem) for fact in (overfull, mixed, over_quota))


def test_small_problems_are_not_too_small_for_anything_to_happen():
    """Somebody is left out of many; occupants move, units are converted, a least is not reached."""
    answers = [best(problem) for problem in drawn(small_problems(), 400)]
    found = [each for each in answers if each is not None]
    assert len(found) < len(answers)
    assert 100 < sum(None in each.assignment.values() for each in found) < 350
    assert sum(each.levels.moved > 0 for each in found) >= 4
    assert sum(any(each.conversions.values()) for each in found) >= 2
    assert sum(len(each.assignment) - [*each.assignment.values()].count(None) > 3 for each in found) > 40
