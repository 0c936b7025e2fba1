"""Notes on a case: appended, never changed."""

from datetime import datetime

from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.details_faults import text_problem
from gateway.referrals.tables import NoteRow, ReferralRow
from gateway.refusals import refuse
from gateway.storage.work import Work

LONGEST_NOTE = 20_000


def add_note(referral_id: str, text: str, *, by: Actor, at: datetime, work: Work) -> NoteRow:
    """Add a note, whatever state the referral is in.

    Raises
    ------
    Invalid
        If the note is empty or too long.
    """
    refuse([("text", problem)] if (problem := text_problem(text, LONGEST_NOTE)) else [])
    row = work.get(ReferralRow, referral_id)
    note = NoteRow(id=work.new_id("N"), referral_id=row.id, written_by=by.id, written_at=at, text=text)
    write(work, note, what="note added", by=by, at=at, about=(row.id, row.person_id))
    return note
