"""The assessment of a referral that is in force, line by line; those before it; the override that stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from gateway.assessment.assess import assess
from gateway.assessment.lines import Line
from gateway.assessment.overriding import override_of
from gateway.assessment.referral import InvalidReferral
from gateway.assessment.scheme import Scheme
from gateway.assessment.scheme_documents import scheme_of
from gateway.assessment.scoring import in_force
from gateway.assessment.stored_referrals import fitting, stored_referrals
from gateway.assessment.tables import AnswerRow, AssessmentRow, OverrideRow, SchemeRow
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Invalid, NotFound
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAssessment:
    """An assessment in force.

    answers
        By item, in the scheme's order; ``None`` is not asked yet.
    lines
        One for each contribution, as the facts stand now, on the day it was made.
    """

    referral: ReferralRow
    kept: AssessmentRow
    scheme: Scheme
    answers: dict[str, int | None]
    lines: tuple[Line, ...]
    override: OverrideRow | None

    @property
    def possible_bands(self) -> tuple[int, ...]:
        """Every band that the unknown answers still allow, rising."""
        return tuple(map(int, self.kept.possible_bands.split()))

    @property
    def missing(self) -> tuple[str, ...]:
        """The questions not yet answered."""
        return tuple(self.kept.missing.split())


def read_assessment(work: Work, referral_id: str) -> ReadAssessment:
    """The assessment of a referral that is in force; eleven queries at most.

    Raises
    ------
    NotFound
        If it was never assessed.
    """
    row, kept = work.get(ReferralRow, referral_id), in_force(work, referral_id)
    edition = None if kept is None else work.session.get(SchemeRow, (kept.scheme, kept.edition))
    if kept is None or edition is None:
        raise NotFound("assessment of referral", referral_id)
    scheme = scheme_of(edition.document)
    answers = {each.item: each.score for each in work.where(AnswerRow, AnswerRow.assessment_id == kept.id)}
    return ReadAssessment(
        referral=row,
        kept=kept,
        scheme=scheme,
        answers={item: answers.get(item) for item in scheme.item_keys},
        lines=_lines(work, row, scheme, kept.assessed_on),
        override=override_of(work, row.id),
    )


def _lines(work: Work, row: ReferralRow, scheme: Scheme, on: date) -> tuple[Line, ...]:
    # Who arrived, as was found later, after the day of the assessment is explained as of that later day.
    day = on if row.referred_on is None else max(on, row.referred_on)
    facts = fitting(stored_referrals(work, [row.id], on=day)[row.id], scheme)
    try:
        return assess(facts, scheme, on=day).lines
    except InvalidReferral as error:
        raise Invalid(error.faults) from None


def assessments_of(
    work: Work, referral_id: str, *, after: str | None = None, size: int
) -> Sequence[AssessmentRow]:
    """At most so many, the one in force first, then the one superseded last; two queries.

    Parameters
    ----------
    after
        The id of the last of the page before.

    Raises
    ------
    Invalid
        If the referral has no such assessment to go on from.
    """
    until, id = AssessmentRow.superseded_at, AssessmentRow.id
    query = select(AssessmentRow).where(AssessmentRow.referral_id == referral_id)
    if after is not None:
        last = work.session.get(AssessmentRow, after)
        if last is None or last.referral_id != referral_id:
            raise Invalid([("after", "is not where a page ended")])
        query = query.where(_before(last))
    return work.all(query.order_by(until.desc().nulls_first(), id).limit(size))


def _before(last: AssessmentRow) -> ColumnElement[bool]:
    until, id = AssessmentRow.superseded_at, AssessmentRow.id
    if last.superseded_at is None:
        return until.is_not(None)
    return or_(until < last.superseded_at, and_(until == last.superseded_at, id > last.id))
