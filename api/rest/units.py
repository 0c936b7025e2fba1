"""Units as their provider keeps them: what each is, and the one press that says it is true."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import service_in_reach
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Asked, Id, IdInPath, Told
from gateway.directory.confirming import confirm_units
from gateway.directory.tables import UnitKind, UnitRow
from gateway.directory.units import units_of
from gateway.refusals import NotFound
from gateway.storage.work import Work

router = doors("units")


class UnitTold(Told):
    """A bedspace, a flat, or a slot in a caseload."""

    id: str
    version: int
    service_id: str
    name: str
    pool: str
    kind: UnitKind
    opens_on: date
    closes_on: date | None
    confirmed_at: datetime | None = Field(description="When the provider last said that this is true.")


class UnitsTold(Told):
    """Units of a service."""

    items: Sequence[UnitTold]


class Confirmed(Asked):
    """Which units were looked at."""

    units: Sequence[Id] | None = Field(default=None, max_length=500, description="Null: all of the service.")


@router.get(
    "/services/{service_id}/units",
    summary="The units of a service",
    response_model=UnitsTold,
    responses=declared(NotFound),
)
def list_units(service_id: IdInPath, door: Annotated[Door, may(Permission.READ_VACANCIES)]) -> Response:
    """Every unit, closed ones too, in the order of pools and names."""

    def question(work: Work) -> UnitsTold:
        service_in_reach(work, door.visitor, service_id)
        return _told(units_of(work, service_id))

    return door.read(question)


@router.post(
    "/services/{service_id}/confirm",
    summary="Confirm that all that stands of a service's units is true",
    response_model=UnitsTold,
    responses=declared(NotFound),
)
def confirm(
    service_id: IdInPath, asked: Confirmed, door: Annotated[Door, may(Permission.KEEP_VACANCIES)]
) -> Response:
    """One press for a whole service, or for the units named; answers with those whose stamp moved on."""

    def deed(work: Work) -> UnitsTold:
        service_in_reach(work, door.visitor, service_id)
        return _told(confirm_units(service_id, asked.units, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed)


def _told(rows: Sequence[UnitRow]) -> UnitsTold:
    return UnitsTold(items=[UnitTold.model_validate(row) for row in rows])
