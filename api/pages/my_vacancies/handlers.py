"""One unit of the provider: taken out of service and back, re-designated."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import offer_in_reach, placement_in_reach, unit_in_reach
from api.access.visitor import Visitor
from api.design_system.spoken import spoken_day
from api.pages.attempts import Field, tried_once
from api.pages.my_vacancies.views import (
    Holding,
    is_offered,
    lives_there,
    one_unit,
    void_days,
)
from api.pages.page_door import PageDoor, sees
from api.rest.values import IdInPath
from gateway.directory.designating import DesignationReason, redesignate
from gateway.directory.tables import UnitGender, UnitRow, VoidReason, VoidRow, VoidState
from gateway.directory.vacancies import vacancies
from gateway.directory.voiding import VoidDetails, cancel_void, prepare, put_out_of_service, revise_void
from gateway.directory.voids import VoidStands, voids_of
from gateway.local_day import local_day
from gateway.placements.tables import HoldRow
from gateway.refusals import ChangedMeanwhile, Invalid, NotFound
from gateway.stay import Stay
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ProviderDoor = Annotated[PageDoor, sees(Permission.KEEP_VACANCIES)]

FIELDS = {
    "reason": Field("reason", "the reason"),
    "from_day": Field("from-day", "the first day"),
    "until": Field("until-day", "the day on which it is free again"),
    "free": Field("free-day", "the day on which it is free again"),
    "to": Field("gender", "whom it is for"),
    "unit_ids": Field("gender", "the unit"),
    "why": Field("note", "the note"),
}
"""What a rule calls a field, and the id of the field on the page."""


@router.get("/my-vacancies/units/{unit_id}")
def show_unit(unit_id: IdInPath, door: ProviderDoor) -> Response:
    """One unit, and what can be changed about it."""
    return _unit_page(door, unit_id, {}, {})


@router.post("/my-vacancies/units/{unit_id}/out-of-service")
def take_out(unit_id: IdInPath, door: ProviderDoor) -> Response:
    """It cannot be let: why, from when, until when."""
    return _change(door, unit_id, lambda work: _void(door, unit_id, work), at="from-day")


@router.post("/my-vacancies/units/{unit_id}/ready")
def ready(unit_id: IdInPath, door: ProviderDoor) -> Response:
    """It can be let again from today on."""
    return _change(door, unit_id, lambda work: _end_void(door, unit_id, work), at="ready")


@router.post("/my-vacancies/units/{unit_id}/not-after-all")
def not_after_all(unit_id: IdInPath, door: ProviderDoor) -> Response:
    """What was planned does not happen."""
    return _change(door, unit_id, lambda work: _take_back(door, unit_id, work), at="planned")


@router.post("/my-vacancies/units/{unit_id}/free-from")
def free_from(unit_id: IdInPath, door: ProviderDoor) -> Response:
    """It is now known from which day on it can be let again."""
    return _change(door, unit_id, lambda work: _revise(door, unit_id, work), at="free-day")


@router.post("/my-vacancies/units/{unit_id}/designation")
def designate(unit_id: IdInPath, door: ProviderDoor) -> Response:
    """It is for others from a day on."""

    def deed(work: Work) -> str:
        chosen = door.form.one("gender")
        if chosen not in {each.value for each in UnitGender}:
            raise Invalid([("to", "choose whom the unit is for")])
        day = door.form.day("designated") or local_day(door.at)
        redesignate(
            [unit_id],
            UnitGender(chosen),
            from_day=day,
            reason=DesignationReason.DEMAND,
            why=door.form.text("note"),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return "re-designated"

    return _change(door, unit_id, deed, at="designated-day")


def _change(door: PageDoor, unit_id: str, deed: Callable[[Work], str], *, at: str) -> Response:
    """Do it if the unit is in reach; else, or if it is wrong, the page again and what is wrong with it.

    Parameters
    ----------
    deed
        Gives what the unit is from now on, in words.
    at
        The id of the field to which it leads if something else stands in the way.
    """

    def within_reach(work: Work) -> tuple[UnitRow, str]:
        return unit_in_reach(work, door.visitor, unit_id), deed(work)

    try:
        done, faults = tried_once(
            door, within_reach, FIELDS, at=at, there=lambda made: _among_others(made[0])
        )
    except ChangedMeanwhile:
        return _changed_meanwhile(door, unit_id)
    if done is None:
        return _unit_page(door, unit_id, faults, dict(door.form.fields))
    unit, said = done
    return door.go(_among_others(unit), said=f"{unit.name} is {said}.")


def _among_others(unit: UnitRow) -> str:
    return f"/my-vacancies?of={unit.service_id}"


def _void(door: PageDoor, unit_id: str, work: Work) -> str:
    reason = door.form.one("reason")
    if reason not in {each.value for each in VoidReason}:
        raise Invalid([("reason", "choose why it cannot be let")])
    details = VoidDetails(
        reason=VoidReason(reason),
        from_day=door.form.day("from") or local_day(door.at),
        until=door.form.day("until"),
        note=door.form.text("note"),
    )
    keep = prepare if details.reason is VoidReason.TURNAROUND else put_out_of_service
    try:
        row = keep(unit_id, details, by=door.visitor.actor, at=door.at, work=work)
    except VoidStands as other:
        # The refusal names the void by its id, which a provider sees nowhere.
        already = f"it is {_words(other.state)} already {void_days(other.from_day, other.until)}"
        raise Invalid([("from_day", f"{already}: take that back first")]) from None
    later = f" from {spoken_day(row.from_day)}" if row.from_day > local_day(door.at) else ""
    return f"{_words(row.state)}{later}"


def _revise(door: PageDoor, unit_id: str, work: Work) -> str:
    """The same void with another end, as ``PUT /voids/{id}`` has it."""
    stands, until = _standing(door, unit_id, work), door.form.day("free")
    if until is None:
        raise Invalid([("free", "say from which day on it can be let")])
    details = VoidDetails(reason=stands.reason, from_day=stands.from_day, until=until, note=stands.note)
    seen, by, at = door.form.seen(), door.visitor.actor, door.at
    revise_void(stands.void, details, seen=seen, by=by, at=at, work=work)
    return "noted as free from the day you gave"


def _standing(door: PageDoor, unit_id: str, work: Work) -> VoidRow:
    void_id, today = door.form.one("void"), local_day(door.at)
    stands = next((each for each in voids_of(work, unit_id, Stay(today, None)) if each.void == void_id), None)
    if stands is None:
        raise NotFound("void", void_id)
    return stands


def _end_void(door: PageDoor, unit_id: str, work: Work) -> str:
    stands, today = _standing(door, unit_id, work), local_day(door.at)
    void_id = stands.void
    seen, by, at = door.form.seen(), door.visitor.actor, door.at
    if stands.from_day == today:
        why = "Ready on the day it began."
        cancel_void(void_id, seen=seen, why=why, by=by, at=at, work=work)
    else:
        details = VoidDetails(reason=stands.reason, from_day=stands.from_day, until=today, note=stands.note)
        revise_void(void_id, details, seen=seen, by=by, at=at, work=work)
    return "free from today"


def _take_back(door: PageDoor, unit_id: str, work: Work) -> str:
    stands = _standing(door, unit_id, work)
    seen, by, at = door.form.seen(), door.visitor.actor, door.at
    cancel_void(stands.void, seen=seen, why="It does not happen after all.", by=by, at=at, work=work)
    return f"not {_words(stands.state)} after all"


def _voids(work: Work, unit_id: str, today: date) -> list[VoidRow]:
    return list(voids_of(work, unit_id, Stay(today, today + timedelta(days=1))))


def _changed_meanwhile(door: PageDoor, unit_id: str) -> Response:
    today = local_day(door.at)
    with door.store.reading() as work:
        stands = next(iter(_voids(work, unit_id, today)), None)
    now = "nothing" if stands is None else f"{_words(stands.state)}, {_words(stands.reason)}"
    day = " ".join(filter(None, (door.form.one(f"free-{part}") for part in ("day", "month", "year"))))
    sent = f"Free from {day}" if day else "Free from today"
    return door.both_versions([("Today", now, sent)], again=f"/my-vacancies/units/{unit_id}")


def _words(code: VoidState | VoidReason) -> str:
    return code.value.replace("_", " ")


def _unit_page(door: PageDoor, unit_id: str, faults: Mapping[str, str], sent: Mapping[str, str]) -> Response:
    today = local_day(door.at)
    with door.store.reading() as work:
        unit_in_reach(work, door.visitor, unit_id)
        (unit,) = vacancies(work, Stay(today, None), units=[unit_id]).units
        voids = voids_of(work, unit_id, Stay(today, None))
        holding = _holding(work, door.visitor, unit.on(today).hold)
    reasons = [each.value for each in VoidReason]
    view = one_unit(unit, today, holding=holding, voids=voids, reasons=reasons, sent=sent)
    # Rules name the unit by its id, which a provider sees nowhere.
    named = {
        field: re.sub(rf"\b[Uu]nit {re.escape(unit_id)}\b", unit.name, what) for field, what in faults.items()
    }
    return door.show("my_vacancies/unit.html", title=unit.name, view=view, faults=named, back=view.back)


def _holding(work: Work, visitor: Visitor, hold_id: str | None) -> Holding | None:
    """Who has the unit, as far as it is the visitor's to know: of a restricted case nothing is told."""
    if hold_id is None:
        return None
    hold = work.get(HoldRow, hold_id)
    try:
        if hold.placement_id is not None:
            return lives_there(placement_in_reach(work, visitor, hold.placement_id).id)
        if hold.offer_id is not None:
            return is_offered(offer_in_reach(work, visitor, hold.offer_id).id)
    except NotFound:
        pass
    return None
