"""Sign in with a password, in three steps of which only the last writes.

Whose address it is is read; the password is held against its hash while no transaction waits; what came of
it is written down in a unit of work that looks again. Of many who try at once each counts, and whoever comes
after the one that shut the account is refused even with the right password, so that trying many at once
gains nothing.

A refusal is an outcome and nothing that is raised: a raised one would take the count of failures back with
it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.accounts.addresses import account_at
from gateway.accounts.credentials import count_failure, credential_of, forget_failures, shut
from gateway.accounts.passwords import fits, hashed, outdated
from gateway.accounts.sessions import Begun, begin_session
from gateway.accounts.tables import AccountRow, AccountStatus, CredentialRow, SessionRow
from gateway.records.actor import CLOCKWORK, Actor
from gateway.records.write import write
from gateway.storage.store import Store
from gateway.storage.work import Work

JUST_NOW: Final = timedelta(minutes=15)
"""For how long after signing in elsewhere somebody is sure to be there still; ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody has proved who they are.

    due
        Whether the second factor has still to vouch for them: until then the session opens nothing else.
    """

    account: AccountRow
    begun: Begun
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A password that was held against a hash.

    account_id
        Whose; ``None``: nobody has the address, or whoever has it cannot sign in.
    kept
        The hash; if it is another by the time the outcome is written, the examination is worth nothing.
    fitting
        Whether it was the right one.
    renewed
        A new hash, where the kept one takes less than is usual by now.
    """

    account_id: str | None
    kept: str | None
    fitting: bool
    renewed: str | None = None


def sign_in(store: Store, email: str, password: str, *, browser: str | None, at: datetime) -> SignedIn | None:
    """Begin a session for whoever has this address and password.

    Returns
    -------
    SignedIn | None
        ``None``: nobody has that address, the password is wrong, the account is shut for a while, or may not
        be used. Which of them is not told, and all take the same steps.
    """
    with store.reading() as work:
        account = account_at(work, email)
        usable = account is not None and account.status is AccountStatus.ACTIVE
        known = account.id if account is not None and usable else None
        kept = credential_of(work, known).password if known is not None else None
    examined = examine(known, kept, password)
    return store.transact(lambda work: conclude(examined, browser=browser, at=at, work=work))


def prove_owner(store: Store, session_id: str, password: str | None, *, at: datetime) -> bool:
    """Whether whoever uses a session is its owner, who knows the password; a failure counts as at signing in.

    Somebody who has no password, because an OpenID Connect provider vouches for them, has proved it if they
    came from there just now.
    """
    with store.reading() as work:
        session = work.get(SessionRow, session_id)
        kept = credential_of(work, session.account_id).password
    if kept is None:
        return at <= session.began_at + JUST_NOW
    examined = examine(session.account_id, kept, password or "")
    return store.transact(lambda work: _counted(examined, at=at, work=work)) is not None


def examine(account_id: str | None, kept: str | None, password: str) -> Examined:
    """Hold a password against a hash, or against nobody's, which takes as long."""
    fitting = fits(password, kept)
    renewed = hashed(password) if fitting and kept is not None and outdated(kept) else None
    return Examined(account_id=account_id, kept=kept, fitting=fitting, renewed=renewed)


def conclude(examined: Examined, *, browser: str | None, at: datetime, work: Work) -> SignedIn | None:
    """Write down what came of an examination, and begin the session if it may be."""
    credential = _counted(examined, at=at, work=work)
    if credential is None:
        return None
    account = work.get(AccountRow, credential.account_id)
    due = credential.totp_since is not None
    if not due:  # otherwise a thief of passwords could forget the failures of the second factor
        forget_failures(credential)
    if examined.renewed is not None:
        credential.password = examined.renewed
    work.note(credential)
    begun = begin_session(account, second_factor=False, browser=browser, at=at, work=work)
    by = Actor(id=account.id, role=account.role)
    what = "password given, second factor due" if due else "signed in"
    note_signing_in(account, begun, what=what, by=by, at=at, work=work)
    return SignedIn(account=account, begun=begun, due=due)


def note_signing_in(
    account: AccountRow, begun: Begun, *, what: str, by: Actor, at: datetime, work: Work
) -> None:
    """Record that a session has begun."""
    write(work, what=what, by=by, at=at, about=[account.id, begun.row.id])


def _counted(examined: Examined, *, at: datetime, work: Work) -> CredentialRow | None:
    """The credential that was proved; otherwise the failure counts, unless nobody could succeed."""
    if examined.account_id is None:
        return None
    account = work.get(AccountRow, examined.account_id)
    credential = credential_of(work, account.id)
    if account.status is not AccountStatus.ACTIVE or shut(credential, at):
        return None
    if not examined.fitting or credential.password != examined.kept:
        note_failure(credential, by=CLOCKWORK, at=at, work=work)
        return None
    return credential


def note_failure(credential: CredentialRow, *, by: Actor, at: datetime, work: Work) -> None:
    """Count a failed attempt and record it: by the clockwork, because nobody knows who it was."""
    is_shut = count_failure(credential, at=at, work=work)
    what = "sign-in failed and shut for a while" if is_shut else "sign-in failed"
    write(work, what=what, by=by, at=at, about=[credential.account_id])
