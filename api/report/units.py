"""How full everything is at the end of a plan: pools with their conversions, and quotas."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from allocation.choices import Scene
from allocation.plan import Plan
from allocation.problem import Problem
from allocation.steps import units_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Units held, and the most there may be (``None``: no limit)."""

    used: int
    most: int | None

    @property
    def left(self) -> int | None:
        """Units still to be had; never below 0."""
        return None if self.most is None else max(self.most - self.used, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Units by person, by (service, pool) and by quota id, at the end of a plan.

    genders
        How many people of each gender are in a pool.
    """

    people: Mapping[str, int]
    pools: Mapping[tuple[str, str], Use]
    quotas: Mapping[str, Use]
    genders: Mapping[tuple[str, str], Counter[str | None]]

    @staticmethod
    def of(problem: Problem, plan: Plan) -> "Units":
        """Count the units of ``plan``, which must fit ``problem``."""
        people = _people(problem, plan)
        return Units(
            people=people,
            pools=_pools(problem, plan, people),
            quotas=_quotas(problem, plan, people),
            genders=_genders(problem, plan),
        )


def _people(problem: Problem, plan: Plan) -> dict[str, int]:
    """Per person; only where a problem lists its options may they say otherwise than the person does."""
    if problem.options is None:
        return {each.person: problem.people[problem.person_at[each.person]].units for each in plan.placements}
    takes, holds = units_of(Scene.of(problem), plan.placements)
    return {each.person: holds[each.person] if each.stays else takes[each.person] for each in plan.placements}


def _genders(problem: Problem, plan: Plan) -> dict[tuple[str, str], Counter[str | None]]:
    found: dict[tuple[str, str], Counter[str | None]] = {}
    for each in plan.placements:
        gender = problem.people[problem.person_at[each.person]].gender
        found.setdefault((each.service, each.pool), Counter())[gender] += 1
    return found


def _pools(problem: Problem, plan: Plan, people: Mapping[str, int]) -> dict[tuple[str, str], Use]:
    most = {(service.id, pool.id): pool.units for service in problem.services for pool in service.pools}
    for each in plan.conversions:
        most[each.service, each.source] -= each.units
        most[each.service, each.target] += each.units
    used: Counter[tuple[str, str]] = Counter()
    for placement in plan.placements:
        used[placement.service, placement.pool] += people[placement.person]
    return {pool: Use(used=used[pool], most=units) for pool, units in most.items()}


def _quotas(problem: Problem, plan: Plan, people: Mapping[str, int]) -> dict[str, Use]:
    """Per quota; each looks at the placements of its own services alone: there may be thousands of both."""
    there: dict[str, list[str]] = {service.id: [] for service in problem.services}
    for placement in plan.placements:
        there[placement.service].append(placement.person)
    found = {}
    for quota in problem.quotas:
        services = there.keys() if quota.services is None else quota.services
        holders = (person for service in services for person in there[service])
        used = sum(
            people[person] for person in holders if quota.selects(problem.people[problem.person_at[person]])
        )
        found[quota.id] = Use(used=used, most=quota.max_units)
    return found
