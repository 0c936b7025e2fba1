"""The outbox: a message is marked, sent, and marked again, so that none is ever sent twice.

Whoever dies between the two marks leaves a message of which nobody knows whether it went out. It is not sent
again: an administrator sees it and decides (`gateway.messages.settling`).
"""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult

from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.messages.post import NotSent, Post, Unclear
from gateway.messages.states import move
from gateway.messages.tables import MessageRow, MessageStatus
from gateway.messages.wording import Kind, Letter, letter
from gateway.storage.store import Store
from gateway.storage.work import Work

MOST_ATTEMPTS: Final = 8
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
"""Waits double from the first to the longest; eight attempts take about two hours."""

DEAD_AFTER: Final = timedelta(minutes=10)
"""A sender that has a message in hand for so long is dead: the longest timeout of a post is half a minute."""

MESSAGES_KEPT: Final = timedelta(days=90)


class Sent(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    AGAIN = "again"
    FAILED = "failed"
    UNKNOWN = "unknown"


def send_due(store: Store, post: Post, *, origin: str, most: int = 1_000) -> dict[Sent, int]:
    """Send what is due, one at a time, the one that waits longest first; how many came to what.

    Parameters
    ----------
    origin
        The address of the gateway.
    most
        How many at most, so that whoever stops the worker need not wait.
    """
    store.transact(lambda work: mark_unknown(work, at=store.clock()))
    came: dict[Sent, int] = {}
    for _ in range(most):
        taken = store.transact(lambda work: _take(work, origin, store.clock()))
        if taken is None:
            break
        if isinstance(taken, Letter):
            outcome = _attempt(store, post, taken)
            came[outcome] = came.get(outcome, 0) + 1
            if outcome is Sent.AGAIN:
                break  # the post is out of order, or wants peace: the rest waits for the next round
    return came


def mark_unknown(work: Work, *, at: datetime) -> int:
    """Messages whose sender died become unknown; how many."""
    dead = update(MessageRow).where(
        MessageRow.status == MessageStatus.SENDING, MessageRow.taken_at <= at - DEAD_AFTER
    )
    told = "The sender died with it in hand."
    result = work.session.execute(dead.values(status=MessageStatus.UNKNOWN, fault=told))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _take(work: Work, origin: str, at: datetime) -> Letter | str | None:
    """Take the next message in hand: a letter; the id of one that cannot be sent; ``None``: none is due."""
    due = select(MessageRow).where(
        MessageRow.status == MessageStatus.WAITING, MessageRow.next_attempt_at <= at
    )
    ordered = due.order_by(MessageRow.next_attempt_at, MessageRow.id).with_for_update(skip_locked=True)
    row = work.first(ordered)
    if row is None:
        return None
    account = work.get(AccountRow, row.account_id)
    if account.status is not AccountStatus.ACTIVE:
        move(row, MessageStatus.FAILED)
        row.fault = "The account is not used any more."
        work.note(row)
        return row.id
    move(row, MessageStatus.SENDING)
    row.taken_at, row.attempts = at, row.attempts + 1
    work.note(row)
    return letter(
        row.id,
        to=account.email,
        kind=Kind(row.kind),
        references=row.about.split(),
        numbers=json.loads(row.numbers or "{}"),
        origin=origin,
    )


def _attempt(store: Store, post: Post, taken: Letter) -> Sent:
    try:
        receipt = post.send(taken)
    except NotSent as fault:
        told, again = str(fault), fault.again
        return store.transact(lambda work: _not_sent(work, taken.id, told, again=again, at=store.clock()))
    except Unclear as fault:
        unclear = f"It is not clear whether it was sent: {fault}"
        return store.transact(lambda work: _unknown(work, taken.id, unclear))
    except Exception:
        # A fault of ours: nobody knows how far it came. Kept as such before it is told.
        store.transact(lambda work: _unknown(work, taken.id, "Something went wrong while it was sent."))
        raise
    return store.transact(lambda work: _sent(work, taken.id, receipt, at=store.clock()))


def _sent(work: Work, id: str, receipt: str | None, *, at: datetime) -> Sent:
    row = work.get(MessageRow, id)
    # Slow, and taken for dead; or its receipt was quicker than we.
    if row.status in (MessageStatus.SENDING, MessageStatus.UNKNOWN):
        move(row, MessageStatus.SENT)
    row.sent_at, row.receipt, row.fault = at, receipt, None
    work.note(row)
    return Sent.SENT


def _not_sent(work: Work, id: str, told: str, *, again: bool, at: datetime) -> Sent:
    row = work.get(MessageRow, id)
    row.fault = told[:200]
    last = not again or row.attempts >= MOST_ATTEMPTS
    move(row, MessageStatus.FAILED if last else MessageStatus.WAITING)
    row.next_attempt_at = at + wait_after(row.attempts)
    work.note(row)
    return Sent.FAILED if last else Sent.AGAIN


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    return min(FIRST_WAIT * (1 << (attempts - 1)), LONGEST_WAIT)


def _unknown(work: Work, id: str, told: str) -> Sent:
    row = work.get(MessageRow, id)
    if row.status is MessageStatus.SENDING:
        move(row, MessageStatus.UNKNOWN)
    row.fault = told[:200]
    work.note(row)
    return Sent.UNKNOWN


def forget_messages(work: Work, *, at: datetime) -> int:
    """Remove messages made ninety days ago; how many."""
    old = delete(MessageRow).where(MessageRow.made_at <= at - MESSAGES_KEPT)
    result = work.session.execute(old)
    return result.rowcount if isinstance(result, CursorResult) else 0
