"""A run grows stale line by line: a unit went to somebody else, a person changed, a rule forbids it by now.

Only those lines are marked.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from gateway.allocation_runs.forbidden_lines import forbidden_lines
from gateway.allocation_runs.places import UnitThere, units_on
from gateway.allocation_runs.states import NEXT_LINE
from gateway.allocation_runs.tables import (
    ProposalRow,
    ProposalStatus,
    ProposalUnitRow,
    RunRow,
)
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.tables import ReferralRow
from gateway.storage.work import Work

OPEN = tuple(status for status, after in NEXT_LINE.items() if ProposalStatus.STALE in after)


def mark_stale(run_id: str, *, by: Actor, at: datetime, work: Work) -> Sequence[ProposalRow]:
    """Mark the lines of a run whose person or units have changed since, or which a hard rule forbids by now.

    Each with what changed; the words of a rule name nobody. A unit that somebody else of this run is still to
    leave has not changed: its line waits for their move.
    """
    run = work.get(RunRow, run_id)
    lines = work.all(
        select(ProposalRow)
        .where(ProposalRow.run_id == run_id, ProposalRow.status.in_(OPEN))
        .order_by(ProposalRow.id)
    )
    forbidden = {id: str(rule) for id, rule in forbidden_lines(work, run, lines, at=at).items()}
    reasons = {**dict(_reasons(work, run, lines)), **forbidden}
    return set_stale(run_id, lines, reasons, by=by, at=at, work=work)


def set_stale(
    run_id: str,
    lines: Sequence[ProposalRow],
    reasons: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
    work: Work,
) -> Sequence[ProposalRow]:
    """Mark those of these lines for which there is a reason, by their ids; answers with them."""
    stale = [line for line in lines if line.id in reasons]
    for line in stale:
        line.status, line.stale_because = ProposalStatus.STALE, reasons[line.id]
    if stale:
        about = [run_id, *(id for each in stale for id in (each.id, each.referral_id))]
        write(work, *stale, what="lines grown stale", by=by, at=at, about=about)
    return stale


def _reasons(work: Work, run: RunRow, lines: Sequence[ProposalRow]) -> Iterator[tuple[str, str]]:
    versions = dict(
        work.session.execute(
            select(ReferralRow.id, ReferralRow.version)
            .join(ProposalRow, ProposalRow.referral_id == ReferralRow.id)
            .where(ProposalRow.run_id == run.id)
        ).all()
    )
    units = _units_of(work, run.id)
    aside = {unit for each in units.values() for unit in each}
    there = {unit.id: unit for unit in units_on(work, run.as_of, units=aside)}
    movers = {
        line.referral_id
        for line in work.where(
            ProposalRow, ProposalRow.run_id == run.id, ProposalRow.from_service_id.is_not(None)
        )
    }
    for line in lines:
        if versions.get(line.referral_id) != line.referral_version:
            yield line.id, "The referral was changed after the run looked at it."
        elif gone := [id for id in units[line.id] if not _is_still_there(there.get(id), line, movers)]:
            yield line.id, f"No longer to be had: {', '.join(f'unit {id}' for id in sorted(gone))}."


def _units_of(work: Work, run_id: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for proposal, unit in work.session.execute(
        select(ProposalUnitRow.proposal_id, ProposalUnitRow.unit_id)
        .join(ProposalRow, ProposalRow.id == ProposalUnitRow.proposal_id)
        .where(ProposalRow.run_id == run_id)
    ):
        found[proposal].append(unit)
    return found


def _is_still_there(unit: UnitThere | None, line: ProposalRow, movers: set[str]) -> bool:
    if unit is None or not unit.usable:
        return False
    return unit.holder is None or unit.holder == line.referral_id or unit.holder in movers
