"""Two people who look alike and are not the same: said once, and remembered under every id."""

import pytest

from gateway.people.clusters import cluster
from gateway.people.merge_people import AlreadyOne, merge_people
from gateway.people.restrict import restrict_case
from gateway.people.told_apart import TOLD_APART, tell_apart, told_apart_from
from gateway.records.tables import EventRow
from gateway.refusals import NotFound
from scenarios.statements import statements
from tests.gateway.ground import MANAGER, NOW, OFFICER, person
from tests.gateway.people.test_access import LATER

DOING = {"why": "They were born in different years.", "by": OFFICER, "at": NOW}


@pytest.fixture(autouse=True)
def _people(store):
    store.transact(lambda work: [person(work, f"P-{number}") for number in range(1, 5)])


def apart(store, *ids):
    with store.reading() as work:
        return told_apart_from(work, ids)


def test_it_is_remembered_of_both_and_of_nobody_else(store):
    event = store.transact(lambda work: tell_apart("P-1", "P-2", **DOING, work=work))
    assert (apart(store, "P-1"), apart(store, "P-2"), apart(store, "P-3")) == ({"P-2"}, {"P-1"}, frozenset())
    with store.reading() as work:
        assert work.get(EventRow, event.number).what == TOLD_APART


def test_it_is_told_under_the_id_by_which_the_other_is_read(store):
    store.transact(lambda work: tell_apart("P-1", "P-2", **DOING, work=work))
    store.transact(lambda work: merge_people("P-2", "P-3", **DOING, work=work))
    assert apart(store, "P-1") == {"P-3"}
    store.transact(lambda work: merge_people("P-1", "P-4", **DOING, work=work))
    with store.reading() as work:
        assert apart(store, *cluster(work, "P-4")) == {"P-3"}


def test_one_person_is_not_told_apart_from_themselves(store):
    store.transact(lambda work: merge_people("P-2", "P-1", **DOING, work=work))
    with pytest.raises(AlreadyOne):
        store.transact(lambda work: tell_apart("P-1", "P-2", **DOING, work=work))


def test_whose_case_may_not_be_opened_is_not_there(store):
    store.transact(
        lambda work: restrict_case("P-2", until=LATER, seen=1, why="x", by=MANAGER, at=NOW, work=work)
    )
    with pytest.raises(NotFound):
        store.transact(lambda work: tell_apart("P-1", "P-2", **DOING, work=work))


def test_it_takes_two_queries(store):
    store.transact(lambda work: tell_apart("P-1", "P-2", **DOING, work=work))
    with store.reading() as work, statements(work) as asked:
        told_apart_from(work, ["P-1"])
    assert len(asked) == 2
