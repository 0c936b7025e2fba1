"""Authorities that enter an agreement, and leave it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import agreement_in_reach
from api.rest.agreements import PartyTold
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, Gss, GssInPath, IdInPath
from gateway.agreements.join import join, leave
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("agreements")

KEEP = Permission.KEEP_AGREEMENTS


class Joined(
    Asked,
    json_schema_extra={
        "examples": [
            {
                "authority_id": "E08000030",
                "on": "2026-10-01",
                "agreed_by": ["E08000025", "E08000027"],
            }
        ]
    },
):
    """Who enters, when, and who has agreed: it must be every party (West London protocol)."""

    authority_id: Gss
    on: Day = Field(description="Its first day as a party.")
    agreed_by: Sequence[Gss] = Field(max_length=60)


class Left(Asked, json_schema_extra={"examples": [{"on": "2027-04-01"}]}):
    """When a party leaves; notice is given now."""

    on: Day = Field(description="Its first day outside, three months from now or later.")


@router.post(
    "/agreements/{agreement_id}/parties",
    summary="Let an authority enter an agreement",
    status_code=201,
    response_model=PartyTold,
    responses=declared(NotFound, Conflict),
)
def post_party(agreement_id: IdInPath, asked: Joined, door: Annotated[Door, may(KEEP)]) -> Response:
    """Who has agreed is kept with the event."""

    def deed(work: Work) -> PartyTold:
        agreement_in_reach(work, door.visitor, agreement_id)
        row = join(
            agreement_id,
            asked.authority_id,
            on=asked.on,
            agreed_by=asked.agreed_by,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return PartyTold.model_validate(row)

    return door.write(deed, status=201, location=f"/api/v1/agreements/{agreement_id}")


@router.post(
    "/agreements/{agreement_id}/parties/{authority_id}/leave",
    summary="Note that a party leaves an agreement",
    response_model=PartyTold,
    responses=declared(NotFound, Conflict),
)
def post_leave(
    agreement_id: IdInPath, authority_id: GssInPath, asked: Left, door: Annotated[Door, may(KEEP)]
) -> Response:
    """Its units go to others by a schedule first; the lead ends the agreement instead."""

    def deed(work: Work) -> PartyTold:
        agreement_in_reach(work, door.visitor, agreement_id)
        actor, at = door.visitor.actor, door.at
        row = leave(agreement_id, authority_id, on=asked.on, by=actor, at=at, work=work)
        return PartyTold.model_validate(row)

    return door.write(deed)
