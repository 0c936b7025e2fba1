"""Requests that wait for a provider, one of them, and the answer to it."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy import select

from api.access.permissions import Permission
from api.access.reach import request_in_reach
from api.pages.attempts import Field, tried_once
from api.pages.my_offers.place_names import place_names
from api.pages.my_requests.views import Requests, RequestSeen, request_seen
from api.pages.page_door import PageDoor, sees
from api.rest.filled_pages import dated_place, shown
from api.rest.listing import After
from api.rest.values import IdInPath
from gateway.allocation_runs.redesignations import (
    agree_to_redesignate,
    refuse_to_redesignate,
    requests_to_answer,
)
from gateway.allocation_runs.tables import RedesignationRequestRow
from gateway.directory.tables import ServiceRow, UnitRow
from gateway.local_day import local_day
from gateway.placements.faults import empty
from gateway.refusals import refuse
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

AnsweringDoor = Annotated[PageDoor, sees(Permission.ANSWER_REDESIGNATIONS)]

PAGE = 25
"""Requests on a page."""

FIELDS = {
    "from_day": Field("from-day", "the day"),
    "why": Field("why", "why you do not agree"),
    "unit_ids": Field("from-day", "the unit"),
    "to": Field("from-day", "whom it would be for"),
}


@router.get("/my-requests")
def show_my_requests(door: AnsweringDoor, after: After = None) -> Response:
    """What is asked of this provider and not answered, the oldest first."""
    view = door.read(lambda work: _requests(work, door, after))
    return door.show("my_requests/list.html", title="Requests to re-designate units", view=view)


@router.get("/my-requests/{request_id}")
def show_request(request_id: IdInPath, door: AnsweringDoor) -> Response:
    """One request, and the two answers."""
    return _page(door, request_id, {})


@router.post("/my-requests/{request_id}/agree")
def agree(request_id: IdInPath, door: AnsweringDoor) -> Response:
    """The unit is for the others from a day on."""

    def deed(work: Work) -> RedesignationRequestRow:
        request_in_reach(work, door.visitor, request_id)
        day = door.form.day("from") or local_day(door.at)
        return agree_to_redesignate(request_id, from_day=day, by=door.visitor.actor, at=door.at, work=work)

    return _answered(
        door, request_id, *tried_once(door, deed, FIELDS, at="from-day", there=_all), said="You have agreed."
    )


@router.post("/my-requests/{request_id}/refuse")
def disagree(request_id: IdInPath, door: AnsweringDoor) -> Response:
    """The unit stays as it is, and the gateway team is told why."""

    def deed(work: Work) -> RedesignationRequestRow:
        request_in_reach(work, door.visitor, request_id)
        why = door.form.one("why")
        refuse(empty("why", why))
        return refuse_to_redesignate(request_id, why=why, by=door.visitor.actor, at=door.at, work=work)

    said = "Noted: you do not agree. The unit stays as it is."
    return _answered(door, request_id, *tried_once(door, deed, FIELDS, at="why", there=_all), said=said)


def _all(_: RedesignationRequestRow) -> str:
    return "/my-requests"


def _answered(
    door: PageDoor,
    request_id: str,
    _: RedesignationRequestRow | None,
    faults: Mapping[str, str],
    *,
    said: str,
) -> Response:
    return _page(door, request_id, faults) if faults else door.go("/my-requests", said=said)


def _requests(work: Work, door: PageDoor, after: str | None) -> Requests:
    own = work.all(select(ServiceRow.id).where(ServiceRow.provider_id == door.visitor.provider_id))
    found = requests_to_answer(work, own, after=dated_place(after), limit=PAGE + 1)
    here = found[:PAGE]
    service_of = _services_of(work, [each.unit_id for each in here])
    names = place_names(work, set(service_of.values()), service_of)
    cursor = shown((here[-1].asked_at, here[-1].id)) if len(found) > PAGE else None
    return Requests(
        [
            request_seen(each, names.units[each.unit_id], names.services[service_of[each.unit_id]])
            for each in here
        ],
        next=None if cursor is None else f"/my-requests?after={cursor}",
        first=None if after is None else "/my-requests",
    )


def _services_of(work: Work, unit_ids: list[str]) -> dict[str, str]:
    of = select(UnitRow.id, UnitRow.service_id).where(UnitRow.id.in_(unit_ids))
    return dict(work.session.execute(of).all())


def _page(door: PageDoor, request_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> RequestSeen:
        row = request_in_reach(work, door.visitor, request_id)
        unit = work.get(UnitRow, row.unit_id)
        return request_seen(row, unit.name, work.get(ServiceRow, unit.service_id).name)

    view = door.read(question)
    sent = dict(door.form.fields)
    if faults and not view.waits:  # then there is no field to which they could lead
        faults = {"main-content": next(iter(faults.values()))}
    return door.show(
        "my_requests/request.html", title=view.unit, view=view, faults=faults, back="/my-requests", sent=sent
    )
