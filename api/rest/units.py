"""Units as their provider keeps them: what each is, on which days, and the one press that says it is true."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import service_in_reach, unit_in_reach
from api.rest.day_range import DayRange
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.unit_days import UnitOverDaysTold, unit_over_days
from api.rest.values import Asked, Code, Day, Id, IdInPath, ShortLine, Told
from gateway.directory.adding import NewUnit, add_units
from gateway.directory.confirming import confirm_units, digest_of, standing_units
from gateway.directory.tables import UnitGender, UnitKind, UnitRow
from gateway.directory.units import features_of, units_of
from gateway.directory.vacancies import vacancies
from gateway.refusals import ChangedMeanwhile, NotFound
from gateway.storage.work import Work

router = doors("units")

READ, KEEP = Permission.READ_VACANCIES, Permission.KEEP_VACANCIES


class UnitTold(Told):
    """A bedspace, a flat, or a slot in a caseload."""

    id: str
    version: int
    service_id: str
    name: str
    pool: str
    kind: UnitKind
    features: Sequence[str] = Field(description="Beyond those of its service.")
    opens_on: date
    closes_on: date | None
    confirmed_at: datetime | None = Field(description="When the provider last said that this is true.")


class UnitsTold(Told):
    """Units of a service."""

    items: Sequence[UnitTold]


class UnitAdded(Asked):
    """A unit to be added."""

    name: ShortLine = Field(description="No two in a service have the same.")
    pool: ShortLine = Field(description="Units with the same pool belong together: a landing, a caseload.")
    kind: UnitKind
    gender: UnitGender = Field(default=UnitGender.ANY, description="Whom it is for, to begin with.")
    opens_on: Day | None = Field(default=None, description="Null: with its service.")
    features: Sequence[Code] = Field(default=(), max_length=50)

    def unit(self) -> NewUnit:
        """As the directory has it."""
        return NewUnit(
            name=self.name,
            pool=self.pool,
            kind=self.kind,
            gender=self.gender,
            opens_on=self.opens_on,
            features=frozenset(self.features),
        )


class UnitsAdded(
    Asked,
    json_schema_extra={
        "examples": [
            {"units": [{"name": "Room 4", "pool": "first floor", "kind": "bedspace", "gender": "any"}]}
        ]
    },
):
    """Units to be added: all of them, or none and every fault by its row."""

    units: Sequence[UnitAdded] = Field(min_length=1, max_length=200)


class StandsTold(Told):
    """What stands of a service's units from today on, and by what it is known again."""

    stands: str = Field(description="Send it back as `seen` to confirm all of this and nothing else.")
    items: Sequence[UnitOverDaysTold]


class Confirmed(Asked, json_schema_extra={"examples": [{"unit_ids": ["U-7K3F92QDXM"]}, {"unit_ids": None}]}):
    """Which units were looked at."""

    seen: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="`stands`, as it was seen; null: whatever stands now."
    )

    unit_ids: Sequence[Id] | None = Field(
        default=None, max_length=500, description="Null: all of the service that are open."
    )


@router.get(
    "/services/{service_id}/units",
    summary="The units of a service",
    response_model=UnitsTold,
    responses=declared(NotFound),
)
def list_units(service_id: IdInPath, door: Annotated[Door, may(READ)]) -> Response:
    """Every unit, closed ones too, in the order of pools and names."""

    def question(work: Work) -> UnitsTold:
        service_in_reach(work, door.visitor, service_id)
        return _told(work, units_of(work, service_id))

    return door.read(question)


@router.post(
    "/services/{service_id}/units",
    summary="Add units to a service",
    status_code=201,
    response_model=UnitsTold,
    responses=declared(NotFound),
)
def post_units(
    service_id: IdInPath, asked: UnitsAdded, door: Annotated[Door, may(Permission.KEEP_DIRECTORY)]
) -> Response:
    """Each with its first designation; none, if anything is wrong with one of them."""

    def deed(work: Work) -> UnitsTold:
        service_in_reach(work, door.visitor, service_id)
        units = [each.unit() for each in asked.units]
        rows = add_units(service_id, units, by=door.visitor.actor, at=door.at, work=work)
        return _told(work, rows)

    return door.write(deed, status=201, location=f"/api/v1/services/{service_id}/units")


@router.get("/units/{unit_id}", summary="A unit", response_model=UnitTold, responses=declared(NotFound))
def read_unit(unit_id: IdInPath, door: Annotated[Door, may(READ)]) -> Response:
    """What is recorded of it."""

    def question(work: Work) -> UnitTold:
        unit_in_reach(work, door.visitor, unit_id)
        return unit_told(work, unit_id)

    return door.read(question)


@router.get(
    "/units/{unit_id}/days",
    summary="What a unit is on each day of a range",
    response_model=UnitOverDaysTold,
    responses=declared(NotFound),
)
def read_days(
    unit_id: IdInPath, days: Annotated[DayRange, Depends()], door: Annotated[Door, may(READ)]
) -> Response:
    """Free, or why not, as runs of days that have no gap."""

    def question(work: Work) -> UnitOverDaysTold:
        unit_in_reach(work, door.visitor, unit_id)
        return unit_over_days(vacancies(work, days.stay(door.at), units=[unit_id]).units[0])

    return door.read(question)


@router.get(
    "/services/{service_id}/stands",
    summary="What stands of a service's units, to be confirmed",
    response_model=StandsTold,
    responses=declared(NotFound),
)
def read_stands(service_id: IdInPath, door: Annotated[Door, may(READ)]) -> Response:
    """Every unit that is not closed, from today on."""

    def question(work: Work) -> StandsTold:
        service_in_reach(work, door.visitor, service_id)
        units = standing_units(work, service_id, door.at)
        return StandsTold(stands=digest_of(units), items=[unit_over_days(each) for each in units])

    return door.read(question)


@router.post(
    "/services/{service_id}/confirm",
    summary="Confirm that all that stands of a service's units is true",
    response_model=UnitsTold,
    responses=declared(NotFound, ChangedMeanwhile),
)
def confirm(service_id: IdInPath, asked: Confirmed, door: Annotated[Door, may(KEEP)]) -> Response:
    """One press for a whole service, or for the units named; answers with those whose stamp moved on."""

    def deed(work: Work) -> UnitsTold:
        service_in_reach(work, door.visitor, service_id)
        actor, at = door.visitor.actor, door.at
        rows = confirm_units(service_id, asked.unit_ids, seen=asked.seen, by=actor, at=at, work=work)
        return _told(work, rows)

    return door.write(deed)


def unit_told(work: Work, unit_id: str) -> UnitTold:
    """A unit as it is answered."""
    return _told(work, [work.get(UnitRow, unit_id)]).items[0]


def _told(work: Work, rows: Sequence[UnitRow]) -> UnitsTold:
    features = features_of(work, [row.id for row in rows])
    plain = [name for name in UnitTold.model_fields if name != "features"]
    return UnitsTold(
        items=[
            UnitTold(**{name: getattr(row, name) for name in plain}, features=features.get(row.id, ()))
            for row in rows
        ]
    )
