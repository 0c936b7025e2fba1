"""The one statement that reads all there is to know of units over a range of days.

Every part (units, their services, holds, voids, designations) is a branch of one UNION ALL over the same
chosen units: nothing is asked per unit, per service or per day, and rows do not multiply as in joins.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    FromClause,
    Select,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeEngine

from gateway.directory.holders import HOLDS
from gateway.directory.tables import DesignationRow, ServiceRow, UnitGender, UnitRow, VoidRow
from gateway.storage.rows import UtcTime


class Part(StrEnum):
    """What one row of the answer is about."""

    UNIT = "unit"
    SERVICE = "service"
    HOLD = "hold"
    VOID = "void"
    DESIGNATION = "designation"


class Found(NamedTuple):
    """One row of the answer; which columns are filled, and with what, depends on the part (`statement`)."""

    part: str
    owner: str
    id: str
    kind: str
    told: str | None
    name: str | None
    place: str | None
    from_day: date
    until: date | None
    moment: datetime | None
    confidential: bool | None
    direct_access: bool | None


_COLUMNS: Final[Mapping[str, TypeEngine[Any]]] = MappingProxyType(
    {
        "owner": String(),
        "id": String(),
        "kind": String(),
        "told": String(),
        "name": String(),
        "place": String(),
        "from_day": Date(),
        "until": Date(),
        "moment": UtcTime(),
        "confidential": Boolean(),
        "direct_access": Boolean(),
    }
)


FILTERS: Final[Mapping[str, ColumnElement[str]]] = MappingProxyType(
    {
        "units": UnitRow.__table__.c.id,
        "services": UnitRow.__table__.c.service_id,
        "providers": ServiceRow.__table__.c.provider_id,
        "tiers": ServiceRow.__table__.c.tier,
        "lots": ServiceRow.__table__.c.lot,
        "authorities": ServiceRow.__table__.c.authority_id,
    }
)
"""What units can be chosen by; each is a parameter of the statement, a list."""

_FIRST = bindparam("first", type_=Date())
_UNTIL = bindparam("until", type_=Date())


@cache  # to build it, and SQLAlchemy's key for it, takes as long as a third of the answer
def statement(filters: frozenset[str], *, ends: bool) -> CompoundSelect[Any]:
    """Everything known of the chosen units over a range of days, in one statement.

    Its parameters are ``first``, if the range ``ends`` ``until`` (half-open), and a list for each filter.

    Parameters
    ----------
    filters
        Names in `FILTERS`; none: every unit.
    """
    chosen = (
        select(*UnitRow.__table__.c)
        .join(ServiceRow, ServiceRow.id == UnitRow.service_id)
        .where(*(FILTERS[name].in_(bindparam(name, expanding=True)) for name in sorted(filters)))
        .cte("chosen")
        # SQLite guesses that a kept CTE has a million rows, and then reads all holds once to filter by it.
        .prefix_with("NOT MATERIALIZED", dialect="sqlite")
    )
    return union_all(
        _units(chosen),
        _services(chosen),
        _designations(chosen, ends=ends),
        # Two branches and no OR, so that each walks one range of an index on (unit_id, until).
        *(_holds(chosen, still, ends=ends) for still in _still_there(HOLDS.c.until)),
        *(_voids(chosen, still, ends=ends) for still in _still_there(VoidRow.until)),
    )


def _part(part: Part, source: FromClause, **given: Any) -> Select[Any]:  # noqa: ANN401  any column
    columns = [
        type_coerce(given[name], kind).label(name) if name in given else cast(null(), kind).label(name)
        for name, kind in _COLUMNS.items()
    ]
    return select(literal(part.value, String()).label("part"), *columns).select_from(source)


def _units(chosen: CTE) -> Select[Any]:
    return _part(
        Part.UNIT,
        chosen,
        owner=chosen.c.service_id,
        id=chosen.c.id,
        kind=chosen.c.kind,
        told=designation_on(chosen.c.id, _FIRST),
        name=chosen.c.name,
        place=chosen.c.pool,
        from_day=chosen.c.opens_on,
        until=chosen.c.closes_on,
        moment=chosen.c.confirmed_at,
    )


def _services(chosen: CTE) -> Select[Any]:
    return _part(
        Part.SERVICE,
        ServiceRow.__table__,
        owner=ServiceRow.provider_id,
        id=ServiceRow.id,
        kind=ServiceRow.tier,
        told=ServiceRow.lot,
        name=ServiceRow.name,
        place=ServiceRow.authority_id,
        from_day=ServiceRow.opens_on,
        until=ServiceRow.closes_on,
        confidential=ServiceRow.confidential,
        direct_access=ServiceRow.direct_access,
    ).where(ServiceRow.id.in_(select(chosen.c.service_id)))


def designation_on(
    unit: SQLColumnExpression[str], day: date | ColumnElement[date]
) -> ColumnElement[UnitGender | None]:
    """Whom a unit is for on a day, as `unit_states.designation_on` says; ``None``: no designation at all."""
    row = DesignationRow
    of_unit = select(row.gender).where(row.unit_id == unit).limit(1)
    begun = of_unit.where(row.from_day <= day).order_by(row.from_day.desc(), row.set_at.desc(), row.id.desc())
    coming = of_unit.order_by(row.from_day, row.set_at.desc(), row.id.desc())
    return func.coalesce(begun.scalar_subquery(), coming.scalar_subquery())


def _designations(chosen: CTE, *, ends: bool) -> Select[Any]:
    """Those that begin after the first day; what stood on the first day the unit's own row tells."""
    return _part(
        Part.DESIGNATION,
        chosen.join(DesignationRow, DesignationRow.unit_id == chosen.c.id),
        owner=DesignationRow.unit_id,
        id=DesignationRow.id,
        kind=DesignationRow.gender,
        from_day=DesignationRow.from_day,
        moment=DesignationRow.set_at,
    ).where(DesignationRow.from_day > _FIRST, *_begun(DesignationRow.from_day, ends=ends))


