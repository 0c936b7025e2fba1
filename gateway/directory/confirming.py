"""The provider says that all that stands of its units is true."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import or_, select

from gateway.directory.tables import ServiceRow, UnitRow
from gateway.local_day import local_day
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import refuse
from gateway.storage.work import Work


def confirm_units(
    service_id: str, unit_ids: Collection[str] | None = None, *, by: Actor, at: datetime, work: Work
) -> Sequence[UnitRow]:
    """Record that somebody looked and every state, void and designation shown is true: one press a service.

    Parameters
    ----------
    unit_ids
        Only these of the service's units; ``None``: all that are not closed.

    Returns
    -------
    Sequence[UnitRow]
        The units whose stamp moved on, in the order of their ids; a later confirmation stays.

    Raises
    ------
    NotFound
        If there is no such service.
    Invalid
        If ``at`` is still to come (nobody has seen tomorrow), or a unit named is not one of the service's.
    """
    work.get(ServiceRow, service_id)
    open_still = or_(UnitRow.closes_on.is_(None), UnitRow.closes_on > local_day(at))
    units = work.all(select(UnitRow).where(UnitRow.service_id == service_id, open_still).order_by(UnitRow.id))
    refuse(_faults(units, unit_ids, at=at, work=work))
    wanted = {unit.id for unit in units} if unit_ids is None else set(unit_ids)
    seen = [unit for unit in units if unit.id in wanted and _is_older(unit, at)]
    for unit in seen:
        unit.confirmed_at, unit.confirmed_by = at, by.id
    if seen:
        about = [service_id, *(unit.id for unit in seen)]
        write(work, *seen, what="units confirmed", by=by, at=at, about=about)
    return seen


def _is_older(unit: UnitRow, at: datetime) -> bool:
    return unit.confirmed_at is None or unit.confirmed_at < at


def _faults(
    units: Sequence[UnitRow], unit_ids: Collection[str] | None, *, at: datetime, work: Work
) -> Iterator[tuple[str, str]]:
    if at > work.clock():
        yield "at", f"is {at.isoformat()}, which is still to come"
    for each in sorted(set(unit_ids or ()) - {unit.id for unit in units}):
        yield "unit_ids", f"{each} is no open unit of this service"
