"""Checks a plan against its problem without any solver: that it is possible, adds up, and is the best.

Possible: every rule of the format, by the referee's own reading (`allocation.exhaustive`), which shares no
code with the solvers. Best: the certificate's prices, evaluated exactly (`allocation.levels.bound`), bound
every level from above; a plan that reaches the bound cannot be beaten, whoever found the prices and however.
A level proved only by branching has no prices: that the checker reports as taken on trust.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from allocation.choices import Scene
from allocation.exchange import digest
from allocation.exhaustive import violations
from allocation.facts import Name
from allocation.levels import (
    Level,
    best_of_people,
    bound,
    combined,
    last_bound,
    levels_of,
    priority,
    surplus,
)
from allocation.plan import Plan, Status
from allocation.problem import Ints, Problem
from allocation.rules import Programme
from allocation.steps import impossible_steps
from allocation.structure import Nest, nest, parts, pool_rows
from allocation.tally import tally_faults

NAMED: Final = 3
"""How many people or units a failed level names: those by whom it fails the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """What a check found.

    faults
        What is wrong, each naming the person, the unit or the level.
    confirmed
        What was checked and holds, as sentences.
    on_trust
        Levels that only a solver's branching vouches for.
    open_levels
        Levels that the plan itself says are not proved.
    """

    faults: tuple[str, ...]
    confirmed: tuple[str, ...]
    on_trust: tuple[str, ...] = ()
    open_levels: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all that can be checked holds."""
        return not self.faults


def certify(problem: Problem, plan: Plan) -> Certification:
    """Check ``plan`` against ``problem``; see `Certification`."""
    if plan.problem_sha256 != digest(problem):
        return Certification(
            faults=("The plan is for another problem: problem_sha256 differs.",), confirmed=()
        )
    if plan.status is Status.INFEASIBLE and not any(quota.min_units for quota in problem.quotas):
        fault = "The plan says that none exists, which only a quota's min_units can cause; there is none."
        return Certification(faults=(fault,), confirmed=())
    if plan.status is Status.INFEASIBLE:
        claim = "That no plan exists is the solver's word; it cannot be checked here."
        return Certification(faults=(), confirmed=(), on_trust=(claim,))
    scene = Scene.of(problem)
    faults = list(_impossible(scene, plan))
    if faults:
        return Certification(faults=tuple(faults), confirmed=())
    checked = _Levels(scene, plan).check()
    return replace(checked, confirmed=(*_POSSIBLE, *checked.confirmed))


_POSSIBLE: Final = (
    "Everybody has at most one place, suitable for them, and nobody who need not leave has lost theirs.",
    "No pool, quota, separation or limit is broken.",
    "The summary, the list of people without a place and the order of moves agree with the placements.",
)


def _impossible(scene: Scene, plan: Plan) -> Iterator[str]:
    """Yield what makes the plan impossible, or its figures wrong."""
    problem, seen = scene.problem, set[str]()
    for placement in plan.placements:
        if placement.person in seen:
            yield f"{placement.person} has two places."
        seen.add(placement.person)
    unknown = sorted(seen - problem.person_at.keys())
    if unknown:
        yield f"Placements name people who are not in the problem: {', '.join(unknown)}."
        return
    assignment: dict[str, tuple[str, str] | None] = {person.id: None for person in problem.people}
    assignment |= {each.person: (each.service, each.pool) for each in plan.placements}
    conversions = {(each.service, each.source, each.target): each.units for each in plan.conversions}
    broken = violations(problem, assignment, conversions)
    yield from broken
    if not broken:
        yield from tally_faults(scene, plan)
        yield from impossible_steps(scene, plan)


class _Levels:
    """The check that no other plan is better, part by part, level by level."""

    def __init__(self, scene: Scene, plan: Plan) -> None:
        self._plan = plan
        self._whole = Programme.of(scene)
        self._columns = _columns(self._whole, plan)
        self._faults: list[str] = []
        self._confirmed: dict[str, None] = {}
        self._trusted: dict[str, None] = {}
        self._open: dict[str, None] = {}

    def check(self) -> Certification:
        found = parts(self._whole)
        claims = self._plan.certificate.get("parts")
        if not isinstance(claims, Sequence) or len(claims) != len(found):
            self._faults.append(
                f"The certificate must have {len(found)} parts, one for each independent part."
            )
        else:
            for programme, claim in zip(found, claims, strict=True):
                self._part(programme, claim)
        doubtful = self._faults or self._trusted or self._open
        sure = [] if doubtful else ["Every level is proved: no plan places people better or costs less."]
        shown = [f"Proved: {name}." for name in self._confirmed if name not in self._trusted | self._open]
        return Certification(
            faults=tuple(self._faults),
            confirmed=(*shown, *sure),
            on_trust=tuple(self._trusted),
            open_levels=tuple(self._open),
        )

    def _part(self, programme: Programme, claims: object) -> None:
        columns = self._columns[programme.origin]
        levels = levels_of(programme)
        left = {level.name for level in levels}
        for claim in claims if isinstance(claims, Sequence) else ():
            if isinstance(claim, Mapping):
                left -= self._claim(programme, columns, levels, claim)
        for name in (level.name for level in levels if level.name in left):
            if self._plan.status is Status.OPTIMAL:
                self._faults.append(f"Nothing in the certificate proves the level '{name}'.")
            else:
                self._open[name] = None

    def _claim(
        self, programme: Programme, columns: Ints, levels: tuple[Level, ...], claim: Mapping[str, object]
    ) -> set[str]:
        """Check one claim; returns the levels it settles, whether confirmed, trusted or refuted."""
        named = claim.get("levels")
        names = [str(each) for each in named] if isinstance(named, Sequence) else []
        order = [level.name for level in levels]
        if claim.get("proof") == "flow":
            return self._flow(programme, columns, claim, order)
        if len(names) != 1 or names[0] not in order:
            return set()
        last = order.index(names[0])
        if claim.get("proof") == "branching":
            return self._branching(names[0], claim, levels[last].value(programme, columns))
        return self._linear(programme, columns, levels[: last + 1], claim)

    def _branching(self, name: str, claim: Mapping[str, object], value: int) -> set[str]:
        most = claim.get("bound")
        if most == value:
            self._trusted[name] = None
            return {name}
        if self._plan.status is Status.OPTIMAL:
            self._faults.append(f"The level '{name}' is worth {value}; its own bound is {most}.")
            return {name}
        return set()

    def _flow(
        self, programme: Programme, columns: Ints, claim: Mapping[str, object], order: list[str]
    ) -> set[str]:
        """Prices of a network prove all levels at once, if the rules they use nest (see `priority`)."""
        nested = nest(programme)
        if not _is_network(nested):
            self._faults.append("A part is claimed to be a network, but its conversions cross its quotas.")
            return set(order)
        prices = self._prices(nested.relaxation, claim)
        if prices is None:
            return set(order)
        level, _ = priority(nested.relaxation)
        most = bound(nested.relaxation, level, prices, 1)
        if most == level.value(nested.relaxation, columns):
            self._confirmed |= dict.fromkeys(order)
        else:
            self._refute("priority and cost", nested.relaxation, level, prices, 1, columns)
        return set(order)

    def _linear(
        self, programme: Programme, columns: Ints, levels: tuple[Level, ...], claim: Mapping[str, object]
    ) -> set[str]:
        """Prices bound the last of ``levels`` among all plans as good in the earlier ones."""
        name, per, weights = levels[-1].name, claim.get("per"), _weights(claim, levels)
        prices = self._prices(programme, claim)
        if prices is None or weights is None or not isinstance(per, int) or per < 1:
            self._faults.append(f"The proof of the level '{name}' cannot be read.")
            return {name}
        whole = combined(programme, levels, weights)
        values = [level.value(programme, columns) for level in levels]
        most = last_bound(bound(programme, whole, prices, per), per, levels, values, weights)
        if most == values[-1]:
            self._confirmed[name] = None
        elif self._plan.status is Status.OPTIMAL or most < values[-1]:
            self._refute(name, programme, whole, prices, per, columns)
        else:
            self._open[name] = None
        return {name}

    def _prices(self, programme: Programme, claim: Mapping[str, object]) -> Ints | None:
        """Per rule of ``programme`` its price; ``None``, with a fault, where the certificate's cannot be."""
        row = {name: at for at, name in enumerate(programme.names)}
        prices = np.zeros(len(row), dtype=np.int64)
        listed = claim.get("prices")
        for entry in listed if isinstance(listed, Sequence) else ():
            name, price = _entry(entry)
            if name not in row or price is None or not 0 <= price < 2**62:
                self._faults.append(
                    f"The certificate prices what is no rule here, or not in points: {entry}."
                )
                return None
            prices[row[name]] = price
        return prices

    def _refute(
        self, what: str, programme: Programme, level: Level, prices: Ints, per: int, columns: Ints
    ) -> None:
        culprits = "; ".join(_culprits(programme, level, prices, per, columns))
        self._faults.append(f"Not proved: {what}. {culprits}.")


