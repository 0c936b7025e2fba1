"""What there is on the day: services and each of their units, who holds it, and whether it can be let."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import EmergencyRow, EmergencyServiceRow
from gateway.directory.tables import ConversionRow, ServiceCodeRow, ServiceRow, ServiceTrait, UnitGender
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import UnitVacancy, vacancies
from gateway.placements.tables import HoldKind, HoldRow
from gateway.stay import Stay
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitThere:
    """One unit on the day.

    pool
        In the problem: units of a service designated alike are one pool; where all must be of one gender each
        room is its own.
    usable
        Open, in an open service, and not out of use.
    holder, kind
        The referral that has it, for an offer or living there; the last one, where one follows another.
    """

    id: str
    service: str
    pool: str
    gender: UnitGender
    usable: bool
    holder: str | None
    kind: HoldKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Every service a run looks at, with codes, permitted conversions and units."""

    services: Mapping[str, ServiceRow]
    closing: frozenset[str]
    codes: Mapping[tuple[str, ServiceTrait], frozenset[str]]
    conversions: Mapping[str, Sequence[ConversionRow]]
    units: tuple[UnitThere, ...]


def services_in(scope: Scope, within: Collection[str] | None = None) -> Select[str]:
    """The ids of the services a run looks at: those that have opened and, if only just, close.

    within
        Only those that stand in these authorities.
    """
    return select(ServiceRow.id).where(
        ServiceRow.opens_on <= scope.as_of,
        ServiceRow.tier.in_(sorted(scope.tiers)) if scope.tiers else ~false(),
        ServiceRow.lot.in_(sorted(scope.lots)) if scope.lots else ~false(),
        ~false() if within is None else ServiceRow.authority_id.in_(sorted(within)),
    )


def holds_after(day: date) -> ColumnElement[bool]:
    """That a hold stands on a day or later."""
    return and_(HoldRow.cancelled.is_(False), or_(HoldRow.until.is_(None), HoldRow.until > day))


def places(work: Work, scope: Scope, *, within: Collection[str] | None = None) -> Places:
    """Read them, in five queries however many there are.

    within
        Only services that stand in these authorities; ``None``: wherever they stand.
    """
    chosen = services_in(scope, within)
    services = {row.id: row for row in work.where(ServiceRow, ServiceRow.id.in_(chosen))}
    closing = _closing(work) | {
        id for id, row in services.items() if row.closes_on is not None and row.closes_on <= scope.as_of
    }
    codes: dict[tuple[str, ServiceTrait], set[str]] = defaultdict(set)
    for code in work.where(ServiceCodeRow, ServiceCodeRow.service_id.in_(chosen)):
        codes[code.service_id, code.trait].add(code.value)
    conversions: dict[str, list[ConversionRow]] = defaultdict(list)
    for row in work.where(ConversionRow, ConversionRow.service_id.in_(chosen)):
        conversions[row.service_id].append(row)
    return Places(
        services=services,
        closing=frozenset(closing),
        codes={key: frozenset(values) for key, values in codes.items()},
        conversions=conversions,
        units=units_on(work, scope.as_of, services=services),
    )


def _closing(work: Work) -> set[str]:
    """Services of an emergency that has not ended: nobody is placed there, though the day is yet to come."""
    going_on = select(EmergencyRow.id).where(EmergencyRow.ended_at.is_(None))
    return set(
        work.all(select(EmergencyServiceRow.service_id).where(EmergencyServiceRow.emergency_id.in_(going_on)))
    )


def units_on(
    work: Work, day: date, *, services: Collection[str] | None = None, units: Collection[str] | None = None
) -> tuple[UnitThere, ...]:
    """These units, or all of these services, as they stand from a day on: one query, in the order of ids."""
    found = vacancies(work, Stay(day), services=services, units=units).units
    return tuple(sorted((_unit(each, day) for each in found), key=lambda unit: unit.id))


def _unit(each: UnitVacancy, day: date) -> UnitThere:
    today = each.on(day)
    # Where one follows another the last one has it: nobody else can be placed there without an end.
    held = [days for days in each.days if days.referral is not None]
    return UnitThere(
        id=each.id,
        service=each.service.id,
        pool=f"{today.gender}:{each.pool}" if today.gender is UnitGender.SAME else str(today.gender),
        gender=today.gender,
        usable=today.state in LETTABLE and today.void is None,
        holder=held[-1].referral if held else None,
        kind=_kind(held[-1].state) if held else None,
    )


def _kind(state: UnitState) -> HoldKind:
    return HoldKind.OFFER if state is UnitState.OFFERED else HoldKind.LIVING


LETTABLE = frozenset({UnitState.FREE, UnitState.OFFERED, UnitState.OCCUPIED})
"""States of a unit that is part of the supply and not out of use, whoever has it."""
