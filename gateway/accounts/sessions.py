"""Sessions: begun when somebody signs in, ended by them, by another, or by time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.engine import CursorResult

from gateway.accounts.tables import AccountRow, AccountStatus, CredentialRow, SessionRow
from gateway.accounts.tokens import secret_digest
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import NotFound
from gateway.storage.work import Work

IDLE: Final = timedelta(minutes=30)
"""A session that was not used for so long has ended (OWASP ASVS 5.0, 7.3.1: an inactivity timeout)."""

ABSOLUTE: Final = timedelta(hours=12)
"""A session ends after so long however busy it is: a shift (OWASP ASVS 5.0, 7.3.2: a maximum lifetime)."""

STAMPED_EVERY: Final = timedelta(minutes=1)
"""How exact the last use is: writing at every request would make readers wait for writers."""


FORGOTTEN_AFTER: Final = timedelta(days=1)
"""How long a session that has ended is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A new session; ``secret`` goes into the cookie and is kept nowhere."""

    row: SessionRow
    secret: str


def begin_session(
    account: AccountRow, *, second_factor: bool, browser: str | None, at: datetime, work: Work
) -> Begun:
    """Begin a session for somebody who has proved who they are."""
    secret = secrets.token_urlsafe(32)
    row = SessionRow(
        id=work.new_id("Z"),
        digest=secret_digest(secret),
        account_id=account.id,
        began_at=at,
        last_seen_at=at,
        expires_at=at + ABSOLUTE,
        second_factor=second_factor,
        browser=None if browser is None else browser[:200],
    )
    work.note(row)
    return Begun(row=row, secret=secret)


def stands(row: SessionRow, at: datetime) -> bool:
    """Whether a session can still be used."""
    return row.ended_at is None and at < row.expires_at and at < row.last_seen_at + IDLE


def session_of(work: Work, secret: str, *, at: datetime) -> tuple[SessionRow, AccountRow] | None:
    """The session with this secret and whose it is, if both may be used now."""
    query = (
        select(SessionRow, AccountRow)
        .join(AccountRow, AccountRow.id == SessionRow.account_id)
        .where(SessionRow.digest == secret_digest(secret))
    )
    found = work.session.execute(query).first()
    if found is None:
        return None
    session, account = found
    return (session, account) if stands(session, at) and account.status is AccountStatus.ACTIVE else None


def factor_due(work: Work, session: SessionRow) -> bool:
    """Whether its owner has set up a second factor, which has not vouched for it."""
    if session.second_factor:
        return False
    query = select(CredentialRow.account_id).where(
        CredentialRow.account_id == session.account_id, CredentialRow.totp_since.is_not(None)
    )
    return work.first(query) is not None


def sessions_of(work: Work, account_id: str, *, at: datetime) -> list[SessionRow]:
    """The sessions of an account that stand, the newest first."""
    query = select(SessionRow).where(SessionRow.account_id == account_id, SessionRow.ended_at.is_(None))
    rows = work.all(query.order_by(SessionRow.began_at.desc(), SessionRow.id))
    return [row for row in rows if stands(row, at)]


def end_session(session_id: str, *, account_id: str, by: Actor, at: datetime, work: Work) -> SessionRow:
    """End a session of an account; one that has ended stays so.

    Raises
    ------
    NotFound
        If the account has no such session.
    """
    row = work.get(SessionRow, session_id)
    if row.account_id != account_id:
        raise NotFound("session", session_id)
    if row.ended_at is None:
        row.ended_at = at
        work.note(row)
        write(work, what="session ended", by=by, at=at, about=[account_id, row.id])
    return row


def end_sessions(account_id: str, *, apart_from: str | None = None, at: datetime, work: Work) -> int:
    """End every session of an account that has not been ended, but for one; how many of them still stood.

    Whoever does it has the event.
    """
    query = select(SessionRow).where(SessionRow.account_id == account_id, SessionRow.ended_at.is_(None))
    rows = [row for row in work.all(query) if row.id != apart_from]
    standing = sum(stands(row, at) for row in rows)
    for row in rows:
        row.ended_at = at
    work.note(*rows)
    return standing


def end_other_sessions(account_id: str, *, apart_from: str, by: Actor, at: datetime, work: Work) -> int:
    """Sign somebody out everywhere but in one session; how many sessions ended."""
    ended = end_sessions(account_id, apart_from=apart_from, at=at, work=work)
    write(work, what="other sessions ended", by=by, at=at, about=[account_id])
    return ended


def stamp_session(session_id: str, *, at: datetime, work: Work) -> None:
    """Note that a session was used."""
    row = work.get(SessionRow, session_id)
    row.last_seen_at = at
    work.note(row)


def forget_sessions(work: Work, *, at: datetime) -> int:
    """Remove the sessions that ended, or could no longer be used, a day ago; how many."""
    day_ago = at - FORGOTTEN_AFTER
    over = or_(
        SessionRow.ended_at <= day_ago,
        SessionRow.expires_at <= day_ago,
        SessionRow.last_seen_at <= day_ago - IDLE,
    )
    result = work.session.execute(delete(SessionRow).where(over))
    return result.rowcount if isinstance(result, CursorResult) else 0
