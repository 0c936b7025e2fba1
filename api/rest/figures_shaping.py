"""From what was counted to figures as they are answered: all about people by the rule of small numbers."""

from itertools import chain
from typing import Any

from api.rest.figures_told import (
    AccountTold,
    AgreementTold,
    CountsTold,
    DemandBy,
    DemandTold,
    OffersTold,
    PlacementsTold,
    ProviderTold,
    RepeatsTold,
    SpreadTold,
    UnitsTold,
    UseTold,
    WaitsTold,
)
from gateway.agreements.ledger import Account
from gateway.directory.tables import ProviderRow
from gateway.monitoring.figures_agreements import AgreementUse
from gateway.monitoring.figures_demand import (
    DemandCounts,
    demand_counts,
    told_waits,
    waiting_days,
)
from gateway.monitoring.figures_offers import (
    by_provider,
    offer_groups,
    told_outcomes,
    told_providers,
    told_refusals,
)
from gateway.monitoring.figures_placements import placement_groups, told_placements
from gateway.monitoring.figures_repeats import presenters, told_repeats
from gateway.monitoring.figures_scope import FiguresScope, others_together
from gateway.monitoring.figures_units import turnaround_days, unit_days
from gateway.monitoring.figures_units_told import ToldUse, told_units
from gateway.monitoring.small_numbers import Spread, ToldCounts, told_counts
from gateway.storage.work import Work


def demand_told(work: Work, scope: FiguresScope, own: str | None) -> DemandTold:
    """See `api.rest.figures.demand`."""
    counts = demand_counts(work, scope)
    return DemandTold(
        **_about(scope),
        tier=_demand(counts["tier"]),
        lot=_demand(counts["lot"], referrals=False),
        authority_of=_demand(
            DemandCounts(
                referrals=others_together(counts["authority"].referrals, own, sum),
                placements=others_together(counts["authority"].placements, own, sum),
                units=others_together(counts["authority"].units, own, sum),
            )
        ),
        band=_demand(counts["band"], units=False),
    )


def _demand(counts: DemandCounts, *, referrals: bool = True, units: bool = True) -> DemandBy:
    return DemandBy(
        referrals=_counts(told_counts(counts.referrals)) if referrals else None,
        placements=_counts(told_counts(counts.placements)),
        units=counts.units if units else None,
    )


def waits_told(work: Work, scope: FiguresScope, own: str | None) -> WaitsTold:
    """See `api.rest.figures.waits`."""
    days = dict(waiting_days(work, scope))
    days["authority"] = others_together(days["authority"], own, lambda lists: list(chain(*lists)))
    told = {key: {row: _spread(each) for row, each in told_waits(rows).items()} for key, rows in days.items()}
    return WaitsTold(
        **_about(scope),
        all=told["all"].get("all"),
        tier=told["tier"],
        authority_of=told["authority"],
        band=told["band"],
    )


def offers_told(work: Work, scope: FiguresScope, _: str | None) -> OffersTold:
    """See `api.rest.figures.offers`."""
    groups = offer_groups(work, scope)
    providers = told_providers(by_provider(groups))
    names = {row.id: row.name for row in work.where(ProviderRow, ProviderRow.id.in_(providers))}
    return OffersTold(
        **_about(scope),
        outcomes=_counts(told_outcomes(groups)),
        refusals={side: _counts(reasons) for side, reasons in told_refusals(groups).items()},
        providers={
            id: ProviderTold(name=names[id], answered=each.answered, refused=each.refused, ratio=each.ratio)
            for id, each in providers.items()
        },
    )


def placements_told(work: Work, scope: FiguresScope, _: str | None) -> PlacementsTold:
    """See `api.rest.figures.placements`."""
    told = told_placements(placement_groups(work, scope))
    return PlacementsTold(
        **_about(scope),
        begun=_counts(told.begun),
        ended=_counts(told.ended),
        reasons=_counts(told.reasons),
        destinations=_counts(told.destinations),
        kpi1=told.kpi1,
        kpi2=told.kpi2,
    )


def units_told(work: Work, scope: FiguresScope, _: str | None) -> UnitsTold:
    """See `api.rest.figures.units`."""
    use, turnaround = told_units(unit_days(work, scope), scope), turnaround_days(work, scope)
    between = {
        key: {row: _spread(each) for row, each in told_waits(rows).items()}
        for key, rows in turnaround.items()
    }
    return UnitsTold(
        **_about(scope),
        all=_use(use.all),
        tier={key: _use(each) for key, each in use.tier.items()},
        lot={key: _use(each) for key, each in use.lot.items()},
        turnaround=between["all"].get("all"),
        turnaround_by_tier=between["tier"],
    )


def repeats_told(work: Work, scope: FiguresScope, _: str | None) -> RepeatsTold:
    """See `api.rest.figures.repeats`."""
    told = told_repeats(presenters(work, scope))
    return RepeatsTold(**_about(scope), times=_counts(told.times), causes=_counts(told.causes))


def agreement_told(use: AgreementUse, own: str | None) -> AgreementTold:
    """See `api.rest.figures.agreements`; whoever works for one authority is told its own account."""
    return AgreementTold(
        id=use.agreement_id,
        name=use.name,
        from_day=use.first,
        counted_to=use.counted_to,
        accounts=[_account(each) for each in use.accounts if own in (None, each.authority_id)],
        together=_account(use.together),
    )


def _account(account: Account) -> AccountTold:
    return AccountTold(
        authority=account.authority_id,
        allowed_weeks=account.allowed,
        used_weeks=account.used,
        left_weeks=account.left,
    )


def _about(scope: FiguresScope) -> dict[str, Any]:
    return {"from_day": scope.first, "until": scope.until, "authority": scope.authority}


def _counts(told: ToldCounts) -> CountsTold:
    return CountsTold(rows=told.rows, total=told.total)


def _spread(told: Spread) -> SpreadTold:
    return SpreadTold.model_validate(told)


def _use(told: ToldUse) -> UseTold:
    return UseTold.model_validate(told)
