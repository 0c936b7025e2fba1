"""Offers: made, sent, read, and listed by who is to act next."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import ConfigDict, Field

from api.access.permissions import Permission
from api.access.reach import offer_in_reach, offers_of, referral_in_reach
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.filled_pages import day_and_id, moment_and_id
from api.rest.listing import After, Listing, Size
from api.rest.offers_told import OfferInFull, OfferTold, offer_told, offers_told
from api.rest.strict_requests import doors
from api.rest.values import ID_PATTERN, Asked, Day, Id, IdInPath, Moment, Version
from gateway.placements import offers
from gateway.placements.offering import make_offer, send_offer
from gateway.refusals import ChangedMeanwhile, Conflict, NotFound
from gateway.storage.work import Work

router = doors("offers")

OfService = Annotated[
    str | None, Query(pattern=ID_PATTERN, description="Only of this service.", examples=["S-7K3F92QDXM"])
]


class OfferWanted(Asked):
    """Units of one service for somebody who waits, or who is to move."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "referral_id": "R-7K3F92QDXM",
                    "unit_ids": ["U-2M8XKQ41ZC"],
                    "from_day": "2026-03-02",
                    "answer_by": "2026-03-04T17:00:00Z",
                }
            ]
        }
    )

    referral_id: Id
    unit_ids: list[Id] = Field(min_length=1, max_length=20, description="As many as the household takes.")
    from_day: Day = Field(
        description="The first day on which they can move in; the units are held from then."
    )
    answer_by: Moment | None = Field(description="When it lapses by itself; null: it does not.")
    draft: bool = Field(default=False, description="Hold the units, and tell nobody yet.")
    referral_version: Version | None = Field(
        default=None, description="The version of the referral that you saw, if the offer depends on it."
    )


class ToSend(Asked):
    """When the offer lapses by itself."""

    answer_by: Moment | None = Field(description="Null: it does not.")


@router.post(
    "/offers",
    summary="Offer units to somebody",
    status_code=201,
    response_model=OfferInFull,
    responses=declared(NotFound, Conflict, ChangedMeanwhile),
)
def make(asked: OfferWanted, door: Annotated[Door, may(Permission.MAKE_OFFERS)]) -> Response:
    """Refused if somebody else has one of the units, and told who: the database decides who was first."""

    def deed(work: Work) -> OfferInFull:
        referral_in_reach(work, door.visitor, asked.referral_id)
        offer = make_offer(
            asked.referral_id,
            asked.unit_ids,
            from_day=asked.from_day,
            answer_by=asked.answer_by,
            draft=asked.draft,
            seen=asked.referral_version,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return offer_told(work, door, offer)

    return door.write(deed, status=201, location="/api/v1/offers/{id}")


@router.get(
    "/offers/to-answer",
    summary="Offers that wait for an answer",
    response_model=Listing[OfferTold],
    responses=declared(),
)
def list_to_answer(
    door: Annotated[Door, may(Permission.READ_OFFERS)],
    service_id: OfService = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """Those to be answered first on top: a provider's own, a referrer's own, or all."""
    place = moment_and_id(after)

    def question(work: Work) -> Listing[OfferTold]:
        return offers_told(
            work,
            door,
            lambda place, limit: offers.offers_waiting_for(
                work,
                service_ids=None if service_id is None else [service_id],
                among=offers_of(door.visitor),
                after=place,
                limit=limit,
            ),
            after=place,
            size=size,
            place=lambda line: (line.answer_by, line.id),
        )

    return door.read(question)


@router.get(
    "/offers/moves-to-come",
    summary="Offers accepted, whose people have not moved in yet",
    response_model=Listing[OfferTold],
    responses=declared(),
)
def list_moves_to_come(
    door: Annotated[Door, may(Permission.READ_OFFERS)],
    service_id: OfService = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """The earliest day first: a provider's own, a referrer's own, or all."""
    place = day_and_id(after)

    def question(work: Work) -> Listing[OfferTold]:
        return offers_told(
            work,
            door,
            lambda place, limit: offers.moves_to_come(
                work,
                service_ids=None if service_id is None else [service_id],
                among=offers_of(door.visitor),
                after=place,
                limit=limit,
            ),
            after=place,
            size=size,
            place=lambda line: (line.from_day, line.id),
        )

    return door.read(question)


@router.get(
    "/offers/refusals-to-review",
    summary="Providers' refusals that wait for an officer",
    response_model=Listing[OfferTold],
    responses=declared(),
)
def list_refusals_to_review(
    door: Annotated[Door, may(Permission.REVIEW_REFUSALS)], after: After = None, size: Size = 50
) -> Response:
    """The oldest first."""
    place = moment_and_id(after)

    def question(work: Work) -> Listing[OfferTold]:
        return offers_told(
            work,
            door,
            lambda place, limit: offers.refusals_to_review(work, after=place, limit=limit),
            after=place,
            size=size,
            place=lambda line: (line.answered_at, line.id),
        )

    return door.read(question)


@router.get(
    "/referrals/{referral_id}/offers",
    summary="The offers to a referral",
    response_model=Listing[OfferTold],
    responses=declared(NotFound),
)
def list_of_referral(
    referral_id: IdInPath,
    door: Annotated[Door, may(Permission.READ_OFFERS)],
    after: After = None,
    size: Size = 50,
) -> Response:
    """The oldest first; a provider is told of its own, a referrer of those that were sent."""
    place = moment_and_id(after)

    def question(work: Work) -> Listing[OfferTold]:
        referral_in_reach(work, door.visitor, referral_id)
        return offers_told(
            work,
            door,
            lambda place, limit: offers.offers_of(
                work, referral_id, among=offers_of(door.visitor), after=place, limit=limit
            ),
            after=place,
            size=size,
            place=lambda line: (line.made_at, line.id),
        )

    return door.read(question)


@router.get(
    "/offers/{offer_id}", summary="One offer", response_model=OfferInFull, responses=declared(NotFound)
)
def read(offer_id: IdInPath, door: Annotated[Door, may(Permission.READ_OFFERS)]) -> Response:
    """A provider reads what was made to it, a referrer what was made to whom they referred."""

    def question(work: Work) -> OfferInFull:
        return offer_told(work, door, offer_in_reach(work, door.visitor, offer_id))

    return door.read(question)


@router.post(
    "/offers/{offer_id}/send",
    summary="Send an offer that was drafted",
    response_model=OfferInFull,
    responses=declared(*EDITS),
)
def send(
    offer_id: IdInPath, asked: ToSend, seen: Seen, door: Annotated[Door, may(Permission.MAKE_OFFERS)]
) -> Response:
    """The provider and the person are told, and the time to answer runs."""

    def deed(work: Work) -> OfferInFull:
        offer_in_reach(work, door.visitor, offer_id)
        offer = send_offer(
            offer_id, answer_by=asked.answer_by, seen=seen, by=door.visitor.actor, at=door.at, work=work
        )
        return offer_told(work, door, offer)

    return door.write(deed)
