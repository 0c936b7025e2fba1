"""What happens because its time has come: drafts and unanswered questions expire, resting ends."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select

from gateway.records.actor import CLOCKWORK, Actor
from gateway.records.write import write
from gateway.referrals.moving import move
from gateway.referrals.resting import unpark
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.refusals import Conflict
from gateway.storage.store import Store
from gateway.storage.work import Work

_S = ReferralStatus

EXPIRES: Mapping[ReferralStatus, EndReason] = MappingProxyType(
    {_S.DRAFT: EndReason.TOO_OLD, _S.MORE_ASKED: EndReason.NOT_ANSWERED}
)
"""The states that expire when their time is over, and why. Resting ends by itself too, but comes back."""


class NotDue(Conflict):
    """The time of this referral's state is not over, or the state has none."""

    def __init__(self, referral_id: str) -> None:
        self.referral_id = referral_id
        super().__init__(f"The time of referral {referral_id} is not over.")


def due(work: Work, at: datetime) -> Sequence[str]:
    """The referrals whose state's time is over at that moment, the longest over first."""
    over = select(ReferralRow.id).where(
        ReferralRow.status_until <= at, ReferralRow.status.in_([*EXPIRES, _S.PARKED])
    )
    return work.all(over.order_by(ReferralRow.status_until, ReferralRow.id))


def expire(referral_id: str, *, by: Actor, at: datetime, work: Work) -> ReferralRow:
    """Do what the end of its time does to a referral: it expires, or comes back from resting.

    Raises
    ------
    NotDue
        If its time is not over at that moment, or somebody acted first.
    """
    row = work.get(ReferralRow, referral_id)
    if row.status_until is None or at < row.status_until:
        raise NotDue(row.id)
    if row.status is _S.PARKED:
        return unpark(row.id, by=by, at=at, work=work)
    if row.status not in EXPIRES:
        raise NotDue(row.id)
    move(row, _S.EXPIRED, at=at, reason=EXPIRES[row.status])
    write(work, row, what="referral expired", by=by, at=at, about=(row.id, row.person_id))
    return row


def expire_due(store: Store, at: datetime) -> int:
    """Do it for every referral that is due, one transaction each, and tell how many it was.

    Stopped halfway, it is called again and does the rest; what somebody else did meanwhile is passed over.
    """
    with store.reading() as work:
        ids = due(work, at)
    return sum(_expired(store, each, at) for each in ids)


def _expired(store: Store, referral_id: str, at: datetime) -> bool:
    def use_case(work: Work) -> bool:
        try:
            expire(referral_id, by=CLOCKWORK, at=at, work=work)
        except NotDue:
            return False
        return True

    return store.transact(use_case)
