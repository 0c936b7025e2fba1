"""Emergencies small enough for a test: solved, proved, and certified."""

from datetime import date

import pytest

from allocation.certify import certify
from allocation.plan import Status
from allocation.solve import solve
from scenarios.emergency import emergency


@pytest.mark.parametrize(("people", "seed"), [(12, 1), (20, 5), (30, 2), (30, 3)])
def test_an_emergency_that_was_once_called_impossible_has_a_best_plan_that_certifies(people, seed):
    """A linear model narrowed to likely places could not fill a quota; that was taken for the last word."""
    made = emergency("birmingham-black-country", people=people, seed=seed, on=date(2026, 11, 21))
    plan = solve(made.problem)
    checked = certify(made.problem, plan)
    assert plan.status is Status.OPTIMAL
    assert checked.faults == ()
    assert checked.open_levels == ()
