"""What kept somebody from an area or from somebody else is over, with a reason."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.pages.attempts import Field
from api.pages.my_referrals.kinds import Box
from api.pages.page_door import PageDoor, sees
from api.pages.people.deed import PersonForm, Sent, box, day_box, done, person_named, shown
from api.rest.values import IdInPath
from gateway.directory.naming import authorities_named
from gateway.people.clusters import cluster
from gateway.people.keep_safe import EndedAlready, end_safety_area, end_separation
from gateway.people.tables import SafetyAreaRow, SeparationRow
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeeperDoor = Annotated[PageDoor, sees(Permission.KEEP_PEOPLE)]

FIELDS: Final = {"on": Field("on-day", "the day"), "why": Field("why", "why it is over")}

OVER: Final[Mapping[type[Conflict], str]] = {EndedAlready: "This is over already: somebody has ended it"}


@router.get("/people/{person_id}/safety-areas/{area_id}/end")
def ask_end_of_area(person_id: IdInPath, area_id: IdInPath, door: KeeperDoor) -> Response:
    """From when on they are safe there again, and what says so."""
    return _area(door, person_id, area_id, {})


@router.post("/people/{person_id}/safety-areas/{area_id}/end")
def end_area(person_id: IdInPath, area_id: IdInPath, door: KeeperDoor) -> Response:
    """They can be placed there again."""

    def deed(work: Work) -> str:
        _area_of(work, door, person_id, area_id)
        on, why = _over(door)
        end_safety_area(area_id, on=on, why=why, by=door.visitor.actor, at=door.at, work=work)
        return f"/people/{person_id}"

    again = partial(_area, door, person_id, area_id)
    said = "It is recorded until when they were not safe there."
    return done(door, deed, FIELDS, at="why", again=again, said=said, words=OVER)


@router.get("/people/{person_id}/separations/{separation_id}/end")
def ask_end_of_separation(person_id: IdInPath, separation_id: IdInPath, door: KeeperDoor) -> Response:
    """From when on they need no longer be kept apart, and what says so."""
    return _separation(door, person_id, separation_id, {})


@router.post("/people/{person_id}/separations/{separation_id}/end")
def end_apart(person_id: IdInPath, separation_id: IdInPath, door: KeeperDoor) -> Response:
    """The two can be placed in one service again."""

    def deed(work: Work) -> str:
        _other_of(work, door, person_id, separation_id)
        on, why = _over(door)
        end_separation(separation_id, on=on, why=why, by=door.visitor.actor, at=door.at, work=work)
        return f"/people/{person_id}"

    again = partial(_separation, door, person_id, separation_id)
    said = "It is recorded until when they are kept apart."
    return done(door, deed, FIELDS, at="why", again=again, said=said, words=OVER)


def _over(door: PageDoor) -> tuple[date, str]:
    """From when on it is over, and why.

    Raises
    ------
    Invalid
        If one of them is missing or cannot be read.
    """
    sent = Sent(door.form)
    on, why = sent.day("on"), sent.words("why", "say why it is over")
    sent.refuse()
    return on, why


def _area_of(work: Work, door: PageDoor, person_id: str, area_id: str) -> SafetyAreaRow:
    """The area, if it is this person's under any of their ids."""
    person_in_reach(work, door.visitor, person_id)
    row = work.get(SafetyAreaRow, area_id)
    if row.person_id not in cluster(work, person_id):
        raise NotFound("safety area", area_id)
    return row


def _other_of(work: Work, door: PageDoor, person_id: str, separation_id: str) -> str:
    """The id of the other one, if both cases may be opened."""
    person_in_reach(work, door.visitor, person_id)
    row = work.get(SeparationRow, separation_id)
    theirs = cluster(work, person_id)
    others = {row.person_id, row.other_id} - theirs
    if len(others) != 1:
        raise NotFound("separation", separation_id)
    try:
        return person_in_reach(work, door.visitor, others.pop()).id
    except NotFound:
        raise NotFound("separation", separation_id) from None


def _area(door: PageDoor, person_id: str, area_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> tuple[str, str]:
        row = _area_of(work, door, person_id, area_id)
        return person_named(work, door, person_id)[1], authorities_named(work)[row.authority_id]

    name, where = door.looks(question)
    form = PersonForm(
        name=name,
        href=f"/people/{person_id}",
        title=f"They are safe in {where} again",
        lead=("From that day runs and offers may place them there again.",),
        boxes=_asked(door),
        button="End it",
        warning="Be sure: whoever they fled from may learn where they live.",
    )
    return shown(door, form, faults)


def _separation(door: PageDoor, person_id: str, separation_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> tuple[str, str]:
        both = person_id, _other_of(work, door, person_id, separation_id)
        name, other = (person_named(work, door, each)[1] for each in both)
        return name, other

    name, other = door.looks(question)
    form = PersonForm(
        name=name,
        href=f"/people/{person_id}",
        title="They need no longer be kept apart",
        about=other,
        lead=("From that day runs and offers may place the two in one service again.",),
        boxes=_asked(door),
        button="End it",
        warning="Be sure: the two may live under one roof.",
    )
    return shown(door, form, faults)


def _asked(door: PageDoor) -> list[Box]:
    return [
        day_box(door, "on", "From when on?"),
        box(door, "text", "why", "Why is it over?", "Who said so, and what has changed", narrow=3),
    ]
