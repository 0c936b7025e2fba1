"""Somebody decides on lines of a run that has proposed something."""

from sqlalchemy import select

from gateway.allocation_runs.tables import DecisionRow, ProposalRow, RunRow, RunStatus
from gateway.invariants.invariant import Invariant

DECISIONS_ON_PROPOSALS = Invariant(
    name="decisions_on_proposals",
    sentence="A decision is on a line of a run that has proposed.",
    query=select(DecisionRow.id)
    .outerjoin(ProposalRow, ProposalRow.id == DecisionRow.proposal_id)
    .outerjoin(RunRow, RunRow.id == ProposalRow.run_id)
    .where(
        RunRow.status.is_(None) | RunRow.status.not_in([RunStatus.PROPOSED, RunStatus.CLOSED]),
    )
    .order_by(DecisionRow.id),
)
