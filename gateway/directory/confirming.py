"""The provider says that all that stands of its units is true."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import or_, select

from gateway.directory.tables import ServiceRow, UnitRow
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import UnitVacancy, vacancies
from gateway.local_day import local_day
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import ChangedMeanwhile, Refusal, refuse
from gateway.stay import Stay
from gateway.storage.work import Work

DIGEST_LETTERS: Final = 32


class StandsOtherwise(ChangedMeanwhile):
    """What stands of a service's units is not what somebody saw who would say that it is true.

    seen, stands
        Digests of both (`digest_of`).
    """

    def __init__(self, service_id: str, *, seen: str, stands: str) -> None:
        self.kind, self.id = "service", service_id
        self.seen_digest, self.stands_digest = seen, stands
        Refusal.__init__(
            self,
            f"What stands of the units of service {service_id} was changed since you saw it: look again.",
        )


def standing_units(work: Work, service_id: str, at: datetime) -> Sequence[UnitVacancy]:
    """What there is to be confirmed: every unit of a service that is not closed, from today on."""
    today = local_day(at)
    found = vacancies(work, Stay(today, None), services=[service_id]).units
    return [each for each in found if each.on(today).state is not UnitState.CLOSED]


def digest_of(units: Sequence[UnitVacancy]) -> str:
    """What stands of units from a day on, in a few letters: by it whoever confirms says what they saw.

    Another day alone changes nothing in it, nor does a confirmation: what it says is true goes on to be so.
    """
    told = [[each.id, each.name, *_days(each)] for each in sorted(units, key=lambda each: each.id)]
    return sha256(json.dumps(told).encode()).hexdigest()[:DIGEST_LETTERS]


def _days(unit: UnitVacancy) -> Iterator[list[str | None]]:
    for at, each in enumerate(unit.days):
        begins = None if at == 0 else str(each.stay.from_day)
        yield [begins, each.state, each.gender, each.reason, each.void, each.hold]


def confirm_units(
    service_id: str,
    unit_ids: Collection[str] | None = None,
    *,
    seen: str | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> Sequence[UnitRow]:
    """Record that somebody looked and every state, void and designation shown is true: one press a service.

    Parameters
    ----------
    unit_ids
        Only these of the service's units; ``None``: all that are not closed.
    seen
        What was seen of all of them (`digest_of`); ``None``: nobody says.

    Returns
    -------
    Sequence[UnitRow]
        The units whose stamp moved on, in the order of their ids; a later confirmation stays.

    Raises
    ------
    NotFound, StandsOtherwise
        If there is no such service, or something else stands of its units than was seen.
    Invalid
        If ``at`` is still to come (nobody has seen tomorrow), or a unit named is not one of the service's.
    """
    work.get(ServiceRow, service_id)
    if seen is not None and seen != (stands := digest_of(standing_units(work, service_id, at))):
        raise StandsOtherwise(service_id, seen=seen, stands=stands)
    open_still = or_(UnitRow.closes_on.is_(None), UnitRow.closes_on > local_day(at))
    units = work.all(select(UnitRow).where(UnitRow.service_id == service_id, open_still).order_by(UnitRow.id))
    refuse(_faults(units, unit_ids, at=at, work=work))
    wanted = {unit.id for unit in units} if unit_ids is None else set(unit_ids)
    older = [unit for unit in units if unit.id in wanted and _is_older(unit, at)]
    for unit in older:
        unit.confirmed_at, unit.confirmed_by = at, by.id
    if older:
        about = [service_id, *(unit.id for unit in older)]
        write(work, *older, what="units confirmed", by=by, at=at, about=about)
    return older


def _is_older(unit: UnitRow, at: datetime) -> bool:
    return unit.confirmed_at is None or unit.confirmed_at < at


def _faults(
    units: Sequence[UnitRow], unit_ids: Collection[str] | None, *, at: datetime, work: Work
) -> Iterator[tuple[str, str]]:
    if at > work.clock():
        yield "at", f"is {at.isoformat()}, which is still to come"
    for each in sorted(set(unit_ids or ()) - {unit.id for unit in units}):
        yield "unit_ids", f"{each} is no open unit of this service"