def _holds(chosen: CTE, still: ColumnElement[bool], *, ends: bool) -> Select[Any]:
    return _part(
        Part.HOLD,
        chosen.join(HOLDS, and_(HOLDS.c.unit_id == chosen.c.id, still)),
        owner=HOLDS.c.unit_id,
        id=HOLDS.c.id,
        kind=HOLDS.c.kind,
        told=HOLDS.c.referral_id,
        from_day=HOLDS.c.from_day,
        until=HOLDS.c.until,
    ).where(~HOLDS.c.cancelled, *_begun(HOLDS.c.from_day, ends=ends))


def _voids(chosen: CTE, still: ColumnElement[bool], *, ends: bool) -> Select[Any]:
    return _part(
        Part.VOID,
        chosen.join(VoidRow, and_(VoidRow.unit_id == chosen.c.id, still)),
        owner=VoidRow.unit_id,
        id=VoidRow.void,
        kind=VoidRow.state,
        told=VoidRow.reason,
        from_day=VoidRow.from_day,
        until=VoidRow.until,
    ).where(stands(), *_begun(VoidRow.from_day, ends=ends))


def stands() -> ColumnElement[bool]:
    """That a void's revision is its latest one, and not cancelled."""
    later = aliased(VoidRow)
    superseded = exists().where(later.void == VoidRow.void, later.revision > VoidRow.revision)
    return and_(VoidRow.cancelled.is_(False), ~superseded)


def _begun(from_day: SQLColumnExpression[date], *, ends: bool) -> Iterator[ColumnElement[bool]]:
    if ends:
        yield from_day < _UNTIL


def _still_there(until: SQLColumnExpression[date | None]) -> Iterator[ColumnElement[bool]]:
    yield until > _FIRST
    yield until.is_(None)
