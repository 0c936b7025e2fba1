"""Agreement years, unit weeks, and how many units at once an allowance bears."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.agreements.join import months_after
from gateway.agreements.quotas import allowed_in, units_at_once
from gateway.agreements.years import unit_days, unit_weeks, year_beginning_in, year_of, years_of
from gateway.stay import Stay

DAYS = st.dates(date(2019, 1, 1), date(2032, 12, 31))


@given(began=DAYS, later=st.integers(0, 3000))
@example(began=date(2024, 2, 29), later=366)
def test_every_day_belongs_to_exactly_one_agreement_year(began, later):
    day = began + timedelta(days=later)
    year = year_of(began, day)
    assert day in year
    assert year == year_beginning_in(began, year.from_day.year)
    assert year_of(began, year.until).from_day == year.until
    assert year.days() in (365, 366)


def test_a_year_begun_on_29_february_turns_on_1_march_where_there_is_no_such_day():
    assert year_of(date(2024, 2, 29), date(2025, 2, 28)) == Stay(date(2024, 2, 29), date(2025, 3, 1))
    assert year_beginning_in(date(2024, 2, 29), 2028).from_day == date(2028, 2, 29)


def test_the_years_of_a_term_end_with_it():
    term = Stay(date(2025, 4, 1), date(2027, 10, 1))
    assert list(years_of(term, date(2026, 5, 1))) == [
        Stay(date(2026, 4, 1), date(2027, 4, 1)),
        Stay(date(2027, 4, 1), date(2027, 10, 1)),
    ]


@pytest.mark.parametrize(
    ("days", "weeks"),
    [(0, "0"), (7, "1"), (365, "52.14"), (1, "0.14"), (-1, "-0.14"), (Fraction(7, 200), "0.01")],
)
def test_unit_weeks_are_rounded_to_hundredths_halves_away_from_zero(days, weeks):
    assert unit_weeks(days) == Decimal(weeks)
    assert unit_weeks(-days) == -Decimal(weeks)


def test_a_clauses_weeks_are_days_exactly():
    assert unit_days(Decimal("52.142857")) == Fraction(364999999, 1000000)


def test_a_last_year_that_is_cut_short_allows_its_part_by_days():
    term = Stay(date(2025, 4, 1), date(2026, 10, 1))
    assert allowed_in(Fraction(365), term, date(2025, 5, 1)) == 365
    assert allowed_in(Fraction(365), term, date(2026, 5, 1)) == 183


@given(
    began=DAYS,
    length=st.integers(1, 1500),
    passed=st.integers(0, 1499),
    weeks=st.integers(0, 300),
    used=st.integers(0, 2000),
    stay_days=st.none() | st.integers(1, 500),
)
def test_units_held_at_once_never_use_more_than_any_year_allows(
    began, length, passed, weeks, used, stay_days
):
    """And one unit more would: the cap is the largest that keeps the promise."""
    term = Stay(began, began + timedelta(days=length))
    day = began + timedelta(days=min(passed, length - 1))
    a_year = Fraction(7 * weeks)
    most = units_at_once(a_year, used=used, term=term, day=day, stay_days=stay_days)

    def exceeds(units):
        last = term.until if stay_days is None else min(term.until, day + timedelta(days=stay_days))
        use = {year_of(began, day).from_day: used}
        for each in range((last - day).days):
            here = day + timedelta(days=each)
            begins = year_of(began, here).from_day
            use[begins] = use.get(begins, 0) + units
        return any(days > allowed_in(a_year, term, max(begins, began)) for begins, days in use.items())

    assert most == 0 or not exceeds(most)
    assert exceeds(most + 1)


def test_a_stay_said_to_be_short_lets_more_people_in():
    term = Stay(date(2025, 4, 1), date(2028, 4, 1))
    facts = {"used": 0, "term": term, "day": date(2025, 4, 1)}
    assert units_at_once(unit_days(Decimal(52)), **facts) == 0  # a unit all year takes 52 weeks and a day
    assert units_at_once(unit_days(Decimal(52)), **facts, stay_days=91) == 4


@pytest.mark.parametrize(
    ("day", "then"),
    [("2026-03-02", "2026-06-02"), ("2025-11-30", "2026-02-28"), ("2026-12-31", "2027-03-31")],
)
def test_three_months_on(day, then):
    assert months_after(date.fromisoformat(day), 3) == date.fromisoformat(then)
