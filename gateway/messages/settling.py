"""What became of messages, told afterwards: by a receipt of the post, or by an administrator."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import and_, or_, select

from gateway.messages.states import NEXT_MESSAGE, move
from gateway.messages.tables import MessageRow, MessageStatus
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import IllegalMove
from gateway.storage.work import Work

TROUBLED: Final = (MessageStatus.FAILED, MessageStatus.UNKNOWN)
"""What an administrator looks at."""


class Delivery(StrEnum):
    """What a receipt says."""

    DELIVERED = "delivered"
    FAILED = "failed"


def note_receipt(receipt: str, reference: str | None, delivery: Delivery, *, work: Work) -> MessageRow | None:
    """Keep what the post says became of a message; ``None``: it is none of ours, or too old.

    Receipts come late, twice and out of order: one that cannot follow what stands changes nothing.
    """
    row = _of_receipt(work, receipt, reference)
    if row is None:
        return None
    to = MessageStatus.DELIVERED if delivery is Delivery.DELIVERED else MessageStatus.FAILED
    if row.status is MessageStatus.SENDING:
        # The receipt was quicker than the answer: the sender marks it itself, or dies and it becomes unknown.
        return row
    if to in NEXT_MESSAGE[row.status]:
        move(row, to)
        row.fault = None if to is MessageStatus.DELIVERED else "The post could not deliver it."
        row.receipt = receipt
        work.note(row)
    return row


def _of_receipt(work: Work, receipt: str, reference: str | None) -> MessageRow | None:
    if reference is not None and (row := work.session.get(MessageRow, reference)) is not None:
        return row
    return work.first(select(MessageRow).where(MessageRow.receipt == receipt))


def troubled(
    work: Work,
    *,
    status: MessageStatus | None = None,
    after: tuple[datetime, str] | None = None,
    size: int = 50,
) -> Sequence[MessageRow]:
    """Messages that failed or of which nobody knows, the newest first.

    Parameters
    ----------
    after
        When the last message of the page before was made, and its id.
    """
    query = select(MessageRow).where(MessageRow.status.in_(TROUBLED if status is None else [status]))
    if after is not None:
        at, id = after
        same = and_(MessageRow.made_at == at, MessageRow.id > id)
        query = query.where(or_(MessageRow.made_at < at, same))
    return work.all(query.order_by(MessageRow.made_at.desc(), MessageRow.id).limit(size))


def send_again(message_id: str, *, by: Actor, at: datetime, work: Work) -> MessageRow:
    """Have a message sent that failed, or of which nobody knows: whoever asks takes it on them.

    Raises
    ------
    IllegalMove
        If it neither failed nor is unknown.
    NotFound
        If there is none.
    """
    row = work.get(MessageRow, message_id)
    move(row, MessageStatus.WAITING)
    row.attempts, row.next_attempt_at, row.fault = 0, at, None
    work.note(row)
    write(work, what="message sent again", by=by, at=at, about=[row.id])
    return row


def mark_sent(message_id: str, *, by: Actor, at: datetime, work: Work) -> MessageRow:
    """Say that a message of which nobody knew was sent after all.

    Raises
    ------
    IllegalMove
        If it is not unknown.
    NotFound
        If there is none.
    """
    row = work.get(MessageRow, message_id)
    if row.status is not MessageStatus.UNKNOWN:
        raise IllegalMove("message", row.id, stands=row.status, wanted=MessageStatus.SENT)
    move(row, MessageStatus.SENT)
    row.sent_at, row.fault = row.taken_at, None
    work.note(row)
    write(work, what="message marked as sent", by=by, at=at, about=[row.id])
    return row
