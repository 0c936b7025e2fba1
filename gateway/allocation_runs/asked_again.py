"""A run's problem and plan read back, and what they say of one person, for the officer who decides."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np
from cachetools import LRUCache, cached

from allocation.eligibility import unsuitable
from allocation.exchange import plan_in, problem_in
from allocation.plan import Placement, Plan, Unplaced
from allocation.preference import cost, lines
from allocation.problem import Options, Person, Problem, Service
from gateway.allocation_runs.tables import PseudonymRow, RunRow
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

PEOPLE_KEPT: Final = 100_000
"""In all runs that a process remembers: one takes some kilobytes for each person, and seconds to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One service for one person: what it costs in points and why, or which rules it fails, in sentences."""

    service: str
    cost: int | None
    why: tuple[str, ...]

    @property
    def is_suitable(self) -> bool:
        """Whether every rule is met."""
        return self.cost is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a plan does for one person, and why.

    person
        What the run calls the referral.
    choices
        Every service: suitable ones by cost, then the others; ids break ties.
    """

    referral: str
    person: str
    place: Placement | None
    unplaced: Unplaced | None
    choices: tuple[Choice, ...]


def explanation(work: Work, run_id: str, referral_id: str) -> Explanation:
    """Why this person is proposed a place, or none, and what the other places would cost.

    Raises
    ------
    NotFound
        If the run, or the referral in it, is not there.
    Conflict
        If the run has no plan yet.
    """
    problem, plan = problem_and_plan(work, run_id)
    name = pseudonym(work, run_id, referral_id)
    person = problem.people[problem.person_at[name]]
    return Explanation(
        referral=referral_id,
        person=name,
        place=next((each for each in plan.placements if each.person == name), None),
        unplaced=next((each for each in plan.unplaced if each.person == name), None),
        choices=tuple(choices(problem, person)),
    )


def choices(problem: Problem, person: Person) -> Sequence[Choice]:
    """Every service for a person, the best first; where a problem lists its options, by that list."""
    listed = None if problem.options is None else _listed(problem, problem.options, person)
    found = [_choice(problem, person, service, listed) for service in problem.services]
    return sorted(found, key=lambda each: (not each.is_suitable, each.cost or 0, each.service))


def choice(problem: Problem, person: Person, service: str) -> Choice:
    """One service for a person, by its id."""
    listed = None if problem.options is None else _listed(problem, problem.options, person)
    return _choice(problem, person, problem.services[problem.service_at[service]], listed)


def _listed(problem: Problem, options: Options, person: Person) -> Mapping[str, int]:
    """What the problem itself says that each suitable service costs this person."""
    rows = np.flatnonzero(options.person == problem.person_at[person.id])
    return {
        problem.services[service].id: price
        for service, price in zip(options.service[rows].tolist(), options.cost[rows].tolist(), strict=True)
    }


def _choice(problem: Problem, person: Person, service: Service, listed: Mapping[str, int] | None) -> Choice:
    if failing := unsuitable(problem, person, service):
        return Choice(service=service.id, cost=None, why=tuple(rule.sentence for rule in failing))
    if listed is None:
        told = tuple(line.sentence for line in lines(person, service))
        return Choice(service=service.id, cost=cost(person, service), why=told)
    if service.id not in listed:
        return Choice(service=service.id, cost=None, why=(f"{service.id} is not listed for this person.",))
    return Choice(service=service.id, cost=listed[service.id], why=("The problem lists it at this cost.",))


def problem_and_plan(work: Work, run_id: str) -> tuple[Problem, Plan]:
    """A run's problem and plan as they were kept.

    Raises
    ------
    NotFound, Conflict
        If there is no such run, or it has no plan yet.
    """
    return _read(work, work.get(RunRow, run_id))


def finished_as(work: Work, run: RunRow) -> Hashable:
    """By what a run's problem and plan are known: once it is finished, in this store, they never change."""
    return work.session.get_bind().engine.pool, run.id, run.problem_sha256, run.finished_at


def weight_of(problem: Problem) -> int:
    """What a run weighs among those that are remembered; a small one is something too."""
    return max(len(problem.people), PEOPLE_KEPT // 100)


@cached(
    LRUCache(PEOPLE_KEPT, getsizeof=lambda read: weight_of(read[0])),
    key=finished_as,
    lock=Lock(),
)
def _read(work: Work, run: RunRow) -> tuple[Problem, Plan]:
    """Both as values, kept for the next question: officers decide line by line."""
    problem, plan = problem_text(work, run.id), plan_text(work, run.id)
    asked = problem_in(problem.encode())
    return asked, plan_in(plan.encode(), asked)


def problem_text(work: Work, run_id: str) -> str:
    """A run's problem as it was kept: ``placement-problem/1`` as JSON text.

    Raises
    ------
    NotFound, Conflict
        If there is no such run, or it has not begun.
    """
    run = work.get(RunRow, run_id)
    if run.problem is None:
        raise Conflict(f"Run {run_id} is {run.status}: it has no problem yet.")
    return run.problem


def plan_text(work: Work, run_id: str) -> str:
    """A run's plan as it was kept: ``placement-plan/1`` as JSON text.

    Raises
    ------
    NotFound, Conflict
        If there is no such run, or it has no plan yet.
    """
    run = work.get(RunRow, run_id)
    if run.plan is None or run.finished_at is None:  # a run queued again still has what came of it before
        raise Conflict(f"Run {run_id} is {run.status}: it has no plan yet.")
    return run.plan


def pseudonym(work: Work, run_id: str, referral_id: str) -> str:
    """What a run calls a referral.

    Raises
    ------
    NotFound
        If the run does not ask about it.
    """
    rows = work.where(PseudonymRow, PseudonymRow.run_id == run_id, PseudonymRow.referral_id == referral_id)
    if not rows:
        raise NotFound(f"referral in run {run_id}:", referral_id)
    return rows[0].pseudonym
