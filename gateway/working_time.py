"""Deadlines in working hours: Monday to Friday, 09:00 to 17:00 in London, without the English bank holidays.

The bank holidays are GOV.UK's own list as the library ``govuk-bank-holidays`` keeps it; nothing is asked of
the network. The list ends. What would have to count days beyond its last year is refused, because a deadline
that forgets a bank holiday is a wrong deadline that nobody notices; a newer library, or the days themselves
in `WorkingTime.holidays`, moves the end on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo

from govuk_bank_holidays.bank_holidays import BankHolidays  # type: ignore[import-untyped]  # ships no types

from gateway.refusals import Refusal, refuse


class HolidaysUnknown(Refusal):
    """Nobody has told the gateway yet which days of that year are bank holidays."""

    def __init__(self, day: date, *, first: int, last: int) -> None:
        self.day, self.first, self.last = day, first, last
        super().__init__(
            f"The English bank holidays are known from {first} to {last}, and {day} is outside: "
            "a newer list of bank holidays is needed to count working time there."
        )


@cache
def english_bank_holidays() -> frozenset[date]:
    """Every bank holiday in England on the library's list, special ones and substitutes included."""
    listed = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return frozenset(each["date"] for each in listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """When people are at work.

    opens, closes
        In local time; the closing hour itself is no longer working time.
    weekdays
        0 is Monday.
    zone
        A name of the time zone database.
    holidays
        Days on which nobody works; they are taken as complete from the first year that has one to the last.

    Raises
    ------
    Invalid
        If nobody would ever be at work.
    """

    opens: time = time(9)
    closes: time = time(17)
    weekdays: frozenset[int] = frozenset(range(5))
    zone: str = "Europe/London"
    holidays: frozenset[date]

    def __post_init__(self) -> None:
        refuse(self._faults())

    def _faults(self) -> Iterator[tuple[str, str]]:
        if self.closes <= self.opens:
            yield "closes", f"is {self.closes:%H:%M}, must be after {self.opens:%H:%M}"
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            yield "weekdays", "must be some of 0 (Monday) to 6 (Sunday)"
        if not self.holidays:
            yield "holidays", "is empty: no year's bank holidays are known"

    @property
    def known_until(self) -> date:
        """The first day whose bank holidays are not known (half-open), so that a check can warn in time."""
        return date(max(self.holidays).year + 1, 1, 1)

    def is_working_day(self, day: date) -> bool:
        """Whether somebody is at work on that day.

        Raises
        ------
        HolidaysUnknown
            If the day's bank holidays are not known.
        """
        first, last = min(self.holidays).year, max(self.holidays).year
        if not first <= day.year <= last:
            raise HolidaysUnknown(day, first=first, last=last)
        return day.weekday() in self.weekdays and day not in self.holidays

    def hours_of(self, day: date) -> tuple[datetime, datetime]:
        """When that day's working hours begin and end, in UTC."""
        zone = ZoneInfo(self.zone)
        opens, closes = (datetime.combine(day, at, tzinfo=zone) for at in (self.opens, self.closes))
        return opens.astimezone(UTC), closes.astimezone(UTC)


ENGLAND = WorkingTime(holidays=english_bank_holidays())
"""Monday to Friday, 09:00 to 17:00, Europe/London, English bank holidays."""


def deadline(start: datetime, hours: int, working: WorkingTime = ENGLAND) -> datetime:
    """The moment at which so many working hours have passed since ``start``, in UTC.

    A start outside working hours counts from the next opening. An hour is an hour that passes, not one that a
    clock shows, so the days on which the clocks change come out right. What ends with the day ends at closing
    time and not at the next opening.

    Parameters
    ----------
    start
        A moment with its zone.
    hours
        Working hours, at least 1.

    Raises
    ------
    Invalid
        If ``start`` has no zone, or ``hours`` is below 1.
    HolidaysUnknown
        If it would end beyond the years whose bank holidays are known.
    """
    refuse(_deadline_faults(start, hours))
    left = timedelta(hours=hours)
    began = start.astimezone(ZoneInfo(working.zone)).date()
    for day in (began + timedelta(days=each) for each in count()):
        if not working.is_working_day(day):
            continue
        opens, closes = working.hours_of(day)
        from_here = max(start.astimezone(UTC), opens)
        if left <= closes - from_here:
            return from_here + left
        left -= max(closes - from_here, timedelta(0))
    raise AssertionError("unreachable: the days end in a deadline or a refusal")


def _deadline_faults(start: datetime, hours: int) -> Iterator[tuple[str, str]]:
    if start.tzinfo is None:
        yield "start", "has no time zone, so nobody can tell when it was"
    if hours < 1:
        yield "hours", f"is {hours}, must be at least 1"


def working_days_after(day: date, n: int, working: WorkingTime = ENGLAND) -> date:
    """The ``n``-th working day after a day, which does not count itself.

    Raises
    ------
    Invalid
        If ``n`` is below 1.
    HolidaysUnknown
        If it would be beyond the years whose bank holidays are known.
    """
    refuse([("n", f"is {n}, must be at least 1")] if n < 1 else [])
    while n:
        day += timedelta(days=1)
        n -= working.is_working_day(day)
    return day
