"""A referral goes from state to state only as the table allows."""

from datetime import datetime

from gateway.referrals.states import NEXT, ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.refusals import IllegalMove


def move(
    referral: ReferralRow,
    to: ReferralStatus,
    *,
    at: datetime,
    until: datetime | None = None,
    reason: EndReason | None = None,
) -> None:
    """Set the state, since when, until when and why; the caller writes the row with its event.

    Raises
    ------
    IllegalMove
        If the state that stands cannot be followed by this one.
    """
    if to not in NEXT[referral.status]:
        raise IllegalMove("referral", referral.id, stands=referral.status, wanted=to)
    referral.status, referral.status_since, referral.status_until = to, at, until
    referral.end_reason = reason
    if to is ReferralStatus.WAITING and referral.waiting_since is None:
        referral.waiting_since = at  # counted once: who comes back to the list stands where they stood
