"""A line whose place a hard rule forbids by now is neither agreed to nor kept, whatever the run knew."""

from datetime import timedelta

import pytest

from gateway.allocation_runs.deciding import decide, decide_band
from gateway.allocation_runs.staleness import mark_stale
from gateway.allocation_runs.tables import Decision, ProposalStatus
from gateway.directory.tables import UnitGender
from gateway.people.exclude import impose_exclusion
from gateway.people.exclusions import ExclusionTerms
from gateway.people.keep_safe import keep_apart, set_safety_area
from gateway.people.merge_people import merge_people
from gateway.people.tables import ExclusionReason, PersonRow, SafetyReason
from gateway.placements.conflicts import HardRule
from gateway.records.write import write
from gateway.referrals.tables import ReferralRow
from scenarios.statements import statements
from tests.gateway.allocation_runs.worlds import ground, lines, offered, run, settle, waiting
from tests.gateway.ground import BIRMINGHAM, DUDLEY, NOW, OFFICER, TODAY, person, service

BY = {"by": OFFICER, "at": NOW}
SAFE = {"reason": SafetyReason.THREAT, **BY}
NOT_SAFE = "The person is not safe in E08000025, where S-1 is."
IS_THERE = "Somebody the person must be kept apart from is at S-1."
TO_COME = "Somebody the person must be kept apart from is to go to S-1 too."


def does(store, deed, *given, **facts):
    return store.transact(lambda work: deed(*given, **facts, work=work))


@pytest.fixture
def proposed(store):
    """Two of three go to S-1; a run that knows of S-1 alone has proposed it."""

    def world(work):
        ground(work)
        service(work, "S-1", units=3)
        service(work, "S-2", authority=DUDLEY)
        for number in (1, 2):
            waiting(work, number)

    store.transact(world)
    run_id = run(store)
    targets = {each.service_id for each in lines(store, run_id).values()}
    assert targets == {"S-1"}
    return run_id


def unsafe(store, who="P-1", on=TODAY):
    does(store, set_safety_area, who, BIRMINGHAM, on=on, **SAFE)


def excluded(store):
    days = {"from_day": TODAY, "until": TODAY + timedelta(days=30), "review_on": TODAY + timedelta(days=7)}
    terms = ExclusionTerms(person_id="P-1", reason=ExclusionReason.ARREARS, provider_id="V-1", **days)
    does(store, impose_exclusion, terms, **BY)


def another_there(store):
    """Somebody else has a unit of S-1."""
    does(store, lambda work: waiting(work, 9))
    store.transact(lambda work: offered(work, "R-9", "U-1-3"))
    does(store, keep_apart, "P-1", "P-9", on=TODAY, **SAFE)


RULES = [
    (unsafe, NOT_SAFE),
    (excluded, "The person is excluded from S-1."),
    (another_there, IS_THERE),
]


@pytest.mark.parametrize(("rule", "told"), RULES)
def test_a_rule_recorded_since_makes_the_line_stale_and_no_other(store, proposed, rule, told):
    rule(store)
    stale = does(store, mark_stale, proposed, **BY)
    assert ("R-1", told) in [(each.referral_id, each.stale_because) for each in stale]
    assert all("No longer to be had" in each.stale_because for each in stale if each.referral_id != "R-1")


@pytest.mark.parametrize(("rule", "told"), RULES)
def test_nobody_agrees_to_it_and_it_is_left_all_the_same(store, proposed, rule, told):
    rule(store)
    line = lines(store, proposed)["R-1"].id
    with pytest.raises(HardRule) as refused:
        does(store, decide, line, Decision.AGREE, **BY)
    assert str(refused.value) == told
    assert does(store, decide, line, Decision.LEAVE, reason="Not there.", **BY).status is ProposalStatus.LEFT


def test_a_band_is_agreed_to_without_it(store, proposed):
    unsafe(store)
    found = {each.referral_id: each for each in does(store, decide_band, proposed, 1, **BY)}
    assert (found["R-1"].status, found["R-1"].stale_because) == (ProposalStatus.STALE, NOT_SAFE)
    assert found["R-2"].status is ProposalStatus.AGREED


def test_a_band_of_which_nothing_is_left_is_agreed_to_by_nobody(store, proposed):
    for who in ("P-1", "P-2"):
        unsafe(store, who)
    assert {each.status for each in does(store, decide_band, proposed, 1, **BY)} == {ProposalStatus.STALE}


