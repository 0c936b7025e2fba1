"""Where a referral stands, and what its agency does about it: answer, withdraw, appeal, refer again."""

from collections.abc import Callable, Mapping, Sequence

from fastapi import APIRouter, Response

from api.access.reach import person_to_refer, question_in_reach, referral_in_reach
from api.design_system.spoken import spoken_moment
from api.pages.my_referrals.case import Case, case_read, name_of
from api.pages.my_referrals.doors import ReferrerDoor, list_of, names_agencies
from api.pages.my_referrals.standing_views import Answering, standing, withdrawing
from api.pages.page_door import PageDoor, by_field, gone
from api.rest.values import IdInPath
from gateway.people.tables import PersonRow
from gateway.placements.dependants import OffersAndPlacements
from gateway.placements.offers import OfferLine, offers_of
from gateway.records.reading import record_reading
from gateway.referrals.details import ReferralDetails
from gateway.referrals.ending import appeal, withdraw
from gateway.referrals.ending_tree import what_ending_does
from gateway.referrals.entering_somebody import draft_for
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, QuestionRow, ReferralRow
from gateway.referrals.triaging import answer
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)


@router.get("/my-referrals/{referral_id}")
def show_referral(referral_id: IdInPath, door: ReferrerDoor) -> Response:
    """Where it stands in words, what was asked, offered and said; of a draft, its pages."""

    def read(work: Work) -> tuple[Case, Sequence[OfferLine]]:
        return case_read(work, door.visitor, referral_id), offers_of(work, referral_id)

    case, offers = door.looks(read)
    view, back = (
        standing(case, offers, own=not names_agencies(door.visitor)),
        list_of(door.visitor, case.own.agency),
    )
    return door.show(
        "my_referrals/referral.html", title=f"Referral {case.id}", view=view, back=back, exit_this_page=True
    )


@router.get("/my-referrals/{referral_id}/questions/{question_id}")
def show_question(referral_id: IdInPath, question_id: IdInPath, door: ReferrerDoor) -> Response:
    """A question of the gateway team's, and room for the answer."""
    return _question(door, referral_id, question_id, {})


@router.post("/my-referrals/{referral_id}/questions/{question_id}")
def answer_question(referral_id: IdInPath, question_id: IdInPath, door: ReferrerDoor) -> Response:
    """With the last one answered, the gateway team looks at the referral again."""

    def deed(work: Work) -> ReferralStatus:
        _asked(work, door, referral_id, question_id)
        by, at = door.visitor.actor, door.at
        return answer(question_id, door.form.one("answer"), by=by, at=at, work=work).status

    here = f"/my-referrals/{referral_id}"
    try:
        status = door.does_once(deed, lambda _: here)
    except Invalid:
        return _question(door, referral_id, question_id, {"answer": "Enter an answer"})
    except Conflict:
        said = "This question was answered meanwhile, or is no longer asked."
        return _question(door, referral_id, question_id, {"answer": said})
    more = status is ReferralStatus.MORE_ASKED
    said = "Answered. There is more to answer." if more else "Answered. The gateway team looks at it again."
    return door.go(here, said=said)


def _asked(work: Work, door: PageDoor, referral_id: str, question_id: str) -> QuestionRow:
    question = question_in_reach(work, door.visitor, question_id)
    if question.referral_id != referral_id:
        raise NotFound("question", question_id)
    return question


def _question(door: PageDoor, referral_id: str, question_id: str, faults: Mapping[str, str]) -> Response:
    def read(work: Work) -> Answering:
        question = _asked(work, door, referral_id, question_id)
        row = referral_in_reach(work, door.visitor, referral_id)
        about = (row.id, row.person_id)
        record_reading("questions read", about=about, by=door.visitor.actor, at=door.at, work=work)
        return Answering(
            caption=name_of(work.get(PersonRow, row.person_id)),
            action=f"/my-referrals/{referral_id}/questions/{question_id}",
            question=question.text,
            asked=spoken_moment(question.asked_at),
            typed=door.form.one("answer"),
        )

    view = door.looks(read)
    return door.show(
        "my_referrals/answer.html",
        title="Answer a question",
        view=view,
        faults=faults,
        back=f"/my-referrals/{referral_id}",
        exit_this_page=True,
    )


