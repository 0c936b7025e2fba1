"""Who had a unit when: stays of five years, unit by unit, half-open and with no two that overlap.

How long people stay and units stand empty is ours, set so that the units are about 93 % taken and a hundred
referrals make about two thirds of a hundred stays in 40 units: what 100,000 referrals and 40,000 units leave.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from scenarios.large_ground import YEARS, Region, Service, Unit

_MEAN_STAY, _SHORTEST_STAY = 1_000, 14
_MEAN_GAP, _SHORTEST_GAP = 35, 8
_FIRST_WITHIN: Final = 1_300
"""Days in which the units that were there from the beginning came into use, one after another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A unit of a service; ``authority`` is where it stands."""

    unit: str
    service: str
    authority: str
    suits: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """Somebody lived in a place from a day until another; ``until`` ``None``: they do still."""

    place: Place
    from_day: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """Nobody has the place since this day."""

    place: Place
    since: date


def places_of(regions: Iterable[Region]) -> Iterator[tuple[Service, Unit, Place]]:
    """Every unit of every service as a place."""
    for region in regions:
        for service in region.services:
            for unit in service.units:
                yield (
                    service,
                    unit,
                    Place(unit=unit.id, service=service.id, authority=service.authority, suits=unit.suits),
                )


def draw_stays(
    regions: Iterable[Region], most: int, on: date, rng: Random
) -> tuple[list[Spell], list[Empty]]:
    """The stays up to a day, at most so many, and the places that are empty then and open."""
    spells: list[Spell] = []
    empty: list[Empty] = []
    for service, unit, place in places_of(regions):
        drawn, since = _of_unit(service, unit, place, on, rng)
        if len(spells) + len(drawn) > most:
            drawn, since = [], unit.opens_on
        spells += drawn
        if since is not None and service.closes_on is None:
            empty.append(Empty(place=place, since=since))
    return spells, empty


def _of_unit(
    service: Service, unit: Unit, place: Place, on: date, rng: Random
) -> tuple[list[Spell], date | None]:
    """The stays in one unit, and since when it is empty; ``None``: it is not."""
    spells: list[Spell] = []
    first = max(unit.opens_on, on - timedelta(days=365 * YEARS))
    share = (on - first).days / (365 * YEARS)
    since, last = first, service.closes_on or on
    day = first + _days(rng.uniform(0, _FIRST_WITHIN) * share + rng.expovariate(1 / 60) + _SHORTEST_GAP)
    while day < last:
        end = day + _days(_SHORTEST_STAY + rng.expovariate(1 / _MEAN_STAY))
        if end >= last and service.closes_on is None:
            return [*spells, Spell(place=place, from_day=day, until=None)], None
        since = min(end, last)
        spells.append(Spell(place=place, from_day=day, until=since))
        day = since + _days(_SHORTEST_GAP + rng.expovariate(1 / _MEAN_GAP))
    return spells, since


def _days(days: float) -> timedelta:
    return timedelta(days=int(days))
