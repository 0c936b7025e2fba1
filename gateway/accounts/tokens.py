"""Tokens with which programs act for an account: issued, recognised, revoked."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import select

from gateway.accounts.tables import AccountRow, AccountStatus, TokenRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import NotFound, refuse
from gateway.storage.work import Work

PREFIX: Final = "gateway_"
"""What a token begins with, so that a scanner for leaked secrets knows it."""

LONGEST: Final = timedelta(days=366)
"""For how long a token is issued at most; ours."""

STAMPED_EVERY: Final = timedelta(minutes=5)
"""How exact the last use is: writing at every use would make readers wait for writers."""


def secret_digest(secret: str) -> str:
    """What is kept of a secret of 256 random bits: too many to guess, so no salt or slow hash is needed."""
    return sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A new token; ``secret`` is told this once and kept nowhere."""

    row: TokenRow
    secret: str


def issue_token(
    account_id: str,
    *,
    name: str,
    scopes: Collection[str],
    expires_at: datetime,
    by: Actor,
    at: datetime,
    work: Work,
) -> Issued:
    """Make a token for an account.

    Raises
    ------
    NotFound
        If there is no such account, or it may not be used.
    Invalid
        If it has no name, carries nothing, or expires too early or too late.
    """
    account = work.get(AccountRow, account_id)
    if account.status is not AccountStatus.ACTIVE:
        raise NotFound("account", account_id)
    faults = [
        *([] if 0 < len(name.strip()) <= 64 else [("name", "must have 1 to 64 characters")]),
        *([] if scopes else [("scopes", "is empty: the token could do nothing")]),
        *([] if expires_at > at else [("expires_at", "is past")]),
        *([] if expires_at <= at + LONGEST else [("expires_at", f"is more than {LONGEST.days} days away")]),
    ]
    refuse(faults)
    secret = PREFIX + secrets.token_urlsafe(32)
    row = TokenRow(
        id=work.new_id("K"),
        digest=secret_digest(secret),
        account_id=account.id,
        name=name.strip(),
        scopes=" ".join(sorted(scopes)),
        created_at=at,
        expires_at=expires_at,
    )
    work.note(row)
    write(work, what="token issued", by=by, at=at, about=[account.id, row.id])
    return Issued(row=row, secret=secret)


def revoke_token(token_id: str, *, account_id: str, by: Actor, at: datetime, work: Work) -> TokenRow:
    """Make a token of an account worthless; one that already is stays so.

    Raises
    ------
    NotFound
        If the account has no such token.
    """
    row = work.get(TokenRow, token_id)
    if row.account_id != account_id:
        raise NotFound("token", token_id)
    if row.revoked_at is None:
        row.revoked_at = at
        work.note(row)
        write(work, what="token revoked", by=by, at=at, about=[account_id, row.id])
    return row


def revoke_tokens(account_id: str, *, at: datetime, work: Work) -> int:
    """Make every token of an account worthless; how many. Whoever does it has the event."""
    query = select(TokenRow).where(TokenRow.account_id == account_id, TokenRow.revoked_at.is_(None))
    rows = work.all(query)
    for row in rows:
        row.revoked_at = at
    work.note(*rows)
    return len(rows)


def tokens_of(work: Work, account_id: str) -> list[TokenRow]:
    """Every token of an account, the newest first."""
    query = select(TokenRow).where(TokenRow.account_id == account_id)
    return list(work.all(query.order_by(TokenRow.created_at.desc(), TokenRow.id)))


def token_of(work: Work, secret: str, *, at: datetime) -> tuple[TokenRow, AccountRow] | None:
    """The token with this secret and whose it is, if both may be used now."""
    query = (
        select(TokenRow, AccountRow)
        .join(AccountRow, AccountRow.id == TokenRow.account_id)
        .where(TokenRow.digest == secret_digest(secret))
    )
    found = work.session.execute(query).first()
    if found is None:
        return None
    token, account = found
    usable = token.revoked_at is None and at < token.expires_at and account.status is AccountStatus.ACTIVE
    return (token, account) if usable else None


def stamp_token(token_id: str, *, at: datetime, work: Work) -> None:
    """Note that a token was used."""
    row = work.get(TokenRow, token_id)
    row.last_used_at = at
    work.note(row)
