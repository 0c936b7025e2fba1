"""Working time, against a reference that counts every minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.refusals import Invalid
from gateway.working_time import (
    ENGLAND,
    HolidaysUnknown,
    WorkingTime,
    deadline,
    english_bank_holidays,
    working_days_after,
)

LONDON = ZoneInfo("Europe/London")


def at_work(minute, working):
    """Whether the minute that begins now is working time, by the clock on the wall."""
    local = minute.astimezone(ZoneInfo(working.zone))
    return (
        local.date().weekday() in working.weekdays
        and local.date() not in working.holidays
        and working.opens <= local.time() < working.closes
    )


def minute_by_minute(start, hours, working):
    left, now = 60 * hours, start
    while left:
        left -= at_work(now, working)
        now += timedelta(minutes=1)
    return now


def minutes(first, last):
    """Moments on the minute, in UTC, from one day to another."""
    beginning = datetime.combine(date.fromisoformat(first), time(0), tzinfo=UTC)
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days
    return st.integers(0, days * 24 * 60).map(lambda each: beginning + timedelta(minutes=each))


MINUTES = minutes("2024-01-01", "2027-11-30")


@settings(max_examples=60, deadline=None)
@given(start=MINUTES, hours=st.integers(1, 30))
@example(start=datetime(2025, 4, 17, 15, 59, tzinfo=UTC), hours=9)  # over Easter, from summer time
@example(start=datetime(2025, 3, 28, 16, 30, tzinfo=UTC), hours=1)  # over the change to summer time
@example(start=datetime(2025, 10, 24, 15, 30, tzinfo=UTC), hours=8)  # and back
@example(start=datetime(2026, 12, 24, 17, 0, tzinfo=UTC), hours=24)
def test_a_deadline_is_where_counting_minutes_ends(start, hours):
    assert deadline(start, hours) == minute_by_minute(start, hours, ENGLAND)


ROUND_THE_CLOCK = WorkingTime(
    opens=time(0), closes=time(4), weekdays=frozenset(range(7)), holidays=frozenset({date(2025, 1, 1)})
)


@settings(max_examples=60, deadline=None)
@given(
    start=minutes("2025-03-28", "2025-03-31") | minutes("2025-10-24", "2025-10-27"),
    hours=st.integers(1, 12),
)
def test_the_nights_on_which_the_clocks_change_have_three_hours_or_five(start, hours):
    expected = minute_by_minute(start, hours, ROUND_THE_CLOCK)
    assert deadline(start, hours, ROUND_THE_CLOCK) == expected


@given(start=MINUTES, hours=st.integers(1, 50), more=st.integers(1, 50))
def test_hours_counted_in_two_parts_are_the_hours_counted_at_once(start, hours, more):
    assert deadline(deadline(start, hours), more) == deadline(start, hours + more)


@settings(max_examples=60)
@given(day=st.dates(date(2012, 1, 1), date(2027, 6, 1)), n=st.integers(1, 60))
def test_working_days_are_the_days_that_are_neither_weekend_nor_holiday(day, n):
    days = [day + timedelta(days=each) for each in range(1, 200)]
    working = [each for each in days if each.weekday() < 5 and each not in english_bank_holidays()]
    assert working_days_after(day, n) == working[n - 1]


@pytest.mark.parametrize(
    ("start", "hours", "ends"),
    [
        ("2026-03-02 09:00", 8, "2026-03-02 17:00"),
        ("2026-03-02 16:00", 2, "2026-03-03 10:00"),
        ("2026-03-06 17:00", 1, "2026-03-09 10:00"),
        ("2026-03-07 12:00", 8, "2026-03-09 17:00"),
        ("2026-04-02 16:00", 2, "2026-04-07 10:00"),  # Good Friday and Easter Monday between
        ("2025-12-24 09:00", 16, "2025-12-29 17:00"),
        ("2022-09-16 16:30", 1, "2022-09-20 09:30"),  # the state funeral of 19 September 2022
    ],
)
def test_a_deadline_in_london_time(start, hours, ends):
    start, ends = (datetime.fromisoformat(each).replace(tzinfo=LONDON) for each in (start, ends))
    assert deadline(start, hours) == ends
    assert deadline(start, hours).tzinfo is UTC


def test_the_holidays_are_englands_and_not_scotlands():
    assert date(2026, 4, 6) in english_bank_holidays()  # Easter Monday
    assert date(2026, 11, 30) not in english_bank_holidays()  # St Andrew's Day


def test_a_deadline_beyond_the_known_bank_holidays_is_refused_and_says_so():
    last = ENGLAND.known_until - timedelta(days=1)
    with pytest.raises(HolidaysUnknown, match=f"known from 2012 to {last.year}, and {last.year + 1}-01-01"):
        deadline(datetime.combine(last, time(12), tzinfo=UTC), 40)
    with pytest.raises(HolidaysUnknown):
        working_days_after(date(2011, 3, 1), 1)


def test_a_newer_list_moves_the_end_on():
    longer = WorkingTime(holidays=ENGLAND.holidays | {date(ENGLAND.known_until.year, 12, 25)})
    assert working_days_after(ENGLAND.known_until, 3, longer).year == ENGLAND.known_until.year


def test_what_cannot_be_counted_is_refused_all_at_once():
    with pytest.raises(Invalid) as refusal:
        deadline(datetime.fromisoformat("2026-03-02 09:00"), 0)
    assert [field for field, _ in refusal.value.faults] == ["start", "hours"]
    with pytest.raises(Invalid):
        working_days_after(date(2026, 3, 2), 0)
    with pytest.raises(Invalid) as refusal:
        WorkingTime(opens=time(9), closes=time(9), weekdays=frozenset({7}), holidays=frozenset())
    assert [field for field, _ in refusal.value.faults] == ["closes", "weekdays", "holidays"]
