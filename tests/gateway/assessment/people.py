"""Invented referrals for the tests of this folder, and the slow, obvious way to score them."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from hypothesis import strategies as st

from gateway.assessment.referral import Referral
from gateway.assessment.scheme import shipped_scheme

NDT = shipped_scheme("new-directions-team")
TODAY = date(2025, 11, 21)
ITEMS = {item.key: item.scores for item in NDT.items}

days_around = st.integers(-40, 60).map(lambda days: TODAY + timedelta(days=days))
days_before = st.integers(0, 400).map(lambda days: TODAY - timedelta(days=days))
dates = st.one_of(st.none(), days_around)
full_answers = st.fixed_dictionaries({key: st.sampled_from(scores) for key, scores in ITEMS.items()})


@st.composite
def complete_referrals(draw):
    """Everything that the shipped scheme asks is answered."""
    return Referral(
        reference=draw(st.from_regex(r"R-[0-9]{4}", fullmatch=True)),
        referred_on=draw(days_before),
        immediate_safety=draw(st.booleans()),
        sleeping_rough=draw(st.booleans()),
        duty_date=draw(dates),
        discharge_date=draw(dates),
        answers=draw(full_answers),
    )


@st.composite
def with_some_unanswered(draw, most_items=3):
    """A complete referral, and the same one with some answers not yet known."""
    whole = draw(complete_referrals())
    unasked = draw(st.sets(st.sampled_from(sorted(ITEMS)), max_size=most_items))
    blanks = draw(st.sets(st.sampled_from(["immediate_safety", "sleeping_rough", "referred_on"])))
    answers = {key: score for key, score in whole.answers.items() if key not in unasked}
    return whole, replace(whole, answers=answers, **dict.fromkeys(blanks))


def completions(referral):
    """Every referral that the answers not yet known allow, a few at a time."""
    unasked = [key for key in ITEMS if key not in referral.answers]
    safety, rough = ([True, False] if known is None else [known] for known in urgent_answers(referral))
    arrived = [TODAY, TODAY - timedelta(days=400)] if referral.referred_on is None else [referral.referred_on]
    for first, second, day, *scores in product(safety, rough, arrived, *(ITEMS[key] for key in unasked)):
        answers = {**referral.answers, **dict(zip(unasked, scores, strict=True))}
        yield replace(
            referral, immediate_safety=first, sleeping_rough=second, referred_on=day, answers=answers
        )


def urgent_answers(referral):
    return referral.immediate_safety, referral.sleeping_rough


def plain_priority(referral):
    """The shipped scheme's lexicographic rule for a complete referral: larger comes first."""
    known = [day for day in (referral.duty_date, referral.discharge_date) if day]
    days = (min(known) - TODAY).days if known else 9999
    nearness = 4 if days <= 0 else 3 if days <= 3 else 2 if days <= 7 else 1 if days <= 14 else 0
    weeks = min(26, (TODAY - referral.referred_on).days // 7)
    return (referral.immediate_safety, nearness, referral.sleeping_rough, plain_total(referral), weeks)


def plain_total(referral):
    total = 0
    for key in ITEMS:
        total += referral.answers[key]
    return total


def plain_band(referral):
    safety, nearness, rough, total, _ = plain_priority(referral)
    if safety:
        return 1
    if nearness or rough:
        return 2
    if total >= 30:
        return 3
    return 4 if total >= 20 else 5
