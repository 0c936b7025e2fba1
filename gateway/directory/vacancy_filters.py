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
    Select,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal,
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


def _services_with(trait: ServiceTrait, *which: ColumnElement[bool]) -> Select[str]:
    """Found once, whatever the number of units."""
    return select(ServiceCodeRow.service_id).where(ServiceCodeRow.trait == trait, *which)


def _client_groups() -> ColumnElement[bool]:
    """A service that names no group is for all of them."""
    wanted = _among(ServiceCodeRow.__table__.c.value, "client_groups")
    named = _UNIT.service_id.in_(_services_with(ServiceTrait.CLIENT_GROUP, wanted))
    return or_(named, _UNIT.service_id.not_in(_services_with(ServiceTrait.CLIENT_GROUP)))


def _feature(name: str) -> ColumnElement[bool]:
    wanted = bindparam(name, type_=String())
    # Not another IN: SQLite would look both lists up in indexes of units, and lose the order of the page.
    its_own = exists().where(UnitFeatureRow.unit_id == _UNIT.id, UnitFeatureRow.feature == wanted)
    of_service = _services_with(ServiceTrait.FEATURE, ServiceCodeRow.value == wanted)
    return or_(its_own, _UNIT.service_id.in_(of_service))


def _open(first: Day, closes: Callable[[Day], ColumnElement[bool]]) -> ColumnElement[bool]:
    """That a unit and its service are open on a day, and any closing day of theirs ``closes`` late enough.

    The service is asked for by itself: a condition on units alone is put to one unit after the other, while
    PostgreSQL joins all of them before it looks at one on units and services.
    """
    of = aliased(ServiceRow)
    shut = _any(of, of.id == _UNIT.service_id, or_(of.opens_on > first, ~closes(of.closes_on)))
    return and_(_UNIT.opens_on <= first, or_(_UNIT.closes_on.is_(None), closes(_UNIT.closes_on)), ~shut)


def _taken(first: Day, begun: Callable[[Day], ColumnElement[bool]]) -> ColumnElement[bool]:
    """That a hold or a void which has ``begun`` has not ended by ``first``.

    Of each two questions and no OR, so that each walks one range of an index on (unit_id, until).
    """
    held, void = HOLDS.alias(), aliased(VoidRow)
    holds = and_(held.c.unit_id == _UNIT.id, ~held.c.cancelled, begun(held.c.from_day))
    voids = and_(void.unit_id == _UNIT.id, begun(void.from_day), stands(void))
    return or_(
        _any(held, holds, held.c.until.is_(None)),
        _any(held, holds, held.c.until > first),
        _any(void, voids, void.until.is_(None)),
        _any(void, voids, void.until > first),
    )


def _any(source: Any, *which: ColumnElement[bool]) -> ColumnElement[bool]:  # noqa: ANN401  a table, or its alias
    """Whether ``source`` has such a row, asked of one unit after the other, until the page is full.

    PostgreSQL would answer an EXISTS for all units at once, reading every hold for it. It takes an equality
    to hold seldom, and so expects a full page soon, as most ranges have it.
    """
    # All else belongs to the queries around it, however far: by itself SQLAlchemy looks at the next one only.
    found = select(literal(1)).select_from(source).where(*which).limit(1).correlate_except(source)
    return func.coalesce(found.scalar_subquery(), 0) == 1


def _free_throughout() -> ColumnElement[bool]:
    taken = _taken(FIRST, lambda from_day: from_day < UNTIL)
    return and_(_open(FIRST, lambda closes_on: closes_on >= UNTIL), ~taken)


def _free_on(day: Day) -> ColumnElement[bool]:
    taken = _taken(day, lambda from_day: from_day <= day)
    return and_(_open(day, lambda closes_on: closes_on > day), ~taken)


def _free_some_day() -> ColumnElement[bool]:
    """A run of free days begins with the range, with an opening, or where a hold or a void ends."""
    held, void, of = HOLDS.alias(), aliased(VoidRow), aliased(ServiceRow)
    return or_(
        _free_on(FIRST),
        and_(_in_range(_UNIT.opens_on), _free_on(_UNIT.opens_on)),
        _any(of, of.id == _UNIT.service_id, _in_range(of.opens_on), _free_on(of.opens_on)),
        _any(held, held.c.unit_id == _UNIT.id, _in_range(held.c.until), _free_on(held.c.until)),
        _any(void, void.unit_id == _UNIT.id, _in_range(void.until), _free_on(void.until)),
    )


def _in_range(day: Day) -> ColumnElement[bool]:
    return and_(day > FIRST, day < UNTIL)


_OF_SERVICES: Final[Mapping[str, ColumnElement[bool]]] = MappingProxyType(
    {
        "providers": _among(_SERVICE.provider_id, "providers"),
        "tiers": _among(_SERVICE.tier, "tiers"),
        "lots": _among(_SERVICE.lot, "lots"),
        "authorities": _among(_SERVICE.authority_id, "authorities"),
    }
)

_OF_UNITS: Final[Mapping[str, ColumnElement[bool]]] = MappingProxyType(
    {
        "units": _among(_UNIT.id, "units"),
        "services": _among(_UNIT.service_id, "services"),
        "genders": _genders(),
        "client_groups": _client_groups(),
        Free.THROUGHOUT: _free_throughout(),
        Free.SOME_DAY: _free_some_day(),
    }
)


def of_services(names: Iterable[str]) -> tuple[ColumnElement[bool], ...]:
    """What the filters of these names ask of a service.

    Parameters
    ----------
    names
        ``providers``, ``tiers``, ``lots``, ``authorities``: of lists that are parameters of the same names.
        Others are passed by.
    """
    return tuple(_OF_SERVICES[name] for name in sorted(names) if name in _OF_SERVICES)


def of_units(names: Iterable[str]) -> tuple[ColumnElement[bool], ...]:
    """What the filters of these names ask of a unit.

    Parameters
    ----------
    names
        ``units``, ``services``, ``genders``, ``client_groups``: of lists; ``feature_0``, ``feature_1`` …,
        each of which it must have; values of `Free`, which need a range that ends. Those of services are
        passed by.

    Raises
    ------
    KeyError
        If there is no filter of a name.
    """
    return tuple(
        _feature(name) if name.startswith("feature_") else _OF_UNITS[name]
        for name in sorted(set(names) - _OF_SERVICES.keys())
    )
