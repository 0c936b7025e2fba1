"""What happened to somebody or something, in the order in which it was recorded, a page at a time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gateway.records.actor import Role
from gateway.records.tables import EventRow, EventSubjectRow, ParticularRow
from gateway.storage.work import Work

PAGE = 50
"""Events on a page."""

NOTHING = "{}"
"""What an event says of its changes if it made none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event of a timeline.

    changes
        Before and after, by row and column.
    particulars
        The same for what is sealed, and the reason under ``why``; empty if there is none or it was erased.
    """

    number: int
    what: str
    actor: str
    role: Role
    happened_at: datetime
    recorded_at: datetime
    changes: Mapping[str, Any]
    particulars: Mapping[str, Any]

    @property
    def why(self) -> str | None:
        """The reason given."""
        why = self.particulars.get("why")
        return why if isinstance(why, str) else None


def timeline(work: Work, *subjects: str, after: int | None = None, limit: int = PAGE) -> Sequence[Happened]:
    """The events about any of these ids, the first recorded first.

    Parameters
    ----------
    after
        The number of the last event of the page before.
    """
    about = select(EventSubjectRow.event).where(EventSubjectRow.subject.in_(subjects))
    query = (
        select(EventRow, ParticularRow.text)
        .outerjoin(ParticularRow, ParticularRow.event == EventRow.number)
        .where(EventRow.number.in_(about))
        .order_by(EventRow.number)
        .limit(limit)
    )
    if after is not None:
        query = query.where(EventRow.number > after)
    return [_happened(row[0], row[1]) for row in work.session.execute(query)]


def latest(
    work: Work, *subjects: str, before: int | None = None, changes_only: bool = False, limit: int = PAGE
) -> Sequence[Happened]:
    """The events about any of these ids, the last recorded first.

    Parameters
    ----------
    before
        The number of the last event of the page before.
    changes_only
        Without those that changed nothing: readings.
    """
    about = select(EventSubjectRow.event).where(EventSubjectRow.subject.in_(subjects))
    query = (
        select(EventRow, ParticularRow.text)
        .outerjoin(ParticularRow, ParticularRow.event == EventRow.number)
        .where(EventRow.number.in_(about))
        .order_by(EventRow.number.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(EventRow.number < before)
    if changes_only:
        query = query.where(EventRow.changes != NOTHING)
    return [_happened(row[0], row[1]) for row in work.session.execute(query)]


def _happened(event: EventRow, particulars: str | None) -> Happened:
    return Happened(
        number=event.number,
        what=event.what,
        actor=event.actor,
        role=event.role,
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
        changes=json.loads(event.changes),
        particulars=json.loads(particulars) if particulars else {},
    )
