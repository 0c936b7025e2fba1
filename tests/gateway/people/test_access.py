"""Restricted cases: to whom a case may not be opened it is not there, and a broken glass is seen."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gateway.people.access import Case, Grant, may_open, openable, opens
from gateway.people.enter_person import change_person, enter_person
from gateway.people.exclude import lift_exclusion
from gateway.people.keep_safe import end_safety_area, end_separation, keep_apart, set_safety_area
from gateway.people.merge_people import merge_people
from gateway.people.restrict import (
    AlreadyRestricted,
    GrantOver,
    NotRestricted,
    break_glass,
    grant_access,
    lift_restriction,
    restrict_case,
    revoke_access,
)
from gateway.people.search import Sought, find_people
from gateway.people.tables import GrantRow, SafetyReason
from gateway.records.actor import CLOCKWORK
from gateway.records.tables import EventRow, EventSubjectRow, ParticularRow
from gateway.refusals import Invalid, NotFound
from tests.gateway.ground import BIRMINGHAM, MANAGER, NOW, OFFICER, PROVIDER, TODAY, small_world
from tests.gateway.people.test_exclusions import impose
from tests.gateway.people.test_possible_duplicates import ZOE, queries

LATER = NOW + timedelta(days=30)


def hours(number):
    return NOW + timedelta(hours=number)


def restrict(store, id="P-1", by=OFFICER, until=LATER):
    store.transact(
        lambda work: restrict_case(id, until=until, why="a witness", seen=1, by=by, at=NOW, work=work)
    )


def opened(store, actor, at=NOW, ids=("P-1", "P-2", "P-3", "P-9")):
    with store.reading() as work:
        return sorted(openable(work, ids, actor, at))


def smash(store, by=MANAGER, id="P-1", number=4, why="found unconscious"):
    return store.transact(lambda work: break_glass(id, hours=number, why=why, by=by, at=NOW, work=work))


def test_a_restricted_case_opens_to_whoever_closed_it_and_not_to_others_in_one_query(store):
    store.transact(small_world)
    restrict(store)
    assert opened(store, OFFICER) == ["P-1", "P-2", "P-3"]
    assert opened(store, MANAGER) == ["P-2", "P-3"]
    assert opened(store, CLOCKWORK) == ["P-1", "P-2", "P-3"]
    assert opened(store, OFFICER, at=LATER) == ["P-2", "P-3"]
    assert queries(store, lambda: opened(store, OFFICER)) == 1
    with store.reading() as work:
        assert not may_open(work, "P-9", OFFICER, NOW)


def test_a_grant_opens_until_its_end_and_a_revoked_one_no_longer(store):
    store.transact(small_world)
    restrict(store)
    grant = store.transact(
        lambda work: grant_access(
            "P-1", MANAGER.id, until=hours(8), why="on duty", by=OFFICER, at=NOW, work=work
        )
    )
    assert [("P-1" in opened(store, MANAGER, at=hours(n))) for n in (-1, 0, 7, 8)] == [
        False,
        True,
        True,
        False,
    ]
    store.transact(lambda work: revoke_access(grant.id, why="off duty", by=OFFICER, at=hours(2), work=work))
    assert [("P-1" in opened(store, MANAGER, at=hours(n))) for n in (1, 2)] == [True, False]
    with pytest.raises(GrantOver):
        store.transact(lambda work: revoke_access(grant.id, why="x", by=OFFICER, at=hours(3), work=work))


def test_to_whom_it_may_not_be_opened_a_restricted_person_is_not_there_in_the_same_words(store):
    """What a stranger hears of a restricted person is, but for the id, what is said of nobody."""
    store.transact(small_world)
    exclusion = impose(store)

    def facts(work):
        told = {"reason": SafetyReason.GANG, "on": TODAY, "by": OFFICER, "at": NOW, "work": work}
        return set_safety_area("P-1", BIRMINGHAM, **told).id, keep_apart("P-1", "P-2", **told).id

    area, apart = store.transact(facts)
    restrict(store)
    with store.reading() as work:
        grant = work.first(select(GrantRow.id))

    def ways(id, exclusion, area, apart, grant):
        told = {"by": MANAGER, "at": NOW}
        ended = {"on": TODAY, "why": "x"} | told
        return {
            id: [
                lambda work: change_person(id, ZOE, seen=2, why="x", work=work, **told),
                lambda work: restrict_case(id, until=LATER, why="x", seen=2, work=work, **told),
                lambda work: grant_access(id, MANAGER.id, until=LATER, why="x", work=work, **told),
                lambda work: merge_people(id, "P-3", why="x", work=work, **told),
                lambda work: break_glass(id, hours=1, why="x", by=PROVIDER, at=NOW, work=work),
            ],
            exclusion: [lambda work: lift_exclusion(exclusion, seen=1, work=work, **ended)],
            area: [lambda work: end_safety_area(area, work=work, **ended)],
            apart: [lambda work: end_separation(apart, work=work, **ended)],
            grant: [lambda work: revoke_access(grant, why="x", work=work, **told)],
        }

    def sentences(ids):
        for id, deeds in ways(*ids).items():
            for deed in deeds:
                with pytest.raises(NotFound) as refused:
                    store.transact(deed)
                yield str(refused.value).replace(id, "…")

    restricted = list(sentences(("P-1", exclusion, area, apart, grant)))
    assert restricted == list(sentences(("P-77", "X-77", "SA-77", "SP-77", "G-77")))


def test_a_restricted_person_is_found_only_by_those_who_may_open_the_case(store):
    id = store.transact(lambda work: enter_person(ZOE, by=OFFICER, at=NOW, work=work)).id
    restrict(store, id)

    def found(by):
        with store.reading() as work:
            return [each.person_id for each in find_people(work, Sought(name="Zoe"), by=by, at=NOW).people]

    assert (found(OFFICER), found(MANAGER)) == ([id], [])
    smash(store, id=id)
    assert found(MANAGER) == [id]


def test_a_broken_glass_opens_for_some_hours_and_auditors_find_it_with_its_reason(store):
    store.transact(small_world)
    restrict(store)
    (grant,) = smash(store)
    assert grant.broken_glass
    assert [("P-1" in opened(store, MANAGER, at=hours(n))) for n in (0, 3, 4)] == [True, True, False]
    with store.reading() as work:
        (broke,) = work.where(EventRow, EventRow.what == "broke the glass")
        assert (broke.actor, broke.happened_at) == (MANAGER.id, NOW)
        (told,) = work.where(ParticularRow, ParticularRow.event == broke.number)
        assert "found unconscious" in told.text
        assert work.all(select(EventSubjectRow.subject).where(EventSubjectRow.event == broke.number)) == [
            "P-1"
        ]


def test_a_glass_is_not_broken_without_reason_for_too_long_or_where_there_is_none(store):
    store.transact(small_world)
    with pytest.raises(NotRestricted):
        smash(store)
    restrict(store)
    with pytest.raises(Invalid) as refused:
        smash(store, number=25, why=" ")
    assert [field for field, _ in refused.value.faults] == ["hours", "why"]
    with store.reading() as work:
        assert work.where(GrantRow, GrantRow.broken_glass) == []


def test_every_restricted_id_of_a_merged_person_needs_its_grant(store):
    store.transact(small_world)
    restrict(store, "P-1", by=OFFICER)
    restrict(store, "P-2", by=MANAGER)
    store.transact(
        lambda work: grant_access("P-2", OFFICER.id, until=LATER, why="x", by=MANAGER, at=NOW, work=work)
    )
    store.transact(lambda work: merge_people("P-1", "P-2", why="x", by=OFFICER, at=NOW, work=work))
    store.transact(lambda work: merge_people("P-3", "P-2", why="x", by=OFFICER, at=NOW, work=work))
    assert opened(store, OFFICER) == ["P-1", "P-2", "P-3"]
    assert opened(store, MANAGER) == []
    assert [each.person_id for each in smash(store, id="P-3")] == ["P-1", "P-2"]
    assert opened(store, MANAGER) == ["P-1", "P-2", "P-3"]


def test_a_case_is_restricted_once_and_opened_again_to_all(store):
    store.transact(small_world)
    with pytest.raises(Invalid):
        restrict(store, until=NOW)
    restrict(store)
    with pytest.raises(AlreadyRestricted):
        store.transact(
            lambda work: restrict_case("P-1", until=LATER, why="x", seen=2, by=OFFICER, at=NOW, work=work)
        )

    def lift(seen):
        facts = {"why": "over", "seen": seen, "by": OFFICER, "at": NOW}
        store.transact(lambda work: lift_restriction("P-1", work=work, **facts))

    lift(2)
    with pytest.raises(NotRestricted):
        lift(3)
    assert opened(store, PROVIDER) == ["P-1", "P-2", "P-3"]


moments = st.integers(0, 6).map(hours)
grants = st.builds(Grant, granted_at=moments, until=moments, revoked_at=st.none() | moments)
cases = st.builds(Case, restricted=st.booleans(), grants=st.lists(grants, max_size=3).map(tuple))


@given(st.lists(cases, max_size=3), moments)
def test_a_person_opens_if_each_restricted_row_has_a_grant_for_that_hour(some, at):
    def covers(grant):
        end = min(grant.until, grant.revoked_at or grant.until)
        return at in {hours(n) for n in range(7) if grant.granted_at <= hours(n) < end}

    closed = [case for case in some if case.restricted and not [each for each in case.grants if covers(each)]]
    assert opens(some, OFFICER, at) == (closed == [])
    assert opens(some, CLOCKWORK, at)
