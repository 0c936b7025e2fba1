"""The referee: tries every plan of a small problem, slowly and obviously, to hold the engine against.

Nothing here knows the engine. Each rule is written once, straight from the exchange format
(docs/problem-format.md), and read in both directions: `violations` asks every rule about a plan somebody else
made, `best` asks every rule about every plan there is. What the format leaves open is settled so:

staying
    The same service and the same pool. An occupant who need not leave has no other pool of their own service
    as a choice; somebody who must leave never has their present service as a choice.
units and cost of staying
    The option's, if the present service is listed for that person (an option that gives no units: the
    person's own); else the person's own units and no cost. Those who may not move count in the total, too.
listed
    In ``options``; where the problem gives none, in the options derived from the attributes.
over-full
    What those who need not leave hold at the start is a fact. Where that is more than a pool's units, nobody
    new enters the pool and none of its units is converted, from it or to it. Where it is more than a quota's
    ``max_units``, nobody enters who was not counted in it already, and the total does not rise above it.
same
    A gender is its text; a person of unknown gender is alike to nobody. Where those who need not leave are
    mixed at the start, nobody new enters; elsewhere all occupants at the end are of one gender.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final, NamedTuple, TypeAlias

from allocation.eligibility import derived_options
from allocation.problem import Conversion, Gender, Person, Pool, Problem, Quota

At: TypeAlias = tuple[str, str]
"""A pool: the ids of its service and of itself."""

Assignment: TypeAlias = Mapping[str, At | None]
"""Where every person ends, by id; ``None`` is nowhere."""

Conversions: TypeAlias = Mapping[tuple[str, str, str], int]
"""Units re-designated, by service, source pool and target pool; what is not named is 0."""


@dataclass(frozen=True, slots=True)
class Place:
    """A pool a person may end in, the units they hold there, and the points it costs."""

    service: str
    pool: str
    units: int
    cost: int

    @property
    def at(self) -> At:
        """The pool."""
        return self.service, self.pool


class Levels(NamedTuple):
    """How good a plan is.

    bands
        For every band that anybody is in, ascending: the band, the people placed, their scores together.
    cost
        Option costs plus conversion costs.
    moved
        People who need not leave and whose service changes.
    """

    bands: tuple[tuple[int, int, int], ...]
    cost: int
    moved: int

    def better_than(self, other: "Levels") -> bool:
        """Whether this comes first by "What is optimal", each level only after the one before it."""
        return (self.bands, -self.cost, -self.moved) > (other.bands, -other.cost, -other.moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The best values a problem allows, and one plan that reaches them."""

    levels: Levels
    assignment: Assignment
    conversions: Conversions


Ending: TypeAlias = Mapping[str, Place]
"""The place of everybody who has one, by the person's id."""


def places(problem: Problem) -> dict[str, tuple[Place, ...]]:
    """Every place each person may end in, by the person's id: their present one first, then the cheapest.

    People who need not leave end in one of theirs; all others may also end in none.
    """
    return _Facts(problem).places


def violations(problem: Problem, assignment: Assignment, conversions: Conversions) -> list[str]:
    """Every rule that a complete plan breaks, one sentence each; none, if it may be carried out.

    A plan that leaves somebody out or names what the problem does not have is told that and no more.
    """
    facts = _Facts(problem)
    return list(_unknown(facts, assignment, conversions)) or _broken(facts, assignment, conversions)


def levels(problem: Problem, assignment: Assignment, conversions: Conversions) -> Levels:
    """How good a plan is, whether or not it may be carried out."""
    return _levels(_Facts(problem), assignment, conversions)


def best(problem: Problem) -> Best | None:
    """The best plan there is, by trying all of them; ``None`` where no plan meets every ``min_units``.

    Time grows exponentially with the people, and with the units that may be converted.
    """
    search = _Search(_Facts(problem))
    search.settle(0)
    return search.found


