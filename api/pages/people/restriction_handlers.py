"""A case is closed to all who have no grant, or opened to everybody again."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.pages.attempts import Field
from api.pages.my_referrals.kinds import Box
from api.pages.page_door import PageDoor, sees
from api.pages.people.deed import PersonForm, Sent, box, done, person_named, shown
from api.rest.values import IdInPath
from gateway.local_day import local_day, start_of
from gateway.people.restrict import AlreadyRestricted, NotRestricted, lift_restriction, restrict_case
from gateway.refusals import ChangedMeanwhile, Conflict
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

GrantingDoor = Annotated[PageDoor, sees(Permission.GRANT_ACCESS)]

FIELDS: Final = {"until": Field("until-day", "the day"), "why": Field("why", "why")}

WORDS: Final[Mapping[type[Conflict], str]] = {
    AlreadyRestricted: "Somebody has restricted it already",
    NotRestricted: "It is not restricted: everybody in the gateway team may open it",
}


def last_day(sent: Sent, today: date) -> date:
    """Until the end of which day somebody may open it; one that is not over."""
    found = sent.day("until", "enter the last day")
    if found < today:
        sent.fault("until-day", "must be today or a later day")
    return found


def until_box(door: PageDoor, label: str) -> Box:
    """The last day on which somebody may open it."""
    return box(door, "day", "until", label, "To the end of this day, such as 27 3 2027")


@router.get("/people/{person_id}/restrict")
def ask_restriction(person_id: IdInPath, door: GrantingDoor) -> Response:
    """Why, and until when whoever closes it may open it."""
    return _closing(door, person_id, {})


@router.post("/people/{person_id}/restrict")
def restrict(person_id: IdInPath, door: GrantingDoor) -> Response:
    """To all who have no grant it is not there; whoever restricts it holds the first."""

    def deed(work: Work) -> str:
        person_in_reach(work, door.visitor, person_id)
        sent = Sent(door.form)
        last, why = last_day(sent, local_day(door.at)), sent.words("why", "say why it is restricted")
        sent.refuse()
        by, seen = door.visitor.actor, door.form.seen()
        until = start_of(last + timedelta(days=1))
        restrict_case(person_id, until=until, why=why, seen=seen, by=by, at=door.at, work=work)
        return f"/people/{person_id}/grants"

    said = "The case is restricted. Whoever else must open it needs to be let in."
    return _decided(door, person_id, deed, _closing, said, "Restrict it")


@router.get("/people/{person_id}/lift-restriction")
def ask_lifting(person_id: IdInPath, door: GrantingDoor) -> Response:
    """Why everybody may open it again."""
    return _opening(door, person_id, {})


@router.post("/people/{person_id}/lift-restriction")
def lift(person_id: IdInPath, door: GrantingDoor) -> Response:
    """Of this id; a merged person whose other ids are restricted stays closed."""

    def deed(work: Work) -> str:
        person_in_reach(work, door.visitor, person_id)
        sent = Sent(door.form)
        why = sent.words("why", "say why everybody may open it again")
        sent.refuse()
        by, seen = door.visitor.actor, door.form.seen()
        lift_restriction(person_id, why=why, seen=seen, by=by, at=door.at, work=work)
        return f"/people/{person_id}/grants"

    return _decided(door, person_id, deed, _opening, "The restriction is lifted.", "Lift the restriction")


Page = Callable[[PageDoor, str, Mapping[str, str]], Response]


def _decided(
    door: PageDoor, person_id: str, deed: Callable[[Work], str], page: Page, said: str, wanted: str
) -> Response:
    try:
        again = partial(page, door, person_id)
        return done(door, deed, FIELDS, at="why", again=again, said=said, words=WORDS)
    except ChangedMeanwhile:
        row = door.read(lambda work: person_in_reach(work, door.visitor, person_id))
        stands = "Restricted" if row.restricted else "Open to the gateway team"
        rows = [("The case", stands, wanted), ("Your words", "", door.form.one("why"))]
        return door.both_versions(rows, again=f"/people/{person_id}/grants", exit_this_page=True)


def _closing(door: PageDoor, person_id: str, faults: Mapping[str, str]) -> Response:
    row, name = door.looks(lambda work: person_named(work, door, person_id))
    form = PersonForm(
        name=name,
        href=f"/people/{person_id}/grants",
        title="Restrict this case",
        lead=(
            "Use this when being found could harm them. Whoever is not let in no longer finds the case.",
            "A list in which it stands says “Restricted case”, and no name.",
            "You are the first who may open it, and only who may open it can let others in.",
        ),
        boxes=[
            until_box(door, "Until when must you be able to open it?"),
            box(door, "text", "why", "Why is it restricted?", narrow=3),
        ],
        button="Restrict it",
        warning="The agency that referred them and the provider who houses them lose it too, until you let "
        "somebody of theirs in.",
        seen=door.form.seen() or row.version,
    )
    return shown(door, form, faults)


def _opening(door: PageDoor, person_id: str, faults: Mapping[str, str]) -> Response:
    row, name = door.looks(lambda work: person_named(work, door, person_id))
    form = PersonForm(
        name=name,
        href=f"/people/{person_id}/grants",
        title="Lift the restriction",
        lead=(
            "Everybody in the gateway team finds and opens the case again, as do their agency and provider.",
        ),
        boxes=[box(door, "text", "why", "Why may everybody open it again?", narrow=3)],
        button="Lift it",
        warning="Be sure that nobody who looks for them can learn of it.",
        seen=door.form.seen() or row.version,
    )
    return shown(door, form, faults)
