"""People as they are compared and listed: read for many at once, merged ones once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from gateway.people.clusters import members_of
from gateway.people.likeness import Known
from gateway.people.names import Names
from gateway.people.references import Reference, ReferenceKind
from gateway.people.tables import ERASED, PersonReferenceRow, PersonRow
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is, for a list from which an officer chooses."""

    person_id: str
    forename: str | None
    surname: str | None
    known_as: str | None
    born: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Individual:
    """One person: the identity of the root, what is known under each id, and whether any id is restricted."""

    identity: Identity
    known: Mapping[str, Known]
    restricted: bool


def individuals(work: Work, person_ids: Collection[str]) -> tuple[Individual, ...]:
    """The people whom these ids are, merged ones once, erased ones never; by id, in two queries."""
    members = members_of(work, person_ids)
    query = select(members.c.root, PersonRow.id, PersonRow.forename, PersonRow.surname).add_columns(
        PersonRow.known_as, PersonRow.born, PersonRow.restricted
    )
    there = PersonRow.erased_at.is_(None) & (PersonRow.id != ERASED)
    rows = work.session.execute(
        query.join(PersonRow, PersonRow.id == members.c.id).where(there).distinct()
    ).all()
    references = _references(work, [row.id for row in rows])
    found: dict[str, dict[str, Known]] = defaultdict(dict)
    for row in rows:
        names = Names.of(row.forename, row.surname, row.known_as)
        found[row.root][row.id] = Known(names=names, born=row.born, references=references[row.id])
    restricted = {row.root for row in rows if row.restricted}
    identities = {
        row.id: Identity(
            person_id=row.id,
            forename=row.forename,
            surname=row.surname,
            known_as=row.known_as,
            born=row.born,
        )
        for row in rows
        if row.id in found
    }
    return tuple(
        Individual(identity=identities[root], known=known, restricted=root in restricted)
        for root, known in sorted(found.items())
        if root in identities
    )


def _references(work: Work, ids: Collection[str]) -> Mapping[str, frozenset[Reference]]:
    found: dict[str, set[Reference]] = defaultdict(set)
    for row in work.where(PersonReferenceRow, PersonReferenceRow.person_id.in_(ids)):
        found[row.person_id].add(Reference(kind=ReferenceKind(row.kind), value=row.value))
    return defaultdict(frozenset, {id: frozenset(some) for id, some in found.items()})
