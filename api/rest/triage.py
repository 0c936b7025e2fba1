"""The triage list, and what is done with who stands in it: taken in, listed, rested, declined."""

from datetime import date, datetime
from typing import Annotated, TypeAlias

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import referral_in_reach
from api.rest.body_fields import in_query, placed
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.listing import Listing, Size
from api.rest.referral_form import Authority
from api.rest.referral_told import ReferralStands, stands
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, Id, IdInPath, Told, Words
from gateway.directory.tables import Tier
from gateway.local_day import local_day
from gateway.referrals.resting import park, unpark
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason
from gateway.referrals.triage_list import IN_HAND, Cursor, Filters, TriageLine, Turn, triage_list
from gateway.referrals.triaging import decline, put_on_list, take_in
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("triage")


class TriageLineTold(Told):
    """One referral in the list."""

    id: str
    person_id: str
    name: str | None = Field(description="Null: unknown, or the person is restricted.")
    restricted: bool
    status: ReferralStatus
    status_since: datetime
    status_until: datetime | None
    turn: Turn = Field(description="Who is to act next.")
    scored: bool = Field(description="Whether both score and band are known.")
    band: int | None = Field(description="The one that counts; null: not assessed at all.")
    authority_id: str | None
    agency_id: str
    referred_on: date | None
    waiting_days: int | None = Field(description="Since the referral arrived.")
    units: int
    immediate_safety: bool | None
    sleeping_rough: bool | None
    duty_date: date | None
    discharge_date: date | None
    tier: Tier | None
    must_leave: bool


class Rested(Asked):
    """Until when a referral rests, and why."""

    until: Day = Field(description="On this day it comes back by itself.")
    reason: EndReason = Field(examples=["in_hospital"])
    why: Words | None = None


class Declined(Asked):
    """Why a referral is declined."""

    reason: EndReason = Field(examples=["not_eligible"])
    why: Words


Statuses: TypeAlias = Annotated[
    list[ReferralStatus] | None,
    Query(max_length=20, description="Only in these states; none: everybody who still looks for a place."),
]
Bands: TypeAlias = Annotated[
    list[Annotated[int, Field(ge=1, le=10_000)]] | None, Query(max_length=50, description="Bands that count.")
]
Authorities: TypeAlias = Annotated[list[Authority] | None, Query(max_length=50)]
Agencies: TypeAlias = Annotated[list[Id] | None, Query(max_length=50)]
UnscoredOnly: TypeAlias = Annotated[bool | None, Query(description="Only those not yet scored.")]
AfterLine: TypeAlias = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9]{1,18}\.[!-~]{1,24}$",
        description="``next`` of the page before; none: the first page.",
        examples=["1000000000000000.R-7K3F92QDXM"],
    ),
]


@router.get(
    "/triage",
    summary="Who is to be looked at, in order of priority",
    response_model=Listing[TriageLineTold],
    responses=declared(),
)
def read_triage_list(
    door: Annotated[Door, may(Permission.TRIAGE)],
    status: Statuses = None,
    band: Bands = None,
    authority: Authorities = None,
    agency: Agencies = None,
    unscored: UnscoredOnly = None,
    after: AfterLine = None,
    size: Size = 50,
) -> Response:
    """Not yet scored first, then by band, by place in the band, by id; who is restricted has no name."""
    filters = Filters(
        statuses=tuple(status or IN_HAND),
        bands=tuple(band or ()),
        authorities=tuple(authority or ()),
        agencies=tuple(agency or ()),
        unscored_only=unscored is True,
    )

    def question(work: Work) -> Listing[TriageLineTold]:
        with placed(in_query):
            place = None if after is None else Cursor.parse(after)
        page = triage_list(work, after=place, size=size, filters=filters)
        today = local_day(door.at)
        return Listing[TriageLineTold](
            items=[_told(each, today) for each in page.lines],
            next=None if page.after is None else page.after.text(),
        )

    return door.read(question)


def _told(line: TriageLine, today: date) -> TriageLineTold:
    facts = {name: getattr(line, name) for name in TriageLineTold.model_fields if name != "waiting_days"}
    return TriageLineTold(**facts, waiting_days=line.waiting_days(today))


@router.post(
    "/referrals/{referral_id}/take-in",
    summary="Begin to look at a referral, or look at it again",
    response_model=ReferralStands,
    responses=declared(*EDITS),
)
def take_in_referral(
    referral_id: IdInPath, seen: Seen, door: Annotated[Door, may(Permission.TRIAGE)]
) -> Response:
    """One that was submitted, waits, rests or was not answered."""

    def deed(work: Work) -> ReferralStands:
        referral_in_reach(work, door.visitor, referral_id)
        return stands(take_in(referral_id, seen=seen, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed)


@router.post(
    "/referrals/{referral_id}/put-on-list",
    summary="Put a referral that was looked at on the waiting list",
    response_model=ReferralStands,
    responses=declared(*EDITS),
)
def put_referral_on_list(
    referral_id: IdInPath, seen: Seen, door: Annotated[Door, may(Permission.TRIAGE)]
) -> Response:
    """Who waited before stands where they stood."""

    def deed(work: Work) -> ReferralStands:
        referral_in_reach(work, door.visitor, referral_id)
        return stands(put_on_list(referral_id, seen=seen, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed)


@router.post(
    "/referrals/{referral_id}/park",
    summary="Let a referral rest until a day",
    response_model=ReferralStands,
    responses=declared(NotFound, Conflict),
)
def park_referral(
    referral_id: IdInPath, asked: Rested, door: Annotated[Door, may(Permission.TRIAGE)]
) -> Response:
    """It comes back by itself, to where it stood."""

    def deed(work: Work) -> ReferralStands:
        referral_in_reach(work, door.visitor, referral_id)
        row = park(
            referral_id,
            until=asked.until,
            reason=asked.reason,
            why=asked.why,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return stands(row)

    return door.write(deed)


@router.post(
    "/referrals/{referral_id}/unpark",
    summary="Bring a resting referral back",
    response_model=ReferralStands,
    responses=declared(NotFound, Conflict),
)
def unpark_referral(referral_id: IdInPath, door: Annotated[Door, may(Permission.TRIAGE)]) -> Response:
    """To the list if it stood there, else into triage."""

    def deed(work: Work) -> ReferralStands:
        referral_in_reach(work, door.visitor, referral_id)
        return stands(unpark(referral_id, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed)


@router.post(
    "/referrals/{referral_id}/decline",
    summary="Decline a referral",
    response_model=ReferralStands,
    responses=declared(NotFound, Conflict),
)
def decline_referral(
    referral_id: IdInPath, asked: Declined, door: Annotated[Door, may(Permission.TRIAGE)]
) -> Response:
    """With a typed reason, and in words; an appeal can reopen it."""

    def deed(work: Work) -> ReferralStands:
        referral_in_reach(work, door.visitor, referral_id)
        row = decline(
            referral_id, reason=asked.reason, why=asked.why, by=door.visitor.actor, at=door.at, work=work
        )
        return stands(row)

    return door.write(deed)
