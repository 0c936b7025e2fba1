"""Who comes before whom, and what may not be said while an answer is missing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.assessment.assess import assess, for_allocation, in_triage_order
from gateway.assessment.referral import InvalidReferral, Referral
from tests.gateway.assessment.people import (
    ITEMS,
    NDT,
    TODAY,
    complete_referrals,
    completions,
    plain_band,
    plain_priority,
    plain_total,
    with_some_unanswered,
)

NOTHING_URGENT = {"immediate_safety": False, "sleeping_rough": False, "referred_on": TODAY}


def calm(total=0, **changes):
    """A complete referral with nothing urgent and a chosen need score."""
    answers = {}
    for key, scores in ITEMS.items():
        answers[key] = max(score for score in scores if score <= total)
        total -= answers[key]
    return Referral(**({"reference": "R-1", "answers": answers} | NOTHING_URGENT | changes))


def priority(referral):
    """Larger comes first: what the engine is given, turned so that bigger is better."""
    band, score = for_allocation(assess(referral, NDT, on=TODAY))
    return (-band, score)


def text_about(assessment, about):
    (line,) = [line for line in assessment.lines if line.about == about]
    return line.text


@given(complete_referrals())
def test_score_and_band_are_those_of_the_slow_reference(referral):
    assessment = assess(referral, NDT, on=TODAY)
    assert assessment.score == plain_total(referral)
    assert assessment.band == plain_band(referral)
    assert assessment.possible_bands == (assessment.band,)
    assert assessment.missing == ()
    assert assessment.is_scored


@given(complete_referrals(), complete_referrals())
def test_who_comes_first_is_decided_by_the_first_fact_in_which_two_people_differ(one, other):
    """Safety, then the date, then sleeping rough, then need, then waiting: never a sum of them."""
    first, second = plain_priority(one), plain_priority(other)
    assert (priority(one) > priority(other)) == (first > second)
    assert (priority(one) == priority(other)) == (first == second)


@given(complete_referrals(), st.sampled_from(sorted(ITEMS)), st.data())
def test_raising_one_item_never_lowers_priority(referral, key, data):
    raised_to = data.draw(st.sampled_from([score for score in ITEMS[key] if score >= referral.answers[key]]))
    raised = replace(referral, answers={**referral.answers, key: raised_to})
    assert priority(raised) >= priority(referral)
    assert (priority(raised) > priority(referral)) == (raised_to > referral.answers[key])


@given(with_some_unanswered())
def test_a_missing_answer_only_widens_the_bands_and_costs_nobody_their_place(pair):
    whole, partial = pair
    known, unknown = assess(whole, NDT, on=TODAY), assess(partial, NDT, on=TODAY)
    assert set(known.possible_bands) <= set(unknown.possible_bands)
    assert priority(partial) >= priority(whole)


@given(with_some_unanswered(most_items=2))
def test_the_possible_bands_are_exactly_those_of_all_possible_answers(pair):
    _, partial = pair
    every = list(completions(partial))
    assessment = assess(partial, NDT, on=TODAY)
    assert assessment.possible_bands == tuple(sorted({plain_band(each) for each in every}))
    totals = {plain_total(each) for each in every}
    assert assessment.score == (totals.pop() if len(totals) == 1 else None)


@given(with_some_unanswered(most_items=2))
def test_the_place_held_for_someone_with_answers_missing_is_the_best_that_they_may_turn_out_to_have(pair):
    _, partial = pair
    assert priority(partial) == max(priority(each) for each in completions(partial))


def test_a_missing_item_leaves_the_total_unknown_and_is_never_zero():
    referral = calm(total=29)
    answers = {key: score for key, score in referral.answers.items() if key != "risk_to_others"}
    assessment = assess(replace(referral, answers=answers), NDT, on=TODAY)
    known = sum(answers.values())
    assert assessment.score is None
    assert assessment.missing == ("risk_to_others",)
    assert not assessment.is_scored
    assert text_about(assessment, "risk_to_others") == "Risk to others: not yet asked."
    assert text_about(assessment, "need") == (
        f"Need score: not yet known, 1 of 10 questions not yet asked; from {known} to {known + 8} out of 48."
    )


def test_only_totals_that_the_missing_item_can_make_count():
    """With 28 known and only a 0, 2, 4, 6 or 8 missing, 29 cannot be the total."""
    answers = {key: max(scores) for key, scores in ITEMS.items()}
    del answers["risk_to_others"]
    answers |= {"risk_from_others": 0, "engagement": 0}
    assert sum(answers.values()) == 28
    assessment = assess(calm(answers=answers), NDT, on=TODAY)
    assert assessment.possible_bands == (3, 4)
    assert assessment.effective_band == 3


def test_an_urgent_yes_decides_the_band_while_items_are_still_missing():
    assessment = assess(calm(immediate_safety=True, answers={}), NDT, on=TODAY)
    assert (assessment.band, assessment.score, assessment.is_scored) == (1, None, False)


def test_someone_of_whom_nothing_is_known_may_be_in_any_band_and_is_held_at_the_first():
    assessment = assess(Referral(reference="R-1"), NDT, on=TODAY)
    assert assessment.possible_bands == (1, 2, 3, 4, 5)
    assert assessment.band is None
    assert for_allocation(assessment) == (1, NDT.order_of((1, 0, 1), 48, 10_000))
    assert assessment.missing == ("immediate_safety", "sleeping_rough", *NDT.item_keys, "referred_on")
    assert assessment.needs_a_look
    assert text_about(assessment, "band") == (
        "Band not yet known: 1, 2, 3, 4 or 5, depending on what has not been asked. "
        "Held at band 1, the highest of these, until it is known."
    )
    assert text_about(assessment, "waiting") == "Waiting: not known since when."


def test_those_not_yet_scored_are_listed_first_then_by_band_and_place_and_reference():
    urgent = calm(reference="R-4", immediate_safety=True)
    unscored = calm(reference="R-9", answers={})
    high, low = calm(reference="R-5", total=40), calm(reference="R-2", total=31)
    twin = calm(reference="R-1", total=31)
    listed = in_triage_order(assess(each, NDT, on=TODAY) for each in (low, high, twin, unscored, urgent))
    assert [each.reference for each in listed] == ["R-9", "R-4", "R-5", "R-1", "R-2"]


@given(st.lists(with_some_unanswered().map(lambda pair: pair[1]), max_size=8), st.randoms())
def test_the_triage_order_does_not_depend_on_the_order_of_arrival(referrals, random):
    unique = {each.reference: assess(each, NDT, on=TODAY) for each in referrals}
    shuffled = list(unique.values())
    random.shuffle(shuffled)
    assert in_triage_order(shuffled) == in_triage_order(unique.values())
    assert len(in_triage_order(shuffled)) == len(unique)


@pytest.mark.parametrize("band", [1, 5])
def test_an_override_raises_or_lowers_and_both_bands_are_kept_with_the_reason_and_the_name(band):
    told = {"override_band": band, "override_reason": "Heard at MARAC today.", "override_by": "J. Khan"}
    assessment = assess(calm(total=30, **told), NDT, on=TODAY)
    assert (assessment.band, assessment.effective_band) == (3, band)
    assert (assessment.override.reason, assessment.override.by) == ("Heard at MARAC today.", "J. Khan")
    assert for_allocation(assessment)[0] == band
    assert assessment.needs_a_look
    assert text_about(assessment, "override") == (
        f"Band set to {band} by J. Khan; the answers give band 3. Reason: Heard at MARAC today."
    )


def test_an_override_settles_the_band_of_someone_not_yet_scored_who_is_still_listed_first():
    told = {"override_band": 4, "override_reason": "Known to the team.", "override_by": "J. Khan"}
    unscored = assess(calm(answers={}, **told), NDT, on=TODAY)
    assert (unscored.possible_bands, unscored.effective_band) == ((3, 4, 5), 4)
    urgent = assess(calm(reference="R-0", immediate_safety=True), NDT, on=TODAY)
    assert in_triage_order([urgent, unscored]) == (unscored, urgent)
    assert "Held at band" not in text_about(unscored, "band")
    assert text_about(unscored, "override").startswith(
        "Band set to 4 by J. Khan; the answers give band 3, 4 or 5."
    )


def test_a_person_can_read_every_contribution_aloud():
    referral = calm(
        total=36,
        referred_on=TODAY - timedelta(days=43),
        duty_date=TODAY + timedelta(days=30),
        discharge_date=TODAY + timedelta(days=13),
    )
    assert [line.text for line in assess(referral, NDT, on=TODAY).lines] == [
        "In danger where they are now: no.",
        "Duty or discharge date: 4 December 2025 (discharge date), in 13 days; counts as within 14 days.",
        "Sleeping rough: no.",
        "Engagement with frontline services: 4 out of 4.",
        "Intentional self-harm: 4 out of 4.",
        "Unintentional self-harm: 4 out of 4.",
        "Risk to others: 8 out of 8 (each step counts 2).",
        "Risk from others: 8 out of 8 (each step counts 2).",
        "Stress and anxiety: 4 out of 4.",
        "Social effectiveness: 4 out of 4.",
        "Alcohol or drug abuse: 0 out of 4.",
        "Impulse control: 0 out of 4.",
        "Housing: 0 out of 4.",
        "Need score: 36 out of 48.",
        "Waiting: 43 days, since 9 October 2025.",
        "Band 2: a duty or discharge date is near, or sleeping rough.",
    ]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-9, "12 November 2025 (duty date), 9 days ago; counts as today or passed."),
        (-1, "20 November 2025 (duty date), yesterday; counts as today or passed."),
        (0, "21 November 2025 (duty date), today; counts as today or passed."),
        (1, "22 November 2025 (duty date), tomorrow; counts as within 3 days."),
        (14, "5 December 2025 (duty date), in 14 days; counts as within 14 days."),
        (15, "6 December 2025 (duty date), in 15 days; more than 14 days away, so it does not count yet."),
    ],
)
def test_a_date_says_how_far_away_it_is_and_what_it_counts_as(days, said):
    assessment = assess(calm(duty_date=TODAY + timedelta(days=days)), NDT, on=TODAY)
    assert text_about(assessment, "deadline") == f"Duty or discharge date: {said}"


def test_waiting_longer_than_the_longest_that_counts_says_so():
    assessment = assess(calm(referred_on=TODAY - timedelta(days=200)), NDT, on=TODAY)
    assert text_about(assessment, "waiting") == "Waiting: 200 days, counted as 182, since 5 May 2025."


def test_the_lines_about_items_add_up_to_the_need_score():
    assessment = assess(calm(total=37), NDT, on=TODAY)
    assert sum(line.points for line in assessment.lines if line.about in ITEMS) == assessment.score
    assert sum(line.out_of for line in assessment.lines if line.about in ITEMS) == 48


def test_a_referral_that_does_not_fit_the_scheme_is_refused_with_every_fault():
    referral = calm(
        answers={"engagement": 9, "risk_to_others": 3, "mood": 1},
        override_band=6,
        override_reason="Reason.",
        override_by="J. Khan",
        referred_on=TODAY + timedelta(days=1),
    )
    with pytest.raises(InvalidReferral) as caught:
        assess(referral, NDT, on=TODAY)
    assert caught.value.faults == (
        ("engagement", "is not one of 0, 1, 2, 3, 4"),
        ("mood", "is no item of scheme new-directions-team"),
        ("risk_to_others", "is not one of 0, 2, 4, 6, 8"),
        ("override_band", "is not from 1 to 5"),
        ("referred_on", "is after the day of assessment, 2025-11-21"),
    )
