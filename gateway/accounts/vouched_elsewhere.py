"""Sign in through an OpenID Connect provider, which has seen who somebody is.

An account is found by the provider's own name of somebody (issuer and subject), which never changes hands.
The first time, it is found by the email address, if the provider says that it has verified it, and linked.
Nobody gets an account this way who was not invited.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gateway.accounts.addresses import account_at
from gateway.accounts.credentials import credential_of, drop_invitations
from gateway.accounts.sessions import begin_session
from gateway.accounts.signing_in import SignedIn, note_signing_in
from gateway.accounts.tables import AccountRow, AccountStatus, CredentialRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.storage.work import Work

LONGEST_SUBJECT = 255
"""Characters (OpenID Connect Core 1.0, section 2: ``sub``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What a provider says of somebody, after its signature was checked.

    email
        ``None``: it names none, or has not verified it.
    second_factor
        Whether it says that it has seen one.
    """

    issuer: str
    subject: str
    email: str | None
    second_factor: bool


def sign_in_as_vouched(vouched: Vouched, *, browser: str | None, at: datetime, work: Work) -> SignedIn | None:
    """Begin a session for somebody for whom a provider vouches.

    Returns
    -------
    SignedIn | None
        ``None``: no account is theirs, or it may not be used; which of them is not told.
    """
    account = _linked(work, vouched) or _first_time(vouched, at=at, work=work)
    if account is None or account.status is not AccountStatus.ACTIVE:
        return None
    due = not vouched.second_factor and credential_of(work, account.id).totp_since is not None
    begun = begin_session(account, second_factor=vouched.second_factor, browser=browser, at=at, work=work)
    by = Actor(id=account.id, role=account.role)
    note_signing_in(account, begun, what="signed in through OpenID Connect", by=by, at=at, work=work)
    return SignedIn(account=account, begun=begun, due=due)


def _linked(work: Work, vouched: Vouched) -> AccountRow | None:
    query = (
        select(AccountRow)
        .join(CredentialRow, CredentialRow.account_id == AccountRow.id)
        .where(CredentialRow.issuer == vouched.issuer, CredentialRow.subject == vouched.subject)
    )
    return work.first(query)


def _first_time(vouched: Vouched, *, at: datetime, work: Work) -> AccountRow | None:
    account = account_at(work, vouched.email) if vouched.email else None
    if account is None or account.status not in (AccountStatus.INVITED, AccountStatus.ACTIVE):
        return None
    credential = credential_of(work, account.id)
    if credential.subject is not None or len(vouched.subject) > LONGEST_SUBJECT:
        return None  # somebody else there has this address by now
    by = Actor(id=account.id, role=account.role)
    link(account, credential, vouched, by=by, at=at, work=work)
    return account


def link(
    account: AccountRow, credential: CredentialRow, vouched: Vouched, *, by: Actor, at: datetime, work: Work
) -> None:
    """Remember that this account is the one for which the provider vouches; an invited one begins."""
    credential.issuer, credential.subject = vouched.issuer, vouched.subject
    work.note(credential)
    drop_invitations(work, account.id)
    account.status = AccountStatus.ACTIVE
    write(work, account, what="linked to OpenID Connect", by=by, at=at, about=[account.id])
