"""What is stored of a case, as the assessment and the allocation see it: `Referral`, with no name in it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row as Tuple
from sqlalchemy import select

from gateway.assessment.referral import InvalidReferral, Referral
from gateway.assessment.scheme import Scheme
from gateway.assessment.tables import AnswerRow, AssessmentRow, OverrideRow
from gateway.people.clusters import these
from gateway.people.safety import safety_areas_of
from gateway.people.tables import PersonRow
from gateway.referrals.details_rows import by_traits
from gateway.referrals.tables import ReferralCodeRow, ReferralRow, ReferralTrait
from gateway.refusals import Invalid
from gateway.storage.work import Work

_T = ReferralTrait


def stored_referrals(work: Work, referral_ids: Collection[str], *, on: date) -> Mapping[str, Referral]:
    """These referrals by id, each with the answers of its assessment in force and its override; five queries.

    ``tags`` are the risks known to be so. ``avoid_areas`` are the authorities in which the person, under any
    of their ids, is not safe on the day. ``current_pool`` is not told: the placements know it.

    Raises
    ------
    Invalid
        If what is stored contradicts itself, naming the referral.
    """
    facts = _Facts.read(work, referral_ids, on)
    return {row.id: _referral(row, facts, on) for row in facts.referrals}


def fitting(referral: Referral, scheme: Scheme) -> Referral:
    """The referral with the answers that the scheme asks for and allows; the rest is not yet asked."""
    allowed = {item.key: item.scores for item in scheme.items}
    answers = {key: score for key, score in referral.answers.items() if score in allowed.get(key, ())}
    return replace(referral, answers=answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What is stored of some referrals, each by its referral's or its person's id."""

    referrals: Sequence[Tuple[*tuple[Any, ...]]]
    codes: Mapping[str, Sequence[ReferralCodeRow]]
    answers: Mapping[str, Mapping[str, int]]
    overrides: Mapping[str, OverrideRow]
    unsafe: Mapping[str, frozenset[str]]

    @staticmethod
    def read(work: Work, referral_ids: Collection[str], on: date) -> "_Facts":
        chosen = these(work, referral_ids)
        rows = select(*_COLUMNS, PersonRow.born, PersonRow.gender).join(
            PersonRow, PersonRow.id == ReferralRow.person_id
        )
        referrals = work.session.execute(
            rows.where(ReferralRow.id.in_(chosen)).order_by(ReferralRow.id)
        ).all()
        codes: dict[str, list[ReferralCodeRow]] = defaultdict(list)
        for code in work.where(ReferralCodeRow, ReferralCodeRow.referral_id.in_(chosen)):
            codes[code.referral_id].append(code)
        overrides = work.where(
            OverrideRow, OverrideRow.referral_id.in_(chosen), OverrideRow.ended_at.is_(None)
        )
        return _Facts(
            referrals=referrals,
            codes=codes,
            answers=_answers(work, referral_ids),
            overrides={each.referral_id: each for each in overrides},
            unsafe=safety_areas_of(work, {row.person_id for row in referrals}, on),
        )


_COLUMNS = tuple(
    getattr(ReferralRow, name)
    for name in (
        *("id", "person_id", "referred_on", "authority_id", "tier", "units", "immediate_safety", "duty_date"),
        *("discharge_date", "sleeping_rough", "current_service_id", "must_leave", "may_move"),
    )
)


def _answers(work: Work, referral_ids: Collection[str]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    answered = (
        select(AssessmentRow.referral_id, AnswerRow.item, AnswerRow.score)
        .join(AnswerRow, AnswerRow.assessment_id == AssessmentRow.id)
        .where(
            AssessmentRow.referral_id.in_(these(work, referral_ids)), AssessmentRow.superseded_at.is_(None)
        )
    )
    for referral_id, item, score in work.session.execute(answered):
        if score is not None:
            found[referral_id][item] = score
    return found


def _referral(row: Tuple[*tuple[Any, ...]], facts: _Facts, on: date) -> Referral:
    codes = by_traits(facts.codes.get(row.id, ()))
    band, reason, set_by = _override(facts.overrides.get(row.id))
    try:
        return Referral(
            reference=row.id,
            referred_on=row.referred_on,
            authority=row.authority_id,
            age=None if row.born is None else age_on(row.born, on),
            gender=row.gender and row.gender.lower(),
            client_groups=_values(codes[_T.CLIENT_GROUP]),
            tier=row.tier,
            units=row.units,
            tags=tuple(each.value for each in codes[_T.RISK] if each.answer),
            access_needs=_values(codes[_T.ACCESS_NEED]),
            immediate_safety=row.immediate_safety,
            duty_date=row.duty_date,
            discharge_date=row.discharge_date,
            sleeping_rough=row.sleeping_rough,
            answers=facts.answers.get(row.id, {}),
            avoid_services=_values(codes[_T.AVOIDED_SERVICE]),
            avoid_areas=tuple(sorted(facts.unsafe[row.person_id])),
            prefers=_values(codes[_T.WISHED_SERVICE]),
            override_band=band,
            override_reason=reason,
            override_by=set_by,
            current_service=row.current_service_id,
            must_leave=row.must_leave,
            may_move=row.may_move,
        )
    except InvalidReferral as error:
        raise Invalid((f"referral {row.id}, {column}", what) for column, what in error.faults) from None


def _override(row: OverrideRow | None) -> tuple[int | None, str | None, str | None]:
    return (None, None, None) if row is None else (row.band, row.reason, row.set_by)


def _values(codes: Sequence[ReferralCodeRow]) -> tuple[str, ...]:
    return tuple(each.value for each in codes)


def age_on(born: date, day: date) -> int:
    """Whole years on a day; who was born on 29 February is a year older on 1 March in a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
