"""Work that comes round by itself: what is due stands in the database, so that no missed alarm loses it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final, Protocol

from sqlalchemy.exc import IntegrityError

from gateway.stay import LONDON
from gateway.storage.work import LostRace, Work
from gateway.tasks.tables import ChoreRow

LONGEST_ROUND: Final = timedelta(minutes=30)
"""After so long a round that has not ended is begun again: its worker has died."""


class Rhythm(Protocol):
    """When a chore comes round."""

    def last_before(self, at: datetime) -> datetime:
        """The latest moment, not after this one, at which it came round."""

    def __str__(self) -> str:
        """In words, for the page about background work."""


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many minutes."""

    minutes: int

    def last_before(self, at: datetime) -> datetime:
        """The latest whole round of the clock."""
        seconds = self.minutes * 60
        return at - timedelta(seconds=at.timestamp() % seconds)

    def __str__(self) -> str:
        """In words."""
        if self.minutes == 1:
            return "every minute"
        return "every hour" if self.minutes == 60 else f"every {self.minutes} minutes"


WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Daily:
    """At an hour in London, on these days of the week."""

    at: time
    weekdays: Sequence[int] = field(default=tuple(range(7)))

    def last_before(self, at: datetime) -> datetime:
        """The latest such hour."""
        local = at.astimezone(LONDON)
        days = (local.date() - timedelta(days=back) for back in range(8))
        came = (
            datetime.combine(day, self.at, tzinfo=LONDON) for day in days if day.weekday() in self.weekdays
        )
        return next(moment for moment in came if moment <= at)

    def __str__(self) -> str:
        """In words."""
        hour = f"at {self.at:%H:%M}"
        if len(self.weekdays) == 7:
            return f"daily {hour}"
        if tuple(self.weekdays) == tuple(range(5)):
            return f"Monday to Friday {hour}"
        return f"{', '.join(WEEKDAYS[day] for day in self.weekdays)} {hour}"


def begin_round(work: Work, name: str, rhythm: Rhythm, worker: str, *, at: datetime) -> bool:
    """Begin a chore that has come round and that nobody else is doing; whether it is to be done.

    Raises
    ------
    LostRace
        If another worker began it first, the very first time.
    """
    row = work.session.get(ChoreRow, name)
    if row is None:
        row = ChoreRow(name=name)
    elif _done(row, rhythm, at) or _being_done(row, at):
        return False
    try:
        with work.attempt():
            row.worker, row.begun_at = worker, at
            work.note(row)
    except IntegrityError:
        raise LostRace(name) from None
    return True


def _done(row: ChoreRow, rhythm: Rhythm, at: datetime) -> bool:
    return row.done_at is not None and row.done_at >= rhythm.last_before(at)


def _being_done(row: ChoreRow, at: datetime) -> bool:
    return row.begun_at is not None and at < row.begun_at + LONGEST_ROUND


def end_round(work: Work, name: str, worker: str, *, at: datetime | None) -> None:
    """End a round; ``at`` ``None``: it failed, and is begun again at the next look."""
    row = work.session.get(ChoreRow, name)
    if row is None or row.worker != worker:
        return
    row.worker = row.begun_at = None
    row.done_at = row.done_at if at is None else at
    work.note(row)
