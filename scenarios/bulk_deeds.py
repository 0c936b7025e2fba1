"""Rows with the events that tell of them, drawn without a database, as ``gateway.records.write`` leaves them.

For stores of invented people that are too large to be made one use case at a time. What a deed says and how
an event is kept is the gateway's own (``as_json``, ``particulars_digest``); a test has ``gateway check`` and
``gateway audit verify`` look at what comes of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from random import Random
from typing import Any, TypeAlias

from gateway.records.actor import Actor
from gateway.records.write import as_json, particulars_digest
from gateway.schema import MIGRATIONS
from gateway.storage.sealing import is_sealed

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The letters of the gateway's own ids (``api.ids``): random ids meet an index as real ones do."""

_ID_LENGTH = 10

VERSION = "version"
"""The column that counts how often a row was written; no event tells of it."""
Values: TypeAlias = dict[str, Any]
"""A row by its columns; what is not named is null, or the column's default."""

Rows: TypeAlias = Mapping[str, list[Values]]
"""Rows by table."""


@dataclass(slots=True)
class Drawn:
    """A row of a table, as it stands after the last deed that changed it."""

    table: str
    values: Values


Changes: TypeAlias = list[tuple[Drawn, Values]]
"""Rows, and the columns of each that a deed changed."""


class Deeds:
    """What was done, in the order of telling; `rows` gives all of it, the events in the order of their time.

    rng
        Where ids and salts come from: the same seed makes the same rows.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._rows: dict[str, list[Values]] = {}
        self._events: list[tuple[datetime, int, Values, tuple[str, ...], Values | None]] = []

    def new_id(self, prefix: str) -> str:
        """A random id with this prefix."""
        return f"{prefix}-{''.join(self.rng.choices(ALPHABET, k=_ID_LENGTH))}"

    def keep(self, table: str, **values: Any) -> Drawn:  # noqa: ANN401  whatever a column holds
        """A new row; the next deed must tell of it."""
        row = Drawn(table, values)
        if _has_version(table):
            values[VERSION] = 1
        self._rows.setdefault(table, []).append(values)
        return row

    def file(self, table: str, rows: Iterable[Values]) -> None:
        """New rows of which no event tells, because they are drawn from others (blind index keys)."""
        self._rows.setdefault(table, []).extend(rows)

    def deed(
        self,
        what: str,
        *new: Drawn,
        changed: Iterable[tuple[Drawn, Values]] = (),
        by: Actor,
        at: datetime,
        about: Iterable[str],
        why: str | None = None,
    ) -> None:
        """Something was done: ``new`` rows came, ``changed`` ones have other values from now on."""
        plain: dict[str, Values] = {}
        sealed: dict[str, Any] = {"why": why} if why else {}
        for row in new:
            _tell(row, {column: (None, value) for column, value in row.values.items()}, plain, sealed)
        for row, values in changed:
            _tell(row, {each: (row.values.get(each), value) for each, value in values.items()}, plain, sealed)
            row.values.update(values)
            if VERSION in row.values:
                row.values[VERSION] += 1
        self._add(what, plain, sealed, by=by, at=at, about=about)

    def _add(
        self,
        what: str,
        plain: Mapping[str, Any],
        sealed: Mapping[str, Any],
        *,
        by: Actor,
        at: datetime,
        about: Iterable[str],
    ) -> None:
        particulars = None
        if sealed:
            particulars = {"salt": f"{self.rng.getrandbits(128):032x}", "text": as_json(sealed)}
        event = {
            "what": what,
            "actor": by.id,
            "role": by.role.value,
            "happened_at": at,
            "recorded_at": at,
            "changes": as_json(plain),
            "particulars_digest": particulars and particulars_digest(**particulars),
        }
        self._events.append((at, len(self._events), event, tuple(sorted(set(about))), particulars))

    def rows(self, first_number: int) -> Rows:
        """Every row by table; events are numbered from ``first_number`` in the order of their time."""
        events: list[Values] = []
        subjects: list[Values] = []
        told: list[Values] = []
        in_time = sorted(self._events, key=lambda each: each[:2])
        for number, (_, _, event, about, particulars) in enumerate(in_time, start=first_number):
            events.append({"number": number} | event)
            subjects += [{"subject": each, "event": number} for each in about]
            if particulars is not None:
                told.append({"event": number} | particulars)
        return self._rows | {"events": events, "event_subjects": subjects, "event_particulars": told}


def _tell(row: Drawn, changes: Mapping[str, Any], plain: dict[str, Values], sealed: dict[str, Any]) -> None:
    name = "/".join([row.table, *(str(row.values[key]) for key in _keys(row.table))])
    secret = _sealed(row.table)
    for column, (before, after) in changes.items():
        if before != after and column != VERSION:
            kept = sealed if column in secret else plain
            kept.setdefault(name, {})[column] = [before, after]


@cache
def _sealed(table: str) -> frozenset[str]:
    return frozenset(each.name for each in _columns(table) if is_sealed(each.type))


@cache
def _keys(table: str) -> tuple[str, ...]:
    return tuple(each.name for each in MIGRATIONS.metadata.tables[table].primary_key.columns)


@cache
def _has_version(table: str) -> bool:
    return VERSION in _columns(table)


@cache
def _columns(table: str) -> Any:  # noqa: ANN401  a collection SQLAlchemy does not name
    return MIGRATIONS.metadata.tables[table].columns
