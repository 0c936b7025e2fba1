"""What there is to know of one line: read once, in a fixed number of questions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from allocation.choices import Scene
from allocation.plan import Reason, Unlock, Unplaced
from allocation.problem import Person, Problem, Quota
from api.pages.page_door import PageDoor
from api.pages.runs.proposal import proposal_of
from api.pages.runs.words import Called, services_in
from api.report.explanation import Alternative, alternatives
from api.report.units import Units
from gateway.accounts.finding import account_names
from gateway.agreements.reading import agreements_named
from gateway.allocation_runs import run_lists
from gateway.allocation_runs.asked_again import Choice, choice, pseudonym
from gateway.allocation_runs.candidates import why_to_look
from gateway.allocation_runs.forbidden_lines import GOING, forbidden_lines
from gateway.allocation_runs.looking_again import decisions_of, offer_of_line, tied_with
from gateway.allocation_runs.run_lists import LineListed
from gateway.allocation_runs.tables import DecisionRow, ProposalRow, RunRow, RunStatus
from gateway.directory.naming import authorities_named, services_named, units_named
from gateway.people.access import openable
from gateway.placements.conflicts import HardRule
from gateway.referrals.triage_list import names_told
from gateway.storage.work import Work

REASONS, UNSUITABLE = 20, 60
"""Reasons why there is no place, and services that do not suit, that are told; of more there is a number."""

PLACES = 100
"""Other places that can be chosen: the free ones first, and the best first."""

Pools = Sequence[Alternative]
"""What suits in one service."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LineRead:
    """A line with all that is told beside it.

    look
        Why it must be looked at by itself, as the referral stands now, apart from a near tie.
    units
        How full everything is at the end of the plan.
    name
        What the run calls the person.
    here
        Why the proposed service has the cost it has; ``None``: none is proposed.
    others
        Every other service that suits, the best first; ``open`` the same, those with something free first.
    forbids
        What forbids the place by now, if a decision can still be taken.
    unsuitable, more_unsuitable
        Some services that do not suit, and how many more there are.
    ties
        Lines of people who are as near, whose cases may be opened.
    """

    line: LineListed
    look: Sequence[str]
    run: RunRow
    problem: Problem
    units: Units
    name: str
    here: Choice | None
    forbids: HardRule | None
    unplaced: Unplaced | None
    others: Sequence[Pools]
    open: Sequence[Pools]
    unsuitable: Sequence[Choice]
    more_unsuitable: int
    ties: Sequence[LineListed]
    decisions: Sequence[DecisionRow]
    deciders: Mapping[str, str]
    offer: str | None
    called: Called

    @property
    def person(self) -> Person:
        """The person as the run sees them."""
        return self.problem.people[self.problem.person_at[self.name]]

    @property
    def home(self) -> str | None:
        """The service they live in now, whether or not a place was found."""
        return self.line.origin or self.person.current_service

    @property
    def reasons(self) -> Sequence[Reason]:
        """Why there is no place, apart from services that do not suit."""
        found = () if self.unplaced is None else self.unplaced.reasons
        return [each for each in found if each.code != "unsuitable"]


def read_line(work: Work, door: PageDoor, line_id: str) -> LineRead:
    """Read it; it is in reach."""
    line = run_lists.line(work, line_id)
    run = work.get(RunRow, line.run)
    proposal = proposal_of(work, run)
    problem, name = proposal.problem, pseudonym(work, line.run, line.referral)
    person, alone = problem.people[problem.person_at[name]], Scene.of_one(problem, name)
    others = _by_service(alternatives(problem, proposal.plan, proposal.units, name, alone))
    unsuitable = _unsuitable(problem, alone)
    ties = _ties(work, door, line, problem, name) if line.near_tie else []
    decisions = decisions_of(work, line.id)
    read = LineRead(
        line=line,
        look=why_to_look(work, line.referral) if line.singly else (),
        run=run,
        problem=problem,
        units=proposal.units,
        name=name,
        here=None if line.service is None else choice(problem, person, line.service),
        forbids=_forbids(work, door, run, line),
        unplaced=proposal.unplaced.get(name),
        others=others,
        open=sorted(others, key=lambda pools: not any(each.state == "free" for each in pools)),
        unsuitable=[choice(problem, person, each) for each in unsuitable[:UNSUITABLE]],
        more_unsuitable=max(0, len(unsuitable) - UNSUITABLE),
        ties=ties,
        decisions=decisions,
        deciders=account_names(work, [each.decided_by for each in decisions]),
        offer=offer_of_line(work, line.id),
        called=Called(
            people=names_told(work, [line.person, *(each.person for each in ties)]),
            authorities=authorities_named(work),
            agreements=agreements_named(work),
            units=units_named(work, line.units),
        ),
    )
    return replace(read, called=replace(read.called, services=services_named(work, set(_services(read)))))


def _forbids(work: Work, door: PageDoor, run: RunRow, line: LineListed) -> HardRule | None:
    if run.status is not RunStatus.PROPOSED or line.status not in GOING:
        return None
    return forbidden_lines(work, run, [work.get(ProposalRow, line.id)], at=door.at).get(line.id)


def _by_service(found: Sequence[Alternative]) -> list[Pools]:
    pools: dict[str, list[Alternative]] = {}
    for each in found:
        pools.setdefault(each.service, []).append(each)
    return list(pools.values())


def _unsuitable(problem: Problem, alone: Scene) -> list[str]:
    """Ids of the services that do not suit the only person of a scene."""
    suits = set(alone.options.service.tolist())
    return [each.id for at, each in enumerate(problem.services) if at not in suits]


def _services(read: LineRead) -> Iterator[str]:
    """Every service that is told of, by whatever."""
    yield from services_in([read.line, *read.ties])
    yield from () if read.home is None else (read.home,)
    for pools in (*read.others[:PLACES], *read.open[:PLACES]):
        yield pools[0].service
    yield from (each.service for each in read.unsuitable)
    unlocks = () if read.unplaced is None else read.unplaced.unlocks
    told: list[Reason | Unlock] = [*read.reasons[:REASONS], *unlocks]
    for each in told:
        if each.service is not None:
            yield each.service
        if each.quota is not None:
            there = quota_of(read.problem, each.quota).services or ()
            yield from there if len(there) == 1 else ()


def quota_of(problem: Problem, id: str) -> Quota:
    """A quota of a problem by its id."""
    return next(each for each in problem.quotas if each.id == id)


def _ties(work: Work, door: PageDoor, line: LineListed, problem: Problem, name: str) -> list[LineListed]:
    person = problem.people[problem.person_at[name]]
    alike = [each.id for each in problem.people if (each.band, each.score) == (person.band, person.score)]
    found = tied_with(work, line.run, alike)
    may_open = openable(work, [each.person for each in found], door.visitor.actor, door.at)
    return [each for each in found if each.person in may_open and each.id != line.id]
