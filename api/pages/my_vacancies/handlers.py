"""The provider's units: seen, confirmed, taken out of service and back, re-designated."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import service_in_reach, unit_in_reach
from api.access.visitor import Visitor
from api.design_system.spoken import counted
from api.pages.my_vacancies.views import my_vacancies, one_unit
from api.pages.page_door import PageDoor, by_field, sees
from api.rest.values import IdInPath
from gateway.directory.confirming import confirm_units
from gateway.directory.designating import DesignationReason, redesignate
from gateway.directory.tables import UnitGender, VoidReason, VoidRow, VoidState
from gateway.directory.vacancies import UnitVacancy, vacancies
from gateway.directory.voiding import VoidDetails, cancel_void, prepare, put_out_of_service, revise_void
from gateway.directory.voids import voids_of
from gateway.local_day import local_day
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, NotFound
from gateway.stay import Stay
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ProviderDoor = Annotated[PageDoor, sees(Permission.KEEP_VACANCIES)]

FIELDS = {
    "reason": "reason",
    "from_day": "from-day",
    "until": "until-day",
    "to": "gender",
    "unit_ids": "gender",
    "why": "note",
}
"""What a rule calls a field, and the id of the field on the page."""


@router.get("/my-vacancies")
def show_my_vacancies(door: ProviderDoor) -> Response:
    """Every unit of the provider as it is today."""
    today = local_day(door.at)
    units = door.read(lambda work: _units(work, door.visitor, today))
    return door.show("my_vacancies/list.html", title="My vacancies", view=my_vacancies(units, today))


@router.post("/my-vacancies/{service_id}/confirm")
def confirm(service_id: IdInPath, door: ProviderDoor) -> Response:
    """One press: all that stands of this service is true."""

    def deed(work: Work) -> tuple[str, int]:
        service = service_in_reach(work, door.visitor, service_id)
        return service.name, len(confirm_units(service_id, by=door.visitor.actor, at=door.at, work=work))

    name, units = door.does(deed)
    return door.go("/my-vacancies", said=f"{name}: {counted(units, 'unit')} confirmed.")


@router.get("/my-vacancies/units/{unit_id}")
def show_unit(unit_id: IdInPath, door: ProviderDoor) -> Response:
    """One unit, and what can be changed about it."""
    return _unit_page(door, unit_id, {}, {})


@router.post("/my-vacancies/units/{unit_id}/out-of-service")
def take_out(unit_id: IdInPath, door: ProviderDoor) -> Response:
    """It cannot be let: why, from when, until when."""
    return _change(
        door, unit_id, lambda work: _void(door, unit_id, work), at="from-day", said="out of service"
    )


@router.post("/my-vacancies/units/{unit_id}/ready")
def ready(unit_id: IdInPath, door: ProviderDoor) -> Response:
    """It can be let again from today on."""
    return _change(
        door, unit_id, lambda work: _end_void(door, unit_id, work), at="ready", said="free from today"
    )


@router.post("/my-vacancies/units/{unit_id}/designation")
def designate(unit_id: IdInPath, door: ProviderDoor) -> Response:
    """It is for others from a day on."""

    def deed(work: Work) -> None:
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

    return _change(door, unit_id, deed, at="designated-day", said="re-designated")


def _units(work: Work, visitor: Visitor, today: date) -> tuple[UnitVacancy, ...]:
    one_day = Stay(today, today + timedelta(days=1))
    providers = None if visitor.provider_id is None else [visitor.provider_id]
    return vacancies(work, one_day, providers=providers).units


def _change(door: PageDoor, unit_id: str, deed: Callable[[Work], object], *, at: str, said: str) -> Response:
    """Do it if the unit is in reach; else, or if it is wrong, the page again and what is wrong with it.

    Parameters
    ----------
    at
        The id of the field to which it leads if something else stands in the way.
    """

    def within_reach(work: Work) -> str:
        unit = unit_in_reach(work, door.visitor, unit_id)
        deed(work)
        return unit.name

    try:
        name = door.does(within_reach)
    except Invalid as refused:
        return _unit_page(door, unit_id, by_field(refused, FIELDS), dict(door.form.fields))
    except ChangedMeanwhile:
        return _changed_meanwhile(door, unit_id)
    except Conflict as refused:
        return _unit_page(door, unit_id, {at: str(refused)}, dict(door.form.fields))
    return door.go("/my-vacancies", said=f"{name} is {said}.")


def _void(door: PageDoor, unit_id: str, work: Work) -> VoidRow:
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
    return keep(unit_id, details, by=door.visitor.actor, at=door.at, work=work)


def _end_void(door: PageDoor, unit_id: str, work: Work) -> VoidRow:
    void_id, today = door.form.one("void"), local_day(door.at)
    stands = next((each for each in _voids(work, unit_id, today) if each.void == void_id), None)
    if stands is None:
        raise NotFound("void", void_id)
    seen, by, at = door.form.seen(), door.visitor.actor, door.at
    if stands.from_day == today:
        why = "Ready on the day it began."
        return cancel_void(void_id, seen=seen, why=why, by=by, at=at, work=work)
    details = VoidDetails(reason=stands.reason, from_day=stands.from_day, until=today, note=stands.note)
    return revise_void(void_id, details, seen=seen, by=by, at=at, work=work)


def _voids(work: Work, unit_id: str, today: date) -> list[VoidRow]:
    return list(voids_of(work, unit_id, Stay(today, today + timedelta(days=1))))


def _changed_meanwhile(door: PageDoor, unit_id: str) -> Response:
    today = local_day(door.at)
    with door.store.reading() as work:
        stands = next(iter(_voids(work, unit_id, today)), None)
    now = "nothing" if stands is None else f"{_words(stands.state)}, {_words(stands.reason)}"
    return door.both_versions([("Today", now, "Free from today")], again=f"/my-vacancies/units/{unit_id}")


def _words(code: VoidState | VoidReason) -> str:
    return code.value.replace("_", " ")


def _unit_page(door: PageDoor, unit_id: str, faults: Mapping[str, str], sent: Mapping[str, str]) -> Response:
    today = local_day(door.at)
    with door.store.reading() as work:
        unit_in_reach(work, door.visitor, unit_id)
        (unit,) = vacancies(work, Stay(today, today + timedelta(days=1)), units=[unit_id]).units
        void = next(iter(_voids(work, unit_id, today)), None)
    view = one_unit(unit, today, void=void, reasons=[each.value for each in VoidReason], sent=sent)
    return door.show(
        "my_vacancies/unit.html", title=unit.name, view=view, faults=faults, back="/my-vacancies"
    )
