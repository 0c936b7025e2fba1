"""Every open referral that was scored, as it stands and as a scheme sees it on a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from gateway.assessment.assess import Assessment, assess
from gateway.assessment.ranking import triage_rank
from gateway.assessment.scheme import Scheme
from gateway.assessment.stored_referrals import fitting, stored_referrals
from gateway.assessment.tables import AssessmentRow
from gateway.people.clusters import these
from gateway.referrals.states import OPEN
from gateway.referrals.tables import ReferralRow
from gateway.storage.work import Work

AT_ONCE = 1000
"""Referrals read at once; whatever their number, memory stays flat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One referral: the score that is kept, and what a scheme says of it on a day.

    kept_rank, found_rank
        Its place in the triage list, by either.
    """

    referral_id: str
    person_id: str
    kept: AssessmentRow
    kept_rank: int
    found: Assessment
    found_rank: int

    @property
    def differs(self) -> bool:
        """Whether anything is different, days of waiting aside."""
        return differs(self.kept, self.kept_rank, self.found, self.found_rank)


def differs(kept: AssessmentRow, kept_rank: int, found: Assessment, found_rank: int) -> bool:
    """Whether an assessment says anything else than the one that is kept, days of waiting aside."""
    before = (kept.scheme, kept.edition, kept.score, kept.band, kept.effective_band)
    after = (found.scheme, found.scheme_version, found.score, found.band, found.effective_band)
    lists = (kept.possible_bands, kept.missing) != (spaced(found.possible_bands), spaced(found.missing))
    return before != after or lists or kept_rank != found_rank


def spaced(values: tuple[object, ...]) -> str:
    """Values as they are kept in one column, with blanks between."""
    return " ".join(map(str, values))


def standings(work: Work, scheme: Scheme, on: date) -> Iterator[Standing]:
    """Every open referral that was scored, in the order of ids, assessed anew; seven queries a thousand.

    Raises
    ------
    Invalid
        If what is stored of one contradicts itself.
    """
    ids = _scored_after(work, "")
    while ids:
        referrals = stored_referrals(work, ids, on=on)
        for kept, person_id, rank in _kept(work, ids):
            referral = fitting(referrals[kept.referral_id], scheme)
            found = assess(referral, scheme, on=on)
            yield Standing(
                referral_id=kept.referral_id,
                person_id=person_id,
                kept=kept,
                kept_rank=rank,
                found=found,
                found_rank=triage_rank(found, scheme, referral.referred_on),
            )
        ids = _scored_after(work, ids[-1])


def _scored_after(work: Work, after: str) -> Sequence[str]:
    wanted = (ReferralRow.status.in_(sorted(OPEN)), ReferralRow.triage_rank > 0, ReferralRow.id > after)
    return work.all(select(ReferralRow.id).where(*wanted).order_by(ReferralRow.id).limit(AT_ONCE))


def _kept(work: Work, ids: Sequence[str]) -> Sequence[tuple[AssessmentRow, str, int]]:
    found = (
        select(AssessmentRow, ReferralRow.person_id, ReferralRow.triage_rank)
        .join(ReferralRow, ReferralRow.id == AssessmentRow.referral_id)
        .where(AssessmentRow.superseded_at.is_(None), AssessmentRow.referral_id.in_(these(work, ids)))
        .order_by(ReferralRow.id)
    )
    return [(kept, person_id, rank) for kept, person_id, rank in work.session.execute(found)]
