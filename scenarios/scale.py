"""Bring a region's services, purchases and caps to the size of an emergency, so that scarcity stays the same.

Every number of units is multiplied by one factor and rounded so that totals keep: units by gender over the
services together, units bought by partner inside each jointly purchased service. Above size 1 a shared house
(a pool whose occupants are all of one gender) does not grow: there are more houses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil, floor

from allocation.problem import Conversion, Gender, Pool, Quota, Service
from scenarios.region_parts import Purchase

_ROUNDING = 1e-9
"""Products of a factor and a whole number that should be whole are, to this."""


def scaled_services(services: Sequence[Service], factor: float) -> tuple[Service, ...]:
    """The same services with ``factor`` times the units, in whole units, by gender as near as can be."""
    units: dict[tuple[str, str], int] = {}
    for gender in Gender:
        keys = [(each.id, pool.id) for each in services for pool in each.pools if pool.gender == gender]
        exact = [pool.units * factor for each in services for pool in each.pools if pool.gender == gender]
        units.update(zip(keys, apportioned(exact), strict=True))
    return tuple(_scaled(each, units, factor) for each in services)


def _scaled(service: Service, units: dict[tuple[str, str], int], factor: float) -> Service:
    pools = [
        each for pool in service.pools for each in _scaled_pool(pool, units[service.id, pool.id], factor)
    ]
    conversions = tuple(_scaled_conversion(each, factor) for each in service.conversions)
    return replace(service, pools=tuple(pools), conversions=conversions)


def _scaled_pool(pool: Pool, units: int, factor: float) -> Iterator[Pool]:
    """The pool at its new size; a shared house as several houses under their first one's name."""
    houses = max(1, round(factor)) if pool.gender == Gender.SAME else 1
    for house, share in enumerate(apportioned([units / houses] * houses), start=1):
        yield replace(pool, id=pool.id if house == 1 else f"{pool.id}-{house}", units=share)


def _scaled_conversion(conversion: Conversion, factor: float) -> Conversion:
    if conversion.max_units is None:
        return conversion
    return replace(conversion, max_units=upwards(conversion.max_units * factor))


def scaled_cap(cap: Quota, factor: float) -> Quota:
    """The cap at its new size, rounded upwards: a cap of one place stays one, a cap of none stays none."""
    return cap if cap.max_units is None else replace(cap, max_units=upwards(cap.max_units * factor))


def purchase_quotas(purchases: Sequence[Purchase], services: Sequence[Service]) -> Iterator[Quota]:
    """What joint purchase means for the allocation: each partner holds at most the units that it bought.

    A jointly purchased service belongs to everybody who bought units in it, wherever it stands, so host and
    non-host go by share and not by site (West London Joint Commissioning Protocol, joint purchase template).
    The shares are those of the files, brought to the units the service has here.
    """
    there = {each.id: sum(pool.units for pool in each.pools) for each in services}
    for service in sorted({each.service for each in purchases} & there.keys()):
        buyers = [each for each in purchases if each.service == service]
        bought = sum(each.units for each in buyers)
        units = apportioned([each.units * there[service] / bought for each in buyers])
        for buyer, share in zip(buyers, units, strict=True):
            yield Quota(
                id=f"{service}/{buyer.authority}",
                services=frozenset({service}),
                authorities=frozenset({buyer.authority}),
                max_units=share,
            )


def apportioned(exact: Sequence[float]) -> list[int]:
    """Whole numbers next to ``exact`` ones, their sum the nearest to the exact sum.

    The largest remainders go up, of equal ones the earlier.
    """
    whole = [floor(value + _ROUNDING) for value in exact]
    missing = floor(sum(exact) + 0.5 + _ROUNDING) - sum(whole)
    by_remainder = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in by_remainder[:missing]:
        whole[at] += 1
    return whole


def upwards(value: float) -> int:
    """The next whole number at or above."""
    return ceil(value - _ROUNDING)
