"""Schedules of agreements: what was bought and who may use it, from a day on. Appended, never changed."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import agreement_in_reach
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Amount, Asked, Count, Day, Gss, Id, IdInPath, Told
from gateway.agreements.append_schedule import append_schedule
from gateway.agreements.reading import Schedule, schedules_of
from gateway.agreements.tables import AccessGroup
from gateway.agreements.terms import Clause, Purchase
from gateway.refusals import ChangedMeanwhile, Conflict, NotFound
from gateway.storage.work import Work

router = doors("agreements")


class PurchaseTold(Told):
    """Units of one service bought by one authority."""

    service_id: str
    authority_id: str
    units: int
    price: str = Field(description="Pounds for each unit and year, a decimal.", examples=["18200.00"])


class ClauseTold(Told):
    """What a group of authorities may use."""

    clause: str = Field(description="Its number in the paper.")
    group: AccessGroup
    authority_id: str | None = Field(description="Of the group `authority` alone.")
    service_id: str | None = Field(description="Null: all the agreement's services together.")
    max_units: int | None = Field(description="At once; null: no number is agreed.")
    max_unit_weeks: str | None = Field(description="In an agreement year, a decimal.", examples=["104"])


class ScheduleTold(Told):
    """What was agreed from a day on, until the next one begins."""

    number: int
    from_day: date
    appended_at: datetime
    purchases: Sequence[PurchaseTold]
    clauses: Sequence[ClauseTold]


class PurchaseAsked(Asked):
    """Units of one service to be bought by one authority."""

    service_id: Id
    authority_id: Gss
    units: Count
    price: Amount = Field(description="Pounds for each unit and year, as text.")


class ClauseAsked(Asked):
    """What a group of authorities may use: so many units at once, so many unit weeks a year, or both."""

    clause: Annotated[str, Field(min_length=1, max_length=120, examples=["schedule 5, 2(b)"])]
    group: AccessGroup
    authority_id: Gss | None = None
    service_id: Id | None = None
    max_units: Count | None = None
    max_unit_weeks: Amount | None = None

    def clause_agreed(self) -> Clause:
        """As an agreement has it."""
        weeks = None if self.max_unit_weeks is None else Decimal(self.max_unit_weeks)
        facts = self.model_dump(exclude={"max_unit_weeks"})
        return Clause(**facts, max_unit_weeks=weeks)


class ScheduleAppended(
    Asked,
    json_schema_extra={
        "examples": [
            {
                "number": 1,
                "from_day": "2026-04-01",
                "purchases": [
                    {
                        "service_id": "S-7K3F92QDXM",
                        "authority_id": "E08000025",
                        "units": 12,
                        "price": "18200.00",
                    }
                ],
                "clauses": [{"clause": "schedule 2, 1", "group": "non_host", "max_units": 2}],
            }
        ]
    },
):
    """The next schedule; its number says which one whoever appends thinks it is."""

    number: Annotated[int, Field(ge=1, le=10_000)]
    from_day: Day
    purchases: Sequence[PurchaseAsked] = Field(default=(), max_length=1_000)
    clauses: Sequence[ClauseAsked] = Field(default=(), max_length=500)

    def purchases_agreed(self) -> list[Purchase]:
        """As an agreement has them."""
        return [
            Purchase(
                service_id=each.service_id,
                authority_id=each.authority_id,
                units=each.units,
                price=Decimal(each.price),
            )
            for each in self.purchases
        ]


class SchedulesTold(Told):
    """Every schedule of an agreement, the first one first."""

    items: Sequence[ScheduleTold]


@router.get(
    "/agreements/{agreement_id}/schedules",
    summary="The schedules of an agreement",
    response_model=SchedulesTold,
    responses=declared(NotFound),
)
def list_schedules(
    agreement_id: IdInPath, door: Annotated[Door, may(Permission.READ_AGREEMENTS)]
) -> Response:
    """Every one that was ever appended."""

    def question(work: Work) -> SchedulesTold:
        agreement_in_reach(work, door.visitor, agreement_id)
        return _all_told(work, agreement_id)

    return door.read(question)


@router.post(
    "/agreements/{agreement_id}/schedules",
    summary="Append a schedule to an agreement",
    status_code=201,
    response_model=SchedulesTold,
    responses=declared(NotFound, Conflict, ChangedMeanwhile),
)
def post_schedule(
    agreement_id: IdInPath,
    asked: ScheduleAppended,
    door: Annotated[Door, may(Permission.KEEP_AGREEMENTS)],
) -> Response:
    """All units stay purchased. Of two who append at once the second is told that theirs is not the next."""

    def deed(work: Work) -> SchedulesTold:
        agreement_in_reach(work, door.visitor, agreement_id)
        append_schedule(
            agreement_id,
            asked.number,
            from_day=asked.from_day,
            purchases=asked.purchases_agreed(),
            clauses=[each.clause_agreed() for each in asked.clauses],
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return _all_told(work, agreement_id)

    return door.write(deed, status=201, location=f"/api/v1/agreements/{agreement_id}/schedules")


def _all_told(work: Work, agreement_id: str) -> SchedulesTold:
    return SchedulesTold(items=[schedule_told(each) for each in schedules_of(work, agreement_id)])


def schedule_told(schedule: Schedule) -> ScheduleTold:
    """A schedule as it is answered."""
    return ScheduleTold(
        number=schedule.row.number,
        from_day=schedule.row.from_day,
        appended_at=schedule.row.appended_at,
        purchases=[
            PurchaseTold(
                service_id=each.service_id,
                authority_id=each.authority_id,
                units=each.units,
                price=f"{each.price:.2f}",
            )
            for each in schedule.purchases
        ],
        clauses=[_clause_told(each) for each in schedule.clauses],
    )


def _clause_told(clause: Clause) -> ClauseTold:
    weeks = clause.max_unit_weeks
    return ClauseTold(
        clause=clause.clause,
        group=clause.group,
        authority_id=clause.authority_id,
        service_id=clause.service_id,
        max_units=clause.max_units,
        max_unit_weeks=None if weeks is None else f"{weeks:f}",
    )
