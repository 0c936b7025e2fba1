"""What was done about a person, the newest first, as those may read it who may open the case."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gateway.people.access import openable
from gateway.people.clusters import Cluster
from gateway.people.looking import look_at
from gateway.people.tables import PersonRow
from gateway.records.actor import Actor, Role
from gateway.records.tables import EventRow, EventSubjectRow, ParticularRow
from gateway.records.timeline import NOTHING
from gateway.storage.work import Work

PAGE = 50
"""Events on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One thing that was done: what, by whom and when, but not what stood before and after.

    why
        The reason that was given; not told if the event is about somebody else too whose case may not be
        opened.
    """

    number: int
    what: str
    actor: str
    role: Role
    happened_at: datetime
    recorded_at: datetime
    why: str | None


def history(
    person_id: str,
    *,
    before: int | None = None,
    changes_only: bool = False,
    most: int = PAGE,
    by: Actor,
    at: datetime,
    work: Work,
) -> tuple[Done, ...]:
    """What was done about somebody under any of their ids, and record that it was read.

    The newest first, so that the reading, which is an event itself, stands on no later page.

    Parameters
    ----------
    before
        The number of the last event of the page before.
    changes_only
        Without those that changed nothing: readings.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is kept of them any more.
    """
    found = look_at(person_id, "timeline read", by=by, at=at, work=work)
    told = _events(work, found, before, most, changes_only=changes_only)
    closed = _closed(work, [event.number for event, _ in told], by, at)
    return tuple(_done(event, None if event.number in closed else text) for event, text in told)


def _events(
    work: Work, found: Cluster, before: int | None, most: int, *, changes_only: bool
) -> Sequence[tuple[EventRow, str | None]]:
    about = select(EventSubjectRow.event).where(EventSubjectRow.subject.in_(sorted(found.ids)))
    query = (
        select(EventRow, ParticularRow.text)
        .outerjoin(ParticularRow, ParticularRow.event == EventRow.number)
        .where(EventRow.number.in_(about))
    )
    if before is not None:
        query = query.where(EventRow.number < before)
    if changes_only:
        query = query.where(EventRow.changes != NOTHING)
    rows = work.session.execute(query.order_by(EventRow.number.desc()).limit(most))
    return [(event, text) for event, text in rows]


def _closed(work: Work, numbers: Sequence[int], by: Actor, at: datetime) -> frozenset[int]:
    """Those of these events that are also about somebody whose case may not be opened."""
    people = _people_in(work, numbers)
    open_to = openable(work, {id for some in people.values() for id in some}, by, at)
    return frozenset(number for number, some in people.items() if not set(some) <= open_to)


def _people_in(work: Work, numbers: Sequence[int]) -> Mapping[int, list[str]]:
    query = select(EventSubjectRow.event, PersonRow.id).join(
        PersonRow, PersonRow.id == EventSubjectRow.subject
    )
    found: dict[int, list[str]] = defaultdict(list)
    for number, id in work.session.execute(query.where(EventSubjectRow.event.in_(numbers))):
        found[number].append(id)
    return found


def _done(event: EventRow, text: str | None) -> Done:
    return Done(
        number=event.number,
        what=event.what,
        actor=event.actor,
        role=event.role,
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
        why=next(_why(text), None),
    )


def _why(text: str | None) -> Iterator[str]:
    why = json.loads(text).get("why") if text else None
    if isinstance(why, str):
        yield why
