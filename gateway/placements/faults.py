"""What is wrong with days and reasons that were given."""

from collections.abc import Iterator
from datetime import date, datetime

from gateway.local_day import local_day


def not_yet(field: str, day: date, at: datetime) -> Iterator[tuple[str, str]]:
    """A fault if this day is still to come: what is recorded has happened."""
    if day > local_day(at):
        yield field, f"is {day}, must not be after {local_day(at)}: it has not happened yet"


def not_after(field: str, day: date, other: date, what: str) -> Iterator[tuple[str, str]]:
    """A fault if this day is not after another one; ``what`` tells what happened on the other."""
    if day <= other:
        yield field, f"is {day}, must be after {other}, {what}"


def empty(field: str, text: str) -> Iterator[tuple[str, str]]:
    """A fault if nothing is said."""
    if not text.strip():
        yield field, "is empty"
