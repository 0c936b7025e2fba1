"""From JSON values to a `Problem`, or to everything that is wrong with them at once.

A part that cannot be read is replaced by a stand-in of the same id in the same position, so that the rest
can still be checked: what refers to it is not called dangling, and every path keeps its number. Where a whole
list cannot be read, nobody can say what is missing from it, and nothing that refers to it is called dangling.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, cast

from allocation.exchange.keys import CONVERSION, LIMITS, PERSON, POOL, PROBLEM, QUOTA, SERVICE
from allocation.exchange.option_rows import read_options
from allocation.exchange.records import Found, built, read_document, read_record, read_rows, whole_document
from allocation.exchange.strict_json import InvalidDocument
from allocation.exchange.values import text, under, unfit
from allocation.problem import (
    Conversion,
    Fault,
    InvalidProblem,
    Limits,
    Options,
    Person,
    Pool,
    Problem,
    Quota,
    Service,
    problem_faults,
)

T = TypeVar("T")
Pair = tuple[str, str]


class StandIn(str):
    """The id of something that could not be read, or not with its id."""

    __slots__ = ()


_UNREAD = Pool(id=StandIn("\0pools"), units=0)
"""All pools of a service whose list of pools could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What could be read of a document. ``None``: not even the list could be, or it is not there."""

    people: list[Person] | None
    services: list[Service] | None
    quotas: list[Quota]
    separations: list[Pair]
    limits: Limits
    options: Options | None


def problem_of(document: object, *, already: Iterable[Fault] = ()) -> Problem:
    """Read a problem from parsed JSON (docs/problem-format.md).

    ``already`` are faults that were found before, to be reported with the others.

    Raises
    ------
    InvalidDocument
        Naming every fault (see `whole_document`).
    """

    def read(faults: list[Fault]) -> Problem | None:
        parts, wrong = _parts(document)
        faults += wrong
        if not faults:
            return _whole(parts)
        faults += _between(parts)
        return None

    return whole_document(read, PROBLEM, already)


def _parts(document: object) -> tuple[_Parts, list[Fault]]:
    found, faults = read_document(document, PROBLEM)

    def rows(name: str, read: Callable[[object, int], tuple[T, list[Fault]]]) -> list[T]:
        things, wrong = read_rows(_list(found, name), read, name)
        faults.extend(wrong)
        return things

    people = rows("people", _person) if "people" in found else None
    services = rows("services", _service) if "services" in found else None
    parts = _Parts(
        people=people,
        services=services,
        quotas=rows("quotas", _quota),
        separations=rows("separations", _pair),
        limits=_limits(found.get("limits", {}), faults),
        options=None,
    )
    if "options" not in found:
        return parts, faults
    options, wrong = read_options(_list(found, "options"), _positions(people), _positions(services))
    return replace(parts, options=options), faults + wrong


def _list(found: Found, name: str) -> list[object]:
    return cast("list[object]", found.get(name, []))


def _limits(value: object, faults: list[Fault]) -> Limits:
    found, wrong = read_record(value, LIMITS)
    faults += under("limits", wrong)
    return built(Limits, found, LIMITS)[0]


def _positions(things: Iterable[Person | Service] | None) -> dict[str, int] | None:
    return None if things is None else {thing.id: at for at, thing in enumerate(things)}


def _whole(parts: _Parts) -> Problem:
    return Problem(
        people=tuple(parts.people or ()),
        services=tuple(parts.services or ()),
        options=parts.options,
        quotas=tuple(parts.quotas),
        separations=tuple(parts.separations),
        limits=parts.limits,
    )


def _person(value: object, at: int) -> tuple[Person, list[Fault]]:
    found, faults = read_record(value, PERSON)
    if "id" not in found:
        found["id"] = StandIn(f"\0people[{at}]")
    if faults and "current_service" not in found and _gives(value, "current_service"):
        found.pop("current_pool", None)  # or it would be said to lack the service that is there, if misspelt
    person, wrong = built(Person, found, PERSON)
    return person, faults + wrong


def _gives(value: object, name: str) -> bool:
    return isinstance(value, dict) and value.get(name) is not None


def _pool(value: object, at: int) -> tuple[Pool, list[Fault]]:
    found, faults = read_record(value, POOL)
    pool, wrong = built(Pool, found, POOL, {"id": StandIn(f"\0pools[{at}]"), "units": 0})
    return pool, faults + wrong


def _conversion(value: object, at: int) -> tuple[Conversion, list[Fault]]:
    found, faults = read_record(value, CONVERSION)
    instead = {"source": StandIn(f"\0conversions[{at}].from"), "target": StandIn(f"\0conversions[{at}].to")}
    conversion, wrong = built(Conversion, found, CONVERSION, instead)
    return conversion, faults + wrong


def _service(value: object, at: int) -> tuple[Service, list[Fault]]:
    found, faults = read_record(value, SERVICE)
    found.setdefault("id", StandIn(f"\0services[{at}]"))
    pools, wrong_pools = read_rows(_list(found, "pools"), _pool, "pools")
    conversions, wrong_conversions = read_rows(_list(found, "conversions"), _conversion, "conversions")
    faults += [*wrong_pools, *wrong_conversions]
    pools = pools or [_UNREAD]
    found |= {"pools": (*pools, *_stand_in_pools(pools, conversions)), "conversions": tuple(conversions)}
    make: Callable[..., Service] = Service
    try:
        service = make(**found)
    except InvalidProblem as refused:
        faults += refused.faults
    else:
        if not faults:
            return service, []
    distinct = {pool.id: pool for pool in pools}
    return make(id=found["id"], pools=tuple(distinct.values())), faults


def _stand_in_pools(pools: Sequence[Pool], conversions: Sequence[Conversion]) -> Iterator[Pool]:
    """Pools for the ends of conversions that could not be read; for all ends, if the pools could not be."""
    ends = {end for each in conversions for end in (each.source, each.target)}
    for end in ends:
        if _UNREAD in pools or isinstance(end, StandIn):
            yield Pool(id=end, units=0)


def _quota(value: object, at: int) -> tuple[Quota, list[Fault]]:
    found, faults = read_record(value, QUOTA)
    quota, wrong = built(Quota, found, QUOTA, {"id": StandIn(f"\0quotas[{at}]")})
    return quota, faults + wrong


def _pair(value: object, at: int) -> tuple[Pair, list[Fault]]:
    first, second = StandIn(f"\0separations[{at}][0]"), StandIn(f"\0separations[{at}][1]")
    if type(value) is not list or len(value) != 2:
        return (first, second), list(unfit(value, "a list of two people").faults)
    one, wrong_one = _side(value[0], 0, first)
    other, wrong_other = _side(value[1], 1, second)
    return (one, other), wrong_one + wrong_other


def _side(value: object, side: int, instead: StandIn) -> tuple[str, list[Fault]]:
    try:
        return text(value), []
    except InvalidDocument as refused:
        return instead, under(f"[{side}]", refused.faults)


def _between(parts: _Parts) -> Iterator[Fault]:
    """What is wrong between the parts, once something is wrong inside them."""
    people = [*(parts.people or ()), *_people_who_may_exist(parts)]
    services = [*(parts.services or ()), *_services_that_may_exist(parts)]
    by_id = {service.id: service for service in services}
    people = [_settled(person, by_id) for person in people]
    yield from problem_faults(people, services, parts.quotas, parts.separations)
    if parts.options is not None:
        yield from parts.options.faults(len(people), len(services))


def _people_who_may_exist(parts: _Parts) -> Iterator[Person]:
    names = {name for pair in parts.separations for name in pair}
    if parts.people is not None:
        names = {name for name in names if isinstance(name, StandIn)}
    yield from (Person(id=name) for name in sorted(names))


def _services_that_may_exist(parts: _Parts) -> Iterator[Service]:
    if parts.services is not None:
        return
    names = {name for quota in parts.quotas for name in quota.services or ()}
    for person in parts.people or ():
        names |= {*person.avoid_services, *person.prefers, person.current_service or ""}
    for name in sorted(names - {""}):
        yield Service(id=name, pools=(_UNREAD,))


def _settled(person: Person, services: Mapping[str, Service]) -> Person:
    """The person, in an unread pool if the pools of their service could not be read."""
    service = services.get(person.current_service or "")
    if service is None or person.current_pool is None or _UNREAD not in service.pools:
        return person
    return replace(person, current_pool=_UNREAD.id)
