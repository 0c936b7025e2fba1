"""430 people lose their places on one day; everybody for whom there is a place has moved in at the end."""

import os

import pytest

from gateway.allocation_runs.deciding import decide, decide_band, record_view
from gateway.allocation_runs.emergencies import board, declare_emergency, end_emergency, log
from gateway.allocation_runs.offering import Outcome, lines_to_offer, make_offers
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.redesignations import agree_to_redesignate, requests_to_answer
from gateway.allocation_runs.running import start_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import Decision, ProposalRow, ProposalStatus
from gateway.directory.tables import ServiceRow
from gateway.invariants.check import check
from gateway.placements.answering import accept_offer
from gateway.placements.moving_in import move_in
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow
from gateway.records.seal import seal
from gateway.records.verify import verify
from scenarios.emergency import emergency
from scenarios.emergency_in_store import load_emergency
from tests.gateway.ground import MANAGER, OFFICER, PROVIDER, TODAY

SOAKING = os.environ.get("HYPOTHESIS_PROFILE") == "soak"


@pytest.fixture
def people(store):
    """430 on SQLite; as many on PostgreSQL would take minutes more, so they are left to the soak."""
    return 430 if store.engine.dialect.name == "sqlite" or SOAKING else 90


@pytest.fixture
def morning(store, people):
    """The region as it stands on the morning of the day, and the ids of the services that close."""
    made = emergency("birmingham-black-country", people=people, seed=1, on=TODAY)
    return load_emergency(made, store, by=OFFICER).closing


def does(store, by, verb, *given, **facts):
    return store.transact(lambda work: verb(*given, by=by, at=work.clock(), work=work, **facts))


def decided(store, run_id):
    """Band by band, and one by one whoever must be looked at singly."""
    for band in range(1, 6):
        does(store, MANAGER, decide_band, run_id, band)
    with store.reading() as work:
        open_ones = (ProposalRow.run_id == run_id, ProposalRow.status == ProposalStatus.PROPOSED)
        left = work.where(ProposalRow, *open_ones, ProposalRow.service_id.is_not(None))
    assert all(line.singly for line in left)
    for line in left:
        does(store, MANAGER, record_view, line.id, seconds=30, alternatives_shown=3)
        does(store, MANAGER, decide, line.id, Decision.AGREE)


def providers_agree(store):
    """To every re-designation that the plan asks for."""
    with store.reading() as work:
        asked = requests_to_answer(work, [row.id for row in work.where(ServiceRow)])
    for request in asked:
        does(store, PROVIDER, agree_to_redesignate, request.id, from_day=TODAY)


def offered_and_moved_in(store, run_id):
    """Round after round, because somebody must have left a place before it can be offered."""
    while True:
        made = make_offers(store, run_id, by=MANAGER, answer_by=None)
        refused = [each.told for each in made if each.outcome is Outcome.REFUSED]
        assert refused == []
        with store.reading() as work:
            offers = [row.id for row in work.where(OfferRow, OfferRow.status == OfferStatus.MADE)]
        for offer in offers:
            does(store, PROVIDER, accept_offer, offer)
            does(store, PROVIDER, move_in, offer, on_day=TODAY)
        with store.reading() as work:
            if not lines_to_offer(work, run_id):
                return
        assert offers, "lines wait and nobody moves"


def test_everybody_for_whom_there_is_a_place_has_moved_in_at_the_end(store, people, morning):
    title = "Three providers close"
    declared = does(store, MANAGER, declare_emergency, title, closes_on=TODAY, services=morning)
    with store.reading() as work:
        assert len(board(work, declared.id).without_a_place) == people
    scope = Scope(as_of=TODAY, max_moves=20, max_conversions=9)
    run = does(store, MANAGER, start_run, scope, emergency_id=declared.id)
    perform(store, run.id, by=MANAGER)
    with store.reading() as work:
        lines = work.where(ProposalRow, ProposalRow.run_id == run.id)
    no_place = {line.referral_id for line in lines if line.service_id is None}
    decided(store, run.id)
    providers_agree(store)
    offered_and_moved_in(store, run.id)
    with store.reading() as work:
        stands = board(work, declared.id)
        told = {event.what for event in log(work, declared.id)}
    assert set(stands.without_a_place) <= no_place
    assert len(stands.moved) == people - len(stands.without_a_place)
    assert {"emergency declared", "run proposed", "band agreed: 1", "line offered", "moved in"} <= told
    why = f"{len(stands.without_a_place)} people are followed singly."
    does(store, MANAGER, end_emergency, declared.id, why=why)
    seal(store)
    with store.reading() as work:
        assert [str(each) for each in check(work)] == []
        assert verify(work).wrong == []
