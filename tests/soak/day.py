"""A day's work in a process of its own, done so that it can be killed anywhere and begun again.

People are entered, a run is made, decided and turned into offers; whatever is there already is passed over.
"""

import secrets
from datetime import timedelta

from sqlalchemy import func, select

from gateway.allocation_runs.deciding import decide_band
from gateway.allocation_runs.offering import make_offers
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.running import start_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import ProposalRow, RunRow, RunStatus
from gateway.placements.tables import OfferRow
from gateway.records.seal import seal
from gateway.referrals.tables import ReferralRow
from gateway.schema import ROOMS
from gateway.storage.sealing import Keyring
from gateway.storage.store import Store
from tests.gateway.allocation_runs.worlds import ground, waiting
from tests.gateway.ground import MANAGER, NOW, TODAY, service

assert ROOMS  # a row can be written only where every table that its own refers to is known

PEOPLE = 24
SERVICES = 4
UNITS = 5


def work_a_day(url, keys):
    """All of it, from wherever it was left."""
    store = Store(url, keys=Keyring.parse(keys), clock=lambda: NOW, new_id=new_id)
    try:
        enter_everybody(store)
        run_id = the_run(store)
        for band in (1, 2):
            store.transact(lambda work, band=band: decide_band(run_id, band, by=MANAGER, at=NOW, work=work))
        make_offers(store, run_id, by=MANAGER, answer_by=NOW + timedelta(days=3))
        seal(store)
    finally:
        store.close()


def new_id(prefix):
    return f"{prefix}-{secrets.token_hex(8)}"


def set_the_scene(work):
    ground(work)
    for number in range(1, SERVICES + 1):
        service(work, f"S-{number}", units=UNITS)


def enter_everybody(store):
    """One unit of work each: somebody is there whole, or not at all."""
    with store.reading() as work:
        there = set(work.all(select(ReferralRow.id)))
    for number in range(1, PEOPLE + 1):
        if f"R-{number}" not in there:
            store.transact(lambda work, number=number: waiting(work, number, band=1 + number % 2))


def the_run(store):
    """The day's run: begun, begun again, or done."""
    with store.reading() as work:
        run = work.first(select(RunRow).order_by(RunRow.id))
    if run is None:
        run = store.transact(lambda work: start_run(Scope(as_of=TODAY), by=MANAGER, at=NOW, work=work))
    if run.status in {RunStatus.QUEUED, RunStatus.RUNNING}:
        perform(store, run.id, by=MANAGER)
    return run.id


def stands(store):
    """How far the day has come: people entered, lines proposed, offers made."""
    with store.reading() as work:
        return tuple(
            work.first(select(func.count()).select_from(row)) for row in (ReferralRow, ProposalRow, OfferRow)
        )
