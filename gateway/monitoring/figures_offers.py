"""What became of offers, whose reason it was, and who refuses more than whom they are offered explains."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import func, select

from gateway.directory.tables import ServiceRow
from gateway.monitoring.figures_scope import FiguresScope, summed
from gateway.monitoring.small_numbers import ToldCounts, told_counts
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow, RefusalReason, Review, Side
from gateway.referrals.tables import ReferralRow
from gateway.storage.work import Work

ENOUGH_OFFERS: Final = 20
"""Of fewer answered offers a provider's ratio says more of chance than of the provider; ours."""

ANSWERED: Final = frozenset(
    {OfferStatus.ACCEPTED, OfferStatus.TAKEN_UP, OfferStatus.NOT_ARRIVED, OfferStatus.REFUSED}
)
"""Offers to which a provider said yes or no."""


class OfferGroup(NamedTuple):
    """Offers that are alike, and how many."""

    provider: str
    band: int | None
    status: OfferStatus
    side: Side | None
    reason: RefusalReason | None
    review: Review | None
    number: int

    @property
    def refused_by_provider(self) -> int:
        """How many of them the provider refused, and was not found wrong to."""
        wrong = self.review is Review.OVERRULED
        refused = self.status is OfferStatus.REFUSED and self.side is Side.PROVIDER
        return self.number if refused and not wrong else 0

    @property
    def answered(self) -> int:
        """How many of them were answered at all."""
        return self.number if self.status in ANSWERED else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCounts:
    """True counts of one provider.

    expected
        How many it would have refused, had it refused those of each band as often as all providers together:
        indirect standardisation by band, as hospitals are compared (NHS England, SHMI methodology).
    """

    answered: int
    refused: int
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldProvider:
    """The same as it may be told.

    ratio
        Refused for each expected, to one decimal: above 1 it refuses more than its mix of bands explains.
        ``None``: of too few offers, or refusals, to tell.
    """

    answered: int | None
    refused: int | None
    ratio: float | None


def offer_groups(work: Work, scope: FiguresScope) -> Sequence[OfferGroup]:
    """Offers made in these months, to people of the scope's authority; one query."""
    begins, ends = scope.moments
    columns = (
        *(ServiceRow.provider_id, ReferralRow.band, OfferRow.status),
        *(OfferRow.side, OfferRow.reason, OfferRow.review),
    )
    query = (
        select(*columns, func.count())
        .join_from(OfferRow, ServiceRow, ServiceRow.id == OfferRow.service_id)
        .join(ReferralRow, ReferralRow.id == OfferRow.referral_id)
        .where(OfferRow.made_at >= begins, OfferRow.made_at < ends, OfferRow.status != OfferStatus.PROPOSED)
        .group_by(*columns)
    )
    if scope.authority is not None:
        query = query.where(ReferralRow.authority_id == scope.authority)
    return [OfferGroup(*row) for row in work.session.execute(query)]


def outcomes(groups: Sequence[OfferGroup]) -> Mapping[str, int]:
    """How many offers by what became of them."""
    return summed(groups, lambda each: each.status, lambda each: each.number)


def refusals(groups: Sequence[OfferGroup]) -> Mapping[str, Mapping[str, int]]:
    """How many refusals by reason, for each side."""
    refused = [each for each in groups if each.status is OfferStatus.REFUSED]
    return {
        side: summed(
            [each for each in refused if each.side is side],
            lambda each: each.reason,
            lambda each: each.number,
        )
        for side in Side
    }


def by_provider(groups: Sequence[OfferGroup]) -> Mapping[str, ProviderCounts]:
    """Answered offers, refusals and expected refusals of each provider, by its id."""
    answered: dict[int | None, int] = defaultdict(int)
    refused: dict[int | None, int] = defaultdict(int)
    for each in groups:
        answered[each.band] += each.answered
        refused[each.band] += each.refused_by_provider
    rates = {band: refused[band] / count for band, count in answered.items() if count}
    found: dict[str, list[OfferGroup]] = defaultdict(list)
    for each in groups:
        found[each.provider].append(each)
    return {
        provider: ProviderCounts(
            answered=sum(each.answered for each in theirs),
            refused=sum(each.refused_by_provider for each in theirs),
            expected=sum(each.answered * rates.get(each.band, 0.0) for each in theirs),
        )
        for provider, theirs in sorted(found.items())
    }


def told_providers(counts: Mapping[str, ProviderCounts]) -> Mapping[str, ToldProvider]:
    """What may be told of each provider: both columns by the rule, the ratio only where both are told."""
    answered = told_counts({id: each.answered for id, each in counts.items()}).rows
    refused = told_counts({id: each.refused for id, each in counts.items()}).rows
    return {
        id: ToldProvider(
            answered=answered[id],
            refused=refused[id],
            ratio=_ratio(each) if answered[id] is not None and refused[id] is not None else None,
        )
        for id, each in counts.items()
    }


def _ratio(counts: ProviderCounts) -> float | None:
    if counts.answered < ENOUGH_OFFERS or not counts.expected:
        return None
    return round(counts.refused / counts.expected, 1)


def told_outcomes(groups: Sequence[OfferGroup]) -> ToldCounts:
    """Outcomes as they may be told."""
    return told_counts(outcomes(groups))


def told_refusals(groups: Sequence[OfferGroup]) -> Mapping[str, ToldCounts]:
    """Refusals of each side by reason, as they may be told.

    The sides are rows of all refusals, so a side that is hidden among them is hidden with all its reasons.
    """
    found = refusals(groups)
    sides = told_counts({side: sum(reasons.values()) for side, reasons in found.items()}).rows
    return {side: _told_side(reasons, sides[side]) for side, reasons in found.items()}


def _told_side(reasons: Mapping[str, int], total: int | None) -> ToldCounts:
    if total is None:
        return ToldCounts(rows=dict.fromkeys(reasons), total=None)
    return told_counts(reasons)
