"""Reading what is kept about somebody is recorded like writing it."""

from collections.abc import Iterable
from datetime import datetime

from gateway.records.actor import Actor
from gateway.records.tables import EventRow
from gateway.records.write import write
from gateway.storage.work import Work


def record_reading(
    what: str, *, about: Iterable[str], by: Actor, at: datetime, work: Work, why: str | None = None
) -> EventRow:
    """Record that somebody read something about somebody; it changes nothing else.

    Parameters
    ----------
    what
        What was read, in words: ``list exported``. A case file is opened by ``gateway.referrals.opening``.
    why
        Why, where a reason is asked for (a restricted case opened in an emergency); sealed.
    """
    return write(work, what=what, by=by, at=at, about=about, why=why)
