"""Ledgers: what an agreement's unit weeks were used for in one agreement year, exactly."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import agreement_in_reach
from api.rest.body_fields import in_query, placed
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import FIRST_DAY, LAST_DAY, Day, IdInPath, StayTold, Told
from gateway.agreements.ledger import Account, Ledger, ledger
from gateway.local_day import local_day
from gateway.records.actor import Role
from gateway.refusals import Invalid, NotFound
from gateway.storage.work import Work

router = doors("agreements")

Year = Annotated[
    int,
    Path(
        ge=FIRST_DAY.year,
        le=LAST_DAY.year,
        description="The calendar year in which the agreement year begins.",
        examples=[2026],
    ),
]


class AccountTold(Told):
    """Allowed, used and left. Days are exact; weeks are days divided by seven, rounded when they are told."""

    service_id: str | None = Field(description="Null: all services together.")
    authority_id: str | None = Field(
        description="Of an account by authority; null there: people whose authority is unknown."
    )
    clause: str | None = Field(description="Of a clause's account.")
    allowed_days: str | None = Field(
        description="Unit days for the whole year, a whole number or a fraction; null: none was agreed.",
        examples=["730", "2555/2"],
    )
    used_days: int
    allowed_unit_weeks: str | None = Field(description="A decimal, to two places.", examples=["104.29"])
    used_unit_weeks: str = Field(examples=["12.43"])
    left_unit_weeks: str | None = Field(description="Below 0: more was used.", examples=["91.86"])


class LedgerTold(Told):
    """One agreement year."""

    agreement_id: str
    year: StayTold = Field(description="Cut short where the agreement ends in it.")
    counted_to: date = Field(description="Half-open: the days before it are counted.")
    accounts: Sequence[AccountTold] = Field(description="By service and authority.")
    by_authority: Sequence[AccountTold]
    clauses: Sequence[AccountTold] = Field(description="By clause that limits unit weeks.")


@router.get(
    "/agreements/{agreement_id}/ledger/{year}",
    summary="The ledger of an agreement year",
    response_model=LedgerTold,
    responses=declared(NotFound),
)
def read_ledger(
    agreement_id: IdInPath,
    year: Year,
    door: Annotated[Door, may(Permission.READ_AGREEMENTS)],
    counted_to: Annotated[
        Day | None,
        Query(
            description="The first day that is not counted; none: today in London. To commissioners the "
            "first of a month; none: of this month."
        ),
    ] = None,
) -> Response:
    """By the home authority people had when they moved in; who has not left by then lives there still."""

    def question(work: Work) -> LedgerTold:
        agreement_in_reach(work, door.visitor, agreement_id)
        with placed(in_query):
            last = _last_counted(door, counted_to)
        return _told(ledger(work, agreement_id, year, counted_to=last))

    return door.read(question)


def _last_counted(door: Door, wished: date | None) -> date:
    """Two ledgers a day apart would tell a commissioner of one person who moved: months do not."""
    today = local_day(door.at)
    if door.visitor.role is not Role.COMMISSIONER:
        return wished or today
    if wished is not None and wished.day != 1:
        raise Invalid([("counted_to", f"is {wished}, must be the first of a month")])
    return wished or today.replace(day=1)


def _told(found: Ledger) -> LedgerTold:
    return LedgerTold(
        agreement_id=found.agreement_id,
        year=StayTold(from_day=found.year.from_day, until=found.year.until),
        counted_to=found.counted_to,
        accounts=[_account(each) for each in found.accounts],
        by_authority=[_account(each) for each in found.by_authority()],
        clauses=[_account(each) for each in found.clauses],
    )


def _account(account: Account) -> AccountTold:
    allowed, left = account.allowed, account.left
    return AccountTold(
        service_id=account.service_id,
        authority_id=account.authority_id,
        clause=account.clause,
        allowed_days=None if account.allowed_days is None else str(account.allowed_days),
        used_days=account.used_days,
        allowed_unit_weeks=None if allowed is None else f"{allowed:.2f}",
        used_unit_weeks=f"{account.used:.2f}",
        left_unit_weeks=None if left is None else f"{left:.2f}",
    )
