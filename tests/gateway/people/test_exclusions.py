"""Exclusions have a reason, one scope, an end and a review; they end early only with a reason."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.people.exclude import ExclusionOver, Reviewed, impose_exclusion, lift_exclusion, review_exclusion
from gateway.people.exclusions import (
    ExclusionTerms,
    bars,
    exclusions_due_for_review,
    exclusions_in_force,
    in_force,
)
from gateway.people.merge_people import merge_people
from gateway.people.tables import ExclusionReason, ExclusionRow
from gateway.records.tables import EventRow
from gateway.refusals import ChangedMeanwhile, Invalid, NotFound
from tests.gateway.ground import BIRMINGHAM, DUDLEY, NOW, OFFICER, TODAY, small_world
from tests.gateway.people.test_possible_duplicates import queries


def day(number):
    return TODAY + timedelta(days=number)


def terms(**facts):
    standard = {
        "person_id": "P-1",
        "reason": ExclusionReason.ARSON,
        "from_day": TODAY,
        "until": day(90),
        "review_on": day(30),
    }
    facts = standard | facts
    if not {"service_id", "provider_id", "authority_id"} & set(facts):
        facts["service_id"] = "S-1"
    return ExclusionTerms(**facts)


def impose(store, **facts):
    return store.transact(lambda work: impose_exclusion(terms(**facts), by=OFFICER, at=NOW, work=work)).id


def review(store, id, seen=1, **facts):
    facts = {"on": day(30), "review_on": day(60)} | facts
    return store.transact(
        lambda work: review_exclusion(
            id, Reviewed(**facts), why="as agreed", seen=seen, by=OFFICER, at=NOW, work=work
        )
    )


def lift(store, id, on, seen=1, why="appeal upheld"):
    return store.transact(
        lambda work: lift_exclusion(id, on=on, why=why, seen=seen, by=OFFICER, at=NOW, work=work)
    )


def barred(store, ids, on):
    with store.reading() as work:
        return {id: [each.id for each in some] for id, some in exclusions_in_force(work, ids, on).items()}


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"service_id": None}, {"service_id"}),
        ({"service_id": "S-1", "provider_id": "V-1", "authority_id": "E1"}, {"provider_id", "authority_id"}),
        ({"until": TODAY, "review_on": TODAY}, {"until"}),
        ({"review_on": day(91)}, {"review_on"}),
        ({"review_on": day(-1), "until": day(-1), "detail": "x" * 2001}, {"review_on", "until", "detail"}),
        ({"reason": ExclusionReason.OTHER, "detail": " "}, {"detail"}),
    ],
)
def test_terms_that_do_not_hold_are_refused_all_faults_at_once(facts, fields):
    with pytest.raises(Invalid) as refused:
        terms(**facts)
    assert {field for field, _ in refused.value.faults} == fields


def test_it_is_in_force_from_its_first_day_and_free_on_its_last(store):
    store.transact(small_world)
    id = impose(store)
    assert [barred(store, ["P-1"], day(n))["P-1"] for n in (-1, 0, 89, 90)] == [[], [id], [id], []]
    with store.reading() as work:
        assert work.where(EventRow)[-1].what == "exclusion imposed"


def test_a_scope_or_person_that_is_not_there_is_named(store):
    store.transact(small_world)
    for facts, sentence in (
        ({"service_id": "S-9"}, "no service S-9"),
        ({"provider_id": "V-9"}, "no provider V-9"),
        ({"authority_id": "E99999999"}, "no authority E99999999"),
        ({"person_id": "P-9"}, "no person P-9"),
    ):
        with pytest.raises(NotFound, match=sentence):
            impose(store, **facts)
    with store.reading() as work:
        assert work.where(ExclusionRow) == []


def due(work, number, by=OFFICER, **page):
    return exclusions_due_for_review(work, day(number), by=by, at=NOW, **page)


def test_what_bars_any_id_of_a_merged_person_bars_all_of_them_in_one_query(store):
    store.transact(small_world)
    one, other = impose(store), impose(store, person_id="P-2", authority_id=BIRMINGHAM)
    store.transact(lambda work: merge_people("P-1", "P-2", why="x", by=OFFICER, at=NOW, work=work))
    found = barred(store, ["P-1", "P-2", "P-3", "P-9"], TODAY)
    assert found == {"P-1": [one, other], "P-2": [one, other], "P-3": [], "P-9": []}
    assert queries(store, lambda: barred(store, [f"P-{n}" for n in range(2000)], TODAY)) == 1


def test_a_review_keeps_or_shortens_and_says_when_to_ask_again(store):
    store.transact(small_world)
    id = impose(store)
    with store.reading() as work:
        assert [each.id for each in due(work, 30)] == [id]
        assert due(work, 29) == []
    assert review(store, id).until == day(90)
    assert review(store, id, seen=2, on=day(40), until=day(70)).until == day(70)
    with store.reading() as work:
        assert [each.what for each in work.where(EventRow)][-2:] == ["exclusion kept", "exclusion shortened"]
        assert due(work, 59) == []


def test_a_review_cannot_lengthen_end_or_forget_an_exclusion(store):
    store.transact(small_world)
    id = impose(store)
    for field, facts in (
        ("until", {"until": day(91)}),
        ("until", {"until": day(30), "review_on": day(30)}),
        ("review_on", {"review_on": day(30)}),
        ("review_on", {"until": day(50)}),
    ):
        with pytest.raises(Invalid) as refused:
            review(store, id, **facts)
        assert field in dict(refused.value.faults)


def test_a_lifted_exclusion_bars_nobody_from_that_day_and_is_over(store):
    store.transact(small_world)
    id = impose(store)
    with pytest.raises(Invalid, match="why"):
        lift(store, id, day(10), why=" ")
    with pytest.raises(ChangedMeanwhile):
        lift(store, id, day(10), seen=2)
    lift(store, id, day(10))
    assert [barred(store, ["P-1"], day(n))["P-1"] for n in (9, 10)] == [[id], []]
    for again in (lambda: lift(store, id, day(12), seen=2), lambda: review(store, id, seen=2)):
        with pytest.raises(ExclusionOver, match=str(day(10))):
            again()


def test_what_has_run_out_is_neither_reviewed_nor_lifted(store):
    store.transact(small_world)
    id = impose(store)
    with pytest.raises(ExclusionOver):
        lift(store, id, day(90))
    with pytest.raises(NotFound, match="no exclusion X-9"):
        lift(store, "X-9", TODAY)


def test_a_scope_covers_its_service_its_provider_or_its_authority():
    service = {"service_id": "S-1", "provider_id": "V-1", "authority_id": BIRMINGHAM}
    none = dict.fromkeys(service)
    for field, id in service.items():
        assert bars(SimpleNamespace(**(none | {field: id})), **service)
    for field, id in (("service_id", "S-2"), ("provider_id", "V-2"), ("authority_id", DUDLEY)):
        assert not bars(SimpleNamespace(**(none | {field: id})), **service)


days = st.dates(date(2026, 1, 1), date(2026, 1, 9))


@given(days, days, st.none() | days, days)
def test_in_force_is_counted_day_by_day(start, until, lifted, asked):
    row = SimpleNamespace(from_day=start, until=until, lifted_on=lifted)
    end = min(until, lifted or until)
    barred_days = {start + timedelta(days=n) for n in range(max((end - start).days, 0))}
    assert in_force(row, asked) == (asked in barred_days)
