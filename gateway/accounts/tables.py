"""Accounts and what proves that somebody is who they say.

Of whatever proves it (a password, a session's cookie, a token) only a digest is kept, and no event tells it:
what was done has an event, with what it was done is `gateway.storage.rows.Untold`.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.records.actor import Role
from gateway.storage.rows import Id, Row, Untold, Versioned, code, ref
from gateway.storage.sealing import Sealed


class AccountStatus(StrEnum):
    """Whether an account may be used."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class AccountRow(Row, Versioned):
    """Somebody who works with the gateway, in one role.

    email_digest
        A blind index of the address, so that it can be found and nobody can read it in the database.
    agency_id, provider_id, authority_id
        For whom they work: a referrer for an agency, a provider for a provider, a commissioner for an
        authority (``None``: for the whole partnership).
    """

    __tablename__ = "accounts"

    id: Mapped[Id]
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Sealed)
    email: Mapped[str] = mapped_column(Sealed)
    email_digest: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role] = code(Role)
    agency_id: Mapped[str | None] = ref("agencies.id", nullable=True)
    provider_id: Mapped[str | None] = ref("providers.id", nullable=True)
    authority_id: Mapped[str | None] = ref("authorities.id", nullable=True)
    status: Mapped[AccountStatus] = code(AccountStatus)
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("role <> 'clockwork'", name="a_person"),
        CheckConstraint("(role = 'referrer') = (agency_id IS NOT NULL)", name="referrer_of_an_agency"),
        CheckConstraint("(role = 'provider') = (provider_id IS NOT NULL)", name="provider_of_a_provider"),
        CheckConstraint("authority_id IS NULL OR role = 'commissioner'", name="commissioner_of_an_authority"),
    )


class CredentialRow(Row, Untold):
    """What an account signs in with, and how often that failed.

    password
        An argon2id hash; ``None``: none is set.
    totp, totp_since, totp_step
        The secret of the second factor (RFC 6238), since when it is confirmed, and the time step of the last
        code that was used, so that no code works twice.
    failures, locked_until
        Failed attempts since the last success; nobody signs in before ``locked_until``.
    issuer, subject
        Who this is at an OpenID Connect provider.
    """

    __tablename__ = "credentials"

    account_id: Mapped[str] = ref("accounts.id", index=False, primary_key=True)
    password: Mapped[str | None] = mapped_column(Sealed)
    password_set_at: Mapped[datetime | None]
    totp: Mapped[str | None] = mapped_column(Sealed)
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    issuer: Mapped[str | None] = mapped_column(String(200))
    subject: Mapped[str | None] = mapped_column(String(255))

    __table_args__ = (UniqueConstraint("issuer", "subject"),)


class RecoveryCodeRow(Row, Untold):
    """A code that stands in for the second factor, once."""

    __tablename__ = "recovery_codes"

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = ref("accounts.id")
    used_at: Mapped[datetime | None]


class InvitationRow(Row, Untold):
    """A link with which somebody sets the first password, or a new one, until it expires or is used."""

    __tablename__ = "invitations"

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = ref("accounts.id")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SessionRow(Row, Untold):
    """Somebody is signed in, at one browser.

    digest
        Of the cookie's secret.
    last_seen_at, expires_at
        It ends when it was not used for a while, and at ``expires_at`` in any case.
    second_factor
        Whether a code, a recovery code or the OpenID Connect provider vouched for it.
    """

    __tablename__ = "sessions"

    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = ref("accounts.id")
    began_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    second_factor: Mapped[bool]
    browser: Mapped[str | None] = mapped_column(String(200))


class TokenRow(Row, Untold):
    """A secret with which a program acts for an account.

    scopes
        The permissions it carries, with blanks between; it never may more than its account.
    """

    __tablename__ = "tokens"

    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = ref("accounts.id")
    name: Mapped[str]
    scopes: Mapped[str] = mapped_column(String(2_000))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
