"""What is asked: people, services and their pools, options, quotas, separations, limits.

Everything here is frozen and checked at birth: a problem is complete and consistent, or it does not exist.
A problem is also *canonical*: people, services, pools, options and quotas are kept in the order of their
ids whatever order they were given in, so nothing after this room can depend on the order of a file.

The meaning of every field is the exchange format's, ``placement-problem/1`` (docs/problem-format.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]

LARGEST: Final = 10**9
"""The largest whole number a problem may hold: sums over a million people stay exact in a float (2**53)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a problem: where (a path such as ``people[3].units``) and what."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message

    def under(self, path: str) -> "Fault":
        """The same fault, seen from the outside: its path prefixed by ``path``."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        return Fault(f"{path}{joint}{self.path}", self.message)


class InvalidProblem(ValueError):
    """A problem, or a part of one, that cannot exist. ``faults`` lists everything wrong with it at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Gender(StrEnum):
    """Who a pool's units are designated for. ``SAME``: anyone, but all occupants of one gender."""

    ANY = "any"
    MALE = "male"
    FEMALE = "female"
    SAME = "same"


def whole(name: str, value: int | None, *, least: int = 0) -> Iterator[Fault]:
    """Yield the fault of a whole number outside ``least`` to `LARGEST`; ``None`` is no fault."""
    if value is not None and not least <= value <= LARGEST:
        yield Fault(name, f"is {value}, must be from {least} to {LARGEST}")


def _place(name: str, value: tuple[float, float] | None) -> Iterator[Fault]:
    if value is not None and not (-90 <= value[0] <= 90 and -180 <= value[1] <= 180):
        yield Fault(name, "is not a latitude from -90 to 90 and a longitude from -180 to 180")


def _named(value: str) -> Iterator[Fault]:
    if not value:
        yield Fault("id", "is empty")


def _told(**texts: str | None) -> Iterator[Fault]:
    """Yield a fault for each text that is empty: what is not known is left out."""
    for name, text in texts.items():
        if text is not None and not text:
            yield Fault(name, "is empty")


