"""What an account signs in with, and the count of failures that shuts it for a while.

Failures are counted in the database, so that they hold for every process: five are free, as fingers slip;
each one after shuts the account for twice as long as the one before, an hour at most. So nobody can guess
more than some thirty times a day (OWASP ASVS 5.0, 6.3.1; NCSC, "Password policy: updating your approach":
throttle rather than shut for good, which would let a stranger shut anybody out).
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from gateway.accounts.tables import CredentialRow, InvitationRow, RecoveryCodeRow
from gateway.storage.work import Work

FREE: Final = 5
"""Failures in a row that shut nothing; ours, after the NCSC (as above), which allows 5 to 10."""

FIRST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(hours=1)
"""For how long the first failure after those, and at most any, shuts an account."""


def credential_of(work: Work, account_id: str) -> CredentialRow:
    """What the account signs in with; a new row, not yet kept, if it has none."""
    row = work.session.get(CredentialRow, account_id)
    return row if row is not None else CredentialRow(account_id=account_id, failures=0)


def shut(row: CredentialRow, at: datetime) -> bool:
    """Whether nobody can sign in to it just now."""
    return row.locked_until is not None and at < row.locked_until


def count_failure(row: CredentialRow, *, at: datetime, work: Work) -> bool:
    """Count a failed attempt; whether it shuts the account for a while."""
    row.failures += 1
    over = row.failures - FREE
    if over > 0:
        row.locked_until = at + min(FIRST * 2 ** min(over - 1, 10), LONGEST)
    work.note(row)
    return over > 0


def forget_failures(row: CredentialRow) -> None:
    """Begin to count anew; whoever calls keeps the row."""
    row.failures, row.locked_until = 0, None


def drop_invitations(work: Work, account_id: str) -> None:
    """Make every unused link of an account worthless."""
    query = select(InvitationRow).where(
        InvitationRow.account_id == account_id, InvitationRow.used_at.is_(None)
    )
    work.note(removed=work.all(query))


def drop_second_factor(row: CredentialRow, work: Work) -> None:
    """Take the second factor and every recovery code away."""
    row.totp = row.totp_since = row.totp_step = None
    codes = work.where(RecoveryCodeRow, RecoveryCodeRow.account_id == row.account_id)
    work.note(row, removed=codes)


def forget_credential(row: CredentialRow, work: Work) -> None:
    """Forget all with which somebody signed in, and who they were at an OpenID Connect provider."""
    row.password = row.password_set_at = row.issuer = row.subject = None
    forget_failures(row)
    drop_second_factor(row, work)
