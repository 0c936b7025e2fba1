"""A process killed at any moment loses nothing that was finished and leaves nothing half done.

In CI a few kills a database; `dev.py soak` makes 200. Each day's work is killed again and again until it
gets through; then another day begins in an empty database.
"""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from random import Random

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.pool import NullPool

from gateway.allocation_runs.tables import ProposalRow, ProposalStatus, RunRow, RunStatus
from gateway.invariants.check import check
from gateway.placements.tables import OfferRow
from gateway.records.seal import seal
from gateway.records.tables import EventRow
from gateway.records.verify import verify
from gateway.storage.store import Store
from tests.databases import migrate
from tests.gateway.ground import KEYS, Ids, StoppedClock
from tests.soak.day import PEOPLE, set_the_scene, stands, work_a_day
from tests.soak.small_disk import small_disk

KILLS = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 4
KILLS_A_DAY = 8

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.soak.day"])


def opened(url):
    return Store(url, keys=KEYS, clock=StoppedClock(), new_id=Ids())


def sound(store):
    """Whatever is there is whole: every invariant holds, and the chain tells of nothing changed."""
    with store.reading() as work:
        assert [str(each) for each in check(work)] == []
        assert [str(each) for each in verify(work).wrong] == []


def one_offer_a_line(store):
    with store.reading() as work:
        offers = work.all(select(OfferRow.proposal_id).where(OfferRow.proposal_id.is_not(None)))
        offered = work.first(select(func.count()).where(ProposalRow.status == ProposalStatus.OFFERED))
        told = work.first(select(func.count()).where(EventRow.what == "line offered"))
    assert len(offers) == len(set(offers)) == offered == told


def kill_in_the_middle(url, after):
    worker = PROCESSES.Process(target=work_a_day, args=(url, KEYS.text()))
    worker.start()
    worker.join(timeout=after)
    if worker.is_alive():
        os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    return worker.exitcode


def a_day(url, random, kills, length):
    """One day, killed up to so often; how many kills hit, and how long a whole day takes."""
    store = opened(url)
    store.transact(set_the_scene)
    hit, before = 0, (0, 0, 0)
    for _ in range(kills):
        code = kill_in_the_middle(url, random.uniform(0, length))
        sound(store)
        one_offer_a_line(store)
        reached = stands(store)
        assert reached >= before, "what was finished before the kill is gone"
        before = reached
        hit += code == -signal.SIGKILL
        if code == 0:
            break
        assert code == -signal.SIGKILL, f"the work ended with {code}"
    begun = time.monotonic()
    work_a_day(url, KEYS.text())
    everybody_has_an_offer(store)
    store.close()
    return hit, time.monotonic() - begun


def everybody_has_an_offer(store):
    """The places are as many as the people at least, so the day ends with an offer for each."""
    seal(store)
    sound(store)
    one_offer_a_line(store)
    with store.reading() as work:
        (run,) = work.where(RunRow)
    assert run.status is RunStatus.PROPOSED
    assert stands(store)[0] == PEOPLE
    assert stands(store)[1] >= stands(store)[2] > 0


def test_work_killed_anywhere_is_there_whole_or_not_at_all_and_goes_on(database_maker):
    random = Random(1)
    left, length = KILLS, 2.0
    while left > 0:
        hit, took = a_day(database_maker(), random, min(KILLS_A_DAY, left), length)
        left -= max(hit, 1)
        length = max(0.3, took / 2)


FILL = """
import sys
from tests.soak.day import work_a_day
work_a_day(sys.argv[1], sys.stdin.read())
"""


def test_a_full_disk_loses_nothing_on_sqlite_and_the_work_goes_on_when_there_is_room(
    tmp_path, sqlite_template
):
    """The database may take only a few more pages, as on a disk that fills up while people work."""
    path = tmp_path / "gateway.db"
    shutil.copy(sqlite_template, path)
    url = f"sqlite:///{path}"
    store = opened(url)
    store.transact(set_the_scene)
    store.close()
    size = path.stat().st_size
    for room in (40_000, 120_000, 300_000):
        limit = f"ulimit -f {(size + room) // 1024}; trap '' XFSZ; exec \"$@\""
        worker = ["bash", "-c", limit, "bash", sys.executable, "-c", FILL, url]
        done = subprocess.run(worker, input=KEYS.text(), text=True, capture_output=True, check=False)
        assert done.returncode != 0, f"{room} bytes were room enough"
        store = opened(url)
        sound(store)
        one_offer_a_line(store)
        store.close()
    work_a_day(url, KEYS.text())
    store = opened(url)
    everybody_has_an_offer(store)
    store.close()


@pytest.mark.postgresql
def test_a_full_disk_loses_nothing_on_postgresql_and_the_work_goes_on_when_there_is_room():
    """All of the server is on it, its write-ahead log too: it may have to give up, and recover."""
    with small_disk() as disk:
        ask(disk, "CREATE DATABASE gateway")
        url = disk.url("gateway")
        migrate(url)
        store = opened(url)
        store.transact(set_the_scene)
        store.close()
        full = 0
        for room in range(0, 1_000_000, 40_000):  # a little more each time, until a day gets through
            ask(disk, "CHECKPOINT")
            disk.fill(leaving=room)
            worker = [sys.executable, "-c", FILL, url]
            done = subprocess.run(worker, input=KEYS.text(), text=True, capture_output=True, check=False)
            disk.clear()
            store = opened(url)
            sound(store)
            one_offer_a_line(store)
            store.close()
            if done.returncode == 0:
                break
            full += 1
        assert full >= 2, "the disk was never full"
        work_a_day(url, KEYS.text())
        store = opened(url)
        everybody_has_an_offer(store)
        store.close()


def ask(disk, command):
    engine = create_engine(disk.url(), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(command))
