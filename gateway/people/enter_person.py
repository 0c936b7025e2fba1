"""Entering a person, and changing what is known of one."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from gateway.people.access import person_to_change
from gateway.people.details import PersonDetails
from gateway.people.keys import file_keys, filed_keys, filed_under
from gateway.people.possible_duplicates import restricted_like
from gateway.people.references import Reference, ReferenceKind
from gateway.people.tables import ERASED, PersonReferenceRow, PersonRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict
from gateway.storage.work import Work

ENTERED_AGAIN = "restricted person maybe entered again"
"""What the event about a restricted person says when somebody was entered who may be them."""


class MergedAway(Conflict):
    """Somebody turned out to be another: what is known of them is changed there."""

    def __init__(self, person_id: str, into_id: str) -> None:
        self.person_id, self.into_id = person_id, into_id
        super().__init__(f"Person {person_id} was merged into {into_id}: change that one, or undo the merge.")


def enter_person(details: PersonDetails, *, by: Actor, at: datetime, work: Work) -> PersonRow:
    """Enter somebody who is not there yet; `possible_duplicates` says beforehand who they may already be.

    Of restricted people it tells only those who hold the case. If the person entered may be one of them, an
    event about that one (`ENTERED_AGAIN`) names the new record, which everybody can open, to those holders:
    a second record of somebody in hiding is a danger to them, and so is telling whoever enters one.
    """
    like = restricted_like(work, details)
    person = PersonRow(id=work.new_id("P"), entered_at=at, **details.columns())
    references = [_reference_row(work, person.id, each) for each in details.references]
    write(work, person, *references, what="person entered", by=by, at=at, about=[person.id])
    file_keys(work, {person.id: filed_keys(details)})
    if like:
        write(work, what=ENTERED_AGAIN, by=by, at=at, about=like, why=f"{person.id} may be the same person.")
    return person


def change_person(
    person_id: str,
    details: PersonDetails,
    *,
    seen: int,
    why: str | None,
    by: Actor,
    at: datetime,
    work: Work,
) -> PersonRow:
    """Put these details in the place of those that stand, whole: what is ``None`` becomes unknown.

    Parameters
    ----------
    seen
        The version that whoever changes it last saw.
    why
        Who said so, and when; ``None``: whoever is still writing the only draft of them.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    ChangedMeanwhile
        If the person was changed since.
    PersonErased, MergedAway
        If there is nobody left to change.
    """
    person = person_to_change(work, person_id, by, at, seen=seen)
    if person.merged_into is not None:
        raise MergedAway(person.id, person.merged_into)
    for column, value in details.columns().items():
        setattr(person, column, value)
    flag_modified(person, "erased_at")  # so that a change of references alone counts as a version too
    stands = {_reference(row): row for row in _reference_rows(work, person_id)}
    new = [_reference_row(work, person_id, each) for each in details.references if each not in stands]
    gone = [row for reference, row in stands.items() if reference not in details.references]
    rows, about = (person, *new), [person_id]
    write(work, *rows, what="person changed", by=by, at=at, about=about, why=why, removed=gone)
    file_keys(work, {person_id: filed_keys(details)})
    return person


def details_of(work: Work, person_id: str, *, told_on: date, by: Actor, at: datetime) -> PersonDetails:
    """What is known of somebody, for a form that changes it.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is known any more.
    """
    person = person_to_change(work, person_id, by, at)
    return PersonDetails(
        told_on=told_on,
        forename=person.forename,
        surname=person.surname,
        known_as=person.known_as,
        born=person.born,
        gender=person.gender,
        email=person.email,
        telephone=person.telephone,
        address=person.address,
        safe_to_contact=person.safe_to_contact,
        contact_note=person.contact_note,
        references=tuple(_reference(row) for row in _reference_rows(work, person_id)),
    )


def reindex_people(*, by: Actor, at: datetime, work: Work, after: str = "", batch: int = 500) -> str | None:
    """File a batch of people anew: after an import, or when a new release hears sounds otherwise.

    Parameters
    ----------
    after
        The last id of the batch before; empty for the first.

    Returns
    -------
    str or None
        The last id of this batch, or ``None`` when all are done.
    """
    theirs = (PersonRow.id > after, PersonRow.erased_at.is_(None), PersonRow.id != ERASED)
    people = work.all(select(PersonRow).where(*theirs).order_by(PersonRow.id).limit(batch))
    if not people:
        return None
    references: dict[str, list[Reference]] = defaultdict(list)
    for row in work.where(PersonReferenceRow, PersonReferenceRow.person_id.in_([each.id for each in people])):
        references[row.person_id].append(_reference(row))
    filed = {
        each.id: filed_under((each.forename, each.surname, each.known_as), each.born, references[each.id])
        for each in people
    }
    write(work, what="people indexed anew", by=by, at=at, about=[])
    file_keys(work, filed)
    return people[-1].id


def _reference_rows(work: Work, person_id: str) -> Sequence[PersonReferenceRow]:
    return work.where(PersonReferenceRow, PersonReferenceRow.person_id == person_id)


def _reference(row: PersonReferenceRow) -> Reference:
    return Reference(kind=ReferenceKind(row.kind), value=row.value)


def _reference_row(work: Work, person_id: str, reference: Reference) -> PersonReferenceRow:
    id = work.new_id("PR")
    return PersonReferenceRow(id=id, person_id=person_id, kind=reference.kind.value, value=reference.value)
