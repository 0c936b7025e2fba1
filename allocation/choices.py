"""Every place that every person could take, as columns; and the occupants whose place is a fact.

A *choice* is one person in one pool of one service. Who may choose what follows the format: an occupant
who need not leave and may not move has no choice and is a *fact*; one who may move can stay (same service,
same pool) or go to another service; somebody who must leave never has their own service as a choice.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from allocation.eligibility import derived_options
from allocation.problem import Gender, Ints, Options, Problem

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pools:
    """All pools of all services in one numbering: service by service, pools by id.

    service, units
        Per pool.
    first
        Per service the number of its first pool, and one past the end; length services + 1.
    """

    names: tuple[str, ...]
    genders: tuple[Gender, ...]
    service: Ints
    units: Ints
    first: Ints

    @staticmethod
    def of(problem: Problem) -> "Pools":
        """Number the pools of ``problem``."""
        pools = [pool for service in problem.services for pool in service.pools]
        counts = np.array([len(service.pools) for service in problem.services], dtype=np.int64)
        return Pools(
            names=tuple(pool.id for pool in pools),
            genders=tuple(pool.gender for pool in pools),
            service=np.repeat(np.arange(len(counts)), counts),
            units=np.array([pool.units for pool in pools], dtype=np.int64),
            first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        )

    def number(self, service: int, pool: str | None) -> int:
        """The number of a service's pool; with ``None``, of its only pool."""
        first, end = int(self.first[service]), int(self.first[service + 1])
        return first if pool is None else first + self.names[first:end].index(pool)

    def takes(self, gender: Gender) -> Bools:
        """Per pool, whether it is designated ``gender``."""
        return np.array([each is gender for each in self.genders], dtype=np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Occupancy:
    """Where people live now, per person: ``service`` and ``pool`` are -1 for nobody's home here.

    fixed
        Need not leave and may not move: their place is a fact.
    movable
        Need not leave but may move.
    """

    service: Ints
    pool: Ints
    fixed: Bools
    movable: Bools

    @property
    def remains(self) -> Bools:
        """Per person, whether they live here and need not leave."""
        return self.fixed | self.movable

    @staticmethod
    def of(problem: Problem, pools: Pools) -> "Occupancy":
        """Read the occupancy of ``problem``."""
        n = len(problem.people)
        service, pool = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
        fixed, movable = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
        for at, person in enumerate(problem.people):
            if person.current_service is not None:
                service[at] = problem.service_at[person.current_service]
                pool[at] = pools.number(int(service[at]), person.current_pool)
                fixed[at] = person.remains and not person.may_move
                movable[at] = person.remains and person.may_move
        return Occupancy(service=service, pool=pool, fixed=fixed, movable=movable)


@dataclass(frozen=True, kw_only=True, eq=False)
class Choices:
    """Choices as columns of one length, in the order of person, service, pool.

    stays
        The person lives there and would stay.
    moves
        The person lives elsewhere, need not leave, and would move: these count as moved.
    """

    person: Ints
    service: Ints
    pool: Ints
    units: Ints
    cost: Ints
    stays: Bools
    moves: Bools

    def __len__(self) -> int:
        return len(self.person)

    def only(self, rows: Ints | Bools) -> "Choices":
        """The choices at ``rows``."""
        return Choices(**{name: getattr(self, name)[rows] for name in Choices.__annotations__})

    @cached_property
    def people(self) -> Ints:
        """The people who have any choice, ascending."""
        return np.unique(self.person)


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """A problem laid out for solving or checking: pools, occupancy, facts and choices.

    facts
        The places of fixed occupants, as choices that are already made.
    choices
        Everything anybody could still be given, before any capacity or quota is looked at.
    """

    problem: Problem
    options: Options
    pools: Pools
    occupancy: Occupancy
    facts: Choices
    choices: Choices

    @staticmethod
    def of(problem: Problem) -> "Scene":
        """Lay out ``problem``, deriving its options where it lists none."""
        options = derived_options(problem) if problem.options is None else problem.options
        pools = Pools.of(problem)
        occupancy = Occupancy.of(problem, pools)
        units = np.array([person.units for person in problem.people], dtype=np.int64)
        homes = _homes(options, occupancy, units)
        offered = _offered(problem, options, pools, occupancy, units)
        movable = homes.only(occupancy.movable[homes.person])
        return Scene(
            problem=problem,
            options=options,
            pools=pools,
            occupancy=occupancy,
            facts=homes.only(occupancy.fixed[homes.person]),
            choices=_joined(offered, movable),
        )

    @staticmethod
    def of_one(problem: Problem, person: str) -> "Scene":
        """Lay out ``problem`` as if this person were alone in it: what suits them, at the cost of one.

        It has the choices that the whole scene has for them; services keep their positions, and quotas are
        left out.
        """
        at, options = problem.person_at[person], problem.options
        if options is not None:
            rows = np.flatnonzero(options.person == at)
            options = Options(
                person=np.zeros_like(rows),
                service=options.service[rows],
                cost=options.cost[rows],
                units=options.units[rows],
            )
        return Scene.of(
            replace(problem, people=(problem.people[at],), options=options, quotas=(), separations=())
        )

    @cached_property
    def held(self) -> Choices:
        """The places that those who need not leave hold at the start, fixed or not."""
        return _joined(self.facts, self.choices.only(self.choices.stays))


def _homes(options: Options, occupancy: Occupancy, units: Ints) -> Choices:
    """Staying, for all who need not leave: the listed cost and units if their service is listed for them."""
    person = np.flatnonzero(occupancy.remains)
    at_home = options.service == occupancy.service[options.person]
    cost, listed_units = np.zeros(len(units), dtype=np.int64), np.zeros(len(units), dtype=np.int64)
    cost[options.person[at_home]] = options.cost[at_home]
    listed_units[options.person[at_home]] = options.units[at_home]
    used = np.where(listed_units > 0, listed_units, units)
    return Choices(
        person=person,
        service=occupancy.service[person],
        pool=occupancy.pool[person],
        units=used[person],
        cost=cost[person],
        stays=np.ones(len(person), dtype=np.bool_),
        moves=np.zeros(len(person), dtype=np.bool_),
    )


def _offered(problem: Problem, options: Options, pools: Pools, occupancy: Occupancy, units: Ints) -> Choices:
    """The listed options of all who are not facts, away from home, one row for each pool that fits."""
    open_to = ~occupancy.fixed[options.person] & (options.service != occupancy.service[options.person])
    rows = np.flatnonzero(open_to)
    per_row = (pools.first[1:] - pools.first[:-1])[options.service[rows]]
    row = np.repeat(rows, per_row)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(per_row) - per_row, per_row)
    pool = pools.first[options.service[row]] + offset
    fits = _gender_fits(problem, pools, options.person[row], pool)
    row, pool = row[fits], pool[fits]
    person = options.person[row]
    return Choices(
        person=person,
        service=options.service[row],
        pool=pool,
        units=np.where(options.units[row] > 0, options.units[row], units[person]),
        cost=options.cost[row],
        stays=np.zeros(len(row), dtype=np.bool_),
        moves=occupancy.movable[person],
    )


def _gender_fits(problem: Problem, pools: Pools, person: Ints, pool: Ints) -> Bools:
    """Whether each pool is designated for each person: male and female pools take exactly those."""
    fits = (pools.takes(Gender.ANY) | pools.takes(Gender.SAME))[pool]
    for gender in (Gender.MALE, Gender.FEMALE):
        of_gender = np.array([each.gender == gender.value for each in problem.people], dtype=np.bool_)
        fits |= pools.takes(gender)[pool] & of_gender[person]
    return fits


def _joined(one: Choices, other: Choices) -> Choices:
    both = Choices(
        **{
            name: np.concatenate([getattr(one, name), getattr(other, name)])
            for name in Choices.__annotations__
        }
    )
    return both.only(np.lexsort((both.pool, both.service, both.person)))
