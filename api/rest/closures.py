"""Closing services and units from a day on, what stands against it, and opening them again."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import referrals_told, service_known, unit_in_reach
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.services import ServiceTold, service_told
from api.rest.strict_requests import doors
from api.rest.units import UnitTold, unit_told
from api.rest.values import Asked, Day, IdInPath, StayTold, Told, Words
from gateway.directory.closing import close_unit, plan_closure, reopen_service, reopen_unit
from gateway.directory.closure import ClosingBlock, closing_blocked_by
from gateway.directory.holders import Holder
from gateway.directory.services import service_read
from gateway.refusals import NotFound
from gateway.storage.work import Work

router = doors("directory")

KEEP = Permission.KEEP_DIRECTORY


class HolderTold(StayTold):
    """Somebody who lives in a unit then or later, or was offered it."""

    unit_id: str
    pool: str
    referral_id: str | None = Field(description="Null: not told to you.")


class ClosingBlockTold(Told):
    """What stands against closing a service from a day on; nothing, if it is not blocked."""

    service_id: str
    day: date
    blocked: bool
    living: Sequence[HolderTold]
    offered: Sequence[HolderTold]
    agreements: Sequence[str] = Field(description="Ids of agreements that cover it then or later.")


class ServiceClosed(
    Asked,
    json_schema_extra={"examples": [{"day": "2026-09-30", "why": "The lease ends."}]},
):
    """From which day on it is closed, and why."""

    day: Day = Field(description="The first day on which it is closed.")
    why: Words


class UnitClosed(
    Asked, json_schema_extra={"examples": [{"day": "2026-09-30", "why": "It becomes an office."}]}
):
    """From which day on it is closed, and why."""

    day: Day = Field(description="The first day on which it is closed.")
    why: Words


class Reopened(Asked, json_schema_extra={"examples": [{"day": "2026-10-05", "why": "The lease goes on."}]}):
    """From which day on it is open again, and why."""

    day: Day
    why: Words


@router.get(
    "/services/{service_id}/closing-block",
    summary="What stands against closing a service",
    response_model=ClosingBlockTold,
    responses=declared(NotFound),
)
def read_closing_block(
    service_id: IdInPath, day: Annotated[Day, Query()], door: Annotated[Door, may(KEEP)]
) -> Response:
    """Who has a unit on that day or later, and which agreements cover it then."""

    def question(work: Work) -> ClosingBlockTold:
        service_known(work, door.visitor, service_id)
        block = closing_blocked_by(work, service_id, day)
        return _block_told(block, referrals_told(work, door.visitor, [*block.living, *block.offered]))

    return door.read(question)


@router.post(
    "/services/{service_id}/closure",
    summary="Close a service from a day on",
    response_model=ServiceTold,
    responses=declared(*EDITS),
)
def post_closure(
    service_id: IdInPath, asked: ServiceClosed, seen: Seen, door: Annotated[Door, may(KEEP)]
) -> Response:
    """A plan that stands is replaced. What people live in closes by an emergency, which finds them places."""

    def deed(work: Work) -> ServiceTold:
        service_known(work, door.visitor, service_id)
        plan_closure(
            service_id,
            asked.day,
            seen=seen,
            why=asked.why,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return service_told(service_read(work, service_id), door.visitor)

    return door.write(deed)


@router.post(
    "/services/{service_id}/reopening",
    summary="Take back a closure of a service",
    response_model=ServiceTold,
    responses=declared(*EDITS),
)
def post_reopening(
    service_id: IdInPath, asked: Reopened, seen: Seen, door: Annotated[Door, may(KEEP)]
) -> Response:
    """Planned or past. Days on which it was closed stay days on which nobody could be placed."""

    def deed(work: Work) -> ServiceTold:
        service_known(work, door.visitor, service_id)
        actor, at = door.visitor.actor, door.at
        reopen_service(service_id, asked.day, seen=seen, why=asked.why, by=actor, at=at, work=work)
        return service_told(service_read(work, service_id), door.visitor)

    return door.write(deed)


@router.post(
    "/units/{unit_id}/closure",
    summary="Close a unit from a day on",
    response_model=UnitTold,
    responses=declared(*EDITS),
)
def post_unit_closure(
    unit_id: IdInPath, asked: UnitClosed, seen: Seen, door: Annotated[Door, may(KEEP)]
) -> Response:
    """For good; refused while somebody lives in it or was offered it, then or later."""

    def deed(work: Work) -> UnitTold:
        unit_in_reach(work, door.visitor, unit_id)
        actor, at = door.visitor.actor, door.at
        close_unit(unit_id, asked.day, seen=seen, why=asked.why, by=actor, at=at, work=work)
        return unit_told(work, unit_id)

    return door.write(deed)


@router.post(
    "/units/{unit_id}/reopening",
    summary="Take back the closing of a unit",
    response_model=UnitTold,
    responses=declared(*EDITS),
)
def post_unit_reopening(
    unit_id: IdInPath, asked: Reopened, seen: Seen, door: Annotated[Door, may(KEEP)]
) -> Response:
    """As for a service."""

    def deed(work: Work) -> UnitTold:
        unit_in_reach(work, door.visitor, unit_id)
        actor, at = door.visitor.actor, door.at
        reopen_unit(unit_id, asked.day, seen=seen, why=asked.why, by=actor, at=at, work=work)
        return unit_told(work, unit_id)

    return door.write(deed)


def _block_told(block: ClosingBlock, told: frozenset[str]) -> ClosingBlockTold:
    return ClosingBlockTold(
        service_id=block.service,
        day=block.day,
        blocked=bool(block),
        living=[_holder_told(each, told) for each in block.living],
        offered=[_holder_told(each, told) for each in block.offered],
        agreements=block.agreements,
    )


def _holder_told(holder: Holder, told: frozenset[str]) -> HolderTold:
    return HolderTold(
        unit_id=holder.unit,
        pool=holder.pool,
        from_day=holder.stay.from_day,
        until=holder.stay.until,
        referral_id=holder.referral if holder.referral in told else None,
    )
