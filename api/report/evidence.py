"""All that a report is written from, and the few questions that every part of it asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from allocation.certify import Certification
from allocation.choices import Scene
from allocation.plan import Placement, Plan
from allocation.problem import Person, Problem, Service
from api.report.names import Names
from api.report.units import Units
from scenarios.policies import Outcome


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """An emergency, the plan that answers it, what the checker says, and what simpler ways would have done.

    on
        The day the report speaks of. Reports hold no other date or time, so that the same evidence gives the
        same page.
    closing
        Ids of the services that close.
    unscored
        Who is not yet scored, and what nobody has asked about them, in words.
    """

    title: str
    on: date
    problem: Problem
    plan: Plan
    certification: Certification
    first_come: Outcome
    greedy: Outcome
    names: Names = field(default_factory=Names)
    closing: frozenset[str] = frozenset()
    unscored: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def scene(self) -> Scene:
        """The problem laid out, with every place that everybody could take."""
        return Scene.of(self.problem)

    @cached_property
    def units(self) -> Units:
        """How full everything is at the end."""
        return Units.of(self.problem, self.plan)

    @cached_property
    def needing(self) -> tuple[Person, ...]:
        """Everybody who needs a place: those who must leave and new referrals, highest priority first."""
        return tuple(sorted((each for each in self.problem.people if not each.remains), key=priority))

    @cached_property
    def place(self) -> Mapping[str, Placement]:
        """Placements by person."""
        return {each.person: each for each in self.plan.placements}

    @cached_property
    def open_services(self) -> frozenset[str]:
        """Ids of the services that have a unit at the end and do not close."""
        return frozenset(service for (service, _), use in self.units.pools.items() if use.most) - self.closing

    def person(self, person: str) -> Person:
        """A person by id."""
        return self.problem.people[self.problem.person_at[person]]

    def service(self, service: str) -> Service:
        """A service by id."""
        return self.problem.services[self.problem.service_at[service]]


def priority(person: Person) -> tuple[int, int, str]:
    """Sorts people by priority, the highest first, then by id."""
    return person.band, -person.score, person.id
