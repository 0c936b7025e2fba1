"""A large store is as the gateway would have left it: invariants hold, and every event is in the chain."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select, text

from gateway.directory.tables import ServiceRow, UnitRow
from gateway.invariants.check import check
from gateway.people.search import Sought, find_people
from gateway.people.tables import PersonRow
from gateway.placements.tables import HoldKind, HoldRow, PlacementRow
from gateway.records.verify import verify
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.schema import MIGRATIONS
from gateway.storage.sealing import is_sealed
from gateway.storage.store import Store, open_engine
from scenarios.large_ground import moment
from scenarios.large_referrals import OFFICER
from scenarios.large_store import fill_large_store
from scenarios.scratch_databases import scratch_postgresql, scratch_sqlite
from scenarios.statements import statements
from scenarios.store_measures import MEASURES, first
from tests.databases import DATABASES, server
from tests.gateway.ground import KEYS, Ids

DAY = date(2026, 11, 21)
REFERRALS = 400
ENDED = ("declined", "withdrawn", "expired", "closed")


def at_nine() -> datetime:
    return moment(DAY)


def opened(url):
    return Store(url, keys=KEYS, clock=at_nine, new_id=Ids())


@pytest.fixture(scope="module", params=DATABASES)
def filled(request):
    """A store that was filled, and what is in it; the tests that share it only read."""
    if request.param == "sqlite":
        database = scratch_sqlite()
    else:
        database = scratch_postgresql(server().render_as_string(hide_password=False))
    with database as url:
        store = opened(url)
        yield store, fill_large_store(store, REFERRALS, seed=1, on=DAY)
        store.close()


@pytest.fixture
def work(filled):
    store, _ = filled
    with store.reading() as work:
        yield work


def count(work, *conditions):
    return work.session.scalar(select(func.count()).where(*conditions))


def test_the_gateway_finds_nothing_wrong(work):
    assert check(work) == []


def test_the_chain_holds_and_every_event_is_in_it(work):
    found = verify(work)
    assert found.holds, found.wrong[:3]
    assert found.not_sealed == 0
    assert found.links > 10 * REFERRALS


def test_there_are_as_many_referrals_services_and_units_as_asked_for(work):
    assert count(work, ReferralRow.id.is_not(None)) == REFERRALS
    assert count(work, ServiceRow.id.is_not(None)) == REFERRALS / 20
    assert count(work, UnitRow.id.is_not(None)) == REFERRALS / 20 * 8


def test_most_referrals_have_ended_and_a_few_of_a_hundred_wait(work):
    states = dict(
        work.session.execute(select(ReferralRow.status, func.count()).group_by(ReferralRow.status)).all()
    )
    assert set(states) >= {ReferralStatus.WAITING, ReferralStatus.PLACED, ReferralStatus.OFFERED}
    assert sum(states[each] for each in states if each.value in ENDED) > REFERRALS / 2
    assert states[ReferralStatus.WAITING] == pytest.approx(0.04 * REFERRALS)


def test_placements_go_back_for_years_and_nine_of_ten_units_are_taken(work):
    first_day = work.session.scalar(select(func.min(PlacementRow.from_day)))
    assert first_day < DAY - timedelta(days=3 * 365)
    lived_in = count(
        work, HoldRow.kind == HoldKind.LIVING, HoldRow.until.is_(None), HoldRow.cancelled.is_(False)
    )
    assert 0.8 < lived_in / (REFERRALS / 20 * 8) < 1


def test_somebody_is_found_by_their_name_which_the_database_does_not_show(filled, work):
    store, _ = filled
    person = work.first(select(PersonRow).where(~PersonRow.restricted).order_by(PersonRow.id))
    found = find_people(
        work, Sought(name=f"{person.forename} {person.surname}"), by=OFFICER, at=store.clock()
    )
    assert {each.surname for each in found.people} >= {person.surname}
    shown = work.session.scalar(text("SELECT surname FROM people WHERE id = :id").bindparams(id=person.id))
    assert person.surname not in shown


PINNED = {
    "triage list, first page of 50": 3,
    "one case file": 15,
    "vacancies of a region, 30 days": 1,
    "one agreement's ledger": 11,
    "possible duplicates of somebody new": 3,
}


@pytest.mark.parametrize("what", PINNED)
def test_a_measure_asks_as_often_as_is_pinned_whoever_it_is_about(filled, what):
    store, there = filled
    for once in first(MEASURES[what], store, there, Random(1), 3):
        assert len(asked_by(store, once)) <= PINNED[what]


def asked_by(store, once):
    with statements(store) as asked:
        once()
    return asked


def plain_rows(engine):
    """Every row but for what is sealed, which is sealed otherwise each time."""
    with engine.connect() as connection:
        return {
            each.name: sorted(
                map(str, connection.execute(select(*(c for c in each.c if not is_sealed(c.type)))))
            )
            for each in MIGRATIONS.metadata.sorted_tables
        }


def test_the_same_seed_makes_the_same_store_in_however_many_processes():
    found = []
    for processes, seed in ((0, 1), (1, 1), (0, 2)):
        with scratch_sqlite() as url:
            store = opened(url)
            fill_large_store(store, 100, seed=seed, on=DAY, processes=processes)
            found.append(plain_rows(store.engine))
            store.close()
    assert found[0] == found[1]
    assert found[0]["referrals"] != found[2]["referrals"]


def test_fewer_than_a_hundred_referrals_are_refused(store):
    with pytest.raises(ValueError, match="at least 100"):
        fill_large_store(store, 99, seed=1, on=DAY)


PROMISED = [what for what, measure in MEASURES.items() if measure.promised]


def test_sqlite_reads_no_whole_table_to_filter_by_it_however_large_the_tables_are():
    """Its planner takes a CTE for huge and then builds a Bloom filter of everything joined to it."""
    with scratch_sqlite() as url:
        store = opened(url)
        there = fill_large_store(store, 100, seed=1, on=DAY)
        store.close()
        tell_that_tables_are_large(url)
        store = opened(url)
        for what in (*PROMISED, "possible duplicates of somebody new", "search by name"):
            (once,) = first(MEASURES[what], store, there, Random(1), 1)
            plans = [line for asked in asked_by(store, once) for line in plan(store, *asked)]
            assert not [line for line in plans if "BLOOM" in line], what
        store.close()


def tell_that_tables_are_large(url):
    engine = open_engine(url)
    with engine.begin() as connection:
        for table, index, stat in connection.execute(text("SELECT tbl, idx, stat FROM sqlite_stat1")).all():
            rows, *others = stat.split()
            large = " ".join([str(int(rows) * 1_000), *others])
            connection.execute(
                text("UPDATE sqlite_stat1 SET stat = :large WHERE tbl = :tbl AND idx IS :idx"),
                {"large": large, "tbl": table, "idx": index},
            )
    engine.dispose()


def plan(store, statement, given):
    with store.engine.connect() as connection:
        return [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
