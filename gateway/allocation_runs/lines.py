"""From a plan to the lines an officer decides: who goes where, in which unit, and who needs a closer look.

Pure: the same snapshot and plan give the same lines.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from allocation.plan import Converted, Placement, Plan
from gateway.allocation_runs.asking import PoolKey, Snapshot
from gateway.allocation_runs.candidates import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a proposal; ``service`` ``None``: no place was found, and ``reason`` is the first code why.

    step
        When the move can happen, counted from 0; ``None`` without a place.
    units
        As many as the household needs, set aside for it.
    """

    referral: str
    version: int
    band: int
    service: str | None
    pool: str | None
    origin: str | None
    cost: int | None
    step: int | None
    reason: str | None
    singly: bool
    near_tie: bool
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A unit the plan would have re-designated to another pool of its service."""

    unit: str
    to_pool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """All lines and requests of one plan."""

    lines: tuple[Line, ...]
    requests: tuple[Request, ...]


def proposal(snapshot: Snapshot, plan: Plan) -> Proposal:
    """What a plan would have done; who stays where they are needs no line."""
    steps = {person: number for number, step in enumerate(plan.steps) for person in step}
    moving = {each.person: each for each in plan.placements if not each.stays}
    units, requests = _set_aside(snapshot, plan, moving, steps)
    reasons = {each.person: each.reasons[0].code if each.reasons else None for each in plan.unplaced}
    ties = _near_ties(snapshot, {each.person for each in plan.placements})
    lines = []
    for each in snapshot.asked:
        name = snapshot.pseudonyms[each.referral]
        if name in moving or name in reasons:
            lines.append(
                _line(
                    each,
                    moving.get(name),
                    step=steps.get(name),
                    reason=reasons.get(name),
                    near_tie=each.referral in ties,
                    units=units.get(name, ()),
                )
            )
    return Proposal(lines=tuple(lines), requests=requests)


def _line(
    each: Candidate,
    place: Placement | None,
    *,
    step: int | None,
    reason: str | None,
    near_tie: bool,
    units: tuple[str, ...],
) -> Line:
    return Line(
        referral=each.referral,
        version=each.version,
        band=each.band,
        service=place.service if place else None,
        pool=place.pool if place else None,
        origin=place.origin if place else None,
        cost=place.cost if place else None,
        step=step,
        reason=reason,
        singly=bool(each.look) or near_tie,
        near_tie=near_tie,
        units=units,
    )


def _near_ties(snapshot: Snapshot, placed: set[str]) -> frozenset[str]:
    """Referrals of one band and rank of whom some have a place and some have none."""
    groups: dict[tuple[int, int], list[Candidate]] = defaultdict(list)
    for each in snapshot.asked:
        groups[each.band, each.triage_rank].append(each)
    tied = [
        group
        for group in groups.values()
        if len({snapshot.pseudonyms[each.referral] in placed for each in group}) > 1
    ]
    return frozenset(each.referral for group in tied for each in group)


class _Stock:
    """Units to set aside, pool by pool: free ones in the order of their ids, then those left to others."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.free: dict[PoolKey, list[str]] = defaultdict(list)
        for unit in snapshot.places.units:
            if unit.usable and unit.holder is None:
                self.free[unit.service, unit.pool].append(unit.id)

    def turned(self, each: Converted) -> Iterator[Request]:
        """Take units from one pool to another, the last ones, so that the first stay for whom they suit."""
        for _ in range(min(each.units, len(self.free[each.service, each.source]))):
            unit = self.free[each.service, each.source].pop()
            self.free[each.service, each.target].append(unit)
            yield Request(unit=unit, to_pool=each.target)

    def leave(self, referral: str) -> None:
        """Take in the units somebody leaves."""
        for unit in self.snapshot.held.get(referral, ()):
            if unit.usable:
                self.free[unit.service, unit.pool].append(unit.id)

    def take(self, key: PoolKey, units: int) -> tuple[str, ...]:
        """Set units aside."""
        stock = self.free[key]
        taken = tuple(stock[:units])
        del stock[:units]
        return taken


def _set_aside(
    snapshot: Snapshot, plan: Plan, moving: Mapping[str, Placement], steps: Mapping[str, int]
) -> tuple[dict[str, tuple[str, ...]], tuple[Request, ...]]:
    """Which units each person who moves would have; those of one step leave before any of them comes."""
    stock = _Stock(snapshot)
    requests = tuple(request for each in plan.conversions for request in stock.turned(each))
    asked = {snapshot.pseudonyms[each.referral]: each for each in snapshot.asked}
    by_step: dict[int, list[str]] = defaultdict(list)
    for name in sorted(moving):
        by_step[steps.get(name, 0)].append(name)
    given: dict[str, tuple[str, ...]] = {}
    for _, names in sorted(by_step.items()):
        for name in names:
            stock.leave(asked[name].referral)
        for name in names:
            given[name] = stock.take((moving[name].service, moving[name].pool), asked[name].units)
    return given, requests
