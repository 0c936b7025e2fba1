"""Simpler ways of allocating: what they do, and what they cannot see."""

from datetime import date

import pytest

from allocation.exhaustive import violations
from allocation.problem import Conversion, Quota
from allocation.solve import solve
from scenarios.emergency import emergency
from scenarios.policies import UnknownArrivals, first_come_first_served, greedy_by_priority
from tests.allocation.hand_made import ask, living, people, pools, service


def places(outcome):
    """Service by person."""
    return {each.person: each.service for each in outcome.placements}


URGENT, CALM = people("z-urgent", band=1), people("a-calm", band=5)


def test_whoever_came_first_is_served_first_whatever_their_risk():
    problem = ask([*URGENT, *CALM], [service("only")])
    assert places(first_come_first_served(problem)) == {"a-calm": "only"}
    assert places(greedy_by_priority(problem)) == {"z-urgent": "only"}


def test_an_order_of_arrival_counts_before_the_order_of_ids():
    problem = ask([*URGENT, *CALM], [service("only")])
    assert places(first_come_first_served(problem, arrivals=["z-urgent", "a-calm"])) == {"z-urgent": "only"}


@pytest.mark.parametrize("arrivals", [[], ["a-calm"], ["a-calm", "a-calm"], ["a-calm", "z-urgent", "nobody"]])
def test_an_order_of_arrival_that_does_not_name_everybody_once_is_refused(arrivals):
    with pytest.raises(UnknownArrivals, match="2 people"):
        first_come_first_served(ask([*URGENT, *CALM], [service("only")]), arrivals=arrivals)


def test_inside_a_band_the_higher_score_then_the_lower_id_is_served_first():
    persons = [*people("a", score=1), *people("c", "b", score=9)]
    assert places(greedy_by_priority(ask(persons, [service("only")]))) == {"b": "only"}


def test_greedy_by_priority_takes_the_only_place_that_the_next_person_has():
    persons = [*people("first", band=1), *people("second", band=2)]
    listed = {("first", "near"): 0, ("first", "far"): 1, ("second", "near"): 0}
    problem = ask(persons, [service("near"), service("far")], listed)
    assert places(greedy_by_priority(problem)) == {"first": "near"}
    assert {each.person for each in solve(problem).placements} == {"first", "second"}


def test_each_takes_the_cheapest_place_still_open():
    listed = {("a", "dear"): 5, ("a", "cheap"): 2, ("b", "dear"): 5, ("b", "cheap"): 2}
    outcome = greedy_by_priority(ask(people("a", "b"), [service("dear"), service("cheap")], listed))
    assert places(outcome) == {"a": "cheap", "b": "dear"}
    assert outcome.cost == 7


def test_occupants_stay_and_no_unit_is_converted():
    home = pools("home", conversions=[Conversion(source="m", target="f")], m=(3, "male"), f=(1, "female"))
    persons = [
        *living("home", "stayer", pool="m", gender="male", may_move=True),
        *people("x", "y", gender="female"),
    ]
    outcome = greedy_by_priority(ask(persons, [home]))
    assert places(outcome) == {"stayer": "home", "x": "home"}
    assert outcome.placed_by_band == {1: (2, 3)}


def test_a_full_quota_is_kept_and_people_outside_it_are_served():
    quota = Quota(id="outsiders", services=frozenset({"only"}), tags=frozenset({"outside"}), max_units=0)
    persons = [*people("out", tags=frozenset({"outside"})), *people("in", band=2)]
    problem = ask(persons, [service("only", units=2)], quotas=(quota,))
    assert places(first_come_first_served(problem)) == {"in": "only"}


@pytest.fixture(scope="module")
def problem():
    return emergency("birmingham-black-country", people=40, seed=5, on=date(2026, 1, 15)).problem


@pytest.mark.parametrize("policy", [first_come_first_served, greedy_by_priority])
def test_in_an_emergency_every_rule_is_kept_and_the_figures_follow_from_the_placements(problem, policy):
    outcome = policy(problem)
    assignment = {person.id: None for person in problem.people}
    assignment |= {each.person: (each.service, each.pool) for each in outcome.placements}
    assert violations(problem, assignment, {}) == []
    placed, everybody = (sum(pair[at] for pair in outcome.placed_by_band.values()) for at in (0, 1))
    assert (placed, everybody) == (len(outcome.placements), len(problem.people))
    assert outcome.cost == sum(each.cost for each in outcome.placements)


def test_no_simple_way_places_the_highest_bands_better_than_the_engine(problem):
    ours = solve(problem).summary.placed_by_band
    for policy in (first_come_first_served, greedy_by_priority):
        theirs = policy(problem).placed_by_band
        assert [ours[band][0] for band in sorted(ours)] >= [theirs[band][0] for band in sorted(theirs)]
