"""How long what is kept: rules without any store."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.records.retention_rules import (
    Keeps,
    Kind,
    Life,
    RetentionRules,
    kept_by,
    kept_until,
    years_after,
)
from gateway.records.statistics import age_group
from gateway.refusals import Invalid
from tests.gateway.ground import TODAY

RULES = RetentionRules()
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(DAYS, st.sampled_from(Kind), st.integers(0, 20), st.integers(0, 20))
def test_more_years_never_keep_shorter(day, kind, years, more):
    few, many = (
        RetentionRules(placed_years=each, unplaced_years=each, never_referred_years=each)
        for each in (years, years + more)
    )
    life = Life(person="P-1", kind=kind, ended=day)
    assert day <= kept_until(life, few) <= kept_until(life, many)
    assert kept_by(life) is None


@pytest.mark.parametrize(
    ("facts", "keeps"),
    [
        ({"open_referral": True}, Keeps.OPEN_REFERRAL),
        ({"living": True, "open_referral": True}, Keeps.LIVING),
        ({"held": True}, Keeps.LEGAL_HOLD),
    ],
)
def test_what_keeps_somebody_is_said(facts, keeps):
    assert kept_by(Life(person="P-1", kind=Kind.PLACED, ended=TODAY, **facts)) is keeps


def test_an_exclusion_in_force_keeps_until_it_ends():
    until = TODAY + timedelta(days=9_000)
    assert kept_until(Life(person="P-1", kind=Kind.PLACED, ended=TODAY, barred_until=until), RULES) == until


def test_years_end_on_the_first_of_march_where_there_is_no_twenty_ninth_of_february():
    assert years_after(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_negative_years_are_refused_all_at_once():
    with pytest.raises(Invalid, match=r"placed_years: is -1.*; unplaced_years: is -2"):
        RetentionRules(placed_years=-1, unplaced_years=-2)


@pytest.mark.parametrize(
    ("on", "group"),
    [
        (date(2026, 5, 1), "35-44"),
        (date(2008, 4, 30), "16-17"),
        (date(2008, 5, 1), "18-24"),
        (date(2090, 1, 1), "65 and over"),
    ],
)
def test_age_is_counted_in_whole_years(on, group):
    assert age_group(date(1990, 5, 1), on) == group
    assert age_group(None, on) is None
