"""What a method answers for one programme: a value for every column, and how each level is proved."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from allocation.choices import Bools
from allocation.facts import Name
from allocation.problem import Ints
from allocation.rules import Programme


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proof:
    """How some levels are proved.

    by
        ``flow``: prices prove all levels at once, the rules they use being nested.
        ``linear``: prices prove the last level, given the earlier ones. ``branching``: the solver's own word.
    weights
        For ``linear``: level name to the whole-number weight it has beside the level that is proved.
    prices
        Rule name to a whole number of ``1 / per``, above 0.
    value, bound
        For the last of ``levels``: what the answer is worth, and what nothing can exceed.
    """

    levels: tuple[str, ...]
    by: str
    value: int
    bound: int
    weights: Mapping[str, int] = field(default_factory=dict)
    prices: Mapping[Name, int] = field(default_factory=dict)
    per: int = 1

    @property
    def holds(self) -> bool:
        """Whether the bound is reached, so that the level is at its best."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """An answer to ``programme``: ``columns`` holds one whole number per column."""

    programme: Programme
    columns: Ints
    proofs: tuple[Proof, ...]
    method: str

    @property
    def chosen(self) -> Ints:
        """The choice rows taken, ascending."""
        return np.flatnonzero(self.columns[: len(self.programme.choices)])

    @property
    def proved(self) -> bool:
        """Whether every level is proved."""
        return all(proof.holds for proof in self.proofs)


def broken(programme: Programme, columns: Ints) -> Bools:
    """Per rule, whether ``columns`` breaks it."""
    return programme.used(columns) > programme.limit
