"""What hangs on a referral that is to end: an offer is withdrawn, somebody living there forbids it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from gateway.placements.answering import withdraw_offer
from gateway.placements.states import HOLDING, PlacementStatus
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.records.actor import Actor
from gateway.referrals.ending_tree import Branch
from gateway.storage.work import Work

OFFER, PLACEMENT = "offer", "placement"


class OffersAndPlacements:
    """The ``dependants`` that ``gateway.referrals.ending`` asks for."""

    def hanging_on(self, referral_id: str, *, work: Work) -> Sequence[Branch]:
        """The offers that stand and the placements in which somebody lives."""
        offers = select(OfferRow.id).where(
            OfferRow.referral_id == referral_id, OfferRow.status.in_(sorted(HOLDING))
        )
        placements = select(PlacementRow.id).where(
            PlacementRow.referral_id == referral_id, PlacementRow.status == PlacementStatus.LIVING
        )
        return [
            *(
                Branch(kind=OFFER, id=each, becomes="is withdrawn")
                for each in work.all(offers.order_by(OfferRow.id))
            ),
            *(
                Branch(
                    kind=PLACEMENT, id=each, becomes="", blocks="is where they live: they must leave it first"
                )
                for each in work.all(placements.order_by(PlacementRow.id))
            ),
        ]

    def end(self, branch: Branch, *, why: str | None, by: Actor, at: datetime, work: Work) -> None:
        """Withdraw the offer."""
        if branch.kind == OFFER:
            withdraw_offer(branch.id, why=why or "the referral ended", by=by, at=at, work=work)
