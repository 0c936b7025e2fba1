"""The engine against the referee where rules nest or nearly do; and what holds of every plan it makes.

2,000 random small problems in all: here, and in `test_solve_whole_numbers` for the kinds that need branching.
"""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation import exhaustive
from allocation.certify import certify
from allocation.exchange import plan_document
from allocation.plan import Status
from allocation.problem import Limits, Options, Person, Problem, Quota
from allocation.solve import solve
from tests.allocation import verdicts
from tests.allocation.agreement import stands
from tests.allocation.by_method import town
from tests.allocation.hand_made import ask, living, people, pools, service
from tests.allocation.strategies import Kind, of_kind, small_problems
from tests.allocation.verdicts import examples

NESTING = (
    Kind.NESTED,
    Kind.GENDERS,
    Kind.CONVERSIONS,
    Kind.OCCUPANTS,
    Kind.TAGS,
    Kind.DERIVED,
    Kind.CROSSING,
)


@pytest.mark.parametrize("kind", NESTING)
@examples(125)
@given(data=st.data())
def test_no_plan_is_better_than_the_engines_and_its_certificate_holds(kind, data):
    stands(data.draw(of_kind(kind)))


# ------------------------------------------------------------------------------------- hardly a problem


def test_nobody_to_place_is_a_plan():
    plan = solve(Problem(people=(), services=(service("s"),)))
    assert (plan.status, plan.placements) == (Status.OPTIMAL, ())
    assert certify(Problem(people=(), services=(service("s"),)), plan).holds


def test_no_services_at_all_leaves_everybody_without_a_place():
    problem = Problem(people=tuple(people("ann", "bea")), services=())
    plan = solve(problem)
    assert (plan.status, plan.summary.unplaced) == (Status.OPTIMAL, 2)
    assert certify(problem, plan).holds


def test_a_quota_that_nobody_could_ever_fill_is_named():
    """Its row is empty: there is no choice that counts in it."""
    quota = Quota(id="young", tags=frozenset({"young"}), min_units=1)
    plan = solve(ask(people("ann"), [service("s")], quotas=(quota,)))
    assert plan.status is Status.INFEASIBLE
    assert "young" in plan.summary.message


def test_of_three_demands_only_the_two_that_conflict_are_named():
    demands = [
        Quota(id="one", services=frozenset({"s"}), tags=frozenset({"x"}), min_units=1),
        Quota(id="two", services=frozenset({"s"}), tags=frozenset({"y"}), min_units=1),
        Quota(id="six", services=frozenset({"t"}), min_units=1),
    ]
    persons = [
        Person(id="ann", tags=frozenset({"x"})),
        Person(id="bea", tags=frozenset({"y"})),
        Person(id="cat"),
    ]
    problem = ask(persons, [service("s"), service("t")], quotas=tuple(demands))
    plan = solve(problem)
    assert verdicts.conflict(problem, plan) == {"one", "two"}


# ------------------------------------------------------------------------------------------ time limits


def value_of(levels, name):
    """What a plan is worth in one level, as its summary tells it."""
    if name in {"cost", "moved"}:
        return getattr(levels, name)
    _, band, what = name.split()
    return next(row for row in levels.bands if row[0] == int(band))[1 if what == "people" else 2]


def honest(problem, plan):
    """Fail if an unproved level is told wrongly, or a level that is not at its best is not told."""
    best, mine = exhaustive.best(problem).levels, verdicts.levels(problem, plan)
    told = {each.level: each for each in plan.summary.unproved}
    people_levels = [f"band {band} {what}" for band, _, _ in mine.bands for what in ("people", "score")]
    for name in [*people_levels, "cost", "moved"]:
        value, optimum = value_of(mine, name), value_of(best, name)
        sign = -1 if name in {"cost", "moved"} else 1
        if name in told:
            assert told[name].value == value
            assert sign * value <= sign * optimum <= sign * told[name].bound
        if value != optimum:
            assert name in told
            return  # the later levels are judged among plans as good in this one
    assert plan.summary.cost_bound <= best.cost


@examples(150)
@given(small_problems())
def test_without_any_time_the_plan_is_possible_and_its_bounds_are_honest(problem):
    plan = solve(problem, time_limit_s=0)
    if exhaustive.best(problem) is None:
        assert plan.status is Status.INFEASIBLE
        assert not verdicts.met_together(problem, verdicts.conflict(problem, plan))
        return
    assert verdicts.violations(problem, plan) == []
    assert certify(problem, plan).faults == ()
    honest(problem, plan)


