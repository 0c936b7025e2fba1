"""The only door to the database: rows go in together with the event that tells who did what, when and why."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any, TypeAlias

from sqlalchemy import inspect
from sqlalchemy.orm import LoaderCallableStatus

from gateway.records.actor import Actor
from gateway.records.tables import EventRow, EventSubjectRow, ParticularRow
from gateway.storage.rows import Row
from gateway.storage.sealing import is_sealed
from gateway.storage.work import Work

_LONGEST = 4_000
"""Characters of a column that an event tells; of a longer text (a problem, a plan) it keeps the digest."""

Change: TypeAlias = tuple[Any, Any]
"""Before and after; ``None`` is nothing."""


def write(
    work: Work,
    *rows: Row,
    what: str,
    by: Actor,
    at: datetime,
    about: Iterable[str] = (),
    why: str | None = None,
    removed: Iterable[Row] = (),
    counted: Sequence[Row] = (),
) -> EventRow:
    """Write rows, new or changed, with their event, and send both to the database at once.

    Parameters
    ----------
    rows
        What is added or changed. None at all records something that changes nothing, such as a reading.
    what
        What was done, in words (``offer made``): the same words for the same deed.
    by, at
        Who did it, and when it happened; when it was recorded is the work's own clock.
    about
        Ids of the people, referrals, units and offers it is about, so that each has its timeline.
    why
        The reason in the person's own words; sealed, because it may tell of somebody.
    removed
        Rows that are taken away, where a table allows it.
    counted
        New rows of which the event keeps how many there are and a digest, not each column: the hundreds of
        lines of one proposal.

    Raises
    ------
    Unaccounted
        If a row is written where there is only to be a look.
    sqlalchemy.exc.IntegrityError
        If the database forbids it.
    """
    gone = tuple(removed)
    work.refuse_change(*rows, *gone, *counted)
    plain, sealed = _changes(rows, gone)
    plain |= _counted(counted)
    event, particulars = _event(work, plain, sealed | ({"why": why} if why else {}), what=what, by=by, at=at)
    work.session.add_all((*rows, *counted, event))
    for row in gone:
        work.session.delete(row)
    work.account((*rows, *counted, *gone, event))
    told = [EventSubjectRow(event=event.number, subject=each) for each in sorted(set(about))]
    if particulars is not None:
        particulars.event = event.number
        told_of: tuple[Row, ...] = (*told, particulars)
    else:
        told_of = tuple(told)
    work.session.add_all(told_of)
    work.account(told_of)
    return event


def _event(
    work: Work, plain: Mapping[str, Any], sealed: Mapping[str, Any], *, what: str, by: Actor, at: datetime
) -> tuple[EventRow, ParticularRow | None]:
    particulars = ParticularRow(salt=secrets.token_hex(16), text=as_json(sealed)) if sealed else None
    digest = particulars_digest(particulars.salt, particulars.text) if particulars else None
    event = EventRow(
        what=what,
        actor=by.id,
        role=by.role,
        happened_at=at,
        recorded_at=work.clock(),
        changes=as_json(plain),
        particulars_digest=digest,
    )
    return event, particulars


def particulars_digest(salt: str, text: str) -> str:
    """What the event keeps of its particulars: without the salt it tells nothing and matches nothing."""
    return sha256(f"{salt}\0{text}".encode()).hexdigest()


def as_json(facts: Mapping[str, Any]) -> str:
    """Facts as JSON text, the same for the same facts."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), default=_plain, ensure_ascii=False)


def _plain(value: Any) -> str:  # noqa: ANN401  whatever a column holds
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"an event cannot hold a {type(value).__name__}")


def _changes(rows: Iterable[Row], gone: Iterable[Row]) -> tuple[dict[str, Any], dict[str, Any]]:
    plain: dict[str, Any] = {}
    sealed: dict[str, Any] = {}
    for row, leaves in [*((row, False) for row in rows), *((row, True) for row in gone)]:
        name = _name(row)
        for column, change in _changed_columns(row, leaves=leaves).items():
            if is_sealed(row.__mapper__.columns[column].type):
                sealed.setdefault(name, {})[column] = list(change)
            else:
                plain.setdefault(name, {})[column] = list(map(_short, change))
    return plain, sealed


def _short(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"sha256:{sha256(value.encode()).hexdigest()}"
    return value


def _counted(rows: Sequence[Row]) -> dict[str, Any]:
    tables: dict[str, list[str]] = {}
    for row in rows:
        told = {name: after for name, (_, after) in _changed_columns(row, leaves=False).items()}
        tables.setdefault(row.__tablename__, []).append(as_json(told))
    return {
        table: {"added": len(told), "sha256": sha256("\n".join(told).encode()).hexdigest()}
        for table, told in tables.items()
    }


def _name(row: Row) -> str:
    keys = [str(_told(getattr(row, column.key))) for column in row.__mapper__.primary_key if column.key]
    return "/".join([row.__tablename__, *keys])


def _changed_columns(row: Row, *, leaves: bool) -> dict[str, Change]:
    state = inspect(row)
    found = {}
    for column in row.__mapper__.column_attrs:
        history = state.attrs[column.key].history
        if not leaves and not state.transient and not history.has_changes():
            continue
        after = _told(getattr(row, column.key)) if not leaves else None
        before = _told(history.deleted[0]) if history.deleted else None
        if leaves:
            before = _told(getattr(row, column.key))
        if before != after and before is not LoaderCallableStatus.NO_VALUE:
            found[column.key] = (before, after)
    return found


def _told(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    return value if value is None or isinstance(value, str | int | bool | float | dict) else _plain(value)
