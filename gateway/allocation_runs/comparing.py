"""Two runs of the same gateway, person by person: what the other would do for whom."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from gateway.allocation_runs.places import holds_after
from gateway.allocation_runs.tables import ProposalRow, PseudonymRow
from gateway.local_day import local_day
from gateway.people.clusters import these
from gateway.placements.tables import HoldRow
from gateway.referrals.tables import ReferralRow
from gateway.storage.work import Work


class Change(StrEnum):
    """What the other run would mean for somebody."""

    GAINS = "gains"
    LOSES = "loses"
    ELSEWHERE = "elsewhere"
    SAME = "same"
    ONLY_ONE = "only_one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run does for somebody it asks about: a place, or none.

    stays
        They keep what they have, a home or an offer: ``service`` is the one it is in, as it stands today.
    """

    service: str | None = None
    stays: bool = False

    @property
    def has_place(self) -> bool:
        """Whether they have one at the end."""
        return self.stays or self.service is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One referral in two runs; ``None``: the run did not ask about it."""

    referral: str
    band: int
    one: Outcome | None
    other: Outcome | None

    @property
    def change(self) -> Change:
        """What it means to go from the one to the other."""
        if self.one is None or self.other is None:
            return Change.ONLY_ONE
        if self.one.has_place and self.other.has_place:
            return Change.SAME if self.one.service == self.other.service else Change.ELSEWHERE
        if self.one.has_place == self.other.has_place:
            return Change.SAME
        return Change.GAINS if self.other.has_place else Change.LOSES


ORDER = (Change.GAINS, Change.LOSES, Change.ELSEWHERE, Change.ONLY_ONE, Change.SAME)
"""Whom somebody wants to see first."""


def compared(work: Work, one: str, other: str) -> Sequence[Compared]:
    """Everybody for whom either of two runs was to find a place; in four queries.

    By what changes, then by band and referral. Who keeps what they have in both runs is not told of.
    """
    bands: dict[str, int] = {}
    lines = {run: _lines(work, run, bands) for run in (one, other)}
    asked, kept = _asked(work, (one, other), bands), _kept(work, bands)

    def outcome(run: str, referral: str) -> Outcome | None:
        keeps = Outcome(stays=True, service=kept.get(referral)) if (run, referral) in asked else None
        return lines[run].get(referral, keeps)

    found = [
        Compared(referral=each, band=band, one=outcome(one, each), other=outcome(other, each))
        for each, band in bands.items()
    ]
    rank = {change: number for number, change in enumerate(ORDER)}
    return sorted(found, key=lambda each: (rank[each.change], each.band, each.referral))


def people_of(work: Work, referrals: Sequence[str]) -> Mapping[str, str]:
    """Whom these referrals are about, by referral."""
    query = select(ReferralRow.id, ReferralRow.person_id).where(ReferralRow.id.in_(these(work, referrals)))
    return dict(work.session.execute(query).all())


def _lines(work: Work, run_id: str, bands: dict[str, int]) -> dict[str, Outcome]:
    """What a run does for everybody it was to find a place for."""
    lines = select(ProposalRow.referral_id, ProposalRow.band, ProposalRow.service_id)
    found = {}
    for referral, band, service in work.session.execute(lines.where(ProposalRow.run_id == run_id)):
        found[referral] = Outcome(service=service)
        bands[referral] = band
    return found


def _asked(work: Work, runs: Collection[str], referrals: Collection[str]) -> frozenset[tuple[str, str]]:
    """Which run asked about whom."""
    query = select(PseudonymRow.run_id, PseudonymRow.referral_id).where(
        PseudonymRow.run_id.in_(runs), PseudonymRow.referral_id.in_(these(work, referrals))
    )
    return frozenset((run, referral) for run, referral in work.session.execute(query))


def _kept(work: Work, referrals: Collection[str]) -> Mapping[str, str]:
    """The service in which each of these lives, or the one they are offered, which comes after."""
    query = (
        select(HoldRow.referral_id, HoldRow.service_id)
        .where(HoldRow.referral_id.in_(these(work, referrals)), holds_after(local_day(work.clock())))
        .order_by(HoldRow.from_day)
    )
    return dict(work.session.execute(query).all())
