"""Where somebody is not safe and from whom they are kept apart: recorded, and over."""

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
from api.pages.people.deed import (
    PersonForm,
    Sent,
    box,
    choice,
    counts_from,
    day_box,
    done,
    person_named,
    shown,
)
from api.pages.people.views import REASONS
from api.rest.values import IdInPath
from gateway.directory.naming import authorities_named
from gateway.people.keep_safe import OneAndTheSame, StandsAlready, keep_apart, set_safety_area
from gateway.people.tables import SafetyReason
from gateway.referrals.tables import ReferralRow
from gateway.refusals import NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeeperDoor = Annotated[PageDoor, sees(Permission.KEEP_PEOPLE)]

FIELDS: Final = {"on": Field("on-day", "the day")}

STANDS: Final = "This is recorded already, and is not over: their page says since when"


@router.get("/people/{person_id}/safety-areas/new")
def ask_area(person_id: IdInPath, door: KeeperDoor) -> Response:
    """In which authority, why, and from when on."""
    return _area(door, person_id, {})


@router.post("/people/{person_id}/safety-areas/new")
def set_area(person_id: IdInPath, door: KeeperDoor) -> Response:
    """A hard rule for every run and offer."""

    def deed(work: Work) -> str:
        person_in_reach(work, door.visitor, person_id)
        sent = Sent(door.form)
        area = sent.words("authority", "choose where they are not safe")
        if area and area not in authorities_named(work):
            sent.fault("authority", "choose one of these")
        reason, on = _told(sent)
        set_safety_area(
            person_id,
            area,
            reason=reason,
            on=on,
            why=door.form.text("why"),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return f"/people/{person_id}"

    return done(
        door,
        deed,
        FIELDS,
        at="authority",
        again=partial(_area, door, person_id),
        said=counts_from(
            door,
            "on",
            "No run and no offer places them there any more.",
            "until that day they can still be placed there.",
        ),
        words={StandsAlready: STANDS},
    )


@router.get("/people/{person_id}/separations/new")
def ask_separation(person_id: IdInPath, door: KeeperDoor) -> Response:
    """From whom, why, and from when on."""
    return _separation(door, person_id, {})


@router.post("/people/{person_id}/separations/new")
def separate(person_id: IdInPath, door: KeeperDoor) -> Response:
    """A hard rule for every run and offer, in both directions."""

    def deed(work: Work) -> str:
        person_in_reach(work, door.visitor, person_id)
        sent = Sent(door.form)
        other = _other(work, door, sent)
        reason, on = _told(sent)
        keep_apart(
            person_id,
            other,
            reason=reason,
            on=on,
            why=door.form.text("why"),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return f"/people/{person_id}"

    return done(
        door,
        deed,
        FIELDS,
        at="other",
        again=partial(_separation, door, person_id),
        said=counts_from(
            door,
            "on",
            "They are kept apart from now on. Check below that it is the right person.",
            "until that day they can still be placed together. Check below that it is the right person.",
        ),
        words={
            StandsAlready: STANDS,
            OneAndTheSame: "This is the same person: nobody is kept apart from themselves",
        },
    )


def _told(sent: Sent) -> tuple[SafetyReason, date]:
    """Why, and from when on.

    Raises
    ------
    Invalid
        With all that was found wrong until now.
    """
    reason = sent.code("reason", SafetyReason, "choose why")
    on = sent.day("on", "enter the day from which it counts")
    sent.refuse()
    return reason, on


def _other(work: Work, door: PageDoor, sent: Sent) -> str:
    """Whom a reference is of: a person's own, or that of one of their referrals; nobody's is not told."""
    reference = sent.words("other", "enter their reference").upper()
    try:
        found = work.get(ReferralRow, reference).person_id
    except NotFound:
        found = reference
    try:
        return person_in_reach(work, door.visitor, found).id
    except NotFound:
        if reference:
            sent.fault("other", "there is nobody with this reference whose case you may open")
        return ""


def _area(door: PageDoor, person_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> tuple[str, Mapping[str, str]]:
        return person_named(work, door, person_id)[1], authorities_named(work)

    name, authorities = door.looks(question)
    form = PersonForm(
        name=name,
        href=f"/people/{person_id}",
        title="Where they are not safe",
        lead=("From that day no run and no offer places them in this authority, however good the place is.",),
        boxes=[choice(door, "authority", "Authority", authorities, look="select"), *_asked(door)],
        button="Keep them out of it",
    )
    return shown(door, form, faults)


def _separation(door: PageDoor, person_id: str, faults: Mapping[str, str]) -> Response:
    _, name = door.looks(lambda work: person_named(work, door, person_id))
    form = PersonForm(
        name=name,
        href=f"/people/{person_id}",
        title="Keep them apart from somebody",
        lead=(
            "The two are never placed in the same service. Do not tell either of them where the other is.",
        ),
        boxes=[
            box(
                door,
                "line",
                "other",
                "Reference of the other person",
                "As it stands on their page (P-) or on one of their referrals (R-). Search finds it.",
                narrow=20,
            ),
            *_asked(door),
        ],
        button="Keep them apart",
    )
    return shown(door, form, faults)


def _asked(door: PageDoor) -> list[Box]:
    reasons = {code.value: words for code, words in REASONS.items()}
    return [
        choice(door, "reason", "Why?", reasons),
        day_box(door, "on", "From when on?"),
        box(door, "text", "why", "More about it (optional)", "Who said so, and when", narrow=3),
    ]
