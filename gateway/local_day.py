"""Which day it is where the gateway works: moments are kept in UTC, days are London's."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from gateway.stay import LONDON

A_YEAR: Final = timedelta(days=366)
"""A day that is planned for is no further away: one that is has a mistyped year. Ours."""


def local_day(at: datetime) -> date:
    """The day in London at that moment."""
    return at.astimezone(LONDON).date()


def start_of(day: date) -> datetime:
    """The moment, in UTC, at which the day begins in London."""
    return datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)
