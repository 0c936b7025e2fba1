"""Placements begun and ended, and the key performance indicators of Supporting People."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import case, func, or_, select

from gateway.directory.tables import ServiceRow, Tier
from gateway.monitoring.figures_scope import FiguresScope, summed
from gateway.monitoring.small_numbers import ToldCounts, told_counts, told_share
from gateway.placements.tables import DepartureReason, Destination, PlacementRow
from gateway.storage.work import Work

INDEPENDENT: Final = frozenset(
    {
        *(Destination.SOCIAL_RENT, Destination.PRIVATE_RENT, Destination.OWNED),
        *(Destination.FAMILY_SETTLED, Destination.SHELTERED),
    }
)
"""Where somebody lives independently: own, social and long-term private homes, settled with others, or
sheltered; not care homes, hospitals, custody or short stays (Supporting People indicators, Barnet)."""


class PlacementGroup(NamedTuple):
    """Placements of these months that are alike, and how many.

    begun, ended
        Whether in these months.
    """

    tier: Tier
    reason: DepartureReason | None
    destination: Destination | None
    planned: bool | None
    begun: bool
    ended: bool
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """True numerators and denominators.

    KPI 1, people who have established or are maintaining independent living: of all whom floating support
    supported in these months, those whom it supports still or who left to live independently (Supporting
    People, London Borough of Barnet's definitions; service users current and departed).

    KPI 2, planned departures: of all who left short-term services (hub and local) in these months, those who
    left as agreed. Deaths are in neither number: neither planned nor unplanned (the definition leaves them to
    each authority). A move to another service of the gateway is a planned departure.
    """

    kpi1_part: int
    kpi1_whole: int
    kpi2_part: int
    kpi2_whole: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPlacements:
    """What may be told; shares in whole per cent, ``None`` where nobody or too few are behind them."""

    begun: ToldCounts
    ended: ToldCounts
    reasons: ToldCounts
    destinations: ToldCounts
    kpi1: int | None
    kpi2: int | None


def placement_groups(work: Work, scope: FiguresScope) -> Sequence[PlacementGroup]:
    """Placements of people of the scope's authority that share a day with these months; one query.

    Somebody who left on the first day did not live there in these months, and yet left in them.
    """
    begun = case((PlacementRow.from_day >= scope.first, True), else_=False)
    ended = case((PlacementRow.until < scope.until, True), else_=False)
    columns = (
        *(ServiceRow.tier, PlacementRow.departure_reason, PlacementRow.destination, PlacementRow.planned),
        *(begun, ended),
    )
    query = (
        select(*columns, func.count())
        .join_from(PlacementRow, ServiceRow, ServiceRow.id == PlacementRow.service_id)
        .where(PlacementRow.from_day < scope.until)
        .where(or_(PlacementRow.until.is_(None), PlacementRow.until >= scope.first))
        .group_by(*columns)
    )
    if scope.authority is not None:
        query = query.where(PlacementRow.authority_id == scope.authority)
    return [PlacementGroup(*row) for row in work.session.execute(query)]


def indicators(groups: Sequence[PlacementGroup]) -> Indicators:
    """KPI 1 and KPI 2, see `Indicators`."""
    floating = [each for each in groups if each.tier is Tier.FLOATING]
    left = [each for each in groups if each.tier is not Tier.FLOATING and each.ended]
    counted = [each for each in left if each.planned is not None]
    return Indicators(
        kpi1_part=sum(each.number for each in floating if not each.ended or each.destination in INDEPENDENT),
        kpi1_whole=sum(each.number for each in floating),
        kpi2_part=sum(each.number for each in counted if each.planned),
        kpi2_whole=sum(each.number for each in counted),
    )


def told_placements(groups: Sequence[PlacementGroup]) -> ToldPlacements:
    """What may be told of them."""
    begun, ended = [each for each in groups if each.begun], [each for each in groups if each.ended]
    found = indicators(groups)
    return ToldPlacements(
        begun=told_counts(summed(begun, lambda each: each.tier, lambda each: each.number)),
        ended=told_counts(summed(ended, lambda each: each.tier, lambda each: each.number)),
        reasons=told_counts(summed(ended, lambda each: each.reason, lambda each: each.number)),
        destinations=told_counts(summed(ended, lambda each: each.destination, lambda each: each.number)),
        kpi1=_share(found.kpi1_part, found.kpi1_whole),
        kpi2=_share(found.kpi2_part, found.kpi2_whole),
    )


def _share(part: int, whole: int) -> int | None:
    """Of numbers either side of which are told; a share of which the rest is hidden would tell the rest."""
    rest = told_counts({"part": part, "rest": whole - part})
    if None in rest.rows.values():
        return None
    return told_share(rest.rows["part"], rest.total)
