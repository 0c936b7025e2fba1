"""A provider's refusal is reviewed: an officer finds it right, or the provider is to take the person."""

from datetime import datetime

from sqlalchemy import select

from gateway.local_day import local_day
from gateway.placements.faults import empty
from gateway.placements.offering import Wanted, offer_units, subjects
from gateway.placements.tables import HoldKind, HoldRow, OfferRow, Review
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.tables import ReferralRow
from gateway.refusals import IllegalMove, refuse
from gateway.storage.work import Work


def confirm_refusal(
    offer_id: str, *, why: str, seen: int | None = None, by: Actor, at: datetime, work: Work
) -> OfferRow:
    """Find a provider's refusal right, and say why.

    Raises
    ------
    Invalid
        If no reason is given.
    IllegalMove
        If it does not wait for review.
    NotFound, ChangedMeanwhile
        As everywhere.
    """
    return _review(offer_id, Review.CONFIRMED, why=why, seen=seen, by=by, at=at, work=work)


def overrule_refusal(
    offer_id: str,
    *,
    why: str,
    answer_by: datetime | None,
    again: bool = True,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> OfferRow:
    """Find a provider's refusal wrong; the same units are offered again, from today on at the earliest.

    Parameters
    ----------
    answer_by
        When the new offer lapses.
    again
        Make the new offer. Without it the refusal is only found to have been wrong, as when the unit has
        been given to somebody else.

    Returns
    -------
    OfferRow
        The new offer; the one that was refused, if none was to be made.

    Raises
    ------
    UnitTaken
        If somebody else has a unit by now. The refusal still waits for review: overrule it without another
        offer, and offer another unit.
    Invalid, AlreadyOffered, CannotBeLet, HardRule, ClauseForbids, IllegalMove, NotFound, ChangedMeanwhile
        As in `make_offer`; and `IllegalMove` if the refusal does not wait for review.
    """
    refused = _review(offer_id, Review.OVERRULED, why=why, seen=seen, by=by, at=at, work=work)
    if not again:
        return refused
    wanted = Wanted(
        units=tuple(_units_of(work, refused.id)),
        from_day=max(refused.from_day, local_day(at)),
        answer_by=answer_by,
    )
    referral = work.get(ReferralRow, refused.referral_id)
    return offer_units(referral, wanted, by=by, at=at, work=work)


def _review(
    offer_id: str, to: Review, *, why: str, seen: int | None, by: Actor, at: datetime, work: Work
) -> OfferRow:
    refuse(empty("why", why))
    offer = work.get(OfferRow, offer_id, seen=seen)
    if offer.review is not Review.PENDING:
        raise IllegalMove(
            "refusal of offer", offer.id, stands=offer.review or "not to be reviewed", wanted=to
        )
    offer.review = to
    about = subjects(offer, *_units_of(work, offer.id))
    write(work, offer, what=f"refusal {to}", by=by, at=at, about=about, why=why)
    return offer


def _units_of(work: Work, offer_id: str) -> list[str]:
    """The units an offer was of, whether or not it holds them still."""
    of_offer = (HoldRow.offer_id == offer_id, HoldRow.kind == HoldKind.OFFER)
    return list(work.all(select(HoldRow.unit_id).where(*of_offer).order_by(HoldRow.unit_id)))
