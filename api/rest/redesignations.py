"""Requests to re-designate a unit, which a run's plan asks of a provider, and the provider's answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import ConfigDict, Field
from sqlalchemy import select

from api.access.permissions import Permission
from api.access.reach import EVERYWHERE, request_in_reach
from api.rest.door import Door, declared, may
from api.rest.filled_pages import dated_place, shown
from api.rest.listing import After, Listing, Size
from api.rest.offer_answers import Why
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, IdInPath, Told
from gateway.allocation_runs.redesignations import (
    agree_to_redesignate,
    refuse_to_redesignate,
    requests_of_run,
    requests_to_answer,
)
from gateway.allocation_runs.tables import RedesignationRequestRow, RequestStatus, RunRow
from gateway.directory.tables import ServiceRow
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("allocation runs")

Answering = Annotated[Door, may(Permission.ANSWER_REDESIGNATIONS)]


class RequestTold(Told):
    """A provider is asked to have a unit for others than now."""

    id: str
    version: int
    unit_id: str
    to_pool: str = Field(description="Whom it would be for.", examples=["female"])
    status: RequestStatus
    asked_at: datetime
    answered_at: datetime | None
    answer: str | None = Field(description="Why the provider does not agree.")
    run_id: str | None = Field(description="Told to officers and duty managers.")


class Agreed(Asked):
    """From when on the unit is for the others."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"from_day": "2026-03-02"}]})

    from_day: Day


@router.get(
    "/redesignation-requests",
    summary="Requests that wait for this provider's answer",
    response_model=Listing[RequestTold],
    responses=declared(),
)
def list_to_answer(door: Answering, after: After = None, size: Size = 50) -> Response:
    """The oldest first, for the units of its own services."""
    place = dated_place(after)

    def question(work: Work) -> Listing[RequestTold]:
        own = work.all(select(ServiceRow.id).where(ServiceRow.provider_id == door.visitor.provider_id))
        return _page(door, requests_to_answer(work, own, after=place, limit=size + 1), size)

    return door.read(question)


@router.get(
    "/runs/{run_id}/redesignation-requests",
    summary="What a run asks of providers",
    response_model=Listing[RequestTold],
    responses=declared(NotFound),
)
def list_of_run(
    run_id: IdInPath,
    door: Annotated[Door, may(Permission.READ_RUNS)],
    after: After = None,
    size: Size = 50,
) -> Response:
    """Answered or not, the oldest first."""
    place = dated_place(after)

    def question(work: Work) -> Listing[RequestTold]:
        work.get(RunRow, run_id)
        return _page(door, requests_of_run(work, run_id, after=place, limit=size + 1), size)

    return door.read(question)


@router.post(
    "/redesignation-requests/{request_id}/agree",
    summary="Agree to re-designate a unit",
    response_model=RequestTold,
    responses=declared(NotFound, Conflict),
)
def agree(request_id: IdInPath, asked: Agreed, door: Answering) -> Response:
    """The unit is for the others from this day on."""

    def deed(work: Work) -> RequestTold:
        request_in_reach(work, door.visitor, request_id)
        row = agree_to_redesignate(
            request_id, from_day=asked.from_day, by=door.visitor.actor, at=door.at, work=work
        )
        return _told(door, row)

    return door.write(deed)


@router.post(
    "/redesignation-requests/{request_id}/refuse",
    summary="Refuse to re-designate a unit",
    response_model=RequestTold,
    responses=declared(NotFound, Conflict),
)
def refuse(request_id: IdInPath, asked: Why, door: Answering) -> Response:
    """And say why; the line that needed the unit stays without it."""

    def deed(work: Work) -> RequestTold:
        request_in_reach(work, door.visitor, request_id)
        row = refuse_to_redesignate(request_id, why=asked.why, by=door.visitor.actor, at=door.at, work=work)
        return _told(door, row)

    return door.write(deed)


def _page(door: Door, found: Sequence[RedesignationRequestRow], size: int) -> Listing[RequestTold]:
    items = found[:size]
    end = (items[-1].asked_at, items[-1].id) if len(found) > size else None
    return Listing(items=[_told(door, each) for each in items], next=shown(end))


def _told(door: Door, row: RedesignationRequestRow) -> RequestTold:
    facts: Mapping[str, object] = {name: getattr(row, name) for name in RequestTold.model_fields}
    own = {} if door.visitor.role in EVERYWHERE else {"run_id": None}
    return RequestTold.model_validate({**facts, **own})
