"""Erasing people: what tells of them goes, what must be counted stays and leads to nobody.

Erasing does not go through ``gateway.records.write``, whose events keep what was before: each batch writes
one event that says which ids were erased, and nothing of what stood there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, delete, select, update

from gateway.records.actor import Actor
from gateway.records.reach import ids_in, in_chunks, leading_to, paths, rows_about, table
from gateway.records.redaction import PERSON_ERASED
from gateway.records.statistics import statistics
from gateway.records.sweep import take_out
from gateway.records.tables import EventSubjectRow, RetentionRunRow
from gateway.records.tombstones import PERSON, REFERRAL, lay_tombstones
from gateway.records.write import write
from gateway.storage.sealing import is_sealed
from gateway.storage.work import Work


class Fate(StrEnum):
    """What becomes of a table's rows. ``EMPTIED``: an id with a date of erasure, and nothing else, stays.

    ``COUNTED``: the row stays for ledgers and returns, without free text, and belongs to nobody.
    """

    EMPTIED = "emptied"
    COUNTED = "counted"
    REMOVED = "removed"


FATES: Mapping[str, Fate] = {
    "people": Fate.EMPTIED,
    "offers": Fate.COUNTED,
    "placements": Fate.COUNTED,
    "holds": Fate.COUNTED,
}
"""Whatever leads to people and is not named here is removed."""

PLAIN_AFTER = {"safe_to_contact": "unknown", "restricted": False}
"""What stands in an emptied person's columns that cannot be empty."""

STAYS = frozenset({"id", "version", "entered_at", "erased_at", *PLAIN_AFTER})
"""Columns of a person that are not emptied."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many people were erased, rows removed or cut loose, and events that lost what they told."""

    people: int = 0
    rows: int = 0
    events: int = 0

    def and_also(self, other: "Erased") -> "Erased":
        """Both together."""
        return Erased(self.people + other.people, self.rows + other.rows, self.events + other.events)


def erase_people(people: Sequence[str], *, as_of: date, by: Actor, at: datetime, work: Work) -> Erased:
    """Erase these people, who are due, and keep statistics of their referrals.

    Who is due is decided by ``gateway.records.retention``; this only does it.
    """
    lay_tombstones(by=by, at=at, work=work)
    rows = rows_about(work, people)
    ids = ids_in(rows)
    kept = statistics(rows, work)
    events = _take_out_of_events(work, ids)
    counts = {name: len(each) for name, each in rows.items() if each}
    _cut_loose(work, rows)
    _remove(work, rows)
    _empty(work, people, at)
    run = RetentionRunRow(id=work.new_id("RR"), ran_at=at, as_of=as_of, counts=counts)
    # Only how many statistics there are goes into the event: whose they were must not be told by it.
    write(work, run, counted=kept, what=PERSON_ERASED, by=by, at=at, about=ids)
    work.session.expire_all()
    return Erased(len(people), sum(counts.values()), events)


def _cut_loose(work: Work, rows: Mapping[str, Sequence[RowMapping]]) -> None:
    for name, fate in FATES.items():
        if fate is Fate.COUNTED:
            each = table(name)
            for condition in _those(each, rows[name]):
                work.session.execute(update(each).where(condition).values(_of_nobody(each)))


def _of_nobody(each: Table) -> dict[str, Any]:
    to = {"people": PERSON, "referrals": REFERRAL}
    values: dict[str, Any] = {column.name: None for column in each.columns if is_sealed(column.type)}
    for way in paths()[each.name]:
        if way.leads_to in to:
            values[way.column] = to[way.leads_to]
        elif FATES.get(way.leads_to, Fate.REMOVED) is Fate.REMOVED:
            values[way.column] = None
    return values | {"version": each.c.version + 1}


def _those(each: Table, rows: Sequence[RowMapping]) -> Iterator[ColumnElement[bool]]:
    for chunk in in_chunks(row["id"] for row in rows):
        yield each.c.id.in_(chunk)


def _remove(work: Work, rows: Mapping[str, Sequence[RowMapping]]) -> None:
    for name in reversed(list(paths())):
        if name not in FATES and rows[name]:
            for condition in leading_to(name, rows):
                work.session.execute(delete(table(name)).where(condition))


def _empty(work: Work, people: Sequence[str], at: datetime) -> None:
    each = table("people")
    values: dict[str, Any] = {column.name: None for column in each.columns if column.name not in STAYS}
    values |= PLAIN_AFTER | {"erased_at": at, "version": each.c.version + 1}
    for chunk in in_chunks(people):
        work.session.execute(update(each).where(each.c.id.in_(chunk)).values(values))


def _take_out_of_events(work: Work, ids: set[str]) -> int:
    numbers: set[int] = set()
    for chunk in in_chunks(ids):
        numbers |= set(work.all(select(EventSubjectRow.event).where(EventSubjectRow.subject.in_(chunk))))
    take_out(work, numbers, ids)
    return len(numbers)
