"""The chain finds whatever was changed, removed, reordered or cut, and names it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, insert, select

from gateway.people.tables import PersonRow
from gateway.records.actor import CLOCKWORK
from gateway.records.seal import not_yet_sealed, seal
from gateway.records.tables import EventRow, LinkRow
from gateway.records.verify import verify
from gateway.records.write import write
from gateway.storage.store import Store
from tests.gateway.ground import KEYS, NOW, OFFICER, Ids, person, small_world
from tests.gateway.records.tampering import tamper, tampered


def people(store, *names):
    for number, name in enumerate(names, start=1):
        store.transact(lambda work, id=f"P-{number}", name=name: person(work, id, forename=name))


def found(store, **wanted):
    with store.reading() as work:
        return verify(work, **wanted)


def told(store, **wanted):
    return [str(each) for each in found(store, **wanted).wrong]


@pytest.fixture
def sealed(store):
    """Three people entered, and the chain of the three events."""
    people(store, "Ada", "Bea", "Cyd")
    seal(store)
    return store


def test_sealing_appends_every_event_once_in_the_order_of_their_numbers(store):
    store.transact(small_world)
    first = seal(store, batch=3)
    assert seal(store).sealed == 0
    with store.reading() as work:
        events = work.all(select(EventRow.number).order_by(EventRow.number))
        assert work.all(select(LinkRow.event).order_by(LinkRow.position)) == events
        assert work.all(select(LinkRow.position).order_by(LinkRow.position)) == list(
            range(1, len(events) + 1)
        )
    assert (first.sealed, first.links) == (len(events), len(events))


def test_a_whole_chain_holds_whatever_the_size_of_the_batches(sealed):
    verification = found(sealed, batch=2)
    assert verification.holds
    assert (verification.links, verification.not_sealed) == (3, 0)
    assert verification.head == seal(sealed).head


def test_an_event_not_yet_sealed_is_counted_and_is_no_fault(sealed):
    sealed.transact(lambda work: person(work, "P-4"))
    verification = found(sealed)
    assert verification.holds
    assert verification.not_sealed == 1


def test_an_event_committed_late_stands_where_it_was_sealed(sealed):
    """On PostgreSQL a number is drawn before the commit, so a lower number can come to light later."""
    with sealed.working() as work:
        work.session.execute(
            insert(EventRow).values(
                number=-5,
                what="late",
                actor="x",
                role=OFFICER.role,
                happened_at=NOW,
                recorded_at=NOW,
                changes="{}",
            )
        )
        work.commit()
    assert seal(sealed).sealed == 1
    assert found(sealed).holds
    with sealed.reading() as work:
        assert work.all(select(LinkRow.event).order_by(LinkRow.position)) == [1, 2, 3, -5]


CHANGES = (
    "what = 'nothing'",
    "actor = 'somebody-else'",
    "role = 'auditor'",
    "happened_at = '2020-01-01 00:00:00.000000'",
    "recorded_at = '2020-01-01 00:00:00.000000'",
    "changes = '{}'",
    "changes = replace(changes, 'P-2', 'P-9')",
    "particulars_digest = NULL",
)

CHANGED = "event 2, position 2: is not as it was sealed: changed, or out of order"
UNREADABLE = (
    "event 2, position 2: its particulars cannot be opened: changed, or sealed with a key that is not here"
)
ANOTHER = "event 2, position 2: its particulars are not those that it was written with"
GONE = "event 2, position 2: its particulars are gone, and no erasure says why"

FAULTS = {
    "DELETE FROM events WHERE number = 2": "event 2, position 2: was removed",
    "UPDATE event_subjects SET subject = 'P-7' WHERE event = 2": CHANGED,
    "DELETE FROM event_subjects WHERE event = 2": CHANGED,
    "INSERT INTO event_subjects (subject, event) VALUES ('P-7', 2)": CHANGED,
    "DELETE FROM event_particulars WHERE event = 2": GONE,
    "UPDATE event_particulars SET salt = 'x' WHERE event = 2": ANOTHER,
    "UPDATE event_particulars SET text = (SELECT text FROM event_particulars WHERE event = 1)"
    " WHERE event = 2": ANOTHER,
    "UPDATE event_particulars SET text = 'gAAAAA' WHERE event = 2": UNREADABLE,
    "DELETE FROM event_links WHERE position = 2": "position 3: 1 link is missing before it",
    "DELETE FROM event_links WHERE position = 1": "position 2: 1 link is missing before it",
    "DELETE FROM event_links WHERE position < 3": "position 3: 2 links are missing before it",
    "UPDATE event_links SET digest = 'abc' WHERE position = 3": CHANGED.replace("2", "3"),
}


def test_a_change_of_any_column_of_an_event_is_found_and_the_event_named(sealed):
    for change in CHANGES:
        with tampered(sealed, "UPDATE events SET it WHERE number = 2".replace("it", change)) as work:
            faults = [str(each) for each in verify(work).wrong]
        assert faults[0] == CHANGED, change
        assert all(fault.startswith("event 2, position 2") for fault in faults), change


def test_whatever_was_removed_or_changed_is_named_and_nothing_else(sealed):
    for statement, fault in FAULTS.items():
        with tampered(sealed, statement) as work:
            assert [str(each) for each in verify(work).wrong] == [fault], statement
    assert told(sealed) == []


def test_two_events_that_changed_places_are_both_named(sealed):
    tamper(
        sealed,
        "UPDATE event_links SET event = -1 WHERE position = 1",
        "UPDATE event_links SET event = 1 WHERE position = 2",
        "UPDATE event_links SET event = 2 WHERE position = 1",
    )
    assert [fault.split(":")[0] for fault in told(sealed)] == ["event 2, position 1", "event 1, position 2"]


def test_a_cut_tail_is_found_by_the_head_kept_elsewhere_and_by_nothing_else(sealed):
    head = found(sealed).head
    tamper(
        sealed,
        "DELETE FROM event_links WHERE position = 3",
        "DELETE FROM event_particulars WHERE event = 3",
        "DELETE FROM event_subjects WHERE event = 3",
        "DELETE FROM events WHERE number = 3",
    )
    assert told(sealed) == []
    assert told(sealed, expect_head=head) == [
        "position 2: no link has the head that was expected: the chain was cut or rewritten"
    ]


def test_an_older_head_is_still_met_after_more_was_sealed(sealed):
    head = found(sealed).head
    sealed.transact(lambda work: person(work, "P-4"))
    seal(sealed)
    assert told(sealed, expect_head=head) == []


def test_every_changed_event_is_named_and_no_other(sealed):
    tamper(sealed, "UPDATE events SET actor = 'nobody' WHERE number IN (1, 3)")
    assert [fault.split(",")[0] for fault in told(sealed)] == ["event 1", "event 3"]


def test_sealers_at_once_leave_one_chain(store, database_url):
    store.transact(small_world)
    stores = [Store(database_url, keys=KEYS, clock=store.clock, new_id=Ids()) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        sealed = list(threads.map(lambda each: seal(each, batch=2).sealed, stores))
    with store.reading() as work:
        assert sum(sealed) == work.session.scalar(select(func.count()).select_from(EventRow))
        assert not_yet_sealed(work) == 0
    assert found(store).holds
    for each in stores:
        each.close()


@pytest.mark.parametrize(
    "database_maker", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_a_sealer_does_not_stand_in_a_writers_way(store):
    """A writer's half-done event is left for later, and neither waits for the other.

    On SQLite there is one writer at a time by design; the links are computed before the lock is taken.
    """
    people(store, "Ada")
    with store.working() as writer:
        write(writer, PersonRow(id="P-2", entered_at=NOW), what="set up", by=CLOCKWORK, at=NOW)
        assert seal(store).sealed == 1
        writer.commit()
    assert seal(store).sealed == 1
    assert found(store).holds


def late_event(store, number):
    """An event whose number was drawn long ago, and that is committed only now."""

    def deed(work):
        work.session.execute(
            insert(EventRow).values(
                number=number,
                what="late",
                actor=OFFICER.id,
                role=OFFICER.role,
                happened_at=NOW,
                recorded_at=NOW,
                changes="{}",
            )
        )

    store.transact(deed)


def highest(store):
    with store.reading() as work:
        return work.first(select(func.max(EventRow.number)))


def test_sealing_looks_for_late_events_a_little_below_what_is_sealed_and_a_sweep_everywhere(
    store, monkeypatch
):
    people(store, "Ada")
    first = highest(store)
    late_event(store, first + 100)
    assert seal(store).sealed == 2
    late_event(store, first + 99)
    assert seal(store).sealed == 1, "late, and within the margin"
    monkeypatch.setattr("gateway.records.seal.MARGIN", 10)
    late_event(store, first + 1)
    assert seal(store).sealed == 0, "too late for this"
    assert seal(store, sweep=True).sealed == 1
    assert found(store).holds
    assert found(store).not_sealed == 0
