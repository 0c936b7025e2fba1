"""Who somebody is, as their file shows it: under the id they are read by, and under those merged into it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gateway.people.access import person_to_change
from gateway.people.clusters import Cluster, clusters
from gateway.people.looking import look_at
from gateway.people.references import Reference, ReferenceKind
from gateway.people.tables import PersonReferenceRow, PersonRow
from gateway.records.actor import Actor
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """What is known under one id."""

    row: PersonRow
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """One person.

    root
        What is known under the id by which they are read; it is what a change changes.
    merged
        What is known under each id that was merged into it, by id.
    """

    root: PersonRecord
    merged: tuple[PersonRecord, ...]

    @property
    def restricted(self) -> bool:
        """Whether only those with a grant may open it: one restricted id restricts the person."""
        return any(each.row.restricted for each in (self.root, *self.merged))


def open_person_file(person_id: str, *, by: Actor, at: datetime, work: Work) -> PersonFile:
    """Read who somebody is, under whichever of their ids, and record who read it.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is kept of them any more.
    """
    return _file(work, look_at(person_id, "person opened", by=by, at=at, work=work))


def person_file(work: Work, person_id: str, *, by: Actor, at: datetime) -> PersonFile:
    """The same after a deed, whose event says already who was there.

    Raises
    ------
    NotFound, PersonErased
        As `open_person_file`.
    """
    person_to_change(work, person_id, by, at)
    return _file(work, clusters(work, [person_id])[person_id])


def _file(work: Work, found: Cluster) -> PersonFile:
    records = {each.row.id: each for each in _records(work, found)}
    root = records.pop(found.root)
    return PersonFile(root=root, merged=tuple(records.values()))


def _records(work: Work, found: Cluster) -> Iterator[PersonRecord]:
    ids = sorted(found.ids)
    numbers = work.where(PersonReferenceRow, PersonReferenceRow.person_id.in_(ids))
    for row in work.all(select(PersonRow).where(PersonRow.id.in_(ids)).order_by(PersonRow.id)):
        theirs = (
            Reference(kind=ReferenceKind(n.kind), value=n.value) for n in numbers if n.person_id == row.id
        )
        yield PersonRecord(row=row, references=tuple(sorted(theirs)))
