"""Writers in each other's way: who loses too often writes alone, so that everybody gets their turn."""

import sqlite3
from threading import Timer

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from gateway.people.tables import ConsentRow, PersonRow
from gateway.records.reading import record_reading
from gateway.records.tables import EventRow
from gateway.records.write import write
from gateway.storage.store import PATIENCE
from gateway.storage.work import LostRace, Unaccounted
from gateway.tasks.tables import WorkerRow
from tests.gateway.ground import NOW, OFFICER, TODAY, person, put


def others_can_begin_to_write(store):
    if store.engine.dialect.name == "sqlite":
        other, begin = sqlite3.connect(store.engine.url.database, timeout=0), "BEGIN IMMEDIATE"
    else:
        other = store.engine.connect()
        begin = text("LOCK TABLE alembic_version IN ROW EXCLUSIVE MODE NOWAIT")
    try:
        other.execute(begin)
    except (sqlite3.OperationalError, OperationalError):
        return False
    finally:
        other.close()
    return True


def test_who_lost_several_races_has_the_store_for_itself(store):
    seen = []

    def use_case(work):
        work.where(PersonRow)
        seen.append(others_can_begin_to_write(store))
        if len(seen) <= PATIENCE:
            raise LostRace("somebody was first")
        person(work)

    store.transact(use_case)
    among_others = store.engine.dialect.name == "postgresql"
    assert seen == [among_others] * PATIENCE + [False]
    assert others_can_begin_to_write(store)


def test_who_cannot_be_alone_because_somebody_writes_something_long_tries_again(store):
    """On SQLite everybody is alone, and waits for whoever writes."""
    tried = []

    def use_case(work):
        tried.append(None)
        if len(tried) <= PATIENCE:
            raise LostRace("somebody was first")
        person(work)

    long = store.engine.connect()
    if store.engine.dialect.name == "postgresql":
        long.execute(text("LOCK TABLE alembic_version IN ROW EXCLUSIVE MODE"))
    ends = Timer(2.2, long.close)
    ends.start()
    store.transact(use_case)
    ends.join()
    with store.reading() as work:
        assert len(work.where(PersonRow)) == 1


def test_who_writes_aside_loses_no_race_to_whoever_changes_what_its_rows_refer_to(store):
    """Thousands of lines refer to thousands of referrals, of which one or another is always being changed."""
    store.transact(person)
    tried = []

    def use_case(work):
        tried.append(len(work.where(PersonRow)))
        if store.engine.dialect.name == "postgresql":
            store.transact(somebody_elses)
        put(work, ConsentRow(id="C-1", person_id="P-1", given_on=TODAY, how="on paper"), about=["P-1"])

    def somebody_elses(work):
        row = work.get(PersonRow, "P-1")
        row.restricted = True
        write(work, row, what="set up", by=OFFICER, at=NOW, about=["P-1"])

    store.transact(use_case, aside=True)
    assert tried == [1]


def test_who_writes_aside_keeps_nobody_from_being_alone_on_postgresql(store):
    seen = []

    def use_case(work):
        person(work)
        with store.engine.connect() as other:
            if other.dialect.name == "postgresql":
                other.execute(text("LOCK TABLE alembic_version IN EXCLUSIVE MODE NOWAIT"))
        seen.append("written")

    store.transact(use_case, aside=True)
    assert seen == ["written"]
    with store.reading() as work:
        assert len(work.where(PersonRow)) == 1


def test_a_look_and_what_is_written_meanwhile_lose_no_race_to_each_other(store):
    """Each reads what the other writes. On SQLite whoever writes waits until the look is over."""
    store.transact(person)
    looks, writes = [], []

    def written(work):
        writes.append(len(work.where(EventRow)))
        row = work.get(PersonRow, "P-1")
        row.gender = "female"
        put(work, row)

    def question(work):
        looks.append(work.get(PersonRow, "P-1").gender)
        if store.engine.dialect.name == "postgresql":
            store.transact(written)
        record_reading("person read", about=["P-1"], by=OFFICER, at=NOW, work=work)

    store.look(question)
    if store.engine.dialect.name == "sqlite":
        store.transact(written)
    assert (looks, len(writes)) == ([None], 1)
    with store.reading() as work:
        assert [row.what for row in work.where(EventRow) if row.what == "person read"] == ["person read"]
        assert work.get(PersonRow, "P-1").gender == "female"


def test_a_look_writes_nothing_but_that_it_was_one(store):
    store.transact(person)

    def changed(work):
        row = work.get(PersonRow, "P-1")
        row.gender = "female"
        put(work, row)

    noted = WorkerRow(id="worker-1", began_at=NOW, beat_at=NOW)
    for deed in (changed, person, lambda work: work.note(noted)):
        with pytest.raises(Unaccounted, match="written in a look"):
            store.look(deed)
