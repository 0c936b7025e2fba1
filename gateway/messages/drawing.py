"""Messages are drawn from sealed events, in the order of the chain, each event once.

How far that has come is kept in the same unit of work as the messages; of two that draw at once one loses its
race and goes on from where the other came to.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from gateway.messages.recipients import happened, recipients
from gateway.messages.tables import MessageRow, MessageStatus, ReadUpToRow
from gateway.messages.telling import TELLS
from gateway.messages.wording import Kind
from gateway.records.tables import EventRow, LinkRow
from gateway.storage.store import Store
from gateway.storage.work import Work

READER: Final = "messages"

AT_ONCE: Final = 1_000
"""Positions of the chain in one unit of work."""

TOO_OLD: Final = timedelta(days=1)
"""Nobody is told of what was recorded longer ago, as when a gateway begins to send after years of records."""


def draw(store: Store, *, at: datetime) -> int:
    """Draw messages from every event that was sealed since the last time; how many.

    Killed half-way, it goes on from where it was.
    """
    made = 0
    while True:
        drawn, more = store.transact(lambda work: _draw(work, at))
        made += drawn
        if not more:
            return made


def _draw(work: Work, at: datetime) -> tuple[int, bool]:
    row = work.session.get(ReadUpToRow, READER)
    if row is None:
        row = ReadUpToRow(reader=READER, position=_beginning(work, at))
    head = work.session.scalar(select(func.max(LinkRow.position))) or 0
    until = min(head, row.position + AT_ONCE)
    messages = [
        each for link, event in _told(work, row.position, until) for each in _of(work, link, event, at)
    ]
    row.position = until
    work.note(row, *messages)
    return len(messages), until < head


def _beginning(work: Work, at: datetime) -> int:
    """The position before the first event that is not too old; numbers rise with the order of recording."""
    newer = select(func.min(EventRow.number)).where(EventRow.recorded_at > at - TOO_OLD)
    first = select(func.min(LinkRow.position)).where(LinkRow.event >= newer.scalar_subquery())
    position = work.session.scalar(first)
    if position is None:
        return work.session.scalar(select(func.max(LinkRow.position))) or 0
    return position - 1


def _told(work: Work, after: int, until: int) -> Iterator[tuple[int, EventRow]]:
    query = (
        select(LinkRow.position, EventRow)
        .join(EventRow, EventRow.number == LinkRow.event)
        .where(LinkRow.position > after, LinkRow.position <= until, EventRow.what.in_(sorted(TELLS)))
        .order_by(LinkRow.position)
    )
    yield from ((row[0], row[1]) for row in work.session.execute(query))


def _of(work: Work, position: int, event: EventRow, at: datetime) -> Iterator[MessageRow]:
    if event.recorded_at <= at - TOO_OLD:
        return
    of = happened(work, event)
    for telling in TELLS[event.what]:
        about = of.about(telling.about)
        if about is None:
            continue
        for account in recipients(work, of, telling.to, at=at):
            yield message(work, account.id, telling.kind, about, cause=str(position), at=at)


def message(
    work: Work,
    account_id: str,
    kind: Kind,
    about: str,
    *,
    cause: str,
    at: datetime,
    numbers: str | None = None,
) -> MessageRow:
    """A message that waits to be sent."""
    return MessageRow(
        id=work.new_id("ME"),
        account_id=account_id,
        kind=kind.value,
        about=about,
        cause=cause,
        numbers=numbers,
        status=MessageStatus.WAITING,
        made_at=at,
        attempts=0,
        next_attempt_at=at,
    )
