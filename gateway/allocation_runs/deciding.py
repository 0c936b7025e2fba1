"""A named person decides on every line: what they had before them, for how long, and what they chose.

UK GDPR, Articles 22A to 22D (Data (Use and Access) Act 2025, section 80): a significant decision is not taken
solely by a machine; a person must be involved meaningfully. So a band may be agreed together, but whoever has
a flag, an override or a near tie is looked at singly, and by the one who decides.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from allocation.eligibility import unsuitable
from gateway.allocation_runs.asked_again import problem_and_plan, pseudonym
from gateway.allocation_runs.forbidden_lines import forbidden_lines
from gateway.allocation_runs.staleness import set_stale
from gateway.allocation_runs.states import NEXT_LINE
from gateway.allocation_runs.tables import (
    Decision,
    DecisionRow,
    ProposalRow,
    ProposalStatus,
    RunRow,
    RunStatus,
    ViewRow,
)
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict, IllegalMove, refuse
from gateway.storage.work import Work

BECOMES = {
    Decision.AGREE: ProposalStatus.AGREED,
    Decision.CHANGE: ProposalStatus.CHANGED,
    Decision.LEAVE: ProposalStatus.LEFT,
}


class NotLookedAt(Conflict):
    """A line that must be looked at singly was not yet opened by the one who decides."""

    def __init__(self, proposal: str) -> None:
        self.proposal = proposal
        super().__init__(f"Line {proposal} must be looked at by itself before it is decided.")


class Unsuitable(Conflict):
    """The place chosen fails a rule for this person; ``why`` are the sentences."""

    def __init__(self, proposal: str, service: str, why: Sequence[str]) -> None:
        self.proposal, self.service, self.why = proposal, service, tuple(why)
        super().__init__(f"{service} does not suit line {proposal}: {' '.join(why)}")


def record_view(
    proposal_id: str, *, seconds: int, alternatives_shown: int, by: Actor, at: datetime, work: Work
) -> ViewRow:
    """Keep that somebody had a line before them, for how long, and how many other places they were shown."""
    refuse(
        (name, f"is {value}, must be 0 or more")
        for name, value in (("seconds", seconds), ("alternatives_shown", alternatives_shown))
        if value < 0
    )
    proposal = work.get(ProposalRow, proposal_id)
    view = ViewRow(
        id=work.new_id("W"),
        proposal_id=proposal.id,
        viewed_by=by.id,
        viewed_at=at,
        seconds=seconds,
        alternatives_shown=alternatives_shown,
    )
    write(work, view, what="line looked at", by=by, at=at, about=_about(proposal))
    return view


def decide(
    proposal_id: str,
    decision: Decision,
    *,
    service_id: str | None = None,
    reason: str | None = None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> ProposalRow:
    """Agree to a line, change it to another suitable place, or leave it; the last decision counts.

    Raises
    ------
    Invalid
        If a change names no place, something else names one, or a change or a leaving gives no reason.
    NotLookedAt
        If the line must be looked at singly and this person has not opened it.
    Unsuitable
        If the place chosen fails a rule for the person.
    HardRule
        If what was recorded since the run looked forbids the place, or somebody who must be kept apart from
        the person is to go there by another line.
    Conflict, IllegalMove
        If there is no place to agree to, the run is closed, the line is stale or its offer is made.
    """
    refuse(_decision_faults(decision, service_id, reason))
    proposal = work.get(ProposalRow, proposal_id, seen=seen)
    run = work.get(RunRow, proposal.run_id)
    _must_be_proposed(run)
    if proposal.singly and not _has_looked(work, proposal, by):
        raise NotLookedAt(proposal.id)
    if decision is Decision.AGREE and proposal.service_id is None:
        raise Conflict(f"Line {proposal.id} proposes no place: change it, or leave it.")
    if service_id is not None:
        _must_suit(work, proposal, service_id)
    if decision is not Decision.LEAVE:
        _must_not_be_forbidden(work, run, proposal, service_id or proposal.service_id, at)
    row = _decided(proposal, decision, service_id=service_id, reason=reason, by=by, at=at, work=work)
    what = f"line decided: {decision}"
    write(work, proposal, row, what=what, by=by, at=at, about=_about(proposal), why=reason)
    return proposal


def decide_band(run_id: str, band: int, *, by: Actor, at: datetime, work: Work) -> Sequence[ProposalRow]:
    """Agree to every line of a band that has a place, is not yet decided and need not be looked at singly.

    Those among them that a hard rule forbids by now are marked as stale instead, each with the rule in words;
    the answer has both.
    """
    run = work.get(RunRow, run_id)
    _must_be_proposed(run)
    lines = work.all(
        select(ProposalRow)
        .where(
            ProposalRow.run_id == run_id,
            ProposalRow.band == band,
            ProposalRow.status == ProposalStatus.PROPOSED,
            ProposalRow.singly.is_(False),
            ProposalRow.service_id.is_not(None),
        )
        .order_by(ProposalRow.id)
    )
    forbidden = {id: str(rule) for id, rule in forbidden_lines(work, run, lines, at=at).items()}
    agreed = [each for each in lines if each.id not in forbidden]
    set_stale(run_id, lines, forbidden, by=by, at=at, work=work)
    if agreed:
        rows = [_decided(each, Decision.AGREE, bulk=True, by=by, at=at, work=work) for each in agreed]
        about = [run_id, *(id for each in agreed for id in (each.id, each.referral_id))]
        write(work, *agreed, counted=rows, what=f"band agreed: {band}", by=by, at=at, about=about)
    return lines


def _decision_faults(
    decision: Decision, service_id: str | None, reason: str | None
) -> Sequence[tuple[str, str]]:
    faults = []
    if (decision is Decision.CHANGE) != (service_id is not None):
        faults.append(("service_id", "is given for a change, and for nothing else"))
    if decision is not Decision.AGREE and not (reason or "").strip():
        faults.append(("reason", "is missing: who decides otherwise than proposed says why"))
    return faults


def _decided(
    proposal: ProposalRow,
    decision: Decision,
    *,
    service_id: str | None = None,
    reason: str | None = None,
    bulk: bool = False,
    by: Actor,
    at: datetime,
    work: Work,
) -> DecisionRow:
    status = BECOMES[decision]
    if status not in NEXT_LINE[proposal.status]:
        raise IllegalMove("line", proposal.id, stands=proposal.status, wanted=status)
    proposal.status, proposal.chosen_service_id = status, service_id
    return DecisionRow(
        id=work.new_id("D"),
        proposal_id=proposal.id,
        decision=decision,
        service_id=service_id,
        reason=reason,
        decided_by=by.id,
        decided_at=at,
        in_bulk=bulk,
    )


def _must_suit(work: Work, proposal: ProposalRow, service_id: str) -> None:
    problem, _ = problem_and_plan(work, proposal.run_id)
    name = pseudonym(work, proposal.run_id, proposal.referral_id)
    refuse([("service_id", "is not in this run")] if service_id not in problem.service_at else [])
    person = problem.people[problem.person_at[name]]
    service = problem.services[problem.service_at[service_id]]
    why = [rule.sentence for rule in unsuitable(problem, person, service)]
    if not any(pool.units for pool in service.pools):
        why.append("It has no unit for anybody: it closes, or every unit is out of use.")
    if why:
        raise Unsuitable(proposal.id, service_id, why)


def _has_looked(work: Work, proposal: ProposalRow, by: Actor) -> bool:
    views = select(ViewRow.id).where(ViewRow.proposal_id == proposal.id, ViewRow.viewed_by == by.id)
    return work.first(views) is not None


def _must_not_be_forbidden(
    work: Work, run: RunRow, proposal: ProposalRow, service_id: str | None, at: datetime
) -> None:
    for rule in forbidden_lines(work, run, [proposal], at=at, instead=service_id).values():
        raise rule


def _must_be_proposed(run: RunRow) -> None:
    if run.status is not RunStatus.PROPOSED:
        raise Conflict(f"Run {run.id} is {run.status}: its lines are not to be decided.")


def _about(proposal: ProposalRow) -> list[str]:
    return [proposal.id, proposal.run_id, proposal.referral_id]
