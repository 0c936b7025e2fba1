"""Deeds that ask for a reason, a day or words: ask, rest, decline, withdraw, close, reopen."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.design_system.spoken import spoken_day
from api.pages.page_door import PageDoor, by_field, sees
from api.pages.referral.deed_forms import ENDING, FORMS, HANGING, DeedForm, DeedPage, deed_page
from api.pages.referral.deeds import BY_KEY
from api.pages.referral.handlers import stands_otherwise
from api.pages.referral.heading import Heading, heading_told, unchanged
from api.pages.referral.words import REASONS
from api.rest.values import IdInPath
from gateway.referrals.ending_tree import what_ending_does
from gateway.referrals.tables import EndReason
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

TriageDoor = Annotated[PageDoor, sees(Permission.TRIAGE)]

FIELDS = {"until": "until-day", "questions": "why", "questions[0]": "why"}
"""What a rule calls a field, and the id of the field on the page."""


def _open(form: DeedForm) -> None:
    """Give one deed its page, and the address to which that is sent."""

    def show(referral_id: IdInPath, door: TriageDoor) -> Response:
        return _page(door, referral_id, form, {}, {})

    def send(referral_id: IdInPath, door: TriageDoor) -> Response:
        return _send(door, referral_id, form)

    router.add_api_route(f"/referrals/{{referral_id}}/{form.key}", show, methods=["GET"])
    router.add_api_route(f"/referrals/{{referral_id}}/{form.key}", send, methods=["POST"])


for _form in FORMS.values():
    _open(_form)


def _send(door: PageDoor, referral_id: str, form: DeedForm) -> Response:
    def deed(work: Work) -> str:
        unchanged(work, door, referral_id)
        form.do(referral_id, form.read(door), door, work)
        return f"/referrals/{referral_id}"

    try:
        there = door.does_once(deed)
    except Invalid as refused:
        return _page(door, referral_id, form, by_field(refused, FIELDS), dict(door.form.fields))
    except ChangedMeanwhile:
        return stands_otherwise(door, referral_id, _sent(door, form))
    except Conflict as refused:
        response = _page(door, referral_id, form, {}, dict(door.form.fields), forbidden=str(refused))
        response.status_code = 409
        return response
    return door.go(there, said=form.said)


def _sent(door: PageDoor, form: DeedForm) -> list[tuple[str, str, str]]:
    """What was sent, for whoever was second: nothing of it is lost."""
    rows = [("What you sent", "", form.title)]
    reason = door.form.one("reason")
    if reason in {each.value for each in EndReason}:
        rows.append(("Your reason", "", REASONS[EndReason(reason)]))
    try:
        until = door.form.day("until")
    except Invalid:
        until = None
    if until is not None:
        rows.append(("Until", "", spoken_day(until)))
    return [*rows, ("Your words", "", door.form.one("why"))]


def _page(
    door: PageDoor,
    referral_id: str,
    form: DeedForm,
    faults: Mapping[str, str],
    sent: Mapping[str, str],
    *,
    forbidden: str = "",
) -> Response:
    def question(work: Work) -> DeedPage:
        heading = heading_told(work, door, referral_id)
        ending = ENDING.get(form.key)
        tree = None if ending is None else what_ending_does(work, referral_id, to=ending, dependants=HANGING)
        blocked = tree is not None and any(each.kind == "placement" for each in tree.blocking())
        why_not = forbidden or _forbidden(heading, form, lives_somewhere=blocked)
        return deed_page(heading, form, forbidden=why_not, tree=tree, sent=sent)

    view = door.looks(question)
    return door.show("referral/deed.html", title=form.title, view=view, faults=faults, back=view.heading.href)


def _forbidden(heading: Heading, form: DeedForm, *, lives_somewhere: bool) -> str:
    if not BY_KEY[form.key].possible(heading.state):
        return f"This cannot be done now: the referral is in the state “{heading.status}”."
    if lives_somewhere:
        return "This cannot be done now: they live in a place, and must leave it first."
    return ""
