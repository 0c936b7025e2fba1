"""What the lines of a run come to: who flows where, in which order they move, what waits for a decision."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from gateway.allocation_runs.tables import ProposalRow, ProposalStatus
from gateway.directory.tables import ServiceRow, Tier
from gateway.people.clusters import these
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """So many people of one band, and where they are proposed; no tier and no authority: no place."""

    band: int
    tier: Tier | None
    authority_id: str | None
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many lines a run has, how many of them propose a place, and how many nobody has decided yet."""

    lines: int
    placed: int
    open: int


def flows_of(work: Work, run_id: str) -> Sequence[Flow]:
    """Whom a run would have go where, as it proposed it, by band, tier and authority of the place."""
    kinds = (ProposalRow.band, ServiceRow.tier, ServiceRow.authority_id)
    query = (
        select(*kinds, func.count().label("people"))
        .outerjoin(ServiceRow, ServiceRow.id == ProposalRow.service_id)
        .where(ProposalRow.run_id == run_id)
        .group_by(*kinds)
    )
    found = [Flow(**row) for row in work.session.execute(query).mappings()]
    return sorted(found, key=lambda each: (each.band, each.tier or "~", each.authority_id or ""))


def standings(work: Work, run_ids: Collection[str]) -> Mapping[str, Standing]:
    """How these runs stand, in one query; one without any line is not among the answers."""
    is_open = ProposalRow.status == ProposalStatus.PROPOSED
    query = (
        select(ProposalRow.run_id, func.count().label("lines"), func.count(ProposalRow.service_id))
        .add_columns(func.sum(case((is_open & ProposalRow.service_id.is_not(None), 1), else_=0)))
        .where(ProposalRow.run_id.in_(these(work, run_ids)))
        .group_by(ProposalRow.run_id)
    )
    return {
        run: Standing(lines=lines, placed=placed, open=int(still))
        for run, lines, placed, still in work.session.execute(query)
    }
