"""Entering a person and changing what is known: each with its event, its keys, and nothing readable."""

import json
from datetime import date

import pytest
from sqlalchemy import select, text

from gateway.people.access import PersonErased
from gateway.people.enter_person import MergedAway, change_person, details_of, enter_person, reindex_people
from gateway.people.merge_people import merge_people
from gateway.people.possible_duplicates import possible_duplicates
from gateway.people.references import Reference, ReferenceKind
from gateway.people.tables import PersonKeyRow, PersonReferenceRow, PersonRow
from gateway.records.tables import EventRow, EventSubjectRow
from gateway.refusals import ChangedMeanwhile, NotFound
from gateway.storage.rows import Row
from tests.gateway.ground import NOW, OFFICER, TODAY, person
from tests.gateway.people.test_details import details

NI = Reference(kind=ReferenceKind.NI_NUMBER, value="AB123456C")
PRISON = Reference(kind=ReferenceKind.PRISON_NUMBER, value="A1234BC")
ZOE = details(forename="Zoë", born=date(1990, 3, 4), references=(NI,))


def enter(store, told=ZOE):
    return store.transact(lambda work: enter_person(told, by=OFFICER, at=NOW, work=work)).id


def change(store, id, told, seen=1):
    return store.transact(
        lambda work: change_person(id, told, seen=seen, why="x", by=OFFICER, at=NOW, work=work)
    )


def events(work, id):
    of = select(EventSubjectRow.event).where(EventSubjectRow.subject == id)
    return work.all(select(EventRow).where(EventRow.number.in_(of)).order_by(EventRow.number))


def test_what_is_entered_is_there_with_its_events(store):
    id = enter(store)
    with store.reading() as work:
        assert details_of(work, id, told_on=TODAY, by=OFFICER, at=NOW) == ZOE
        assert [each.what for each in events(work, id)] == ["person entered"]


def test_nothing_of_a_person_stands_in_the_database_in_the_clear(store):
    id = enter(store)
    change(store, id, details(forename="Zoë", surname="Marlow", born=date(1990, 3, 4), references=(PRISON,)))
    with store.engine.connect() as connection:
        kept = str(
            [
                connection.exec_driver_sql(str(select(text("*")).select_from(table))).all()
                for table in Row.metadata.sorted_tables
            ]
        )
    for secret in ("Zoë", "Reyes", "Marlow", "1990-03-04", "AB123456C", "A1234BC"):
        assert secret not in kept, secret


def test_no_event_holds_a_blind_index_key_because_events_are_never_erased(store):
    enter(store)
    with store.reading() as work:
        kept = "".join(work.all(select(EventRow.changes)))
        assert all(digest not in kept for digest in work.all(select(PersonKeyRow.digest)))


def test_a_change_takes_the_place_of_all_that_stood(store):
    id = enter(store)
    told = details(forename="Zoë", surname="Marlow", references=(PRISON,))
    assert change(store, id, told).version == 2
    with store.reading() as work:
        assert details_of(work, id, told_on=TODAY, by=OFFICER, at=NOW) == told
        assert work.all(select(PersonReferenceRow.kind)) == ["prison_number"]
        assert [each.what for each in events(work, id)][-1] == "person changed"
        (match,) = possible_duplicates(work, told, by=OFFICER, at=NOW)
        assert match.person_id == id
        assert possible_duplicates(work, details(surname=None, references=(NI,)), by=OFFICER, at=NOW) == ()


def test_a_change_of_numbers_alone_is_a_version_too_and_its_event_says_no_more(store):
    id = enter(store)
    assert (
        change(store, id, details(forename="Zoë", born=date(1990, 3, 4), references=(NI, PRISON))).version
        == 2
    )
    with pytest.raises(ChangedMeanwhile, match="you saw version 1, it is 2"):
        change(store, id, ZOE)
    with store.reading() as work:
        changes = json.loads(events(work, id)[-1].changes)
    assert [name.partition("/")[0] for name in changes] == ["person_references"]


def test_a_change_that_changes_nothing_leaves_the_keys_as_they_were(store):
    id = enter(store)
    with store.reading() as work:
        before = work.session.execute(select(PersonKeyRow.__table__)).all()
    change(store, id, ZOE)
    with store.reading() as work:
        assert work.session.execute(select(PersonKeyRow.__table__)).all() == before


def test_nobody_changes_who_is_not_there_who_was_erased_or_who_was_merged(store):
    with pytest.raises(NotFound):
        change(store, "P-9", ZOE)
    store.transact(lambda work: person(work, "P-8", surname="Gone", erased_at=NOW))
    with pytest.raises(PersonErased):
        change(store, "P-8", ZOE)
    one, other = enter(store), enter(store)
    store.transact(lambda work: merge_people(one, other, why="the same", by=OFFICER, at=NOW, work=work))
    with pytest.raises(MergedAway, match=f"merged into {other}"):
        change(store, one, ZOE, seen=2)


def test_people_filed_without_keys_are_found_after_indexing(store):
    for number in range(1, 6):
        facts = {"forename": "Zoë", "surname": "Reyes", "born": date(1990, 3, 4)}
        store.transact(lambda work, id=f"P-{number}", facts=facts: person(work, id, **facts))
    with store.reading() as work:
        assert possible_duplicates(work, ZOE, by=OFFICER, at=NOW) == ()
    after = ""
    while after is not None:
        after = store.transact(
            lambda work, after=after: reindex_people(by=OFFICER, at=NOW, work=work, after=after, batch=2)
        )
    with store.reading() as work:
        assert [each.person_id for each in possible_duplicates(work, ZOE, by=OFFICER, at=NOW)] == [
            f"P-{n}" for n in range(1, 6)
        ]
        assert work.all(select(PersonRow.version)) == [1] * 5
