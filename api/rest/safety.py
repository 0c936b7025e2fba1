"""Safety over HTTP: areas in which somebody is not safe, and people who must be kept apart."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, Id, IdInPath, Told, Words
from gateway.people.keep_safe import end_safety_area, end_separation, keep_apart, set_safety_area
from gateway.people.safety import safety_areas_kept, separations_kept
from gateway.people.tables import SafetyReason
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("safety")


class AreaAsked(Asked):
    """An authority in which the person is not safe."""

    authority_id: Id = Field(examples=["E08000025"])
    reason: SafetyReason
    on: Day = Field(description="From when on.")
    why: Words | None = None


class SeparationAsked(Asked):
    """Somebody with whom the person must not be in one service."""

    other_id: Id = Field(examples=["P-7K3F92QDXM"])
    reason: SafetyReason
    on: Day = Field(description="From when on.")
    why: Words | None = None


class OverAsked(Asked):
    """From this day on it counts no more."""

    on: Day
    why: Words


class AreaTold(Told):
    """An authority in which the person is not safe, from `set_on` until `ended_on`."""

    id: str
    person_id: str
    authority_id: str
    reason: SafetyReason
    set_on: date
    ended_on: date | None


class AreasTold(Told):
    """Areas in which a person is not safe."""

    items: Sequence[AreaTold]


class SeparationTold(Told):
    """Two people who must not be in one service, from `set_on` until `ended_on`; their order says nothing."""

    id: str
    person_id: str
    other_id: str
    reason: SafetyReason
    set_on: date
    ended_on: date | None


class SeparationsTold(Told):
    """From whom a person must be kept apart."""

    items: Sequence[SeparationTold]


@router.post(
    "/people/{person_id}/safety-areas",
    summary="Record that a person is not safe in an authority",
    status_code=201,
    response_model=AreaTold,
    responses=declared(NotFound, Conflict),
)
def set_area(
    person_id: IdInPath, asked: AreaAsked, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """A hard rule for every run and offer, never weighed against anything."""

    def deed(work: Work) -> AreaTold:
        person_in_reach(work, door.visitor, person_id)
        area = set_safety_area(
            person_id,
            asked.authority_id,
            reason=asked.reason,
            on=asked.on,
            why=asked.why,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return AreaTold.model_validate(area)

    return door.write(deed, status=201, location=f"/api/v1/people/{person_id}/safety-areas")


@router.get(
    "/people/{person_id}/safety-areas",
    summary="Where a person is not safe",
    response_model=AreasTold,
    responses=declared(NotFound, Conflict),
)
def list_areas(person_id: IdInPath, door: Annotated[Door, may(Permission.READ_PEOPLE)]) -> Response:
    """Under any of their ids, what ended too, the newest first; recorded."""

    def question(work: Work) -> AreasTold:
        person_in_reach(work, door.visitor, person_id)
        rows = safety_areas_kept(person_id, by=door.visitor.actor, at=door.at, work=work)
        return AreasTold(items=[AreaTold.model_validate(each) for each in rows])

    return door.look(question)


@router.post(
    "/safety-areas/{area_id}/end",
    summary="Record that a person is safe there again",
    response_model=AreaTold,
    responses=declared(NotFound, Conflict),
)
def end_area(
    area_id: IdInPath, asked: OverAsked, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """From a day on, with a reason."""

    def deed(work: Work) -> AreaTold:
        area = end_safety_area(
            area_id, on=asked.on, why=asked.why, by=door.visitor.actor, at=door.at, work=work
        )
        return AreaTold.model_validate(area)

    return door.write(deed)


@router.post(
    "/people/{person_id}/separations",
    summary="Keep two people apart",
    status_code=201,
    response_model=SeparationTold,
    responses=declared(NotFound, Conflict),
)
def separate(
    person_id: IdInPath, asked: SeparationAsked, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """A hard rule for every run and offer, in both directions."""

    def deed(work: Work) -> SeparationTold:
        for id in (person_id, asked.other_id):
            person_in_reach(work, door.visitor, id)
        apart = keep_apart(
            person_id,
            asked.other_id,
            reason=asked.reason,
            on=asked.on,
            why=asked.why,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return SeparationTold.model_validate(apart)

    return door.write(deed, status=201, location=f"/api/v1/people/{person_id}/separations")


@router.get(
    "/people/{person_id}/separations",
    summary="From whom a person must be kept apart",
    response_model=SeparationsTold,
    responses=declared(NotFound, Conflict),
)
def list_separations(person_id: IdInPath, door: Annotated[Door, may(Permission.READ_PEOPLE)]) -> Response:
    """What ended too, the newest first; without those from people whose case is closed to you. Recorded."""

    def question(work: Work) -> SeparationsTold:
        person_in_reach(work, door.visitor, person_id)
        rows = separations_kept(person_id, by=door.visitor.actor, at=door.at, work=work)
        return SeparationsTold(items=[SeparationTold.model_validate(each) for each in rows])

    return door.look(question)


@router.post(
    "/separations/{separation_id}/end",
    summary="Record that two people need no longer be kept apart",
    response_model=SeparationTold,
    responses=declared(NotFound, Conflict),
)
def end_apart(
    separation_id: IdInPath, asked: OverAsked, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """From a day on, with a reason."""

    def deed(work: Work) -> SeparationTold:
        apart = end_separation(
            separation_id, on=asked.on, why=asked.why, by=door.visitor.actor, at=door.at, work=work
        )
        return SeparationTold.model_validate(apart)

    return door.write(deed)
