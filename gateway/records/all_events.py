"""Every event, for whoever audits: what, who, when and which rows; why, of one event alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gateway.records.actor import Actor
from gateway.records.reading import record_reading
from gateway.records.tables import EventRow, EventSubjectRow, LinkRow, ParticularRow
from gateway.refusals import NotFound
from gateway.storage.work import Work

EVENT_READ = "event read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events; ``None``: whatever.

    since, until
        Recorded at one of these moments (half-open).
    """

    what: str | None = None
    actor: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event, without anything that is sealed.

    about
        The ids it is about.
    changes
        Before and after of what is not sealed, by row and column.
    """

    row: EventRow
    about: Sequence[str]
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeEvent:
    """One event with its place in the chain and its reason.

    position
        ``None``: it is not sealed yet.
    why
        ``None``: none was given, or it was erased.
    """

    event: Event
    position: int | None
    digest: str | None
    why: str | None


def events(work: Work, wanted: Wanted, *, before: int | None = None, size: int = 50) -> Sequence[Event]:
    """Events, the one with the highest number first.

    Parameters
    ----------
    before
        The number of the last event of the page before.
    """
    query = select(EventRow).order_by(EventRow.number.desc()).limit(size)
    if before is not None:
        query = query.where(EventRow.number < before)
    if wanted.what is not None:
        query = query.where(EventRow.what == wanted.what)
    if wanted.actor is not None:
        query = query.where(EventRow.actor == wanted.actor)
    if wanted.subject is not None:
        about = select(EventSubjectRow.event).where(EventSubjectRow.subject == wanted.subject)
        query = query.where(EventRow.number.in_(about))
    if wanted.since is not None:
        query = query.where(EventRow.recorded_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(EventRow.recorded_at < wanted.until)
    rows = work.all(query)
    about_of = _subjects(work, [row.number for row in rows])
    return [_event(row, about_of.get(row.number, ())) for row in rows]


def read_event(number: int, *, by: Actor, at: datetime, work: Work) -> WholeEvent:
    """One event with the reason that was given; that somebody read it is recorded.

    Raises
    ------
    NotFound
        If there is none of this number.
    """
    row = work.session.get(EventRow, number)
    if row is None:
        raise NotFound("event", str(number))
    about = _subjects(work, [number]).get(number, ())
    link = work.first(select(LinkRow).where(LinkRow.event == number))
    particulars = work.session.get(ParticularRow, number)
    why = json.loads(particulars.text).get("why") if particulars else None
    record_reading(EVENT_READ, about=about, by=by, at=at, work=work)
    return WholeEvent(
        event=_event(row, about),
        position=None if link is None else link.position,
        digest=None if link is None else link.digest,
        why=why if isinstance(why, str) else None,
    )


def _event(row: EventRow, about: Sequence[str]) -> Event:
    return Event(row=row, about=about, changes=json.loads(row.changes))


def _subjects(work: Work, numbers: Sequence[int]) -> Mapping[int, Sequence[str]]:
    query = select(EventSubjectRow.event, EventSubjectRow.subject).where(EventSubjectRow.event.in_(numbers))
    found: dict[int, list[str]] = {}
    for event, subject in work.session.execute(query.order_by(EventSubjectRow.subject)):
        found.setdefault(event, []).append(subject)
    return found
