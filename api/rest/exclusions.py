"""Exclusions over HTTP: imposed, reviewed, lifted; those of a person, and those due for review."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Query, Response
from pydantic import ConfigDict, Field, StringConstraints

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.filled_pages import day_and_id, shown
from api.rest.listing import After, Listing, Size
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, Id, IdInPath, Told, Words
from gateway.local_day import local_day
from gateway.people.exclude import Reviewed, impose_exclusion, lift_exclusion, review_exclusion
from gateway.people.exclusions import (
    ExclusionTerms,
    exclusions_due_for_review,
    exclusions_of,
    open_exclusion,
)
from gateway.people.tables import ExclusionReason, ExclusionRow
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("exclusions")


class ExclusionAsked(Asked):
    """A bar from one service, one provider, or all services in one authority."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "provider_id": "V-7K3F92QDXM",
                    "reason": "arrears",
                    "from_day": "2026-03-02",
                    "until": "2026-09-01",
                    "review_on": "2026-06-01",
                }
            ]
        }
    )

    reason: ExclusionReason
    from_day: Day
    until: Day = Field(description="Free again on this day.")
    review_on: Day = Field(
        description="When somebody must ask whether it is still right: on or before `until`."
    )
    service_id: Id | None = Field(default=None, description="Exactly one of the three.")
    provider_id: Id | None = None
    authority_id: Id | None = None
    detail: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] | None = Field(
        default=None, description="Needed if the reason is `other`."
    )


class ReviewAsked(Asked):
    """It is still right; or right, but not for so long."""

    on: Day = Field(description="The day of the review.")
    review_on: Day = Field(description="When to ask again.")
    until: Day | None = Field(default=None, description="An earlier end; null keeps it.")
    why: Words


class LiftAsked(Asked):
    """From this day on they are free again."""

    on: Day
    why: Words


class ExclusionTold(Told):
    """An exclusion; it bars from `from_day` until `until`, or until `lifted_on` if that is earlier."""

    id: str
    version: int
    person_id: str
    service_id: str | None
    provider_id: str | None
    authority_id: str | None
    reason: ExclusionReason
    detail: str | None
    from_day: date
    until: date
    review_on: date
    lifted_on: date | None
    lifted_why: str | None


class ExclusionsTold(Told):
    """Exclusions of a person."""

    items: Sequence[ExclusionTold]


class DueTold(Told):
    """An exclusion whose day of review has come; open it to read more."""

    id: str
    person_id: str
    service_id: str | None
    provider_id: str | None
    authority_id: str | None
    reason: ExclusionReason
    review_on: date
    until: date


@router.post(
    "/people/{person_id}/exclusions",
    summary="Exclude a person",
    status_code=201,
    response_model=ExclusionTold,
    responses=declared(NotFound, Conflict),
)
def impose(
    person_id: IdInPath, asked: ExclusionAsked, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """With a reason, one scope, an end, and a day of review."""

    def deed(work: Work) -> ExclusionTold:
        person_in_reach(work, door.visitor, person_id)
        terms = ExclusionTerms(person_id=person_id, **asked.model_dump())
        return _told(impose_exclusion(terms, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed, status=201, location="/api/v1/exclusions/{id}")


@router.get(
    "/people/{person_id}/exclusions",
    summary="The exclusions of a person",
    response_model=ExclusionsTold,
    responses=declared(NotFound, Conflict),
)
def list_exclusions(person_id: IdInPath, door: Annotated[Door, may(Permission.READ_PEOPLE)]) -> Response:
    """Under any of their ids, those that are over among them, the newest first; recorded."""

    def question(work: Work) -> ExclusionsTold:
        person_in_reach(work, door.visitor, person_id)
        rows = exclusions_of(person_id, by=door.visitor.actor, at=door.at, work=work)
        return ExclusionsTold(items=[_told(each) for each in rows])

    return door.look(question)


@router.get(
    "/exclusions/{exclusion_id}",
    summary="Read an exclusion",
    response_model=ExclusionTold,
    responses=declared(NotFound, Conflict),
)
def read(exclusion_id: IdInPath, door: Annotated[Door, may(Permission.READ_PEOPLE)]) -> Response:
    """That it was read is recorded."""

    def question(work: Work) -> ExclusionTold:
        return _told(open_exclusion(exclusion_id, by=door.visitor.actor, at=door.at, work=work))

    return door.look(question)


@router.post(
    "/exclusions/{exclusion_id}/review",
    summary="Review an exclusion",
    response_model=ExclusionTold,
    responses=declared(*EDITS),
)
def review(
    exclusion_id: IdInPath, asked: ReviewAsked, seen: Seen, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """Keep it or shorten it, and say when to ask again; to make it longer, impose another."""

    def deed(work: Work) -> ExclusionTold:
        reviewed = Reviewed(on=asked.on, review_on=asked.review_on, until=asked.until)
        who = door.visitor.actor
        return _told(
            review_exclusion(exclusion_id, reviewed, why=asked.why, seen=seen, by=who, at=door.at, work=work)
        )

    return door.write(deed)


@router.post(
    "/exclusions/{exclusion_id}/lift",
    summary="Lift an exclusion",
    response_model=ExclusionTold,
    responses=declared(*EDITS),
)
def lift(
    exclusion_id: IdInPath, asked: LiftAsked, seen: Seen, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """End it early."""

    def deed(work: Work) -> ExclusionTold:
        who = door.visitor.actor
        return _told(
            lift_exclusion(exclusion_id, on=asked.on, why=asked.why, seen=seen, by=who, at=door.at, work=work)
        )

    return door.write(deed)


@router.get(
    "/exclusions-due-for-review",
    summary="Exclusions whose day of review has come",
    response_model=Listing[DueTold],
    responses=declared(),
)
def list_due(
    door: Annotated[Door, may(Permission.READ_PEOPLE)],
    on: Annotated[Day | None, Query(description="Today, if it is left out.")] = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """Of those in force on the day; the longest due first, then by id."""

    def question(work: Work) -> Listing[DueTold]:
        found = exclusions_due_for_review(
            work,
            on or local_day(door.at),
            by=door.visitor.actor,
            at=door.at,
            after=_place(after),
            most=size + 1,
        )
        here = [DueTold.model_validate(each) for each in found[:size]]
        more = len(found) > size
        return Listing(items=here, next=shown((here[-1].review_on, here[-1].id)) if more else None)

    return door.read(question)


def _place(after: str | None) -> tuple[date, str] | None:
    day, id = day_and_id(after) or (None, "")
    return None if day is None else (day, id)


def _told(row: ExclusionRow) -> ExclusionTold:
    return ExclusionTold.model_validate(row)
