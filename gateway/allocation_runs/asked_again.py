"""A run's problem and plan read back, and what they say of one person, for the officer who decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from allocation.eligibility import unsuitable
from allocation.exchange import plan_in, problem_in
from allocation.plan import Placement, Plan, Unplaced
from allocation.preference import cost, lines
from allocation.problem import Person, Problem, Service
from gateway.allocation_runs.tables import PseudonymRow, RunRow
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work


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

    choices
        Every service: suitable ones by cost, then the others; ids break ties.
    """

    referral: str
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
        place=next((each for each in plan.placements if each.person == name), None),
        unplaced=next((each for each in plan.unplaced if each.person == name), None),
        choices=tuple(choices(problem, person)),
    )


def choices(problem: Problem, person: Person) -> Sequence[Choice]:
    """Every service for a person, the best first."""
    found = [_choice(problem, person, service) for service in problem.services]
    return sorted(found, key=lambda each: (not each.is_suitable, each.cost or 0, each.service))


def _choice(problem: Problem, person: Person, service: Service) -> Choice:
    if failing := unsuitable(problem, person, service):
        return Choice(service=service.id, cost=None, why=tuple(rule.sentence for rule in failing))
    told = tuple(line.sentence for line in lines(person, service))
    return Choice(service=service.id, cost=cost(person, service), why=told)


def problem_and_plan(work: Work, run_id: str) -> tuple[Problem, Plan]:
    """A run's problem and plan as they were kept.

    Raises
    ------
    NotFound, Conflict
        If there is no such run, or it has no plan yet.
    """
    run = work.get(RunRow, run_id)
    if run.problem is None or run.plan is None:
        raise Conflict(f"Run {run_id} is {run.status}: it has no plan yet.")
    problem = problem_in(run.problem.encode())
    return problem, plan_in(run.plan.encode(), problem)


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
