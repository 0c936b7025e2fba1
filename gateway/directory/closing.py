"""Close services and units from a day on, which is the first closed one, and open them again."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from gateway.directory.closure import ClosingBlocked, closing_blocked_by
from gateway.directory.holders import refuse_held
from gateway.directory.tables import ServiceRow, UnitRow, VoidReason, VoidRow, VoidState
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict, refuse
from gateway.stay import Stay
from gateway.storage.work import Work


def plan_closure(
    service_id: str,
    day: date,
    *,
    seen: int,
    why: str,
    leaving: Collection[str] | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> ServiceRow:
    """Close a service from a day on; a plan that stands is replaced.

    Parameters
    ----------
    leaving
        Referrals of an emergency, whose people must be found another place and keep their units in the record
        until then; no agreement stands against it. ``None``: it is no emergency.

    Raises
    ------
    NotFound, ChangedMeanwhile
        If there is no such service, or it was changed since it was ``seen``.
    Invalid
        If the day is not after the service opened, or no reason is given.
    ClosingBlocked
        Naming everybody who has a unit then or later, and every agreement that covers it; in an emergency,
        everybody who is not among those ``leaving``.
    """
    service = work.get(ServiceRow, service_id, seen=seen)
    refuse([*_day_faults(day, service), *_why_faults(why)])
    block = closing_blocked_by(work, service_id, day)
    stands = block if leaving is None else block.without(leaving)
    if stands:
        raise ClosingBlocked(stands)
    service.closes_on = day
    # Everybody concerned has it in their timeline.
    people = {each for holder in (*block.living, *block.offered) for each in (holder.person, holder.referral)}
    about = {service_id, *people, *block.agreements}
    write(work, service, what="service's closure planned", by=by, at=at, about=about, why=why)
    return service


def reopen_service(
    service_id: str, day: date, *, seen: int, why: str, by: Actor, at: datetime, work: Work
) -> ServiceRow:
    """Take back a closure, planned or past, so that the service is open from a day on.

    Days on which it was closed stay days on which nobody could be placed: each unit gets a void for them.

    Raises
    ------
    NotFound, ChangedMeanwhile
        If there is no such service, or it was changed since it was ``seen``.
    Conflict
        If no closure is planned.
    Invalid
        If no reason is given.
    """
    service = work.get(ServiceRow, service_id, seen=seen)
    refuse(_why_faults(why))
    if service.closes_on is None:
        raise Conflict(f"Service {service_id} is not closed, and no closure is planned.")
    units = work.where(UnitRow, UnitRow.service_id == service_id)
    lives = {unit.id: Stay(unit.opens_on, unit.closes_on) for unit in units}
    kept = _days_closed(lives, service.closes_on, day, work=work)
    service.closes_on = None
    write(work, service, *kept, what="service opened again", by=by, at=at, about=[service_id], why=why)
    return service


def close_unit(
    unit_id: str, day: date, *, seen: int, why: str, by: Actor, at: datetime, work: Work
) -> UnitRow:
    """Close one unit from a day on, for good.

    Raises
    ------
    NotFound, ChangedMeanwhile
        If there is no such unit, or it was changed since it was ``seen``.
    Invalid
        If the day is not after the unit opened, or no reason is given.
    UnitHeld
        If somebody lives in it, or was offered it, on that day or later.
    """
    unit = work.get(UnitRow, unit_id, seen=seen)
    refuse([*_day_faults(day, unit), *_why_faults(why)])
    refuse_held(work, unit_id, Stay(day))
    unit.closes_on = day
    write(work, unit, what="unit closed", by=by, at=at, about=[unit_id, unit.service_id], why=why)
    return unit


def reopen_unit(
    unit_id: str, day: date, *, seen: int, why: str, by: Actor, at: datetime, work: Work
) -> UnitRow:
    """Take back the closing of a unit, so that it is open from a day on; as `reopen_service`.

    Raises
    ------
    NotFound, ChangedMeanwhile
        If there is no such unit, or it was changed since it was ``seen``.
    Conflict
        If it is not closed.
    Invalid
        If no reason is given.
    """
    unit = work.get(UnitRow, unit_id, seen=seen)
    refuse(_why_faults(why))
    if unit.closes_on is None:
        raise Conflict(f"Unit {unit_id} is not closed.")
    kept = _days_closed({unit_id: Stay(unit.opens_on)}, unit.closes_on, day, work=work)
    unit.closes_on = None
    about = [unit_id, unit.service_id]
    write(work, unit, *kept, what="unit opened again", by=by, at=at, about=about, why=why)
    return unit


def _days_closed(lives: Mapping[str, Stay], closed: date, day: date, *, work: Work) -> list[VoidRow]:
    """Voids for the days from a closing to the opening; none, if the closing is still to come.

    Parameters
    ----------
    lives
        By unit, the days on which it would have been open otherwise.
    """
    if day <= closed:
        return []
    shut = {unit_id: life.within(Stay(closed, day)) for unit_id, life in sorted(lives.items())}
    return [_void(unit_id, days, work) for unit_id, days in shut.items() if days is not None]


def _void(unit_id: str, days: Stay, work: Work) -> VoidRow:
    return VoidRow(
        void=work.new_id("W"),
        revision=1,
        unit_id=unit_id,
        state=VoidState.OUT_OF_SERVICE,
        reason=VoidReason.OTHER,
        from_day=days.from_day,
        until=days.until,
        noted_at=work.clock(),
    )


def _day_faults(day: date, row: ServiceRow | UnitRow) -> list[tuple[str, str]]:
    if day > row.opens_on:
        return []
    return [("day", f"is {day}, must be after it opened on {row.opens_on}")]


def _why_faults(why: str) -> list[tuple[str, str]]:
    return [] if why.strip() else [("why", "is empty")]
