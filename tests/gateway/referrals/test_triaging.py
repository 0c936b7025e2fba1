"""Taking in, asking and answering, the list, declining, resting, what the clock does."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.records.actor import Role
from gateway.records.tables import EventRow
from gateway.referrals.ending import appeal
from gateway.referrals.expiring import NotDue, due, expire, expire_due
from gateway.referrals.noting import add_note
from gateway.referrals.resting import park, unpark
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, NoteRow, QuestionRow, ReferralRow
from gateway.referrals.triaging import answer, ask, decline, put_on_list, take_in
from gateway.refusals import Conflict, IllegalMove, Invalid
from tests.gateway.ground import NOW, OFFICER, REFERRER, TODAY
from tests.gateway.referrals.forms import drafted, ground, in_triage, submitted, waiting

S = ReferralStatus
LATER = NOW + timedelta(days=3)


@pytest.fixture(autouse=True)
def _ground(store):
    store.transact(ground)


def do(store, verb, *args, by=OFFICER, at=NOW, **facts):
    return store.transact(lambda work: verb(*args, by=by, at=at, work=work, **facts))


def test_a_referral_goes_from_submission_to_the_list(store):
    row = store.transact(submitted)
    assert do(store, take_in, row.id).status is S.IN_TRIAGE
    row = do(store, put_on_list, row.id, at=LATER)
    assert (row.status, row.waiting_since) == (S.WAITING, LATER)


def test_what_is_asked_is_to_be_answered_in_working_hours_and_goes_on_when_all_is_answered(store):
    row = store.transact(in_triage)
    do(store, ask, row.id, ["Which probation office?", "Any debts?"], hours=16)
    with store.reading() as work:
        questions = sorted(work.where(QuestionRow), key=lambda each: each.id)
        asked = work.get(ReferralRow, row.id)
    assert asked.status is S.MORE_ASKED
    assert asked.status_until == datetime(2026, 3, 3, 17, tzinfo=UTC)  # two working days from Monday 9:00
    assert do(store, answer, questions[0].id, "Dudley.", by=REFERRER).status is S.MORE_ASKED
    with pytest.raises(Conflict, match="was answered by referrer-1"):
        do(store, answer, questions[0].id, "No: Walsall.", by=REFERRER)
    assert do(store, answer, questions[1].id, "None.", by=REFERRER).status is S.IN_TRIAGE


def test_nothing_empty_is_asked_answered_or_noted(store):
    row = store.transact(in_triage)
    for verb, args in ((ask, [[]]), (ask, [["Where?", " "]]), (add_note, [""])):
        with pytest.raises(Invalid):
            do(store, verb, row.id, *args)


def test_an_answer_that_comes_after_the_deadline_has_acted_is_refused(store):
    row = store.transact(in_triage)
    do(store, ask, row.id, ["Which probation office?"])
    assert expire_due(store, LATER) == 1
    with store.reading() as work:
        (question,) = work.where(QuestionRow)
    with pytest.raises(Conflict, match="no longer waits for an answer: it is expired"):
        do(store, answer, question.id, "Dudley.", by=REFERRER)
    assert do(store, appeal, row.id, why="The letter was late.").status is S.IN_TRIAGE


def test_declining_needs_a_reason_that_is_one_and_words(store):
    row = store.transact(in_triage)
    with pytest.raises(Invalid, match="moved_on is not one of"):
        do(store, decline, row.id, reason=EndReason.MOVED_ON, why="?")
    with pytest.raises(Invalid, match="why: is empty"):
        do(store, decline, row.id, reason=EndReason.NOT_ELIGIBLE, why="")
    row = do(store, decline, row.id, reason=EndReason.NOT_ELIGIBLE, why="Lives in Kent.")
    assert (row.status, row.end_reason) == (S.DECLINED, EndReason.NOT_ELIGIBLE)


def test_who_is_parked_comes_back_by_itself_to_where_they_stood(store):
    row = store.transact(waiting)
    parked = do(store, park, row.id, until=TODAY + timedelta(days=2), reason=EndReason.IN_HOSPITAL)
    assert parked.status_until == datetime(2026, 3, 4, tzinfo=UTC)
    assert expire_due(store, NOW) == 0
    assert expire_due(store, LATER) == 1
    with store.reading() as work:
        back = work.get(ReferralRow, row.id)
        (event,) = work.where(EventRow, EventRow.what == "parking ended")
    assert (back.status, back.waiting_since, back.end_reason) == (S.WAITING, NOW, None)
    assert event.role is Role.CLOCKWORK


def test_who_was_parked_in_triage_is_not_put_on_the_list_by_the_clock(store):
    row = store.transact(in_triage)
    do(store, park, row.id, until=TODAY + timedelta(days=1), reason=EndReason.AWAITING_EVENT)
    assert do(store, unpark, row.id).status is S.IN_TRIAGE
    with pytest.raises(IllegalMove):
        do(store, unpark, row.id)


def test_parking_ends_on_a_day_to_come(store):
    row = store.transact(waiting)
    with pytest.raises(Invalid, match="must be after today"):
        do(store, park, row.id, until=TODAY, reason=EndReason.IN_HOSPITAL)
    with pytest.raises(Invalid, match="and within a year"):
        do(store, park, row.id, until=TODAY.replace(year=2199), reason=EndReason.IN_HOSPITAL)


def test_what_is_due_acts_once_each_and_nothing_before_its_time(store):
    first = store.transact(drafted)
    second = store.transact(lambda work: drafted(work, at=NOW + timedelta(hours=1)))
    store.transact(submitted)
    month = NOW + timedelta(days=28)
    with store.reading() as work:
        assert list(due(work, month - timedelta(seconds=1))) == []
        assert list(due(work, month)) == [first.id]
        assert list(due(work, month + timedelta(hours=1))) == [first.id, second.id]
    with pytest.raises(NotDue):
        do(store, expire, second.id, at=month)
    assert expire_due(store, month + timedelta(hours=1)) == 2
    assert expire_due(store, month + timedelta(hours=1)) == 0
    with store.reading() as work:
        assert work.get(ReferralRow, first.id).end_reason is EndReason.TOO_OLD


def test_notes_are_appended_in_any_state(store):
    row = store.transact(drafted)
    do(store, add_note, row.id, "Rang; no answer.")
    do(store, add_note, row.id, "Rang again.")
    with store.reading() as work:
        assert {each.text for each in work.where(NoteRow)} == {"Rang; no answer.", "Rang again."}


@pytest.mark.parametrize("verb", [take_in, put_on_list])
def test_what_has_ended_goes_on_by_appeal_alone(store, verb):
    row = store.transact(in_triage)
    do(store, decline, row.id, reason=EndReason.NOT_ELIGIBLE, why="Lives in Kent.")
    with pytest.raises(IllegalMove):
        do(store, verb, row.id)
    with pytest.raises(Invalid, match="why"):
        do(store, appeal, row.id, why=" ")
    assert do(store, appeal, row.id, why="They moved here in May.").status is S.IN_TRIAGE
    with pytest.raises(IllegalMove):
        do(store, appeal, row.id, why="Once more.")
