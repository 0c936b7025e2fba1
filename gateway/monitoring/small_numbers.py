"""Small numbers: how counts of people, and of what they live in, are told to those who see figures only.

A count below five could lead to somebody, so it is not told. The others are rounded to the nearest five:
otherwise a small one could be worked out from a total and the rest, or from two tables of the same units.
"""

from typing import Final

SMALLEST: Final = 5
"""Counts below it are not told, but for none at all; ours, as is usual in published housing figures."""

STEP: Final = 5
"""What the others are rounded to; ours."""


def told_count(count: int) -> int | None:
    """A count as it is told: 0, a multiple of five from five on, or ``None`` for one too small to be told."""
    if count == 0:
        return 0
    if count < SMALLEST:
        return None
    return (count + STEP // 2) // STEP * STEP
