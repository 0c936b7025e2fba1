"""A referral ends, by withdrawal or closing, with all that hangs on it; an appeal reopens it."""

from datetime import datetime

from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.details_faults import text_problem
from gateway.referrals.ending_tree import Blocked, Branch, Dependants, what_ending_does
from gateway.referrals.moving import move
from gateway.referrals.reasons import refuse_reason
from gateway.referrals.states import NEXT, ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.refusals import IllegalMove, refuse
from gateway.storage.work import Work

_S = ReferralStatus

ENDS = frozenset({_S.DECLINED, _S.WITHDRAWN, _S.EXPIRED, _S.CLOSED})
"""From these only an appeal leads on."""

LONGEST_REASON = 20_000


def withdraw(
    referral_id: str,
    *,
    reason: EndReason,
    dependants: Dependants,
    why: str | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> ReferralRow:
    """Withdraw a referral at the person's or the referrer's wish, with the offers that hang on it.

    Raises
    ------
    Invalid
        If the reason is none for withdrawing.
    IllegalMove
        If the state that stands cannot be withdrawn.
    Blocked
        Naming everything that forbids it, such as somebody living in a place.
    """
    return _end(referral_id, _S.WITHDRAWN, reason, dependants, why=why, by=by, at=at, work=work)


def close(
    referral_id: str,
    *,
    reason: EndReason,
    dependants: Dependants,
    why: str | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> ReferralRow:
    """Close a referral that needs nothing more of the gateway.

    Raises
    ------
    Invalid, IllegalMove, Blocked
        As `withdraw`.
    """
    return _end(referral_id, _S.CLOSED, reason, dependants, why=why, by=by, at=at, work=work)


def _end(
    referral_id: str,
    to: ReferralStatus,
    reason: EndReason,
    dependants: Dependants,
    *,
    why: str | None,
    by: Actor,
    at: datetime,
    work: Work,
) -> ReferralRow:
    refuse_reason(to, reason)
    row = work.get(ReferralRow, referral_id)
    if to not in NEXT[row.status]:
        raise IllegalMove("referral", row.id, stands=row.status, wanted=to)
    tree = what_ending_does(work, row.id, to=to, dependants=dependants)
    if blocking := tuple(tree.blocking()):
        raise Blocked(row.id, blocking)
    for branch in _hanging(tree):
        dependants.end(branch, why=why, by=by, at=at, work=work)
    move(row, to, at=at, reason=reason)
    what = "referral withdrawn" if to is _S.WITHDRAWN else "referral closed"
    write(work, row, what=what, by=by, at=at, about=(row.id, row.person_id), why=why)
    return row


def _hanging(tree: Branch) -> tuple[Branch, ...]:
    return tuple(branch for branch in tree.branches if branch.kind != "question")


def appeal(referral_id: str, *, why: str, by: Actor, at: datetime, work: Work) -> ReferralRow:
    """Reopen a referral that ended; it is looked at again and, on the list, stands where it stood.

    Raises
    ------
    Invalid
        If no reason is given.
    IllegalMove
        If it has not ended.
    """
    refuse([("why", problem)] if (problem := text_problem(why, LONGEST_REASON)) else [])
    row = work.get(ReferralRow, referral_id)
    if row.status not in ENDS:
        raise IllegalMove("referral", row.id, stands=row.status, wanted=_S.IN_TRIAGE)
    move(row, _S.IN_TRIAGE, at=at)
    write(work, row, what="referral reopened", by=by, at=at, about=(row.id, row.person_id), why=why)
    return row