def test_out_of_time_is_feasible_with_every_open_level_told():
    """A household of two before two single people: no price proves that, and there is no time to search."""
    persons = [Person(id="ann", units=2, score=9), *people("bea", "cat", score=5)]
    problem = ask([*persons, Person(id="dan", units=2)], [service("s", 3)])
    plan = solve(problem, time_limit_s=0)
    assert plan.status is Status.FEASIBLE
    assert plan.summary.unproved
    assert solve(problem).status is Status.OPTIMAL


# ---------------------------------------------------------------------------------- always the same plan


def answer(plan):
    """A plan's document without ``run``, the only part that may differ."""
    return {name: value for name, value in plan_document(plan).items() if name != "run"}


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_parts_solved_side_by_side_make_the_same_plan(kind):
    with kind(max_workers=2) as executor:
        aside = solve(town(), executor=executor)
    assert len(aside.certificate["parts"]) == 3
    assert answer(aside) == answer(solve(town()))


# -------------------------------------------------------------------------------------- large numbers

MOST = 10**9


def stretched(problem):
    """The same problem with every cost and score near the largest a problem may hold."""
    persons = tuple(replace(each, score=MOST - each.score) for each in problem.people)
    options = replace(problem.options, cost=MOST - problem.options.cost)
    services = tuple(
        replace(each, conversions=tuple(replace(way, cost=MOST - way.cost) for way in each.conversions))
        for each in problem.services
    )
    return replace(problem, people=persons, options=options, services=services)


@examples(150)
@given(small_problems().filter(lambda problem: problem.options is not None))
def test_costs_and_scores_near_the_largest_allowed_are_still_right(problem):
    """Optimal and right; or, where the numbers are too large for proof, told as it is."""
    large = stretched(problem)
    plan = solve(large)
    if plan.status is Status.FEASIBLE:
        assert verdicts.violations(large, plan) == []
        honest(large, plan)
    else:
        verdicts.agrees(large, plan)
    assert certify(large, plan).faults == ()


FIRST_PLACED = {"nested": 12, "movable": 12, "gendered": 12, "households": 9}
"""Of band 1 in 12 units: one each, but for households of two."""


@pytest.mark.parametrize("sort", FIRST_PLACED)
def test_forty_people_at_the_largest_costs_and_scores_are_placed_by_priority(sort):
    """Weights of all levels in one number would not fit in 64 bits here."""
    problem = forty(sort)
    plan = solve(problem, time_limit_s=5)
    assert verdicts.violations(problem, plan) == []
    assert certify(problem, plan).faults == ()
    assert plan.summary.placed_by_band[1][0] == FIRST_PLACED[sort]


def forty(sort):
    persons = [
        Person(
            id=f"p{at:02}",
            band=1 + at % 3,
            score=MOST - at,
            units=1 + at % 2 if sort == "households" else 1,
            gender=("male", "female")[at % 2],
            authority="AB"[at // 2 % 2],
        )
        for at in range(40)
    ]
    services = [
        pools(f"s{at}", m=(3, "male"), f=(3, "female")) if sort == "gendered" else service(f"s{at}", 6)
        for at in range(2)
    ]
    if sort == "movable":
        persons += living("s0", "zed", may_move=True, score=MOST)
    rows = [(who, at, MOST - (who * 7 + at) % 11, 0) for who in range(len(persons)) for at in range(2)]
    crossing = Quota(id="A", authorities=frozenset("A"), max_units=6)
    return Problem(
        people=tuple(persons),
        services=tuple(services),
        options=Options.of(rows),
        quotas=(crossing,) if sort == "gendered" else (),
        limits=Limits(moves=1) if sort == "movable" else Limits(),
    )


def test_thousands_of_people_at_the_largest_costs_are_placed_by_priority():
    """The weight of a rank beside all costs together passes 64 bits: nothing may wrap round unnoticed."""
    persons = [Person(id=f"p{at:04}", score=MOST - at) for at in range(2500)]
    persons += living("s", "zed", may_move=True)
    rows = [(who, at, MOST - who % 3, 0) for who in range(len(persons)) for at in range(2)]
    services = (service("s", 3), service("t", 3))
    problem = Problem(people=tuple(persons), services=services, options=Options.of(rows))
    plan = solve(problem, time_limit_s=5)
    assert {each.person for each in plan.placements} == {"zed", *(f"p{at:04}" for at in range(5))}
    assert certify(problem, plan).faults == ()
