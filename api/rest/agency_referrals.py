"""What an agency referred."""

from datetime import date, datetime
from typing import Annotated, TypeAlias

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import agency_in_reach
from api.rest.body_fields import in_query, placed
from api.rest.door import Door, declared, may
from api.rest.listing import After, Listing, Size, cursor, place_of
from api.rest.strict_requests import doors
from api.rest.values import IdInPath, Told
from gateway.referrals.agency_list import AgencyLine, referrals_of_agency
from gateway.referrals.in_words import IN_WORDS
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason
from gateway.referrals.triage_list import TURN, Turn
from gateway.refusals import NotFound
from gateway.storage.work import Work

router = doors("referrals")


class AgencyReferralTold(Told):
    """One referral of an agency."""

    id: str
    agency_reference: str | None
    person_id: str
    name: str | None = Field(description="Null: unknown, or the person is restricted.")
    restricted: bool
    status: ReferralStatus
    in_words: str
    turn: Turn
    status_since: datetime
    status_until: datetime | None
    end_reason: EndReason | None
    referred_on: date | None
    entered_at: datetime
    unanswered: int = Field(description="Questions that wait for the agency's answer.")


Statuses: TypeAlias = Annotated[
    list[ReferralStatus] | None, Query(max_length=20, description="Only in these states; none: in all.")
]


@router.get(
    "/agencies/{agency_id}/referrals",
    summary="What an agency referred, the newest first",
    response_model=Listing[AgencyReferralTold],
    responses=declared(NotFound),
)
def list_referrals(
    agency_id: IdInPath,
    door: Annotated[Door, may(Permission.ENTER_REFERRALS)],
    status: Statuses = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """To its own referrers, and to officers; a restricted person stands there without a name."""

    def question(work: Work) -> Listing[AgencyReferralTold]:
        last = _last(after)
        agency_in_reach(work, door.visitor, agency_id)
        with placed(in_query):
            lines = referrals_of_agency(work, agency_id, statuses=status or (), after=last, size=size + 1)
        here, more = lines[:size], len(lines) > size
        return Listing[AgencyReferralTold](
            items=[_told(each) for each in here], next=cursor(here[-1].id) if more else None
        )

    return door.read(question)


def _last(after: str | None) -> str | None:
    place = place_of(after, str)
    return None if place is None else str(place[0])


def _told(line: AgencyLine) -> AgencyReferralTold:
    facts = {name: getattr(line, name) for name in AgencyReferralTold.model_fields if hasattr(line, name)}
    return AgencyReferralTold(**facts, in_words=IN_WORDS[line.status], turn=TURN[line.status])
