"""What was done, each thing in words: what, by whom, when, why, and what was written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.design_system.spoken import spoken_code, spoken_moment
from api.pages.frame import ROLE_WORDS
from gateway.people.history import Done
from gateway.records.actor import Role
from gateway.records.timeline import Happened

WRITTEN: Final[Mapping[tuple[str, str], str]] = {
    ("notes", "text"): "Note",
    ("questions", "text"): "Question",
    ("questions", "answer"): "Answer",
}
"""Texts that stand in an event itself, by table and column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSeen:
    """One thing that was done.

    recorded
        When it was entered, if that was later than it happened.
    written
        A note, question or answer that came with it, with what it is.
    """

    what: str
    who: str
    when: str
    recorded: str
    why: str
    written: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A page of what was done, the newest first.

    all
        Whether readings are among it.
    here, other
        The address of this page from its beginning, and of the one with readings or without.
    next
        The address of the page after this; nothing: this is the last.
    """

    subject: str
    events: Sequence[EventSeen]
    all: bool
    here: str
    other: str
    next: str
    notes: bool
    text: str


def happened_seen(event: Happened, names: Mapping[str, str]) -> EventSeen:
    """One event of a referral."""
    return _seen(event, names, tuple(_written(event.particulars)))


def done_seen(event: Done, names: Mapping[str, str]) -> EventSeen:
    """One event of a person."""
    return _seen(event, names, ())


def _seen(event: Happened | Done, names: Mapping[str, str], written: Sequence[tuple[str, str]]) -> EventSeen:
    late = (event.recorded_at - event.happened_at).total_seconds() >= 60
    return EventSeen(
        what=spoken_code(event.what),
        who=_who(event.actor, event.role, names),
        when=spoken_moment(event.happened_at),
        recorded=spoken_moment(event.recorded_at) if late else "",
        why=event.why or "",
        written=written,
    )


def _who(actor: str, role: Role, names: Mapping[str, str]) -> str:
    if role is Role.CLOCKWORK:
        return "The gateway by itself"
    words = ROLE_WORDS[role]
    return f"{names[actor]}, {words}" if actor in names else words[:1].upper() + words[1:]


def _written(particulars: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for row, columns in sorted(particulars.items()):
        table = row.partition("/")[0]
        for column, change in sorted(columns.items()) if isinstance(columns, dict) else ():
            if (table, column) in WRITTEN and isinstance(change, list) and change[-1]:
                yield WRITTEN[table, column], str(change[-1])
