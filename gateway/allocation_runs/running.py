"""A run as it stands: queued, stopped, failed, queued again, closed; `performing` does it."""

from collections.abc import Iterator
from datetime import date, datetime

from gateway.allocation_runs.scope import Scope, kept, kept_lines, read, read_lines, unknown_in
from gateway.allocation_runs.states import NEXT_RUN
from gateway.allocation_runs.tables import (
    EmergencyRow,
    RedesignationRequestRow,
    RequestStatus,
    RunRow,
    RunStatus,
)
from gateway.local_day import A_YEAR, local_day
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import IllegalMove, refuse
from gateway.storage.work import Work


def start_run(
    scope: Scope, *, emergency_id: str | None = None, by: Actor, at: datetime, work: Work
) -> RunRow:
    """Queue a run; `gateway.allocation_runs.performing` does it.

    Raises
    ------
    Invalid
        If the day is over or further away than a year, or the scope names a lot of which there is no
        service, or an authority or quota that nobody knows.
    NotFound
        If there is no such emergency.
    """
    refuse([*_wrong_day(scope.as_of, local_day(at)), *unknown_in(work, scope)])
    if emergency_id is not None:
        work.get(EmergencyRow, emergency_id)
    run = RunRow(
        id=work.new_id("N"),
        emergency_id=emergency_id,
        status=RunStatus.QUEUED,
        started_by=by.id,
        started_at=at,
        as_of=scope.as_of,
        scope_tiers=kept(scope.tiers),
        scope_authorities=kept(scope.authorities),
        scope_lots=kept(scope.lots),
        scope_lifted=kept_lines(scope.lifted),
        max_moves=scope.max_moves,
        max_conversions=scope.max_conversions,
    )
    write(work, run, what="run started", by=by, at=at, about=about_run(run))
    return run


def _wrong_day(as_of: date, today: date) -> Iterator[tuple[str, str]]:
    """On a day that is over, people live where nobody can be moved from any more."""
    if not today <= as_of <= today + A_YEAR:
        yield "as_of", f"is {as_of}, must be today or a day within a year"


def cancel_run(run_id: str, *, by: Actor, at: datetime, work: Work) -> RunRow:
    """Stop a run; what its engine still finds is not kept (`perform`)."""
    run = work.get(RunRow, run_id)
    move(run, RunStatus.CANCELLED)
    run.finished_at = at
    write(work, run, what="run cancelled", by=by, at=at, about=about_run(run))
    return run


def fail_run(run_id: str, fault: str, *, by: Actor, at: datetime, work: Work) -> RunRow:
    """Keep why a run came to nothing, in a sentence without personal data; it can be queued again."""
    run = work.get(RunRow, run_id)
    move(run, RunStatus.FAILED)
    run.finished_at, run.fault = at, fault
    write(work, run, what="run failed", by=by, at=at, about=about_run(run))
    return run


def retry_run(run_id: str, *, by: Actor, at: datetime, work: Work) -> RunRow:
    """Queue a failed run again: it looks at what stands then."""
    run = work.get(RunRow, run_id)
    move(run, RunStatus.QUEUED)
    run.finished_at = run.fault = None
    write(work, run, what="run queued again", by=by, at=at, about=about_run(run))
    return run


def close_run(run_id: str, *, by: Actor, at: datetime, work: Work) -> RunRow:
    """No more is done from its proposal; what providers were asked and have not answered is taken back."""
    run = work.get(RunRow, run_id)
    move(run, RunStatus.CLOSED)
    asked = RedesignationRequestRow.status == RequestStatus.ASKED
    requests = work.where(RedesignationRequestRow, RedesignationRequestRow.run_id == run_id, asked)
    for each in requests:
        each.status, each.answered_at = RequestStatus.WITHDRAWN, at
    write(work, run, *requests, what="run closed", by=by, at=at, about=about_run(run))
    return run


def scope_of(run: RunRow) -> Scope:
    """What the run was asked to look at."""
    return Scope(
        as_of=run.as_of,
        tiers=read(run.scope_tiers),
        lots=read(run.scope_lots),
        lifted=read_lines(run.scope_lifted),
        authorities=read(run.scope_authorities),
        max_moves=run.max_moves,
        max_conversions=run.max_conversions,
    )


def require_next(run: RunRow, to: RunStatus) -> None:
    """Raise `IllegalMove` if the state that stands cannot be followed by this one."""
    if to not in NEXT_RUN[run.status]:
        raise IllegalMove("run", run.id, stands=run.status, wanted=to)


def move(run: RunRow, to: RunStatus) -> None:
    """Take a run to its next state, or raise `IllegalMove`."""
    require_next(run, to)
    run.status = to


def about_run(run: RunRow) -> list[str]:
    """What an event of a run is about: the run, and its emergency if it has one."""
    return [run.id, *([run.emergency_id] if run.emergency_id else [])]
