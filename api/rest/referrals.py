"""Referrals: drafted, read, changed while they are drafts, submitted, corrected."""

from typing import Annotated

from fastapi import Response

from api.access.permissions import Permission
from api.access.reach import person_to_refer, referral_in_reach
from api.rest.body_fields import placed
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.referral_models import (
    Corrected,
    Draft,
    DraftChanged,
    Drafted,
    change_sent,
    correction_sent,
    draft_sent,
    form_place,
)
from api.rest.referral_reading import ReferralRead, read_for
from api.rest.referral_told import ReferralStands, stands
from api.rest.strict_requests import doors
from api.rest.values import IdInPath, Told
from gateway.assessment.scoring import change_facts
from gateway.referrals.entering import submit
from gateway.referrals.entering_somebody import change_draft_and_person, draft_for, draft_for_somebody_new
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("referrals")


@router.post(
    "/referrals",
    summary="Draft a referral, and enter with it somebody who is not there yet",
    status_code=201,
    response_model=ReferralStands,
    responses=declared(Conflict),
)
def draft_referral(asked: Drafted, door: Annotated[Door, may(Permission.ENTER_REFERRALS)]) -> Response:
    """The draft may be as incomplete as it likes; unless it is submitted within 28 days, it expires."""

    def deed(work: Work) -> ReferralStands:
        return stands(_drafted(draft_sent(asked, door), door, work))

    return door.write(deed, status=201, location="/api/v1/referrals/{id}")


def _drafted(sent: Draft, door: Door, work: Work) -> ReferralRow:
    by, at = door.visitor.actor, door.at
    with placed(form_place):
        if isinstance(sent.whose, str):
            person_id = person_to_refer(work, door.visitor, sent.whose)
            return draft_for(person_id, sent.form, agreed=sent.agreed, by=by, at=at, work=work)
        return draft_for_somebody_new(sent.whose, sent.form, agreed=sent.agreed, by=by, at=at, work=work)


@router.get(
    "/referrals/{referral_id}",
    summary="One referral, as far as it is yours to see",
    response_model=ReferralRead,
    responses=declared(NotFound),
)
def read_referral(referral_id: IdInPath, door: Annotated[Door, may(Permission.READ_REFERRALS)]) -> Response:
    """The case file to an officer, their own referral to a referrer, what decides to a provider.

    That it was read, and by whom, is recorded.
    """

    def question(work: Work) -> Told:
        referral_in_reach(work, door.visitor, referral_id)
        return read_for(door.visitor, referral_id, at=door.at, work=work)

    return door.look(question)


@router.put(
    "/referrals/{referral_id}",
    summary="Put another form in a draft's place",
    response_model=ReferralStands,
    responses=declared(*EDITS),
)
def change_draft(
    referral_id: IdInPath,
    asked: DraftChanged,
    seen: Seen,
    door: Annotated[Door, may(Permission.ENTER_REFERRALS)],
) -> Response:
    """What was submitted before is not changed but corrected, with a reason."""

    def deed(work: Work) -> ReferralStands:
        stood = referral_in_reach(work, door.visitor, referral_id)
        sent = change_sent(asked, stood, door)
        with placed(form_place):
            row = change_draft_and_person(
                referral_id,
                sent.form,
                seen=seen,
                person=sent.person,
                agreed=sent.agreed,
                by=door.visitor.actor,
                at=door.at,
                work=work,
            )
        return stands(row)

    return door.write(deed)


@router.post(
    "/referrals/{referral_id}/submit",
    summary="Submit a draft",
    response_model=ReferralStands,
    responses=declared(*EDITS),
)
def submit_referral(
    referral_id: IdInPath, seen: Seen, door: Annotated[Door, may(Permission.ENTER_REFERRALS)]
) -> Response:
    """It needs a designated agency, a person who agreed, a client group and a day that is not to come."""

    def deed(work: Work) -> ReferralStands:
        referral_in_reach(work, door.visitor, referral_id)
        with placed(form_place):
            return stands(submit(referral_id, seen=seen, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed)


@router.post(
    "/referrals/{referral_id}/correct",
    summary="Correct what a referral says, with a reason",
    response_model=ReferralStands,
    responses=declared(*EDITS),
)
def correct_referral(
    referral_id: IdInPath, asked: Corrected, seen: Seen, door: Annotated[Door, may(Permission.TRIAGE)]
) -> Response:
    """The whole form takes the place of the one that stands, and the referral is scored anew at once."""

    def deed(work: Work) -> ReferralStands:
        stood = referral_in_reach(work, door.visitor, referral_id)
        with placed(form_place):
            details = correction_sent(asked, stood)
            row = change_facts(
                referral_id, details, seen=seen, why=asked.why, by=door.visitor.actor, at=door.at, work=work
            )
        return stands(row)

    return door.write(deed)
