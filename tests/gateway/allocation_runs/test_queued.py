"""Runs and offers as tasks: what a worker is asked, how far it is, and how it is stopped."""

import json
from dataclasses import replace

import pytest

from allocation.plan import Status
from allocation.solve import solve
from gateway.allocation_runs.asked_again import explanation
from gateway.allocation_runs.deciding import decide_band
from gateway.allocation_runs.offering import make_offers
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.queued import cancel_queued_run, queue_offers, queue_run, queue_run_again
from gateway.allocation_runs.running import close_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import RunRow, RunStatus
from gateway.placements.tables import OfferRow
from gateway.refusals import Conflict, Invalid, NotFound
from gateway.tasks.tables import TaskKind, TaskRow
from tests.gateway.allocation_runs.worlds import lines, run, two_services
from tests.gateway.ground import MANAGER, NOW, TODAY


def do(store, verb, *given, **facts):
    return store.transact(lambda work: verb(*given, by=MANAGER, at=NOW, work=work, **facts))


def queued(store, **scope):
    task = do(store, queue_run, Scope(**({"as_of": TODAY} | scope)))
    return task, json.loads(task.asked)["run"]


def test_a_run_is_queued_with_its_task(store):
    store.transact(two_services)
    task, run_id = queued(store)
    with store.reading() as work:
        assert work.get(RunRow, run_id).status is RunStatus.QUEUED
        assert work.get(TaskRow, task.id).kind is TaskKind.RUN


def test_a_scope_that_would_find_nothing_and_an_unknown_emergency_are_refused(store):
    store.transact(two_services)
    with pytest.raises(Invalid) as refused:
        queued(store, lots=frozenset({"attic"}), authorities=frozenset({"E99"}))
    assert [field for field, _ in refused.value.faults] == ["lots", "authorities"]
    with pytest.raises(NotFound, match="There is no emergency E-9"):
        do(store, queue_run, Scope(as_of=TODAY), emergency_id="E-9")


def test_who_performs_it_tells_how_far_it_is(store):
    store.transact(two_services)
    told = []
    perform(store, queued(store)[1], by=MANAGER, progress=lambda *far: told.append(far))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_what_is_found_after_a_run_was_cancelled_is_not_kept(store):
    store.transact(two_services)
    task, run_id = queued(store)

    def cancelled_meanwhile(problem, *, time_limit_s):
        do(store, cancel_queued_run, run_id)
        return solve(problem, time_limit_s=time_limit_s)

    perform(store, run_id, by=MANAGER, solver=cancelled_meanwhile)
    with store.reading() as work:
        row = work.get(RunRow, run_id)
        assert (row.status, row.plan) == (RunStatus.CANCELLED, None)
    assert lines(store, run_id) == {}
    with store.reading() as work:
        assert work.get(TaskRow, task.id).cancel_asked


def test_a_run_whose_engine_failed_after_it_was_cancelled_stays_cancelled(store):
    store.transact(two_services)
    _, run_id = queued(store)

    def fails(_problem, *, time_limit_s):
        do(store, cancel_queued_run, run_id)
        raise MemoryError

    with pytest.raises(MemoryError):
        perform(store, run_id, by=MANAGER, solver=fails)
    with store.reading() as work:
        assert work.get(RunRow, run_id).status is RunStatus.CANCELLED


def test_a_failed_run_is_queued_again_with_a_task_of_its_own(store):
    store.transact(two_services)
    first, run_id = queued(store)

    def fails(_problem, *, time_limit_s):
        raise MemoryError

    with pytest.raises(MemoryError):
        perform(store, run_id, by=MANAGER, solver=fails)
    again = do(store, queue_run_again, run_id)
    assert (again.id != first.id, again.asked) == (True, first.asked)
    assert perform(store, run_id, by=MANAGER).status is RunStatus.PROPOSED


def test_a_run_queued_again_tells_nothing_of_the_plan_it_had_before(store, clock):
    store.transact(two_services)
    _, run_id = queued(store)

    def told():
        with store.reading() as work:
            return explanation(work, run_id, "R-1")

    def no_plan(problem, *, time_limit_s):
        plan = solve(problem, time_limit_s=time_limit_s)
        return replace(plan, status=Status.INFEASIBLE, placements=(), unplaced=())

    def asked_meanwhile(problem, *, time_limit_s):
        with pytest.raises(Conflict, match="it has no plan yet"):
            told()
        return solve(problem, time_limit_s=time_limit_s)

    assert perform(store, run_id, by=MANAGER, solver=no_plan).status is RunStatus.FAILED
    assert told().place is None
    do(store, queue_run_again, run_id)
    clock.on(minutes=1)
    with pytest.raises(Conflict, match="it has no plan yet"):
        told()
    perform(store, run_id, by=MANAGER, solver=asked_meanwhile)
    assert told().place is not None


def test_offers_are_made_as_far_as_nobody_stops_it(store):
    store.transact(two_services)
    run_id = run(store)
    do(store, decide_band, run_id, 1)
    asked = json.loads(do(store, queue_offers, run_id, answer_by=None).asked)
    assert asked == {"run": run_id, "answer_by": None}
    stops = iter([False, True])
    made = make_offers(store, run_id, by=MANAGER, answer_by=None, is_cancelled=lambda: next(stops))
    assert len(made) == 1
    with store.reading() as work:
        assert len(work.where(OfferRow)) == 1


def test_nothing_is_offered_from_a_run_that_was_closed_or_is_not_done(store):
    store.transact(two_services)
    _, not_done = queued(store)
    with pytest.raises(Conflict, match="is queued: no offer is made from it"):
        do(store, queue_offers, not_done, answer_by=None)
    run_id = run(store)
    do(store, decide_band, run_id, 1)
    do(store, close_run, run_id)
    for late in (
        lambda: do(store, queue_offers, run_id, answer_by=None),
        lambda: make_offers(store, run_id, by=MANAGER, answer_by=None),
    ):
        with pytest.raises(Conflict, match="is closed: no offer is made from it"):
            late()


def test_an_answer_that_would_be_due_already_is_refused(store):
    store.transact(two_services)
    run_id = run(store)
    with pytest.raises(Invalid, match="answer_by"):
        do(store, queue_offers, run_id, answer_by=NOW)
