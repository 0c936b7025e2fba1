"""How many people came several times within a year, and what had come to nothing before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from gateway.monitoring.figures_scope import FiguresScope, summed
from gateway.monitoring.repeat_presentations import RepeatPresenter, repeat_presentations
from gateway.monitoring.small_numbers import ToldCounts, told_counts
from gateway.people.clusters import members_of
from gateway.records.actor import CLOCKWORK
from gateway.referrals.tables import ReferralRow
from gateway.storage.work import Work

OFTEN: Final = 4
"""Whoever came so often or more is counted together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRepeats:
    """People who came at least twice in the 365 days that end with the months asked for."""

    times: ToldCounts
    causes: ToldCounts


def presenters(work: Work, scope: FiguresScope) -> tuple[RepeatPresenter, ...]:
    """Who they are; of an authority, those with any referral from there.

    People whose case is restricted are counted too: nobody is told who anybody is.
    """
    found = repeat_presentations(work, as_of=scope.until - timedelta(days=1), by=CLOCKWORK, at=work.clock())
    if scope.authority is None:
        return found
    members = members_of(work, [each.person_id for each in found])
    theirs = select(members.c.asked).join(ReferralRow, ReferralRow.person_id == members.c.id)
    hers = set(work.all(theirs.where(ReferralRow.authority_id == scope.authority)))
    return tuple(each for each in found if each.person_id in hers)


def times_and_causes(found: tuple[RepeatPresenter, ...]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """How many people by how often they came, and by what is held to be the cause."""
    often = summed(found, lambda each: f"{OFTEN}+" if each.times >= OFTEN else each.times, lambda _: 1)
    return often, summed(found, lambda each: each.cause, lambda _: 1)


def told_repeats(found: tuple[RepeatPresenter, ...]) -> ToldRepeats:
    """What may be told of them."""
    times, causes = times_and_causes(found)
    return ToldRepeats(times=told_counts(times), causes=told_counts(causes))
