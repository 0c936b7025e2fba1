"""A draft is read over and sent; and what happens next is told."""

from collections.abc import Mapping

from fastapi import APIRouter, Response

from api.access.reach import referral_in_reach
from api.design_system.spoken import spoken_day
from api.pages.my_referrals.case import Case, case_read
from api.pages.my_referrals.doors import ReferrerDoor
from api.pages.my_referrals.views import MISSING, check
from api.pages.page_door import PageDoor, gone
from api.rest.values import IdInPath
from gateway.referrals.entering import submit
from gateway.referrals.states import ReferralStatus
from gateway.referrals.submission_faults import missing
from gateway.refusals import ChangedMeanwhile, Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)


@router.get("/my-referrals/{referral_id}/check")
def check_answers(referral_id: IdInPath, door: ReferrerDoor) -> Response:
    """All answers, and what is still missing."""
    return _check(door, referral_id, {})


@router.post("/my-referrals/{referral_id}/check")
def send(referral_id: IdInPath, door: ReferrerDoor) -> Response:
    """The draft is handed in."""

    def deed(work: Work) -> str:
        referral_in_reach(work, door.visitor, referral_id)
        submit(referral_id, seen=door.form.seen(), by=door.visitor.actor, at=door.at, work=work)
        return f"/my-referrals/{referral_id}/sent"

    try:
        there = door.does_once(deed)
    except Invalid as refused:
        return _check(door, referral_id, {"missing": "; ".join(_missing(refused))})
    except ChangedMeanwhile:
        changed = (
            "Somebody changed this referral while you were reading it. Read it over again, then send it."
        )
        return _check(door, referral_id, {"send": changed})
    return gone(there)


def _missing(refused: Invalid) -> list[str]:
    return [MISSING.get(field, (what, ""))[0] for field, what in refused.faults]


def _check(door: PageDoor, referral_id: str, faults: Mapping[str, str]) -> Response:
    def read(work: Work) -> tuple[Case, tuple[tuple[str, str], ...]]:
        case = case_read(work, door.visitor, referral_id)
        return case, tuple(missing(referral_id, at=door.at, work=work))

    case, lacking = door.looks(read)
    if case.own.referral.status is not ReferralStatus.DRAFT:
        return gone(f"/my-referrals/{referral_id}")
    return door.show(
        "my_referrals/check.html",
        title="Check your answers",
        view=check(case, lacking),
        faults=faults,
        back=f"/my-referrals/{referral_id}",
        exit_this_page=True,
    )


@router.get("/my-referrals/{referral_id}/sent")
def sent(referral_id: IdInPath, door: ReferrerDoor) -> Response:
    """The reference, and what happens next."""
    row = door.read(lambda work: referral_in_reach(work, door.visitor, referral_id))
    if row.status is ReferralStatus.DRAFT:
        return gone(f"/my-referrals/{referral_id}")
    return door.show(
        "my_referrals/sent.html",
        title="Referral sent",
        reference=row.id,
        own=row.agency_reference,
        arrived=spoken_day(row.referred_on),
    )
