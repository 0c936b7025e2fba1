"""Options, of which there may be millions: read by columns if all is well, row by row to say what is not."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final, cast

import numpy as np

from allocation.exchange.keys import OPTION
from allocation.exchange.records import Found, read_record, read_rows
from allocation.problem import LARGEST, Fault, Ints, Options

Positions = Mapping[str, int]

_UNFIT: Final = (KeyError, TypeError, OverflowError)
"""What a row with a missing key, an unknown id, a value of the wrong type or a huge number raises."""


def read_options(
    rows: list[object], people: Positions | None, services: Positions | None
) -> tuple[Options | None, list[Fault]]:
    """Read the rows of ``options``.

    Parameters
    ----------
    people, services
        Positions by id; ``None`` if the list could not be read, so that nobody can say who is missing.

    Returns
    -------
    tuple
        The columns and no fault, or no columns and the faults by their paths (``options[17].service``).
        Columns are not searched for repeats; `allocation.problem.Problem` does that.
    """
    if people is not None and services is not None:
        columns = _columns(rows, people, services)
        if columns is not None:
            return columns, []
    return _row_by_row(rows, people, services)


def _columns(rows: list[object], people: Positions, services: Positions) -> Options | None:
    """Read all rows at once; ``None`` if any of them needs a closer look."""
    if set(map(type, rows)) - {dict}:
        return None
    records = cast("list[Found]", rows)
    costs = [row.get("cost") for row in records]
    units = [row.get("units") for row in records]
    given = 4 * len(rows) - costs.count(None) - units.count(None)
    if sum(map(len, records)) != given or 0 in units:
        return None
    try:
        person, service = _positions(records, "person", people), _positions(records, "service", services)
        options = Options(person=person, service=service, cost=_numbers(costs), units=_numbers(units))
    except _UNFIT:
        return None
    return options if _in_range(options.cost) and _in_range(options.units) else None


def _positions(rows: Sequence[Found], key: str, positions: Positions) -> Ints:
    names = cast("Iterator[str]", map(itemgetter(key), rows))
    return np.fromiter(map(positions.__getitem__, names), dtype=np.int64, count=len(rows))


def _numbers(values: list[object]) -> Ints:
    """Whole numbers, 0 where there is none."""
    if set(map(type, values)) - {int, type(None)}:
        raise TypeError
    return np.array([value or 0 for value in values], dtype=np.int64)


def _in_range(column: Ints) -> bool:
    return not len(column) or bool(column.min() >= 0 and column.max() <= LARGEST)


def _row_by_row(
    rows: list[object], people: Positions | None, services: Positions | None
) -> tuple[Options | None, list[Fault]]:
    found, faults = read_rows(rows, lambda row, _: read_record(row, OPTION), "options")
    faults += _dangling(found, "person", people)
    faults += _dangling(found, "service", services)
    faults += _repeated(found)
    if faults or people is None or services is None:
        return None, faults
    return Options.of(_numbered(row, people, services) for row in found), []


def _dangling(rows: Sequence[Found], key: str, known: Positions | None) -> Iterator[Fault]:
    if known is None:
        return
    for at, row in enumerate(rows):
        if key in row and row[key] not in known:
            yield Fault(f"options[{at}].{key}", f"names no {key}: {row[key]!r}")


def _repeated(rows: Sequence[Found]) -> Iterator[Fault]:
    seen: set[tuple[object, object]] = set()
    for at, row in enumerate(rows):
        if "person" in row and "service" in row:
            pair = row["person"], row["service"]
            if pair in seen:
                yield Fault(f"options[{at}]", "repeats an earlier option of the same person and service")
            seen.add(pair)


def _numbered(row: Found, people: Positions, services: Positions) -> tuple[int, int, int, int]:
    person, service = cast("str", row["person"]), cast("str", row["service"])
    cost, units = cast("int", row.get("cost", 0)), cast("int", row.get("units", 0))
    return people[person], services[service], cost, units
