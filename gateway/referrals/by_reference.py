"""Finding referrals by what somebody reads out: the gateway's reference, or the agency's own."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from gateway.referrals.tables import AgencyRow, ReferralRow
from gateway.storage.work import Work

MOST: Final = 20
"""So many agencies may have the same number for somebody."""


def referrals_by_reference(
    work: Work, reference: str, reach: ColumnElement[bool], *, most: int = MOST
) -> Sequence[ReferralRow]:
    """The referral with this reference, in small letters or capitals, or those to which agencies gave it.

    One query; those to restricted people are among them.

    Parameters
    ----------
    reach
        Which referrals whoever asks may know of.
    """
    agencies = select(AgencyRow.id)  # so that the index by agency and reference serves
    theirs = ReferralRow.agency_id.in_(agencies) & (ReferralRow.agency_reference == reference)
    query = select(ReferralRow).where(or_(ReferralRow.id == reference.upper(), theirs), reach)
    return work.all(query.order_by(ReferralRow.entered_at.desc(), ReferralRow.id).limit(most))
