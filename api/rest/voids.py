"""The void register: days on which a unit cannot be let, and why. What was said stays; revisions count."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import unit_in_reach, void_in_reach
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, IdInPath, StayTold, Told, Words
from gateway.directory.tables import VoidReason, VoidRow, VoidState
from gateway.directory.voiding import VoidDetails, cancel_void, enter_void, revise_void
from gateway.directory.voids import register_of
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("units")

READ, KEEP = Permission.READ_VACANCIES, Permission.KEEP_VACANCIES


class VoidTold(StayTold):
    """What a void says; its version is the number of its revision."""

    id: str
    version: int
    unit_id: str
    state: VoidState
    reason: VoidReason
    cancelled: bool = Field(description="It did not happen, or was entered by mistake.")
    noted_at: datetime
    note: str | None


class VoidsTold(Told):
    """Voids of a unit, each as its latest revision has it, cancelled ones too, the newest days first."""

    items: Sequence[VoidTold]


class WholeVoidTold(VoidTold):
    """A void, and all that was ever said of it, the oldest first."""

    revisions: Sequence[VoidTold]


class VoidEntered(
    Asked,
    json_schema_extra={
        "examples": [
            {
                "state": "out_of_service",
                "reason": "repairs",
                "from_day": "2026-03-02",
                "until": "2026-03-09",
                "note": "The boiler.",
            }
        ]
    },
):
    """On which days a unit cannot be let, and why."""

    state: VoidState
    reason: VoidReason
    from_day: Day
    until: Day | None = Field(default=None, description="Half-open; null: nobody knows yet.")
    note: Words | None = Field(default=None, description="In your own words; kept sealed.")

    def details(self) -> VoidDetails:
        """As the register has it."""
        return VoidDetails(reason=self.reason, from_day=self.from_day, until=self.until, note=self.note)


class VoidCancelled(Asked, json_schema_extra={"examples": [{"why": "It was another room."}]}):
    """Why it is taken back."""

    why: Words


@router.get(
    "/units/{unit_id}/voids",
    summary="The voids of a unit",
    response_model=VoidsTold,
    responses=declared(NotFound),
)
def list_voids(unit_id: IdInPath, door: Annotated[Door, may(READ)]) -> Response:
    """All it ever had."""

    def question(work: Work) -> VoidsTold:
        unit_in_reach(work, door.visitor, unit_id)
        return VoidsTold(items=[_told(row) for row in register_of(work, unit_id)])

    return door.read(question)


@router.get("/voids/{void_id}", summary="A void", response_model=WholeVoidTold, responses=declared(NotFound))
def read_void(void_id: IdInPath, door: Annotated[Door, may(READ)]) -> Response:
    """What stands, and every revision."""

    def question(work: Work) -> WholeVoidTold:
        said = [_told(row) for row in void_in_reach(work, door.visitor, void_id)]
        return WholeVoidTold(**said[-1].model_dump(), revisions=said)

    return door.read(question)


@router.post(
    "/units/{unit_id}/voids",
    summary="Take a unit out of service, or say that it is being prepared",
    status_code=201,
    response_model=VoidTold,
    responses=declared(NotFound, Conflict),
)
def post_void(unit_id: IdInPath, asked: VoidEntered, door: Annotated[Door, may(KEEP)]) -> Response:
    """Refused on days on which somebody has the unit, or it is in the same state already."""

    def deed(work: Work) -> VoidTold:
        unit_in_reach(work, door.visitor, unit_id)
        actor, at = door.visitor.actor, door.at
        return _told(enter_void(unit_id, asked.state, asked.details(), by=actor, at=at, work=work))

    return door.write(deed, status=201, location="/api/v1/voids/{id}")


@router.put(
    "/voids/{void_id}",
    summary="Say of a void what is now known",
    response_model=VoidTold,
    responses=declared(*EDITS),
)
def put_void(void_id: IdInPath, asked: VoidEntered, seen: Seen, door: Annotated[Door, may(KEEP)]) -> Response:
    """A new revision; what was said before stays on record."""

    def deed(work: Work) -> VoidTold:
        void_in_reach(work, door.visitor, void_id)
        row = revise_void(
            void_id,
            asked.details(),
            seen=seen,
            state=asked.state,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return _told(row)

    return door.write(deed)


@router.post(
    "/voids/{void_id}/cancel",
    summary="Take a void back",
    response_model=VoidTold,
    responses=declared(*EDITS),
)
def post_cancel(
    void_id: IdInPath, asked: VoidCancelled, seen: Seen, door: Annotated[Door, may(KEEP)]
) -> Response:
    """It did not happen, or was entered by mistake: the unit counts as free on its days."""

    def deed(work: Work) -> VoidTold:
        void_in_reach(work, door.visitor, void_id)
        actor, at = door.visitor.actor, door.at
        return _told(cancel_void(void_id, seen=seen, why=asked.why, by=actor, at=at, work=work))

    return door.write(deed)


def _told(row: VoidRow) -> VoidTold:
    return VoidTold(
        id=row.void,
        version=row.revision,
        unit_id=row.unit_id,
        state=row.state,
        reason=row.reason,
        from_day=row.from_day,
        until=row.until,
        cancelled=row.cancelled,
        noted_at=row.noted_at,
        note=row.note,
    )
