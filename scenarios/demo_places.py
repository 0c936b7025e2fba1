"""Which places suit whom in the demonstration, and which of them are empty just now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

import numpy as np

from allocation.eligibility import suitable_pairs
from allocation.problem import Gender, Problem, Service
from gateway.assessment.referral import Referral
from scenarios.demo_cases import Case
from scenarios.problem_people import person_of
from scenarios.region_in_store import RegionInStore

_HOME_FIRST = 0.85
"""How often somebody is offered a place in their own authority before any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacant:
    """Units of one service that are empty and suit somebody; ``units`` are ids in the store."""

    service: Service
    units: tuple[str, ...]


class Places:
    """What stands empty, and from which day: the loader's own memory, so that it asks nothing twice.

    starting
        The day on which the services open that start late.
    """

    def __init__(self, region: RegionInStore, cases: Sequence[Case], *, starting: date) -> None:
        self.region = region
        services = (*region.ground.staying, *region.ground.former)
        late = region.ground.settings.starting_services
        self._free_from = {
            unit: starting if service in late else date.min
            for (service, _), units in region.units.items()
            for unit in units
        }
        self._suited = _suited([each.facts for each in cases], services)

    def empty(self, day: date) -> Iterator[tuple[str, str]]:
        """Every unit that is empty on a day, with its service's id in the region."""
        for (service, _), units in self.region.units.items():
            for unit in units:
                if self._free_from[unit] <= day:
                    yield service, unit

    def for_case(self, case: Case, day: date, rng: Random) -> Iterator[Vacant]:
        """Where they could go on a day: mostly the own authority first, otherwise by chance."""
        home_first = rng.random() < _HOME_FIRST
        services = list(self._suited[case.number])
        rng.shuffle(services)
        services.sort(key=lambda each: home_first and each.authority != case.facts.authority)
        for service in services:
            units = self._empty_in(service, case.facts, day)
            if len(units) >= case.facts.units:
                yield Vacant(service=service, units=tuple(units[: case.facts.units]))

    def take(self, units: Sequence[str]) -> None:
        """Somebody has them."""
        self._free_from.update(dict.fromkeys(units, date.max))

    def free(self, units: Sequence[str], day: date) -> None:
        """They are empty from this day on."""
        self._free_from.update(dict.fromkeys(units, day))

    def void(self, units: Sequence[str], until: date | None) -> None:
        """They cannot be let before this day; ``None``: nobody knows yet."""
        self.free(units, until or date.max)

    def _empty_in(self, service: Service, facts: Referral, day: date) -> list[str]:
        found = []
        for pool in service.pools:
            if pool.gender in (Gender.ANY, Gender.SAME) or pool.gender.value == facts.gender:
                units = self.region.units[service.id, pool.id]
                found += [unit for unit in units if self._free_from[unit] <= day]
        return found


def _suited(people: Sequence[Referral], services: Sequence[Service]) -> Mapping[int, tuple[Service, ...]]:
    """By position of the person, the services that suit, by the engine's own rules."""
    problem = Problem(people=tuple(map(person_of, people)), services=tuple(services))
    person, service = suitable_pairs(problem)
    return {
        at: tuple(problem.services[each] for each in service[np.flatnonzero(person == at)].tolist())
        for at in range(len(people))
    }
