"""A referral rests until a day, and comes back to where it stood."""

from datetime import date, datetime

from gateway.local_day import A_YEAR, local_day, start_of
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.moving import move
from gateway.referrals.reasons import refuse_reason
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.refusals import IllegalMove, refuse
from gateway.storage.work import Work

_S = ReferralStatus


def park(
    referral_id: str,
    *,
    until: date,
    reason: EndReason,
    why: str | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> ReferralRow:
    """Let a referral rest until the beginning of a day; it then comes back by itself.

    Raises
    ------
    Invalid
        If the day is not to come within a year, or the reason is none for resting.
    IllegalMove
        If it is neither in triage nor waiting.
    """
    today = local_day(at)
    is_sound = today < until <= today + A_YEAR
    refuse([] if is_sound else [("until", f"is {until}, must be after today and within a year")])
    refuse_reason(_S.PARKED, reason)
    row = work.get(ReferralRow, referral_id)
    move(row, _S.PARKED, at=at, until=start_of(until), reason=reason)
    write(work, row, what="referral parked", by=by, at=at, about=(row.id, row.person_id), why=why)
    return row


def unpark(referral_id: str, *, by: Actor, at: datetime, work: Work) -> ReferralRow:
    """Bring a resting referral back: to the list where it stood if it had been on it, else into triage.

    Raises
    ------
    IllegalMove
        If it is not parked.
    """
    row = work.get(ReferralRow, referral_id)
    if row.status is not _S.PARKED:
        raise IllegalMove("referral", row.id, stands=row.status, wanted=_S.WAITING)
    move(row, _S.IN_TRIAGE if row.waiting_since is None else _S.WAITING, at=at)
    write(work, row, what="parking ended", by=by, at=at, about=(row.id, row.person_id))
    return row
