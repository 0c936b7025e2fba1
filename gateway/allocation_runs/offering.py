"""Offers from a run's decisions: one transaction each, in the order in which people can move.

A making that was killed is done again from the start: a line whose offer stands is passed over, because one
line makes one offer (``offers.proposal_id`` is unique).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from gateway.agreements.forbid import ClauseForbids
from gateway.allocation_runs.places import units_on
from gateway.allocation_runs.states import DECIDED, NEXT_LINE
from gateway.allocation_runs.tables import (
    ProposalRow,
    ProposalStatus,
    ProposalUnitRow,
    RedesignationRequestRow,
    RequestStatus,
    RunRow,
    RunStatus,
)
from gateway.local_day import local_day
from gateway.placements.conflicts import SomebodyApartThere
from gateway.placements.offering import forbid_second_offer, make_offer
from gateway.placements.states import PlacementStatus
from gateway.placements.tables import PlacementRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict, IllegalMove, Refusal
from gateway.storage.store import Store
from gateway.storage.work import Work


class Outcome(StrEnum):
    """What became of one line when offers were made."""

    OFFERED = "offered"
    WAITS = "waits"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One line, what became of it, and the offer or the sentence that says why there is none."""

    proposal: str
    referral: str
    outcome: Outcome
    told: str


class NotYetFree(Conflict):
    """The unit is somebody's who is to move first, or still designated for others; the line waits."""

    def __init__(self, proposal: str, units: Sequence[str], until: str = "somebody has left") -> None:
        self.proposal, self.units = proposal, tuple(units)
        super().__init__(f"It waits until {until} {', '.join(units) or 'a unit'}.")


