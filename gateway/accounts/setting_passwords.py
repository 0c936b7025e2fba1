"""Set a password: the first, by the link of an invitation, or another in place of one's own."""

from datetime import datetime

from gateway.accounts.credentials import credential_of, drop_invitations, forget_failures
from gateway.accounts.passwords import hashed, refuse_weak
from gateway.accounts.sessions import end_sessions
from gateway.accounts.tables import AccountRow, AccountStatus, InvitationRow
from gateway.accounts.tokens import secret_digest
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import NotAllowed
from gateway.storage.work import Work

USABLE = frozenset({AccountStatus.INVITED, AccountStatus.ACTIVE})
"""Accounts whose link may be followed."""


class LinkOver(NotAllowed):
    """A link to a password that was never made, was used, or has expired: which of them is not told."""

    def __init__(self) -> None:
        super().__init__("This link cannot be used, or not any more: ask for a new one.")


def accept_invitation(secret: str, password: str, *, at: datetime, work: Work) -> AccountRow:
    """Set the password that a link allows to set, once. Who follows it is whom it was made for.

    Raises
    ------
    LinkOver
        If the link cannot be used.
    Invalid
        If the password breaks a rule; the link can still be used.
    """
    link = work.session.get(InvitationRow, secret_digest(secret))
    if link is None or link.used_at is not None or at >= link.expires_at:
        raise LinkOver
    account = work.get(AccountRow, link.account_id)
    if account.status not in USABLE:
        raise LinkOver
    refuse_weak(password, "password", name=account.name, email=account.email)
    link.used_at = at
    work.note(link)
    by = Actor(id=account.id, role=account.role)
    set_password(account, password, what="password set by link", by=by, at=at, work=work)
    return account


def change_password(
    account_id: str, new: str, *, keep_session: str | None, by: Actor, at: datetime, work: Work
) -> AccountRow:
    """Put a new password in the place of one's own; whoever calls has seen the old one proved.

    Parameters
    ----------
    keep_session
        The session in which it is done: the others end (OWASP ASVS 5.0, 7.4.3).

    Raises
    ------
    Invalid
        If the new password breaks a rule.
    """
    account = work.get(AccountRow, account_id)
    refuse_weak(new, "new_password", name=account.name, email=account.email)
    set_password(account, new, what="password changed", keep_session=keep_session, by=by, at=at, work=work)
    return account


def set_password(
    account: AccountRow,
    password: str,
    *,
    what: str,
    keep_session: str | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> None:
    """Keep the hash of a password that fits; links and other sessions end, an invited account begins."""
    credential = credential_of(work, account.id)
    credential.password, credential.password_set_at = hashed(password), at
    forget_failures(credential)
    work.note(credential)
    drop_invitations(work, account.id)
    end_sessions(account.id, apart_from=keep_session, at=at, work=work)
    account.status = AccountStatus.ACTIVE
    write(work, account, what=what, by=by, at=at, about=[account.id])
