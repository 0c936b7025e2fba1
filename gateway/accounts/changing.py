"""Change an account: who it is, what it may do and for whom; suspend it, let it be used again, close it.

Nobody does this to their own account: an administrator who could make themself a duty manager, or lock the
last administrator out, needs a second one, or the command line of the machine.
"""

from datetime import datetime

from gateway.accounts.addresses import address_digest, normal_address
from gateway.accounts.credentials import credential_of, drop_invitations, forget_credential
from gateway.accounts.inviting import AccountOver, Post, refuse_taken
from gateway.accounts.own_account import OwnAccount
from gateway.accounts.sessions import end_sessions
from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.accounts.tokens import revoke_tokens
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import IllegalMove, refuse
from gateway.storage.work import Work


def account_of_another(account_id: str, *, seen: int | None, by: Actor, work: Work) -> AccountRow:
    """The account, unless it is the one of whoever asks.

    Raises
    ------
    NotFound
        If there is none.
    ChangedMeanwhile
        If it was changed since it was seen.
    OwnAccount
        If it is their own.
    """
    row = work.get(AccountRow, account_id, seen=seen)
    if row.id == by.id:
        raise OwnAccount
    return row


def change_account(
    account_id: str,
    *,
    name: str,
    email: str,
    post: Post,
    seen: int | None,
    by: Actor,
    at: datetime,
    work: Work,
) -> AccountRow:
    """Put this name, address and post in the place of those that stand.

    Another post takes effect at once: sessions and tokens of the older one end. Another address makes the
    links sent to the older one worthless.

    Raises
    ------
    NotFound, ChangedMeanwhile, OwnAccount
        As `account_of_another`.
    AccountOver
        If it is closed.
    Invalid
        If the post is nobody's, or for an agency, provider or authority that is not recorded.
    AddressTaken
        If another account has the address.
    """
    row = account_of_another(account_id, seen=seen, by=by, work=work)
    if row.status is AccountStatus.CLOSED:
        raise AccountOver(account_id, row.status)
    refuse(post.faults(work))
    refuse_taken(work, email, apart_from=row.id)
    if normal_address(row.email) != normal_address(email):
        drop_invitations(work, row.id)
    if _post_of(row) != post:
        _end_all(row.id, at=at, work=work)
    row.name, row.email, row.email_digest = name, email.strip(), address_digest(work, email)
    row.role, row.agency_id = post.role, post.agency_id
    row.provider_id, row.authority_id = post.provider_id, post.authority_id
    write(work, row, what="account changed", by=by, at=at, about=[row.id])
    return row


def _post_of(row: AccountRow) -> Post:
    return Post(
        role=row.role, agency_id=row.agency_id, provider_id=row.provider_id, authority_id=row.authority_id
    )


def suspend_account(
    account_id: str, *, why: str, seen: int | None, by: Actor, at: datetime, work: Work
) -> AccountRow:
    """Let nobody use an account for now: its sessions, tokens and links end.

    Raises
    ------
    NotFound, ChangedMeanwhile, OwnAccount
        As `account_of_another`.
    IllegalMove
        If it is suspended already, or closed.
    """
    row = account_of_another(account_id, seen=seen, by=by, work=work)
    _refuse_from(row, AccountStatus.SUSPENDED, AccountStatus.SUSPENDED, AccountStatus.CLOSED)
    return _over(row, AccountStatus.SUSPENDED, what="account suspended", why=why, by=by, at=at, work=work)


def close_account(
    account_id: str, *, why: str, seen: int | None, by: Actor, at: datetime, work: Work
) -> AccountRow:
    """End an account for good; what its owner did stays on record under its id.

    What they signed in with is forgotten, and their address is free for a new account, should they come back.

    Raises
    ------
    NotFound, ChangedMeanwhile, OwnAccount
        As `account_of_another`.
    IllegalMove
        If it is closed already.
    """
    row = account_of_another(account_id, seen=seen, by=by, work=work)
    _refuse_from(row, AccountStatus.CLOSED, AccountStatus.CLOSED)
    forget_credential(credential_of(work, row.id), work)
    return _over(row, AccountStatus.CLOSED, what="account closed", why=why, by=by, at=at, work=work)


def reactivate_account(
    account_id: str, *, why: str, seen: int | None, by: Actor, at: datetime, work: Work
) -> AccountRow:
    """Let a suspended account be used again; one that never was used needs a new invitation.

    Raises
    ------
    NotFound, ChangedMeanwhile, OwnAccount
        As `account_of_another`.
    IllegalMove
        If it is not suspended.
    """
    row = account_of_another(account_id, seen=seen, by=by, work=work)
    others = frozenset(AccountStatus) - {AccountStatus.SUSPENDED}
    _refuse_from(row, AccountStatus.ACTIVE, *others)
    credential = credential_of(work, row.id)
    used = credential.password is not None or credential.subject is not None
    row.status = AccountStatus.ACTIVE if used else AccountStatus.INVITED
    write(work, row, what="account reactivated", by=by, at=at, about=[row.id], why=why)
    return row


def _refuse_from(row: AccountRow, wanted: AccountStatus, *forbidden: AccountStatus) -> None:
    if row.status in forbidden:
        raise IllegalMove("account", row.id, stands=row.status, wanted=wanted)


def _over(
    row: AccountRow, status: AccountStatus, *, what: str, why: str, by: Actor, at: datetime, work: Work
) -> AccountRow:
    _end_all(row.id, at=at, work=work)
    drop_invitations(work, row.id)
    row.status = status
    if status is AccountStatus.CLOSED:
        row.email_digest = work.keys.digest("email of a closed account", row.id)
    write(work, row, what=what, by=by, at=at, about=[row.id], why=why)
    return row


def _end_all(account_id: str, *, at: datetime, work: Work) -> None:
    end_sessions(account_id, at=at, work=work)
    revoke_tokens(account_id, at=at, work=work)
