"""Invite somebody: an account that nobody can use until its link has been followed and a password set."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.accounts.addresses import account_at, address_digest
from gateway.accounts.credentials import credential_of, drop_invitations, forget_failures
from gateway.accounts.own_account import OwnAccount
from gateway.accounts.sessions import end_sessions
from gateway.accounts.tables import AccountRow, AccountStatus, CredentialRow, InvitationRow
from gateway.accounts.tokens import secret_digest
from gateway.directory.tables import AuthorityRow, ProviderRow
from gateway.records.actor import Actor, Role
from gateway.records.write import write
from gateway.referrals.tables import AgencyRow
from gateway.refusals import Conflict, refuse
from gateway.storage.work import Work

INVITED_FOR: Final = timedelta(hours=72)
"""For how long an invitation can be followed; ours: a weekend."""

RESET_FOR: Final = timedelta(hours=24)
"""For how long a link to a new password can be followed; ours."""


class AddressTaken(Conflict):
    """Another account has this email address; whose is not told."""

    def __init__(self) -> None:
        super().__init__("There is an account with this email address already.")


class AccountOver(Conflict):
    """The account is closed or suspended, and this cannot be done to it."""

    def __init__(self, account_id: str, status: AccountStatus) -> None:
        self.account_id, self.status = account_id, status
        super().__init__(f"Account {account_id} is {status}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """With what a password can be set once; ``secret`` is told this once and kept nowhere."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A new account and its link."""

    row: AccountRow
    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """In which role somebody works, and for whom.

    agency_id, provider_id, authority_id
        A referrer works for an agency, a provider's worker for a provider; a commissioner for an authority,
        or, with ``None``, for the whole partnership.
    """

    role: Role
    agency_id: str | None = None
    provider_id: str | None = None
    authority_id: str | None = None

    def faults(self, work: Work) -> Iterator[tuple[str, str]]:
        """What is wrong with it: nobody has such a post, or whom it is for is not recorded."""
        if self.role is Role.CLOCKWORK:
            yield "role", "is nobody's: the clockwork has no account"
        kinds: tuple[tuple[str, str | None, type[AgencyRow | ProviderRow | AuthorityRow], Role], ...] = (
            ("agency_id", self.agency_id, AgencyRow, Role.REFERRER),
            ("provider_id", self.provider_id, ProviderRow, Role.PROVIDER),
            ("authority_id", self.authority_id, AuthorityRow, Role.COMMISSIONER),
        )
        for field, id, kind, role in kinds:
            if id is not None and self.role is not role:
                yield field, f"is for the role {role} only"
            elif id is not None and work.session.get(kind, id) is None:
                yield field, f"there is no {field.removesuffix('_id')} {id}"
            elif id is None and self.role is role and role is not Role.COMMISSIONER:
                yield field, f"is missing: somebody in the role {role} works for one"


def refuse_taken(work: Work, email: str, *, apart_from: str | None = None) -> None:
    """Refuse an address that another account has.

    Raises
    ------
    AddressTaken
        If one has.
    """
    other = account_at(work, email)
    if other is not None and other.id != apart_from:
        raise AddressTaken


def invite(name: str, email: str, post: Post, *, by: Actor, at: datetime, work: Work) -> Invited:
    """Make an account for somebody, and the link with which they set their first password.

    Raises
    ------
    Invalid
        If the post is nobody's, or for an agency, provider or authority that is not recorded.
    AddressTaken
        If another account has the address.
    """
    refuse(post.faults(work))
    refuse_taken(work, email)
    row = AccountRow(
        id=work.new_id("AC"),
        name=name,
        email=email.strip(),
        email_digest=address_digest(work, email),
        role=post.role,
        agency_id=post.agency_id,
        provider_id=post.provider_id,
        authority_id=post.authority_id,
        status=AccountStatus.INVITED,
        created_at=at,
    )
    write(work, row, what="account invited", by=by, at=at, about=[row.id])
    work.note(CredentialRow(account_id=row.id, failures=0))
    return Invited(row=row, link=_new_link(row.id, lasts=INVITED_FOR, at=at, work=work))


def invite_again(account_id: str, *, by: Actor, at: datetime, work: Work) -> Link:
    """Make a new link for somebody who has not followed theirs; the older ones are worth nothing from now on.

    Raises
    ------
    NotFound
        If there is no such account.
    Conflict
        If it has been used, or is over.
    """
    row = work.get(AccountRow, account_id)
    if row.status is not AccountStatus.INVITED:
        raise AccountOver(account_id, row.status)
    write(work, what="invited again", by=by, at=at, about=[account_id])
    return _new_link(account_id, lasts=INVITED_FOR, at=at, work=work)


def reset_password(account_id: str, *, by: Actor, at: datetime, work: Work) -> Link:
    """Make a link to a new password: the old one and every session end now, and failures are forgotten.

    The second factor stays: whoever gets hold of the link alone cannot sign in where there is one.

    Raises
    ------
    NotFound
        If there is no such account.
    OwnAccount
        If it is their own: that asks for the password that stands.
    AccountOver
        If it is suspended, closed, or has not been used yet.
    """
    row = work.get(AccountRow, account_id)
    if row.id == by.id:
        raise OwnAccount
    if row.status is not AccountStatus.ACTIVE:
        raise AccountOver(account_id, row.status)
    credential = credential_of(work, account_id)
    credential.password = credential.password_set_at = None
    forget_failures(credential)
    work.note(credential)
    end_sessions(account_id, at=at, work=work)
    write(work, what="password reset", by=by, at=at, about=[account_id])
    return _new_link(account_id, lasts=RESET_FOR, at=at, work=work)


def _new_link(account_id: str, *, lasts: timedelta, at: datetime, work: Work) -> Link:
    drop_invitations(work, account_id)
    secret = secrets.token_urlsafe(32)
    row = InvitationRow(digest=secret_digest(secret), account_id=account_id, expires_at=at + lasts)
    work.note(row)
    return Link(secret=secret, expires_at=row.expires_at)
