"""What pages show of runs: flows, what is left to decide, two runs compared, quotas left out."""

import pytest

from gateway.agreements.quotas import quotas_on
from gateway.allocation_runs.comparing import Change, Outcome, compared, people_of
from gateway.allocation_runs.deciding import decide_band
from gateway.allocation_runs.looking_again import decisions_of, offer_of_line, tied_with
from gateway.allocation_runs.offering import make_offers
from gateway.allocation_runs.run_counts import Flow, flows_of, standings
from gateway.allocation_runs.run_lists import moves_of
from gateway.allocation_runs.running import close_run, scope_of
from gateway.allocation_runs.tables import RedesignationRequestRow, RequestStatus, RunRow
from gateway.directory.tables import ConversionRow, Tier, UnitGender
from gateway.placements.tables import OfferRow
from gateway.refusals import Invalid
from scenarios.statements import statements
from tests.gateway.agreements.papers import OTHERS, append, bought, make
from tests.gateway.allocation_runs.worlds import ground, lines, offered, run, settle, two_services, waiting
from tests.gateway.ground import BIRMINGHAM, DUDLEY, MANAGER, NOW, OFFICER, put, service


def tight(work):
    """One unit in Birmingham; two people wait who are as near, and a third of a lower band."""
    ground(work)
    service(work, "S-1", units=1)
    waiting(work, 1, rank=1)
    waiting(work, 2, rank=1)
    waiting(work, 3, band=2)


def test_people_flow_by_band_to_tiers_and_authorities_or_nowhere(store):
    store.transact(tight)
    run_id = run(store)
    with store.reading() as work:
        assert flows_of(work, run_id) == [
            Flow(band=1, tier=Tier.HUB, authority_id=BIRMINGHAM, people=1),
            Flow(band=1, tier=None, authority_id=None, people=1),
            Flow(band=2, tier=None, authority_id=None, people=1),
        ]
        (standing,) = standings(work, [run_id]).values()
    assert (standing.lines, standing.placed, standing.open) == (3, 1, 1)


def test_how_many_runs_stand_is_asked_at_once(store):
    store.transact(two_services)
    ids = [run(store), run(store)]
    store.transact(lambda work: decide_band(ids[0], 1, by=OFFICER, at=NOW, work=work))
    with store.reading() as work, statements(work) as asked:
        found = standings(work, [*ids, "N-NONE"])
    assert {id: each.open for id, each in found.items()} == {ids[0]: 0, ids[1]: 3}
    assert len(asked) == 1


def test_moves_come_in_the_order_of_their_steps_page_by_page(store):
    def world(work):
        ground(work)
        service(work, "S-1", units=1)
        service(work, "S-2", units=1)
        waiting(work, 1, band=2)

    store.transact(world)
    settle(store, "R-1", "U-1-1")
    store.transact(lambda work: waiting(work, 2, band=1))
    run_id = run(store)
    with store.reading() as work:
        every = moves_of(work, run_id)
        first = moves_of(work, run_id, limit=1)
        rest = moves_of(work, run_id, after=(every[0].step, every[0].id))
    assert [*first, *rest] == every
    assert sorted(each.step for each in every) == [each.step for each in every]


def test_ties_decisions_and_the_offer_of_a_line(store):
    store.transact(tight)
    run_id = run(store)
    with store.reading() as work:
        tied = tied_with(work, run_id, ["P000001", "P000002", "P000003"])
    assert {each.referral for each in tied} == {"R-1", "R-2"}

    other = run(store)
    line = lines(store, other)["R-3"]
    with store.reading() as work:
        assert (decisions_of(work, line.id), offer_of_line(work, line.id)) == ([], None)


def test_the_offer_of_a_line_is_found(store):
    store.transact(two_services)
    run_id = run(store)
    store.transact(lambda work: decide_band(run_id, 1, by=OFFICER, at=NOW, work=work))
    make_offers(store, run_id, by=OFFICER, answer_by=None)
    line = lines(store, run_id)["R-1"]
    with store.reading() as work:
        (offer,) = work.where(OfferRow, OfferRow.referral_id == "R-1")
        assert offer_of_line(work, line.id) == offer.id
        assert [each.in_bulk for each in decisions_of(work, line.id)] == [True]


