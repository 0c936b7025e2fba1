"""A worker in a process of its own, as `gateway worker` has it, with the clock of the world."""

import multiprocessing
import os
import secrets
import signal
import threading
from datetime import UTC, datetime, timedelta

from api.background import worker
from api.background.chores import Round
from api.background.worker import Worker, work_until
from gateway.records.retention_rules import RetentionRules
from gateway.schema import ROOMS
from gateway.storage.sealing import Keyring
from gateway.storage.store import Store
from gateway.tasks import in_hand, taking

assert ROOMS  # a row can be written only where every table that its own refers to is known

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.api.background.real_worker"])


class Silent:
    """A post that keeps what it is given nowhere."""

    def send(self, letter):
        return letter.id


def now():
    return datetime.now(UTC)


def new_id(prefix):
    return f"{prefix}-{secrets.token_hex(8)}"


def opened(url, keys):
    return Store(url, keys=Keyring.parse(keys), clock=now, new_id=new_id, pool_size=8)


def work(url, keys, silent_s):
    """Work until told to stop; a worker that says nothing for so long is taken for dead."""
    taking.SILENT, in_hand.EVERY = timedelta(seconds=silent_s), timedelta(0)
    worker.BEATS_EVERY = timedelta(seconds=silent_s / 10)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    store = opened(url, keys)
    rules = RetentionRules(placed_years=6, unplaced_years=2, never_referred_years=1)
    round_ = Round(store=store, post=Silent(), origin="https://gateway.test", rules=rules)
    work_until(stop, Worker(f"{os.getpid()}-{secrets.token_hex(4)}", round_), url)
    store.close()


def started(url, keys, silent_s=4.0):
    process = PROCESSES.Process(target=work, args=(url, keys, silent_s))
    process.start()
    return process
