"""What was answered to which request, kept for a day."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.rows import Row, Untold
from gateway.storage.sealing import Sealed


class KeptAnswerRow(Row, Untold):
    """The answer to one request under one idempotency key.

    key
        A digest of who asked and under which key.
    request
        A digest of what was asked: the same key with another request is refused.
    body
        The answer as it was sent; sealed, because it may tell of somebody.
    """

    __tablename__ = "kept_answers"

    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Sealed)
    etag: Mapped[str | None]
    location: Mapped[str | None] = mapped_column(String(200))
    kept_at: Mapped[datetime] = mapped_column(index=True)
