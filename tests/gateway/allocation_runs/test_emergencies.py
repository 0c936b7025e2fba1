"""An emergency is followed from the closure to the last person, and its log tells what was done when."""

from datetime import timedelta

import pytest

from gateway.allocation_runs.deciding import decide_band
from gateway.allocation_runs.emergencies import add_affected, board, declare_emergency, end_emergency, log
from gateway.allocation_runs.offering import make_offers
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.running import start_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import EmergencyRow
from gateway.directory.tables import ServiceRow
from gateway.invariants.check import check
from gateway.invariants.closed_services_empty import CLOSED_SERVICES_EMPTY
from gateway.people.tables import PersonRow
from gateway.placements.answering import accept_offer
from gateway.placements.moving_in import move_in
from gateway.placements.tables import OfferRow
from gateway.records.write import write
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict, Invalid
from tests.gateway.allocation_runs.worlds import lines, offered, run, settle, two_services
from tests.gateway.ground import MANAGER, NOW, OFFICER, TODAY


def declared(store, **facts):
    facts = {"closes_on": TODAY, "services": ["S-1"]} | facts
    return store.transact(
        lambda work: declare_emergency("Provider closes", by=MANAGER, at=NOW, work=work, **facts)
    )


def lived_in(store):
    """R-1 and R-2 live in S-1; R-3 waits; S-2 has two units."""
    store.transact(two_services)
    settle(store, "R-1", "U-1-1", day=TODAY - timedelta(days=30))
    settle(store, "R-2", "U-1-2", day=TODAY - timedelta(days=30))


def stands(store, emergency):
    with store.reading() as work:
        return board(work, emergency.id)


def test_everybody_in_a_service_that_closes_must_leave_and_nobody_else(store):
    lived_in(store)
    emergency = declared(store)
    assert stands(store, emergency).without_a_place == ("R-1", "R-2")
    with store.reading() as work:
        assert work.get(ServiceRow, "S-1").closes_on == TODAY
        assert {row.id for row in work.where(ReferralRow, ReferralRow.must_leave.is_(True))} == {"R-1", "R-2"}


@pytest.mark.parametrize("days", [-1, -365, 367, 60_000])
def test_a_day_that_is_over_or_far_away_is_a_slip_of_the_pen(store, days):
    """Somebody who left since would be affected."""
    lived_in(store)
    with pytest.raises(Invalid, match="must be today or a day within a year"):
        declared(store, closes_on=TODAY + timedelta(days=days))


def test_who_must_leave_comes_before_nobody_of_higher_priority_and_nobody_is_placed_where_it_closes(store):
    lived_in(store)
    declared(store)
    found = lines(store, run(store))
    assert {line.service_id for line in found.values() if line.service_id} == {"S-2"}
    assert found["R-3"].service_id is None


def test_a_closure_that_is_yet_to_come_takes_nobody_in_already(store):
    lived_in(store)
    declared(store, closes_on=TODAY.replace(day=20))
    assert {line.service_id for line in lines(store, run(store)).values() if line.service_id} == {"S-2"}


def test_an_emergency_on_the_very_day_somebody_moved_in_leaves_a_true_record_after_they_have_moved_on(store):
    """Found by doing everything in any order: the hold began when the service was already closed."""
    store.transact(two_services)
    settle(store, "R-1", "U-1-1", day=TODAY)
    declared(store)
    offer = store.transact(lambda work: offered(work, "R-1", "U-2-1", day=TODAY + timedelta(days=1)))
    tomorrow = NOW + timedelta(days=1)
    store.clock.on(days=1)
    store.transact(lambda work: accept_offer(offer.id, by=OFFICER, at=tomorrow, work=work))
    store.transact(
        lambda work: move_in(offer.id, TODAY + timedelta(days=1), by=OFFICER, at=tomorrow, work=work)
    )
    with store.reading() as work:
        assert not work.get(ReferralRow, "R-1").must_leave
        assert closed_services(work) == []


def closed_services(work):
    return [str(each) for each in check(work) if each.invariant is CLOSED_SERVICES_EMPTY]


