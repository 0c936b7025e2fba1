"""Nobody is ever booked into a unit that somebody has, however many officers book at once.

In CI 4 processes make 400 offers and moves on 20 units; `dev.py soak` lets 16 make 5,000 on 200. The figures
are logged: ``--log-cli-level=INFO``.
"""

import logging
import multiprocessing
import os
from time import monotonic

import pytest
from sqlalchemy import func, select, text

from gateway.invariants.check import check
from gateway.placements.tables import HoldRow
from gateway.records.tables import EventRow
from gateway.storage.store import Store
from tests.gateway.ground import KEYS, Ids, StoppedClock
from tests.gateway.placements.truth import double_bookings, faults
from tests.soak.officers import Account, Size, work_through, world

SHORT = Size(processes=4, bookings=400, units=20, people=40)
FULL = Size(processes=16, bookings=5_000, units=200, people=400)
SIZE = FULL if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else SHORT

GUARDS = {
    "sqlite": ["DROP TRIGGER holds_one_holder_insert", "DROP TRIGGER holds_one_holder_update"],
    "postgresql": ["ALTER TABLE holds DROP CONSTRAINT ex_holds_one_holder"],
}


@pytest.fixture
def store(database_url):
    store = Store(database_url, keys=KEYS, clock=StoppedClock(), new_id=Ids())
    yield store
    store.close()


def soak(store, url, size):
    """Let the officers loose; what they did all together, and how many events there were before."""
    store.transact(world(size))
    before = count_events(store)
    start = multiprocessing.get_context("spawn")
    ready, answers = start.Barrier(size.processes), start.Queue()
    officers = [
        start.Process(target=work_through, args=(url, KEYS.text(), number, size, ready, answers))
        for number in range(size.processes)
    ]
    for officer in officers:
        officer.start()
    account = Account()
    for _ in officers:
        account += answers.get(timeout=3_000)
    for officer in officers:
        officer.join()
    return account, before


def count_events(store):
    with store.reading() as work:
        return work.all(select(func.count()).select_from(EventRow))[0]


def test_whoever_loses_a_unit_is_told_who_has_it_and_nobody_is_booked_twice(store, database_url):
    begun = monotonic()
    account, before = soak(store, database_url, SIZE)
    tell(store, account, monotonic() - begun)
    assert account.broken == []
    with store.reading() as work:
        assert double_bookings(work) == []
        assert list(faults(work)) == []
        assert [str(each) for each in check(work)] == []
        held = {(row.unit_id, row.referral_id) for row in work.where(HoldRow)}
    assert set(account.lost) <= held
    assert count_events(store) - before == account.done.total()
    assert account.refused["UnitTaken"] > SIZE.bookings / 20
    assert min(account.done[what] for what in ("offered", "accepted", "moved in", "left")) > 0


def tell(store, account, seconds):
    deeds = account.done.total() + account.refused.total()
    told = f"{store.engine.dialect.name}: {SIZE}: {deeds} deeds in {seconds:.1f} s, {deeds / seconds:.0f}/s"
    logging.getLogger(__name__).info(
        "%s; done %s; refused %s; slowest %.2f s", told, account.done, account.refused, account.slowest
    )


def test_without_the_constraint_the_same_check_finds_double_bookings(store, database_url):
    with store.engine.connect() as connection:
        for guard in GUARDS[store.engine.dialect.name]:
            connection.execute(text(guard))
        connection.commit()
    account, _ = soak(store, database_url, Size(processes=2, bookings=80, units=10, people=20))
    with store.reading() as work:
        assert double_bookings(work) != []
    # Who loses a race for a person, not for a unit, may still be told of the unit.
    assert account.refused["UnitTaken"] < account.done["offered"] / 20
