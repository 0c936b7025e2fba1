"""The second factor: a code of the minute (TOTP, RFC 6238), or a recovery code.

No code works twice: the time step of the last one is kept (RFC 6238, 5.2), and a recovery code is marked as
used.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyotp
from pyotp.exceptions import OTPVerificationError

from gateway.accounts.credentials import (
    credential_of,
    drop_second_factor,
    forget_failures,
    shut,
)
from gateway.accounts.own_account import OwnAccount
from gateway.accounts.sessions import Begun, begin_session, end_sessions
from gateway.accounts.signing_in import note_failure, note_signing_in
from gateway.accounts.tables import AccountRow, AccountStatus, CredentialRow, RecoveryCodeRow, SessionRow
from gateway.records.actor import CLOCKWORK, Actor
from gateway.records.write import write
from gateway.refusals import Conflict, NotAllowed
from gateway.storage.work import Work

ISSUER: Final = "Referral gateway"
"""What stands beside the code in somebody's authenticator app."""

DRIFT: Final = 1
"""By how many steps of 30 seconds a clock may be wrong: one (RFC 6238, 5.2 recommends one at most)."""

CODES: Final = 10
"""How many recovery codes somebody is given."""

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (crockford.com/base32.html): no I, L, O or U, which are misread."""

_MISREAD: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})


class HasSecondFactor(Conflict):
    """There is a second factor, and it has to be removed before another is set up."""

    def __init__(self) -> None:
        super().__init__("A second factor is set up already: remove it first.")


class NoSecondFactor(Conflict):
    """There is no second factor to do this with."""

    def __init__(self) -> None:
        super().__init__("No second factor is set up.")


class WrongCode(NotAllowed):
    """The code is wrong, used or late, or the account is shut for a while: which is not told."""

    def __init__(self) -> None:
        super().__init__(
            "The code is wrong or was used, or too many were wrong: wait for the next and try again."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A second factor that is not confirmed yet; both are told this once.

    uri
        The same as an authenticator app reads it from a picture (``otpauth://totp/…``).
    """

    secret: str
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A second factor that stands from now on, its session, and recovery codes, told this once."""

    begun: Begun
    recovery_codes: Sequence[str]


def enrol(account_id: str, *, by: Actor, at: datetime, work: Work) -> Enrolled:
    """Make the secret of a second factor; until a code of it has come back, it vouches for nobody.

    Raises
    ------
    HasSecondFactor
        If one stands.
    """
    account, credential = work.get(AccountRow, account_id), credential_of(work, account_id)
    if credential.totp_since is not None:
        raise HasSecondFactor
    credential.totp, credential.totp_step = pyotp.random_base32(), None
    work.note(credential)
    write(work, what="second factor begun", by=by, at=at, about=[account_id])
    uri = pyotp.TOTP(credential.totp).provisioning_uri(name=account.email, issuer_name=ISSUER)
    return Enrolled(secret=credential.totp, uri=uri)


def confirm(session_id: str, code: str, *, by: Actor, at: datetime, work: Work) -> Confirmed | None:
    """Have the second factor of a session's account stand, if the code is one of it; ``None``: it is not.

    The session goes on as another with a new secret, for which it vouches; the account's other sessions end.

    Raises
    ------
    NoSecondFactor
        If none was begun.
    HasSecondFactor
        If it stands already.
    """
    session = work.get(SessionRow, session_id)
    account, credential = work.get(AccountRow, session.account_id), credential_of(work, session.account_id)
    if credential.totp_since is not None:
        raise HasSecondFactor
    if credential.totp is None:
        raise NoSecondFactor
    if not _vouched(credential, code, at=at, work=work):
        return None
    credential.totp_since = at
    work.note(credential)
    codes = _new_codes(account.id, work)
    end_sessions(account.id, at=at, work=work)
    begun = begin_session(account, second_factor=True, browser=session.browser, at=at, work=work)
    write(work, what="second factor set up", by=by, at=at, about=[account.id, begun.row.id])
    return Confirmed(begun=begun, recovery_codes=codes)


def vouch(session_id: str, code: str, *, by: Actor, at: datetime, work: Work) -> Begun | None:
    """Have the second factor vouch for a session: it ends, and one with a new secret begins in its place.

    Parameters
    ----------
    code
        Of the minute, or a recovery code.

    Returns
    -------
    Begun | None
        ``None``: the code is wrong or was used, and the failure is counted; or the account is shut for a
        while.

    Raises
    ------
    NoSecondFactor
        If none stands.
    """
    session = work.get(SessionRow, session_id)
    account, credential = work.get(AccountRow, session.account_id), credential_of(work, session.account_id)
    if credential.totp_since is None:
        raise NoSecondFactor
    over = session.ended_at is not None or account.status is not AccountStatus.ACTIVE
    if over or not _vouched(credential, code, at=at, work=work):
        return None
    session.ended_at = at
    work.note(session)
    begun = begin_session(account, second_factor=True, browser=session.browser, at=at, work=work)
    note_signing_in(account, begun, what="signed in with a second factor", by=by, at=at, work=work)
    return begun


def remove_second_factor(
    account_id: str, *, keep_session: str | None, by: Actor, at: datetime, work: Work
) -> None:
    """Take the second factor away; recovery codes and other sessions go with it, and it vouches for none.

    Raises
    ------
    NoSecondFactor
        If there is none.
    """
    credential = credential_of(work, account_id)
    if credential.totp is None:
        raise NoSecondFactor
    drop_second_factor(credential, work)
    end_sessions(account_id, apart_from=keep_session, at=at, work=work)
    if keep_session is not None:
        session = work.get(SessionRow, keep_session)
        session.second_factor = False
        work.note(session)
    write(work, what="second factor removed", by=by, at=at, about=[account_id])


def reset_second_factor(account_id: str, *, by: Actor, at: datetime, work: Work) -> None:
    """Take away the second factor of somebody who has lost it: an administrator, who has made sure who asks.

    Raises
    ------
    NotFound
        If there is no such account.
    OwnAccount
        If it is their own: that asks for the password.
    NoSecondFactor
        If it has none.
    """
    if work.get(AccountRow, account_id).id == by.id:
        raise OwnAccount
    credential = credential_of(work, account_id)
    if credential.totp is None:
        raise NoSecondFactor
    forget_failures(credential)
    drop_second_factor(credential, work)
    end_sessions(account_id, at=at, work=work)
    write(work, what="second factor reset", by=by, at=at, about=[account_id])


def new_recovery_codes(account_id: str, *, by: Actor, at: datetime, work: Work) -> Sequence[str]:
    """Put new recovery codes in the place of the older ones; they are told this once.

    Raises
    ------
    NoSecondFactor
        If there is none that they could stand in for.
    """
    if credential_of(work, account_id).totp_since is None:
        raise NoSecondFactor
    codes = _new_codes(account_id, work)
    write(work, what="recovery codes made", by=by, at=at, about=[account_id])
    return codes


def codes_left(work: Work, account_id: str) -> int | None:
    """How many recovery codes have not been used; ``None``: they could stand in for nothing."""
    if credential_of(work, account_id).totp_since is None:
        return None
    unused = (RecoveryCodeRow.account_id == account_id, RecoveryCodeRow.used_at.is_(None))
    return len(work.where(RecoveryCodeRow, *unused))


def _new_codes(account_id: str, work: Work) -> list[str]:
    work.note(removed=work.where(RecoveryCodeRow, RecoveryCodeRow.account_id == account_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(CODES)]
    work.note(
        *(RecoveryCodeRow(digest=_digest(work, account_id, each), account_id=account_id) for each in codes)
    )
    return [f"{each[:5]}-{each[5:]}" for each in codes]


def _digest(work: Work, account_id: str, code: str) -> str:
    """What is kept of a recovery code: from a plain digest, 50 random bits could be guessed."""
    return work.keys.digest("recovery", f"{account_id}\0{code}")


def _vouched(credential: CredentialRow, code: str, *, at: datetime, work: Work) -> bool:
    """Whether a code vouches; it is then used up and failures are forgotten, otherwise one is counted."""
    if shut(credential, at):
        return False
    if not (_is_code_of_now(credential, code, at) or _is_recovery_code(credential, code, at, work)):
        note_failure(credential, by=CLOCKWORK, at=at, work=work)
        return False
    forget_failures(credential)
    work.note(credential)
    return True


def _is_code_of_now(credential: CredentialRow, code: str, at: datetime) -> bool:
    if credential.totp is None or not (code.isascii() and code.isdigit()):
        return False
    try:
        step = pyotp.TOTP(credential.totp).verify_and_get_timecode(code, for_time=at, valid_window=DRIFT)
    except OTPVerificationError:
        return False
    if credential.totp_step is not None and step <= credential.totp_step:
        return False
    credential.totp_step = step
    return True


def _is_recovery_code(credential: CredentialRow, code: str, at: datetime, work: Work) -> bool:
    meant = code.upper().translate(_MISREAD)
    row = work.session.get(RecoveryCodeRow, _digest(work, credential.account_id, meant))
    if credential.totp_since is None or row is None or row.used_at is not None:
        return False
    row.used_at = at
    work.note(row)
    return True
