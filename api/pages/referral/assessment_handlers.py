"""Scoring a referral, trying what answers would give, and setting another band with a reason."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.pages.page_door import PageDoor, by_field, sees
from api.pages.referral.assessment_views import (
    Answers,
    AssessmentPage,
    OverridePage,
    assessment_page,
    field_of,
    override_page,
)
from api.pages.referral.handlers import stands_otherwise
from api.pages.referral.heading import heading_told, unchanged
from api.rest.values import IdInPath
from gateway.accounts.finding import account_names
from gateway.assessment.overriding import end_override, override_band, override_of
from gateway.assessment.reading import read_assessment
from gateway.assessment.scheme import Scheme
from gateway.assessment.scheme_documents import scheme_in_force
from gateway.assessment.scoring import assessed_with, in_force, score_referral
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

AssessDoor = Annotated[PageDoor, sees(Permission.ASSESS)]

SOMEBODY = "the gateway"
"""Who scored it, where it is no account: the clock, or an import."""


@router.get("/referrals/{referral_id}/assessment")
def show_assessment(referral_id: IdInPath, door: AssessDoor) -> Response:
    """The questions with the answers there are, and what each line of the assessment means."""
    return _page(door, referral_id, None, {})


@router.post("/referrals/{referral_id}/assessment")
def score(referral_id: IdInPath, door: AssessDoor) -> Response:
    """Score it by these answers; or, with the other button, only say what they would give."""

    def deed(work: Work) -> str:
        unchanged(work, door, referral_id)
        answers = _answers(door, scheme_in_force(work, door.at))
        by = door.visitor.actor
        kept = score_referral(referral_id, answers, by=by, at=door.at, work=work)
        if not kept.scored:
            return f"Saved. {len(kept.missing.split())} answers are still missing."
        return f"Scored: {kept.score}, band {kept.effective_band}."

    here = f"/referrals/{referral_id}"
    try:
        if door.form.one("deed") == "work-out":
            answers = door.read(lambda work: _answers(door, scheme_in_force(work, door.at)))
            return _page(door, referral_id, answers, {})
        said = door.does_once(deed, lambda _: here)
    except Invalid as refused:
        return _page(door, referral_id, _readable(door), _faults(refused))
    except ChangedMeanwhile:
        told = ", ".join(
            f"{key}: {value}" for key, value in door.form.fields if key.startswith("score-") and value
        )
        return stands_otherwise(
            door, referral_id, [("Your answers", "", told.replace("score-", "").replace("_", " "))]
        )
    return door.go(here, said=said)


def _faults(refused: Invalid) -> dict[str, str]:
    return by_field(refused, {item: field_of(item) for item, _ in refused.faults})


def _answers(door: PageDoor, scheme: Scheme) -> Answers:
    """What was chosen; an answer that the page never offered is a fault of its field."""
    found: dict[str, int | None] = {}
    faults = []
    for item in scheme.items:
        text = door.form.one(field_of(item.key))
        known = {str(each): each for each in item.scores}
        if text and text not in known:
            faults.append((item.key, f"choose one of {', '.join(known)}, or not asked yet"))
        found[item.key] = known.get(text)
    if faults:
        raise Invalid(faults)
    return found


def _readable(door: PageDoor) -> Answers:
    """What of it can be shown again."""
    chosen = {key.removeprefix("score-"): text for key, text in door.form.fields if key.startswith("score-")}
    return {key: int(text) for key, text in chosen.items() if text.isdecimal() and len(text) < 5}


def _page(door: PageDoor, referral_id: str, tried: Answers | None, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> AssessmentPage:
        heading = heading_told(work, door, referral_id, read="assessment read")
        scheme, kept = scheme_in_force(work, door.at), in_force(work, referral_id)
        stored = {} if kept is None else read_assessment(work, referral_id).answers
        answers = _fitting(stored if tried is None else tried, scheme)
        override = override_of(work, referral_id)
        acted = [kept.assessed_by] if kept is not None else []
        names = account_names(work, [*acted, *([override.set_by] if override is not None else [])])
        return assessment_page(
            heading,
            scheme,
            answers,
            assessed_with(referral_id, answers, at=door.at, work=work),
            kept=kept,
            kept_by="" if kept is None else names.get(kept.assessed_by, SOMEBODY),
            names=names,
            tried=tried is not None and not faults,
        )

    view = door.looks(question)
    return door.show(
        "referral/assessment.html", title="Assessment", view=view, faults=faults, back=view.heading.href
    )


def _fitting(answers: Answers, scheme: Scheme) -> Answers:
    return {
        each.key: answer
        for each in scheme.items
        if (answer := answers.get(each.key)) is None or answer in each.scores
    }


@router.get("/referrals/{referral_id}/override")
def show_override(referral_id: IdInPath, door: AssessDoor) -> Response:
    """Which band counts, and setting another one."""
    return _override_page(door, referral_id, {}, {})


@router.post("/referrals/{referral_id}/override")
def override(referral_id: IdInPath, door: AssessDoor) -> Response:
    """Another band than the computed one, with a reason."""

    def deed(work: Work) -> int:
        unchanged(work, door, referral_id)
        band, reason = door.form.whole("band"), door.form.one("reason")
        faults = [
            *((("band", "choose a band"),) if band is None else ()),
            *((("reason", "say why, in your own words"),) if not reason else ()),
        ]
        if faults or band is None:
            raise Invalid(faults)
        by = door.visitor.actor
        override_band(referral_id, band, reason=reason, by=by, at=door.at, work=work)
        return band

    here = f"/referrals/{referral_id}"
    try:
        band = door.does_once(deed, lambda _: here)
    except Invalid as refused:
        return _override_page(door, referral_id, by_field(refused, {}), dict(door.form.fields))
    except ChangedMeanwhile:
        return stands_otherwise(door, referral_id, _both_overrides(door, referral_id))
    except Conflict as refused:
        return _override_page(door, referral_id, {"band": str(refused)}, dict(door.form.fields))
    return door.go(here, said=f"The band is set to {band}.")


@router.post("/referrals/{referral_id}/override/end")
def end(referral_id: IdInPath, door: AssessDoor) -> Response:
    """The computed band counts again."""

    def deed(work: Work) -> str:
        unchanged(work, door, referral_id)
        why = door.form.one("why")
        if not why:
            raise Invalid([("why", "say why, in your own words")])
        end_override(referral_id, why=why, by=door.visitor.actor, at=door.at, work=work)
        return f"/referrals/{referral_id}"

    try:
        there = door.does_once(deed)
    except Invalid as refused:
        return _override_page(door, referral_id, by_field(refused, {}), dict(door.form.fields))
    except ChangedMeanwhile:
        return stands_otherwise(door, referral_id, [("Your words", "", door.form.one("why"))])
    return door.go(there, said="The computed band counts again.")


def _both_overrides(door: PageDoor, referral_id: str) -> list[tuple[str, str, str]]:
    """What an officer has set meanwhile, if one has, and what was sent."""
    stands = door.read(lambda work: override_of(work, referral_id))
    band, reason = ("As computed", "") if stands is None else (str(stands.band), stands.reason)
    return [("Band", band, door.form.one("band")), ("Reason", reason, door.form.one("reason"))]


def _override_page(
    door: PageDoor, referral_id: str, faults: Mapping[str, str], sent: Mapping[str, str]
) -> Response:
    def question(work: Work) -> OverridePage:
        heading = heading_told(work, door, referral_id, read="assessment read")
        scheme, stands = scheme_in_force(work, door.at), override_of(work, referral_id)
        stored = {} if in_force(work, referral_id) is None else read_assessment(work, referral_id).answers
        return override_page(
            heading,
            scheme,
            assessed_with(referral_id, _fitting(stored, scheme), at=door.at, work=work),
            stands,
            set_by=""
            if stands is None
            else account_names(work, [stands.set_by]).get(stands.set_by, SOMEBODY),
            sent=sent,
        )

    view = door.looks(question)
    return door.show(
        "referral/override.html", title="Set another band", view=view, faults=faults, back=view.heading.href
    )
