"""How often, in which direction and by whom computed bands are overridden."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select

from gateway.assessment.tables import AssessmentRow, OverrideRow
from gateway.local_day import start_of
from gateway.stay import Stay
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRates:
    """Overrides set in a period, beside the referrals assessed in it.

    raised, lowered, confirmed, not_computed
        Of the overrides: a higher priority (lower number) than computed, a lower one, the same, and those set
        while the band was not known.
    by_officer
        Pairs of an account and how many it set, the most first.
    """

    assessed: int
    overridden: int
    raised: int
    lowered: int
    confirmed: int
    not_computed: int
    by_officer: tuple[tuple[str, int], ...]

    @property
    def share(self) -> Fraction | None:
        """Of the referrals assessed, how many were overridden; ``None`` where none was assessed."""
        return Fraction(self.overridden, self.assessed) if self.assessed else None


def override_rates(work: Work, stay: Stay) -> OverrideRates:
    """The rates over some days, London's; two queries."""
    overrides = _overrides(work, stay)
    ways = Counter(_way(each) for each in overrides)
    officers = Counter(each.set_by for each in overrides)
    return OverrideRates(
        assessed=_assessed(work, stay),
        overridden=len({each.referral_id for each in overrides}),
        raised=ways["raised"],
        lowered=ways["lowered"],
        confirmed=ways["confirmed"],
        not_computed=ways["not_computed"],
        by_officer=tuple(sorted(officers.items(), key=lambda each: (-each[1], each[0]))),
    )


def _overrides(work: Work, stay: Stay) -> Sequence[OverrideRow]:
    within = [OverrideRow.set_at >= start_of(stay.from_day)]
    if stay.until is not None:
        within.append(OverrideRow.set_at < start_of(stay.until))
    return work.all(select(OverrideRow).where(*within).order_by(OverrideRow.id))


def _assessed(work: Work, stay: Stay) -> int:
    within = [AssessmentRow.assessed_on >= stay.from_day]
    if stay.until is not None:
        within.append(AssessmentRow.assessed_on < stay.until)
    counted = select(func.count(AssessmentRow.referral_id.distinct())).where(*within)
    return work.session.scalars(counted).one()


def _way(override: OverrideRow) -> str:
    if override.computed_band is None:
        return "not_computed"
    if override.band == override.computed_band:
        return "confirmed"
    return "raised" if override.band < override.computed_band else "lowered"