def test_two_runs_are_compared_by_name(store):
    def more(work):
        service(work, "S-2", units=1, lot="families")
        waiting(work, 4, band=3)

    store.transact(tight)
    narrow = run(store)
    store.transact(more)
    wide = run(store)
    with store.reading() as work, statements(work) as asked:
        found = {each.referral: each.change for each in compared(work, narrow, wide)}
    assert found.pop("R-4") is Change.ONLY_ONE
    assert sorted(found.values()) == [Change.GAINS, Change.SAME, Change.SAME]
    assert len(asked) == 4
    with store.reading() as work:
        back = {each.referral: each.change for each in compared(work, wide, narrow)}
        assert sorted(back.values()) == [Change.LOSES, Change.ONLY_ONE, Change.SAME, Change.SAME]
        assert people_of(work, ["R-1"]) == {"R-1": "P-1"}


def test_who_keeps_what_they_have_in_both_runs_is_in_neither(store):
    store.transact(two_services)
    settle(store, "R-1", "U-1-1")
    one, other = run(store), run(store)
    with store.reading() as work:
        assert {each.referral for each in compared(work, one, other)} == {"R-2", "R-3"}


def test_who_was_offered_in_between_what_the_first_run_proposed_has_the_same(store):
    store.transact(two_services)
    before = run(store)
    service = lines(store, before)["R-1"].service_id
    place, elsewhere = ("U-1-1", "U-2-1") if service == "S-1" else ("U-2-1", "U-1-1")
    store.transact(lambda work: offered(work, "R-1", place))
    store.transact(lambda work: offered(work, "R-2", elsewhere))
    after = run(store)
    with store.reading() as work:
        found = {each.referral: each for each in compared(work, before, after)}
    assert found["R-1"].other == Outcome(service=service, stays=True)
    assert found["R-1"].change is Change.SAME
    assert found["R-2"].other.stays
    same = found["R-2"].one.service == found["R-2"].other.service
    assert found["R-2"].change is (Change.SAME if same else Change.ELSEWHERE)


def capped(work):
    """One unit of S-1 is Birmingham's and one Dudley's; two people of Birmingham wait."""
    ground(work)
    service(work, "S-1", units=2)
    agreement = make(work)
    append(work, agreement, purchases=[bought(), bought(authority=DUDLEY)], clauses=[OTHERS])
    waiting(work, 1)
    waiting(work, 2)


def test_without_a_quota_there_is_more_and_the_run_remembers_what_it_left_out(store):
    store.transact(capped)
    with store.reading() as work:
        (birminghams,) = [each.id for each in quotas_on(work, NOW.date()) if each.authorities == {BIRMINGHAM}]
    strict, free = run(store), run(store, lifted=frozenset({birminghams}))
    with store.reading() as work:
        assert standings(work, [strict])[strict].placed == 1
        assert standings(work, [free])[free].placed == 2
        assert scope_of(work.get(RunRow, free)).lifted == {birminghams}
    store.transact(lambda work: decide_band(free, 1, by=OFFICER, at=NOW, work=work))
    made = make_offers(store, free, by=OFFICER, answer_by=None)
    assert sorted(each.outcome for each in made) == ["offered", "refused"]


def test_a_quota_that_nobody_knows_is_not_left_out(store):
    store.transact(two_services)
    with pytest.raises(Invalid, match="lifted: there is no quota 'none such'"):
        run(store, lifted=frozenset({"none such"}))


def test_a_run_that_is_closed_asks_providers_no_more(store):
    def world(work):
        ground(work)
        service(work, "S-1", units=1, gender=UnitGender.MALE)
        source, target = UnitGender.MALE, UnitGender.FEMALE
        put(work, ConversionRow(service_id="S-1", source=source, target=target, max_units=1, cost=0))
        waiting(work, 1, gender="female")

    store.transact(world)
    run_id = run(store)
    with store.reading() as work:
        assert [each.status for each in work.where(RedesignationRequestRow)] == [RequestStatus.ASKED]
    store.transact(lambda work: close_run(run_id, by=MANAGER, at=NOW, work=work))
    with store.reading() as work:
        assert [each.status for each in work.where(RedesignationRequestRow)] == [RequestStatus.WITHDRAWN]
