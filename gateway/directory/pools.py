"""Shared pools: ``SAME`` says that all in a pool are of one gender at a time, so it is said of whole pools.

Units of one service with the same pool (a shared house, a landing) either all are ``SAME`` or none is. A
house in which some rooms were shared and others for men would have two rules at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select, tuple_

from gateway.directory.tables import UnitGender, UnitRow
from gateway.directory.vacancy_filters import designation_on
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledUnit:
    """A unit, the pool it belongs to, and whom it is for."""

    id: str
    service: str
    pool: str
    gender: UnitGender


def pooled(work: Work, day: date, *which: ColumnElement[bool]) -> tuple[PooledUnit, ...]:
    """Units that are not closed by a day, and whom they are for on it, in the order of their ids."""
    query = (
        select(UnitRow.id, UnitRow.service_id, UnitRow.pool, designation_on(UnitRow.id, day))
        .where(or_(UnitRow.closes_on.is_(None), UnitRow.closes_on > day), *which)
        .order_by(UnitRow.id)
    )
    return tuple(
        PooledUnit(id=id, service=service, pool=pool, gender=UnitGender(gender or UnitGender.ANY))
        for id, service, pool, gender in work.session.execute(query)
    )


def in_pools(pools: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """That a unit is in one of these pools, as pairs of a service and a pool."""
    return tuple_(UnitRow.service_id, UnitRow.pool).in_(sorted(pools))


def half_shared(units: Iterable[PooledUnit]) -> Iterator[tuple[str, str]]:
    """The pools, as pairs of a service and a pool, in which some units are shared and others are not."""
    genders: defaultdict[tuple[str, str], set[bool]] = defaultdict(set)
    for each in units:
        genders[each.service, each.pool].add(each.gender is UnitGender.SAME)
    yield from sorted(pool for pool, shared in genders.items() if len(shared) > 1)


def redesignated(units: Iterable[PooledUnit], to: Mapping[str, UnitGender]) -> Iterator[PooledUnit]:
    """The same units with the designations that these, by id, shall have."""
    for each in units:
        yield PooledUnit(
            id=each.id, service=each.service, pool=each.pool, gender=to.get(each.id, each.gender)
        )
