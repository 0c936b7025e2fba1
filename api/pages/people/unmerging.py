"""Two who were made one person are two again."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.pages.attempts import Field
from api.pages.page_door import PageDoor, sees
from api.pages.people.deed import PersonForm, Sent, box, done, person_named, shown
from api.pages.people.views import identity_of
from api.pages.search.views import name_of
from api.rest.values import IdInPath
from gateway.people.clusters import cluster
from gateway.people.merge_people import NotMerged, unmerge_people
from gateway.people.tables import PersonRow
from gateway.refusals import Conflict
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeeperDoor = Annotated[PageDoor, sees(Permission.KEEP_PEOPLE)]

FIELDS: Final = {"why": Field("why", "why")}

OPENS: Final = (
    "The case is restricted under one reference and not under another: after this, everybody in the gateway "
    "team finds the other one again. If it must stay closed, have a duty manager restrict it first."
)

STANDS_ALONE: Final = "Nobody was made one with them, so there is nothing to undo."
OTHERS: Final = (
    "This is the reference that the others were made one with. Choose which of them is not the same."
)

WORDS: Final[Mapping[type[Conflict], str]] = {NotMerged: "They are two people already"}


@router.get("/people/{person_id}/unmerge")
def ask_unmerging(person_id: IdInPath, door: KeeperDoor) -> Response:
    """Why they are two after all."""
    return _page(door, person_id, {})


@router.post("/people/{person_id}/unmerge")
def unmerge(person_id: IdInPath, door: KeeperDoor) -> Response:
    """Of the one who was merged into somebody else: each is as they were."""

    def deed(work: Work) -> str:
        person_in_reach(work, door.visitor, person_id)
        sent = Sent(door.form)
        why = sent.words("why", "say what tells you that they are two")
        sent.refuse()
        unmerge_people(person_id, why=why, by=door.visitor.actor, at=door.at, work=work)
        return f"/people/{person_id}"

    again, said = partial(_page, door, person_id), "They are two people again. This is the one who was apart."
    return done(door, deed, FIELDS, at="why", again=again, said=said, words=WORDS)


def _page(door: PageDoor, person_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> tuple[PersonRow, str, Sequence[PersonRow]]:
        row, name = person_named(work, door, person_id)
        all_ids = PersonRow.id.in_(sorted(cluster(work, person_id)))
        return row, name, sorted(work.where(PersonRow, all_ids), key=lambda each: each.id)

    row, name, ids = door.looks(question)
    opens = len({each.restricted for each in ids}) > 1
    form = PersonForm(
        name=f"{name} ({row.id})",
        href=f"/people/{person_id}",
        title="They are not the same person after all",
        forbidden="" if row.merged_into else STANDS_ALONE if len(ids) == 1 else OTHERS,
        instead=_instead(row, ids),
        lead=("Each has again the referrals and all else that was recorded under their own reference.",),
        boxes=[box(door, "text", "why", "What tells you?", narrow=3)],
        warning=OPENS if opens else "",
        button="Make them two people again",
        abuse=False,
    )
    response = shown(door, form, {} if form.forbidden else faults)
    if faults and form.forbidden:
        response.status_code = 409
    return response


def _instead(row: PersonRow, ids: Sequence[PersonRow]) -> Sequence[tuple[str, str]]:
    """Where to go from the reference that nobody merged into another."""
    made_one = [each for each in ids if each.merged_into]
    return [
        *(
            (f"Part {name_of(identity_of(each))} ({each.id})", f"/people/{each.id}/unmerge")
            for each in made_one
        ),
        ("Everything that is kept of them", f"/people/{row.id}"),
    ]
