"""People over HTTP: entering, reading, changing, and two who turn out to be one."""

from typing import Annotated

from fastapi import Response

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.person_models import PersonAsked, PersonCorrected, PersonTold, person_told
from api.rest.strict_requests import doors
from api.rest.values import Asked, Id, IdInPath, Words
from gateway.local_day import local_day
from gateway.people.enter_person import change_person, enter_person
from gateway.people.merge_people import merge_people, unmerge_people
from gateway.people.person_file import open_person_file, person_file
from gateway.people.told_apart import tell_apart
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("people")


class MergeAsked(Asked):
    """Into whom, and why."""

    into_id: Id
    why: Words


class ApartAsked(Asked):
    """From whom, and why."""

    other_id: Id
    why: Words


class Because(Asked):
    """Why."""

    why: Words


@router.post(
    "/people",
    summary="Enter a person",
    status_code=201,
    response_model=PersonTold,
    responses=declared(Conflict),
)
def enter(asked: PersonAsked, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]) -> Response:
    """Ask for possible duplicates before: nothing is ever merged by itself."""

    def deed(work: Work) -> PersonTold:
        details = asked.details(local_day(door.at))
        person = enter_person(details, by=door.visitor.actor, at=door.at, work=work)
        return told_of(work, door, person.id)

    return door.write(deed, status=201, location="/api/v1/people/{id}")


@router.get(
    "/people/{person_id}",
    summary="Open a person",
    response_model=PersonTold,
    responses=declared(NotFound, Conflict),
)
def read(person_id: IdInPath, door: Annotated[Door, may(Permission.READ_PEOPLE)]) -> Response:
    """Under whichever of their ids, the person as they are read; that it was read is recorded."""

    def question(work: Work) -> PersonTold:
        person_in_reach(work, door.visitor, person_id)
        return person_told(open_person_file(person_id, by=door.visitor.actor, at=door.at, work=work))

    return door.look(question)


@router.put(
    "/people/{person_id}",
    summary="Change what is known of a person, with a reason",
    response_model=PersonTold,
    responses=declared(*EDITS),
)
def change(
    person_id: IdInPath,
    asked: PersonCorrected,
    seen: Seen,
    door: Annotated[Door, may(Permission.KEEP_PEOPLE)],
) -> Response:
    """All of it takes the place of all that stood: what is left out becomes unknown, numbers too."""

    def deed(work: Work) -> PersonTold:
        person_in_reach(work, door.visitor, person_id)
        details, by, at = asked.details(local_day(door.at)), door.visitor.actor, door.at
        change_person(person_id, details, seen=seen, why=asked.why, by=by, at=at, work=work)
        return told_of(work, door, person_id)

    return door.write(deed)


@router.post(
    "/people/{person_id}/merge",
    summary="Read a person as another from now on",
    response_model=PersonTold,
    responses=declared(NotFound, Conflict),
)
def merge(
    person_id: IdInPath, asked: MergeAsked, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """With all their referrals and history; answers with the other one. It can be undone."""

    def deed(work: Work) -> PersonTold:
        for id in (person_id, asked.into_id):
            person_in_reach(work, door.visitor, id)
        merge_people(person_id, asked.into_id, why=asked.why, by=door.visitor.actor, at=door.at, work=work)
        return told_of(work, door, asked.into_id)

    return door.write(deed)


@router.post(
    "/people/{person_id}/unmerge",
    summary="Undo a merge",
    response_model=PersonTold,
    responses=declared(NotFound, Conflict),
)
def unmerge(
    person_id: IdInPath, asked: Because, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """Of the one who was merged into somebody else; answers with them as they are again."""

    def deed(work: Work) -> PersonTold:
        person_in_reach(work, door.visitor, person_id)
        unmerge_people(person_id, why=asked.why, by=door.visitor.actor, at=door.at, work=work)
        return told_of(work, door, person_id)

    return door.write(deed)


@router.post(
    "/people/{person_id}/told-apart",
    summary="Say that somebody is not the same person as another",
    response_model=PersonTold,
    responses=declared(NotFound, Conflict),
)
def told_apart(
    person_id: IdInPath, asked: ApartAsked, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """Nothing of either changes; whoever looks at one of them is not asked again."""

    def deed(work: Work) -> PersonTold:
        for id in (person_id, asked.other_id):
            person_in_reach(work, door.visitor, id)
        tell_apart(person_id, asked.other_id, why=asked.why, by=door.visitor.actor, at=door.at, work=work)
        return told_of(work, door, person_id)

    return door.write(deed)


def told_of(work: Work, door: Door, person_id: str) -> PersonTold:
    """A person after something was done."""
    return person_told(person_file(work, person_id, by=door.visitor.actor, at=door.at))
