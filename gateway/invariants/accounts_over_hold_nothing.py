"""What is suspended or closed cannot be used, by anything that was given out before."""

from sqlalchemy import or_, select

from gateway.accounts.tables import AccountRow, AccountStatus, InvitationRow, SessionRow, TokenRow
from gateway.invariants.invariant import Invariant

_session = select(SessionRow.id).where(SessionRow.account_id == AccountRow.id, SessionRow.ended_at.is_(None))
_token = select(TokenRow.id).where(TokenRow.account_id == AccountRow.id, TokenRow.revoked_at.is_(None))
_link = select(InvitationRow.digest).where(
    InvitationRow.account_id == AccountRow.id, InvitationRow.used_at.is_(None)
)

ACCOUNTS_OVER_HOLD_NOTHING = Invariant(
    name="accounts_over_hold_nothing",
    sentence="A suspended or closed account has no session, token or link that was not ended.",
    query=select(AccountRow.id)
    .where(
        AccountRow.status.in_([AccountStatus.SUSPENDED, AccountStatus.CLOSED]),
        or_(_session.exists(), _token.exists(), _link.exists()),
    )
    .order_by(AccountRow.id),
)
