"""From JSON values to a `Plan`, or to everything wrong with them at once; and from a `Plan` to JSON."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar, cast

from allocation.exchange.plan_keys import (
    CONCERNS,
    CONVERTED,
    PLACEMENT,
    PLAN,
    REASON,
    SUMMARY,
    UNLOCK,
    UNPLACED,
    UNPROVED,
    Change,
)
from allocation.exchange.records import (
    PLAN_FORMAT,
    Found,
    Keys,
    read_document,
    read_record,
    read_rows,
    whole_document,
)
from allocation.exchange.strict_json import InvalidDocument
from allocation.exchange.values import texts, under
from allocation.plan import Converted, Placement, Plan, Reason, Summary, Unlock, Unplaced, Unproved
from allocation.problem import Fault, Problem

T = TypeVar("T")
Document = dict[str, object]

_TABLES: Final[Mapping[type, Keys]] = {
    Plan: PLAN,
    Summary: SUMMARY,
    Unproved: UNPROVED,
    Placement: PLACEMENT,
    Unplaced: UNPLACED,
    Reason: REASON,
    Unlock: UNLOCK,
    Converted: CONVERTED,
}


def plan_of(document: object, problem: Problem | None = None, *, already: Iterable[Fault] = ()) -> Plan:
    """Read a plan from parsed JSON (docs/problem-format.md).

    Parameters
    ----------
    problem
        If given, every person, service, pool and quota that the plan names must be in it. Whether the plan
        is *for* it (``problem_sha256``), and whether it holds, is for `allocation.certify` to say.
    already
        Faults that were found before, to be reported with the others.

    Raises
    ------
    InvalidDocument
        Naming every fault (see `whole_document`).
    """

    def read(faults: list[Fault]) -> Plan | None:
        found, wrong = _read(document)
        faults += [*wrong, *_repeats(found)]
        if problem is not None:
            faults += _dangling(found, _Known.of(problem))
        return None if faults else _made(found)

    return whole_document(read, PLAN, already)


def _read(document: object) -> tuple[Found, list[Fault]]:
    found, faults = read_document(document, PLAN)
    if "summary" in found:
        found["summary"], wrong = _summary(found["summary"])
        faults += under("summary", wrong)
    faults += _replace_rows(found, "placements", lambda row, _: read_record(row, PLACEMENT))
    faults += _replace_rows(found, "unplaced", lambda row, _: _unplaced(row))
    faults += _replace_rows(found, "conversions", lambda row, _: read_record(row, CONVERTED))
    faults += _replace_rows(found, "steps", lambda row, _: _step(row))
    return found, faults


def _replace_rows(
    found: Found, name: str, read: Callable[[object, int], tuple[T, list[Fault]]]
) -> list[Fault]:
    """Read the rows of ``found[name]``, if it is there, and put what was read in their place."""
    if name not in found:
        return []
    found[name], faults = read_rows(cast("list[object]", found[name]), read, name)
    return faults


def _summary(value: object) -> tuple[Found, list[Fault]]:
    found, faults = read_record(value, SUMMARY)
    faults += _replace_rows(found, "unproved", lambda row, _: read_record(row, UNPROVED))
    return found, faults


def _unplaced(value: object) -> tuple[Found, list[Fault]]:
    found, faults = read_record(value, UNPLACED)
    faults += _replace_rows(found, "reasons", lambda row, _: read_record(row, REASON))
    faults += _replace_rows(found, "unlocks", lambda row, _: _unlock(row))
    return found, faults


def _unlock(value: object) -> tuple[Found, list[Fault]]:
    found, faults = read_record(value, UNLOCK)
    if "kind" in found:
        kind = cast("Change", found["kind"])
        found["kind"] = kind.value
        faults += _concerns(cast("Mapping[str, object]", value), kind)
    return found, faults


def _concerns(unlock: Mapping[str, object], kind: Change) -> Iterator[Fault]:
    for name in ("service", "pool", "quota", "from", "to"):
        if name in CONCERNS[kind] and unlock.get(name) is None:
            yield Fault(name, f"is missing from an unlock of kind {kind}")
        if name not in CONCERNS[kind] and unlock.get(name) is not None:
            yield Fault(name, f"does not belong in an unlock of kind {kind}")


def _step(value: object) -> tuple[tuple[str, ...], list[Fault]]:
    try:
        return texts(value), []
    except InvalidDocument as refused:
        return (), list(refused.faults)


def _rows(found: Found, name: str) -> list[Found]:
    return cast("list[Found]", found.get(name, []))


def _steps(found: Found) -> list[tuple[str, ...]]:
    return cast("list[tuple[str, ...]]", found.get("steps", []))


def _repeats(found: Found) -> Iterator[Fault]:
    """Yield a fault for everybody who is answered twice, and for each conversion that is told twice."""
    seen: dict[object, str] = {}
    rows = [
        (name, at, row) for name in ("placements", "unplaced") for at, row in enumerate(_rows(found, name))
    ]
    for name, at, row in rows:
        person = row.get("person")
        if person is not None and person in seen:
            yield Fault(f"{name}[{at}].person", f"repeats {person!r}, already at {seen[person]}")
        seen.setdefault(person, f"{name}[{at}]")
    pools: set[tuple[object, ...]] = set()
    for at, row in enumerate(_rows(found, "conversions")):
        pair = tuple(row.get(name) for name in ("service", "source", "target"))
        if None not in pair and pair in pools:
            yield Fault(f"conversions[{at}]", "repeats an earlier conversion between the same pools")
        pools.add(pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The ids that a plan may name."""

    people: frozenset[str]
    pools: Mapping[str, frozenset[str]]
    quotas: frozenset[str]

    @classmethod
    def of(cls, problem: Problem) -> "_Known":
        return cls(
            people=frozenset(person.id for person in problem.people),
            pools={each.id: frozenset(pool.id for pool in each.pools) for each in problem.services},
            quotas=frozenset(quota.id for quota in problem.quotas),
        )

    def missing(self, row: Found) -> Iterator[Fault]:
        """Yield a fault for each id in ``row`` that is not in the problem."""
        for attribute, key, kind, known in (
            ("person", "person", "person", self.people),
            ("service", "service", "service", self.pools),
            ("origin", "from", "service", self.pools),
            ("quota", "quota", "quota", self.quotas),
        ):
            if attribute in row and row[attribute] not in known:
                yield Fault(key, f"names no {kind}: {row[attribute]!r}")
        service = str(row.get("service"))
        for attribute, key in (("pool", "pool"), ("source", "from"), ("target", "to")):
            if attribute in row and row[attribute] not in self.pools.get(service, (row[attribute],)):
                yield Fault(key, f"names no pool of {service}: {row[attribute]!r}")


