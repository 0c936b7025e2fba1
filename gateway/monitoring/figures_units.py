"""How units were used: unit-days by what they were, and how long units stood empty between two people."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from gateway.agreements.holding import DaysBetween
from gateway.directory.tables import ServiceRow, Tier, UnitRow, VoidRow
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import vacancies
from gateway.directory.vacancy_filters import stands
from gateway.monitoring.figures_scope import FiguresScope, gathered
from gateway.placements.tables import HoldKind, HoldRow
from gateway.storage.work import Work

_KINDS: Final = {HoldKind.LIVING: UnitState.OCCUPIED, HoldKind.OFFER: UnitState.OFFERED}
VOID: Final = (UnitState.OUT_OF_SERVICE, UnitState.BEING_PREPARED)


class Row(NamedTuple):
    """Of which units: where and what their service is."""

    tier: Tier
    lot: str
    authority: str


@dataclass(slots=True)
class UnitDays:
    """Days of units of one row, exactly.

    units
        How many were open on some day of these months.
    days
        By what they were; days on which they were not open are no days of theirs.
    living_at_end, left
        Units lived in on the last day, and departures from units in these months.
    """

    units: int = 0
    days: dict[UnitState, int] = field(default_factory=lambda: defaultdict(int))
    living_at_end: int = 0
    left: int = 0

    @property
    def contracted(self) -> int:
        """Unit-days on which they were open."""
        return sum(self.days.values())

    def add(self, other: "UnitDays") -> None:
        """Count another row's with these."""
        self.units += other.units
        self.living_at_end += other.living_at_end
        self.left += other.left
        for state, days in other.days.items():
            self.days[state] += days


def unit_days(work: Work, scope: FiguresScope) -> Mapping[Row, UnitDays]:
    """The days of all units whose service stands in the scope's authority; five statements.

    Sums are the database's, but for units of which several entries share a day: those are looked at day by
    day, because the strongest tells what a unit is (``gateway.directory.unit_states``).
    """
    found: dict[Row, UnitDays] = defaultdict(UnitDays)
    for tier, lot, authority, units, open_days in work.session.execute(_opened(scope)):
        use = found[Row(tier, lot, authority)]
        use.units, use.days[UnitState.FREE] = units, open_days
    for tier, lot, authority, kind, days, living, left in work.session.execute(_held(scope)):
        use = found[Row(tier, lot, authority)]
        use.days[_KINDS[kind]] += days
        use.days[UnitState.FREE] -= days
        use.living_at_end += living
        use.left += left
    for row, state, days in _void_days(work, scope):
        found[row].days[state] += days
        found[row].days[UnitState.FREE] -= days
    return found


def _opened(scope: FiguresScope) -> Select[*tuple[Any, ...]]:
    first, last = _open_between(scope)
    query = select(*_row(), func.count(), func.sum(DaysBetween(first, last)))
    query = query.join_from(UnitRow, ServiceRow, ServiceRow.id == UnitRow.service_id).where(first < last)
    return _of_authority(query, scope).group_by(*_row())


def _held(scope: FiguresScope) -> Select[*tuple[Any, ...]]:
    """Days of holds inside the days on which their unit was open; no two holds of a unit share a day."""
    first, last = _within(scope, HoldRow)
    days = case((first < last, DaysBetween(first, last)), else_=0)
    living = HoldRow.kind == HoldKind.LIVING
    at_end = case((living & or_(HoldRow.until.is_(None), HoldRow.until >= scope.until), 1), else_=0)
    left = case((living & (HoldRow.until < scope.until), 1), else_=0)
    query = select(*_row(), HoldRow.kind, func.sum(days), func.sum(at_end), func.sum(left))
    query = query.where(HoldRow.cancelled.is_(False)).group_by(*_row(), HoldRow.kind)
    return _in_scope(query, scope, HoldRow)


def _void_days(work: Work, scope: FiguresScope) -> Iterator[tuple[Row, UnitState, int]]:
    """Days on which units were void and nothing stronger; the many plain voids as sums, the rest by day."""
    entangled = work.all(_in_scope(select(VoidRow.unit_id).where(_entangled()), scope, VoidRow).distinct())
    first, last = _within(scope, VoidRow)
    days = func.sum(case((first < last, DaysBetween(first, last)), else_=0))
    plain = _in_scope(select(*_row(), VoidRow.state, days), scope, VoidRow)
    plain = plain.where(~_entangled()).group_by(*_row(), VoidRow.state)
    for tier, lot, authority, state, number in work.session.execute(plain):
        yield Row(tier, lot, authority), UnitState(state), number
    if entangled:
        yield from _day_by_day(work, scope, entangled)


def void_runs(work: Work, scope: FiguresScope) -> Iterator[tuple[date, date]]:
    """Runs of days (half-open) on which a unit was void and nothing stronger; as `unit_days` counts them."""
    entangled = work.all(_in_scope(select(VoidRow.unit_id).where(_entangled()), scope, VoidRow).distinct())
    first, last = _within(scope, VoidRow)
    plain = _in_scope(select(first, last), scope, VoidRow).where(~_entangled(), first < last)
    yield from ((begins, ends) for begins, ends in work.session.execute(plain))
    if entangled:
        for unit in vacancies(work, scope.stay, units=entangled).units:
            for run in unit.days:
                if run.state in VOID:
                    yield run.stay.from_day, run.stay.until or scope.until


