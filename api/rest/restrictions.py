"""Restricted cases over HTTP: closed, opened to some, to all again, or by breaking the glass."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.filled_pages import moment_and_id, shown
from api.rest.listing import After, Listing, Size
from api.rest.people import Because, told_of
from api.rest.person_models import PersonTold
from api.rest.strict_requests import doors
from api.rest.values import Asked, Id, IdInPath, Moment, Told, Words
from gateway.accounts.case_access import grant_account
from gateway.people.grants import broken_glass, grants_of
from gateway.people.restrict import (
    GLASS_HOURS,
    break_glass,
    lift_restriction,
    restrict_case,
    revoke_access,
)
from gateway.people.tables import GrantRow
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("restricted cases")


class RestrictionAsked(Asked):
    """Why the case is closed to all others, and until when whoever closes it may open it."""

    until: Moment = Field(description="When your own grant ends; the restriction itself has no end.")
    why: Words


class GrantAsked(Asked):
    """Who may open the case too."""

    holder: Id = Field(description="An account that may be used.", examples=["N-7K3F92QDXM"])
    until: Moment
    why: Words


class GlassAsked(Asked):
    """For how long the case must be opened, and why; auditors are told."""

    hours: int = Field(ge=1, le=GLASS_HOURS, examples=[4])
    why: Words = Field(examples=["Found unconscious; the hospital asks whom to call."])


class GrantTold(Told):
    """Somebody may open a restricted case, from `granted_at` until `until` or until it is revoked."""

    id: str
    person_id: str
    holder: str = Field(description="Whose account.")
    broken_glass: bool
    why: str
    granted_at: datetime
    until: datetime
    revoked_at: datetime | None


class GrantsTold(Told):
    """Who may open a restricted case."""

    items: Sequence[GrantTold]


@router.post(
    "/people/{person_id}/restrict",
    summary="Restrict a case",
    response_model=PersonTold,
    responses=declared(*EDITS),
)
def restrict(
    person_id: IdInPath,
    asked: RestrictionAsked,
    seen: Seen,
    door: Annotated[Door, may(Permission.GRANT_ACCESS)],
) -> Response:
    """To all who have no grant it is not there; whoever restricts it holds the first."""

    def deed(work: Work) -> PersonTold:
        person_in_reach(work, door.visitor, person_id)
        who = door.visitor.actor
        restrict_case(person_id, until=asked.until, why=asked.why, seen=seen, by=who, at=door.at, work=work)
        return told_of(work, door, person_id)

    return door.write(deed)


@router.post(
    "/people/{person_id}/lift-restriction",
    summary="Let everybody open a case again",
    response_model=PersonTold,
    responses=declared(*EDITS),
)
def lift(
    person_id: IdInPath, asked: Because, seen: Seen, door: Annotated[Door, may(Permission.GRANT_ACCESS)]
) -> Response:
    """Of this id; a merged person whose other ids are restricted stays closed."""

    def deed(work: Work) -> PersonTold:
        person_in_reach(work, door.visitor, person_id)
        lift_restriction(person_id, why=asked.why, seen=seen, by=door.visitor.actor, at=door.at, work=work)
        return told_of(work, door, person_id)

    return door.write(deed)


@router.post(
    "/people/{person_id}/grants",
    summary="Let somebody open a restricted case",
    status_code=201,
    response_model=GrantTold,
    responses=declared(NotFound, Conflict),
)
def grant(
    person_id: IdInPath, asked: GrantAsked, door: Annotated[Door, may(Permission.GRANT_ACCESS)]
) -> Response:
    """Only who may open it lets others, one restricted id at a time."""

    def deed(work: Work) -> GrantTold:
        person_in_reach(work, door.visitor, person_id)
        row = grant_account(
            person_id,
            asked.holder,
            until=asked.until,
            why=asked.why,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return GrantTold.model_validate(row)

    return door.write(deed, status=201, location=f"/api/v1/people/{person_id}/grants")


@router.get(
    "/people/{person_id}/grants",
    summary="Who may open a case",
    response_model=GrantsTold,
    responses=declared(NotFound, Conflict),
)
def list_grants(person_id: IdInPath, door: Annotated[Door, may(Permission.GRANT_ACCESS)]) -> Response:
    """Under any of their ids, those that are over too, the oldest first; recorded."""

    def question(work: Work) -> GrantsTold:
        person_in_reach(work, door.visitor, person_id)
        return _told(grants_of(person_id, by=door.visitor.actor, at=door.at, work=work))

    return door.look(question)


@router.post(
    "/grants/{grant_id}/revoke",
    summary="Take a grant back",
    response_model=GrantTold,
    responses=declared(NotFound, Conflict),
)
def revoke(
    grant_id: IdInPath, asked: Because, door: Annotated[Door, may(Permission.GRANT_ACCESS)]
) -> Response:
    """A broken glass too, from now on; only who may open the case can."""

    def deed(work: Work) -> GrantTold:
        row = revoke_access(grant_id, why=asked.why, by=door.visitor.actor, at=door.at, work=work)
        return GrantTold.model_validate(row)

    return door.write(deed)


@router.post(
    "/people/{person_id}/break-glass",
    summary="Open a restricted case in an emergency",
    status_code=201,
    response_model=GrantsTold,
    responses=declared(NotFound, Conflict),
)
def smash(
    person_id: IdInPath, asked: GlassAsked, door: Annotated[Door, may(Permission.BREAK_GLASS)]
) -> Response:
    """For some hours, because somebody's safety depends on it; the auditor is told."""

    def deed(work: Work) -> GrantsTold:
        who = door.visitor.actor
        return _told(break_glass(person_id, hours=asked.hours, why=asked.why, by=who, at=door.at, work=work))

    return door.write(deed, status=201, location=f"/api/v1/people/{person_id}")


@router.get(
    "/broken-glass",
    summary="Whose glass was broken",
    response_model=Listing[GrantTold],
    responses=declared(),
)
def list_broken_glass(
    door: Annotated[Door, may(Permission.READ_EVENTS)], after: After = None, size: Size = 50
) -> Response:
    """For auditors: ids and reasons, no names; the newest first, then by id."""

    def question(work: Work) -> Listing[GrantTold]:
        found = broken_glass(work, after=_place(after), most=size + 1)
        here = [GrantTold.model_validate(each) for each in found[:size]]
        more = len(found) > size
        return Listing(items=here, next=shown((here[-1].granted_at, here[-1].id)) if more else None)

    return door.read(question)


def _place(after: str | None) -> tuple[datetime, str] | None:
    moment, id = moment_and_id(after) or (None, "")
    return None if moment is None else (moment, id)


def _told(rows: Sequence[GrantRow]) -> GrantsTold:
    return GrantsTold(items=[GrantTold.model_validate(each) for each in rows])
