"""What there is to know of one line: read once, in a fixed number of questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allocation.plan import Plan
from allocation.problem import Problem
from api.pages.page_door import PageDoor
from api.pages.runs.words import Called, services_in
from gateway.accounts.finding import account_names
from gateway.agreements.reading import agreements_named
from gateway.allocation_runs import run_lists
from gateway.allocation_runs.asked_again import Choice, choices, problem_and_plan, pseudonym
from gateway.allocation_runs.looking_again import decisions_of, offer_of_line, tied_with
from gateway.allocation_runs.run_lists import LineListed
from gateway.allocation_runs.tables import DecisionRow, RunRow
from gateway.directory.naming import authorities_named, services_named, units_named
from gateway.people.access import openable
from gateway.referrals.triage_list import names_told
from gateway.storage.work import Work


@dataclass(frozen=True, kw_only=True, eq=False)
class LineRead:
    """A line with all that is told beside it.

    name
        What the run calls the person.
    choices
        Every service for them, the best first.
    ties
        Lines of people who are as near, whose cases may be opened.
    """

    line: LineListed
    run: RunRow
    problem: Problem
    plan: Plan
    name: str
    choices: Sequence[Choice]
    ties: Sequence[LineListed]
    decisions: Sequence[DecisionRow]
    deciders: Mapping[str, str]
    offer: str | None
    called: Called


def read_line(work: Work, door: PageDoor, line_id: str) -> LineRead:
    """Read it; it is in reach."""
    line = run_lists.line(work, line_id)
    problem, plan = problem_and_plan(work, line.run)
    name = pseudonym(work, line.run, line.referral)
    ties = _ties(work, door, line, problem, name) if line.near_tie else []
    decisions = decisions_of(work, line.id)
    people = names_told(work, [line.person, *(each.person for each in ties)])
    services = {each.id for each in problem.services} | services_in([line, *ties])
    return LineRead(
        line=line,
        run=work.get(RunRow, line.run),
        problem=problem,
        plan=plan,
        name=name,
        choices=choices(problem, problem.people[problem.person_at[name]]),
        ties=ties,
        decisions=decisions,
        deciders=account_names(work, [each.decided_by for each in decisions]),
        offer=offer_of_line(work, line.id),
        called=Called(
            people=people,
            services=services_named(work, services),
            authorities=authorities_named(work),
            agreements=agreements_named(work),
            units=units_named(work, line.units),
        ),
    )


def _ties(work: Work, door: PageDoor, line: LineListed, problem: Problem, name: str) -> list[LineListed]:
    person = problem.people[problem.person_at[name]]
    alike = [each.id for each in problem.people if (each.band, each.score) == (person.band, person.score)]
    found = tied_with(work, line.run, alike)
    may_open = openable(work, [each.person for each in found], door.visitor.actor, door.at)
    return [each for each in found if each.person in may_open and each.id != line.id]
