"""What is told beside one line to whoever decides on it: who is as near, what was decided, its offer."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from gateway.allocation_runs.run_lists import LineListed, lines_with
from gateway.allocation_runs.tables import DecisionRow, ProposalRow, PseudonymRow
from gateway.people.clusters import these
from gateway.placements.tables import OfferRow
from gateway.storage.work import Work


def tied_with(work: Work, run_id: str, pseudonyms: Collection[str]) -> Sequence[LineListed]:
    """The lines of those whom a run calls so and marked as near ties, by band and id."""
    query = (
        select(ProposalRow.id)
        .join(
            PseudonymRow,
            (PseudonymRow.run_id == ProposalRow.run_id)
            & (PseudonymRow.referral_id == ProposalRow.referral_id),
        )
        .where(
            ProposalRow.run_id == run_id,
            ProposalRow.near_tie,
            PseudonymRow.pseudonym.in_(these(work, pseudonyms)),
        )
    )
    return lines_with(work, work.all(query))


def decisions_of(work: Work, line_id: str) -> Sequence[DecisionRow]:
    """Every decision on a line, the last one first."""
    query = select(DecisionRow).where(DecisionRow.proposal_id == line_id)
    return work.all(query.order_by(DecisionRow.decided_at.desc(), DecisionRow.id.desc()))


def offer_of_line(work: Work, line_id: str) -> str | None:
    """The id of the offer that was made of a line."""
    return work.first(select(OfferRow.id).where(OfferRow.proposal_id == line_id))
