"""Quotas and how full they are; conversions and how many more there may be."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from allocation.plan import Plan
from allocation.problem import Problem, Quota
from api.design_system.spoken import counted
from api.report.evidence import Evidence
from api.report.names import KIND, Names, pool_of
from api.report.units import Units

NEARLY: Final = 0.8
"""A quota is near full from this share of its units on, or with one unit left of two and more."""

SHOWN: Final = 15
"""Quotas near full that are told first; all of them stand in the full list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """How full one quota is at the end of a plan.

    blocks
        People without a place whom it keeps out of a service that suits them.
    """

    quota: Quota
    used: int
    most: int
    blocks: int

    @property
    def id(self) -> str:
        """The quota's."""
        return self.quota.id

    @property
    def left(self) -> int:
        """Units still to be had under it."""
        return max(self.most - self.used, 0)

    @property
    def full(self) -> bool:
        """Whether nothing is left."""
        return self.left == 0

    @property
    def near(self) -> bool:
        """Whether it is full or nearly so."""
        return self.full or self.used >= NEARLY * self.most or (self.left == 1 and self.used > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled(Fill):
    """The same with words: whom the quota counts, and where."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """Units of one service re-designated, in words."""

    service: str
    units: int
    origin: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Quotas, those that keep most people out first, then the fullest; conversions; the plan's limits.

    conversions_most, moves_most
        ``None`` where the problem sets no limit.
    """

    quotas: tuple[Filled, ...]
    conversions: tuple[Converted, ...]
    converted: int
    conversions_most: int | None
    moved: int
    moves_most: int | None

    @property
    def full(self) -> int:
        """How many quotas are full."""
        return sum(each.full for each in self.quotas)

    @property
    def near(self) -> tuple[Filled, ...]:
        """The quotas that are full or nearly so."""
        return tuple(each for each in self.quotas if each.near)

    @property
    def shown(self) -> tuple[Filled, ...]:
        """Those of `near` that are told first."""
        return self.near[:SHOWN]

    @staticmethod
    def of(evidence: Evidence) -> "Limits":
        """Tell the limits of ``evidence``."""
        filled = quotas_filled(evidence.problem, evidence.plan, evidence.units, evidence.names)
        return Limits(
            quotas=filled,
            conversions=tuple(_conversions(evidence)),
            converted=evidence.plan.summary.conversions,
            conversions_most=evidence.problem.limits.conversions,
            moved=evidence.plan.summary.moved,
            moves_most=evidence.problem.limits.moves,
        )


def quotas_filled(problem: Problem, plan: Plan, units: Units, names: Names) -> tuple[Filled, ...]:
    """The quotas of a plan at its end, in the order of `fills`, in words."""
    return tuple(
        Filled(
            quota=each.quota,
            used=each.used,
            most=each.most,
            blocks=each.blocks,
            words=names.quota(each.quota),
        )
        for each in fills(problem, plan, units)
    )


def fills(problem: Problem, plan: Plan, units: Units) -> tuple[Fill, ...]:
    """How full each quota is: nearly full ones first, by how many people they keep out, then what is left."""
    blocks = Counter(
        quota
        for each in plan.unplaced
        for quota in {reason.quota for reason in each.reasons if reason.quota is not None}
    )
    found = [
        Fill(quota=each, used=units.quotas[each.id].used, most=each.max_units, blocks=blocks[each.id])
        for each in problem.quotas
        if each.max_units is not None
    ]
    return tuple(sorted(found, key=lambda each: (not each.near, -each.blocks, each.left, each.id)))


def _conversions(evidence: Evidence) -> list[Converted]:
    return [
        Converted(
            service=evidence.names.service(each.service),
            units=each.units,
            origin=KIND[pool_of(evidence.problem, each.service, each.source).gender],
            to=KIND[pool_of(evidence.problem, each.service, each.target).gender],
        )
        for each in evidence.plan.conversions
    ]


def of_most(number: int, most: int | None, thing: str) -> str:
    """How much of a limit is used: ``9 of at most 9 units``."""
    return counted(number, thing) if most is None else f"{number:,} of at most {counted(most, thing)}"
