"""Whether offers and waits fall alike on people of different bands, genders and authorities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from sqlalchemy import func, select

from gateway.local_day import local_day
from gateway.monitoring.figures_demand import told_waits
from gateway.monitoring.figures_scope import FiguresScope, gathered, others_together, summed
from gateway.monitoring.repeat_presentations import presented
from gateway.monitoring.small_numbers import Spread, ToldCounts, told_counts
from gateway.people.tables import PersonRow
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.referrals.tables import ReferralRow
from gateway.storage.work import Work

GROUPS: Final = ("band", "gender", "authority")
"""What people are compared by; a date of birth is sealed, and nobody is counted by it."""


class _Alike(NamedTuple):
    """People who are alike; ``number``: how many, or of one how many days."""

    band: int | None
    gender: str | None
    authority: str | None
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCounts:
    """True counts and waits by one thing, for nobody's eyes but those of whoever makes them fit to be told.

    referred
        That were submitted, were no duplicates, and arrived in these months.
    offered
        Offers made in these months.
    waits
        Days from the list to moving in, of those who first moved in in these months.
    """

    referred: Mapping[str, int]
    offered: Mapping[str, int]
    waits: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldGroups:
    """The same as it may be told."""

    referred: ToldCounts
    offered: ToldCounts
    waits: Mapping[str, Spread]

    @classmethod
    def of(cls, counts: GroupCounts) -> "ToldGroups":
        """What may be told of counts."""
        return cls(
            referred=told_counts(counts.referred),
            offered=told_counts(counts.offered),
            waits=told_waits(counts.waits),
        )

    def offers_for_each(self, key: str) -> float | None:
        """Offers for each referral, of counts as they are told: it tells no more than they do."""
        referred, offered = self.referred.rows.get(key, 0), self.offered.rows.get(key, 0)
        return None if not referred or offered is None else round(offered / referred, 1)


def fairness(work: Work, scope: FiguresScope, own: str | None) -> Mapping[str, ToldGroups]:
    """By each of `GROUPS`, in three queries; for whoever works for one authority the others stand in one row.

    The band is that of the referral, as it is now; the authority is where people come from.
    """
    came, offered, waited = _came(work, scope), _offered(work, scope), _waited(work, scope)
    return {by: ToldGroups.of(_grouped(by, own, came, offered, waited)) for by in GROUPS}


def _grouped(
    by: str,
    own: str | None,
    came: Sequence[_Alike],
    offered: Sequence[_Alike],
    waited: Sequence[_Alike],
) -> GroupCounts:
    whose = own if by == "authority" else None
    waits = gathered((getattr(each, by), each.number) for each in waited)
    return GroupCounts(
        referred=others_together(_summed(came, by), whose, sum),
        offered=others_together(_summed(offered, by), whose, sum),
        waits=others_together(waits, whose, lambda lists: list(chain(*lists))),
    )


def _summed(rows: Iterable[_Alike], by: str) -> Mapping[str, int]:
    return summed(rows, lambda row: getattr(row, by), lambda row: row.number)


_COLUMNS = (ReferralRow.band, PersonRow.gender, ReferralRow.authority_id)


def _came(work: Work, scope: FiguresScope) -> Sequence[_Alike]:
    query = select(*_COLUMNS, func.count()).join_from(
        ReferralRow, PersonRow, PersonRow.id == ReferralRow.person_id
    )
    query = query.where(presented(scope.stay)).group_by(*_COLUMNS)
    if scope.authority is not None:
        query = query.where(ReferralRow.authority_id == scope.authority)
    return [_Alike(*row) for row in work.session.execute(query)]


def _offered(work: Work, scope: FiguresScope) -> Sequence[_Alike]:
    begins, ends = scope.moments
    query = (
        select(*_COLUMNS, func.count())
        .join_from(OfferRow, ReferralRow, ReferralRow.id == OfferRow.referral_id)
        .join(PersonRow, PersonRow.id == ReferralRow.person_id)
        .where(OfferRow.made_at >= begins, OfferRow.made_at < ends, OfferRow.status != OfferStatus.PROPOSED)
        .group_by(*_COLUMNS)
    )
    if scope.authority is not None:
        query = query.where(ReferralRow.authority_id == scope.authority)
    return [_Alike(*row) for row in work.session.execute(query)]


def _waited(work: Work, scope: FiguresScope) -> Sequence[_Alike]:
    """As `gateway.monitoring.figures_demand.waiting_days` has them: a second place is no wait."""
    earlier = select(PlacementRow.referral_id, func.min(PlacementRow.from_day).label("first"))
    firsts = earlier.group_by(PlacementRow.referral_id).subquery()
    query = (
        select(ReferralRow.band, PersonRow.gender, PlacementRow.authority_id)
        .add_columns(PlacementRow.from_day, ReferralRow.waiting_since)
        .join_from(PlacementRow, ReferralRow, ReferralRow.id == PlacementRow.referral_id)
        .join(PersonRow, PersonRow.id == ReferralRow.person_id)
        .join(firsts, firsts.c.referral_id == PlacementRow.referral_id)
        .where(PlacementRow.from_day == firsts.c.first, ReferralRow.waiting_since.is_not(None))
        .where(PlacementRow.from_day >= scope.first, PlacementRow.from_day < scope.until)
    )
    if scope.authority is not None:
        query = query.where(PlacementRow.authority_id == scope.authority)
    return [
        _Alike(band, gender, authority, max(0, (day - local_day(since)).days))
        for band, gender, authority, day, since in work.session.execute(query)
    ]