class _Facts:
    """A problem, and what is so before anybody is placed."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.people = {person.id: person for person in problem.people}
        self.services = {service.id: service for service in problem.services}
        self.pools = {(at.id, pool.id): pool for at in problem.services for pool in at.pools}

    @cached_property
    def conversions(self) -> dict[tuple[str, str, str], Conversion]:
        services = self.problem.services
        return {(at.id, way.source, way.target): way for at in services for way in at.conversions}

    @cached_property
    def listed(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Cost and units (0: not given) by person and service, of every suitable pair."""
        problem = self.problem
        options = derived_options(problem) if problem.options is None else problem.options
        columns = (options.person, options.service, options.cost, options.units)
        return {
            (problem.people[person].id, problem.services[service].id): (cost, units)
            for person, service, cost, units in zip(*(each.tolist() for each in columns), strict=True)
        }

    def place(self, person: Person, service: str, pool: str) -> Place:
        cost, units = self.listed.get((person.id, service), (0, 0))
        return Place(service, pool, units or person.units, cost)

    @cached_property
    def homes(self) -> dict[str, Place]:
        """The present place of everyone who need not leave it."""
        return {
            person.id: self.place(person, service, person.current_pool or self.services[service].pools[0].id)
            for person in self.people.values()
            if (service := person.current_service) is not None and person.remains
        }

    @cached_property
    def places(self) -> dict[str, tuple[Place, ...]]:
        return {person.id: tuple(self._places(person)) for person in self.people.values()}

    def _places(self, person: Person) -> Iterator[Place]:
        if person.remains:
            yield self.homes[person.id]
        if person.remains and not person.may_move:
            return
        elsewhere = (
            self.place(person, service.id, pool.id)
            for service in self.services.values()
            if (person.id, service.id) in self.listed and service.id != person.current_service
            for pool in service.pools
            if _admits(pool, person)
        )
        yield from sorted(elsewhere, key=lambda place: (place.cost, place.at))

    @cached_property
    def held(self) -> Counter[At]:
        """Units of each pool held at the start by those who need not leave."""
        return _held(self.homes)

    def overfull(self, at: At) -> bool:
        return self.held[at] > self.pools[at].units

    def arrives(self, person: str, place: Place) -> bool:
        """Whether somebody who ends in ``place`` does not stay there, but is new to it."""
        return self.homes.get(person) != place


def _admits(pool: Pool, person: Person) -> bool:
    """Whether a newcomer's gender fits; a pool for men or women takes those of exactly that gender."""
    return pool.gender in {Gender.ANY, Gender.SAME} or pool.gender.value == person.gender


def _told(at: At) -> str:
    service, pool = at
    return f"{pool} of {service}"


def _held(ending: Ending) -> Counter[At]:
    units: Counter[At] = Counter()
    for place in ending.values():
        units[place.at] += place.units
    return units


def _ending(facts: _Facts, assignment: Assignment) -> Ending:
    return {who: facts.place(facts.people[who], *at) for who, at in assignment.items() if at is not None}


def _levels(facts: _Facts, assignment: Assignment, conversions: Conversions) -> Levels:
    ending = _ending(facts, assignment)
    placed = [facts.people[who] for who in ending]
    bands = []
    for band in sorted({person.band for person in facts.people.values()}):
        scores = [person.score for person in placed if person.band == band]
        bands.append((band, len(scores), sum(scores)))
    cost = sum(place.cost for place in ending.values()) + _conversion_cost(facts, conversions)
    return Levels(tuple(bands), cost, len(_moved(facts, ending)))


def _conversion_cost(facts: _Facts, conversions: Conversions) -> int:
    return sum(facts.conversions[way].cost * units for way, units in conversions.items())


def _moved(facts: _Facts, ending: Ending) -> list[str]:
    """The people who need not leave and whose service changes."""
    return [who for who, home in facts.homes.items() if who in ending and ending[who].service != home.service]


# --------------------------------------------------------------------------------------------- the rules


def _unknown(facts: _Facts, assignment: Assignment, conversions: Conversions) -> Iterator[str]:
    for who in sorted(facts.people.keys() - assignment.keys()):
        yield f"{who} is left out"
    for who in sorted(assignment.keys() - facts.people.keys()):
        yield f"{who} is nobody in this problem"
    for at in sorted({at for at in assignment.values() if at is not None} - facts.pools.keys()):
        yield f"{at} is no pool in this problem"
    for way in sorted(conversions.keys() - facts.conversions.keys()):
        yield f"{way} is no conversion in this problem"


def _homeless(facts: _Facts, ending: Ending, _: Conversions) -> Iterator[str]:
    """Every occupant who need not leave has a place."""
    for who in sorted(facts.homes.keys() - ending.keys()):
        yield f"{who} loses their place and gets no other"


def _unsuitable(facts: _Facts, ending: Ending, _: Conversions) -> Iterator[str]:
    """A person ends where they live and may stay, or at a listed option whose pool takes their gender."""
    for who, place in ending.items():
        person = facts.people[who]
        if not facts.arrives(who, place):
            continue
        if person.remains and not person.may_move:
            yield f"{who} may not be moved"
        if place.service == person.current_service:
            yield f"{who} must leave {place.service}" if person.must_leave else f"{who} swaps pools at home"
        elif (who, place.service) not in facts.listed:
            yield f"{place.service} is not suitable for {who}"
        if not _admits(facts.pools[place.at], person):
            yield f"pool {_told(place.at)} is not for the gender of {who}"


