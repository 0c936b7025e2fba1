"""Whether somebody agrees to be referred: given, and taken back."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.pages.attempts import Field
from api.pages.page_door import PageDoor, sees
from api.pages.people.deed import PersonForm, Sent, box, done, person_named, shown
from api.rest.values import IdInPath
from gateway.people.record_consent import NoConsent, give_consent, withdraw_consent
from gateway.refusals import Conflict
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeeperDoor = Annotated[PageDoor, sees(Permission.KEEP_PEOPLE)]

GIVEN: Final = {
    "given_on": Field("given_on-day", "the day"),
    "how": Field("how", "how they agreed"),
}
WITHDRAWN: Final = {"withdrawn_on": Field("withdrawn_on-day", "the day")}
"""Each field by what a rule calls it."""

NONE_STANDS: Final[Mapping[type[Conflict], str]] = {
    NoConsent: "No consent stands on that day: there is nothing to take back"
}


@router.get("/people/{person_id}/consents/give")
def ask_consent(person_id: IdInPath, door: KeeperDoor) -> Response:
    """When and how they agreed."""
    return _giving(door, person_id, {})


@router.post("/people/{person_id}/consents/give")
def give(person_id: IdInPath, door: KeeperDoor) -> Response:
    """They agree to be referred."""

    def deed(work: Work) -> str:
        person_in_reach(work, door.visitor, person_id)
        sent = Sent(door.form)
        day = sent.day("given_on", "enter the day on which they agreed")
        how = sent.words("how", "say how they agreed")
        sent.refuse()
        give_consent(person_id, given_on=day, how=how, by=door.visitor.actor, at=door.at, work=work)
        return f"/people/{person_id}"

    again = partial(_giving, door, person_id)
    return done(door, deed, GIVEN, at="how", again=again, said="It is recorded that they agreed.")


@router.get("/people/{person_id}/consents/withdraw")
def ask_withdrawal(person_id: IdInPath, door: KeeperDoor) -> Response:
    """From when on they no longer agree."""
    return _withdrawing(door, person_id, {})


@router.post("/people/{person_id}/consents/withdraw")
def withdraw(person_id: IdInPath, door: KeeperDoor) -> Response:
    """Every consent that stands, under any of their ids, ends."""

    def deed(work: Work) -> str:
        person_in_reach(work, door.visitor, person_id)
        sent = Sent(door.form)
        day = sent.day("withdrawn_on", "enter the day from which they no longer agree")
        sent.refuse()
        why = door.form.text("why")
        withdraw_consent(person_id, withdrawn_on=day, why=why, by=door.visitor.actor, at=door.at, work=work)
        return f"/people/{person_id}"

    return done(
        door,
        deed,
        WITHDRAWN,
        at="withdrawn_on-day",
        again=partial(_withdrawing, door, person_id),
        said="It is recorded that they no longer agree. Their referrals stay as they are.",
        words=NONE_STANDS,
    )


def _giving(door: PageDoor, person_id: str, faults: Mapping[str, str]) -> Response:
    row, name = door.looks(lambda work: person_named(work, door, person_id))
    form = PersonForm(
        name=name,
        href=f"/people/{row.id}",
        title="They agree to be referred",
        boxes=[
            box(door, "day", "given_on", "When did they agree?", "Today or earlier, such as 27 3 2026"),
            box(door, "line", "how", "How?", "In a word or two, without names: signed form, by telephone"),
        ],
        button="Record it",
        abuse=False,
    )
    return shown(door, form, faults)


def _withdrawing(door: PageDoor, person_id: str, faults: Mapping[str, str]) -> Response:
    row, name = door.looks(lambda work: person_named(work, door, person_id))
    form = PersonForm(
        name=name,
        href=f"/people/{row.id}",
        title="They no longer agree to be referred",
        lead=(
            "No new referral of them can be sent until they agree again.",
            "A referral that is open stays open. If they want nothing more of the gateway, withdraw it too.",
        ),
        boxes=[
            box(door, "day", "withdrawn_on", "Since when?", "Today or earlier, such as 27 3 2026"),
            box(door, "text", "why", "In their words (optional)", narrow=3),
        ],
        button="Record it",
        abuse=False,
    )
    return shown(door, form, faults)
