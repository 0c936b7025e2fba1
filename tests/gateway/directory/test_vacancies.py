"""What is vacant on which day: one query, and the same answer as looking at every day by itself."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.directory.tables import ServiceRow, Tier, UnitRow
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import free_units, vacancies
from gateway.directory.vacancy_query import statement
from gateway.placements.tables import HoldKind, HoldRow
from gateway.stay import Stay
from scenarios.statements import statements
from tests.gateway.directory.worlds import DAY, days, lengths, reading, worlds
from tests.gateway.ground import BIRMINGHAM, DUDLEY, TODAY, put, service, small_world

MONTH = Stay(TODAY, TODAY + timedelta(days=30))


def hold(id, unit="U-1-1", kind=HoldKind.LIVING, from_day=TODAY, until=None):
    return HoldRow(
        id=id,
        unit_id=unit,
        service_id="S-1",
        person_id="P-1",
        referral_id="R-1",
        placement_id="L-1" if kind is HoldKind.LIVING else None,
        kind=kind,
        from_day=from_day,
        until=until,
    )


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=worlds(), start=days, length=st.one_of(st.none(), lengths.map(lambda n: 3 * n)))
def test_every_day_of_every_unit_is_what_looking_at_that_day_alone_tells(store, rows, start, length):
    """The fast reading of a range agrees with the slow one. Each example is rolled back."""
    stay = Stay(start, None if length is None else start + timedelta(days=length))
    with store.working() as work:
        put(work, *rows)
        found = vacancies(work, stay)
    there = {row.id: row for row in rows if isinstance(row, UnitRow)}
    assert {each.id for each in found.units} == set(there)
    until = stay.until or DAY + timedelta(days=60)
    for each in found.units:
        day = stay.from_day
        while day < until:
            on = each.on(day)
            told = (on.state.value, on.gender, on.hold, on.void, on.reason)
            assert told == reading(rows, there[each.id], day), (each.id, day)
            day += timedelta(days=1)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=worlds(), start=days, length=lengths)
def test_runs_of_days_have_no_gap_and_neighbours_differ(store, rows, start, length):
    stay = Stay(start, start + timedelta(days=length))
    with store.working() as work:
        put(work, *rows)
        found = vacancies(work, stay)
    for unit in found.units:
        assert unit.days[0].stay.from_day == stay.from_day
        assert unit.days[-1].stay.until == stay.until
        for one, other in zip(unit.days, unit.days[1:], strict=False):
            assert one.stay.until == other.stay.from_day
            assert _known(one) != _known(other)


def _known(run):
    return (run.state, run.gender, run.hold, run.referral, run.void, run.reason)


def test_the_day_of_departure_is_free_again(store):
    until = TODAY + timedelta(days=7)
    store.transact(small_world)
    with store.working() as work:
        put(work, hold("H-1", until=until))
        unit = vacancies(work, MONTH, units=["U-1-1"]).units[0]
    assert [(each.state, each.stay) for each in unit.days] == [
        (UnitState.OCCUPIED, Stay(TODAY, until)),
        (UnitState.FREE, Stay(until, MONTH.until)),
    ]


def test_who_lives_in_a_unit_past_its_closing_is_told_beside_the_state(store):
    store.transact(small_world)
    with store.working() as work:
        row = work.get(ServiceRow, "S-1")
        row.closes_on = TODAY
        put(work, row, hold("H-1"))
        day = vacancies(work, MONTH, units=["U-1-1"]).units[0].on(TODAY)
    assert (day.state, day.hold, day.referral) == (UnitState.CLOSED, "H-1", "R-1")


def test_a_range_of_any_length_over_any_number_of_services_is_one_statement(store):
    store.transact(small_world)
    with store.reading() as work:
        with statements(work) as sent:
            found = vacancies(work, Stay(date(2020, 1, 1), date(2030, 1, 1)), services=["S-1", "S-2"])
        assert len(sent) == 1
    assert [each.id for each in found.units] == ["U-1-1", "U-1-2", "U-2-1", "U-2-2"]


def test_only_the_units_asked_for_are_told(store):
    store.transact(small_world)
    with store.working() as work:
        service(work, "S-3", authority=DUDLEY, tier=Tier.FLOATING, lot="families")
        for only, expected in (
            ({}, {"S-1", "S-2", "S-3"}),
            ({"services": ["S-3"]}, {"S-3"}),
            ({"services": []}, set()),
            ({"tiers": [Tier.FLOATING]}, {"S-3"}),
            ({"authorities": [BIRMINGHAM]}, {"S-1", "S-2"}),
            ({"authorities": [DUDLEY], "tiers": [Tier.HUB]}, set()),
            ({"lots": ["families"]}, {"S-3"}),
            ({"providers": ["V-9"]}, set()),
            ({"units": ["U-2-1"]}, {"S-2"}),
        ):
            found = vacancies(work, MONTH, **only)
            assert {each.service.id for each in found.units} == expected, only


def test_free_units_are_those_that_nobody_has_and_nothing_stands_against(store):
    store.transact(small_world)
    with store.working() as work:
        put(work, hold("H-1"), hold("H-2", unit="U-2-1", kind=HoldKind.OFFER, from_day=MONTH.until))
        today = [each.id for each in free_units(work, ["S-1", "S-2"], TODAY)]
        throughout = [each.id for each in vacancies(work, Stay(TODAY)).free(Stay(TODAY))]
    assert today == ["U-1-2", "U-2-1", "U-2-2"]
    assert throughout == ["U-1-2", "U-2-2"]


def test_a_stay_that_was_not_asked_for_whole_is_never_called_free(store):
    store.transact(small_world)
    with store.reading() as work:
        found = vacancies(work, Stay.on(TODAY))
    assert found.free(MONTH) == ()
    assert len(found.free(Stay.on(TODAY))) == 4
    with pytest.raises(KeyError):
        found.units[0].on(TODAY + timedelta(days=1))


def test_a_list_of_vacancies_tells_no_place_of_a_service(store):
    """A confidential service's address is told to nobody who need not go there."""
    store.transact(small_world)
    with store.working() as work:
        service(work, "S-9", confidential=True, address="14 Alder Row")
        told = repr(vacancies(work, MONTH))
    assert "Alder Row" not in told
    assert "confidential=True" in told


def test_units_are_found_by_their_indexes_and_not_by_reading_every_hold(store):
    """At 40,000 units and five years of holds a scan of a table would take longer than all the rest."""
    if store.engine.dialect.name != "sqlite":
        return  # on PostgreSQL the plan depends on statistics, which an empty table has none of
    with store.reading() as work:
        query = statement(frozenset({"authorities"}), ends=True)
        query = query.params(first=TODAY, until=MONTH.until, authorities=[BIRMINGHAM])
        sql = str(query.compile(work.session.get_bind(), compile_kwargs={"literal_binds": True}))
        plan = [row[-1] for row in work.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    scans = [line for line in plan if line.startswith("SCAN") and line != "SCAN chosen"]
    assert scans == []
    assert any("SEARCH voids USING INDEX ix_voids_unit_id (unit_id=? AND until>?)" in line for line in plan)
