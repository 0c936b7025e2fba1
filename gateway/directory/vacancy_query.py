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
    Integer,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.types import TypeEngine

from gateway.directory.holders import HOLDS
from gateway.directory.tables import DesignationRow, ServiceRow, UnitRow, VoidRow
from gateway.directory.vacancy_filters import FIRST, UNTIL, designation_on, of_services, of_units, stands
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
    position: int | None


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
        "position": Integer(),
    }
)


PAGE_ORDER: Final = (
    UnitRow.__table__.c.service_id,
    UnitRow.__table__.c.pool,
    UnitRow.__table__.c.name,
    UnitRow.__table__.c.id,
)
"""In which order units stand page by page, as the database sorts text; the ids make it total."""


@cache  # to build it, and SQLAlchemy's key for it, takes as long as a third of the answer
def statement(
    filters: frozenset[str], *, ends: bool, page: bool = False, after: bool = False
) -> CompoundSelect[Any]:
    """Everything known of the chosen units over a range of days, in one statement.

    Its parameters are ``first``, if the range ``ends`` ``until`` (half-open), and one for each filter.

    Parameters
    ----------
    filters
        Names as `gateway.directory.vacancy_filters` has them; none: every unit.
    page
        Only the first ``size`` of them, a parameter, in `PAGE_ORDER`; each unit's row tells its place.
    after
        Only those after ``after_0`` to ``after_3``, parameters in that order.
    """
    chosen = _page(filters, after=after) if page else _chosen(filters)
    return union_all(
        _units(chosen, page=page),
        _services(chosen),
        _designations(chosen, ends=ends),
        # Two branches and no OR, so that each walks one range of an index on (unit_id, until).
        *(_holds(chosen, still, ends=ends) for still in _still_there(HOLDS.c.until)),
        *(_voids(chosen, still, ends=ends) for still in _still_there(VoidRow.until)),
    )


def _chosen(filters: frozenset[str]) -> CTE:
    return (
        select(*UnitRow.__table__.c)
        .join(ServiceRow, ServiceRow.id == UnitRow.service_id)
        .where(*of_services(filters), *of_units(filters))
        .cte("chosen")
        # SQLite guesses that a kept CTE has a million rows, and then reads all holds once to filter by it.
        .prefix_with("NOT MATERIALIZED", dialect="sqlite")
    )


def _page(filters: frozenset[str], *, after: bool) -> CTE:
    # From units alone, in the order of an index, so that it ends when the page is full.
    query = select(*UnitRow.__table__.c).where(*of_units(filters))
    if wanted := of_services(filters):
        query = query.where(UnitRow.service_id.in_(select(ServiceRow.id).where(*wanted)))
    if after:
        given = [bindparam(f"after_{number}", type_=String()) for number in range(len(PAGE_ORDER))]
        # The first says again what all say together: the index is walked from there.
        query = query.where(PAGE_ORDER[0] >= given[0], tuple_(*PAGE_ORDER) > tuple_(*given))
    return query.order_by(*PAGE_ORDER).limit(bindparam("size", type_=Integer())).cte("chosen")


def _position(chosen: CTE) -> ColumnElement[int]:
    of = chosen.c
    return func.row_number().over(order_by=(of.service_id, of.pool, of.name, of.id))


def _its(chosen: CTE, unit: SQLColumnExpression[str]) -> ColumnElement[bool]:
    return unit.in_(select(chosen.c.id))


def _part(part: Part, source: FromClause, **given: Any) -> Select[Any]:  # noqa: ANN401  any column
    columns = [
        type_coerce(given[name], kind).label(name) if name in given else cast(null(), kind).label(name)
        for name, kind in _COLUMNS.items()
    ]
    return select(literal(part.value, String()).label("part"), *columns).select_from(source)


def _units(chosen: CTE, *, page: bool) -> Select[Any]:
    return _part(
        Part.UNIT,
        chosen,
        owner=chosen.c.service_id,
        id=chosen.c.id,
        kind=chosen.c.kind,
        told=designation_on(chosen.c.id, FIRST),
        name=chosen.c.name,
        place=chosen.c.pool,
        from_day=chosen.c.opens_on,
        until=chosen.c.closes_on,
        moment=chosen.c.confirmed_at,
        **({"position": _position(chosen)} if page else {}),
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


def _designations(chosen: CTE, *, ends: bool) -> Select[Any]:
    """Those that begin after the first day; what stood on the first day the unit's own row tells."""
    return _part(
        Part.DESIGNATION,
        DesignationRow.__table__,
        owner=DesignationRow.unit_id,
        id=DesignationRow.id,
        kind=DesignationRow.gender,
        from_day=DesignationRow.from_day,
        moment=DesignationRow.set_at,
    ).where(
        _its(chosen, DesignationRow.unit_id),
        DesignationRow.from_day > FIRST,
        *_begun(DesignationRow.from_day, ends=ends),
    )


def _holds(chosen: CTE, still: ColumnElement[bool], *, ends: bool) -> Select[Any]:
    return _part(
        Part.HOLD,
        HOLDS,
        owner=HOLDS.c.unit_id,
        id=HOLDS.c.id,
        kind=HOLDS.c.kind,
        told=HOLDS.c.referral_id,
        from_day=HOLDS.c.from_day,
        until=HOLDS.c.until,
    ).where(_its(chosen, HOLDS.c.unit_id), still, ~HOLDS.c.cancelled, *_begun(HOLDS.c.from_day, ends=ends))


def _voids(chosen: CTE, still: ColumnElement[bool], *, ends: bool) -> Select[Any]:
    return _part(
        Part.VOID,
        VoidRow.__table__,
        owner=VoidRow.unit_id,
        id=VoidRow.void,
        kind=VoidRow.state,
        told=VoidRow.reason,
        from_day=VoidRow.from_day,
        until=VoidRow.until,
    ).where(_its(chosen, VoidRow.unit_id), still, stands(), *_begun(VoidRow.from_day, ends=ends))


def _begun(from_day: SQLColumnExpression[date], *, ends: bool) -> Iterator[ColumnElement[bool]]:
    if ends:
        yield from_day < UNTIL


def _still_there(until: SQLColumnExpression[date | None]) -> Iterator[ColumnElement[bool]]:
    yield until > FIRST
    yield until.is_(None)
