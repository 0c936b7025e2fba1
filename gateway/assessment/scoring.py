"""Scoring a referral: by new answers, or anew by what is known; each score is kept with its answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gateway.assessment.assess import Assessment, assess
from gateway.assessment.ranking import triage_rank
from gateway.assessment.referral import InvalidReferral, Referral
from gateway.assessment.scheme import Scheme
from gateway.assessment.scheme_documents import scheme_in_force
from gateway.assessment.standings import differs, spaced
from gateway.assessment.stored_referrals import fitting, stored_referrals
from gateway.assessment.tables import AnswerRow, AssessmentRow
from gateway.local_day import local_day
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.details import ReferralDetails
from gateway.referrals.entering import correct
from gateway.referrals.states import OPEN
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict, refuse
from gateway.storage.work import LostRace, Work


def score_referral(
    referral_id: str,
    answers: Mapping[str, int | None],
    *,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> AssessmentRow:
    """Score a referral by the scheme in force; the score before is kept, and superseded.

    Parameters
    ----------
    answers
        Scores by item of the scheme; ``None``, or no entry, is not yet asked.

    Raises
    ------
    Invalid
        If an answer is to no item of the scheme, or not one of its scores.
    Conflict
        If the referral is a draft, or has ended; or no scheme is in force.
    """
    row = work.get(ReferralRow, referral_id, seen=seen)
    if row.status not in OPEN:
        raise Conflict(f"Referral {row.id} is {row.status}: only an open referral is scored.")
    scheme = scheme_in_force(work, at)
    return score_known(row, _facts(work, row.id, at), answers, scheme, by=by, at=at, work=work)


def score_known(
    row: ReferralRow,
    facts: Referral,
    answers: Mapping[str, int | None],
    scheme: Scheme,
    *,
    by: Actor,
    at: datetime,
    work: Work,
) -> AssessmentRow:
    """As `score_referral`, for a referral and its facts (`stored_referrals`) read before, with many others.

    Raises
    ------
    Invalid
        If an answer is to no item of the scheme, or not one of its scores.
    """
    told = {item: score for item, score in answers.items() if score is not None}
    found = _assessed(row.id, facts, told, scheme, at)
    return _keep(row, found, told, scheme, what="referral scored", by=by, at=at, work=work)


def assessed_with(
    referral_id: str, answers: Mapping[str, int | None], *, at: datetime, work: Work
) -> Assessment:
    """What these answers would give by the scheme in force, with the facts that stand; nothing is kept.

    Raises
    ------
    Invalid
        If an answer is to no item of the scheme, or not one of its scores.
    NotFound, NoSchemeInForce
        If there is no such referral, or no scheme is in force.
    """
    row, scheme = work.get(ReferralRow, referral_id), scheme_in_force(work, at)
    told = {item: score for item, score in answers.items() if score is not None}
    return _assessed(row.id, _facts(work, row.id, at), told, scheme, at)


def rescore(referral_id: str, *, by: Actor, at: datetime, work: Work) -> AssessmentRow | None:
    """Score a referral anew by the scheme in force and the answers it has, because something else changed.

    Where nothing but the days of waiting differs, the score that stands is given and nothing is written; who
    was never scored, or has ended, is not scored: ``None``.

    Raises
    ------
    NoSchemeInForce
        If none is.
    """
    row, stands = work.get(ReferralRow, referral_id), in_force(work, referral_id)
    if stands is None or row.status not in OPEN:
        return stands
    scheme = scheme_in_force(work, at)
    facts = fitting(_facts(work, row.id, at), scheme)
    found = _assessed(row.id, facts, facts.answers, scheme, at)
    if not differs(stands, row.triage_rank, found, triage_rank(found, scheme, row.referred_on)):
        return stands
    return _keep(row, found, facts.answers, scheme, what="referral rescored", by=by, at=at, work=work)


def assess_anew(referral_id: str, *, what: str, by: Actor, at: datetime, work: Work) -> AssessmentRow:
    """Score a referral by what is known of it, be it nothing at all, whether or not anything differs.

    Raises
    ------
    NoSchemeInForce
        If none is.
    """
    row, scheme = work.get(ReferralRow, referral_id), scheme_in_force(work, at)
    facts = fitting(_facts(work, row.id, at), scheme)
    found = _assessed(row.id, facts, facts.answers, scheme, at)
    return _keep(row, found, facts.answers, scheme, what=what, by=by, at=at, work=work)


def change_facts(
    referral_id: str, details: ReferralDetails, *, seen: int, why: str, by: Actor, at: datetime, work: Work
) -> ReferralRow:
    """Correct what a referral says and score it anew, so that no band outlives the facts it came from.

    Raises
    ------
    ChangedMeanwhile, Conflict, Invalid
        As ``gateway.referrals.entering.correct``.
    """
    row = correct(referral_id, details, seen=seen, why=why, by=by, at=at, work=work)
    if row.triage_rank:
        rescore(row.id, by=by, at=at, work=work)
    return row


def in_force(work: Work, referral_id: str) -> AssessmentRow | None:
    """The assessment of a referral that no later one superseded."""
    return work.first(
        select(AssessmentRow).where(
            AssessmentRow.referral_id == referral_id, AssessmentRow.superseded_at.is_(None)
        )
    )


def _facts(work: Work, referral_id: str, at: datetime) -> Referral:
    return stored_referrals(work, [referral_id], on=local_day(at))[referral_id]


def _assessed(
    referral_id: str, facts: Referral, answers: Mapping[str, int], scheme: Scheme, at: datetime
) -> Assessment:
    try:
        return assess(replace(facts, answers=answers), scheme, on=local_day(at))
    except InvalidReferral as error:
        refuse(error.faults)
        raise AssertionError(f"unreachable: referral {referral_id} has faults") from error


def _keep(
    row: ReferralRow,
    found: Assessment,
    answers: Mapping[str, int],
    scheme: Scheme,
    *,
    what: str,
    by: Actor,
    at: datetime,
    work: Work,
) -> AssessmentRow:
    _supersede(row, by=by, at=at, work=work)
    about = (row.id, row.person_id)
    kept = _row(work.new_id("E"), row.id, found, by)
    told = [AnswerRow(assessment_id=kept.id, item=item, score=answers.get(item)) for item in scheme.item_keys]
    try:
        with work.attempt():
            row.band = found.effective_band
            row.triage_rank = triage_rank(found, scheme, row.referred_on)
            write(work, kept, row, what=what, by=by, at=at, about=about)
    except IntegrityError:
        raise LostRace(f"referral {row.id} was scored by somebody else") from None
    write(work, *told, what="answers kept", by=by, at=at, about=about)
    return kept


def _supersede(row: ReferralRow, *, by: Actor, at: datetime, work: Work) -> None:
    # By itself and first: a database sees the new one come before the old one goes, and allows one in force.
    if row.triage_rank and (stands := in_force(work, row.id)) is not None:
        stands.superseded_at = at
        write(work, stands, what="score superseded", by=by, at=at, about=(row.id, row.person_id))


def _row(id: str, referral_id: str, found: Assessment, by: Actor) -> AssessmentRow:
    return AssessmentRow(
        id=id,
        referral_id=referral_id,
        scheme=found.scheme,
        edition=found.scheme_version,
        assessed_on=found.on,
        assessed_by=by.id,
        scored=found.is_scored,
        score=found.score,
        band=found.band,
        effective_band=found.effective_band,
        order_in_band=found.order_in_band,
        possible_bands=spaced(found.possible_bands),
        missing=spaced(found.missing),
    )
