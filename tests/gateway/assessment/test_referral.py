"""A referral is consistent, or it does not exist; a fault is named without repeating what was written."""

import pickle
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from gateway.assessment.referral import FIXED_COLUMNS, InvalidReferral, Referral
from tests.gateway.assessment.people import complete_referrals

OVERRIDE = {"override_band": 1, "override_reason": "Heard today.", "override_by": "J. Khan"}


def faults(**changes):
    with pytest.raises(InvalidReferral) as caught:
        Referral(**({"reference": "R-1"} | changes))
    return list(caught.value.faults)


def test_only_a_reference_is_needed_and_all_else_is_unknown():
    referral = Referral(reference="R-1")
    assert (referral.immediate_safety, referral.sleeping_rough, referral.referred_on) == (None, None, None)
    assert (referral.units, dict(referral.answers), referral.override) == (1, {}, None)


def test_an_override_is_one_value_of_band_reason_and_name():
    override = Referral(reference="R-1", **OVERRIDE).override
    assert (override.band, override.reason, override.by) == (1, "Heard today.", "J. Khan")


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("reference", "", "is empty"),
        ("reference", " R-1", "starts or ends with a blank"),
        ("reference", "R\u200b1", "holds characters that do not print"),
        ("reference", "R" * 65, "is longer than 64 characters"),
        ("gender", "Female", "must be in small letters, so that the same word is always the same text"),
        ("authority", "e08000025", "is not a GSS code, a letter and eight digits such as E08000025"),
        ("authority", "E0800002", "is not a GSS code, a letter and eight digits such as E08000025"),
        (
            "avoid_areas",
            ("Dudley",),
            "holds something that is not a GSS code, a letter and eight digits such as E08000025",
        ),
        ("tier", "Hub", "is none of hub, local, floating"),
        ("tags", ("High risk",), "holds something that is not a code of small letters, digits and hyphens"),
        ("client_groups", ("a", "a"), "names the same thing twice"),
        ("prefers", ("S-1", "S-1"), "names the same thing twice"),
        ("avoid_services", ("S;1",), "a name holds a semicolon, which separates names"),
        ("avoid_services", ("",), "a name is empty"),
        ("age", -1, "is not from 0 to 120"),
        ("age", 121, "is not from 0 to 120"),
        ("units", 0, "is not from 1 to 99"),
        ("units", 100, "is not from 1 to 99"),
        ("duty_date", date(1925, 1, 1), "is not from 1990 to 2100"),
        ("discharge_date", date(2200, 1, 1), "is not from 1990 to 2100"),
        ("answers", {"age": 3}, "holds a key that cannot be an item's"),
        ("answers", {"Mood": 3}, "holds a key that cannot be an item's"),
        ("current_pool", "f", "is given without a current_service"),
        ("must_leave", True, "is yes without a current_service to leave"),
        ("may_move", True, "is yes without a current_service to leave"),
    ],
)
def test_a_value_that_cannot_be_is_named_by_its_column(column, value, problem):
    assert faults(**{column: value}) == [(column, problem)]


@pytest.mark.parametrize("missing", OVERRIDE)
def test_an_override_without_its_band_reason_or_name_is_refused(missing):
    part = {column: value for column, value in OVERRIDE.items() if column != missing}
    told = "is blank: an override needs its band, its reason and a name, or none of them"
    assert faults(**part) == [(missing, told)]


def test_a_service_cannot_be_both_wished_for_and_avoided():
    told = [("prefers", "names a service that avoid_services names too")]
    assert faults(prefers=("S-1",), avoid_services=("S-2", "S-1")) == told


def test_all_faults_are_told_at_once_and_none_repeats_what_was_written():
    with pytest.raises(InvalidReferral) as caught:
        Referral(reference="R-1", age=999, tier="Aunt Mary", override_reason=" Aunt Mary said so")
    assert {column for column, _ in caught.value.faults} == {
        *("age", "tier", "override_band", "override_reason", "override_by")
    }
    assert "Mary" not in str(caught.value)


@given(complete_referrals())
def test_a_referral_can_be_compared_kept_in_a_set_and_sent_to_another_process(referral):
    sent = pickle.loads(pickle.dumps(referral))  # noqa: S301  its own bytes
    assert sent == referral
    assert len({sent, referral}) == 1


def test_answers_cannot_be_changed_afterwards_neither_there_nor_where_they_came_from():
    given_answers = {"housing": 4}
    referral = Referral(reference="R-1", answers=given_answers)
    given_answers["housing"] = 0
    assert referral.answers["housing"] == 4
    with pytest.raises(TypeError):
        referral.answers["housing"] = 0
    assert replace(referral, age=30).answers == referral.answers


def test_the_fixed_columns_are_the_fields_without_the_answers():
    assert len(FIXED_COLUMNS) == 24
    assert "answers" not in FIXED_COLUMNS
