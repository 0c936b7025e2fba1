"""An offer that came from a line of a run is that line's only one, for the person of the line."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from gateway.allocation_runs.tables import ProposalRow
from gateway.invariants.invariant import Invariant
from gateway.placements.tables import OfferRow

_twin = aliased(OfferRow)
_service = func.coalesce(ProposalRow.chosen_service_id, ProposalRow.service_id)

OFFER_OF_ITS_LINE = Invariant(
    name="offer_of_its_line",
    sentence="A line of a run leads to one offer at most, for its referral and of the place decided on.",
    query=select(OfferRow.id)
    .outerjoin(ProposalRow, ProposalRow.id == OfferRow.proposal_id)
    .outerjoin(_twin, and_(_twin.proposal_id == OfferRow.proposal_id, _twin.id != OfferRow.id))
    .where(
        OfferRow.proposal_id.is_not(None),
        or_(
            _twin.id.is_not(None),
            ProposalRow.id.is_(None),
            ProposalRow.referral_id != OfferRow.referral_id,
            _service != OfferRow.service_id,
        ),
    )
    .distinct()
    .order_by(OfferRow.id),
)
