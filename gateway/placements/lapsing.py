"""Offers whose time to answer is over lapse by themselves."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from gateway.placements.conflicts import NotDue
from gateway.placements.offering import subjects
from gateway.placements.returning import come_to_nothing
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow
from gateway.records.actor import CLOCKWORK, Actor
from gateway.records.write import write
from gateway.refusals import Conflict
from gateway.storage.store import Store
from gateway.storage.work import Work

UNANSWERED = (OfferStatus.MADE, OfferStatus.PROPOSED)
"""States from which an offer lapses."""


def lapse_offer(offer_id: str, *, by: Actor = CLOCKWORK, at: datetime, work: Work) -> OfferRow:
    """End an offer that nobody answered in time; the person is back where they stood.

    Raises
    ------
    NotDue
        If it is not yet, or never, to lapse by itself.
    IllegalMove, NotFound
        As everywhere.
    """
    offer = work.get(OfferRow, offer_id)
    if offer.status in UNANSWERED and (offer.answer_by is None or at < offer.answer_by):
        raise NotDue(offer.id, offer.answer_by)
    referral, holds = come_to_nothing(work, offer, OfferStatus.LAPSED, at=at)
    about = subjects(offer, *(hold.unit_id for hold in holds))
    write(work, offer, *holds, referral, what="offer lapsed", by=by, at=at, about=about)
    return offer


def lapse_due_offers(store: Store, *, at: datetime) -> Sequence[str]:
    """Let every offer lapse that is due, each in its own transaction; which ones did, the earliest first.

    One that was answered or withdrawn between the look and the lapse is left as it is.
    """
    with store.reading() as work:
        due = offers_due(work, at)
    return [offer_id for offer_id in due if _lapsed(store, offer_id, at)]


def offers_due(work: Work, at: datetime) -> Sequence[str]:
    """Ids of the offers that nobody answered in time, the earliest deadline first."""
    return work.all(
        select(OfferRow.id)
        .where(OfferRow.status.in_(UNANSWERED), OfferRow.answer_by <= at)
        .order_by(OfferRow.answer_by, OfferRow.id)
    )


def _lapsed(store: Store, offer_id: str, at: datetime) -> bool:
    try:
        store.transact(lambda work: lapse_offer(offer_id, at=at, work=work))
    except Conflict:
        return False
    return True
