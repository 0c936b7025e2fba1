"""Where demands conflict, a smallest set of them is named; without the time for it, one that conflicts."""

from dataclasses import replace
from itertools import combinations

from hypothesis import given

from allocation import exhaustive
from allocation.choices import Scene
from allocation.conflict import smallest_conflict
from allocation.plan import Status
from allocation.problem import Person, Quota
from allocation.rules import Programme
from allocation.solve import solve
from tests.allocation import verdicts
from tests.allocation.hand_made import ask, living, people, service
from tests.allocation.strategies import Kind, problems
from tests.allocation.verdicts import examples


def conflict(problem, seconds=60.0):
    return set(smallest_conflict(Programme.of(Scene.of(problem)), seconds))


def demand(name, least, **selectors):
    return Quota(id=name, min_units=least, **selectors)


@examples(150)
@given(problems({Kind.MIN_UNITS, Kind.TAGS, Kind.OCCUPANTS}))
def test_the_demands_named_conflict_and_none_of_them_could_be_left_out(problem):
    others = (demand("a", 1, authorities=frozenset("A")), demand("b", 2, authorities=frozenset("BC")))
    problem = replace(problem, quotas=(*problem.quotas, *others))
    if exhaustive.best(problem) is not None:
        return
    plan = solve(problem)
    assert plan.status is Status.INFEASIBLE
    named = verdicts.conflict(problem, plan)
    assert not verdicts.met_together(problem, named)
    demanding = [quota.id for quota in problem.quotas if quota.min_units]
    for size in range(1, len(named)):
        assert all(verdicts.met_together(problem, fewer) for fewer in combinations(demanding, size))


def test_a_demand_that_can_never_be_met_stands_alone():
    quotas = (demand("much", 5), demand("little", 1))
    assert conflict(ask(people("ann", "bea"), [service("s", 2)], quotas=quotas)) == {"much"}


def test_two_demands_on_the_same_unit_conflict():
    persons = [Person(id="ann", authority="A"), Person(id="bea", authority="B"), Person(id="cat")]
    quotas = tuple(demand(each, 1, authorities=frozenset(each)) for each in "AB")
    problem = ask(persons, [service("s")], quotas=(*quotas, demand("all", 1)))
    assert conflict(problem) == {"A", "B"}


def test_a_demand_that_those_who_stay_meet_conflicts_with_nothing():
    quotas = (demand("here", 1, services=frozenset("s")), demand("more", 9))
    problem = ask([*living("s", "zed"), Person(id="ann")], [service("s", 2)], quotas=quotas)
    assert conflict(problem) == {"more"}


def test_without_time_all_demands_are_named():
    quotas = (demand("much", 5), demand("little", 1))
    problem = ask(people("ann", "bea"), [service("s", 2)], quotas=quotas)
    assert conflict(problem, 0.0) >= {"much"}