def _entry(entry: object) -> tuple[Name, int | None]:
    if not isinstance(entry, Sequence) or len(entry) < 2 or isinstance(entry, str):
        return (), None
    *name, price = entry
    return tuple(map(str, name)), price if isinstance(price, int) else None


def _weights(claim: Mapping[str, object], levels: Sequence[Level]) -> dict[str, int] | None:
    """The whole-number weights of these levels, the last above 0; ``None`` where they cannot be."""
    given = claim.get("weights")
    if not isinstance(given, Mapping):
        return None
    names = {level.name for level in levels}
    weights = {str(name): weight for name, weight in given.items() if isinstance(weight, int)}
    sound = len(weights) == len(given) and weights.keys() <= names and weights.get(levels[-1].name, 0) > 0
    return weights if sound else None


def _is_network(nested: Nest) -> bool:
    """Whether units are converted only between pools that the same rules hold."""
    convs, row = nested.relaxation.conversions, pool_rows(nested.relaxation)
    return bool((nested.parent[row[convs.source]] == nested.parent[row[convs.target]]).all())


def _columns(programme: Programme, plan: Plan) -> Ints:
    """The plan as one value per column."""
    scene, problem = programme.scene, programme.scene.problem
    choices, columns = programme.choices, np.zeros(programme.width, dtype=np.int64)
    keys = zip(choices.person.tolist(), choices.pool.tolist(), strict=True)
    row = {key: at for at, key in enumerate(keys)}
    for each in plan.placements:
        pool = scene.pools.number(problem.service_at[each.service], each.pool)
        at = row.get((problem.person_at[each.person], pool))
        if at is not None:
            columns[at] = 1
    convs = programme.conversions
    pairs = {
        pair: at for at, pair in enumerate(zip(convs.source.tolist(), convs.target.tolist(), strict=True))
    }
    for conversion in plan.conversions:
        service = problem.service_at[conversion.service]
        source, target = (
            scene.pools.number(service, name) for name in (conversion.source, conversion.target)
        )
        columns[len(choices) + pairs[source, target]] = conversion.units
    return columns


def _culprits(programme: Programme, level: Level, prices: Ints, per: int, columns: Ints) -> Iterator[str]:
    """Yield by whom and by what the proof fails most: people given less, priced units left empty."""
    people = programme.choices.people
    worth = surplus(programme, level, prices, per)
    given = np.zeros(len(programme.scene.problem.people), dtype=worth.dtype)
    taken = np.flatnonzero(columns[: len(programme.choices)])
    given[programme.choices.person[taken]] = worth[taken]
    short = best_of_people(programme, worth) - given[people]
    has_place = set(programme.choices.person[taken].tolist())
    for at in np.argsort(-short, kind="stable")[:NAMED].tolist():
        if short[at] > 0:
            person = programme.scene.problem.people[int(people[at])]
            state = "has a place that is not the best" if int(people[at]) in has_place else "has no place"
            yield f"{person.id} (band {person.band}) {state}, though a better plan may have one for them"
    idle = prices * (programme.limit - programme.used(columns))
    for row in np.argsort(-idle, kind="stable")[:NAMED].tolist():
        if idle[row] > 0:
            yield f"{' '.join(programme.names[row])} has room that would be used"
