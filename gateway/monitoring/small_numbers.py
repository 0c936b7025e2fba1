"""The one rule by which counts of people are told: small ones hidden, all others rounded, no way back.

The first two parts are those of NHS England's disclosure control for hospital statistics (0 is told, 1 to a
threshold is hidden, the rest is rounded to the nearest five), with the threshold that the ministry uses for
homelessness statistics (below 5). The third is secondary suppression as the Government Statistical Service
asks for it: whoever knows the rule and subtracts learns of no hidden count more than that it is from 1 to 4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

FEWEST: Final = 5
"""Counts from 1 to one less are hidden."""

STEP: Final = 5
"""Others are rounded to a multiple of it, half of it away at most."""

ENOUGH_FOR_P90: Final = 20
"""Of fewer people the ninetieth percentile is nearly the longest wait of all, which is one person's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCounts:
    """A column of counts as it may be told; ``None`` is hidden.

    total
        Of all rows, rounded by itself: the rounded rows need not add up to it.
    """

    rows: Mapping[str, int | None]
    total: int | None


def told_counts(rows: Mapping[str, int]) -> ToldCounts:
    """Counts of people, each in one row only, and their total."""
    hidden = {key for key, count in rows.items() if 0 < count < FEWEST}
    total = told_count(sum(rows.values()))
    while total is not None and not _safe(rows, hidden, total):
        open_ones = sorted((count, key) for key, count in rows.items() if count and key not in hidden)
        if not open_ones:
            total = None
            break
        hidden.add(open_ones[0][1])
    told = {key: None if key in hidden else told_count(count) for key, count in rows.items()}
    return ToldCounts(rows=MappingProxyType(told), total=total)


def told_count(count: int) -> int | None:
    """One count by itself; ``None`` is hidden."""
    if 0 < count < FEWEST:
        return None
    return (2 * count + STEP) // (2 * STEP) * STEP


def told_share(part: int | None, whole: int | None) -> int | None:
    """A share in whole per cent, of counts as they are told: it tells no more than they do."""
    if part is None or not whole:
        return None
    return min(100, round(100 * part / whole))


def _safe(rows: Mapping[str, int], hidden: set[str], total: int) -> bool:
    """Whether each hidden count could be anything from 1 to 4, for all that is told."""
    if not hidden:
        return True
    open_ones = (told_count(count) for key, count in rows.items() if key not in hidden)
    told = [each for each in open_ones if each is not None]
    least, most = sum(_least(each) for each in told), sum(_most(each) for each in told)
    others = len(hidden) - 1  # each of them is at least 1, and nobody knows how much at most
    highest = _most(total) - least - others
    lowest = 1 if others else _least(total) - most
    return lowest <= 1 and highest >= FEWEST - 1


def _least(told: int) -> int:
    return max(FEWEST, told - STEP // 2) if told else 0


def _most(told: int) -> int:
    return told + STEP // 2 if told else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long something took, in days: half took no longer than the median, nine in ten than ``p90``.

    ``None``: of too few to tell.
    """

    people: int | None
    median: int | None
    p90: int | None


def told_spread(days: Sequence[int]) -> Spread:
    """The spread of days, each somebody's; percentiles by nearest rank (Hyndman and Fan 1996: type 1)."""
    ordered = sorted(days)
    enough = len(ordered) >= FEWEST
    return Spread(
        people=told_count(len(ordered)),
        median=_ranked(ordered, 50) if enough else None,
        p90=_ranked(ordered, 90) if len(ordered) >= ENOUGH_FOR_P90 else None,
    )


def _ranked(ordered: Sequence[int], percent: int) -> int:
    return ordered[-(-len(ordered) * percent // 100) - 1]
