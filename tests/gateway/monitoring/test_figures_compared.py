"""Voids day by day, and how offers and waits fall on different people, are what plain counting gives."""

from collections import Counter
from datetime import timedelta

import pytest

from gateway.directory.naming import authorities_placed
from gateway.directory.tables import AuthorityRow
from gateway.directory.vacancies import vacancies
from gateway.monitoring.figures_demand import waiting_days
from gateway.monitoring.figures_fairness import GroupCounts, ToldGroups, fairness
from gateway.monitoring.figures_scope import OTHERS, UNKNOWN, months
from gateway.monitoring.figures_units import VOID, unit_days
from gateway.monitoring.figures_voids import voids_by_day
from gateway.monitoring.small_numbers import told_counts, told_spread
from gateway.people.tables import PersonRow
from gateway.placements.states import OfferStatus
from tests.gateway.ground import BIRMINGHAM, TODAY, WALSALL, put, small_world
from tests.gateway.monitoring.test_figures import SPANS, World, presented


@pytest.fixture(params=[(SPANS[0], None), (SPANS[1], BIRMINGHAM), (SPANS[2], WALSALL)])
def world(request, demonstration):
    store, _ = demonstration
    span, authority = request.param
    with store.reading() as work:
        yield World(work, months(*span, today=TODAY, authority=authority))


def test_voids_of_every_day(world):
    found = voids_by_day(world.work, world.scope)
    days = [world.scope.first + timedelta(days=number) for number in range(world.scope.stay.days())]
    assert list(found) == days
    use = unit_days(world.work, world.scope).values()
    assert sum(found.values()) == sum(each.days[state] for each in use for state in VOID)
    mine = {each.id for each in world.units}
    units = [each for each in vacancies(world.work, world.scope.stay).units if each.id in mine]
    for day in days[:: max(1, len(days) // 9)]:
        assert found[day] == sum(each.on(day).state in VOID for each in units)


def test_offers_and_waits_of_people_who_differ(world):
    found = fairness(world.work, world.scope, None)
    people = {row.id: row for row in world.work.where(PersonRow)}
    came = [row for row in world.referrals.values() if presented(world, row) and world.mine(row.authority_id)]
    made = [
        world.referrals[row.referral_id] for row in world.offers if row.status is not OfferStatus.PROPOSED
    ]
    for by, of in {
        "band": lambda row: row.band,
        "gender": lambda row: people[row.person_id].gender,
        "authority": lambda row: row.authority_id,
    }.items():
        assert found[by].referred == told_counts(_counted(map(of, came)))
        assert found[by].offered == told_counts(_counted(map(of, made)))
    waits = waiting_days(world.work, world.scope)
    for by in ("band", "authority"):
        assert found[by].waits.keys() == waits[by].keys()
        for key, days in waits[by].items():
            assert found[by].waits[key].median in (None, told_spread(days).median)


def _counted(values):
    return Counter(UNKNOWN if each is None else str(each) for each in values)


def test_whoever_works_for_one_authority_is_told_of_the_others_in_one_row(demonstration):
    store, _ = demonstration
    scope = months(*SPANS[0], today=TODAY)
    with store.reading() as work:
        own = fairness(work, scope, BIRMINGHAM)["authority"]
    for rows in (own.referred.rows, own.offered.rows, own.waits):
        assert set(rows) == {BIRMINGHAM, OTHERS}


def test_offers_for_each_are_of_counts_as_they_are_told():
    counts = GroupCounts(
        referred={"1": 12, "2": 2, "3": 30, "4": 0}, offered={"1": 17, "2": 9, "3": 3, "4": 7}, waits={}
    )
    told = ToldGroups.of(counts)
    assert told.referred.rows["2"] is None
    assert told.offers_for_each("1") == 1.5
    assert [told.offers_for_each(key) for key in ("2", "3", "4")] == [None, None, None]


def test_authorities_whose_middle_is_known(store):
    def enter(work):
        small_world(work)
        put(work, AuthorityRow(id="E08000029", name="Solihull", role="other", latitude=52.4, longitude=-1.7))

    store.transact(enter)
    with store.reading() as work:
        assert ("Solihull", 52.4, -1.7) in authorities_placed(work)
        assert "Birmingham" not in {name for name, *_ in authorities_placed(work)}
