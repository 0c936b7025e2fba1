"""The order in which the moves of a plan can happen, so that nobody waits for a unit that is not free yet.

A unit is free once whoever held it has moved; a converted unit once its old pool has one to spare. People who
must leave and have no new place are taken to be gone when the first step begins. In a pool of one gender at
a time nobody arrives before the last occupant of another gender has left. Quotas and separations bind the end
of the plan, not the day in between.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from allocation.choices import Occupancy, Pools, Scene
from allocation.facts import gender_groups
from allocation.plan import Converted, Placement, Plan
from allocation.problem import Gender, Problem

OUTSIDE: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """``person`` gives up ``left`` units of pool ``origin`` (-1: none) for ``taken`` units of ``target``."""

    person: str
    group: int
    origin: int
    left: int
    target: int
    taken: int


@dataclass(slots=True, kw_only=True)
class _Floor:
    """The state between two steps.

    free
        Per pool, units nobody holds (below 0 where more live there than it has).
    groups
        Per shared pool, how many live there of each gender group.
    pending
        Conversions still to be made: (source, target) to units.
    """

    free: list[int]
    shared: list[bool]
    groups: dict[int, dict[int, int]] = field(default_factory=dict)
    pending: dict[tuple[int, int], int] = field(default_factory=dict)

    def shift(self, pool: int, group: int, units: int, people: int) -> None:
        """``people`` arrive (or, below 0, leave), holding ``units``."""
        self.free[pool] -= units
        if self.shared[pool]:
            here = self.groups.setdefault(pool, {})
            here[group] = here.get(group, 0) + people

    def convert(self, source: int) -> list[int]:
        """Re-designate what ``source`` has to spare; returns the pools that gained."""
        gained = []
        for (giver, target), units in list(self.pending.items()):
            spare = min(units, self.free[giver]) if giver == source else 0
            if spare > 0:
                self.free[giver] -= spare
                self.free[target] += spare
                self.pending[giver, target] = units - spare
                gained.append(target)
        return gained

    def strangers(self, move: _Move) -> bool:
        """Whether the move's target is shared with people of another gender group."""
        here = self.groups.get(move.target, {})
        return self.shared[move.target] and any(n for group, n in here.items() if group != move.group)

    def fits(self, moves: Sequence[_Move]) -> bool:
        """Whether these moves, made together, leave no pool they enter short or mixed."""
        before = (self.free.copy(), dict(self.pending)) if self.pending else None
        self.make(moves)
        sound = all(self.free[move.target] >= 0 and not self.strangers(move) for move in moves)
        for move in moves:
            self._make(move, -1)
        if before is not None:
            self.free, self.pending = before
        return sound

    def _make(self, move: _Move, sign: int) -> None:
        if move.origin != OUTSIDE:
            self.shift(move.origin, move.group, -sign * move.left, -sign)
        self.shift(move.target, move.group, sign * move.taken, sign)

    def make(self, moves: Sequence[_Move]) -> set[int]:
        """Carry out these moves, and the conversions they let happen; returns the pools that gained units."""
        for move in moves:
            self._make(move, 1)
        left = {move.origin for move in moves if move.origin != OUTSIDE}
        return left.union(*(self.release(pool) for pool in left)) if self.pending else left

    def release(self, pool: int) -> list[int]:
        """Convert what ``pool`` has to spare, and what that lets be converted; the pools that gained."""
        gained: list[int] = []
        todo = [pool]
        while todo:
            more = self.convert(todo.pop())
            gained += more
            todo += more
        return gained


def order_of_moves(
    scene: Scene, placements: Sequence[Placement], conversions: Sequence[Converted]
) -> tuple[tuple[str, ...], ...]:
    """Steps, each the people who move at the same time; a cycle of swaps is one step."""
    floor, waiting = _start(scene.problem, scene.pools, placements, conversions, *units_of(scene, placements))
    return tuple(tuple(sorted(move.person for move in step)) for step in _steps(floor, waiting))


