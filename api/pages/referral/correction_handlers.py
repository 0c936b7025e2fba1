"""What a referral's form says is corrected, a page of it at a time, with a reason."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Response

from api.access.permissions import Permission
from api.pages.my_referrals.case import (
    Case,
    both_told,
    case_to_correct,
    faults_of,
    placing,
    redrafted,
    used_before,
)
from api.pages.my_referrals.questions import Page
from api.pages.page_door import PageDoor, sees
from api.pages.referral.correction_views import (
    CORRECTED,
    CorrectionPage,
    address,
    band_moved,
    correction_page,
)
from api.pages.referral.heading import heading_told
from api.rest.body_fields import Faults, placed
from api.rest.values import IdInPath
from gateway.assessment.scoring import change_facts
from gateway.local_day import local_day
from gateway.referrals.details import ReferralDetails
from gateway.referrals.entering import AlreadyReferred
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

TriageDoor = Annotated[PageDoor, sees(Permission.TRIAGE)]
PageKey = Annotated[str, Path(pattern=r"^[a-z-]{1,24}$")]

TO_CORRECT: Final = "form read to correct it"


@router.get("/referrals/{referral_id}/correct/{key}")
def show_correction(referral_id: IdInPath, key: PageKey, door: TriageDoor) -> Response:
    """One page of the form with what stands in it; that it was read is recorded."""
    return _shown(door, referral_id, _page(key), None)


@router.post("/referrals/{referral_id}/correct/{key}")
def correct_page(referral_id: IdInPath, key: PageKey, door: TriageDoor) -> Response:
    """What one page says takes the place of what stands, and the referral is scored anew at once."""
    page = _page(key)
    here = f"/referrals/{referral_id}/details"
    try:
        said = door.does_once(lambda work: _corrected(door, work, referral_id, page), lambda _: here)
    except Invalid as refused:
        return _shown(door, referral_id, page, refused)
    except ChangedMeanwhile:
        return _second(door, referral_id, page)
    except Conflict as refused:
        return _shown(door, referral_id, page, Invalid([("why", str(refused))]))
    return door.go(here, said=said)


def _page(key: str) -> Page:
    page = CORRECTED.get(key)
    if page is None:
        raise NotFound("page", key)
    return page


def _corrected(door: PageDoor, work: Work, referral_id: str, page: Page) -> str:
    """Correct it; gives what is then said of it."""
    case = case_to_correct(work, door.visitor, referral_id)
    details = _sent(door, case, page)
    if details == case.own.details and door.form.seen() == case.own.referral.version:
        return "Nothing was changed: you sent what stands already."
    before = case.own.referral.band
    try:
        with placed(placing(case.asked(page), door.form)):
            row = change_facts(
                referral_id,
                details,
                seen=door.form.seen(),
                why=door.form.one("why"),
                by=door.visitor.actor,
                at=door.at,
                work=work,
            )
    except AlreadyReferred as refused:
        raise used_before("the agency", refused) from None
    return "What was told is corrected." + band_moved(before, row.band)


def _sent(door: PageDoor, case: Case, page: Page) -> ReferralDetails:
    faults, details = Faults(), case.own.details
    with faults.of(str):
        details = redrafted(case, page, door.form, today=local_day(door.at)).details
    if not door.form.one("why"):
        faults.add([("why", "say why it is corrected, in your own words")])
    faults.refuse()
    return details


def _shown(door: PageDoor, referral_id: str, page: Page, refused: Invalid | None) -> Response:
    sent = None if refused is None else door.form

    def question(work: Work) -> tuple[CorrectionPage, Case]:
        case = case_to_correct(work, door.visitor, referral_id)
        heading = heading_told(work, door, referral_id, read=TO_CORRECT)
        return correction_page(heading, case, page, sent), case

    view, case = door.looks(question)
    faults = {} if refused is None or view.forbidden else faults_of(case.asked(page), door.form, refused)
    response = door.show(
        "referral/correct.html",
        title=view.title,
        view=view,
        faults=faults,
        back=f"{view.heading.href}/details",
        exit_this_page=page.tells_of_abuse,
    )
    if refused is not None and view.forbidden:
        response.status_code = 409
    return response


def _second(door: PageDoor, referral_id: str, page: Page) -> Response:
    """Both versions, unless what was sent is what stands."""

    def question(work: Work) -> Case:
        heading_told(work, door, referral_id, read=TO_CORRECT)
        return case_to_correct(work, door.visitor, referral_id)

    case = door.looks(question)
    details = redrafted(case, page, door.form, today=local_day(door.at)).details
    if details == case.own.details:
        return door.go(f"/referrals/{referral_id}/details", said="What was told is corrected.")
    rows = [*both_told(case, page, door.form), ("Your reason", "", door.form.one("why"))]
    return door.both_versions(rows, again=address(referral_id, page), exit_this_page=page.tells_of_abuse)
