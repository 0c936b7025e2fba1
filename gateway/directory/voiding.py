"""Keep the void register. Nothing in it is changed: what was said stays, and a new revision counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from gateway.directory.holders import refuse_held
from gateway.directory.tables import ServiceRow, UnitRow, VoidReason, VoidRow, VoidState
from gateway.directory.voids import VoidStands, latest, voids_of
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import refuse
from gateway.stay import Stay
from gateway.storage.work import LostRace, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidDetails:
    """What a void says.

    until
        Half-open: the first day on which the unit can be let again; ``None``: nobody knows yet.
    note
        In the provider's words; sealed, because it may tell of somebody.
    """

    reason: VoidReason
    from_day: date
    until: date | None = None
    note: str | None = None


def enter_void(
    unit_id: str, state: VoidState, details: VoidDetails, *, by: Actor, at: datetime, work: Work
) -> VoidRow:
    """Say that a unit is in such a state on these days.

    Raises
    ------
    NotFound, Invalid, UnitHeld, VoidStands
        As `put_out_of_service`.
    """
    row = _row(unit_id, state, details, void=work.new_id("W"), revision=1, work=work)
    _refuse(row, details, work)
    return _append(row, what=f"unit {state.replace('_', ' ')}", why=None, by=by, at=at, work=work)


def put_out_of_service(unit_id: str, details: VoidDetails, *, by: Actor, at: datetime, work: Work) -> VoidRow:
    """Say that a unit cannot be let on these days.

    Raises
    ------
    NotFound
        If there is no such unit.
    Invalid
        If the days contradict each other, or the unit is not open on the first of them.
    UnitHeld
        If somebody lives in it, or was offered it, on one of these days.
    VoidStands
        If it is out of service on one of these days already.
    """
    return enter_void(unit_id, VoidState.OUT_OF_SERVICE, details, by=by, at=at, work=work)


def prepare(unit_id: str, details: VoidDetails, *, by: Actor, at: datetime, work: Work) -> VoidRow:
    """Say that a unit is being prepared for the next person on these days, after a departure.

    Raises
    ------
    NotFound, Invalid, UnitHeld, VoidStands
        As `put_out_of_service`.
    """
    return enter_void(unit_id, VoidState.BEING_PREPARED, details, by=by, at=at, work=work)


def revise_void(
    void_id: str,
    details: VoidDetails,
    *,
    seen: int,
    state: VoidState | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> VoidRow:
    """Say of a void what is now known: other days, another reason, another state.

    Parameters
    ----------
    seen
        The revision that the person asking saw last.
    state
        ``None``: as before. A unit being prepared may turn out to need repairs.

    Raises
    ------
    NotFound, ChangedMeanwhile, Conflict
        If there is no such void, it was revised since, or it is cancelled.
    Invalid, UnitHeld, VoidStands
        As `put_out_of_service`.
    """
    stands = latest(work, void_id, seen=seen)
    row = _row(stands.unit_id, state or stands.state, details, void=void_id, revision=seen + 1, work=work)
    _refuse(row, details, work)
    return _append(row, what="void revised", why=None, by=by, at=at, work=work)


def cancel_void(void_id: str, *, seen: int, why: str, by: Actor, at: datetime, work: Work) -> VoidRow:
    """Say that a void did not happen, or was entered by mistake: the unit counts as free on its days.

    Raises
    ------
    NotFound, ChangedMeanwhile, Conflict
        If there is no such void, it was revised since, or it is cancelled already.
    Invalid
        If no reason is given.
    """
    stands = latest(work, void_id, seen=seen)
    refuse([] if why.strip() else [("why", "is empty")])
    said = VoidDetails(reason=stands.reason, from_day=stands.from_day, until=stands.until, note=stands.note)
    row = _row(stands.unit_id, stands.state, said, void=void_id, revision=seen + 1, work=work)
    row.cancelled = True
    return _append(row, what="void cancelled", why=why, by=by, at=at, work=work)


def _row(
    unit_id: str, state: VoidState, details: VoidDetails, *, void: str, revision: int, work: Work
) -> VoidRow:
    return VoidRow(
        void=void,
        revision=revision,
        unit_id=unit_id,
        state=state,
        reason=details.reason,
        from_day=details.from_day,
        until=details.until,
        cancelled=False,
        noted_at=work.clock(),
        note=details.note,
    )


def _refuse(row: VoidRow, details: VoidDetails, work: Work) -> None:
    """Everything that forbids it: days that cannot be, who has the unit, and another void like it."""
    unit = work.get(UnitRow, row.unit_id)
    service = work.get(ServiceRow, unit.service_id)
    refuse([*_end_faults(details), *_start_faults(details.from_day, unit, service)])
    stay = Stay(details.from_day, details.until)
    refuse_held(work, row.unit_id, stay)
    for other in voids_of(work, row.unit_id, stay):
        if other.void != row.void and other.state == row.state:
            raise VoidStands(other)


def _end_faults(details: VoidDetails) -> Iterator[tuple[str, str]]:
    if details.until is not None and details.until <= details.from_day:
        yield "until", f"is {details.until}, must be after the first day, {details.from_day}"


def _start_faults(day: date, unit: UnitRow, service: ServiceRow) -> Iterator[tuple[str, str]]:
    for row, whose in ((unit, f"unit {unit.id}"), (service, f"service {service.id}")):
        if day < row.opens_on:
            yield "from_day", f"is {day}, before {whose} opens on {row.opens_on}"
        if row.closes_on is not None and day >= row.closes_on:
            yield "from_day", f"is {day}, and {whose} closes on {row.closes_on}"


def _append(row: VoidRow, *, what: str, why: str | None, by: Actor, at: datetime, work: Work) -> VoidRow:
    try:
        with work.attempt():
            write(work, row, what=what, by=by, at=at, about=[row.unit_id, row.void], why=why)
    except IntegrityError:
        # Somebody appended the same revision: again, and they are told that it was revised.
        raise LostRace from None
    return row
