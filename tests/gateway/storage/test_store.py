"""What the store promises: all or nothing, no write without its event, the past as it was, sealed columns."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from gateway.allocation_runs.tables import RunRow, RunStatus
from gateway.people.tables import PersonRow
from gateway.placements.tables import HoldKind, HoldRow
from gateway.records.tables import EventRow
from gateway.records.write import write
from gateway.refusals import ChangedMeanwhile, NotFound
from gateway.schema import MIGRATIONS
from gateway.storage import store as stores
from gateway.storage.sealing import Keyring, WrongKey
from gateway.storage.store import Store
from gateway.storage.work import Unaccounted
from tests.gateway.ground import KEYS, NOW, OFFICER, TODAY, Ids, person, put, small_world


def test_the_migrated_database_is_what_the_tables_say(store):
    assert MIGRATIONS.differences(store.engine) == []
    assert MIGRATIONS.stands_at(store.engine) == MIGRATIONS.newest()


def test_what_is_not_committed_is_not_there(store):
    with store.working() as work:
        person(work)
    with store.reading() as work, pytest.raises(NotFound, match=r"There is no person P-1\."):
        work.get(PersonRow, "P-1")


def test_a_use_case_that_raises_leaves_nothing(store):
    def use_case(work):
        person(work)
        raise NotFound("referral", "R-9")

    with pytest.raises(NotFound):
        store.transact(use_case)
    with store.reading() as work:
        assert work.where(EventRow) == []


def test_a_row_changed_without_an_event_is_refused(store):
    store.transact(person)
    with store.working() as work:
        work.get(PersonRow, "P-1").gender = "female"
        with pytest.raises(Unaccounted, match="PersonRow"):
            work.commit()


def test_a_version_that_was_not_seen_is_not_overwritten(store):
    store.transact(person)
    with store.reading() as work, pytest.raises(ChangedMeanwhile, match="you saw version 4, it is 1"):
        work.get(PersonRow, "P-1", seen=4)


def test_rows_are_read_in_the_order_of_their_keys_whatever_was_written_first(store):
    for id in ("P-2", "P-3", "P-1"):
        store.transact(lambda work, id=id: person(work, id))
    with store.reading() as work:
        assert [row.id for row in work.where(PersonRow)] == ["P-1", "P-2", "P-3"]


def test_a_text_that_is_read_late_is_told_of_when_it_changes(store):
    """Also if nobody had read it in the unit of work that changes it."""
    facts = {"status": RunStatus.QUEUED, "started_by": "officer-1", "started_at": NOW, "as_of": TODAY}
    store.transact(lambda work: put(work, RunRow(id="N-1", plan="a plan", **facts)))

    def forgotten(work):
        row = work.get(RunRow, "N-1")
        row.plan = None
        put(work, row)

    store.transact(forgotten)
    with store.reading() as work:
        assert json.loads(work.where(EventRow)[-1].changes) == {"runs/N-1": {"plan": ["a plan", None]}}


def test_the_past_cannot_be_changed_nor_removed(store):
    store.transact(person)
    for statement in ("UPDATE events SET actor = 'nobody'", "DELETE FROM events"):
        with store.engine.connect() as connection, pytest.raises(DBAPIError, match="appended, never changed"):
            connection.execute(text(statement))


def hold(id, **facts):
    return HoldRow(
        id=id,
        unit_id="U-1-1",
        service_id="S-1",
        person_id="P-1",
        referral_id="R-1",
        kind=HoldKind.OFFER,
        **facts,
    )


def test_two_holds_of_one_unit_cannot_share_a_day(store):
    store.transact(small_world)
    store.transact(lambda work: put(work, hold("H-1", from_day=TODAY)))
    with store.working() as work, pytest.raises(IntegrityError, match="ex_holds_one_holder"):
        put(work, hold("H-2", from_day=TODAY.replace(day=9)))


def test_the_day_of_departure_is_free_again(store):
    store.transact(small_world)
    until = TODAY.replace(day=9)
    store.transact(lambda work: put(work, hold("H-1", from_day=TODAY, until=until)))
    store.transact(lambda work: put(work, hold("H-2", from_day=until)))


def test_a_hold_cannot_be_stretched_over_the_next(store):
    store.transact(small_world)
    until = TODAY.replace(day=9)
    store.transact(lambda work: put(work, hold("H-1", from_day=TODAY, until=until)))
    store.transact(lambda work: put(work, hold("H-2", from_day=until)))
    with store.working() as work:
        stretched = work.get(HoldRow, "H-1")
        stretched.until = None
        with pytest.raises(IntegrityError, match="ex_holds_one_holder"):
            write(work, stretched, what="stretched", by=OFFICER, at=NOW)


def test_names_are_sealed_and_open_only_with_the_key(store, database_url, clock):
    store.transact(lambda work: person(work, forename="Marguerite"))
    with store.engine.connect() as connection:
        kept = connection.execute(text("SELECT forename FROM people")).scalar_one()
    assert "Marguerite" not in kept
    stranger = Store(database_url, keys=Keyring.generate(), clock=clock, new_id=Ids())
    with stranger.reading() as work, pytest.raises(WrongKey):
        work.get(PersonRow, "P-1")
    stranger.close()


def test_a_commit_that_the_database_refuses_leaves_the_store_as_it_was_and_usable(store):
    """A reference to nobody is seen at the end of the unit of work."""
    with pytest.raises(IntegrityError):
        store.transact(lambda work: put(work, hold("H-9", from_day=TODAY)))
    store.transact(person)
    with store.reading() as work:
        assert work.where(HoldRow) == []


def test_whoever_waits_for_a_file_that_stays_locked_is_told_and_not_kept_for_ever(
    sqlite_template, tmp_path, clock, monkeypatch
):
    monkeypatch.setattr(stores, "BUSY_SECONDS", 1)
    file = tmp_path / "gateway.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", keys=KEYS, clock=clock, new_id=Ids())
    store.transact(lambda work: person(work, "P-8"))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(OperationalError, match="locked"):
            store.transact(lambda work: person(work, "P-9"))
        assert time.monotonic() - began < 10
        other.execute("ROLLBACK")
    store.transact(lambda work: person(work, "P-9"))
    store.close()


def test_a_copied_file_without_the_key_tells_no_name(store, database_url):
    if not database_url.startswith("sqlite"):
        return
    store.transact(lambda work: person(work, forename="Marguerite", address="14 Alder Row"))
    path = Path(database_url.removeprefix("sqlite:///"))
    files = [file.read_bytes() for file in path.parent.glob(f"{path.name}*")]
    assert not any(b"Marguerite" in file or b"Alder Row" in file for file in files)


def test_going_back_to_nothing_and_up_again_gives_the_same_tables(store):
    MIGRATIONS.downgrade(store.engine, "base")
    MIGRATIONS.upgrade(store.engine)
    assert MIGRATIONS.differences(store.engine) == []


def test_a_stay_on_the_guards_can_be_undone_with_data_in_place(store):
    store.transact(small_world)
    MIGRATIONS.downgrade(store.engine, "0001")
    MIGRATIONS.upgrade(store.engine)
    with store.reading() as work:
        assert work.get(PersonRow, "P-1").version == 1