def test_two_who_must_be_kept_apart_do_not_both_go_to_one_service(store, proposed):
    does(store, keep_apart, "P-1", "P-2", on=TODAY, **SAFE)
    found = lines(store, proposed)
    with pytest.raises(HardRule, match=TO_COME):
        does(store, decide, found["R-1"].id, Decision.AGREE, **BY)
    does(store, decide, found["R-2"].id, Decision.LEAVE, reason="Elsewhere.", **BY)
    assert does(store, decide, found["R-1"].id, Decision.AGREE, **BY).status is ProposalStatus.AGREED
    with pytest.raises(HardRule, match=TO_COME):
        does(store, decide, found["R-2"].id, Decision.AGREE, **BY)


def test_both_of_them_grow_stale(store, proposed):
    does(store, keep_apart, "P-1", "P-2", on=TODAY, **SAFE)
    stale = does(store, mark_stale, proposed, **BY)
    assert [(each.referral_id, each.stale_because) for each in stale] == [("R-1", TO_COME), ("R-2", TO_COME)]


def test_a_place_chosen_instead_is_asked_about_and_not_the_one_proposed(store, proposed):
    unsafe(store)
    line = lines(store, proposed)["R-1"].id
    change = {"service_id": "S-2", "reason": "Safe there.", **BY}
    assert does(store, decide, line, Decision.CHANGE, **change).chosen_service_id == "S-2"
    assert does(store, mark_stale, proposed, **BY) == []
    does(store, set_safety_area, "P-1", DUDLEY, on=TODAY, **SAFE)
    (stale,) = does(store, mark_stale, proposed, **BY)
    assert stale.stale_because == "The person is not safe in E08000027, where S-2 is."


def test_a_rule_counts_from_its_day_and_under_every_id_of_a_person(store, proposed):
    unsafe(store, on=TODAY + timedelta(days=1))
    assert does(store, mark_stale, proposed, **BY) == []
    store.transact(lambda work: person(work, "P-7"))
    unsafe(store, "P-7")
    does(store, merge_people, "P-7", "P-2", why="x", **BY)
    stale = does(store, mark_stale, proposed, **BY)
    assert [each.referral_id for each in stale] == ["R-2"]


def test_who_is_to_leave_by_the_run_is_not_in_the_way_of_who_is_to_come(store):
    """R-2 must leave the one unit of S-1 that is for women; only R-1 may have it."""

    def world(work):
        ground(work)
        service(work, "S-1", units=1, gender=UnitGender.FEMALE)
        service(work, "S-2", units=1, gender=UnitGender.MALE)
        waiting(work, 1, gender="female")
        waiting(work, 2, gender="female")

    def change(work):
        work.get(PersonRow, "P-2").gender = "male"
        row = work.get(ReferralRow, "R-2")
        row.must_leave = True
        write(work, row, work.get(PersonRow, "P-2"), what="must leave", **BY)

    store.transact(world)
    settle(store, "R-2", "U-1-1")
    store.transact(change)
    run_id = run(store)
    found = lines(store, run_id)
    assert (found["R-1"].service_id, found["R-2"].from_service_id) == ("S-1", "S-1")
    does(store, keep_apart, "P-1", "P-2", on=TODAY, **SAFE)
    assert does(store, decide, found["R-1"].id, Decision.AGREE, **BY).status is ProposalStatus.AGREED
    does(store, decide, found["R-2"].id, Decision.LEAVE, reason="Stays.", **BY)
    with pytest.raises(HardRule, match=IS_THERE):
        does(store, decide, found["R-1"].id, Decision.AGREE, **BY)


def test_it_takes_as_many_queries_for_many_lines_as_for_one(store, proposed):
    does(store, keep_apart, "P-1", "P-2", on=TODAY, **SAFE)
    few = _asked(store, proposed)
    store.transact(lambda work: [waiting(work, number) for number in range(20, 26)])
    store.transact(lambda work: service(work, "S-3", units=9))
    another = run(store)
    for number in range(20, 25):
        does(store, keep_apart, f"P-{number}", f"P-{number + 1}", on=TODAY, **SAFE)
    assert _asked(store, another) == few


def _asked(store, run_id):
    with store.working() as work, statements(work) as sent:
        assert mark_stale(run_id, **BY, work=work)
    return len([each for each in sent if each.text.startswith(("SELECT", "WITH"))])
