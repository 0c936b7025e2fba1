"""Which re-designations a service's provider would agree to: what a run of the engine may propose."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import service_in_reach
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Asked, Count, IdInPath, Told
from gateway.directory.changing import AllowedConversion, allow_conversions, conversions_of
from gateway.directory.tables import ServiceRow, UnitGender
from gateway.refusals import NotFound
from gateway.storage.work import Work

router = doors("directory")


class ConversionTold(Told):
    """Up to so many units for ``source`` may be re-designated for ``target``."""

    source: UnitGender
    target: UnitGender
    max_units: int
    cost: int = Field(description="Points for each unit, as the engine weighs them.")


class ConversionsTold(Told):
    """All that are allowed; ``version`` is the service's."""

    service_id: str
    version: int
    conversions: Sequence[ConversionTold]


class ConversionAsked(Asked):
    """One that is allowed."""

    source: UnitGender
    target: UnitGender
    max_units: Count
    cost: Count = 0


class ConversionsAsked(
    Asked,
    json_schema_extra={
        "examples": [{"conversions": [{"source": "male", "target": "female", "max_units": 4, "cost": 2}]}]
    },
):
    """All that are allowed from now on."""

    conversions: Sequence[ConversionAsked] = Field(max_length=12)


@router.get(
    "/services/{service_id}/conversions",
    summary="Which re-designations a service allows",
    response_model=ConversionsTold,
    responses=declared(NotFound),
)
def read_conversions(service_id: IdInPath, door: Annotated[Door, may(Permission.READ_VACANCIES)]) -> Response:
    """In the order of what units are for and would be for."""

    def question(work: Work) -> ConversionsTold:
        return _told(work, service_in_reach(work, door.visitor, service_id))

    return door.read(question)


@router.put(
    "/services/{service_id}/conversions",
    summary="Say which re-designations a service allows",
    response_model=ConversionsTold,
    responses=declared(*EDITS),
)
def put_conversions(
    service_id: IdInPath,
    asked: ConversionsAsked,
    seen: Seen,
    door: Annotated[Door, may(Permission.KEEP_VACANCIES)],
) -> Response:
    """All of them: the others are allowed no more."""

    def deed(work: Work) -> ConversionsTold:
        service_in_reach(work, door.visitor, service_id)
        wanted = [AllowedConversion(**each.model_dump()) for each in asked.conversions]
        actor, at = door.visitor.actor, door.at
        return _told(work, allow_conversions(service_id, wanted, seen=seen, by=actor, at=at, work=work))

    return door.write(deed)


def _told(work: Work, service: ServiceRow) -> ConversionsTold:
    rows = conversions_of(work, service.id)
    told = [ConversionTold.model_validate(row) for row in rows]
    return ConversionsTold(service_id=service.id, version=service.version, conversions=told)
