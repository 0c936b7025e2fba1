"""Quotas of a day: what agreements allow, what counts in it, and what is left."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import agreement_in_reach, agreements_told
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, Id, IdInPath, Told
from gateway.agreements.remaining import Remaining, remaining_on
from gateway.local_day import local_day
from gateway.refusals import NotFound
from gateway.storage.work import Work

router = doors("agreements")

READ = Permission.READ_AGREEMENTS


class QuotaTold(Told):
    """At most so many units at once for some authorities in some services, and the words it comes from."""

    id: str
    agreement_id: str
    clause: str = Field(description="As the paper numbers it, or which schedule's purchase it is.")
    because: str
    services: Sequence[str]
    authorities: Sequence[str] | None = Field(
        description="Whose people it is about; null: everybody's but `not_authorities`."
    )
    not_authorities: Sequence[str] | None = Field(
        description="Everybody's but theirs; people whose authority is unknown count."
    )
    max_units: int | None
    standing: int = Field(description="Units that count: lived in or offered, that day or later.")
    left: int | None = Field(description="Below 0: more stand than are allowed.")


class QuotasTold(Told):
    """Quotas of a day, in the order of their ids."""

    day: date
    items: Sequence[QuotaTold]


class QuotasSought(Asked):
    """Of which day, and how long people who are placed now stay."""

    day: Day | None = Field(default=None, description="None: today in London.")
    stay_days: Annotated[int, Field(ge=1, le=3_660)] | None = Field(
        default=None, description="For caps in unit weeks; none: as long as the agreement lasts."
    )


class AllQuotasSought(QuotasSought):
    """As for one agreement, and over which service."""

    service: Id | None = Field(default=None, description="Of agreements over this service.")


@router.get(
    "/quotas",
    summary="The quotas of a day",
    response_model=QuotasTold,
    responses=declared(),
)
def list_quotas(sought: Annotated[AllQuotasSought, Query()], door: Annotated[Door, may(READ)]) -> Response:
    """Of every agreement in force that you can reach, and what is left of each."""

    def question(work: Work) -> QuotasTold:
        day = sought.day or local_day(door.at)
        found = remaining_on(
            work,
            day,
            agreements=agreements_told(work, door.visitor),
            covering=None if sought.service is None else [sought.service],
            stay_days=sought.stay_days,
        )
        return QuotasTold(day=day, items=[_told(each) for each in found])

    return door.read(question)


@router.get(
    "/agreements/{agreement_id}/quotas",
    summary="The quotas of an agreement on a day",
    response_model=QuotasTold,
    responses=declared(NotFound),
)
def list_quotas_of_agreement(
    agreement_id: IdInPath, sought: Annotated[QuotasSought, Query()], door: Annotated[Door, may(READ)]
) -> Response:
    """None, if it is not in force on that day."""

    def question(work: Work) -> QuotasTold:
        agreement_in_reach(work, door.visitor, agreement_id)
        day = sought.day or local_day(door.at)
        found = remaining_on(work, day, agreements=[agreement_id], stay_days=sought.stay_days)
        return QuotasTold(day=day, items=[_told(each) for each in found])

    return door.read(question)


def _told(remaining: Remaining) -> QuotaTold:
    limit, quota = remaining.limit, remaining.limit.quota
    return QuotaTold(
        id=quota.id,
        agreement_id=limit.agreement_id,
        clause=limit.clause,
        because=limit.because,
        services=sorted(quota.services or ()),
        authorities=None if quota.authorities is None else sorted(quota.authorities),
        not_authorities=None if quota.not_authorities is None else sorted(quota.not_authorities),
        max_units=quota.max_units,
        standing=remaining.standing,
        left=remaining.left,
    )
