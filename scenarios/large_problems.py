"""Made-up problems of any size for measuring: as many people, services and options as asked for.

Authorities stand in a ring; a person can be placed in services of their own authority and its neighbours that
take their client group. What a place costs follows from authority, tier and, for one person in four, a wish
of their own, so that many people, but not all, are alike. Scarcity is set: about five places for six people.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from allocation.problem import Gender, Ints, Options, Person, Pool, Problem, Quota, Service

PEOPLE_PER_PLACE: Final = 1.2
"""More people than places, so that priority decides."""

_NEIGHBOURS: Final = 2
_GROUPS: Final = 6
_TIERS: Final = 3
_BANDS: Final = 5
_TOP_SCORE: Final = 48
_PEOPLE_PER_AUTHORITY: Final = 400
_WISHING: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a problem: people, services and about how many options each person has."""

    people: int
    services: int
    options_each: int = 20


def large_problem(size: Size, *, gendered: bool, seed: int) -> Problem:
    """A problem of ``size``: every service with a cap on non-hosts and, inside it, a cap for each neighbour.

    Parameters
    ----------
    gendered
        Pools for men, for women and for anybody in every service, which cross the caps; otherwise one pool
        each, and everything nests.
    """
    rng = np.random.default_rng(seed)
    authorities = max(2 * _NEIGHBOURS + 1, size.people // _PEOPLE_PER_AUTHORITY)
    people = _People.drawn(size.people, authorities, rng)
    services = _Services.drawn(size, authorities, rng)
    person, service = _suitable(people, services, authorities, size.options_each, rng)
    return Problem(
        people=tuple(people.person(at) for at in range(size.people)),
        services=tuple(services.service(at, gendered=gendered) for at in range(size.services)),
        options=Options(
            person=person,
            service=service,
            cost=_costs(people, services, person, service, authorities, rng),
            units=np.zeros(len(person), dtype=np.int64),
        ),
        quotas=tuple(quota for at in range(size.services) for quota in services.quotas(at, authorities)),
    )


def _authority(number: int) -> str:
    return f"A{number:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    authority: Ints
    group: Ints
    tier: Ints
    band: Ints
    score: Ints
    female: Ints

    @staticmethod
    def drawn(count: int, authorities: int, rng: np.random.Generator) -> "_People":
        return _People(
            authority=rng.integers(0, authorities, count),
            group=rng.integers(0, _GROUPS, count),
            tier=rng.integers(0, _TIERS, count),
            band=np.minimum(rng.geometric(0.35, count), _BANDS),
            score=rng.integers(0, _TOP_SCORE + 1, count),
            female=(rng.random(count) < 0.34).astype(np.int64),
        )

    def person(self, at: int) -> Person:
        return Person(
            id=f"R-{at:07d}",
            band=int(self.band[at]),
            score=int(self.score[at]),
            authority=_authority(int(self.authority[at])),
            gender="female" if self.female[at] else "male",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Services:
    authority: Ints
    tier: Ints
    takes: Ints
    units: Ints

    @staticmethod
    def drawn(size: Size, authorities: int, rng: np.random.Generator) -> "_Services":
        units = rng.poisson(size.people / PEOPLE_PER_PLACE / size.services, size.services)
        return _Services(
            authority=np.arange(size.services) % authorities,
            tier=rng.integers(0, _TIERS, size.services),
            takes=(rng.random((size.services, _GROUPS)) < 0.4).astype(np.int64),
            units=np.maximum(units, 3),
        )

    def service(self, at: int, *, gendered: bool) -> Service:
        units = int(self.units[at])
        men, women = units // 2, units // 4
        pools: tuple[Pool, ...] = (Pool(id="any", units=units),)
        if gendered:
            pools = (
                Pool(id="any", units=units - men - women),
                Pool(id="men", units=men, gender=Gender.MALE),
                Pool(id="women", units=women, gender=Gender.FEMALE),
            )
        return Service(id=f"S-{at:05d}", pools=pools, authority=_authority(int(self.authority[at])))

    def quotas(self, at: int, authorities: int) -> tuple[Quota, ...]:
        own, units = int(self.authority[at]), int(self.units[at])
        here = frozenset({f"S-{at:05d}"})
        beside = {(own + step) % authorities for step in range(-_NEIGHBOURS, _NEIGHBOURS + 1)} - {own}
        outside = Quota(
            id=f"S-{at:05d}/non-host",
            services=here,
            not_authorities=frozenset({_authority(own)}),
            max_units=units // 2,
        )
        partners = (
            Quota(
                id=f"S-{at:05d}/{_authority(each)}",
                services=here,
                authorities=frozenset({_authority(each)}),
                max_units=max(1, units // 5),
            )
            for each in sorted(beside)
        )
        return (outside, *partners)


def _ring_distance(one: Ints, other: Ints, authorities: int) -> Ints:
    apart = abs(one - other)
    return np.asarray(np.minimum(apart, authorities - apart), dtype=np.int64)


def _suitable(
    people: _People, services: _Services, authorities: int, each: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Pairs of person and service, about ``each`` a person: all alike in authority and group share theirs."""
    pairs: list[tuple[Ints, Ints]] = []
    for authority in range(authorities):
        near = _ring_distance(services.authority, np.array(authority), authorities) <= _NEIGHBOURS
        for group in range(_GROUPS):
            members = np.flatnonzero((people.authority == authority) & (people.group == group))
            found = np.flatnonzero(near & (services.takes[:, group] > 0))
            chosen = np.sort(rng.permutation(found)[:each])
            pairs.append((np.repeat(members, len(chosen)), np.tile(chosen, len(members))))
    person, service = (np.concatenate(column) for column in zip(*pairs, strict=True))
    return person, service


def _costs(
    people: _People,
    services: _Services,
    person: Ints,
    service: Ints,
    authorities: int,
    rng: np.random.Generator,
) -> Ints:
    """Ten points an authority away, fifteen a tier away, and a wish of their own for some."""
    away = _ring_distance(people.authority[person], services.authority[service], authorities)
    misfit = abs(people.tier[person] - services.tier[service])
    wishing = (rng.random(len(people.authority)) < _WISHING)[person]
    wish = rng.integers(0, 5, len(person)) * wishing
    return (10 * away + 15 * misfit + wish).astype(np.int64)
