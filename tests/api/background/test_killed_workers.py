"""Workers are killed in the middle of an import, a run and bulk offers; another finishes, nothing twice."""

import os
import signal
import time
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select, text

from api.background.alarm import SCHEMA, AlarmClock, huey_at
from gateway.allocation_runs.deciding import decide_band
from gateway.allocation_runs.queued import queue_offers, queue_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import ProposalRow, ProposalStatus
from gateway.invariants.check import check
from gateway.placements.tables import OfferRow
from gateway.records.seal import seal
from gateway.records.tables import EventRow
from gateway.records.verify import verify
from gateway.referrals.tables import ReferralRow
from gateway.tasks.states import ENDED
from gateway.tasks.tables import TaskKind, TaskRow, TaskStatus, WorkerRow
from tests.api.background.ground import csv_of, queue
from tests.api.background.real_worker import now, opened, started
from tests.gateway.allocation_runs.worlds import ground as run_ground
from tests.gateway.allocation_runs.worlds import waiting
from tests.gateway.assessment.scored import ground
from tests.gateway.ground import KEYS, MANAGER, service

WAIT_S = 120


@pytest.fixture
def real(database_url):
    store = opened(database_url, KEYS.text())
    yield database_url, store
    if database_url.startswith("postgresql"):
        with store.engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    store.close()


@contextmanager
def a_worker(url, **how):
    process = started(url, KEYS.text(), **how)
    yield process
    if process.is_alive():
        os.kill(process.pid, signal.SIGTERM)
    process.join(timeout=40)
    assert not process.is_alive()


def until(done, what, *, ring=lambda: None):
    deadline = time.monotonic() + WAIT_S
    rung = 0.0
    while not done():
        assert time.monotonic() < deadline, f"{what} did not come in {WAIT_S} seconds"
        if time.monotonic() > rung + 0.5:
            ring()
            rung = time.monotonic()
        time.sleep(0.02)


def task_of(store, task_id):
    with store.reading() as work:
        return work.get(TaskRow, task_id)


def count(store, kind, *conditions):
    with store.reading() as work:
        return work.first(select(func.count()).select_from(kind).where(*conditions))


def killed_in_the_middle(url, store, task_id, begun, kills=2):
    """Kill workers once the task is begun, each at another moment; then let one finish."""
    random, alarm = Random(task_id), AlarmClock(huey_at(url))
    for _ in range(kills):
        process = started(url, KEYS.text())
        # Rung often, so that nobody waits for the minute in which a dead worker's task is found.
        until(lambda: begun() or task_of(store, task_id).status in ENDED, "the beginning", ring=alarm.wake)
        time.sleep(random.uniform(0, 0.15))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        sound(store)
    with a_worker(url):
        until(lambda: task_of(store, task_id).status in ENDED, "the end", ring=alarm.wake)
    alarm.close()
    row = task_of(store, task_id)
    assert row.status is TaskStatus.DONE, row.fault
    seal(store, sweep=True)
    sound(store)


def sound(store):
    with store.reading() as work:
        assert [str(each) for each in check(work)] == []
        assert [str(each) for each in verify(work).wrong] == []


def test_an_import(real, tmp_path):
    url, store = real
    store.transact(ground)
    task_id = queue(store, TaskKind.IMPORT, {"onto_list": False}, content=csv_of(tmp_path, 120))
    imported = ReferralRow.agency_reference.is_not(None)
    last = [0]

    def further():
        there = count(store, ReferralRow, imported)
        grown, last[0] = there > last[0], there
        return grown

    killed_in_the_middle(url, store, task_id, further)
    with store.reading() as work:
        references = work.all(select(ReferralRow.agency_reference).where(imported))
    assert len(references) == len(set(references)) == 120


def test_a_run_and_its_bulk_offers(real):
    url, store = real

    def world(work):
        run_ground(work)
        for number in range(1, 9):
            service(work, f"S-{number}", units=5)
        for number in range(1, 41):
            waiting(work, number, band=1)

    store.transact(world)
    at = now()
    task = store.transact(lambda work: queue_run(Scope(as_of=at.date()), by=MANAGER, at=at, work=work))
    run_id = task.asked.split('"')[3]
    killed_in_the_middle(url, store, task.id, lambda: count(store, EventRow, EventRow.what == "run begun"))
    assert count(store, EventRow, EventRow.what == "run proposed") == 1
    assert count(store, ProposalRow) == 40
    store.transact(lambda work: decide_band(run_id, 1, by=MANAGER, at=now(), work=work))
    offers = store.transact(
        lambda work: queue_offers(run_id, answer_by=at + timedelta(days=3), by=MANAGER, at=now(), work=work)
    )
    last = [0]

    def further():
        there = count(store, OfferRow)
        grown, last[0] = there > last[0], there
        return grown

    killed_in_the_middle(url, store, offers.id, further)
    with store.reading() as work:
        lines = work.all(select(OfferRow.proposal_id))
    assert len(lines) == len(set(lines)) == 40
    assert count(store, ProposalRow, ProposalRow.status == ProposalStatus.OFFERED) == 40
    assert count(store, EventRow, EventRow.what == "line offered") == 40


def test_a_worker_told_to_stop_hands_back_and_an_alarm_wakes_the_next_at_once(real, tmp_path, request):
    url, store = real
    store.transact(ground)
    alarm = AlarmClock(huey_at(url))
    request.addfinalizer(alarm.close)
    with a_worker(url, silent_s=120) as process:
        until(lambda: count(store, WorkerRow) == 1, "the first beat")
        task_id = queue(store, TaskKind.IMPORT, {}, content=csv_of(tmp_path, 200))
        begun = time.monotonic()
        alarm.wake()
        until(lambda: count(store, ReferralRow) > 3, "the first referral")
        assert time.monotonic() - begun < 30, "it did not wait for the minute"
        os.kill(process.pid, signal.SIGTERM)
        process.join(timeout=40)
        assert process.exitcode == 0
    assert count(store, WorkerRow) == 0
    row = task_of(store, task_id)
    assert row.status in (TaskStatus.QUEUED, TaskStatus.DONE)
    assert row.deaths == 0
    with a_worker(url):
        until(lambda: task_of(store, task_id).status is TaskStatus.DONE, "the end", ring=alarm.wake)
    assert count(store, ReferralRow, ReferralRow.agency_reference.is_not(None)) == 200
