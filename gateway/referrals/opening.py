"""Opening a case file, which is recorded: who looked is told to the person who asks."""

from dataclasses import replace
from datetime import datetime

from gateway.people.access import may_open
from gateway.people.safety import without_closed
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.case_file import CaseFile, case_file
from gateway.referrals.tables import ReferralRow
from gateway.refusals import NotFound
from gateway.storage.work import Work


def open_case_file(
    referral_id: str, *, why: str | None = None, by: Actor, at: datetime, work: Work
) -> CaseFile:
    """Read a case file and record who read it, and when.

    A separation from somebody whose own case the reader may not open is not in it.

    Raises
    ------
    NotFound
        If there is no such referral, or the person is restricted and the reader has no grant: the sentence
        is the same, so that nobody learns from it that a restricted person exists.
    """
    row = work.get(ReferralRow, referral_id)
    if not may_open(work, row.person_id, by, at):
        raise NotFound("referral", referral_id)
    write(work, what="case file opened", by=by, at=at, about=(row.id, row.person_id), why=why)
    file = case_file(work, row.id)
    return replace(file, separations=tuple(without_closed(work, file.separations, by, at)))