def test_the_board_counts_down_to_nobody_and_the_log_tells_how(store):
    lived_in(store)
    emergency = declared(store)
    queued = store.transact(
        lambda work: start_run(Scope(as_of=TODAY), emergency_id=emergency.id, by=MANAGER, at=NOW, work=work)
    )
    perform(store, queued.id, by=MANAGER)
    store.transact(lambda work: decide_band(queued.id, 1, by=MANAGER, at=NOW, work=work))
    make_offers(store, queued.id, by=MANAGER, answer_by=None)
    assert stands(store, emergency).offered == ("R-1", "R-2")
    with store.reading() as work:
        offers = [row.id for row in work.where(OfferRow, OfferRow.proposal_id.is_not(None))]
    for offer in offers:
        store.transact(lambda work, id=offer: accept_offer(id, by=OFFICER, at=NOW, work=work))
    assert stands(store, emergency).accepted == ("R-1", "R-2")
    for offer in offers:
        store.transact(lambda work, id=offer: move_in(id, on_day=TODAY, by=OFFICER, at=NOW, work=work))
    there = stands(store, emergency)
    assert (there.moved, there.without_a_place) == (("R-1", "R-2"), ())
    store.transact(lambda work: end_emergency(emergency.id, by=MANAGER, at=NOW, work=work))
    with store.reading() as work:
        told = [event.what for event in log(work, emergency.id)]
    assert told[0] == "emergency declared"
    assert told[-1] == "emergency ended"
    assert {"run started", "run proposed", "band agreed: 1", "line offered"} <= set(told)


def test_it_does_not_end_without_a_word_while_somebody_has_no_place(store):
    lived_in(store)
    emergency = declared(store)
    with pytest.raises(Conflict, match=r"2 people of emergency E-\d+ have no place yet"):
        store.transact(lambda work: end_emergency(emergency.id, by=MANAGER, at=NOW, work=work))
    why = "The provider stays open after all."
    store.transact(lambda work: end_emergency(emergency.id, why=why, by=MANAGER, at=NOW, work=work))
    with store.reading() as work:
        assert work.get(EmergencyRow, emergency.id).ended_at == NOW


def test_people_can_be_added_from_a_list_and_each_is_added_once(store):
    lived_in(store)
    emergency = declared(store)
    add = lambda work: add_affected(emergency.id, ["R-1", "R-3"], by=MANAGER, at=NOW, work=work)  # noqa: E731  said twice below
    assert store.transact(add) == ["R-3"]
    assert store.transact(add) == []
    assert stands(store, emergency).without_a_place == ("R-1", "R-2", "R-3")


def test_an_offer_in_a_service_that_closes_is_withdrawn_and_the_person_is_back_on_the_list(store):
    store.transact(two_services)
    store.transact(lambda work: offered(work, "R-3", "U-1-1"))
    declared(store)
    with store.reading() as work:
        assert work.get(ReferralRow, "R-3").status is ReferralStatus.WAITING


def test_every_fault_of_a_declaration_is_told_at_once(store):
    store.transact(two_services)
    with pytest.raises(Invalid) as refused:
        declared(store, services=["S-9"], referrals=["R-9"])
    assert refused.value.faults == (
        ("services[0]", "S-9 is no service"),
        ("referrals[0]", "R-9 is no referral"),
    )
    with pytest.raises(Invalid, match="none is named, and nobody is"):
        declared(store, services=[])


def test_a_restricted_person_is_added_only_by_who_may_open_the_case(store):
    lived_in(store)
    emergency = declared(store)

    def restrict(work):
        row = work.get(PersonRow, "P-3")
        row.restricted = True
        write(work, row, what="set up", by=OFFICER, at=NOW)

    store.transact(restrict)
    with pytest.raises(Invalid, match="R-3 is no referral"):
        store.transact(lambda work: add_affected(emergency.id, ["R-3"], by=MANAGER, at=NOW, work=work))
    with pytest.raises(Invalid, match="R-3 is no referral"):
        declared(store, services=[], referrals=["R-3"])


def test_nobody_is_added_to_an_emergency_that_has_ended(store):
    lived_in(store)
    emergency = declared(store)
    store.transact(lambda work: end_emergency(emergency.id, why="over", by=MANAGER, at=NOW, work=work))
    with pytest.raises(Conflict, match="has ended already"):
        store.transact(lambda work: add_affected(emergency.id, ["R-3"], by=MANAGER, at=NOW, work=work))


def test_the_log_is_read_page_by_page(store):
    lived_in(store)
    emergency = declared(store)
    store.transact(lambda work: end_emergency(emergency.id, why="over", by=MANAGER, at=NOW, work=work))
    with store.reading() as work:
        whole = [event.number for event in log(work, emergency.id)]
        first, *_ = log(work, emergency.id, limit=1)
        rest = [event.number for event in log(work, emergency.id, after=first.number)]
    assert [first.number, *rest] == whole
