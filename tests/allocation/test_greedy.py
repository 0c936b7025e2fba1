"""One person after another: never against a rule, never better than the best, and what a person would do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allocation import exhaustive
from allocation.assemble import conversions_of, placements_of
from allocation.choices import Scene
from allocation.greedy import place_in_order
from allocation.problem import Person, Quota
from allocation.rules import Programme
from tests.allocation.hand_made import ask, living, people, pools, service
from tests.allocation.strategies import small_problems
from tests.allocation.verdicts import examples


def ends(problem, order):
    """Where everybody ends whom ``order`` (of ids) gives a place."""
    whole = Programme.of(Scene.of(problem))
    columns = place_in_order(whole, [problem.person_at[each] for each in order])
    assert conversions_of(whole, columns) == ()
    return {each.person: (each.service, each.pool) for each in placements_of(whole, columns)}


@examples(200)
@given(st.data())
def test_whatever_the_order_no_rule_is_broken_but_a_least(data):
    problem = data.draw(small_problems())
    order = data.draw(st.permutations([each.id for each in problem.people]))
    placed = dict.fromkeys(order) | ends(problem, order)
    least = {f"quota {quota.id} counts" for quota in problem.quotas if quota.min_units}
    for fault in exhaustive.violations(problem, placed, {}):
        assert "needs" in fault
        assert any(fault.startswith(each) for each in least)
    best = exhaustive.best(problem)
    if best is not None and not exhaustive.violations(problem, placed, {}):
        assert not exhaustive.levels(problem, placed, {}).better_than(best.levels)


def test_the_first_in_line_gets_the_unit_whatever_their_band():
    problem = ask([Person(id="ann", band=2), Person(id="bea", band=1)], [service("s")])
    assert ends(problem, ["ann", "bea"]) == {"ann": ("s", "u")}
    assert ends(problem, ["bea", "ann"]) == {"bea": ("s", "u")}


def test_each_takes_the_cheapest_place_still_open():
    listed = {(who, at): cost for who in ("ann", "bea") for at, cost in (("s", 1), ("t", 4))}
    problem = ask(people("ann", "bea"), [service("s"), service("t")], listed)
    assert ends(problem, ["bea", "ann"]) == {"bea": ("s", "u"), "ann": ("t", "u")}


def test_nobody_makes_way_for_those_who_come_later():
    """ann could also live at t; she came first and stays at s, and bea goes without."""
    listed = {("ann", "s"): 0, ("ann", "t"): 1, ("bea", "s"): 0}
    problem = ask(people("ann", "bea"), [service("s"), service("t")], listed)
    assert ends(problem, ["ann", "bea"]) == {"ann": ("s", "u")}


def test_who_can_stay_stays_before_anybody_else_is_placed():
    problem = ask([*living("s", "zed", may_move=True), *people("ann")], [service("s")])
    assert ends(problem, ["ann", "zed"]) == {"zed": ("s", "u")}


def test_who_comes_first_to_a_pool_of_one_gender_at_a_time_settles_it():
    couple = [Person(id="art", gender="male"), Person(id="bea", gender="female")]
    problem = ask(couple, [pools("s", u=(2, "same"))])
    assert ends(problem, ["bea", "art"]) == {"bea": ("s", "u")}


def test_a_quota_that_is_full_sends_people_elsewhere():
    listed = {("ann", "s"): 0, ("bea", "s"): 0, ("bea", "t"): 3}
    quota = Quota(id="q", services=frozenset("s"), max_units=1)
    problem = ask(people("ann", "bea"), [service("s", 2), service("t")], listed, quotas=(quota,))
    assert ends(problem, ["ann", "bea"]) == {"ann": ("s", "u"), "bea": ("t", "u")}


def test_nobody_in_line_places_nobody_new():
    whole = Programme.of(Scene.of(ask(people("ann"), [service("s")])))
    assert not place_in_order(whole, []).any()
    assert place_in_order(whole, []).dtype == np.int64
