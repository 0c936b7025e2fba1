"""The engine against the referee where whole numbers matter: see `test_solve`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.allocation.agreement import stands
from tests.allocation.strategies import Kind, of_kind, small_problems
from tests.allocation.verdicts import examples

WHOLE = (
    Kind.HOUSEHOLDS,
    Kind.PLACE_UNITS,
    Kind.SAME,
    Kind.OVERFULL,
    Kind.SEPARATIONS,
    Kind.LIMITS,
    Kind.MIN_UNITS,
)


@pytest.mark.parametrize("kind", WHOLE)
@examples(125)
@given(data=st.data())
def test_no_plan_is_better_than_the_engines_and_its_certificate_holds(kind, data):
    stands(data.draw(of_kind(kind)))


@examples(250)
@given(small_problems())
def test_whatever_kinds_are_mixed_no_plan_is_better(problem):
    stands(problem)
