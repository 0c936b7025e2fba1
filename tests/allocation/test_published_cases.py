"""Small cases from the literature come out as published.

Their sources are named in ``cases/expected.json``: Kamada and Kojima's regional caps (Kamada, Y. and Kojima,
F. 2015, Efficient matching under distributional constraints, American Economic Review 105: 67-99, example 1),
a hospital/residents instance, and generalised assignment problems of Beasley's OR-Library.
"""

import json
from pathlib import Path

import pytest

from allocation.certify import certify
from allocation.exchange import read_problem
from allocation.plan import Status
from allocation.solve import solve
from tests.allocation import verdicts

CASES = Path(__file__).parent / "cases"
EXPECTED = json.loads((CASES / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("case", EXPECTED)
def test_a_published_case_comes_out_as_published(case):
    problem = read_problem(CASES / f"{case}.json")
    plan = solve(problem)
    assert plan.status is Status.OPTIMAL
    assert (plan.summary.placed, plan.summary.cost) == (EXPECTED[case]["placed"], EXPECTED[case]["cost"])
    assert verdicts.violations(problem, plan) == []
    assert certify(problem, plan).faults == ()


def test_every_case_file_is_tested():
    assert {path.stem for path in CASES.glob("*.json")} == {"expected", *EXPECTED}
