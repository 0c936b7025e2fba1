"""From the answers to all parts to one plan that people can read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Final

import numpy as np

from allocation.answer import Answer, Proof
from allocation.exchange import digest
from allocation.explain import unplaced_people
from allocation.levels import LATER, Level, levels_of
from allocation.plan import Converted, Placement, Plan, Status, Summary, Unproved
from allocation.problem import Ints, Problem
from allocation.rules import Programme
from allocation.steps import order_of_moves

VERSIONED: Final = ("referral-gateway", "ortools", "scipy", "numpy")
"""The packages whose versions a plan records in ``run``: what it takes to repeat it."""


def plan_of_answers(programme: Programme, answers: Sequence[Answer], seconds: float) -> Plan:
    """The plan that the ``answers`` to all parts of ``programme`` make together."""
    columns = joined(programme, answers)
    placements, conversions = placements_of(programme, columns), conversions_of(programme, columns)
    proved = all(answer.proved for answer in answers)
    return Plan(
        problem_sha256=digest(programme.scene.problem),
        status=Status.OPTIMAL if proved else Status.FEASIBLE,
        summary=_summary(programme, answers, columns, placements, conversions),
        placements=placements,
        unplaced=unplaced_people(programme, columns, answers),
        conversions=conversions,
        steps=order_of_moves(programme.scene, placements, conversions),
        certificate={"parts": [[_proof(proof) for proof in answer.proofs] for answer in answers]},
        run=_run(seconds),
    )


def infeasible_plan(programme: Programme, conflict: Sequence[str], seconds: float) -> Plan:
    """The answer where the quotas of ``conflict`` cannot all have their ``min_units``."""
    problem = programme.scene.problem
    named = ", ".join(conflict)
    verb = "cannot have its min_units" if len(conflict) == 1 else "cannot all have their min_units"
    totals = Counter(person.band for person in problem.people)
    return Plan(
        problem_sha256=digest(problem),
        status=Status.INFEASIBLE,
        summary=Summary(
            people=len(problem.people),
            placed=0,
            unplaced=len(problem.people),
            stayed=0,
            moved=0,
            placed_by_band={band: (0, totals[band]) for band in sorted(totals)},
            cost=0,
            cost_bound=0,
            conversions=0,
            method="integer",
            message=f"No plan exists: {named} {verb}, given every other rule.",
        ),
        run=_run(seconds),
    )


def joined(programme: Programme, answers: Iterable[Answer]) -> Ints:
    """One value for each column of the whole ``programme``, from the answers to its parts."""
    columns = np.zeros(programme.width, dtype=np.int64)
    for answer in answers:
        columns[answer.programme.origin] = answer.columns
    return columns


def placements_of(programme: Programme, columns: Ints) -> tuple[Placement, ...]:
    """Everybody's place at the end, facts and choices, in the order of their ids."""
    scene, problem = programme.scene, programme.scene.problem
    taken = programme.choices.only(np.flatnonzero(columns[: len(programme.choices)]))
    rows = [
        (int(person), int(pool), int(cost))
        for each in (scene.facts, taken)
        for person, pool, cost in zip(each.person, each.pool, each.cost, strict=True)
    ]
    return tuple(
        Placement(
            person=problem.people[person].id,
            service=problem.services[int(scene.pools.service[pool])].id,
            pool=scene.pools.names[pool],
            origin=problem.people[person].current_service,
            cost=cost,
        )
        for person, pool, cost in sorted(rows)
    )


def conversions_of(programme: Programme, columns: Ints) -> tuple[Converted, ...]:
    """The conversions made, in the order of service, source and target."""
    pools, services = programme.scene.pools, programme.scene.problem.services
    convs, first = programme.conversions, len(programme.choices)
    made = columns[first : first + len(convs)]
    return tuple(
        Converted(
            service=services[int(pools.service[convs.source[at]])].id,
            source=pools.names[int(convs.source[at])],
            target=pools.names[int(convs.target[at])],
            units=int(made[at]),
        )
        for at in np.flatnonzero(made).tolist()
    )


def _summary(
    programme: Programme,
    answers: Sequence[Answer],
    columns: Ints,
    placements: Sequence[Placement],
    conversions: Sequence[Converted],
) -> Summary:
    problem = programme.scene.problem
    converted = int(programme.conversions.cost @ _converted(programme, columns))
    cost = converted + sum(placement.cost for placement in placements)
    slack = sum(proof.bound - proof.value for answer in answers for proof in answer.proofs if _is_cost(proof))
    people = problem.person_at
    moved = [each for each in placements if problem.people[people[each.person]].remains and not each.stays]
    return Summary(
        people=len(problem.people),
        placed=len(placements),
        unplaced=len(problem.people) - len(placements),
        stayed=sum(each.stays for each in placements),
        moved=len(moved),
        placed_by_band=_by_band(problem, placements),
        cost=cost,
        cost_bound=cost - slack,
        conversions=sum(each.units for each in conversions),
        method="+".join(sorted({answer.method for answer in answers})) or "network",
        unproved=_unproved(programme, answers, columns),
    )


def _is_cost(proof: Proof) -> bool:
    return proof.levels[-1] == "cost"


def _converted(programme: Programme, columns: Ints) -> Ints:
    first = len(programme.choices)
    return columns[first : first + len(programme.conversions)]


def _by_band(problem: Problem, placements: Sequence[Placement]) -> Mapping[int, tuple[int, int]]:
    total = Counter(person.band for person in problem.people)
    placed = Counter(problem.people[problem.person_at[each.person]].band for each in placements)
    return {band: (placed[band], total[band]) for band in sorted(total)}


def _unproved(programme: Programme, answers: Sequence[Answer], columns: Ints) -> tuple[Unproved, ...]:
    """Per level that any part left open: the value of the whole plan, facts included, and its bound."""
    slack: Counter[str] = Counter()
    for answer in answers:
        for proof in answer.proofs:
            slack[proof.levels[-1]] += proof.bound - proof.value
    open_levels = [level for level in levels_of(programme) if slack[level.name] > 0]
    found = []
    for level in open_levels:
        value = level.value(programme, columns) + _of_facts(programme, level)
        sign = -1 if level.name in LATER else 1
        found.append(Unproved(level=level.name, value=sign * value, bound=sign * (value + slack[level.name])))
    return tuple(found)


def _of_facts(programme: Programme, level: Level) -> int:
    """What those whose place is certain add to a level: facts, and occupants who may move."""
    scene = programme.scene
    if level.name in LATER:
        return -int(scene.facts.cost.sum()) if level.name == "cost" else 0
    band = int(level.name.split()[1])
    certain = [person for person in scene.problem.people if person.remains and person.band == band]
    return sum(person.score for person in certain) if level.name.endswith("score") else len(certain)


def _proof(proof: Proof) -> dict[str, object]:
    """A proof as plain JSON values; prices are lists of a rule's name and its price in units of 1 / per."""
    shown: dict[str, object] = {
        "levels": list(proof.levels),
        "proof": proof.by,
        "value": proof.value,
        "bound": proof.bound,
    }
    if proof.by == "branching":
        return shown
    return shown | {
        "weights": dict(proof.weights),
        "per": proof.per,
        "prices": [[*name, price] for name, price in sorted(proof.prices.items())],
    }


def _run(seconds: float) -> Mapping[str, object]:
    return {
        "seconds": round(seconds, 3),
        "solver": "OR-Tools minimum-cost flow; HiGHS in SciPy",
        "versions": {name: version(name) for name in VERSIONED},
    }
