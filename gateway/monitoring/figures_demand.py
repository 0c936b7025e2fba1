"""Demand against supply: who came, who got a place, and how many units there were for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, or_, select

from gateway.directory.tables import ServiceRow, UnitRow
from gateway.local_day import local_day
from gateway.monitoring.figures_scope import FiguresScope, gathered, summed
from gateway.monitoring.repeat_presentations import presented
from gateway.monitoring.small_numbers import Spread, ToldCounts, told_counts, told_spread
from gateway.placements.tables import PlacementRow
from gateway.referrals.tables import ReferralRow
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandCounts:
    """True counts, for nobody's eyes but those of whoever makes them fit to be told.

    referrals
        That were submitted, were no duplicates, and arrived in these months.
    placements
        That began in these months.
    units
        Open on the last day: in a tier, a lot, or where the service stands. Units are no people.
    """

    referrals: Mapping[str, int]
    placements: Mapping[str, int]
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDemand:
    """The same as it may be told."""

    referrals: ToldCounts
    placements: ToldCounts
    units: Mapping[str, int]

    @classmethod
    def of(cls, counts: DemandCounts) -> "ToldDemand":
        """What may be told of counts."""
        return cls(
            referrals=told_counts(counts.referrals),
            placements=told_counts(counts.placements),
            units=counts.units,
        )


class _Came(NamedTuple):
    tier: str | None
    authority: str | None
    band: int | None
    number: int


class _Placed(NamedTuple):
    tier: str
    lot: str
    authority: str | None
    band: int | None
    number: int


class _Units(NamedTuple):
    tier: str
    lot: str
    authority: str
    number: int


def demand_counts(work: Work, scope: FiguresScope) -> Mapping[str, DemandCounts]:
    """By ``tier``, ``lot``, ``authority`` and ``band``, in three queries.

    The tier of a referral is the one asked for, that of a placement the service's; nobody asks for a lot, and
    no unit has a band. The authority of people is where they come from (on moving in, for a placement), that
    of a unit where its service stands. The band of a referral is the one in force now.
    """
    came, placed, units = _came(work, scope), _placed(work, scope), _units(work, scope)
    return {
        "tier": DemandCounts(
            referrals=summed(came, lambda row: row.tier, lambda row: row.number),
            placements=summed(placed, lambda row: row.tier, lambda row: row.number),
            units=summed(units, lambda row: row.tier, lambda row: row.number),
        ),
        "lot": DemandCounts(
            referrals={},
            placements=summed(placed, lambda row: row.lot, lambda row: row.number),
            units=summed(units, lambda row: row.lot, lambda row: row.number),
        ),
        "authority": DemandCounts(
            referrals=summed(came, lambda row: row.authority, lambda row: row.number),
            placements=summed(placed, lambda row: row.authority, lambda row: row.number),
            units=summed(units, lambda row: row.authority, lambda row: row.number),
        ),
        "band": DemandCounts(
            referrals=summed(came, lambda row: row.band, lambda row: row.number),
            placements=summed(placed, lambda row: row.band, lambda row: row.number),
            units={},
        ),
    }


def _came(work: Work, scope: FiguresScope) -> Sequence[_Came]:
    columns = (ReferralRow.tier, ReferralRow.authority_id, ReferralRow.band)
    query = select(*columns, func.count()).where(presented(scope.stay)).group_by(*columns)
    if scope.authority is not None:
        query = query.where(ReferralRow.authority_id == scope.authority)
    return [_Came(*row) for row in work.session.execute(query)]


def _placed(work: Work, scope: FiguresScope) -> Sequence[_Placed]:
    columns = (ServiceRow.tier, ServiceRow.lot, PlacementRow.authority_id, ReferralRow.band)
    query = (
        select(*columns, func.count())
        .join_from(PlacementRow, ServiceRow, ServiceRow.id == PlacementRow.service_id)
        .join(ReferralRow, ReferralRow.id == PlacementRow.referral_id)
        .where(PlacementRow.from_day >= scope.first, PlacementRow.from_day < scope.until)
        .group_by(*columns)
    )
    if scope.authority is not None:
        query = query.where(PlacementRow.authority_id == scope.authority)
    return [_Placed(*row) for row in work.session.execute(query)]


def _units(work: Work, scope: FiguresScope) -> Sequence[_Units]:
    columns = (ServiceRow.tier, ServiceRow.lot, ServiceRow.authority_id)
    last = date.fromordinal(scope.until.toordinal() - 1)
    query = select(*columns, func.count()).join_from(UnitRow, ServiceRow, ServiceRow.id == UnitRow.service_id)
    for row in (UnitRow, ServiceRow):
        query = query.where(row.opens_on <= last, or_(row.closes_on.is_(None), row.closes_on > last))
    if scope.authority is not None:
        query = query.where(ServiceRow.authority_id == scope.authority)
    return [_Units(*row) for row in work.session.execute(query.group_by(*columns))]


def waiting_days(work: Work, scope: FiguresScope) -> Mapping[str, Mapping[str, Sequence[int]]]:
    """How many days people had waited who first moved in in these months: by tier, authority and band.

    From the day on which the referral was put on the list (London's) to the day of moving in; a second place
    under the same referral is no wait. One query.
    """
    earlier = select(PlacementRow.referral_id, func.min(PlacementRow.from_day).label("first"))
    firsts = earlier.group_by(PlacementRow.referral_id).subquery()
    query = (
        select(ServiceRow.tier, PlacementRow.authority_id, ReferralRow.band)
        .add_columns(PlacementRow.from_day, ReferralRow.waiting_since)
        .join_from(PlacementRow, ServiceRow, ServiceRow.id == PlacementRow.service_id)
        .join(ReferralRow, ReferralRow.id == PlacementRow.referral_id)
        .join(firsts, firsts.c.referral_id == PlacementRow.referral_id)
        .where(PlacementRow.from_day == firsts.c.first, ReferralRow.waiting_since.is_not(None))
        .where(PlacementRow.from_day >= scope.first, PlacementRow.from_day < scope.until)
    )
    if scope.authority is not None:
        query = query.where(PlacementRow.authority_id == scope.authority)
    rows = [
        (tier, authority, band, max(0, (day - local_day(since)).days))
        for tier, authority, band, day, since in work.session.execute(query)
    ]
    return {
        "tier": gathered((tier, days) for tier, _, _, days in rows),
        "authority": gathered((authority, days) for _, authority, _, days in rows),
        "band": gathered((band, days) for _, _, band, days in rows),
        "all": gathered(("all", days) for *_, days in rows),
    }


def told_waits(days: Mapping[str, Sequence[int]]) -> Mapping[str, Spread]:
    """Waits as they may be told: how many people are behind each is told like any column of counts."""
    people = told_counts({key: len(values) for key, values in days.items()}).rows
    spreads = {key: told_spread(values) for key, values in days.items()}
    return {
        key: Spread(people=people[key], median=each.median, p90=each.p90)
        if people[key] is not None
        else Spread(people=None, median=None, p90=None)
        for key, each in spreads.items()
    }
