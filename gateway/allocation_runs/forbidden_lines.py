"""Lines that a hard rule forbids by now: it was recorded after the run looked, or the place was changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from gateway.allocation_runs.tables import ProposalRow, ProposalStatus, RunRow
from gateway.directory.tables import ServiceRow
from gateway.local_day import local_day
from gateway.people.clusters import these
from gateway.placements.conflicts import HardRule
from gateway.placements.hard_rules import what_forbids
from gateway.referrals.tables import ReferralRow
from gateway.storage.work import Work

GOING = (ProposalStatus.PROPOSED, ProposalStatus.AGREED, ProposalStatus.CHANGED)
"""Whose place may yet be offered."""

LEAVING = (*GOING, ProposalStatus.OFFERED)
"""Who is to leave where they live, if the run has them go elsewhere."""


def forbidden_lines(
    work: Work, run: RunRow, lines: Collection[ProposalRow], *, at: datetime, instead: str | None = None
) -> Mapping[str, HardRule]:
    """What forbids the place of each of these lines, by the line's id; in a fixed number of queries.

    Who is to leave a service by this run is not in the way of who is to come there: that line waits. But two
    who must be kept apart are not to come to one service.

    Parameters
    ----------
    instead
        Another place than that of the lines, which somebody is about to choose.
    """
    chosen = {line.id: instead or line.chosen_service_id or line.service_id for line in lines}
    targets = {service for service in chosen.values() if service is not None}
    if not targets:
        return {}
    moves = _moves(work, run, chosen, targets)
    wanted = {
        each.id: (each.person, service) for each in moves if (service := chosen.get(each.id)) is not None
    }
    rules = what_forbids(
        work,
        frozenset(wanted.values()),
        {each.id: each for each in work.where(ServiceRow, ServiceRow.id.in_(these(work, targets)))},
        max(run.as_of, local_day(at)),
        leaving={(each.referral, each.origin) for each in moves if each.origin and each.status in LEAVING},
        coming={(each.person, each.target) for each in moves if each.target and each.status in GOING},
    )
    return {id: rules[each] for id, each in wanted.items() if each in rules}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    id: str
    status: ProposalStatus
    referral: str
    person: str
    origin: str | None
    target: str | None


def _moves(work: Work, run: RunRow, lines: Collection[str], services: Collection[str]) -> Sequence[_Move]:
    """These lines of a run, and whoever else comes to one of these services or leaves it by the run."""
    target = func.coalesce(ProposalRow.chosen_service_id, ProposalRow.service_id)
    there = these(work, services)
    query = (
        select(
            ProposalRow.id,
            ProposalRow.status,
            ProposalRow.referral_id.label("referral"),
            ReferralRow.person_id.label("person"),
            ProposalRow.from_service_id.label("origin"),
            target.label("target"),
        )
        .join(ReferralRow, ReferralRow.id == ProposalRow.referral_id)
        .where(ProposalRow.run_id == run.id)
        .where(
            or_(
                ProposalRow.id.in_(these(work, lines)),
                ProposalRow.from_service_id.in_(there),
                target.in_(there),
            )
        )
    )
    return [_Move(**row) for row in work.session.execute(query).mappings()]
