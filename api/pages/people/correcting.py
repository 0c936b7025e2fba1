"""What is known of somebody is corrected, by the questions that an agency is asked."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.pages.my_referrals.case import answers, faults_of, person_facts, placing
from api.pages.my_referrals.kinds import Asking, Drawn, Ground
from api.pages.my_referrals.questions import PAGES, Of, Page
from api.pages.page_door import PageDoor, sees
from api.pages.people.deed import PersonForm, box, shown
from api.pages.people.views import identity_of
from api.pages.posted import Posted
from api.pages.search.views import name_of
from api.rest.body_fields import Faults, placed
from api.rest.values import IdInPath
from gateway.local_day import local_day
from gateway.people.details import PersonDetails
from gateway.people.enter_person import MergedAway, change_person
from gateway.people.looking import look_at
from gateway.people.tables import PersonReferenceRow, PersonRow
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeeperDoor = Annotated[PageDoor, sees(Permission.KEEP_PEOPLE)]
PageKey = Annotated[str, Path(pattern=r"^[a-z-]{1,24}$")]

CORRECTED: Final[Mapping[str, Page]] = MappingProxyType(
    {page.key: page for page in PAGES if all(each.of is Of.PERSON for each in page.questions)}
)
WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "who": "who they are",
        "contact": "how they can be reached",
        "numbers": "the numbers others know them by",
    }
)
"""What each page corrects; a test holds that none lacks its words."""

CORRECTED_NOW: Final = "What is known of them is corrected."

Facts = Mapping[str, Any]


@router.get("/people/{person_id}/correct/{key}")
def show_correction(person_id: IdInPath, key: PageKey, door: KeeperDoor) -> Response:
    """One page with what stands in it; that it was read is recorded."""
    return _shown(door, person_id, _page(key), {})


@router.post("/people/{person_id}/correct/{key}")
def correct(person_id: IdInPath, key: PageKey, door: KeeperDoor) -> Response:
    """What one page says takes the place of what stands; the rest stays."""
    page = _page(key)

    def deed(work: Work) -> str:
        details = _sent(work, door, person_id, page)
        told: Mapping[str, Any] = {"why": door.form.one("why"), "by": door.visitor.actor, "at": door.at}
        change_person(person_id, details, seen=door.form.seen(), **told, work=work)
        return f"/people/{person_id}"

    try:
        there = door.does_once(deed)
    except Invalid as refused:
        return _shown(door, person_id, page, faults_of(page.questions, door.form, refused))
    except ChangedMeanwhile:
        return _second(door, person_id, page)
    except Conflict as refused:
        merged = isinstance(refused, MergedAway)
        why = "They were made one with somebody: correct that one" if merged else str(refused)
        return _shown(door, person_id, page, {_first_box(page): why})
    return door.go(there, said=CORRECTED_NOW)


def _sent(work: Work, door: PageDoor, person_id: str, page: Page) -> PersonDetails:
    """What is known of them, what the page says in its place.

    Raises
    ------
    Invalid
        If it cannot be read, or nothing says why.
    """
    _, facts = _known(work, door, person_id)
    faults, questions = Faults(), page.questions
    with faults.of(str):
        sent = {each.name: value for each, value in answers(questions, door.form, None).items()}
        with placed(placing(questions, door.form)):
            details = PersonDetails(told_on=local_day(door.at), **{**facts, **sent})
    faults.add([] if door.form.one("why") else [("why", "say why it is corrected, in your own words")])
    faults.refuse()
    return details


def _first_box(page: Page) -> str:
    """Its id."""
    first = page.questions[0]
    return next(iter(first.kind.places(first.name, Posted((), ())).values()))


def _page(key: str) -> Page:
    page = CORRECTED.get(key)
    if page is None:
        raise NotFound("page", key)
    return page


def _looked_at(work: Work, door: PageDoor, person_id: str) -> tuple[PersonRow, Facts]:
    """The person and what is known of them, for a page that says so; that it was read is recorded."""
    found = _known(work, door, person_id)
    look_at(person_id, "person read to correct them", by=door.visitor.actor, at=door.at, work=work)
    return found


def _known(work: Work, door: PageDoor, person_id: str) -> tuple[PersonRow, Facts]:
    row = person_in_reach(work, door.visitor, person_id)
    references = work.where(PersonReferenceRow, PersonReferenceRow.person_id == row.id)
    return row, person_facts(row, sorted(references, key=lambda each: each.id))


def _shown(door: PageDoor, person_id: str, page: Page, faults: Mapping[str, str]) -> Response:
    row, facts = door.looks(lambda work: _looked_at(work, door, person_id))
    why = box(door, "text", "why", "Why is it corrected?", "Who said so, and when", narrow=3)
    form = PersonForm(
        name=name_of(identity_of(row)),
        href=f"/people/{person_id}",
        title=f"Correct {WORDS[page.key]}",
        lead=("A box that you empty says that nobody knows. What stood in it is kept in the history only.",),
        groups=[*_drawn(page, door.form if door.form.fields else _written(page, facts)), Drawn(boxes=[why])],
        button="Save the correction",
        abuse=page.tells_of_abuse,
        seen=door.form.seen() or row.version,
    )
    return shown(door, form, faults)


def _written(page: Page, facts: Facts) -> Posted:
    pairs = (pair for each in page.questions for pair in each.kind.written(each.name, facts[each.name]))
    return Posted(tuple(pairs), ())


def _drawn(page: Page, sent: Posted) -> Sequence[Drawn]:
    return [
        group
        for each in page.questions
        for group in each.kind.drawn(
            Asking(name=each.name, label=each.label, hint=each.hint, sent=sent, ground=Ground()), None
        )
    ]


def _second(door: PageDoor, person_id: str, page: Page) -> Response:
    """Both versions, unless what was sent is what stands."""
    _, facts = door.looks(lambda work: _looked_at(work, door, person_id))
    sent, today = answers(page.questions, door.form, None), local_day(door.at)
    changed = {**facts, **{each.name: value for each, value in sent.items()}}
    if PersonDetails(told_on=today, **changed) == PersonDetails(told_on=today, **facts):
        return door.go(f"/people/{person_id}", said=CORRECTED_NOW)
    rows = [
        (each.label, "; ".join(each.told(facts[each.name], Ground())), "; ".join(each.told(value, Ground())))
        for each, value in sent.items()
    ]
    rows.append(("Your reason", "", door.form.one("why")))
    again = f"/people/{person_id}/correct/{page.key}"
    return door.both_versions(rows, again=again, exit_this_page=page.tells_of_abuse)
