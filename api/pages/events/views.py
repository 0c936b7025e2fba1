"""Events and the verification of their chain, in words."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from api.design_system.spoken import counted, days_spoken, spoken_code, spoken_moment
from api.pages.frame import ROLE_WORDS
from gateway.records.actor import Role
from gateway.records.all_events import Event, WholeEvent
from gateway.tasks.states import ENDED
from gateway.tasks.tables import TaskRow, TaskStatus

_CODE: Final = re.compile(r"[a-z][a-z_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSeen:
    """One event in the list."""

    number: str
    href: str
    what: str
    who: str
    when: str
    about: Sequence[str]


@dataclass(frozen=True, slots=True)
class Like:
    """The way to events that are like one in something."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsSeen:
    """A page of events, and the filters they passed; ``chosen`` in words, nothing: every event is told."""

    events: Sequence[EventSeen]
    filters: Mapping[str, str]
    chosen: str
    next: str | None
    first: str | None


def event_seen(event: Event, names: Mapping[str, str]) -> EventSeen:
    """One event in the list; ``names`` are those of the accounts that acted."""
    row = event.row
    return EventSeen(
        number=f"{row.number:,}",
        href=f"/events/{row.number}",
        what=f"{row.what[:1].upper()}{row.what[1:]}",
        who=actor_said(row.actor, row.role, names),
        when=spoken_moment(row.recorded_at),
        about=event.about,
    )


def actor_said(actor: str, role: Role, names: Mapping[str, str]) -> str:
    """Who did it: the clock, or somebody in a role."""
    if role is Role.CLOCKWORK:
        return "By itself, when its time had come"
    named = names.get(actor)
    return f"{named} ({ROLE_WORDS[role]}, {actor})" if named else f"{actor} ({ROLE_WORDS[role]})"


def events_seen(
    found: Sequence[Event],
    names: Mapping[str, str],
    *,
    filters: Mapping[str, str],
    after: str | None,
    end: str | None,
) -> EventsSeen:
    """A page of events; ``end`` is where it ended, ``None``: it was the last."""
    kept = {name: value for name, value in filters.items() if value}
    first = f"/events?{urlencode(kept)}" if kept else "/events"
    return EventsSeen(
        events=[event_seen(each, names) for each in found],
        filters=filters,
        chosen=", ".join(_chosen(filters)),
        next=None if end is None else f"/events?{urlencode({**kept, 'after': end})}",
        first=None if after is None else first,
    )


def _chosen(filters: Mapping[str, str]) -> Iterator[str]:
    boxes = [filters[f"since-{part}"] for part in ("day", "month", "year")]
    if filters["what"]:
        yield f"“{filters['what']}”"
    if filters["actor"]:
        yield f"by {filters['actor']}"
    if filters["subject"]:
        yield f"about {filters['subject']}"
    if any(boxes):
        yield f"from {' '.join(filter(None, boxes))} on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One column of one row, before and after."""

    of: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneEvent:
    """One event with its place in the chain and the reason that was given."""

    event: EventSeen
    happened: str
    why: str
    chain: str
    digest: str | None
    changes: Sequence[Change]
    like: Sequence[Like]


def one_event(found: WholeEvent, names: Mapping[str, str]) -> OneEvent:
    """The page of an event."""
    sealed = found.position is not None
    return OneEvent(
        event=event_seen(found.event, names),
        happened=spoken_moment(found.event.row.happened_at),
        why=found.why or "No reason was given, or it has been erased",
        chain=f"Sealed, link {found.position:,}" if found.position is not None else "Not sealed yet",
        digest=found.digest if sealed else None,
        changes=list(_changes(found.event.changes)),
        like=[
            Like("Events of this kind", f"/events?{urlencode({'what': found.event.row.what})}"),
            Like("Events by the same account", f"/events?{urlencode({'actor': found.event.row.actor})}"),
            *(Like(f"Events about {each}", f"/events?subject={each}") for each in found.event.about),
        ],
    )


def _changes(changes: Mapping[str, Any]) -> Iterator[Change]:
    for row, columns in changes.items():
        if not isinstance(columns, Mapping):
            yield Change(of=_row(row), before="", after=_value(columns))
            continue
        for column, values in columns.items():
            pair = values if isinstance(values, list) and len(values) == 2 else [None, values]
            of = f"{_row(row)}: {spoken_code(column.removesuffix('_id')).lower()}"
            yield Change(of=of, before=_value(pair[0]), after=_value(pair[1]))


def _value(value: object) -> str:
    if value is None:
        return "Nothing"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return spoken_code(value) if _CODE.fullmatch(value) else days_spoken(value)


def _row(row: str) -> str:
    """``Offers O-7K3F92QDXM`` for ``offers/O-7K3F92QDXM``."""
    table, _, id = row.partition("/")
    return f"{spoken_code(table)} {id}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A verification of the chain that was asked for, and what came of it.

    outcome
        In one sentence.
    running
        It is not over: look again.
    holds
        ``None``: nobody knows yet, or it could not be told.
    """

    asked: str
    outcome: str
    running: bool
    holds: bool | None
    head: str | None
    wrong: Sequence[str]


def verification(row: TaskRow) -> Verification:
    """What came of a verification."""
    result: Mapping[str, Any] = {} if row.result is None else json.loads(row.result)
    holds = result.get("holds") if row.status is TaskStatus.DONE else None
    return Verification(
        asked=spoken_moment(row.asked_at),
        outcome=_outcome(row, result),
        running=row.status not in ENDED,
        holds=holds,
        head=result.get("head"),
        wrong=[str(each) for each in result.get("wrong", ())],
    )


def _outcome(row: TaskRow, result: Mapping[str, Any]) -> str:
    if row.status is TaskStatus.DONE:
        links = counted(int(result["links"]), "event")
        waiting = counted(int(result["not_sealed"]), "newer event")
        rest = f" {waiting} not yet sealed, and not looked at." if result["not_sealed"] else ""
        if result["holds"]:
            return f"The chain holds: {links} read, and none was changed, removed or reordered.{rest}"
        faults = counted(int(result["faults"]), "fault")
        return f"The chain does not hold: {faults} in {links}.{rest} Tell whoever runs the gateway at once."
    if row.status is TaskStatus.FAILED:
        return "The verification could not be done. Ask for it again; if it fails again, say so."
    if row.status is TaskStatus.CANCELLED:
        return "The verification was stopped before its end."
    done = f", {row.done:,} of {row.total:,} done" if row.total else ""
    return f"The chain is being read{done}."