def _unconvertible(facts: _Facts, _: Ending, conversions: Conversions) -> Iterator[str]:
    """Up to ``max_units`` each way, never more than a pool had at the start, none where it is over-full."""
    out: Counter[At] = Counter()
    for (service, source, target), units in conversions.items():
        way = facts.conversions[service, source, target]
        out[service, source] += units
        if units < 0:
            yield f"{units} units are converted from {source} to {target} at {service}"
        if way.max_units is not None and units > way.max_units:
            yield f"{units} units, more than {way.max_units}, go from {source} to {target} at {service}"
        if units and (facts.overfull((service, source)) or facts.overfull((service, target))):
            yield f"{service} converts from {source} to {target}, one of which is over-full"
    for at, units in out.items():
        if units > facts.pools[at].units:
            yield f"{units} units are converted from {at}, more than it had at the start"
    most = facts.problem.limits.conversions
    if most is not None and sum(conversions.values()) > most:
        yield f"{sum(conversions.values())} units are converted, more than {most} in the whole plan"


def _crowded(facts: _Facts, ending: Ending, conversions: Conversions) -> Iterator[str]:
    """No pool holds more than its units after conversions; one that is over-full takes nobody new."""
    units = {at: pool.units for at, pool in facts.pools.items()}
    for (service, source, target), converted in conversions.items():
        units[service, source] -= converted
        units[service, target] += converted
    for at, held in _held(ending).items():
        if not facts.overfull(at) and held > units[at]:
            yield f"pool {_told(at)} holds {held} units and has {units[at]}"
    for who, place in ending.items():
        if facts.overfull(place.at) and facts.arrives(who, place):
            yield f"{who} enters pool {_told(place.at)}, which is over-full"


def _mixed(facts: _Facts, ending: Ending, _: Conversions) -> Iterator[str]:
    """A ``same`` pool that is mixed at the start takes nobody new; no other is mixed at the end."""
    for at, pool in facts.pools.items():
        if pool.gender is not Gender.SAME:
            continue
        present = _genders(facts, facts.homes, at)
        arriving = [who for who, place in ending.items() if place.at == at and facts.arrives(who, place)]
        if len(present) > 1 and arriving:
            yield f"{arriving} enter pool {_told(at)}, which is mixed already"
        if len(present) < 2 and len(_genders(facts, ending, at)) > 1:
            yield f"pool {_told(at)} is for one gender at a time and is mixed"


def _genders(facts: _Facts, ending: Ending, at: At) -> set[tuple[str, str]]:
    """The genders in a pool; an unknown one is the person's own, alike to no other."""
    inside = (facts.people[who] for who, place in ending.items() if place.at == at)
    return {("", who.id) if who.gender is None else (who.gender, "") for who in inside}


def _over_quota(facts: _Facts, ending: Ending, _: Conversions) -> Iterator[str]:
    """At most ``max_units`` are held; where more are at the start, nobody enters and no unit is added."""
    for quota in facts.problem.quotas:
        if quota.max_units is None:
            continue
        before, after = _counted(facts, quota, facts.homes), _counted(facts, quota, ending)
        most = max(quota.max_units, sum(before.values()))
        if sum(after.values()) > most:
            yield f"quota {quota.id} counts {sum(after.values())} units and allows {most}"
        if sum(before.values()) > quota.max_units and after.keys() - before.keys():
            yield f"{sorted(after.keys() - before.keys())} enter quota {quota.id}, which is over-full"


def _under_quota(facts: _Facts, ending: Ending, _: Conversions) -> Iterator[str]:
    """At least ``min_units`` are held, whatever the start was."""
    for quota in facts.problem.quotas:
        units = sum(_counted(facts, quota, ending).values())
        if units < quota.min_units:
            yield f"quota {quota.id} counts {units} units and needs {quota.min_units}"


def _counted(facts: _Facts, quota: Quota, ending: Ending) -> dict[str, int]:
    """The units that each person counted in a quota holds: selected, and in one of its services."""
    return {
        who: place.units
        for who, place in ending.items()
        if quota.selects(facts.people[who]) and (quota.services is None or place.service in quota.services)
    }


