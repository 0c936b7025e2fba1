"""Bands that the day moves: a duty or discharge date comes nearer, another scheme comes in force."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from gateway.assessment.scheme_documents import NoSchemeInForce, scheme_in_force
from gateway.assessment.scoring import rescore
from gateway.assessment.standings import standings
from gateway.local_day import local_day, start_of
from gateway.records.actor import CLOCKWORK
from gateway.storage.store import Store
from gateway.storage.work import Work


def rescore_due(work: Work, on: date) -> Sequence[str]:
    """The open referrals whose kept score is not what their facts and the scheme in force give on that day.

    A band changes without anybody's doing when a date comes within a limit of the scheme, and for everybody
    when another scheme comes in force. Waiting alone moves nobody (``ranking``).
    """
    try:
        scheme = scheme_in_force(work, start_of(on))
    except NoSchemeInForce:
        return ()
    return tuple(each.referral_id for each in standings(work, scheme, on) if each.differs)


def rescore_all_due(store: Store, at: datetime) -> int:
    """Score everybody anew who is due on the day of that moment, one transaction each; tell how many it was.

    Stopped halfway, it is called again and does the rest.
    """
    with store.reading() as work:
        due = rescore_due(work, local_day(at))
    for referral_id in due:
        store.transact(partial(_rescored, referral_id, at))
    return len(due)


def _rescored(referral_id: str, at: datetime, work: Work) -> None:
    rescore(referral_id, by=CLOCKWORK, at=at, work=work)
