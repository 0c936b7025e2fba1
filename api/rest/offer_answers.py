"""Answers to an offer: accepted, refused with a typed reason, withdrawn; a provider's refusal reviewed."""

from typing import Annotated

from fastapi import Response
from pydantic import ConfigDict, Field

from api.access.permissions import Permission
from api.access.reach import offer_in_reach
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.offers_told import OfferInFull, offer_told
from api.rest.strict_requests import doors
from api.rest.values import Asked, IdInPath, Moment, Words
from gateway.placements.answering import accept_offer, refuse_offer, withdraw_offer
from gateway.placements.reviewing import confirm_refusal, overrule_refusal
from gateway.placements.tables import RefusalReason, Side
from gateway.storage.work import Work

router = doors("offers")


class Refused(Asked):
    """Who refuses, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"side": "provider", "reason": "needs_too_high"}]}
    )

    side: Side
    reason: RefusalReason = Field(description="One that this side can have.")
    detail: Words | None = Field(
        default=None, description="In the refuser's own words; needed where the reason is other."
    )


class Why(Asked):
    """The reason, in words."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"why": "The boiler has failed."}]})

    why: Words


class Overruled(Asked):
    """Why the refusal was wrong, and what follows from it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"why": "The risk plan covers it.", "answer_by": "2026-03-04T17:00:00Z"}]
        }
    )

    why: Words
    answer_by: Moment | None = Field(description="When the new offer lapses by itself; null: it does not.")
    again: bool = Field(default=True, description="Offer the same units again.")


@router.post(
    "/offers/{offer_id}/accept",
    summary="Accept an offer",
    response_model=OfferInFull,
    responses=declared(*EDITS),
)
def accept(offer_id: IdInPath, seen: Seen, door: Annotated[Door, may(Permission.ANSWER_OFFERS)]) -> Response:
    """The provider and the person accept; the units stay held until they move in."""

    def deed(work: Work) -> OfferInFull:
        offer_in_reach(work, door.visitor, offer_id)
        offer = accept_offer(offer_id, seen=seen, by=door.visitor.actor, at=door.at, work=work)
        return offer_told(work, door, offer)

    return door.write(deed)


@router.post(
    "/offers/{offer_id}/refuse",
    summary="Refuse an offer",
    response_model=OfferInFull,
    responses=declared(*EDITS),
)
def refuse(
    offer_id: IdInPath, asked: Refused, seen: Seen, door: Annotated[Door, may(Permission.ANSWER_OFFERS)]
) -> Response:
    """The person is back on the list where they stood; a provider's refusal waits for an officer's review."""

    def deed(work: Work) -> OfferInFull:
        offer_in_reach(work, door.visitor, offer_id)
        offer = refuse_offer(
            offer_id,
            side=asked.side,
            reason=asked.reason,
            detail=asked.detail,
            seen=seen,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return offer_told(work, door, offer)

    return door.write(deed)


@router.post(
    "/offers/{offer_id}/withdraw",
    summary="Take an offer back",
    response_model=OfferInFull,
    responses=declared(*EDITS),
)
def withdraw(
    offer_id: IdInPath, asked: Why, seen: Seen, door: Annotated[Door, may(Permission.MAKE_OFFERS)]
) -> Response:
    """Even one that was accepted; the person is back where they stood."""

    def deed(work: Work) -> OfferInFull:
        offer_in_reach(work, door.visitor, offer_id)
        offer = withdraw_offer(
            offer_id, why=asked.why, seen=seen, by=door.visitor.actor, at=door.at, work=work
        )
        return offer_told(work, door, offer)

    return door.write(deed)


@router.post(
    "/offers/{offer_id}/confirm-refusal",
    summary="Find a provider's refusal right",
    response_model=OfferInFull,
    responses=declared(*EDITS),
)
def confirm(
    offer_id: IdInPath, asked: Why, seen: Seen, door: Annotated[Door, may(Permission.REVIEW_REFUSALS)]
) -> Response:
    """An officer has looked at it, and says why."""

    def deed(work: Work) -> OfferInFull:
        offer_in_reach(work, door.visitor, offer_id)
        offer = confirm_refusal(
            offer_id, why=asked.why, seen=seen, by=door.visitor.actor, at=door.at, work=work
        )
        return offer_told(work, door, offer)

    return door.write(deed)


@router.post(
    "/offers/{offer_id}/overrule-refusal",
    summary="Find a provider's refusal wrong",
    response_model=OfferInFull,
    responses=declared(*EDITS),
)
def overrule(
    offer_id: IdInPath, asked: Overruled, seen: Seen, door: Annotated[Door, may(Permission.REVIEW_REFUSALS)]
) -> Response:
    """Answers with the new offer of the same units; with the refused one, if none was to be made."""

    def deed(work: Work) -> OfferInFull:
        offer_in_reach(work, door.visitor, offer_id)
        offer = overrule_refusal(
            offer_id,
            why=asked.why,
            answer_by=asked.answer_by,
            again=asked.again,
            seen=seen,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return offer_told(work, door, offer)

    return door.write(deed)
