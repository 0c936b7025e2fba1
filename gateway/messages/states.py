"""The states of a message as one table; the page about background work is generated from it."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.messages.tables import MessageRow, MessageStatus
from gateway.refusals import IllegalMove

_M = MessageStatus

NEXT_MESSAGE: Mapping[MessageStatus, frozenset[MessageStatus]] = MappingProxyType(
    {
        _M.WAITING: frozenset({_M.SENDING, _M.FAILED}),
        # Waiting again: the post clearly refused it, and will be asked later.
        _M.SENDING: frozenset({_M.SENT, _M.WAITING, _M.FAILED, _M.UNKNOWN}),
        # The post may learn later that it cannot be delivered.
        _M.SENT: frozenset({_M.DELIVERED, _M.FAILED}),
        _M.DELIVERED: frozenset(),
        # By an administrator alone.
        _M.FAILED: frozenset({_M.WAITING}),
        # By an administrator, or by a receipt that says what became of it. Never sent again by itself.
        _M.UNKNOWN: frozenset({_M.WAITING, _M.SENT, _M.DELIVERED, _M.FAILED}),
    }
)


def move(row: MessageRow, to: MessageStatus) -> None:
    """Move a message on.

    Raises
    ------
    IllegalMove
        If that state cannot follow.
    """
    if to not in NEXT_MESSAGE[row.status]:
        raise IllegalMove("message", row.id, stands=row.status, wanted=to)
    row.status = to
