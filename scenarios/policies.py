"""What simpler ways of allocating would have done with the same units, to measure ours against.

Both go from person to person and give each the cheapest place still open, and look neither ahead nor back: no
unit is converted, no occupant is moved to free one, and nobody gives up a place that somebody of higher
priority could have used better. They keep every rule that ours keeps; a quota's ``min_units`` alone they do
not look at.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from allocation.assemble import placements_of
from allocation.choices import Scene
from allocation.greedy import place_in_order
from allocation.plan import Placement
from allocation.problem import Person, Problem
from allocation.rules import Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where one way of allocating leaves everybody.

    placements
        Everybody with a place at the end, occupants who stay included, in the order of their ids.
    placed_by_band
        Band to (placed, people), as in a plan's summary.
    cost
        Of all placements together, in the points of a plan's cost.
    """

    placements: tuple[Placement, ...]
    placed_by_band: Mapping[int, tuple[int, int]]
    cost: int


class UnknownArrivals(ValueError):
    """The order of arrival does not name everybody in the problem once."""


def first_come_first_served(problem: Problem, *, arrivals: Sequence[str] | None = None) -> Outcome:
    """Whoever came first chooses first, whatever their risk.

    Parameters
    ----------
    arrivals
        Every person's id, the earliest first; ``None``: ids in their own order, as references that are given
        out one after the other have it.

    Raises
    ------
    UnknownArrivals
        If ``arrivals`` leaves somebody out, or names somebody twice or somebody unknown.
    """
    people = problem.people
    order = [person.id for person in people] if arrivals is None else list(arrivals)
    if sorted(order) != [person.id for person in people]:
        raise UnknownArrivals(f"{len(order)} arrivals do not name each of {len(people)} people exactly once")
    return _outcome(problem, (problem.person_at[each] for each in order))


def greedy_by_priority(problem: Problem) -> Outcome:
    """Whoever has the highest priority chooses first: band, then score, then id.

    What is left out against an optimal plan is foresight alone: whoever has many places may take the only one
    that the next person has.
    """
    people = problem.people
    return _outcome(problem, sorted(range(len(people)), key=lambda at: _priority(people[at])))


def _priority(person: Person) -> tuple[int, int, str]:
    return person.band, -person.score, person.id


def _outcome(problem: Problem, order: Iterable[int]) -> Outcome:
    programme = Programme.of(Scene.of(problem))
    placements = placements_of(programme, place_in_order(programme, order))
    placed = Counter(problem.people[problem.person_at[each.person]].band for each in placements)
    people = Counter(person.band for person in problem.people)
    return Outcome(
        placements=placements,
        placed_by_band={band: (placed[band], people[band]) for band in sorted(people)},
        cost=sum(each.cost for each in placements),
    )
