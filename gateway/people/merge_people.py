"""Two rows turn out to be one person, and sometimes they do not after all.

A merge copies and changes nothing but a pointer, so that undoing it restores exactly what was.
"""

from datetime import datetime

from sqlalchemy import select

from gateway.people.access import person_to_change
from gateway.people.clusters import clusters
from gateway.people.rooms_above import living_placements
from gateway.people.tables import MergeRow, SeparationRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict
from gateway.storage.work import Work


class AlreadyOne(Conflict):
    """Two ids are one person already, whichever way round."""

    def __init__(self, person_id: str, into_id: str) -> None:
        self.person_id, self.into_id = person_id, into_id
        super().__init__(f"{person_id} and {into_id} are one person already.")


class NotTheRoot(Conflict):
    """Somebody was merged into another already: the merge is with that one."""

    def __init__(self, person_id: str, root: str) -> None:
        self.person_id, self.root = person_id, root
        super().__init__(f"Person {person_id} was merged already and is read as {root}: merge with {root}.")


class LivesTwice(Conflict):
    """One person cannot live in two places at once: one of the placements has to end first."""

    def __init__(self, placements: tuple[str, ...]) -> None:
        self.placements = placements
        super().__init__(f"Both live somewhere ({', '.join(placements)}): end one of the placements first.")


class KeptApart(Conflict):
    """Two people who must be kept apart cannot be one."""

    def __init__(self, separation_id: str) -> None:
        self.separation_id = separation_id
        super().__init__(f"They are kept apart by {separation_id}: end it first, if they are one person.")


class NotMerged(Conflict):
    """There is no merge to undo."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        super().__init__(f"Person {person_id} is not merged into anybody.")


def merge_people(person_id: str, into_id: str, *, why: str, by: Actor, at: datetime, work: Work) -> MergeRow:
    """Read the first person as the second from now on, with all their referrals and history.

    Raises
    ------
    NotFound
        If one of them is not there, or the case may not be opened.
    AlreadyOne, NotTheRoot
        If they are one person already, or one of them was merged into somebody else.
    LivesTwice, KeptApart
        If they cannot be one person.
    PersonErased
        If one of them was erased.
    """
    person = person_to_change(work, person_id, by, at)
    person_to_change(work, into_id, by, at)
    _refuse_what_cannot_be_one(work, person_id, into_id)
    merge = MergeRow(id=work.new_id("M"), person_id=person_id, into_id=into_id, merged_at=at)
    person.merged_into = into_id
    write(work, person, merge, what="people merged", by=by, at=at, about=[person_id, into_id], why=why)
    return merge


def unmerge_people(person_id: str, *, why: str, by: Actor, at: datetime, work: Work) -> MergeRow:
    """Undo the merge of this person into another; who was merged into this person stays with them.

    Raises
    ------
    NotFound
        If the person is not there, or the case may not be opened.
    NotMerged
        If they are not merged into anybody.
    PersonErased
        If the person was erased.
    """
    person = person_to_change(work, person_id, by, at)
    merge = work.first(
        select(MergeRow)
        .where(MergeRow.person_id == person_id, MergeRow.undone_at.is_(None))
        .order_by(MergeRow.id)
    )
    if merge is None or person.merged_into is None:
        raise NotMerged(person_id)
    person.merged_into, merge.undone_at = None, at
    write(work, person, merge, what="merge undone", by=by, at=at, about=[person_id, merge.into_id], why=why)
    return merge


def _refuse_what_cannot_be_one(work: Work, person_id: str, into_id: str) -> None:
    found = clusters(work, [person_id, into_id])
    one, other = found[person_id], found[into_id]
    if one.root == other.root:
        raise AlreadyOne(person_id, into_id)
    for id, each in ((person_id, one), (into_id, other)):
        if each.root != id:
            raise NotTheRoot(id, each.root)
    if len(living := living_placements(work, one.ids | other.ids)) > 1:
        raise LivesTwice(living)
    if (separation := _separation(work, one.ids, other.ids)) is not None:
        raise KeptApart(separation)


def _separation(work: Work, ours: frozenset[str], theirs: frozenset[str]) -> str | None:
    low, high = SeparationRow.person_id, SeparationRow.other_id
    between = (low.in_(ours) & high.in_(theirs)) | (low.in_(theirs) & high.in_(ours))
    stands = SeparationRow.ended_on.is_(None)
    return work.first(select(SeparationRow.id).where(between, stands).order_by(SeparationRow.id))
