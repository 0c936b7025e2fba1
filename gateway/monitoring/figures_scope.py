"""What figures are about: whole months that have ended, and one authority or all."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeVar

from gateway.local_day import start_of
from gateway.refusals import refuse
from gateway.stay import Stay

T = TypeVar("T")

UNKNOWN: Final = "unknown"
"""The row of those of whom it is not recorded."""

MOST_MONTHS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresScope:
    """Which months, and whose.

    authority
        GSS code: people whose home it is, and services that stand in it; ``None``: the whole partnership.
    """

    first: date
    until: date
    authority: str | None = None

    @property
    def stay(self) -> Stay:
        """The days, half-open."""
        return Stay(self.first, self.until)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The same as moments, half-open."""
        return start_of(self.first), start_of(self.until)


def months(first: date, until: date, *, today: date, authority: str | None = None) -> FiguresScope:
    """Whole months that have ended.

    Figures of days that can be chosen could be subtracted from each other until one person is left; months
    that have ended cannot be moved by a day.

    Raises
    ------
    Invalid
        Naming what is wrong with the days.
    """
    named = (("from_day", first), ("until", until))
    faults = [(name, f"is {day}, must be the first of a month") for name, day in named if day.day != 1]
    if until <= first:
        faults.append(("until", f"is {until}, must be after {first}"))
    if until > today:
        faults.append(("until", f"is {until}, and its last month has not ended"))
    if (until.year - first.year) * 12 + until.month - first.month > MOST_MONTHS:
        faults.append(("from_day", f"is {first}: at most {MOST_MONTHS} months are counted"))
    refuse(faults)
    return FiguresScope(first=first, until=until, authority=authority)


def summed(rows: Iterable[T], key: Callable[[T], object], count: Callable[[T], int]) -> Mapping[str, int]:
    """Counts added up by a key; what is not recorded is `UNKNOWN`. In the order of keys, unknown last."""
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        told = key(row)
        found[UNKNOWN if told is None else str(told)] += count(row)
    return {each: found[each] for each in sorted(found, key=lambda key: (key == UNKNOWN, key))}


def gathered(rows: Iterable[tuple[object, int]]) -> Mapping[str, list[int]]:
    """Values by a key, as `summed`."""
    found: dict[str, list[int]] = defaultdict(list)
    for told, value in rows:
        found[UNKNOWN if told is None else str(told)].append(value)
    return {each: found[each] for each in sorted(found, key=lambda key: (key == UNKNOWN, key))}


OTHERS: Final = "others"
"""The row of all authorities but one's own."""


def others_together(
    rows: Mapping[str, T], own: str | None, added: Callable[[Iterable[T]], T]
) -> Mapping[str, T]:
    """Rows by authority as they are for whoever works for one: theirs, and all others in one."""
    if own is None:
        return rows
    others = [each for key, each in rows.items() if key != own]
    theirs = {own: rows[own]} if own in rows else {}
    return {**theirs, **({OTHERS: added(others)} if others else {})}
