"""Support needs drawn so that published margins hold: how many each household has, and how often each occurs.

Households have several needs at once, some needs belong to an age or to a kind of household, and only two
margins are published: households by number of needs, and households by each need. Given its number of needs,
a household's needs are here a *conditional Poisson sample* of that size, the draw of greatest entropy with
given inclusion probabilities, so nothing is assumed about which needs go together beyond what is asked for.

References
----------
.. [1] Chen, X.-H., Dempster, A. P., Liu, J. S. (1994). Weighted finite population sampling to maximize
   entropy. *Biometrika* 81: 457-469 (the recursion for sums of products, the iteration for the weights).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CLASSES = 3
"""One need, two, three or more: the classes in which numbers of needs are published."""

_ROUNDS = 500
_LEAST = 1e-12
_CLOSE = 1e-9


class UnreachableMargins(ValueError):
    """No weights give the published shares: too few households may have the needs that ``needs`` names."""

    def __init__(self, needs: Sequence[str]) -> None:
        self.needs = tuple(needs)
        super().__init__(f"the shares published cannot be reached for: {', '.join(needs)}")


def count_shares(classes: Sequence[float], mean: float, largest: int) -> Floats:
    """Share of households with 1, 2, ... ``largest`` needs.

    One, two and three-or-more are as published (``classes``); within three-or-more the shares fall
    geometrically, at the one rate that gives ``mean`` needs a household.

    Returns
    -------
    numpy.ndarray
        ``largest`` shares that sum to 1; entry ``i`` belongs to ``i + 1`` needs.

    Raises
    ------
    UnreachableMargins
        If no falling shares have that mean.
    """
    one, two, more = np.asarray(classes) / np.sum(classes)
    wanted = (mean - one - 2 * two) / more
    many = np.arange(CLASSES, largest + 1)
    if not CLASSES < wanted < many.mean():
        raise UnreachableMargins([f"{mean:.2f} needs a household with at most {largest}"])
    low, high = 1e-9, 1.0
    while high - low > 1e-12:
        rate = (low + high) / 2
        tail = rate ** (many - CLASSES)
        low, high = (rate, high) if tail @ many / tail.sum() < wanted else (low, rate)
    tail = low ** (many - CLASSES)
    return np.concatenate([[one, two], more * tail / tail.sum()])


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsModel:
    """Weights that reproduce the margins.

    weights
        By class of number of needs, group of households, need; 0 where a group cannot have the need.
    counts
        Share of households by number of needs, from 1.
    sums
        ``sums[c, j, g, r]``: the sum over all sets of ``r`` needs among ``j`` and later of the product of
        their weights, in class ``c`` and group ``g``.
    """

    weights: Floats
    counts: Floats
    sums: Floats

    def draw(self, group: Ints, rng: np.random.Generator) -> Flags:
        """Needs of ``n`` households of the groups given: ``n`` rows, a column a need."""
        left = rng.choice(np.arange(1, len(self.counts) + 1), size=len(group), p=self.counts)
        kind = np.minimum(left, CLASSES) - 1
        needs = self.weights.shape[2]
        drawn = np.zeros((len(group), needs), dtype=np.bool_)
        luck = rng.random((needs, len(group)))
        for need in range(needs):
            without, all_ways = self.sums[kind, need + 1, group], self.sums[kind, need, group]
            rows = np.arange(len(group))
            taken = self.weights[kind, group, need] * without[rows, np.maximum(left - 1, 0)]
            drawn[:, need] = (left > 0) & (luck[need] * all_ways[rows, left] < taken)
            left = left - drawn[:, need]
        return drawn


def calibrate(
    *,
    names: Sequence[str],
    shares: Floats,
    counts: Floats,
    groups: Floats,
    factors: Floats,
    complexity: Floats,
) -> NeedsModel:
    """Find the weights under which each need occurs in its published share of households.

    Parameters
    ----------
    names
        The needs, in the order of every array here; for messages.
    shares
        Share of households with each need; they sum to the mean of ``counts``.
    counts
        Share of households by number of needs, from 1.
    groups
        Share of each group among households.
    factors
        By group and need: how much likelier than in other groups; 0 where a group cannot have the need.
    complexity
        By need: how much likelier (in logarithms, each class up) among households of several needs.

    Raises
    ------
    UnreachableMargins
        Naming the needs that too few households may have.
    """
    tilt = np.exp(np.arange(CLASSES)[:, None] * complexity)
    base = reached = np.asarray(shares, dtype=np.float64)
    for _ in range(_ROUNDS):
        weights = base * tilt[:, None, :] * factors
        reached = _expected(weights, counts, groups)
        if np.allclose(reached, shares, rtol=_CLOSE, atol=0):
            return NeedsModel(weights=weights, counts=counts, sums=_later_sums(weights, len(counts)))
        base = base * shares / reached
        base = np.maximum(base / base.max(), _LEAST)
    short = [
        name for name, got, want in zip(names, reached, shares, strict=True) if abs(got - want) > 1e-6 * want
    ]
    raise UnreachableMargins(short)


def _expected(weights: Floats, counts: Floats, groups: Floats) -> Floats:
    """Share of households with each need under these weights, exactly."""
    most, needs = len(counts), weights.shape[2]
    earlier, later = _later_sums(weights[:, :, ::-1], most)[:, ::-1], _later_sums(weights, most)
    expected = np.zeros(needs)
    for count, share in enumerate(counts, start=1):
        kind = min(count, CLASSES) - 1
        others = sum(earlier[kind, :-1, :, i] * later[kind, 1:, :, count - 1 - i] for i in range(count))
        chance = weights[kind].T * others / later[kind, 0, :, count]
        expected += share * (chance @ groups)
    return expected


def _later_sums(weights: Floats, most: int) -> Floats:
    """The table ``sums`` of `NeedsModel`, by the recursion on the first of the needs left."""
    kinds, groups, needs = weights.shape
    sums = np.zeros((kinds, needs + 1, groups, most + 1))
    sums[..., 0] = 1
    for need in reversed(range(needs)):
        sums[:, need, :, 1:] = (
            sums[:, need + 1, :, 1:] + weights[:, :, need, None] * sums[:, need + 1, :, :-1]
        )
    return sums
