"""A referral is looked at: taken in, asked about, answered, put on the list or declined."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.details_faults import text_problem
from gateway.referrals.moving import move
from gateway.referrals.reasons import refuse_reason
from gateway.referrals.states import OPEN, ReferralStatus
from gateway.referrals.tables import EndReason, QuestionRow, ReferralRow
from gateway.refusals import Conflict, IllegalMove, refuse
from gateway.storage.work import Work
from gateway.working_time import deadline

_S = ReferralStatus

QUESTION_HOURS = 16
"""Working hours, two days, in which a referrer answers before the referral expires; ours, a setting."""

LONGEST_TEXT = 20_000


def take_in(referral_id: str, *, seen: int | None = None, by: Actor, at: datetime, work: Work) -> ReferralRow:
    """Begin to look at a referral, or look again at one that waits, rests, or was not answered.

    Raises
    ------
    IllegalMove
        If it is a draft, has ended (that needs an appeal), or has an offer or a place.
    """
    row = work.get(ReferralRow, referral_id, seen=seen)
    if row.status not in OPEN:
        raise IllegalMove("referral", row.id, stands=row.status, wanted=_S.IN_TRIAGE)
    move(row, _S.IN_TRIAGE, at=at)
    write(work, row, what="referral taken in", by=by, at=at, about=(row.id, row.person_id))
    return row


def ask(
    referral_id: str,
    questions: Sequence[str],
    *,
    hours: int = QUESTION_HOURS,
    by: Actor,
    at: datetime,
    work: Work,
) -> ReferralRow:
    """Ask the referrer for more. Unless every question is answered in so many working hours, it expires.

    Raises
    ------
    Invalid
        If there is no question, or one is empty or too long.
    IllegalMove
        If the referral is not in triage.
    """
    refuse(_question_faults(questions))
    row = work.get(ReferralRow, referral_id)
    move(row, _S.MORE_ASKED, at=at, until=deadline(at, hours))
    asked = [
        QuestionRow(id=work.new_id("Q"), referral_id=row.id, asked_by=by.id, asked_at=at, text=text)
        for text in questions
    ]
    write(work, row, *asked, what="more asked", by=by, at=at, about=(row.id, row.person_id))
    return row


def _question_faults(questions: Sequence[str]) -> Iterator[tuple[str, str]]:
    if not questions:
        yield "questions", "is empty"
    for number, text in enumerate(questions):
        if problem := text_problem(text, LONGEST_TEXT):
            yield f"questions[{number}]", problem


def answer(question_id: str, text: str, *, by: Actor, at: datetime, work: Work) -> ReferralRow:
    """Answer a question; with the last one answered, the referral is in triage again.

    Raises
    ------
    Invalid
        If the answer is empty or too long.
    Conflict
        If the question was answered before, or the referral no longer waits for it.
    """
    refuse([("answer", problem)] if (problem := text_problem(text, LONGEST_TEXT)) else [])
    question = work.get(QuestionRow, question_id)
    row = work.get(ReferralRow, question.referral_id)
    if question.answered_at is not None:
        raise Conflict(f"Question {question.id} was answered by {question.answered_by}.")
    if row.status is not _S.MORE_ASKED:
        raise Conflict(f"Referral {row.id} no longer waits for an answer: it is {row.status}.")
    question.answered_by, question.answered_at, question.answer = by.id, at, text
    if not _unanswered(work, row.id, besides=question.id):
        move(row, _S.IN_TRIAGE, at=at)
    write(work, question, row, what="question answered", by=by, at=at, about=(row.id, row.person_id))
    return row


def _unanswered(work: Work, referral_id: str, *, besides: str) -> bool:
    questions = work.where(QuestionRow, QuestionRow.referral_id == referral_id, QuestionRow.id != besides)
    return any(each.answered_at is None for each in questions)


def put_on_list(
    referral_id: str, *, seen: int | None = None, by: Actor, at: datetime, work: Work
) -> ReferralRow:
    """Put a referral that was looked at on the waiting list; who waited before stands where they stood.

    Raises
    ------
    IllegalMove
        If it is not in triage.
    """
    row = work.get(ReferralRow, referral_id, seen=seen)
    if row.status is not _S.IN_TRIAGE:
        raise IllegalMove("referral", row.id, stands=row.status, wanted=_S.WAITING)
    move(row, _S.WAITING, at=at)
    write(work, row, what="put on the list", by=by, at=at, about=(row.id, row.person_id))
    return row


def decline(
    referral_id: str, *, reason: EndReason, why: str, by: Actor, at: datetime, work: Work
) -> ReferralRow:
    """Decline a referral, with a typed reason and in words; an appeal can reopen it.

    Raises
    ------
    Invalid
        If the reason is none for declining, or the words are missing.
    IllegalMove
        If it is neither in triage nor waiting.
    """
    refuse_reason(_S.DECLINED, reason)
    refuse([("why", problem)] if (problem := text_problem(why, LONGEST_TEXT)) else [])
    row = work.get(ReferralRow, referral_id)
    move(row, _S.DECLINED, at=at, reason=reason)
    write(work, row, what="referral declined", by=by, at=at, about=(row.id, row.person_id), why=why)
    return row
