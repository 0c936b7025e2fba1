"""Notes on a case, and its timeline; both are the gateway team's alone."""

from typing import Annotated, TypeAlias

from fastapi import Path, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import note_in_reach, referral_in_reach
from api.rest.case_file_told import EventTold, NoteTold
from api.rest.door import Door, declared, may
from api.rest.listing import After, Listing, Size, cursor, place_of
from api.rest.strict_requests import doors
from api.rest.values import ID_PATTERN, Asked, IdInPath, Words
from gateway.records.reading import record_reading
from gateway.records.timeline import timeline
from gateway.referrals.noting import add_note
from gateway.refusals import NotFound
from gateway.storage.work import Work

router = doors("referrals")

NoteId: TypeAlias = Annotated[str, Path(pattern=ID_PATTERN, examples=["N-7K3F92QDXM"])]


class Noted(Asked):
    """A note; it is never changed afterwards."""

    text: Words = Field(examples=["Telephoned the hospital: discharge is put off by a week."])


@router.post(
    "/referrals/{referral_id}/notes",
    summary="Add a note to a case",
    status_code=201,
    response_model=NoteTold,
    responses=declared(NotFound),
)
def note(referral_id: IdInPath, asked: Noted, door: Annotated[Door, may(Permission.TRIAGE)]) -> Response:
    """Whatever state the referral is in."""

    def deed(work: Work) -> NoteTold:
        referral_in_reach(work, door.visitor, referral_id)
        added = add_note(referral_id, asked.text, by=door.visitor.actor, at=door.at, work=work)
        return NoteTold.model_validate(added)

    return door.write(deed, status=201, location=f"/api/v1/referrals/{referral_id}/notes/{{id}}")


@router.get(
    "/referrals/{referral_id}/notes/{note_id}",
    summary="One note",
    response_model=NoteTold,
    responses=declared(NotFound),
)
def read_note(
    referral_id: IdInPath, note_id: NoteId, door: Annotated[Door, may(Permission.TRIAGE)]
) -> Response:
    """All of a case stand in its file."""

    def question(work: Work) -> NoteTold:
        return NoteTold.model_validate(note_in_reach(work, door.visitor, referral_id, note_id))

    return door.read(question)


@router.get(
    "/referrals/{referral_id}/timeline",
    summary="All that was done with a case, the oldest first",
    response_model=Listing[EventTold],
    responses=declared(NotFound),
)
def read_timeline(
    referral_id: IdInPath,
    door: Annotated[Door, may(Permission.TRIAGE)],
    after: After = None,
    size: Size = 50,
) -> Response:
    """Who did what, when and why. That the timeline was read is recorded, and stands in it."""

    def question(work: Work) -> Listing[EventTold]:
        place = place_of(after, int)
        row = referral_in_reach(work, door.visitor, referral_id)
        events = timeline(
            work, referral_id, after=None if place is None else int(str(place[0])), limit=size + 1
        )
        here, more = events[:size], len(events) > size
        about = (row.id, row.person_id)
        record_reading("timeline read", about=about, by=door.visitor.actor, at=door.at, work=work)
        return Listing[EventTold](
            items=[EventTold.model_validate(each) for each in here],
            next=cursor(here[-1].number) if more else None,
        )

    return door.look(question)
