"""From a `Problem` to its one canonical document, and to the digest that names it."""

import json
from collections.abc import Iterator
from dataclasses import fields
from enum import StrEnum
from hashlib import sha256
from typing import Final, cast

from allocation.exchange.keys import CONVERSION, LIMITS, PERSON, POOL, QUOTA, SERVICE
from allocation.exchange.records import PROBLEM_FORMAT, Keys
from allocation.problem import Conversion, Limits, Options, Person, Pool, Problem, Quota, Service

Document = dict[str, object]

_TABLES: Final[dict[type, Keys]] = {
    Person: PERSON,
    Service: SERVICE,
    Pool: POOL,
    Conversion: CONVERSION,
    Quota: QUOTA,
    Limits: LIMITS,
}
_DEFAULTS: Final = {kind: {each.name: each.default for each in fields(kind)} for kind in _TABLES}


def canonical(problem: Problem) -> Document:
    """The one document of a problem, as JSON values.

    People, services, pools, options and quotas come in the order of their ids (by code point), sets of words
    and separations sorted, keys in the order of the format, and whatever is at its default is left out.
    Problems that say the same in another order have the same document.
    """
    document = _without_options(problem)
    if problem.options is None:
        return document
    ordered = {name: document[name] for name in ("format", "people", "services")}
    return ordered | {"options": list(_options(problem, problem.options))} | document


def digest(problem: Problem) -> str:
    """The SHA-256 of a problem, as 64 hexadecimal digits: the same for any order of its file.

    Hashed are, one after the other: the canonical document without ``options`` as JSON in ASCII, keys sorted,
    no blanks, and a newline; then, if there are options, the four columns *person*, *service*, *cost* and
    *units* (0 if not given), where *person* and *service* are positions in the canonical lists, rows are in
    the order of (person, service), and each number is a signed 64-bit integer, least significant byte first.
    Without options, the word ``derived`` stands in place of the columns.
    """
    document = _without_options(problem)
    head = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    hashed = sha256(f"{head}\n".encode("ascii"))
    if problem.options is None:
        hashed.update(b"derived")
    else:
        for column in _columns(problem.options):
            hashed.update(column)
    return hashed.hexdigest()


def _columns(options: Options) -> Iterator[bytes]:
    for column in (options.person, options.service, options.cost, options.units):
        yield column.astype("<i8").tobytes()


def _without_options(problem: Problem) -> Document:
    document: Document = {
        "format": PROBLEM_FORMAT,
        "people": [_record(person) for person in problem.people],
        "services": [_record(service) for service in problem.services],
    }
    if problem.quotas:
        document["quotas"] = [_record(quota) for quota in problem.quotas]
    if problem.separations:
        document["separations"] = [list(pair) for pair in problem.separations]
    if problem.limits != Limits():
        document["limits"] = _record(problem.limits)
    return document


def _record(thing: Person | Service | Pool | Conversion | Quota | Limits) -> Document:
    defaults = _DEFAULTS[type(thing)]
    document: Document = {}
    for name, key in _TABLES[type(thing)].items():
        value = getattr(thing, key.attribute)
        if key.required or value != defaults[key.attribute]:
            document[name] = _plain(value)
    return document


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_item(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    return value


def _item(value: object) -> object:
    """An item of a tuple: a pool, a conversion, an id, or a coordinate (minus nought is nought)."""
    if isinstance(value, (Pool, Conversion)):
        return _record(value)
    return value if isinstance(value, str) else float(cast("float", value)) + 0.0


def _options(problem: Problem, options: Options) -> Iterator[Document]:
    people = [person.id for person in problem.people]
    services = [service.id for service in problem.services]
    columns = (options.person, options.service, options.cost, options.units)
    for person, service, cost, units in zip(*(column.tolist() for column in columns), strict=True):
        option: Document = {"person": people[person], "service": services[service]}
        if cost:
            option["cost"] = cost
        if units:
            option["units"] = units
        yield option
