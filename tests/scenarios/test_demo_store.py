"""The demonstration is a gateway in its second year: something of everything, and nothing that is wrong."""

import shutil
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.allocation_runs.tables import ProposalRow, ProposalStatus, RunRow, RunStatus
from gateway.directory.board import vacancy_board
from gateway.directory.tables import ServiceRow, VoidRow
from gateway.directory.units import stale_units
from gateway.invariants.check import check
from gateway.monitoring.needs_now import Need, WhoAsks, needs_now
from gateway.monitoring.repeat_presentations import repeat_presentations
from gateway.people.exclusions import exclusions_in_force
from gateway.people.tables import MergeRow, PersonRow, SeparationRow
from gateway.placements.offers import refusals_to_review
from gateway.placements.residents import due_for_review, ready_to_leave
from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.placements.tables import OfferRow, PlacementRow, Review
from gateway.records.actor import CLOCKWORK, Role
from gateway.records.seal import seal
from gateway.records.tables import EventRow, EventSubjectRow
from gateway.records.verify import verify
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.stay import Stay
from gateway.storage.store import Store
from scenarios.demo_particulars import NOWHERE
from scenarios.demo_store import NotEmpty, load_demonstration
from tests.demonstration import REGION
from tests.gateway.ground import ADMINISTRATOR, KEYS, TODAY, Ids, StoppedClock, authorities, person


@pytest.fixture
def work(demonstration):
    store, _ = demonstration
    with store.reading() as work:
        yield work


def counted(work, column):
    return dict(work.session.execute(select(column, func.count()).group_by(column)).all())


def test_every_invariant_holds_and_every_event_is_in_the_chain(demonstration):
    store, _ = demonstration
    seal(store)
    with store.reading() as work:
        assert [str(each) for each in check(work)] == []
        assert verify(work).wrong == []


def test_there_are_referrals_in_every_state(work):
    assert counted(work, ReferralRow.status).keys() == set(ReferralStatus)


def test_offers_wait_were_accepted_and_came_to_nothing_in_every_way(work):
    assert counted(work, OfferRow.status).keys() == set(OfferStatus) - {OfferStatus.PROPOSED}
    assert counted(work, OfferRow.review).keys() == {None, *Review}
    assert refusals_to_review(work)


def test_people_live_there_left_are_due_for_review_and_ready_to_move_on(work):
    assert counted(work, PlacementRow.status).keys() == set(PlacementStatus)
    assert due_for_review(work, TODAY)
    assert {each.blocked_by for each in ready_to_leave(work)} > {None}


def test_units_are_lived_in_empty_out_of_use_and_long_unconfirmed(work):
    board = vacancy_board(work, Stay.on(TODAY))
    assert sum(each.units for each in board) > 100
    assert work.where(VoidRow)
    assert stale_units(work, datetime(2026, 2, 1, tzinfo=UTC), on=TODAY).services


def test_somebody_is_hidden_barred_kept_apart_merged_and_back_again(work):
    restricted = work.where(PersonRow, PersonRow.restricted)
    assert len(restricted) == 1
    everybody = [row.id for row in work.where(PersonRow)]
    assert any(exclusions_in_force(work, everybody, TODAY).values())
    assert work.where(SeparationRow)
    assert work.where(MergeRow)
    assert repeat_presentations(work, as_of=TODAY, by=CLOCKWORK, at=work.clock())


def test_a_confidential_service_has_an_address_and_no_coordinates(work):
    hidden = [row for row in work.where(ServiceRow, ServiceRow.confidential) if row.tier != "floating"]
    assert hidden
    assert all(NOWHERE in row.address and row.latitude is None for row in hidden)
    told = work.all(select(EventRow.changes).where(EventRow.what == "service changed"))
    assert told
    assert not [each for each in told if NOWHERE in each]


def test_a_run_has_just_proposed_places(work, demonstration):
    _, made = demonstration
    assert work.get(RunRow, made.run).status is RunStatus.PROPOSED
    lines = work.where(ProposalRow, ProposalRow.run_id == made.run)
    assert {line.status for line in lines} == {ProposalStatus.PROPOSED}
    assert any(line.service_id for line in lines)
    assert any(line.service_id is None for line in lines)


def test_there_is_an_account_of_every_role_and_nobody_can_sign_in_yet(work, demonstration):
    _, made = demonstration
    assert set(made.accounts) == set(Role) - {Role.CLOCKWORK}
    for role, id in made.accounts.items():
        assert work.get(AccountRow, id).role is role
    assert counted(work, AccountRow.status).keys() == {AccountStatus.INVITED}


def test_whoever_tries_it_as_a_provider_or_an_agency_has_something_to_answer(work, demonstration):
    _, made = demonstration
    provider, agency = (work.get(AccountRow, made.accounts[role]) for role in (Role.PROVIDER, Role.REFERRER))
    at = StoppedClock()()
    waits = needs_now(work, WhoAsks(role=provider.role, provider_id=provider.provider_id), at=at)
    assert waits[Need.OFFERS]
    waits = needs_now(work, WhoAsks(role=agency.role, agency_id=agency.agency_id), at=at)
    assert waits[Need.QUESTIONS]


def test_whoever_appears_in_its_events_has_an_account(work):
    known = {row.id for row in work.where(AccountRow)} | {ADMINISTRATOR.id, "clockwork"}
    assert set(work.all(select(EventRow.actor).distinct())) <= known


def test_nothing_happened_after_now_and_everything_in_its_order(work):
    moments = work.all(select(EventRow.happened_at).order_by(EventRow.number))
    assert list(moments) == sorted(moments)
    assert moments[-1] <= StoppedClock()()


@pytest.fixture
def empty(sqlite_template, tmp_path):
    """Makes an empty store on SQLite whose clock stands at a moment."""
    stores = []

    def make(moment=None):
        url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / f'{len(stores)}.db')}"
        clock = StoppedClock(moment) if moment else StoppedClock()
        stores.append(Store(url, keys=KEYS, clock=clock, new_id=Ids()))
        return stores[-1]

    yield make
    for each in stores:
        each.close()


def test_in_a_night_at_a_weekend_it_is_as_whole(empty):
    store = empty(datetime(2026, 12, 26, 23, 50, tzinfo=UTC))
    load_demonstration(REGION, store, seed=2, by=ADMINISTRATOR)
    with store.reading() as work:
        assert [str(each) for each in check(work)] == []
        assert counted(work, ReferralRow.status).keys() == set(ReferralStatus)
        assert {OfferStatus.MADE, OfferStatus.ACCEPTED} <= counted(work, OfferRow.status).keys()


@pytest.mark.parametrize("demonstration", ["postgresql"], indirect=True)
@pytest.mark.postgresql
def test_the_same_seed_gives_the_same_history_on_either_database(demonstration, empty):
    store, _ = demonstration
    again = empty()
    load_demonstration(REGION, again, seed=1, by=ADMINISTRATOR)
    assert story(store) == story(again)


def story(store):
    query = select(EventRow.happened_at, EventRow.actor, EventRow.what, EventSubjectRow.subject)
    query = query.join(EventSubjectRow, EventSubjectRow.event == EventRow.number)
    with store.reading() as work:
        return [
            tuple(each)
            for each in work.session.execute(query.order_by(EventRow.number, EventSubjectRow.subject))
        ]


@pytest.mark.parametrize("there", [authorities, person])
def test_only_an_empty_store_is_filled(store, there):
    store.transact(there)
    with pytest.raises(NotEmpty, match="is not empty"):
        load_demonstration(REGION, store, seed=1, by=ADMINISTRATOR)