def impossible_steps(scene: Scene, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with a plan's steps: somebody missing, or a unit entered before it is free."""
    floor, moves = _start(
        scene.problem, scene.pools, plan.placements, plan.conversions, *units_of(scene, plan.placements)
    )
    by_person = {move.person: move for move in moves}
    listed = [person for step in plan.steps for person in step]
    if sorted(listed) != sorted(by_person):
        odd = sorted(set(listed) ^ by_person.keys()) or sorted(
            {each for each in listed if listed.count(each) > 1}
        )
        yield f"The steps do not name everybody who moves once: {', '.join(odd)}."
        return
    for source in {giver for giver, _ in floor.pending}:
        floor.release(source)
    for number, step in enumerate(plan.steps, start=1):
        together = [by_person[person] for person in step]
        if not floor.fits(together):
            yield f"Step {number} moves {', '.join(step)} before there is room."
            return
        floor.make(together)


def units_of(scene: Scene, placements: Iterable[Placement]) -> tuple[dict[str, int], dict[str, int]]:
    """Units each placed person takes, and units each person who lives here holds at the start."""
    problem = scene.problem
    ids = [person.id for person in problem.people]
    units = {
        (ids[person], service): taken
        for person, service, taken in zip(
            scene.choices.person.tolist(),
            scene.choices.service.tolist(),
            scene.choices.units.tolist(),
            strict=True,
        )
    }
    takes = {
        each.person: units.get((each.person, problem.service_at[each.service]), 0)
        for each in placements
        if not each.stays
    }
    holds = {person.id: person.units for person in problem.people if person.current_service is not None}
    held = zip(scene.held.person.tolist(), scene.held.units.tolist(), strict=True)
    return takes, holds | {ids[at]: taken for at, taken in held}


def _start(
    problem: Problem,
    pools: Pools,
    placements: Sequence[Placement],
    conversions: Sequence[Converted],
    units_taken: dict[str, int],
    units_held: dict[str, int],
) -> tuple[_Floor, list[_Move]]:
    occupancy, groups = Occupancy.of(problem, pools), gender_groups(problem)
    floor = _Floor(free=pools.units.tolist(), shared=pools.takes(Gender.SAME).tolist())
    placed = {placement.person: placement for placement in placements}
    moves: list[tuple[tuple[int, int, str], _Move]] = []
    for at, person in enumerate(problem.people):
        origin, placement = int(occupancy.pool[at]), placed.get(person.id)
        gone = placement is None and person.must_leave
        if origin != OUTSIDE and not gone:
            floor.shift(origin, int(groups[at]), units_held[person.id], 1)
        if placement is not None and not placement.stays:
            target = pools.number(problem.service_at[placement.service], placement.pool)
            move = _Move(
                person=person.id,
                group=int(groups[at]),
                origin=origin,
                left=units_held.get(person.id, 0),
                target=target,
                taken=units_taken[person.id],
            )
            moves.append(((person.band, -person.score, person.id), move))
    for each in conversions:
        service = problem.service_at[each.service]
        source, target = (pools.number(service, name) for name in (each.source, each.target))
        floor.pending[source, target] = each.units
    return floor, [move for _, move in sorted(moves, key=lambda each: each[0])]


def _steps(floor: _Floor, moves: list[_Move]) -> Iterator[list[_Move]]:
    """Yield steps, earlier people first, singly while anybody can move, else a smallest group that can."""
    waiting = dict(enumerate(moves))
    wanting: dict[int, list[int]] = {}
    for number, move in waiting.items():
        wanting.setdefault(move.target, []).append(number)
    ready = list(waiting)
    for source in {giver for giver, _ in floor.pending}:
        floor.release(source)
    while waiting:
        group = _single(floor, waiting, ready) or _together(floor, waiting)
        step = [waiting.pop(number) for number in group]
        for pool in floor.make(step):
            for number in wanting.get(pool, ()):
                if number in waiting:
                    heapq.heappush(ready, number)
        yield step


def _single(floor: _Floor, waiting: dict[int, _Move], ready: list[int]) -> list[int]:
    """The first of those who may be ready to move alone; nobody: none of them can."""
    while ready:
        number = heapq.heappop(ready)
        if number in waiting and floor.fits([waiting[number]]):
            return [number]
    return []


def _together(floor: _Floor, waiting: dict[int, _Move]) -> list[int]:
    """The smallest group found that can move at once; all together always can, the plan being feasible."""
    leaving: dict[int, list[int]] = {}
    for number, move in waiting.items():
        leaving.setdefault(move.origin, []).append(number)
    best = list(waiting)
    for first in waiting:
        group = _closed(floor, waiting, leaving, first, len(best))
        if group is not None and len(group) < len(best):
            best = group
        if len(best) <= 2:
            break
    return sorted(best)


def _closed(
    floor: _Floor, waiting: dict[int, _Move], leaving: dict[int, list[int]], first: int, limit: int
) -> list[int] | None:
    """``first`` and, one by one, somebody who leaves where the group is short, until it fits."""
    group = [first]
    while not floor.fits([waiting[number] for number in group]):
        short = waiting[group[-1]].target
        more = [number for number in leaving.get(short, ()) if number not in group]
        if not more or len(group) >= limit:
            return None
        group.append(more[0])
    return group