def _entangled() -> ColumnElement[bool]:
    """That on a day of this void another of its unit stands, or somebody has the unit."""
    other = aliased(VoidRow)
    also = exists().where(
        other.unit_id == VoidRow.unit_id, other.void != VoidRow.void, stands(other), _overlap(VoidRow, other)
    )
    held = exists().where(
        HoldRow.unit_id == VoidRow.unit_id, HoldRow.cancelled.is_(False), _overlap(VoidRow, HoldRow)
    )
    return or_(also, held)


def _overlap(one: Any, other: Any) -> ColumnElement[bool]:  # noqa: ANN401  rows with days
    return and_(
        or_(one.until.is_(None), other.from_day < one.until),
        or_(other.until.is_(None), other.until > one.from_day),
    )


def _day_by_day(
    work: Work, scope: FiguresScope, units: Collection[str]
) -> Iterator[tuple[Row, UnitState, int]]:
    for unit in vacancies(work, scope.stay, units=units).units:
        row = Row(unit.service.tier, unit.service.lot, unit.service.authority)
        for run in unit.days:
            if run.state in VOID:
                yield row, run.state, run.stay.days()


def _row() -> tuple[ColumnElement[Any], ...]:
    table = ServiceRow.__table__.c
    return table.tier, table.lot, table.authority_id


def _in_scope(
    query: Select[*tuple[Any, ...]], scope: FiguresScope, entry: type[HoldRow | VoidRow]
) -> Select[*tuple[Any, ...]]:
    """Holds or voids of the scope's units that share a day with its months, or end as they begin."""
    query = (
        query.select_from(entry)
        .join(UnitRow, UnitRow.id == entry.unit_id)
        .join(ServiceRow, ServiceRow.id == UnitRow.service_id)
        .where(entry.from_day < scope.until, or_(entry.until.is_(None), entry.until >= scope.first))
    )
    if entry is VoidRow:
        query = query.where(stands())
    return _of_authority(query, scope)


def _of_authority(query: Select[*tuple[Any, ...]], scope: FiguresScope) -> Select[*tuple[Any, ...]]:
    return query if scope.authority is None else query.where(ServiceRow.authority_id == scope.authority)


def _within(
    scope: FiguresScope, entry: type[HoldRow | VoidRow]
) -> tuple[ColumnElement[date], ColumnElement[date]]:
    """From when to when an entry stands inside the days on which its unit was open."""
    opened, closed = _open_between(scope)
    return _later(opened, entry.from_day), _earlier(closed, entry.until)


def _open_between(scope: FiguresScope) -> tuple[ColumnElement[date], ColumnElement[date]]:
    """From when to when, in these months, a unit and its service were open."""
    opens = _later(_later(literal(scope.first), UnitRow.opens_on), ServiceRow.opens_on)
    closes = _earlier(_earlier(literal(scope.until), UnitRow.closes_on), ServiceRow.closes_on)
    return opens, closes


def _later(one: ColumnElement[date], other: Any) -> ColumnElement[date]:  # noqa: ANN401  a column
    return case((other > one, other), else_=one)


def _earlier(one: ColumnElement[date], other: Any) -> ColumnElement[date]:  # noqa: ANN401  a column
    """Where the other has no end, it is no earlier."""
    return case((other < one, other), else_=one)


def by(days: Mapping[Row, UnitDays], column: str) -> Mapping[str, UnitDays]:
    """Added up by ``tier``, ``lot``, ``authority``, or all together (``all``)."""
    found: dict[str, UnitDays] = defaultdict(UnitDays)
    for row, each in sorted(days.items()):
        found["all" if column == "all" else str(getattr(row, column))].add(each)
    return dict(sorted(found.items()))


def turnaround_days(work: Work, scope: FiguresScope) -> Mapping[str, Mapping[str, Sequence[int]]]:
    """How many days units had stood empty that somebody moved into in these months, by tier and lot.

    From the day on which the one before left to the day of moving in: 0 where one followed the other on the
    same day. The first who ever lived in a unit follows nobody. One query.
    """
    columns = (HoldRow.unit_id, HoldRow.from_day)
    before = func.lag(HoldRow.until).over(partition_by=HoldRow.unit_id, order_by=HoldRow.from_day)
    lived = (HoldRow.kind == HoldKind.LIVING, HoldRow.cancelled.is_(False), HoldRow.from_day < scope.until)
    moves = select(*columns, before.label("before")).where(*lived).subquery()
    query = (
        select(ServiceRow.tier, ServiceRow.lot, DaysBetween(moves.c.before, moves.c.from_day))
        .join_from(moves, UnitRow, UnitRow.id == moves.c.unit_id)
        .join(ServiceRow, ServiceRow.id == UnitRow.service_id)
        .where(moves.c.from_day >= scope.first, moves.c.before.is_not(None))
    )
    if scope.authority is not None:
        query = query.where(ServiceRow.authority_id == scope.authority)
    rows = [(tier, lot, int(days)) for tier, lot, days in work.session.execute(query)]
    return {
        "tier": gathered((tier, days) for tier, _, days in rows),
        "lot": gathered((lot, days) for _, lot, days in rows),
        "all": gathered(("all", days) for *_, days in rows),
    }
