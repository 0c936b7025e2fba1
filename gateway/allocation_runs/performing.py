"""A run is done: made into a problem, solved outside of any transaction, kept whole, proposed in lines."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from allocation.exchange import canonical, digest, dumps, plan_document
from allocation.plan import Plan, Status
from allocation.solve import solve
from gateway.allocation_runs.asking import Snapshot
from gateway.allocation_runs.lines import Line, Proposal, proposal
from gateway.allocation_runs.running import about_run, fail_run, move, require_next, scope_of
from gateway.allocation_runs.snapshot import snapshot
from gateway.allocation_runs.tables import (
    ProposalRow,
    ProposalStatus,
    ProposalUnitRow,
    PseudonymRow,
    RedesignationRequestRow,
    RequestStatus,
    RunRow,
    RunStatus,
)
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict
from gateway.storage.store import Store
from gateway.storage.work import Work

Solver = Callable[..., Plan]
Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""

STAGES = ("reading what stands", "looking for the best plan", "keeping the proposal")
"""What `perform` does, for whoever follows it."""

ENGINE = ("referral-gateway", "ortools", "scipy", "numpy")
"""The packages whose versions a run keeps."""


class BegunAgain(Conflict):
    """Another process began the run anew meanwhile: what this one found belongs to another problem."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f"Run {run_id} was begun again by another process, whose plan is kept.")


def perform(
    store: Store,
    run_id: str,
    *,
    by: Actor,
    time_limit_s: float = 60.0,
    solver: Solver = solve,
    progress: Progress = lambda *_: None,
) -> RunRow:
    """Do a queued run, or one whose process was killed, from its problem to its proposal.

    What stands is read at one moment, in no writer's way; two short transactions keep the problem and, after
    the solving, the proposal. A process killed at any moment leaves a run that can be performed again, and
    never half a proposal. A run that somebody cancels meanwhile stays cancelled,
    and what the engine found is not kept.

    Parameters
    ----------
    progress
        Told how many of the `STAGES` are done, of how many.

    Raises
    ------
    IllegalMove
        If the run is neither queued nor running.
    BegunAgain
        If another process performs it too, and began later.
    """
    progress(0, len(STAGES))
    with store.reading() as work:
        asked = _look(run_id, work)
    seen = asked.seen
    store.transact(lambda work: _begin(run_id, asked, by=by, at=work.clock(), work=work), aside=True)
    progress(1, len(STAGES))
    try:
        plan = solver(seen.problem, time_limit_s=time_limit_s)
    except Exception as fault:
        sentence = f"{type(fault).__name__}: the engine could not solve it"
        store.transact(lambda work: _give_up(run_id, sentence, by=by, at=work.clock(), work=work))
        raise
    progress(2, len(STAGES))
    found = None if plan.status is Status.INFEASIBLE else proposal(seen, plan)
    run = store.transact(
        lambda work: _finish(run_id, asked, plan, found, by=by, at=work.clock(), work=work), aside=True
    )
    progress(3, len(STAGES))
    return run


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a run asks the engine, made ready to be kept before any other writer could have to wait for it."""

    seen: Snapshot
    document: str
    sha256: str


def _look(run_id: str, work: Work) -> _Asked:
    run = work.get(RunRow, run_id)
    _require_unsolved(run)
    seen = snapshot(work, scope_of(run))
    return _Asked(seen, dumps(canonical(seen.problem)), digest(seen.problem))


def _begin(run_id: str, asked: _Asked, *, by: Actor, at: datetime, work: Work) -> None:
    run = work.get(RunRow, run_id)
    _require_unsolved(run)
    _forget_names(run, by=by, at=at, work=work)
    run.status, run.plan = RunStatus.RUNNING, None
    run.problem, run.problem_sha256 = asked.document, asked.sha256
    run.engine = " ".join(f"{name} {version(name)}" for name in ENGINE)
    names = [
        PseudonymRow(run_id=run_id, pseudonym=name, referral_id=referral)
        for referral, name in asked.seen.pseudonyms.items()
    ]
    write(work, run, counted=names, what="run begun", by=by, at=at, about=about_run(run))


def _require_unsolved(run: RunRow) -> None:
    """Raise `IllegalMove` unless the run is queued, or running under a process that may have been killed."""
    if run.status is not RunStatus.RUNNING:
        require_next(run, RunStatus.RUNNING)


def _forget_names(run: RunRow, *, by: Actor, at: datetime, work: Work) -> None:
    """Take away whom an earlier attempt, killed or failed, had read: it is read anew."""
    stale = work.where(PseudonymRow, PseudonymRow.run_id == run.id)
    if stale:
        write(work, what="run begun again", by=by, at=at, about=about_run(run), removed=stale)


def _give_up(run_id: str, fault: str, *, by: Actor, at: datetime, work: Work) -> None:
    if work.get(RunRow, run_id).status is RunStatus.RUNNING:
        fail_run(run_id, fault, by=by, at=at, work=work)


def _finish(
    run_id: str,
    asked: _Asked,
    plan: Plan,
    found: Proposal | None,
    *,
    by: Actor,
    at: datetime,
    work: Work,
) -> RunRow:
    run = work.get(RunRow, run_id)
    if run.status is RunStatus.CANCELLED:
        return run
    if run.status is RunStatus.RUNNING:
        _refuse_another_beginning(run, asked, work)
    run.plan, run.finished_at = dumps(plan_document(plan)), at
    if found is None:
        move(run, RunStatus.FAILED)
        run.fault = plan.summary.message or "No plan meets every quota's least."
        write(work, run, what="run failed", by=by, at=at, about=about_run(run))
        return run
    move(run, RunStatus.PROPOSED)
    rows = [*_line_rows(run_id, found, work), *_request_rows(run_id, found, at, work)]
    write(work, run, counted=rows, what="run proposed", by=by, at=at, about=about_run(run))
    return run


def _refuse_another_beginning(run: RunRow, asked: _Asked, work: Work) -> None:
    names = work.where(PseudonymRow, PseudonymRow.run_id == run.id)
    same = {row.referral_id: row.pseudonym for row in names} == dict(asked.seen.pseudonyms)
    if not same or run.problem_sha256 != asked.sha256:
        raise BegunAgain(run.id)


def _line_rows(run_id: str, found: Proposal, work: Work) -> list[Any]:
    rows: list[Any] = []
    for line in found.lines:
        row = _line_row(run_id, line, work)
        rows += [row, *(ProposalUnitRow(proposal_id=row.id, unit_id=unit) for unit in line.units)]
    return rows


def _line_row(run_id: str, line: Line, work: Work) -> ProposalRow:
    return ProposalRow(
        id=work.new_id("L"),
        run_id=run_id,
        referral_id=line.referral,
        referral_version=line.version,
        band=line.band,
        service_id=line.service,
        pool=line.pool,
        from_service_id=line.origin,
        cost=line.cost,
        step=line.step,
        reason=line.reason,
        singly=line.singly,
        near_tie=line.near_tie,
        status=ProposalStatus.PROPOSED,
    )


def _request_rows(run_id: str, found: Proposal, at: datetime, work: Work) -> list[Any]:
    return [
        RedesignationRequestRow(
            id=work.new_id("Q"),
            run_id=run_id,
            unit_id=each.unit,
            to_pool=each.to_pool,
            status=RequestStatus.ASKED,
            asked_at=at,
        )
        for each in found.requests
    ]
