"""Messages in words: to whom, which, and why it did not go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_code, spoken_moment
from gateway.messages.tables import MessageRow, MessageStatus
from gateway.messages.wording import WORDS, Kind

LOOKED_FOR: Final[Mapping[MessageStatus | None, str]] = MappingProxyType(
    {
        None: "Failed, and those of which nobody knows",
        MessageStatus.FAILED: "Failed",
        MessageStatus.UNKNOWN: "Nobody knows whether they went out",
        MessageStatus.WAITING: "Waiting to be sent",
    }
)
"""What can be looked at, in words."""

STATUSES: Final[Mapping[MessageStatus, tuple[str, str]]] = MappingProxyType(
    {
        MessageStatus.FAILED: ("Failed", "red"),
        MessageStatus.UNKNOWN: ("Not known whether it went out", "yellow"),
        MessageStatus.WAITING: ("Waiting", "blue"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSeen:
    """One message.

    again, mark
        Where it is sent again, and where it is said to have gone out; ``None``: that cannot be done.
    """

    id: str
    to: str
    account: str
    subject: str
    about: str
    status: str
    colour: str
    made: str
    fault: str
    again: str | None
    mark: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesSeen:
    """A page of messages."""

    messages: Sequence[MessageSeen]
    choices: Sequence[Choice]
    status: str
    next: str | None
    first: str | None


def message_seen(row: MessageRow, names: Mapping[str, str]) -> MessageSeen:
    """One message; ``names`` are those of accounts."""
    status, colour = STATUSES.get(row.status, (spoken_code(row.status), "grey"))
    here = f"/messages/{row.id}"
    settled = row.status in (MessageStatus.FAILED, MessageStatus.UNKNOWN)
    return MessageSeen(
        id=row.id,
        to=names.get(row.account_id, row.account_id),
        account=f"/accounts/{row.account_id}",
        subject=WORDS[Kind(row.kind)].subject if row.kind in set(Kind) else spoken_code(row.kind),
        about=row.about or "Nothing in particular",
        status=status,
        colour=colour,
        made=spoken_moment(row.made_at),
        fault=", ".join(
            each
            for each in (row.fault or "", counted(row.attempts, "attempt") if row.attempts else "")
            if each
        ),
        again=f"{here}/send-again" if settled else None,
        mark=f"{here}/mark-sent" if row.status is MessageStatus.UNKNOWN else None,
    )


def messages_seen(
    rows: Sequence[MessageRow],
    names: Mapping[str, str],
    *,
    status: MessageStatus | None,
    after: str | None,
    end: str | None,
) -> MessagesSeen:
    """A page of messages; ``end`` is where it ended, ``None``: it was the last."""
    kept = "" if status is None else f"status={status}&"
    return MessagesSeen(
        messages=[message_seen(each, names) for each in rows],
        choices=[
            Choice(value=each or "", text=words, chosen=each is status) for each, words in LOOKED_FOR.items()
        ],
        status=status or "",
        next=None if end is None else f"/messages?{kept}after={end}",
        first=None if after is None else f"/messages?{kept}".rstrip("?&"),
    )
