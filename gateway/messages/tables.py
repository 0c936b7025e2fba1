"""Messages to be sent, and how far in the chain of events they have been drawn."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.rows import Id, Row, Untold, code, ref


class MessageStatus(StrEnum):
    """Where a message stands. ``UNKNOWN``: a sender died with it in hand; a person decides."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class MessageRow(Row, Untold):
    """One message to one account. It names nobody: whoever gets it signs in to read more.

    kind
        Which words it has (``gateway.messages.wording``).
    about
        Ids of what it is about with blanks between, for the link in it.
    cause
        The position in the chain, or the day of a digest, that made it: one cause makes one message.
    numbers
        Counts that stand in a digest, as JSON: how many of what.
    attempts, next_attempt_at
        How often sending failed, and when it is tried again.
    taken_at
        When a sender took it in hand.
    receipt
        What the postal service calls it.
    """

    __tablename__ = "messages"

    id: Mapped[Id]
    account_id: Mapped[str] = ref("accounts.id")
    kind: Mapped[str]
    about: Mapped[str] = mapped_column(Text)
    cause: Mapped[str]
    numbers: Mapped[str | None] = mapped_column(String(400))
    status: Mapped[MessageStatus] = code(MessageStatus)
    made_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    receipt: Mapped[str | None] = mapped_column(String(200))
    fault: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        UniqueConstraint("account_id", "kind", "cause"),
        Index("ix_messages_status", "status", "next_attempt_at"),
        Index("ix_messages_receipt", "receipt"),
    )


class ReadUpToRow(Row, Untold):
    """How far in the chain of events messages have been drawn."""

    __tablename__ = "messages_read_up_to"

    reader: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
