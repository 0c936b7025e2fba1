"""Numbers of people as they are told to those who see no cases: so that no small group can be picked out."""

from typing import Final

SMALLEST: Final = 5
"""Fewer are not told, and what is told is rounded to a multiple of it; ours, a common choice."""


def disclosed(number: int) -> int | None:
    """The number to the nearest five; ``None`` from one to four; nothing at all is told as 0."""
    if 0 < number < SMALLEST:
        return None
    return SMALLEST * round(number / SMALLEST)


def exactly(number: int) -> int | None:
    """The number, for those who may look at each case of it anyway."""
    return number
