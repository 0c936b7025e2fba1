"""Two rows turn out to be one person, and sometimes not after all: nothing is lost there and back."""

from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from gateway.people.access import PersonErased
from gateway.people.clusters import canonical, cluster, clusters
from gateway.people.keep_safe import keep_apart
from gateway.people.merge_people import (
    AlreadyOne,
    KeptApart,
    LivesTwice,
    NotMerged,
    NotTheRoot,
    merge_people,
    unmerge_people,
)
from gateway.people.tables import MergeRow, PersonRow, SafetyReason
from gateway.placements.states import PlacementStatus
from gateway.placements.tables import PlacementRow
from gateway.records.tables import EventRow
from gateway.refusals import Conflict, NotFound
from gateway.storage.store import Store
from tests.databases import migrate
from tests.gateway.ground import KEYS, NOW, OFFICER, TODAY, Ids, StoppedClock, person, put, small_world
from tests.gateway.people.test_possible_duplicates import queries


def crowd(work, number=4):
    for each in range(1, number + 1):
        person(work, f"P-{each}")


def merge(store, one, other):
    return store.transact(
        lambda work: merge_people(one, other, why="the same", by=OFFICER, at=NOW, work=work)
    )


def unmerge(store, one):
    return store.transact(lambda work: unmerge_people(one, why="a mistake", by=OFFICER, at=NOW, work=work))


def rows(store):
    with store.reading() as work:
        return {row.id: row.merged_into for row in work.where(PersonRow)}


def test_merged_people_are_one_under_the_id_of_the_second(store):
    store.transact(crowd)
    merge(store, "P-1", "P-2")
    merge(store, "P-2", "P-3")
    with store.reading() as work:
        assert cluster(work, "P-1") == cluster(work, "P-3") == {"P-1", "P-2", "P-3"}
        assert [canonical(work, f"P-{each}") for each in (1, 2, 3, 4)] == ["P-3", "P-3", "P-3", "P-4"]
        assert [each.what for each in work.where(EventRow)][-2:] == ["people merged"] * 2
    assert queries(store, lambda: merged(store, ["P-1", "P-2", "P-4", "P-9"])) == 1
    assert sorted(merged(store, ["P-1", "P-4", "P-9"])) == ["P-1", "P-4"]


def merged(store, ids):
    with store.reading() as work:
        return clusters(work, ids)


def test_undoing_a_merge_restores_exactly_what_was(store):
    store.transact(crowd)
    before = rows(store)
    merge(store, "P-1", "P-2")
    merge(store, "P-2", "P-3")
    unmerge(store, "P-2")
    assert rows(store) == before | {"P-1": "P-2"}
    unmerge(store, "P-1")
    assert rows(store) == before
    with store.reading() as work:
        kept = work.all(select(MergeRow).order_by(MergeRow.id))
        assert [(each.person_id, each.into_id, each.undone_at) for each in kept] == [
            ("P-1", "P-2", NOW),
            ("P-2", "P-3", NOW),
        ]


def test_what_cannot_be_one_is_refused_and_nothing_is_written(store):
    store.transact(crowd)
    store.transact(lambda work: person(work, "P-8", erased_at=NOW))
    merge(store, "P-1", "P-2")
    before = rows(store)
    refused = {
        ("P-3", "P-3"): AlreadyOne,
        ("P-2", "P-1"): AlreadyOne,
        ("P-1", "P-2"): AlreadyOne,
        ("P-1", "P-3"): NotTheRoot,
        ("P-3", "P-1"): NotTheRoot,
        ("P-3", "P-9"): NotFound,
        ("P-9", "P-3"): NotFound,
        ("P-3", "P-8"): PersonErased,
        ("P-8", "P-3"): PersonErased,
    }
    for (one, other), refusal in refused.items():
        with pytest.raises(refusal):
            merge(store, one, other)
    with pytest.raises(NotMerged):
        unmerge(store, "P-2")
    assert rows(store) == before


def living(work, id, person_id, referral_id):
    row = PlacementRow(
        id=id,
        referral_id=referral_id,
        person_id=person_id,
        service_id="S-1",
        status=PlacementStatus.LIVING,
        from_day=TODAY,
    )
    return put(work, row)


def test_two_who_live_somewhere_are_not_merged_and_both_placements_are_named(store):
    store.transact(small_world)
    merge(store, "P-1", "P-3")
    store.transact(lambda work: living(work, "L-1", "P-1", "R-1"))
    store.transact(lambda work: living(work, "L-2", "P-2", "R-2"))
    with pytest.raises(LivesTwice, match="L-1, L-2"):
        merge(store, "P-2", "P-3")


def test_two_who_are_kept_apart_are_not_merged(store):
    store.transact(crowd)
    merge(store, "P-1", "P-2")
    store.transact(
        lambda work: keep_apart(
            "P-3", "P-1", reason=SafetyReason.THREAT, on=TODAY, by=OFFICER, at=NOW, work=work
        )
    )
    with pytest.raises(KeptApart):
        merge(store, "P-2", "P-3")


def test_of_two_officers_who_merge_each_into_the_other_one_is_refused(store):
    store.transact(crowd)
    start, refused = Barrier(2), []

    def deed(one, other):
        start.wait()
        try:
            merge(store, one, other)
        except Conflict as refusal:
            refused.append(type(refusal))

    threads = [Thread(target=deed, args=each) for each in (("P-1", "P-2"), ("P-2", "P-1"))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert refused == [AlreadyOne]
    assert sorted(into is not None for into in rows(store).values()) == [False, False, False, True]


@pytest.fixture(scope="module")
def six_people(tmp_path_factory):
    """One database of six people for many examples, each of which undoes what it did."""
    url = f"sqlite:///{tmp_path_factory.mktemp('merging') / 'gateway.db'}"
    migrate(url)
    store = Store(url, keys=KEYS, clock=StoppedClock(), new_id=Ids())
    store.transact(lambda work: crowd(work, 6))
    yield store
    store.close()


def joined(edges, one):
    """The slow, obvious reference: whoever is reached over edges, in either direction."""
    found = {one}
    while True:
        more = {end for edge in edges for end in edge if found & set(edge)} - found
        if not more:
            return found
        found |= more


ids = st.integers(1, 5).map(lambda number: f"P-{number}")
deeds = st.lists(st.tuples(st.booleans(), ids, ids), max_size=7)


@settings(max_examples=max(settings().max_examples // 4, 20))
@given(deeds)
def test_any_sequence_of_merges_and_undoings_agrees_with_a_plain_graph(six_people, sequence):
    edges = {}
    with six_people.working() as work:
        for is_merge, one, other in sequence:
            if is_merge:
                fits = one not in edges and other not in edges and other not in joined(edges.items(), one)
                done = attempt(work, merge_people, one, other)
                edges |= {one: other} if fits else {}
            else:
                fits, done = one in edges, attempt(work, unmerge_people, one)
                edges.pop(one, None)
            assert done == fits
        everybody = clusters(work, [f"P-{number}" for number in range(1, 7)])
        for id, found in everybody.items():
            assert found.ids == joined(edges.items(), id)
            assert found.root not in edges


def attempt(work, deed, *people):
    try:
        deed(*people, why="drawn", by=OFFICER, at=NOW, work=work)
    except Conflict:
        return False
    return True
