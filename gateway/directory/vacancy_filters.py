"""What units can be chosen by, as conditions of the one statement (`gateway.directory.vacancy_query`).

Each is a name and a parameter of the statement, so that a statement is built once for each set of names.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Date,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from gateway.directory.holders import HOLDS
from gateway.directory.tables import (
    DesignationRow,
    ServiceCodeRow,
    ServiceRow,
    ServiceTrait,
    UnitFeatureRow,
    UnitGender,
    UnitRow,
    VoidRow,
)

Day: TypeAlias = SQLColumnExpression[date] | SQLColumnExpression[date | None]

FIRST: Final = bindparam("first", type_=Date())
UNTIL: Final = bindparam("until", type_=Date())
"""The days asked for, half-open."""


class Free(StrEnum):
    """On which of the days asked for a unit must be free: on every one, or on any."""

    THROUGHOUT = "throughout"
    SOME_DAY = "some_day"


_UNIT, _SERVICE = UnitRow.__table__.c, ServiceRow.__table__.c


def designation_on(unit: SQLColumnExpression[str], day: date | Day) -> ColumnElement[UnitGender | None]:
    """Whom a unit is for on a day, as `unit_states.designation_on` says; ``None``: no designation at all."""
    row = DesignationRow
    of_unit = select(row.gender).where(row.unit_id == unit).limit(1)
    begun = of_unit.where(row.from_day <= day).order_by(row.from_day.desc(), row.set_at.desc(), row.id.desc())
    coming = of_unit.order_by(row.from_day, row.set_at.desc(), row.id.desc())
    return func.coalesce(begun.scalar_subquery(), coming.scalar_subquery())


def stands(void: type[VoidRow] = VoidRow) -> ColumnElement[bool]:
    """That a void's revision is its latest one, and not cancelled."""
    later = aliased(VoidRow)
    superseded = exists().where(later.void == void.void, later.revision > void.revision)
    return and_(void.cancelled.is_(False), ~superseded)


def _among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column.in_(bindparam(name, expanding=True))


def _genders() -> ColumnElement[bool]:
    # Without a designation a unit is for anybody.
    return _among(func.coalesce(designation_on(_UNIT.id, FIRST), UnitGender.ANY.value), "genders")


def _of_service(trait: ServiceTrait, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        ServiceCodeRow.service_id == _UNIT.service_id, ServiceCodeRow.trait == trait, *which
    )


def _client_groups() -> ColumnElement[bool]:
    """A service that names no group is for all of them."""
    named = _of_service(ServiceTrait.CLIENT_GROUP, _among(ServiceCodeRow.__table__.c.value, "client_groups"))
    return or_(named, ~_of_service(ServiceTrait.CLIENT_GROUP))


def _feature(number: int) -> ColumnElement[bool]:
    wanted = bindparam(f"feature_{number}", type_=String())
    its_own = exists().where(UnitFeatureRow.unit_id == _UNIT.id, UnitFeatureRow.feature == wanted)
    return or_(its_own, _of_service(ServiceTrait.FEATURE, ServiceCodeRow.value == wanted))


def _open_on(day: Day) -> ColumnElement[bool]:
    """That the unit and its service are open on a day."""
    begun = and_(_UNIT.opens_on <= day, _SERVICE.opens_on <= day)
    ends = (or_(row.closes_on.is_(None), row.closes_on > day) for row in (_UNIT, _SERVICE))
    return and_(begun, *ends)


def _taken(first: Day, begun: Callable[[Day], ColumnElement[bool]]) -> ColumnElement[bool]:
    """That a hold or a void which has ``begun`` has not ended by ``first``.

    Of each two questions and no OR, so that each walks one range of an index on (unit_id, until).
    """
    held, void = HOLDS.alias(), aliased(VoidRow)
    holds = and_(held.c.unit_id == _UNIT.id, ~held.c.cancelled, begun(held.c.from_day))
    voids = and_(void.unit_id == _UNIT.id, begun(void.from_day), stands(void))
    return or_(
        exists().where(holds, held.c.until.is_(None)),
        exists().where(holds, held.c.until > first),
        exists().where(voids, void.until.is_(None)),
        exists().where(voids, void.until > first),
    )


def _free_throughout() -> ColumnElement[bool]:
    stays_open = (or_(row.closes_on.is_(None), row.closes_on >= UNTIL) for row in (_UNIT, _SERVICE))
    return and_(_open_on(FIRST), *stays_open, ~_taken(FIRST, lambda from_day: from_day < UNTIL))


def _free_on(day: Day) -> ColumnElement[bool]:
    return and_(_open_on(day), ~_taken(day, lambda from_day: from_day <= day))


def _free_some_day() -> ColumnElement[bool]:
    """A run of free days begins with the range, with an opening, or where a hold or a void ends."""
    held, void = HOLDS.alias(), aliased(VoidRow)
    opens = (and_(day > FIRST, day < UNTIL, _free_on(day)) for day in (_UNIT.opens_on, _SERVICE.opens_on))
    return or_(
        _free_on(FIRST),
        *opens,
        exists().where(held.c.unit_id == _UNIT.id, _ends_in_range(held.c.until), _free_on(held.c.until)),
        exists().where(void.unit_id == _UNIT.id, _ends_in_range(void.until), _free_on(void.until)),
    )


def _ends_in_range(until: SQLColumnExpression[date | None]) -> ColumnElement[bool]:
    return and_(until > FIRST, until < UNTIL)


_PLAIN: Final[Mapping[str, ColumnElement[bool]]] = MappingProxyType(
    {
        "units": _among(_UNIT.id, "units"),
        "services": _among(_UNIT.service_id, "services"),
        "providers": _among(_SERVICE.provider_id, "providers"),
        "tiers": _among(_SERVICE.tier, "tiers"),
        "lots": _among(_SERVICE.lot, "lots"),
        "authorities": _among(_SERVICE.authority_id, "authorities"),
        "genders": _genders(),
        "client_groups": _client_groups(),
        Free.THROUGHOUT: _free_throughout(),
        Free.SOME_DAY: _free_some_day(),
    }
)


def conditions(names: Iterable[str]) -> tuple[ColumnElement[bool], ...]:
    """What the filters of these names ask of a unit.

    Parameters
    ----------
    names
        Of lists that are parameters of the same names (``units``, ``services``, ``providers``, ``tiers``,
        ``lots``, ``authorities``, ``genders``, ``client_groups``); ``feature_0``, ``feature_1`` …, each of
        which it must have; values of `Free`, which need a range that ends.
    """
    return tuple(
        _feature(int(name.removeprefix("feature_"))) if name.startswith("feature_") else _PLAIN[name]
        for name in sorted(names)
    )