def _together(facts: _Facts, ending: Ending, _: Conversions) -> Iterator[str]:
    """Two separated people are never in one service, unless both live there and both stay."""
    for one, other in facts.problem.separations:
        ends = {who: ending[who] for who in (one, other) if who in ending}
        together = len(ends) == 2 and ends[one].service == ends[other].service
        if together and any(facts.arrives(who, place) for who, place in ends.items()):
            yield f"{one} and {other} are both at {ends[one].service}"


def _too_many_moves(facts: _Facts, ending: Ending, _: Conversions) -> Iterator[str]:
    """At most ``limits.moves`` people are moved who need not leave."""
    most, moved = facts.problem.limits.moves, _moved(facts, ending)
    if most is not None and len(moved) > most:
        yield f"{len(moved)} people are moved, more than {most}: {moved}"


_Rule: TypeAlias = Callable[[_Facts, Ending, Conversions], Iterator[str]]

# Once broken they stay broken, whoever else is placed.
_LASTING: Final[tuple[_Rule, ...]] = (
    _unsuitable,
    _unconvertible,
    _crowded,
    _mixed,
    _over_quota,
    _together,
    _too_many_moves,
)

# Only a complete plan breaks these.
_FINAL: Final[tuple[_Rule, ...]] = (_homeless, _under_quota)


def _broken(facts: _Facts, assignment: Assignment, conversions: Conversions) -> list[str]:
    ending = _ending(facts, assignment)
    return [found for rule in (*_LASTING, *_FINAL) for found in rule(facts, ending, conversions)]


# -------------------------------------------------------------------------------------------- the search


class _Search:
    """Settles one person after the other.

    It leaves a branch only where nothing in it can be the best plan: a rule is broken that stays broken, or
    the best that could happen to all who are still to come is not good enough.
    """

    def __init__(self, facts: _Facts) -> None:
        self.facts = facts
        self.order = sorted(facts.people.values(), key=lambda person: (person.band, -person.score, person.id))
        self.ways = _ways(facts)
        self.assignment: dict[str, At | None] = {}
        self.found: Best | None = None

    def settle(self, count: int) -> None:
        """Try every place for everybody after the first ``count``, and keep the best plan met."""
        ending = _ending(self.facts, self.assignment)
        conversions = next((way for way in self.ways if not any(_crowded(self.facts, ending, way))), None)
        if conversions is None or not self._promising(conversions):
            return
        if any(any(rule(self.facts, ending, conversions)) for rule in _LASTING):
            return
        if count == len(self.order):
            self._keep(conversions)
            return
        person = self.order[count]
        choices: list[At | None] = [place.at for place in self.facts.places[person.id]]
        for at in choices if person.remains else [*choices, None]:
            self.assignment[person.id] = at
            self.settle(count + 1)
            del self.assignment[person.id]

    def _promising(self, conversions: Conversions) -> bool:
        """Whether a plan better than the best so far is left if all to come get their cheapest place."""
        if self.found is None:
            return True
        dream = {who.id: _cheapest(self.facts.places[who.id]) for who in self._to_come()}
        bands, cost, _ = _levels(self.facts, {**self.assignment, **dream}, conversions)
        moved = _moved(self.facts, _ending(self.facts, self.assignment))
        return Levels(bands, cost, len(moved)).better_than(self.found.levels)

    def _to_come(self) -> list[Person]:
        return self.order[len(self.assignment) :]

    def _keep(self, conversions: Conversions) -> None:
        if _broken(self.facts, self.assignment, conversions):
            return
        reached = _levels(self.facts, self.assignment, conversions)
        self.found = Best(levels=reached, assignment=dict(self.assignment), conversions=conversions)


def _cheapest(choices: tuple[Place, ...]) -> At | None:
    return min(choices, key=lambda place: place.cost).at if choices else None


def _ways(facts: _Facts) -> list[dict[tuple[str, str, str], int]]:
    """Every way to convert units that breaks no rule by itself, the cheapest first.

    Of two that cost the same, one that converts a unit for nothing comes after the one that does not:
    `product` counts upwards, and sorting keeps its order.
    """
    names = list(facts.conversions)
    ranges = [range(_most_units(facts, name) + 1) for name in names]
    ways = [dict(zip(names, units, strict=True)) for units in product(*ranges)]
    allowed = [way for way in ways if not any(_unconvertible(facts, {}, way))]
    return sorted(allowed, key=lambda way: _conversion_cost(facts, way))


def _most_units(facts: _Facts, name: tuple[str, str, str]) -> int:
    service, source, _ = name
    units, most = facts.pools[service, source].units, facts.conversions[name].max_units
    return units if most is None else min(units, most)