def refuse(faults: Iterable[Fault]) -> None:
    """Raise `InvalidProblem` if there is any fault, naming all of them."""
    found = tuple(faults)
    if found:
        raise InvalidProblem(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A case: one adult, or a household that takes ``units`` units together.

    band
        1 is the highest priority.
    score
        Orders people inside a band, higher first.
    authority, gender, age, tier
        ``None`` is *unknown* (for ``tier``: no tier asked for), never a guess.
    home
        Latitude and longitude in degrees.
    current_service, current_pool
        Where the person lives now, if in one of these services.
    must_leave
        That service is closing to them: staying is not an option.
    may_move
        The engine may move them to free a unit; if not, they stay and hold their units.
    """

    id: str
    band: int = 1
    score: int = 0
    authority: str | None = None
    units: int = 1
    tags: frozenset[str] = frozenset()
    gender: str | None = None
    age: int | None = None
    client_groups: frozenset[str] = frozenset()
    tier: str | None = None
    access_needs: frozenset[str] = frozenset()
    home: tuple[float, float] | None = None
    avoid_services: frozenset[str] = frozenset()
    avoid_areas: frozenset[str] = frozenset()
    prefers: tuple[str, ...] = ()
    current_service: str | None = None
    current_pool: str | None = None
    must_leave: bool = False
    may_move: bool = False

    def __post_init__(self) -> None:
        refuse(self._faults())

    def _faults(self) -> Iterator[Fault]:
        yield from _named(self.id)
        yield from whole("band", self.band, least=1)
        yield from whole("score", self.score)
        yield from whole("units", self.units, least=1)
        yield from whole("age", self.age)
        yield from _told(authority=self.authority, gender=self.gender, tier=self.tier)
        yield from _place("home", self.home)
        if len(set(self.prefers)) < len(self.prefers):
            yield Fault("prefers", "names a service twice")
        if self.current_service is None and self.current_pool is not None:
            yield Fault("current_pool", "is given without current_service")

    @property
    def remains(self) -> bool:
        """Whether the person lives in one of the services and need not leave it."""
        return self.current_service is not None and not self.must_leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Units of one service that are designated alike.

    units
        How many cases of one unit fit at once. Zero means closed for now.
    gender
        Who may use them.
    """

    id: str
    units: int
    gender: Gender = Gender.ANY

    def __post_init__(self) -> None:
        refuse(chain(_named(self.id), whole("units", self.units), self._gender()))
        object.__setattr__(self, "gender", Gender(self.gender))

    def _gender(self) -> Iterator[Fault]:
        if self.gender not in tuple(Gender):
            yield Fault("gender", f"is {self.gender!r}, must be one of {', '.join(Gender)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """Up to ``max_units`` units of pool ``source`` may be re-designated to pool ``target`` for ``cost`` each.

    ``max_units`` ``None``: as many as the source pool had at the start.
    """

    source: str
    target: str
    max_units: int | None = None
    cost: int = 0

    def __post_init__(self) -> None:
        refuse(chain(whole("max_units", self.max_units), whole("cost", self.cost), self._loop()))

    def _loop(self) -> Iterator[Fault]:
        if self.source == self.target:
            yield Fault("to", f"is the same pool as from ({self.source})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where people can be placed: one or more pools of units at one location.

    direct_access
        An emergency hostel that takes people straight from the street of its own authority.
    cannot_manage
        Tags of risks the service has said it cannot manage.
    """

    id: str
    pools: tuple[Pool, ...]
    tier: str | None = None
    authority: str | None = None
    location: tuple[float, float] | None = None
    client_groups: frozenset[str] = frozenset()
    min_age: int | None = None
    max_age: int | None = None
    features: frozenset[str] = frozenset()
    cannot_manage: frozenset[str] = frozenset()
    direct_access: bool = False
    conversions: tuple[Conversion, ...] = ()

    def __post_init__(self) -> None:
        refuse(self._faults())
        object.__setattr__(self, "pools", tuple(sorted(self.pools, key=lambda pool: pool.id)))
        ordered = sorted(self.conversions, key=lambda each: (each.source, each.target))
        object.__setattr__(self, "conversions", tuple(ordered))

    def _faults(self) -> Iterator[Fault]:
        yield from _named(self.id)
        yield from _told(tier=self.tier, authority=self.authority)
        yield from _place("location", self.location)
        yield from whole("min_age", self.min_age)
        yield from whole("max_age", self.max_age)
        if self.min_age is not None and self.max_age is not None and self.max_age < self.min_age:
            yield Fault("max_age", f"is {self.max_age}, below min_age {self.min_age}")
        if not self.pools:
            yield Fault("pools", "is empty; a service has at least one pool")
        yield from repeats("pools", [pool.id for pool in self.pools])
        yield from self._conversion_faults()

    def _conversion_faults(self) -> Iterator[Fault]:
        known = {pool.id for pool in self.pools}
        seen: set[tuple[str, str]] = set()
        for at, each in enumerate(self.conversions):
            for name, pool in (("from", each.source), ("to", each.target)):
                if pool not in known:
                    yield Fault(f"conversions[{at}].{name}", f"names no pool of this service: {pool!r}")
            if (each.source, each.target) in seen:
                yield Fault(f"conversions[{at}]", f"repeats {each.source!r} to {each.target!r}")
            seen.add((each.source, each.target))


def repeats(name: str, ids: Sequence[str]) -> Iterator[Fault]:
    """Yield a fault at ``name[i].id`` for every id that stood before at a lower ``i``."""
    seen: dict[str, int] = {}
    for at, each in enumerate(ids):
        if each in seen:
            yield Fault(f"{name}[{at}].id", f"repeats {each!r}, already at {name}[{seen[each]}]")
        seen.setdefault(each, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most ``max_units`` and at least ``min_units`` units of ``services`` held by the people selected.

    A selector of ``None`` selects everybody (``services``: every service). A person of unknown authority is
    selected by ``not_authorities`` and by no ``authorities``. ``max_units`` ``None`` is no upper limit.
    """

    id: str
    services: frozenset[str] | None = None
    authorities: frozenset[str] | None = None
    not_authorities: frozenset[str] | None = None
    tags: frozenset[str] = frozenset()
    max_units: int | None = None
    min_units: int = 0

    def __post_init__(self) -> None:
        refuse(chain(_named(self.id), whole("max_units", self.max_units), self._least()))

    def _least(self) -> Iterator[Fault]:
        yield from whole("min_units", self.min_units)
        if self.max_units is not None and self.min_units > self.max_units >= 0:
            yield Fault("min_units", f"is {self.min_units}, above max_units {self.max_units}")

    def selects(self, person: Person) -> bool:
        """Whether the units ``person`` holds in this quota's services count in it."""
        if self.authorities is not None and person.authority not in self.authorities:
            return False
        if self.not_authorities is not None and person.authority in self.not_authorities:
            return False
        return self.tags <= person.tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most occupants moved who need not leave, and the most units converted, in the whole plan."""

    moves: int | None = None
    conversions: int | None = None

    def __post_init__(self) -> None:
        refuse(chain(whole("moves", self.moves), whole("conversions", self.conversions)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Options:
    """The suitable places, as columns of one length ``k``; row ``i`` is one person at one service.

    person, service
        Positions in the problem's ``people`` and ``services``.
    cost
        Points, lower is better.
    units
        Units used there; 0 means the person's own ``units``.
    """

    person: Ints
    service: Ints
    cost: Ints
    units: Ints

    def __len__(self) -> int:
        return len(self.person)

    @staticmethod
    def of(rows: Iterable[tuple[int, int, int, int]]) -> "Options":
        """Columns from rows of (person, service, cost, units)."""
        table = np.array(list(rows), dtype=np.int64).reshape(-1, 4)
        person, service, cost, units = (np.ascontiguousarray(table[:, i]) for i in range(4))
        return Options(person=person, service=service, cost=cost, units=units)

    def faults(self, people: int, services: int) -> Iterator[Fault]:
        """Yield what is wrong, for positions below ``people`` and ``services``: ranges and repeats."""
        for name, low, high in (("person", 0, people - 1), ("service", 0, services - 1)):
            column: Ints = getattr(self, name)
            for at in np.flatnonzero((column < low) | (column > high)).tolist():
                yield Fault(f"options[{at}].{name}", "names nobody or nothing in this problem")
        for name in ("cost", "units"):
            column = getattr(self, name)
            for at in np.flatnonzero((column < 0) | (column > LARGEST)).tolist():
                yield Fault(f"options[{at}].{name}", f"is {column[at]}, must be from 0 to {LARGEST}")
        key = self.person * max(services, 1) + self.service
        order = np.argsort(key, kind="stable")
        for at in np.sort(order[1:][key[order][1:] == key[order][:-1]]).tolist():
            yield Fault(f"options[{at}]", "repeats an earlier option of the same person and service")

    def renumbered(self, people: Ints, services: Ints) -> "Options":
        """The same options after position ``i`` became ``people[i]`` and ``services[i]``, in that order."""
        person, service = people[self.person], services[self.service]
        order = np.lexsort((service, person))
        return Options(
            person=person[order], service=service[order], cost=self.cost[order], units=self.units[order]
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """People to place, services to place them in, and every rule that binds.

    options
        The whole list of suitable places; ``None``: derive them from the attributes
        (`allocation.eligibility`, `allocation.preference`).
    separations
        Pairs of people who must not be in the same service.

    Raises
    ------
    InvalidProblem
        Naming, all at once, every repeated id, dangling reference and contradiction by its path.
    """

    people: tuple[Person, ...]
    services: tuple[Service, ...]
    options: Options | None = None
    quotas: tuple[Quota, ...] = ()
    separations: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        refuse(self._faults())
        people, services = _ranks(self.people), _ranks(self.services)
        if self.options is not None:
            self._set("options", self.options.renumbered(people, services))
        for name in ("people", "services", "quotas"):
            self._set(name, tuple(sorted(getattr(self, name), key=lambda each: each.id)))
        pairs = {(min(pair), max(pair)) for pair in self.separations}
        self._set("separations", tuple(sorted(pairs)))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _faults(self) -> Iterator[Fault]:
        yield from problem_faults(self.people, self.services, self.quotas, self.separations)
        if self.options is not None:
            yield from self.options.faults(len(self.people), len(self.services))

    @cached_property
    def person_at(self) -> dict[str, int]:
        """Position in ``people`` by id."""
        return {person.id: at for at, person in enumerate(self.people)}

    @cached_property
    def service_at(self) -> dict[str, int]:
        """Position in ``services`` by id."""
        return {service.id: at for at, service in enumerate(self.services)}


def _ranks(things: Sequence[Person] | Sequence[Service]) -> Ints:
    """The position each thing takes once all are in the order of their ids."""
    order = sorted(range(len(things)), key=lambda at: things[at].id)
    ranks = np.empty(len(things), dtype=np.int64)
    ranks[order] = np.arange(len(things))
    return ranks


def problem_faults(
    people: Sequence[Person],
    services: Sequence[Service],
    quotas: Sequence[Quota],
    separations: Sequence[tuple[str, str]],
) -> Iterator[Fault]:
    """Yield what is wrong between the parts, by position in the order given: repeats and dangling names."""
    yield from repeats("people", [person.id for person in people])
    yield from repeats("services", [service.id for service in services])
    yield from repeats("quotas", [quota.id for quota in quotas])
    pools = {service.id: [pool.id for pool in service.pools] for service in services}
    for at, person in enumerate(people):
        for fault in _person_faults(person, pools):
            yield fault.under(f"people[{at}]")
    for at, quota in enumerate(quotas):
        for name in sorted((quota.services or frozenset()).difference(pools)):
            yield Fault(f"quotas[{at}].services", f"names no service: {name!r}")
    yield from _separation_faults(separations, {person.id for person in people})


def _person_faults(person: Person, pools: dict[str, list[str]]) -> Iterator[Fault]:
    for field_name in ("avoid_services", "prefers"):
        for name in sorted(set(getattr(person, field_name)).difference(pools)):
            yield Fault(field_name, f"names no service: {name!r}")
    if person.current_service is None:
        return
    if person.current_service not in pools:
        yield Fault("current_service", f"names no service: {person.current_service!r}")
    elif person.current_pool is not None and person.current_pool not in pools[person.current_service]:
        yield Fault("current_pool", f"names no pool of {person.current_service}: {person.current_pool!r}")
    elif person.current_pool is None and len(pools[person.current_service]) > 1:
        yield Fault("current_pool", f"is missing; {person.current_service} has several pools")


def _separation_faults(separations: Sequence[tuple[str, str]], people: set[str]) -> Iterator[Fault]:
    for at, pair in enumerate(separations):
        for side, name in enumerate(pair):
            if name not in people:
                yield Fault(f"separations[{at}][{side}]", f"names no person: {name!r}")
        if pair[0] == pair[1]:
            yield Fault(f"separations[{at}]", f"keeps {pair[0]!r} apart from themselves")
