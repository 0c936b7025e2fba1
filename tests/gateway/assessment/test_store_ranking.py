"""The stored rank sorts as the triage order does, and stays right while days go by."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.assessment.assess import assess, in_triage_order
from gateway.assessment.ranking import triage_rank
from gateway.assessment.referral import EARLIEST
from tests.gateway.assessment.people import NDT, TODAY, with_some_unanswered

STEP = NDT.waiting.step_days
END_OF_STEP = TODAY + timedelta(days=STEP - 1 - (TODAY - EARLIEST).days % STEP)
"""A day on which a step of waiting, counted from the first day there is, ends."""

CAP = timedelta(days=NDT.waiting.longest_days)
WAITING_EARLIER = replace(NDT, order=("waiting", "need", "deadline", "sleeping_rough", "immediate_safety"))


@st.composite
def crowds(draw):
    """People whose answers and days tie often, some of them not yet scored."""
    drawn = draw(st.lists(with_some_unanswered(), min_size=2, max_size=6))
    return [replace(referral, reference=f"R-{number}") for number, (_, referral) in enumerate(drawn)]


def by_rank(referrals, scheme, on):
    found = [(assess(each, scheme, on=on), each.referred_on) for each in referrals]
    ranked = sorted(found, key=lambda each: (triage_rank(each[0], scheme, each[1]), each[0].reference))
    return [assessment.reference for assessment, _ in ranked]


def in_order(referrals, scheme, on):
    return [each.reference for each in in_triage_order(assess(one, scheme, on=on) for one in referrals)]


@given(referrals=crowds(), scheme=st.sampled_from([NDT, WAITING_EARLIER]))
def test_at_the_end_of_a_step_the_rank_sorts_exactly_as_the_triage_order(referrals, scheme):
    on = END_OF_STEP
    within = [
        replace(each, referred_on=max(each.referred_on or on, on - CAP + timedelta(days=STEP)))
        for each in referrals
    ]
    assert by_rank(within, scheme, on) == in_order(within, scheme, on)


@given(referrals=crowds(), days=st.integers(0, 30))
def test_on_any_day_two_people_who_arrived_together_or_steps_apart_stand_as_in_the_triage_order(
    referrals, days
):
    on = TODAY + timedelta(days=days)
    first = TODAY - CAP + timedelta(days=40)
    apart = [
        replace(each, referred_on=first + timedelta(days=2 * STEP * (number // 2)))
        for number, each in enumerate(referrals)
    ]
    assert by_rank(apart, NDT, on) == in_order(apart, NDT, on)


@given(referrals=crowds(), days=st.integers(1, 300))
def test_a_rank_does_not_change_by_waiting_alone(referrals, days):
    """Without dates that come nearer, tomorrow's rank is today's: nothing goes stale at midnight."""
    for each in referrals:
        still = replace(each, duty_date=None, discharge_date=None)
        today, later = (assess(still, NDT, on=TODAY + timedelta(days=after)) for after in (0, days))
        assert triage_rank(today, NDT, still.referred_on) == triage_rank(later, NDT, still.referred_on)


@given(pair=with_some_unanswered())
def test_a_rank_is_never_that_of_somebody_not_assessed(pair):
    for each in pair:
        assert 0 < triage_rank(assess(each, NDT, on=TODAY), NDT, each.referred_on) < 2**53
