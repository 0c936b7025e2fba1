"""Whom units are for: re-designate them from a day on, and how that came to be."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import service_in_reach, unit_in_reach
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, Id, IdInPath, Told, Words
from gateway.directory.designating import DesignationReason, redesignate
from gateway.directory.designations import designations_of
from gateway.directory.tables import DesignationRow, UnitGender
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("units")


class DesignationTold(Told):
    """From this day on a unit is for these, until a later one begins."""

    id: str
    unit_id: str
    gender: UnitGender
    from_day: date
    reason: str
    set_at: datetime


class DesignationsTold(Told):
    """Designations, in the order in which they begin and, of one day, were set."""

    items: Sequence[DesignationTold]


class Redesignated(
    Asked,
    json_schema_extra={
        "examples": [
            {"unit_ids": ["U-7K3F92QDXM"], "to": "female", "from_day": "2026-03-02", "reason": "demand"}
        ]
    },
):
    """Which units are for whom from a day on, and why. A shared pool changes as a whole."""

    unit_ids: Sequence[Id] = Field(min_length=1, max_length=200)
    to: UnitGender
    from_day: Day
    reason: DesignationReason
    why: Words | None = Field(default=None, description="What else there is to say; kept sealed.")


@router.post(
    "/services/{service_id}/designations",
    summary="Re-designate units of a service",
    status_code=201,
    response_model=DesignationsTold,
    responses=declared(NotFound, Conflict),
)
def post_designations(
    service_id: IdInPath, asked: Redesignated, door: Annotated[Door, may(Permission.KEEP_VACANCIES)]
) -> Response:
    """All of them, or none and every fault. Refused where somebody has a unit that would not be for them."""

    def deed(work: Work) -> DesignationsTold:
        service_in_reach(work, door.visitor, service_id)
        rows = redesignate(
            asked.unit_ids,
            asked.to,
            from_day=asked.from_day,
            reason=asked.reason,
            why=asked.why,
            of_service=service_id,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return _told(rows)

    return door.write(deed, status=201, location=f"/api/v1/services/{service_id}/units")


@router.get(
    "/units/{unit_id}/designations",
    summary="Whom a unit was, is and will be for",
    response_model=DesignationsTold,
    responses=declared(NotFound),
)
def list_designations(unit_id: IdInPath, door: Annotated[Door, may(Permission.READ_VACANCIES)]) -> Response:
    """Every one that was ever set."""

    def question(work: Work) -> DesignationsTold:
        unit_in_reach(work, door.visitor, unit_id)
        return _told(designations_of(work, unit_id))

    return door.read(question)


def _told(rows: Sequence[DesignationRow]) -> DesignationsTold:
    return DesignationsTold(items=[DesignationTold.model_validate(row) for row in rows])
