"""The vacancy board counts every unit once, however its rows are made."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.directory.board import By, board, vacancy_board
from gateway.directory.confirming import confirm_units
from gateway.directory.tables import Tier, UnitGender
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import vacancies
from gateway.stay import Stay
from scenarios.statements import statements
from tests.gateway.directory.holding import is_offered, lives
from tests.gateway.directory.worlds import DAY, worlds
from tests.gateway.ground import BIRMINGHAM, DUDLEY, NOW, PROVIDER, TODAY, put, service, small_world

MONTH = Stay(TODAY, TODAY + timedelta(days=30))
WEEK = TODAY + timedelta(days=7)


@pytest.fixture
def world(store):
    def settle(work):
        small_world(work)
        service(work, "S-3", authority=DUDLEY, tier=Tier.FLOATING, gender=UnitGender.FEMALE, units=3)
        lives(work, "H-1", "U-1-1", 1, until=WEEK)
        is_offered(work, "H-2", "U-3-1", 2, service="S-3")
        confirm_units("S-1", by=PROVIDER, at=NOW, work=work)
        confirm_units("S-3", ["U-3-1"], by=PROVIDER, at=NOW, work=work)

    store.transact(settle)
    return store


def test_a_row_tells_what_is_free_today_throughout_and_later(world):
    with world.reading() as work, statements(work) as sent:
        first, *_, last = vacancy_board(work, MONTH)
    assert len(sent) == 1
    assert (first.tier, first.authority, first.service, first.gender) == (
        Tier.HUB,
        BIRMINGHAM,
        "S-1",
        UnitGender.ANY,
    )
    assert (first.units, first.free, first.free_throughout, first.free_later) == (2, 1, 1, 1)
    assert (first.states[UnitState.OCCUPIED], first.confirmed_at, first.unconfirmed) == (1, NOW, 0)
    assert (last.service, last.gender, last.states[UnitState.OFFERED]) == ("S-3", UnitGender.FEMALE, 1)
    assert (last.free_later, last.confirmed_at, last.unconfirmed) == (0, None, 2)


def test_rows_come_by_tier_from_the_most_support_to_the_least(world):
    with world.reading() as work:
        rows = vacancy_board(work, MONTH, by=[By.TIER])
    assert [(row.tier, row.units, row.free, row.service) for row in rows] == [
        (Tier.HUB, 4, 3, None),
        (Tier.FLOATING, 3, 2, None),
    ]


def test_counted_by_nothing_there_is_one_row(world):
    with world.reading() as work:
        (row,) = vacancy_board(work, MONTH, by=[], authorities=[BIRMINGHAM, DUDLEY])
        assert vacancy_board(work, MONTH, services=[]) == ()
    assert (row.units, row.free) == (7, 5)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=worlds(), by=st.sets(st.sampled_from(By)))
def test_every_unit_is_counted_once_in_one_state(store, rows, by):
    with store.working() as work:
        put(work, *rows)
        units = vacancies(work, Stay(DAY, DAY + timedelta(days=9))).units
    counted = board(units, by)
    assert sum(sum(row.states.values()) for row in counted) == len(units)
    for row in counted:
        gone = row.states[UnitState.CLOSED] + row.states[UnitState.NOT_YET_OPEN]
        assert row.units == sum(row.states.values()) - gone
        assert row.free_throughout <= row.free <= row.units
    whole = board(units, [])
    for state in UnitState:
        assert sum(row.states[state] for row in counted) == sum(row.states[state] for row in whole)
