"""Two runs of the same gateway, person by person: what the other would do for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from gateway.allocation_runs.tables import ProposalRow, PseudonymRow
from gateway.people.clusters import these
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
    """What a run does for somebody it asks about: a place, the one they have (``stays``), or none."""

    service: str | None = None
    stays: bool = False

    @property
    def has_place(self) -> bool:
        """Whether they live somewhere at the end."""
        return self.stays or self.service is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One referral in two runs; ``None``: the run did not ask about it."""

    referral: str
    band: int | None
    one: Outcome | None
    other: Outcome | None

    @property
    def change(self) -> Change:
        """What it means to go from the one to the other."""
        if self.one is None or self.other is None:
            return Change.ONLY_ONE
        if self.one == self.other:
            return Change.SAME
        if self.one.has_place and self.other.has_place:
            return Change.ELSEWHERE
        return Change.GAINS if self.other.has_place else Change.LOSES


ORDER = (Change.GAINS, Change.LOSES, Change.ELSEWHERE, Change.ONLY_ONE, Change.SAME)
"""Whom somebody wants to see first."""


def compared(work: Work, one: str, other: str) -> Sequence[Compared]:
    """Everybody in either of two runs, by what changes, then by band and referral; in four queries."""
    bands: dict[str, int] = {}
    first, second = (_outcomes(work, each, bands) for each in (one, other))
    found = [
        Compared(referral=each, band=bands.get(each), one=first.get(each), other=second.get(each))
        for each in first.keys() | second.keys()
    ]
    rank = {change: number for number, change in enumerate(ORDER)}
    return sorted(found, key=lambda each: (rank[each.change], each.band or 0, each.referral))


def people_of(work: Work, referrals: Sequence[str]) -> Mapping[str, str]:
    """Whom these referrals are about, by referral."""
    query = select(ReferralRow.id, ReferralRow.person_id).where(ReferralRow.id.in_(these(work, referrals)))
    return dict(work.session.execute(query).all())


def _outcomes(work: Work, run_id: str, bands: dict[str, int]) -> dict[str, Outcome]:
    """What a run does for everybody it asks about: whoever has no line stays where they live."""
    asked = work.all(select(PseudonymRow.referral_id).where(PseudonymRow.run_id == run_id))
    found = dict.fromkeys(asked, Outcome(stays=True))
    lines = select(ProposalRow.referral_id, ProposalRow.band, ProposalRow.service_id)
    for referral, band, service in work.session.execute(lines.where(ProposalRow.run_id == run_id)):
        found[referral] = Outcome(service=service)
        bands[referral] = band
    return found
