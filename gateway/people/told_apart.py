"""Two people who look alike and are not the same: said once, by somebody who looked, and remembered.

Nothing of either person changes. What is kept is the event itself, about both of them, so that whoever looks
at one of them again is not asked again. A merge later on says otherwise, and counts.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import aliased

from gateway.people.access import person_to_change
from gateway.people.clusters import cluster, clusters, these
from gateway.people.merge_people import AlreadyOne
from gateway.records.actor import Actor
from gateway.records.tables import EventRow, EventSubjectRow
from gateway.records.write import write
from gateway.storage.work import Work

TOLD_APART: Final = "people told apart"


def tell_apart(person_id: str, other_id: str, *, why: str, by: Actor, at: datetime, work: Work) -> EventRow:
    """Record that two people are not the same, and why.

    Raises
    ------
    NotFound
        If one of them is not there, or the case may not be opened.
    AlreadyOne
        If they are one person.
    PersonErased
        If one of them was erased.
    """
    for each in (person_id, other_id):
        person_to_change(work, each, by, at)
    if other_id in cluster(work, person_id):
        raise AlreadyOne(person_id, other_id)
    return write(work, what=TOLD_APART, by=by, at=at, about=[person_id, other_id], why=why)


def told_apart_from(work: Work, person_ids: Collection[str]) -> frozenset[str]:
    """Whom somebody, under any of these ids, was told apart from: the ids they are read by; two queries."""
    ours, theirs = aliased(EventSubjectRow), aliased(EventSubjectRow)
    query = (
        select(theirs.subject)
        .join(EventRow, EventRow.number == theirs.event)
        .join(ours, ours.event == theirs.event)
        .where(ours.subject.in_(these(work, person_ids)), EventRow.what == TOLD_APART)
        .distinct()
    )
    others = set(work.all(query)) - set(person_ids)
    return frozenset(each.root for each in clusters(work, others).values()) if others else frozenset()
