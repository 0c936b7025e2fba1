"""What a run proposes, laid out for one look after another: officers decide line by line."""

from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from cachetools import LRUCache, cached

from allocation.plan import Plan, Unplaced
from allocation.problem import Problem
from api.report.limits import Fill, fills
from api.report.units import Units
from gateway.allocation_runs.asked_again import PEOPLE_KEPT, finished_as, problem_and_plan, weight_of
from gateway.allocation_runs.tables import RunRow
from gateway.storage.work import Work


@dataclass(frozen=True, kw_only=True, eq=False)
class Proposal:
    """A run's problem and plan, and what is counted of them once."""

    problem: Problem
    plan: Plan

    @cached_property
    def units(self) -> Units:
        """How full everything is at the end."""
        return Units.of(self.problem, self.plan)

    @cached_property
    def fills(self) -> tuple[Fill, ...]:
        """How full every quota is, those that keep people out and the fullest first."""
        return fills(self.problem, self.plan, self.units)

    @cached_property
    def unplaced(self) -> dict[str, Unplaced]:
        """Who has no place, by what the run calls them."""
        return {each.person: each for each in self.plan.unplaced}


@cached(
    LRUCache(PEOPLE_KEPT, getsizeof=lambda proposal: weight_of(proposal.problem)),
    key=finished_as,
    lock=Lock(),
)
def proposal_of(work: Work, run: RunRow) -> Proposal:
    """What a run proposes.

    Raises
    ------
    Conflict
        If it has no plan yet.
    """
    problem, plan = problem_and_plan(work, run.id)
    return Proposal(problem=problem, plan=plan)
