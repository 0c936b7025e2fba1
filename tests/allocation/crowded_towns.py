"""Towns where nearly every rule crosses another: households, shared rooms, conversions, quotas, limits.

Larger than the referee can try out, and scarce enough that whole answers lie far from the linear one.
"""

import numpy as np

from allocation.problem import Conversion, Gender, Limits, Options, Person, Pool, Problem, Quota, Service

AUTHORITIES = ("A", "B", "C")


def town(seed, most=40):
    """The town of that seed, of 15 to ``most`` people."""
    rng = np.random.default_rng(seed)
    services = [_service(rng, f"S{at}") for at in range(rng.integers(3, 8))]
    persons = list(_people(rng, services, int(rng.integers(15, most))))
    return Problem(
        people=tuple(persons),
        services=tuple(services),
        options=_options(rng, len(persons), len(services)),
        quotas=tuple(_quotas(rng, services)),
        separations=_separations(rng, len(persons)),
        limits=Limits(moves=int(rng.integers(0, 5)), conversions=int(rng.integers(0, 5))),
    )


def _service(rng, name):
    units = rng.integers(0, 5, 2).tolist()
    pools = [
        Pool(id="f", units=units[0], gender=Gender.FEMALE),
        Pool(id="m", units=units[1], gender=Gender.MALE),
        Pool(id="s", units=int(rng.integers(0, 4)), gender=Gender.SAME),
        Pool(id="x", units=int(rng.integers(1, 7))),
    ]
    way = Conversion(source="m", target="f", max_units=3, cost=int(rng.integers(0, 20)))
    ways = (way,) if rng.random() < 0.4 else ()
    return Service(id=name, pools=tuple(pools), authority=str(rng.choice(AUTHORITIES)), conversions=ways)


def _people(rng, services, count):
    free = {service.id: service.pools[-1].units for service in services}
    for at in range(count):
        units, home = int(rng.choice([1, 1, 1, 1, 2, 3, 4])), str(rng.choice(sorted(free)))
        lives = rng.random() < 0.2 and free[home] >= units
        free[home] -= units if lives else 0
        yield Person(
            id=f"P{at:02}",
            band=int(rng.integers(1, 5)),
            score=int(rng.integers(0, 60)),
            authority=str(rng.choice(AUTHORITIES)),
            units=units,
            gender=str(rng.choice(["male", "female"])),
            tags=frozenset({"arson"} if rng.random() < 0.2 else ()),
            current_service=home if lives else None,
            current_pool="x" if lives else None,
            may_move=bool(lives and rng.random() < 0.7),
        )


def _options(rng, people, services):
    suits = rng.random((people, services)) < 0.6
    cost = rng.integers(0, 30, (people, services))
    person, service = np.nonzero(suits)
    return Options(
        person=person, service=service, cost=cost[suits], units=np.zeros(len(person), dtype=np.int64)
    )


def _quotas(rng, services):
    for service in services:
        at = frozenset({service.id})
        guests = frozenset({service.authority})
        yield Quota(
            id=f"{service.id}/guests", services=at, not_authorities=guests, max_units=int(rng.integers(2, 6))
        )
        yield Quota(
            id=f"{service.id}/arson",
            services=at,
            tags=frozenset({"arson"}),
            max_units=int(rng.integers(1, 4)),
        )
    for each in AUTHORITIES:
        some = frozenset(service.id for service in services if rng.random() < 0.6)
        yield Quota(id=each, services=some, authorities=frozenset({each}), max_units=int(rng.integers(4, 14)))


def _separations(rng, people):
    pairs = {(min(pair), max(pair)) for pair in rng.integers(0, people, (3, 2)).tolist()}
    return tuple((f"P{one:02}", f"P{other:02}") for one, other in sorted(pairs) if one != other)
