"""An answer is kept in the same unit of work as what it answers: both are there, or neither is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError

from gateway.answers.tables import KeptAnswerRow
from gateway.refusals import Conflict
from gateway.storage.work import LostRace, Work

KEPT_FOR: Final = timedelta(hours=24)
"""For how long the same request under the same key gets the same answer; ours, after what payment services
do with the Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header)."""


class KeyUsedOtherwise(Conflict):
    """The idempotency key stands for another request."""

    def __init__(self) -> None:
        super().__init__("This idempotency key was used for another request: use a new one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What was sent: a status, a body, and the version and address of what it tells of."""

    status: int
    body: str
    etag: str | None = None
    location: str | None = None


def answer_key(account_id: str, key: str) -> str:
    """Under what an answer is kept: one account cannot meet another's keys."""
    return sha256(f"{account_id}\0{key}".encode()).hexdigest()


def kept_answer(work: Work, key: str, request: str, *, at: datetime) -> KeptAnswer | None:
    """What was answered to this request under this key; ``None``: nothing yet.

    Raises
    ------
    KeyUsedOtherwise
        If another request was sent under the key.
    """
    row = work.session.get(KeptAnswerRow, key)
    if row is None or row.kept_at <= at - KEPT_FOR:
        return None
    if row.request != request:
        raise KeyUsedOtherwise
    return KeptAnswer(status=row.status, body=row.body, etag=row.etag, location=row.location)


def keep_answer(work: Work, key: str, request: str, answer: KeptAnswer, *, at: datetime) -> None:
    """Keep an answer.

    Raises
    ------
    LostRace
        If the same request was answered meanwhile: do it again from the start, and find that answer.
    """
    old = work.session.get(KeptAnswerRow, key)
    if old is not None:
        work.note(removed=[old])
    row = KeptAnswerRow(
        key=key,
        request=request,
        status=answer.status,
        body=answer.body,
        etag=answer.etag,
        location=answer.location,
        kept_at=at,
    )
    try:
        with work.attempt():
            work.note(row)
    except IntegrityError:
        raise LostRace("idempotency key") from None


def forget_answers(work: Work, *, at: datetime) -> int:
    """Remove the answers that are no longer kept; how many."""
    old = delete(KeptAnswerRow).where(KeptAnswerRow.kept_at <= at - KEPT_FOR)
    result = work.session.execute(old)
    return result.rowcount if isinstance(result, CursorResult) else 0
