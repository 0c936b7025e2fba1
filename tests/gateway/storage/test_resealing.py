"""After a rotation the old key opens nothing, and nobody who worked meanwhile noticed."""

import pytest
from sqlalchemy import select

from gateway.people.tables import PersonRow
from gateway.records.seal import seal
from gateway.records.verify import verify
from gateway.records.write import write
from gateway.schema import Row
from gateway.storage.raw_tables import raw, sealed_columns
from gateway.storage.resealing import reseal, under_older_keys
from gateway.storage.sealing import Keyring, WrongKey
from gateway.storage.store import Store
from tests.gateway.ground import KEYS, NOW, OFFICER, Ids, person
from tests.gateway.storage.filling import fill

BOTH = KEYS.with_new_key()
NEW = BOTH.newest()


@pytest.fixture
def rotated(store, database_url):
    """A store of the same database that has the new key as well."""
    other = Store(database_url, keys=BOTH, clock=store.clock, new_id=Ids())
    yield other
    other.close()


def tokens(store):
    with store.engine.connect() as connection:
        return [
            value
            for table in raw(Row.metadata)
            if table.name in sealed_columns(Row.metadata)
            for row in connection.execute(
                select(*(table.c[name] for name in sealed_columns(Row.metadata)[table.name]))
            )
            for value in row
            if value is not None
        ]


def test_every_sealed_value_of_every_table_is_sealed_anew(store, rotated):
    fill(store)
    before = [KEYS.open(each) for each in tokens(store)]
    assert reseal(rotated, Row.metadata) == len(sealed_columns(Row.metadata))
    assert [NEW.open(each) for each in tokens(store)] == before
    assert under_older_keys(rotated, Row.metadata) == {}
    with pytest.raises(WrongKey):
        KEYS.open(tokens(store)[0])


def test_sealing_anew_twice_changes_nothing(store, rotated):
    fill(store)
    reseal(rotated, Row.metadata)
    before = tokens(store)
    assert reseal(rotated, Row.metadata) == 0
    assert tokens(store) == before


def test_what_is_left_under_an_older_key_is_counted_by_table(store, rotated):
    store.transact(lambda work: person(work, forename="Ada"))
    assert under_older_keys(rotated, Row.metadata) == {"event_particulars": 1, "people": 1}


def test_a_rotation_that_was_killed_goes_on(store, rotated, monkeypatch):
    for number in range(6):
        store.transact(lambda work, id=f"P-{number}": person(work, id, forename="Ada"))
    transact, turns = rotated.transact, []

    def killed(use_case):
        turns.append(use_case)
        if len(turns) == 3:
            raise KeyboardInterrupt
        return transact(use_case)

    monkeypatch.setattr(rotated, "transact", killed)
    with pytest.raises(KeyboardInterrupt):
        reseal(rotated, Row.metadata, batch=2)
    monkeypatch.undo()
    assert sum(under_older_keys(rotated, Row.metadata).values()) == 12 - 4
    assert reseal(rotated, Row.metadata, batch=2) == 12 - 4


def test_a_change_made_meanwhile_is_kept_and_the_chain_holds(store, rotated, monkeypatch):
    """Somebody renames a person between the reading of the batch and its sealing."""
    store.transact(lambda work: person(work, forename="Ada"))
    seal(store)
    transact, turns = rotated.transact, []

    def rename(work):
        row = work.get(PersonRow, "P-1")
        row.forename = "Bea"
        write(work, row, what="person changed", by=OFFICER, at=NOW)

    def meanwhile(use_case):
        if not turns:
            turns.append(store.transact(rename))
        return transact(use_case)

    monkeypatch.setattr(rotated, "transact", meanwhile)
    reseal(rotated, Row.metadata)
    monkeypatch.undo()
    reseal(rotated, Row.metadata)
    with rotated.reading() as work:
        assert work.get(PersonRow, "P-1").forename == "Bea"
        assert work.get(PersonRow, "P-1").version == 2
        assert verify(work).holds


def test_a_value_sealed_with_a_lost_key_stops_the_rotation(store, database_url):
    store.transact(lambda work: person(work, forename="Ada"))
    stranger = Store(database_url, keys=Keyring.generate(), clock=store.clock, new_id=Ids())
    with pytest.raises(WrongKey):
        reseal(stranger, Row.metadata)
    stranger.close()
