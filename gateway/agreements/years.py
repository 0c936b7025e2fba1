"""Agreement years and unit weeks.

An agreement year runs from the day and month on which the agreement began to the day before the next
anniversary: the West London Joint Commissioning Protocol caps unit weeks "a year" without saying which, and
counted from the agreement's own beginning every year but the last is whole. An agreement that begins on
1 April, the day of the price uplift, has financial years.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

from gateway.stay import Stay

DAYS_IN_A_WEEK = 7


def year_beginning_in(began: date, year: int) -> Stay:
    """The agreement year that begins in this calendar year, for an agreement that began on ``began``."""
    return Stay(_anniversary(began, year), _anniversary(began, year + 1))


def year_of(began: date, day: date) -> Stay:
    """The agreement year that a day belongs to."""
    belongs = year_beginning_in(began, day.year)
    return belongs if day in belongs else year_beginning_in(began, day.year - 1)


def years_of(term: Stay, first: date) -> Iterator[Stay]:
    """The agreement years of a term from the one of day ``first`` on; the last ends with the term.

    Raises
    ------
    ValueError
        If the term has no end.
    """
    if term.until is None:
        raise ValueError("a term without an end has no last year")
    year = year_of(term.from_day, first)
    while (part := year.within(term)) is not None:
        yield part
        year = year_beginning_in(term.from_day, year.from_day.year + 1)


def _anniversary(began: date, year: int) -> date:
    """The day in a calendar year; of 29 February, in a year that has none, 1 March."""
    try:
        return began.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def unit_weeks(days: Fraction | int) -> Decimal:
    """Unit days as unit weeks, to two decimals, halves away from zero.

    This is the only place where unit weeks are rounded: they are added up, compared and capped as whole days.
    """
    hundredths = floor(abs(Fraction(days)) / DAYS_IN_A_WEEK * 100 + Fraction(1, 2))
    return Decimal(hundredths if days >= 0 else -hundredths) / 100


def unit_days(weeks: Decimal) -> Fraction:
    """Unit weeks of a clause as unit days, exactly."""
    return Fraction(weeks) * DAYS_IN_A_WEEK
