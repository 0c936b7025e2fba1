"""The pages of a draft: each is shown, and what is sent on it put into the draft."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.pages.my_referrals.case import (
    Case,
    both_told,
    case_read,
    case_to_change,
    faults_of,
    placing,
    redrafted,
    used_before,
)
from api.pages.my_referrals.doors import ReferrerDoor
from api.pages.my_referrals.questions import BY_KEY, Page
from api.pages.my_referrals.views import question_page
from api.pages.page_door import PageDoor, gone
from api.pages.posted import Posted
from api.rest.body_fields import placed
from api.rest.values import IdInPath
from gateway.local_day import local_day
from gateway.referrals.entering import AlreadyReferred
from gateway.referrals.entering_somebody import KnownOtherwise, change_draft_and_person
from gateway.referrals.states import ReferralStatus
from gateway.refusals import ChangedMeanwhile, Invalid, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

PageKey = Annotated[str, Path(pattern=r"^[a-z-]{1,24}$")]
Then = Annotated[str, Query(max_length=20)]


@router.get("/my-referrals/{referral_id}/{key}")
def show_page(referral_id: IdInPath, key: PageKey, door: ReferrerDoor, then: Then = "") -> Response:
    """One page with what stands in it; what is sent already is read, not changed."""
    page = _page(key)
    case = door.looks(lambda work: case_read(work, door.visitor, referral_id))
    if case.own.referral.status is not ReferralStatus.DRAFT or not case.asked(page):
        return gone(f"/my-referrals/{referral_id}")
    return _shown(door, case, page, None, {}, then)


@router.post("/my-referrals/{referral_id}/{key}")
def save_page(referral_id: IdInPath, key: PageKey, door: ReferrerDoor) -> Response:
    """What was answered on one page takes its place in the draft."""
    page, then = _page(key), door.form.one("then")
    try:
        case = door.does(lambda work: _saved(door, work, referral_id, page))
    except Invalid as refused:
        case = door.looks(lambda work: case_read(work, door.visitor, referral_id))
        return _shown(door, case, page, door.form, faults_of(case.asked(page), door.form, refused), then)
    except ChangedMeanwhile:
        case = door.looks(lambda work: case_read(work, door.visitor, referral_id))
        if redrafted(case, page, door.form, today=local_day(door.at)).changes(case):
            return _both_versions(door, case, page)
        # Whoever presses twice was second after themselves: what they sent is kept.
    return _onward(case, page, then=then, go=door.form.one("go"))


def _page(key: str) -> Page:
    page = BY_KEY.get(key)
    if page is None:
        raise NotFound("page", key)
    return page


def _shown(
    door: PageDoor, case: Case, page: Page, sent: Posted | None, faults: Mapping[str, str], then: str
) -> Response:
    view = question_page(case, page, sent, then="check" if then == "check" else "")
    here = f"/my-referrals/{case.id}"
    return door.show(
        "my_referrals/question.html",
        title=page.title,
        view=view,
        faults=faults,
        back=f"{here}/check" if view.then else here,
        exit_this_page=page.tells_of_abuse,
    )


def _saved(door: PageDoor, work: Work, referral_id: str, page: Page) -> Case:
    case = case_to_change(work, door.visitor, referral_id)
    if door.form.one("person") and not case.own.known_by_one:
        raise KnownOtherwise(case.own.person.id)  # since the page was shown
    sent = redrafted(case, page, door.form, today=local_day(door.at))
    try:
        with placed(placing(case.asked(page), door.form)):
            change_draft_and_person(
                referral_id,
                lambda _: sent.details,
                seen=door.form.seen(),
                person=sent.person,
                agreed=sent.agreed,
                by=door.visitor.actor,
                at=door.at,
                work=work,
            )
    except AlreadyReferred as refused:
        raise used_before("your agency", refused) from None
    return case.with_answers(sent)


def _onward(case: Case, page: Page, *, then: str, go: str) -> Response:
    here = f"/my-referrals/{case.id}"
    if go == "more":
        return gone(f"{here}/{page.key}{'?then=check' if then == 'check' else ''}")
    if go == "later":
        return gone(here, said="Saved. It waits for you here.")
    following = None if then == "check" else case.after(page)
    return gone(f"{here}/{'check' if following is None else following.key}")


def _both_versions(door: PageDoor, case: Case, page: Page) -> Response:
    again = f"/my-referrals/{case.id}/{page.key}"
    rows = both_told(case, page, door.form)
    return door.both_versions(rows, again=again, exit_this_page=page.tells_of_abuse)
