"""Does a plan add up? Its summary, costs and lists against its own placements, person by person."""

from collections import Counter
from collections.abc import Iterator

from allocation.choices import Scene
from allocation.plan import Plan
from allocation.problem import Problem


def tally_faults(scene: Scene, plan: Plan) -> Iterator[str]:
    """Yield every figure of ``plan`` that does not follow from its placements and conversions."""
    yield from _costs(scene, plan)
    yield from _lists(scene.problem, plan)
    yield from _summary(scene.problem, plan)


def _costs(scene: Scene, plan: Plan) -> Iterator[str]:
    problem = scene.problem
    ids = [person.id for person in problem.people]
    costs: dict[tuple[str, str, str], int] = {}
    for each in (scene.facts, scene.choices):
        for person, pool, cost in zip(
            each.person.tolist(), each.pool.tolist(), each.cost.tolist(), strict=True
        ):
            service = problem.services[int(scene.pools.service[pool])].id
            costs[ids[person], service, scene.pools.names[pool]] = cost
    for placement in plan.placements:
        cost = costs[placement.person, placement.service, placement.pool]
        if placement.cost != cost:
            yield f"{placement.person} at {placement.service} costs {cost}, not {placement.cost}."
        origin = problem.people[problem.person_at[placement.person]].current_service
        if placement.origin != origin:
            yield f"{placement.person} comes from {origin or 'outside'}, not {placement.origin or 'outside'}."


def _lists(problem: Problem, plan: Plan) -> Iterator[str]:
    placed = {placement.person for placement in plan.placements}
    listed = Counter(each.person for each in plan.unplaced)
    for person in problem.people:
        if listed[person.id] != (person.id not in placed):
            where = "placed" if person.id in placed else "without a place"
            yield f"{person.id} is {where}, and stands {listed[person.id]} times among the unplaced."
    for stranger in sorted(listed.keys() - problem.person_at.keys()):
        yield f"{stranger} is not in the problem."


def _summary(problem: Problem, plan: Plan) -> Iterator[str]:
    people = {person.id: person for person in problem.people}
    prices = {
        (service.id, each.source, each.target): each.cost
        for service in problem.services
        for each in service.conversions
    }
    converted = sum(prices[each.service, each.source, each.target] * each.units for each in plan.conversions)
    total = Counter(person.band for person in problem.people)
    placed = Counter(people[each.person].band for each in plan.placements)
    expected = {
        "people": len(problem.people),
        "placed": len(plan.placements),
        "unplaced": len(problem.people) - len(plan.placements),
        "stayed": sum(each.stays for each in plan.placements),
        "moved": sum(people[each.person].remains and not each.stays for each in plan.placements),
        "placed_by_band": {band: (placed[band], total[band]) for band in sorted(total)},
        "cost": converted + sum(each.cost for each in plan.placements),
        "conversions": sum(each.units for each in plan.conversions),
    }
    for name, value in expected.items():
        if getattr(plan.summary, name) != value:
            yield f"summary.{name} is {getattr(plan.summary, name)}; the placements make it {value}."
    if plan.status.value == "optimal" and plan.summary.unproved:
        yield "The plan is called optimal, and its summary names levels that are not proved."
    if plan.status.value == "optimal" and plan.summary.cost_bound != plan.summary.cost:
        yield f"summary.cost_bound is {plan.summary.cost_bound}; an optimal plan's is its cost."