def _dangling(found: Found, known: _Known) -> Iterator[Fault]:
    for path, row in _naming(found):
        yield from under(path, known.missing(row))
    for at, step in enumerate(_steps(found)):
        for place, person in enumerate(step):
            if person not in known.people:
                yield Fault(f"steps[{at}][{place}]", f"names no person: {person!r}")


def _naming(found: Found) -> Iterator[tuple[str, Found]]:
    """Each record of a plan that names something of its problem, with its path."""
    for name in ("placements", "unplaced", "conversions"):
        for at, row in enumerate(_rows(found, name)):
            yield f"{name}[{at}]", row
    for at, row in enumerate(_rows(found, "unplaced")):
        for name in ("reasons", "unlocks"):
            for place, each in enumerate(_rows(row, name)):
                yield f"unplaced[{at}].{name}[{place}]", each


def _made(found: Found) -> Plan:
    summary = cast("Found", found["summary"])
    make: Callable[..., Plan] = Plan
    rows = {
        "summary": _each(Summary, [summary | {"unproved": _each(Unproved, _rows(summary, "unproved"))}])[0],
        "placements": _each(Placement, [{"origin": None} | row for row in _rows(found, "placements")]),
        "unplaced": tuple(map(_made_unplaced, _rows(found, "unplaced"))),
        "conversions": _each(Converted, _rows(found, "conversions")),
        "steps": tuple(_steps(found)),
    }
    return make(**{name: value for name, value in found.items() if name != "format"} | rows)


def _made_unplaced(row: Found) -> Unplaced:
    make: Callable[..., Unplaced] = Unplaced
    parts = {"reasons": _each(Reason, _rows(row, "reasons")), "unlocks": _each(Unlock, _rows(row, "unlocks"))}
    return make(**row | parts)


def _each(make: Callable[..., T], rows: Iterable[Found]) -> tuple[T, ...]:
    return tuple(make(**row) for row in rows)


def plan_document(plan: Plan) -> Document:
    """A plan as JSON values, keys in the order of the format and ``run`` last; rows in the order of the plan.

    Left out is only what says nothing: a placement's ``from`` if the person lived in none of the services,
    what a reason or an unlock does not concern, ``unproved`` and ``message`` if there are none.

    Raises
    ------
    TypeError
        If ``certificate`` or ``run`` holds an object with keys that are not text.
    """
    return {"format": PLAN_FORMAT} | _record(plan)


def _record(thing: object) -> Document:
    document: Document = {}
    for name, key in _TABLES[type(thing)].items():
        value = getattr(thing, key.attribute, None)  # a plan does not keep its format
        if value is not None and (value != () or name != "unproved"):
            document[name] = _plain(value) if name != "placed_by_band" else _by_band(value)
    return document


def _by_band(placed: Mapping[int, tuple[int, int]]) -> Document:
    return {str(band): list(counts) for band, counts in sorted(placed.items())}


def _plain(value: object) -> object:
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {_key(name): _plain(item) for name, item in value.items()}
    return _record(value) if type(value) in _TABLES else value


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"a key in a plan's certificate or run is text, not {name!r}")
    return name