def make_offers(
    store: Store,
    run_id: str,
    *,
    by: Actor,
    answer_by: datetime | None,
    progress: Callable[[int, int], None] = lambda *_: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Sequence[Made]:
    """Make an offer for every line that somebody agreed to or changed, those with the first step first.

    Parameters
    ----------
    progress
        Told how many lines are done, of how many.
    is_cancelled
        Asked before each line whether to stop there: the offers made so far stand.

    Raises
    ------
    Conflict
        If the run has no proposal, or was closed.
    """
    with store.reading() as work:
        require_proposal(work.get(RunRow, run_id))
        lines = lines_to_offer(work, run_id)
    made = []
    for done, line in enumerate(lines, start=1):
        if is_cancelled():
            break
        made.append(_made(store, line, by=by, answer_by=answer_by))
        progress(done, len(lines))
    return made


def require_proposal(run: RunRow) -> None:
    """Raise `Conflict` unless offers can be made from this run."""
    if run.status is not RunStatus.PROPOSED:
        raise Conflict(f"Run {run.id} is {run.status}: no offer is made from it.")


def lines_to_offer(work: Work, run_id: str) -> Sequence[ProposalRow]:
    """The lines decided and not yet offered, in the order of their steps, then by band and id."""
    query = select(ProposalRow).where(ProposalRow.run_id == run_id, ProposalRow.status.in_(sorted(DECIDED)))
    return work.all(query.order_by(ProposalRow.step, ProposalRow.band, ProposalRow.id))


def offer_line(
    proposal_id: str, *, answer_by: datetime | None, by: Actor, at: datetime, work: Work
) -> ProposalRow:
    """Make the offer of one decided line, in the units set aside for it, or others alike if they are gone.

    Raises
    ------
    NotYetFree
        If its units are still somebody's.
    AlreadyOffered
        If the person was offered a place otherwise.
    Conflict
        If the run was closed.
    Refusal
        Whatever `gateway.placements.offering.make_offer` refuses.
    """
    line = work.get(ProposalRow, proposal_id)
    if ProposalStatus.OFFERED not in NEXT_LINE[line.status]:
        raise IllegalMove("line", line.id, stands=line.status, wanted=ProposalStatus.OFFERED)
    run = work.get(RunRow, line.run_id)
    require_proposal(run)
    referral = work.get(ReferralRow, line.referral_id)
    forbid_second_offer(work, referral)  # its units may be held by that very offer: it waits for nobody
    units = _units_for(work, run, line, referral.units)
    offer = make_offer(
        line.referral_id,
        units,
        from_day=max(run.as_of, local_day(at)),
        answer_by=answer_by,
        proposal_id=line.id,
        by=by,
        at=at,
        work=work,
    )
    line.status = ProposalStatus.OFFERED
    about = [line.id, run.id, line.referral_id, offer.id, *([run.emergency_id] if run.emergency_id else [])]
    write(work, line, what="line offered", by=by, at=at, about=about)
    return line


def _made(store: Store, line: ProposalRow, *, by: Actor, answer_by: datetime | None) -> Made:
    def use_case(work: Work) -> ProposalRow:
        return offer_line(line.id, answer_by=answer_by, by=by, at=work.clock(), work=work)

    try:
        store.transact(use_case)
    except (ClauseForbids, SomebodyApartThere) as forbids:
        # A plan keeps every clause, and people apart, at its end; until its people have moved, not yet.
        outcome = Outcome.WAITS if _somebody_is_to_move(store, line.run_id) else Outcome.REFUSED
        return Made(proposal=line.id, referral=line.referral_id, outcome=outcome, told=str(forbids))
    except NotYetFree as waits:
        return Made(proposal=line.id, referral=line.referral_id, outcome=Outcome.WAITS, told=str(waits))
    except Refusal as refusal:
        return Made(proposal=line.id, referral=line.referral_id, outcome=Outcome.REFUSED, told=str(refusal))
    return Made(proposal=line.id, referral=line.referral_id, outcome=Outcome.OFFERED, told="offer made")


def _somebody_is_to_move(store: Store, run_id: str) -> bool:
    """Whether somebody whom the run moves still lives where they are to leave."""
    still_there = (
        select(ProposalRow.id)
        .join(PlacementRow, PlacementRow.referral_id == ProposalRow.referral_id)
        .where(
            ProposalRow.run_id == run_id,
            ProposalRow.status.in_(sorted({*DECIDED, ProposalStatus.OFFERED})),
            PlacementRow.status == PlacementStatus.LIVING,
            PlacementRow.service_id == ProposalRow.from_service_id,
        )
    )
    with store.reading() as work:
        return work.first(still_there) is not None


def _units_for(work: Work, run: RunRow, line: ProposalRow, needed: int) -> Sequence[str]:
    """The units set aside for it; where one is gone, others alike; where it was changed, the place's."""
    aside = work.all(select(ProposalUnitRow.unit_id).where(ProposalUnitRow.proposal_id == line.id))
    kept = frozenset() if line.chosen_service_id else frozenset(aside)
    _must_not_wait_for_designation(work, run, line, kept)
    service = line.chosen_service_id or line.service_id
    day = max(run.as_of, local_day(work.clock()))
    there = units_on(work, day, services=[service] if service else [])
    others = _set_aside(work, run, line)
    free = [unit for unit in there if unit.usable and unit.holder is None and unit.id not in others]
    if line.chosen_service_id is None:
        free = [unit for unit in free if unit.pool == line.pool or unit.id in kept]
    if len(free) < needed:
        raise NotYetFree(line.id, sorted(aside))
    best = sorted(free, key=lambda unit: (unit.id not in kept, unit.id))
    return [unit.id for unit in best[:needed]]


def _must_not_wait_for_designation(work: Work, run: RunRow, line: ProposalRow, units: frozenset[str]) -> None:
    asked = select(RedesignationRequestRow.unit_id).where(
        RedesignationRequestRow.run_id == run.id, RedesignationRequestRow.status == RequestStatus.ASKED
    )
    if waiting := units & frozenset(work.all(asked)):
        raise NotYetFree(line.id, sorted(waiting), "the provider has re-designated")


def _set_aside(work: Work, run: RunRow, line: ProposalRow) -> frozenset[str]:
    """Units set aside for other lines of the run that may still be offered."""
    others = (
        select(ProposalUnitRow.unit_id)
        .join(ProposalRow, ProposalRow.id == ProposalUnitRow.proposal_id)
        .where(
            ProposalRow.run_id == run.id,
            ProposalRow.id != line.id,
            ProposalRow.status.in_([ProposalStatus.PROPOSED, ProposalStatus.AGREED]),
        )
    )
    return frozenset(work.all(others))
