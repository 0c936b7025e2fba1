"""What is answered: who goes where, who does not and why, in which order, and the proof.

The shape is the exchange format's, ``placement-plan/1`` (docs/problem-format.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Status(StrEnum):
    """How far an answer is proved.

    ``OPTIMAL``: every level. ``FEASIBLE``: a time limit stopped the proof of some level.
    ``INFEASIBLE``: no plan meets every ``min_units``.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One person's place at the end. ``origin``: the service they live in now (``from`` in the format)."""

    person: str
    service: str
    pool: str
    origin: str | None
    cost: int

    @property
    def stays(self) -> bool:
        """Whether the person lives there already."""
        return self.origin == self.service


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason why a person has no place: a code, what it concerns, and a sentence to read aloud."""

    code: str
    text: str
    service: str | None = None
    quota: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """One change that by itself would give a person a place: ``units`` more of it.

    kind
        ``pool`` (``service``, ``pool``), ``quota`` (``quota``) or ``conversion`` (``service``, ``source``,
        ``target``: one more unit re-designated than the service or the plan allows).
    """

    kind: str
    service: str | None = None
    pool: str | None = None
    quota: str | None = None
    source: str | None = None
    target: str | None = None
    units: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A person without a place, why, and what would place them.

    unlocks_complete
        False where not every single change could be tried.
    """

    person: str
    reasons: tuple[Reason, ...]
    unlocks: tuple[Unlock, ...] = ()
    unlocks_complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """``units`` units of ``service`` re-designated from pool ``source`` to pool ``target``."""

    service: str
    source: str
    target: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproved:
    """A level that a time limit left open: the best value found and the bound no plan can pass."""

    level: str
    value: int
    bound: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A plan in numbers.

    placed_by_band
        Band to (placed, people).
    stayed, moved
        Occupants who keep their place, and people whose service changes and who need not leave.
    cost, cost_bound
        Option costs plus conversion costs; no plan as good in priority costs less than the bound.
    conversions
        Units converted.
    method
        ``network``, ``linear``, ``integer`` or, where components differ, several joined by ``+``.
    """

    people: int
    placed: int
    unplaced: int
    stayed: int
    moved: int
    placed_by_band: Mapping[int, tuple[int, int]]
    cost: int
    cost_bound: int
    conversions: int
    method: str
    unproved: tuple[Unproved, ...] = ()
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer to one problem.

    steps
        The order in which the moves can be carried out; the people of one step move at the same time.
    certificate
        What a checker needs to confirm the levels (`allocation.certify`), as plain JSON values.
    run
        Seconds, solver and versions: the only part that may differ between two runs.
    """

    problem_sha256: str
    status: Status
    summary: Summary
    placements: tuple[Placement, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    conversions: tuple[Converted, ...] = ()
    steps: tuple[tuple[str, ...], ...] = ()
    certificate: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    run: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
