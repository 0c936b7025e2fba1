"""The order of strength of what may be so of a unit on a day."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.tables import UnitGender
from gateway.directory.unit_states import STRENGTH, Designated, Spell, UnitState, designation_on, state_on

DAY = date(2026, 3, 2)
ORDER = ["closed", "not_yet_open", "occupied", "offered", "out_of_service", "being_prepared", "free"]


def lasting(state):
    return Spell(UnitState(state), DAY, DAY + timedelta(days=1), "x", "repairs")


def test_the_order_of_strength_is_the_documented_one_and_total():
    assert [state.value for state in sorted(UnitState, key=STRENGTH.__getitem__)] == ORDER


@pytest.mark.parametrize(("stronger", "weaker"), [*combinations(ORDER[:-1], 2)])
def test_the_stronger_of_two_spells_tells_the_state_in_whatever_order_they_come(stronger, weaker):
    assert state_on(DAY, [lasting(weaker), lasting(stronger)]) == stronger
    assert state_on(DAY, [lasting(stronger), lasting(weaker)]) == stronger


def test_a_day_of_which_nothing_is_known_is_free():
    assert state_on(DAY, []) is UnitState.FREE
    assert state_on(DAY + timedelta(days=1), [lasting("occupied")]) is UnitState.FREE


@given(st.lists(st.integers(0, 9), max_size=4), st.integers(-2, 12))
def test_the_latest_designation_that_has_begun_counts(starts, at):
    genders = list(UnitGender)
    designated = [Designated(DAY + timedelta(days=n), genders[n % 4]) for n in sorted(starts)]
    begun = [n for n in starts if n <= at]
    expected = genders[max(begun) % 4] if begun else genders[min(starts) % 4] if starts else UnitGender.ANY
    assert designation_on(DAY + timedelta(days=at), designated) is expected
