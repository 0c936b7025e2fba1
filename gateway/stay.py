"""Half-open days: a stay is ``[from_day, until)``, and the day of departure is free again.

One type serves search, booking, ledgers and reports, so that a search never offers what a booking refuses
and no turnover day is counted twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.refusals import refuse

LONDON: Final = ZoneInfo("Europe/London")
"""Whose days and hours they are: moments are kept in UTC."""


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """The days from ``from_day`` up to, and without, ``until``; ``until`` ``None`` has no end yet.

    Raises
    ------
    Invalid
        If ``until`` is not after ``from_day``.
    """

    from_day: date
    until: date | None = None

    def __post_init__(self) -> None:
        refuse(self._faults())

    def _faults(self) -> Iterator[tuple[str, str]]:
        if self.until is not None and self.until <= self.from_day:
            yield (
                "until",
                f"is {self.until}, must be after {self.from_day}: the day of departure is free again",
            )

    def __contains__(self, day: date) -> bool:
        return self.from_day <= day and (self.until is None or day < self.until)

    def overlaps(self, other: "Stay") -> bool:
        """Whether some day belongs to both."""
        starts_in_time = other.until is None or self.from_day < other.until
        return starts_in_time and (self.until is None or other.from_day < self.until)

    def within(self, other: "Stay") -> "Stay | None":
        """The days that belong to both, or ``None``."""
        if not self.overlaps(other):
            return None
        ends = [end for end in (self.until, other.until) if end is not None]
        return Stay(max(self.from_day, other.from_day), min(ends, default=None))

    def days(self) -> int:
        """How many days it has.

        Raises
        ------
        ValueError
            If it has no end yet: take it ``within`` a period first.
        """
        if self.until is None:
            raise ValueError("a stay without an end has no number of days")
        return (self.until - self.from_day).days

    @staticmethod
    def on(day: date) -> "Stay":
        """The one day."""
        return Stay(day, day + timedelta(days=1))
