"""Runs and their offers as tasks."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from api.background.deed import Deed, Ended, WasCancelled
from api.background.solving import solver_that_stops
from gateway.allocation_runs.offering import Outcome, make_offers
from gateway.allocation_runs.performing import STAGES, perform
from gateway.allocation_runs.running import cancel_run
from gateway.allocation_runs.tables import ProposalRow, ProposalStatus, RunRow, RunStatus
from gateway.people.access import openable
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict, IllegalMove
from gateway.storage.work import Work
from gateway.tasks.in_hand import InHand

TIME_LIMIT_S = 60.0
"""Seconds the engine may take, unless the task says otherwise."""

MOST_TOLD = 500
"""Lines without an offer that a result names; the run's own pages have all."""


class RunFailed(Conflict):
    """The run came to nothing; its sentence says why."""


def _run_of(hand: InHand) -> RunRow:
    with hand.store.reading() as work:
        return work.get(RunRow, str(hand.taken.asked["run"]))


def _do_run(hand: InHand) -> Ended:
    run = _run_of(hand)
    if run.status in (RunStatus.QUEUED, RunStatus.RUNNING):
        limit = float(hand.taken.asked.get("time_limit_s") or TIME_LIMIT_S)
        solver = solver_that_stops(hand.place_to_stop)
        try:
            run = perform(
                hand.store,
                run.id,
                by=hand.taken.by,
                time_limit_s=limit,
                solver=solver,
                progress=lambda done, total: _say(hand, done, total),
            )
        except IllegalMove:
            run = _run_of(hand)  # somebody cancelled the run itself
    if run.status is RunStatus.CANCELLED:
        raise WasCancelled
    if run.status is RunStatus.FAILED:
        raise RunFailed(run.fault or "The run failed.")
    with hand.store.reading() as work:
        return Ended(result={"run": run.id, "status": run.status.value, "lines": _lines(work, run.id)})


def _say(hand: InHand, done: int, total: int) -> None:
    hand.progress(done, total, STAGES[min(done, total - 1)])


def _lines(work: Work, run_id: str, *more: Any) -> int:  # noqa: ANN401  any SQLAlchemy condition
    return work.first(select(func.count()).where(ProposalRow.run_id == run_id, *more)) or 0


def _cancel_run(hand: InHand) -> None:
    if _run_of(hand).status not in (RunStatus.QUEUED, RunStatus.RUNNING):
        return
    at = hand.store.clock()
    hand.store.transact(
        lambda work: cancel_run(str(hand.taken.asked["run"]), by=hand.taken.by, at=at, work=work)
    )


def _do_offers(hand: InHand) -> Ended:
    run_id, answer_by = str(hand.taken.asked["run"]), hand.taken.asked.get("answer_by")
    made = make_offers(
        hand.store,
        run_id,
        by=hand.taken.by,
        answer_by=None if answer_by is None else datetime.fromisoformat(answer_by),
        progress=hand.progress,
    )
    rest = [each for each in made if each.outcome is not Outcome.OFFERED]
    with hand.store.reading() as work:
        offered = _lines(work, run_id, ProposalRow.status == ProposalStatus.OFFERED)
        known = _known(work, [each.referral for each in rest], hand)
    return Ended(
        result={
            "run": run_id,
            # Of the whole run, so that a task whose worker died half-way tells what it did before, too.
            "offered": offered,
            "waits": sum(each.outcome is Outcome.WAITS for each in rest),
            "refused": sum(each.outcome is Outcome.REFUSED for each in rest),
            "lines": [
                {"line": each.proposal, "outcome": each.outcome.value, "why": each.told}
                for each in rest
                if each.referral in known
            ][:MOST_TOLD],
        }
    )


def _known(work: Work, referrals: Collection[str], hand: InHand) -> frozenset[str]:
    """Those of these referrals whose cases are open to whoever asked; of the others no line is told."""
    rows = work.where(ReferralRow, ReferralRow.id.in_(sorted(set(referrals))))
    people = openable(work, sorted({each.person_id for each in rows}), hand.taken.by, hand.store.clock())
    return frozenset(each.id for each in rows if each.person_id in people)


RUN = Deed(do=_do_run, when_cancelled=_cancel_run)
OFFERS = Deed(do=_do_offers)