@router.get("/my-referrals/{referral_id}/withdraw")
def show_withdrawal(referral_id: IdInPath, door: ReferrerDoor) -> Response:
    """What a withdrawal would end, and what forbids it; nothing is done."""
    return _withdrawal(door, referral_id, {})


@router.post("/my-referrals/{referral_id}/withdraw")
def withdraw_referral(referral_id: IdInPath, door: ReferrerDoor) -> Response:
    """At the person's or the referrer's wish, with the offers that hang on it."""

    def deed(work: Work) -> None:
        referral_in_reach(work, door.visitor, referral_id)
        work.get(ReferralRow, referral_id, seen=door.form.seen())
        reason = door.form.one("reason")
        if reason not in set(EndReason):
            raise Invalid([("reason", "choose why it is withdrawn")])
        withdraw(
            referral_id,
            reason=EndReason(reason),
            why=door.form.text("why"),
            dependants=OffersAndPlacements(),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )

    return _done(door, referral_id, deed, _withdrawal, said="The referral is withdrawn.", at="reason")


def _done(
    door: PageDoor,
    referral_id: str,
    deed: Callable[[Work], object],
    page: Callable[[PageDoor, str, Mapping[str, str]], Response],
    *,
    said: str,
    at: str,
) -> Response:
    """Do it and go to the referral; or the page again with what is wrong, at ``at`` if at no field."""
    here = f"/my-referrals/{referral_id}"
    try:
        door.does_once(deed, lambda _: here)
    except Invalid as refused:
        return page(door, referral_id, by_field(refused, {}))
    except ChangedMeanwhile:
        return page(door, referral_id, {at: "It changed while you were reading. See what stands now"})
    except Conflict as refused:
        return page(door, referral_id, {at: str(refused)})
    return door.go(here, said=said)


def _withdrawal(door: PageDoor, referral_id: str, faults: Mapping[str, str]) -> Response:
    form, to = door.form, ReferralStatus.WITHDRAWN

    def read(work: Work) -> object:
        case = case_read(work, door.visitor, referral_id)
        tree = what_ending_does(work, referral_id, to=to, dependants=OffersAndPlacements())
        return withdrawing(case, tree, chosen=form.one("reason"), typed=form.one("why"))

    view, back = door.looks(read), f"/my-referrals/{referral_id}"
    title = "Withdraw this referral"
    return door.show("my_referrals/withdraw.html", title=title, view=view, faults=faults, back=back)


@router.get("/my-referrals/{referral_id}/appeal")
def show_appeal(referral_id: IdInPath, door: ReferrerDoor) -> Response:
    """Why it should be looked at again."""
    return _appeal(door, referral_id, {})


@router.post("/my-referrals/{referral_id}/appeal")
def appeal_referral(referral_id: IdInPath, door: ReferrerDoor) -> Response:
    """It is looked at again and, on the list, stands where it stood."""

    def deed(work: Work) -> None:
        referral_in_reach(work, door.visitor, referral_id)
        why = door.form.one("why")
        if not why:
            raise Invalid([("why", "say why it should be looked at again")])
        appeal(referral_id, why=why, by=door.visitor.actor, at=door.at, work=work)

    return _done(door, referral_id, deed, _appeal, said="The gateway team looks at it again.", at="why")


def _appeal(door: PageDoor, referral_id: str, faults: Mapping[str, str]) -> Response:
    case = door.looks(lambda work: case_read(work, door.visitor, referral_id))
    return door.show(
        "my_referrals/appeal.html",
        title="Ask for it to be looked at again",
        view=standing(case, (), own=not names_agencies(door.visitor)),
        typed=door.form.one("why"),
        faults=faults,
        back=f"/my-referrals/{referral_id}",
    )


@router.post("/my-referrals/{referral_id}/again")
def refer_again(referral_id: IdInPath, door: ReferrerDoor) -> Response:
    """A new draft for somebody whom this agency referred before."""

    def deed(work: Work) -> str:
        row = referral_in_reach(work, door.visitor, referral_id)
        person_id = person_to_refer(work, door.visitor, row.person_id)

        def form(person_id: str) -> ReferralDetails:
            return ReferralDetails(person_id=person_id, agency_id=row.agency_id)

        draft = draft_for(person_id, form, by=door.visitor.actor, at=door.at, work=work)
        return f"/my-referrals/{draft.id}"

    return gone(door.does_once(deed), said="A new draft is there for them.")
