"""Drafting, changing, submitting, correcting."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from gateway.people.tables import ConsentRow
from gateway.records.tables import EventRow
from gateway.records.write import write
from gateway.referrals.details import Known, Member
from gateway.referrals.entering import AlreadyReferred, change_draft, correct, submit
from gateway.referrals.moving import move
from gateway.referrals.states import ReferralStatus
from gateway.referrals.submission_faults import DRAFT_LIFE, missing
from gateway.referrals.tables import AgencyRow, HouseholdMemberRow, ReferralCodeRow, ReferralRow
from gateway.refusals import ChangedMeanwhile, Conflict, IllegalMove, Invalid
from tests.gateway.ground import BIRMINGHAM, NOW, OFFICER, REFERRER, TODAY, person, put
from tests.gateway.referrals.forms import drafted, form, ground, in_triage, submitted, waiting


@pytest.fixture(autouse=True)
def _ground(store):
    store.transact(ground)


def test_a_draft_is_kept_with_one_event(store):
    row = store.transact(lambda work: drafted(work, authority_id=BIRMINGHAM, wishes=("S-2", "S-1")))
    with store.reading() as work:
        kept = work.get(ReferralRow, row.id)
        assert (kept.status, kept.entered_by) == (ReferralStatus.DRAFT, "referrer-1")
        assert kept.status_until == NOW + timedelta(days=28)
        assert [each.what for each in work.where(EventRow, EventRow.what == "referral drafted")]


def test_what_a_form_names_and_nobody_has_is_refused_all_at_once(store):
    with pytest.raises(Invalid) as caught:
        store.transact(
            lambda work: drafted(
                work,
                person_id="P-9",
                agency_id="A-9",
                authority_id="E06000001",
                wishes=("S-9",),
                current_service_id="S-8",
            )
        )
    assert [field for field, _ in caught.value.faults] == [
        "person_id",
        "agency_id",
        "authority_id",
        "wishes",
        "current_service_id",
    ]


def test_the_second_referral_under_one_reference_is_refused_and_names_the_first(store):
    first = store.transact(lambda work: drafted(work, agency_reference="88"))
    with pytest.raises(AlreadyReferred, match=f"it is referral {first.id}"):
        store.transact(lambda work: drafted(work, agency_reference="88"))
    with store.reading() as work:
        assert len(work.where(ReferralRow)) == 1


def test_two_referrals_without_a_reference_are_two(store):
    store.transact(drafted)
    store.transact(drafted)
    with store.reading() as work:
        assert len(work.where(ReferralRow)) == 2


def test_changing_a_draft_adds_changes_and_removes_what_differs_and_nothing_else(store):
    row = store.transact(
        lambda work: drafted(
            work,
            risks=(Known(code="arson"), Known(code="violence", answer=True)),
            household=(Member(relation="child"),),
        )
    )
    changed = form(
        risks=(Known(code="arson", answer=False), Known(code="self-harm")),
        household=(Member(relation="child"),),
    )
    store.transact(lambda work: change_draft(row.id, changed, seen=1, by=REFERRER, at=NOW, work=work))
    with store.reading() as work:
        kept = {each.value: each.answer for each in work.where(ReferralCodeRow)}
        assert kept == {"single-homeless": True, "arson": False, "self-harm": None}
        assert len(work.where(HouseholdMemberRow)) == 1
        (event,) = work.where(EventRow, EventRow.what == "draft changed")
        assert "household_members" not in event.changes
        assert '"answer":[null,false]' in event.changes


def test_a_draft_changed_by_somebody_else_is_not_overwritten(store):
    row = store.transact(drafted)
    store.transact(
        lambda work: change_draft(row.id, form(tier="hub"), seen=1, by=REFERRER, at=NOW, work=work)
    )
    with pytest.raises(ChangedMeanwhile):
        store.transact(lambda work: change_draft(row.id, form(), seen=1, by=OFFICER, at=NOW, work=work))


def test_a_draft_cannot_take_the_reference_of_another_referral(store):
    store.transact(lambda work: drafted(work, agency_reference="88"))
    row = store.transact(drafted)
    with pytest.raises(AlreadyReferred):
        store.transact(
            lambda work: change_draft(
                row.id, form(agency_reference="88", tier="hub"), seen=1, by=REFERRER, at=NOW, work=work
            )
        )
    with store.reading() as work:
        assert work.get(ReferralRow, row.id).tier is None


def test_submitting_sets_the_day_of_arrival_in_london(store):
    late = NOW.replace(month=6, day=30, hour=23, minute=30)  # half past midnight on 1 July in London
    row = store.transact(drafted)
    store.transact(lambda work: submit(row.id, by=REFERRER, at=late, work=work))
    with store.reading() as work:
        kept = work.get(ReferralRow, row.id)
        assert kept.status is ReferralStatus.SUBMITTED
        assert kept.referred_on == late.date() + timedelta(days=1)
        assert kept.status_until is None


def test_a_draft_lacks_everything_that_it_lacks_at_once(store):
    def use_case(work):
        person(work, "P-2")
        put(
            work,
            ConsentRow(id="C-2", person_id="P-2", given_on=TODAY, withdrawn_on=TODAY, how="by telephone"),
        )
        put(work, AgencyRow(id="A-2", name="A friend", kind="other", designated=False))
        row = drafted(
            work, person_id="P-2", agency_id="A-2", client_groups=(), referred_on=TODAY + timedelta(days=1)
        )
        told.extend(missing(row.id, at=NOW, work=work))
        submit(row.id, by=REFERRER, at=NOW, work=work)

    told = []
    with pytest.raises(Invalid) as caught:
        store.transact(use_case)
    assert (
        tuple(told) == caught.value.faults
    )  # what is missing is told before it is refused, in the same words
    assert [field for field, _ in caught.value.faults] == [
        "agency_id",
        "consent",
        "client_groups",
        "referred_on",
    ]


def test_no_agency_makes_somebody_wait_for_longer_than_they_have(store):
    """Who has waited longer comes first: an old day is for officers to enter."""
    early = [TODAY - DRAFT_LIFE, TODAY - DRAFT_LIFE - timedelta(days=1)]
    rows = store.transact(lambda work: [drafted(work, referred_on=day).id for day in early])
    store.transact(lambda work: submit(rows[0], by=REFERRER, at=NOW, work=work))
    with pytest.raises(Invalid, match=r"referred_on: is 2026-.* more than 28 days before the form was begun"):
        store.transact(lambda work: submit(rows[1], by=REFERRER, at=NOW, work=work))


def test_nobody_in_a_household_is_born_after_today(store):
    tomorrow = (Member(relation="child", born=TODAY + timedelta(days=1)),)
    with pytest.raises(Invalid, match=r"household\[0\]\.born: is after today"):
        store.transact(lambda work: drafted(work, household=tomorrow))
    row = store.transact(drafted)
    with pytest.raises(Invalid, match=r"household\[0\]\.born: is after today"):
        store.transact(
            lambda work: change_draft(
                row.id, form(household=tomorrow), seen=1, by=REFERRER, at=NOW, work=work
            )
        )


def test_a_referral_is_submitted_once(store):
    row = store.transact(submitted)
    with pytest.raises(IllegalMove):
        store.transact(lambda work: submit(row.id, by=REFERRER, at=NOW, work=work))


def test_a_submitted_referral_is_no_draft_any_more(store):
    row = store.transact(submitted)
    with pytest.raises(IllegalMove):
        store.transact(
            lambda work: change_draft(row.id, form(), seen=row.version, by=REFERRER, at=NOW, work=work)
        )


def test_a_referral_in_hand_is_corrected_with_a_reason(store):
    row = store.transact(in_triage)
    store.transact(
        lambda work: correct(
            row.id,
            form(duty_date=TODAY, referred_on=TODAY),
            seen=row.version,
            why="The letter came.",
            by=OFFICER,
            at=NOW,
            work=work,
        )
    )
    with store.reading() as work:
        kept = work.get(ReferralRow, row.id)
        assert (kept.duty_date, kept.status) == (TODAY, ReferralStatus.IN_TRIAGE)


def test_a_correction_makes_it_nobody_elses_referral(store):
    row = store.transact(in_triage)
    with pytest.raises(Invalid, match="person_id: cannot change after submission"):
        store.transact(
            lambda work: correct(
                row.id, form(person_id="P-9"), seen=row.version, why="?", by=OFFICER, at=NOW, work=work
            )
        )


@pytest.mark.parametrize("status", [ReferralStatus.OFFERED, ReferralStatus.PLACED])
def test_a_household_keeps_its_number_of_units_while_it_has_them(store, status):
    row = store.transact(waiting)

    def reached(work):
        stands = work.get(ReferralRow, row.id)
        for each in dict.fromkeys([ReferralStatus.OFFERED, status]):
            move(stands, each, at=NOW)
        write(work, stands, what="offered", by=OFFICER, at=NOW, about=[row.id])
        return stands.version

    def corrected(work, **facts):
        details = form(referred_on=TODAY, **facts)
        return correct(row.id, details, seen=seen, why="?", by=OFFICER, at=NOW, work=work)

    seen = store.transact(reached)
    with pytest.raises(Invalid, match=f"units: cannot change while 1 are {status}"):
        store.transact(lambda work: corrected(work, units=2))
    assert store.transact(lambda work: corrected(work, duty_date=TODAY)).duty_date == TODAY


def test_a_draft_is_not_corrected_but_changed(store):
    row = store.transact(drafted)
    with pytest.raises(Conflict, match="only an open referral"):
        store.transact(
            lambda work: correct(row.id, form(), seen=row.version, why="?", by=OFFICER, at=NOW, work=work)
        )


def test_of_two_who_send_one_reference_at_the_same_moment_one_is_refused_and_told_of_the_other(store):
    both = Barrier(2)

    def send(_):
        try:
            both.wait()
            return store.transact(lambda work: drafted(work, agency_reference="88")).id
        except AlreadyReferred as refusal:
            return refusal.referral_id

    with ThreadPoolExecutor(2) as pool:
        told = set(pool.map(send, range(2)))
    with store.reading() as work:
        assert {row.id for row in work.where(ReferralRow)} == told
