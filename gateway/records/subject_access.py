"""Everything that is kept about somebody, for the right of access (UK GDPR, article 15).

What tells of somebody else is withheld and marked, never left out in silence: the right must not adversely
affect others (UK GDPR, article 15(4); Data Protection Act 2018, schedule 2, paragraph 16). A person decides,
case by case, what of it may be given after all, and reads the free text, which no rule can judge.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import RowMapping, select

from gateway.records.actor import Actor
from gateway.records.reach import in_chunks, paths, rows_about, same_person, table
from gateway.records.redaction import mentions
from gateway.records.tables import EventSubjectRow
from gateway.records.timeline import Happened, timeline
from gateway.records.write import as_json, write
from gateway.refusals import NotFound
from gateway.storage.sealing import is_sealed
from gateway.storage.work import Work

WITHHELD = "[tells of somebody else: withheld]"

THIRD_PARTIES: Mapping[str, frozenset[str]] = {
    "separations": frozenset({"person_id", "other_id"}),
    "household_members": frozenset({"name", "born"}),
    "referrals": frozenset({"referrer"}),
    "restricted_grants": frozenset({"why"}),
    "legal_holds": frozenset({"reason"}),
}
"""Columns that tell of somebody else, or that another person confided, by table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What is kept about a person.

    people
        Their ids: several, if they were merged.
    tables
        Rows by table, each a mapping from column to plain value.
    events
        What was done about them, the first recorded first.
    withheld
        How many values were withheld, by where they stand.
    to_read
        Columns of free text, which somebody has to read before it is handed over.
    """

    people: tuple[str, ...]
    made_at: datetime
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    events: Sequence[Mapping[str, Any]]
    withheld: Mapping[str, int]
    to_read: tuple[str, ...]


def disclose(
    person_id: str, *, by: Actor, at: datetime, work: Work, with_third_parties: bool = False
) -> Disclosure:
    """Gather everything about a person and whoever they were merged with, and record that it was gathered.

    Parameters
    ----------
    with_third_parties
        For the officer who decides what of it may be given: nothing is withheld, and it is not to be handed
        over as it is.

    Raises
    ------
    NotFound
        If there is no such person.
    """
    people = same_person(work, person_id)
    rows = rows_about(work, people)
    if not rows["people"]:
        raise NotFound("person", person_id)
    withheld: dict[str, int] = {}
    hidden = {} if with_third_parties else THIRD_PARTIES
    tables = {
        name: [_plain_row(name, row, hidden.get(name, frozenset()), people, withheld) for row in each]
        for name, each in rows.items()
    }
    ids = {row["id"] for each in rows.values() for row in each if "id" in row}
    events = list(_events(work, ids, people, withheld, everything=with_third_parties))
    write(work, what="everything kept given out", by=by, at=at, about=people)
    return Disclosure(
        people=tuple(people),
        made_at=at,
        tables=tables,
        events=events,
        withheld=withheld,
        to_read=tuple(_free_text(tables)),
    )


def _plain_row(
    name: str, row: RowMapping, hidden: frozenset[str], people: Sequence[str], withheld: dict[str, int]
) -> dict[str, Any]:
    told = {column: _plain(value) for column, value in row.items()}
    for column in hidden:
        told[column] = _own_or_withheld(name, column, told[column], people, withheld)
    return told


def _plain(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _free_text(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    for name in paths():
        if tables[name]:
            yield from (f"{name}.{each.name}" for each in table(name).columns if is_sealed(each.type))
    yield "events.why"


def _events(
    work: Work, ids: set[str], people: Sequence[str], withheld: dict[str, int], *, everything: bool
) -> Iterator[dict[str, Any]]:
    shared = set() if everything else _shared(work, ids, people)
    for event in _timeline(work, ids):
        changes, particulars = event.changes, event.particulars
        if not everything:
            changes = _own(_without_others(changes, people, withheld), ids)
            particulars = _without_others(particulars, people, withheld)
        if particulars and event.number in shared:
            withheld["events.particulars"] = withheld.get("events.particulars", 0) + 1
            particulars = {"why": WITHHELD}
        yield {
            "number": event.number,
            "what": event.what,
            "actor": event.actor,
            "role": event.role.value,
            "happened_at": event.happened_at.isoformat(),
            "recorded_at": event.recorded_at.isoformat(),
            "changes": as_json(changes),
            "particulars": as_json(particulars),
        }


def _without_others(
    told: Mapping[str, Any], people: Sequence[str], withheld: dict[str, int]
) -> dict[str, Any]:
    """What an event tells, row by row, with values withheld as in the rows themselves."""
    kept = {}
    for row, columns in told.items():
        name = row.partition("/")[0]
        kept[row] = columns
        if name in THIRD_PARTIES and isinstance(columns, dict):
            kept[row] = {
                column: [_own_or_withheld(name, column, each, people, withheld) for each in change]
                if column in THIRD_PARTIES[name]
                else change
                for column, change in columns.items()
            }
    return kept


def _own_or_withheld(
    name: str,
    column: str,
    value: Any,  # noqa: ANN401  whatever a column holds
    people: Sequence[str],
    withheld: dict[str, int],
) -> Any:  # noqa: ANN401  as above
    if value is None or value in people:
        return value
    where = f"{name}.{column}"
    withheld[where] = withheld.get(where, 0) + 1
    return WITHHELD


def _timeline(work: Work, ids: set[str]) -> Iterator[Happened]:
    found: dict[int, Happened] = {}
    for chunk in in_chunks(ids):
        found |= {event.number: event for event in timeline(work, *chunk, limit=1_000_000)}
    yield from (found[number] for number in sorted(found))


def _own(changes: Mapping[str, Any], ids: set[str]) -> dict[str, Any]:
    """What an event changed in rows of these ids; of other rows not even how many there were."""
    return {name: each for name, each in changes.items() if mentions(json.dumps({name: each}), ids)}


def _shared(work: Work, ids: set[str], people: Sequence[str]) -> set[int]:
    """Events about these ids that are also about somebody else."""
    persons, referrals = table("people"), table("referrals")
    others = select(persons.c.id).where(persons.c.id.not_in(people))
    theirs = select(referrals.c.id).where(referrals.c.person_id.not_in(people))
    found: set[int] = set()
    for chunk in in_chunks(ids):
        own = select(EventSubjectRow.event).where(EventSubjectRow.subject.in_(chunk))
        query = select(EventSubjectRow.event).where(
            EventSubjectRow.event.in_(own),
            EventSubjectRow.subject.in_(others.union_all(theirs).scalar_subquery()),
        )
        found |= set(work.all(query))
    return found
