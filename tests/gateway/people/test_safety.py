"""Where people are not safe, who is kept apart, who agreed to be referred: by the day, merged or not."""

from datetime import timedelta

import pytest

from gateway.people.consents import consents_on, has_consent
from gateway.people.keep_safe import (
    EndedAlready,
    OneAndTheSame,
    StandsAlready,
    end_safety_area,
    end_separation,
    keep_apart,
    set_safety_area,
)
from gateway.people.merge_people import merge_people
from gateway.people.record_consent import NoConsent, give_consent, withdraw_consent
from gateway.people.safety import kept_apart_from, safety_areas_of, separations
from gateway.people.tables import SafetyReason
from gateway.records.tables import EventRow
from gateway.refusals import Invalid, NotFound
from tests.gateway.ground import BIRMINGHAM, DUDLEY, NOW, OFFICER, TODAY, person, small_world
from tests.gateway.people.test_possible_duplicates import queries


def day(number):
    return TODAY + timedelta(days=number)


def do(store, deed, *given, **facts):
    return store.transact(lambda work: deed(*given, **facts, by=OFFICER, at=NOW, work=work))


def unsafe(store, *given, on=TODAY):
    return do(store, set_safety_area, *given, reason=SafetyReason.DOMESTIC_ABUSE, on=on)


def apart(store, *given, on=TODAY):
    return do(store, keep_apart, *given, reason=SafetyReason.THREAT, on=on)


def ask(store, query, *given):
    with store.reading() as work:
        return query(work, *given)


def words(store):
    with store.reading() as work:
        return [each.what for each in work.where(EventRow) if each.what != "set up"]


def test_an_unsafe_area_counts_from_its_day_until_it_ends_for_all_ids_of_a_person(store):
    store.transact(small_world)
    area = unsafe(store, "P-1", BIRMINGHAM, on=day(1))
    unsafe(store, "P-2", DUDLEY)
    do(store, merge_people, "P-1", "P-2", why="the same")
    do(store, end_safety_area, area.id, on=day(5), why="he was sentenced")
    both = frozenset({BIRMINGHAM, DUDLEY})
    found = [ask(store, safety_areas_of, ["P-1", "P-2", "P-3"], day(n)) for n in (0, 1, 4, 5)]
    assert [each["P-1"] for each in found] == [frozenset({DUDLEY}), both, both, frozenset({DUDLEY})]
    assert all(each["P-1"] == each["P-2"] and each["P-3"] == frozenset() for each in found)
    assert words(store) == ["safety area set", "safety area set", "people merged", "safety area ended"]
    assert queries(store, lambda: ask(store, safety_areas_of, ["P-1", "P-2", "P-3"], TODAY)) == 1


def test_an_area_is_set_once_where_there_is_one_and_ends_once(store):
    store.transact(small_world)
    area = unsafe(store, "P-1", BIRMINGHAM)
    with pytest.raises(StandsAlready, match=area.id):
        unsafe(store, "P-1", BIRMINGHAM)
    with pytest.raises(NotFound, match="no authority E99"):
        unsafe(store, "P-1", "E99")
    with pytest.raises(Invalid) as refused:
        do(store, end_safety_area, area.id, on=day(-1), why=" ")
    assert [field for field, _ in refused.value.faults] == ["on", "why"]
    do(store, end_safety_area, area.id, on=day(1), why="x")
    with pytest.raises(EndedAlready):
        do(store, end_safety_area, area.id, on=day(2), why="x")
    unsafe(store, "P-1", BIRMINGHAM, on=day(3))


def test_two_are_kept_apart_whichever_is_named_first_and_under_whichever_id(store):
    store.transact(small_world)
    store.transact(lambda work: person(work, "P-4"))
    kept = apart(store, "P-2", "P-1")
    assert (kept.person_id, kept.other_id) == ("P-1", "P-2")
    with pytest.raises(StandsAlready, match=kept.id):
        apart(store, "P-1", "P-2")
    do(store, merge_people, "P-2", "P-3", why="the same")
    everybody = ["P-4", "P-3", "P-2", "P-1"]
    assert ask(store, separations, everybody, TODAY) == {("P-1", "P-2"), ("P-1", "P-3")}
    assert ask(store, separations, ["P-1", "P-3"], TODAY) == {("P-1", "P-3")}
    assert ask(store, separations, ["P-1", "P-4"], TODAY) == frozenset()
    assert ask(store, kept_apart_from, "P-1", TODAY) == {"P-2", "P-3"}
    assert ask(store, kept_apart_from, "P-3", TODAY) == {"P-1"}
    assert ask(store, kept_apart_from, "P-4", TODAY) == frozenset()
    assert queries(store, lambda: ask(store, separations, everybody, TODAY)) == 1
    do(store, merge_people, "P-1", "P-4", why="the same")
    pairs = {("P-1", "P-2"), ("P-1", "P-3"), ("P-2", "P-4"), ("P-3", "P-4")}
    assert ask(store, separations, everybody, TODAY) == pairs
    assert ask(store, kept_apart_from, "P-4", TODAY) == {"P-2", "P-3"}


def test_a_separation_holds_by_the_day(store):
    store.transact(small_world)
    kept = apart(store, "P-1", "P-2", on=day(1))
    do(store, end_separation, kept.id, on=day(3), why="mediated")
    found = [bool(ask(store, separations, ["P-1", "P-2"], day(n))) for n in (0, 1, 2, 3)]
    assert found == [False, True, True, False]
    with pytest.raises(EndedAlready):
        do(store, end_separation, kept.id, on=day(4), why="x")
    assert words(store) == ["separation set", "separation ended"]


def test_nobody_is_kept_apart_from_themselves_not_even_under_another_id(store):
    store.transact(small_world)
    do(store, merge_people, "P-1", "P-2", why="the same")
    for one, other in (("P-3", "P-3"), ("P-1", "P-2"), ("P-2", "P-1")):
        with pytest.raises(OneAndTheSame):
            apart(store, one, other)


def test_consent_counts_from_its_day_until_it_is_withdrawn_under_any_id(store):
    store.transact(small_world)
    do(store, give_consent, "P-1", given_on=day(-9), how="signed form")
    do(store, give_consent, "P-2", given_on=day(-5), how="by telephone")
    do(store, merge_people, "P-1", "P-2", why="the same")
    assert [ask(store, has_consent, "P-2", day(n)) for n in (-10, -9, 0)] == [False, True, True]
    assert ask(store, consents_on, ["P-1", "P-2", "P-3"], TODAY) == {"P-1", "P-2"}
    ended = do(store, withdraw_consent, "P-1", withdrawn_on=day(-1))
    assert len(ended) == 2
    assert [ask(store, has_consent, "P-2", day(n)) for n in (-2, -1, 0)] == [True, False, False]
    with pytest.raises(NoConsent):
        do(store, withdraw_consent, "P-2", withdrawn_on=TODAY)
    assert queries(store, lambda: ask(store, has_consent, "P-1", TODAY)) == 1


def test_consent_is_not_given_or_taken_back_tomorrow_nor_nohow(store):
    store.transact(small_world)
    with pytest.raises(Invalid) as refused:
        do(store, give_consent, "P-1", given_on=day(1), how="")
    assert [field for field, _ in refused.value.faults] == ["given_on", "how"]
    do(store, give_consent, "P-1", given_on=TODAY, how="signed form")
    with pytest.raises(Invalid):
        do(store, withdraw_consent, "P-1", withdrawn_on=day(1))
