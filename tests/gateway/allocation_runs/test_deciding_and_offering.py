"""A named person decides every line; decided lines become offers, each once, whatever is killed."""

import pytest

from gateway.allocation_runs.deciding import NotLookedAt, Unsuitable, decide, decide_band, record_view
from gateway.allocation_runs.emergencies import reasons_of
from gateway.allocation_runs.offering import Outcome, lines_to_offer, make_offers
from gateway.allocation_runs.redesignations import (
    agree_to_redesignate,
    refuse_to_redesignate,
    requests_to_answer,
)
from gateway.allocation_runs.staleness import mark_stale
from gateway.allocation_runs.tables import Decision, DecisionRow, ProposalStatus, ProposalUnitRow, ViewRow
from gateway.directory.tables import ConversionRow, UnitGender
from gateway.placements.tables import HoldRow, OfferRow
from gateway.records.tables import EventRow
from gateway.records.write import write
from gateway.referrals.tables import ReferralCodeRow, ReferralRow, ReferralTrait
from gateway.refusals import Conflict, IllegalMove, Invalid
from tests.gateway.allocation_runs.worlds import ground, lines, offered, run, settle, two_services, waiting
from tests.gateway.ground import MANAGER, NOW, OFFICER, PROVIDER, TODAY, put, service


def decided(store, line, decision=Decision.AGREE, by=OFFICER, **facts):
    return store.transact(lambda work: decide(line.id, decision, by=by, at=NOW, work=work, **facts))


def looked(store, line, by=OFFICER):
    return store.transact(
        lambda work: record_view(line.id, seconds=40, alternatives_shown=3, by=by, at=NOW, work=work)
    )


def offers(store, run_id):
    return {each.referral: each for each in make_offers(store, run_id, by=OFFICER, answer_by=None)}


def unknown_risk(work, id):
    put(work, ReferralCodeRow(referral_id=id, trait=ReferralTrait.RISK, value="arson", answer=None))


def test_who_must_be_looked_at_singly_is_not_decided_unseen_nor_with_the_band(store):
    store.transact(two_services)
    store.transact(lambda work: unknown_risk(work, "R-2"))
    run_id = run(store)
    found = lines(store, run_id)
    agreed = store.transact(lambda work: decide_band(run_id, 1, by=OFFICER, at=NOW, work=work))
    assert {line.referral_id for line in agreed} == {"R-1", "R-3"}
    with pytest.raises(NotLookedAt):
        decided(store, found["R-2"])
    looked(store, found["R-2"], by=MANAGER)
    with pytest.raises(NotLookedAt):
        decided(store, found["R-2"])
    looked(store, found["R-2"])
    assert decided(store, found["R-2"]).status is ProposalStatus.AGREED


def test_what_was_looked_at_and_for_how_long_is_kept(store):
    store.transact(two_services)
    looked(store, lines(store, run(store))["R-1"])
    with store.reading() as work:
        (view,) = work.where(ViewRow)
    assert (view.viewed_by, view.seconds, view.alternatives_shown) == (OFFICER.id, 40, 3)


def test_to_decide_otherwise_than_proposed_takes_a_reason_and_a_change_takes_a_place(store):
    store.transact(two_services)
    line = lines(store, run(store))["R-1"]
    with pytest.raises(Invalid, match="reason: is missing"):
        decided(store, line, Decision.LEAVE)
    with pytest.raises(Invalid, match="service_id: is given for a change, and for nothing else"):
        decided(store, line, Decision.CHANGE, reason="Nearer to her school.")
    assert decided(store, line, Decision.LEAVE, reason="In hospital.").status is ProposalStatus.LEFT


def test_a_place_that_does_not_suit_is_not_chosen(store):
    def world(work):
        ground(work)
        service(work, "S-1")
        service(work, "S-2", gender=UnitGender.FEMALE)
        waiting(work, 1, gender="male")

    store.transact(world)
    line = lines(store, run(store))["R-1"]
    with pytest.raises(Unsuitable, match="S-2 does not suit"):
        decided(store, line, Decision.CHANGE, service_id="S-2", reason="Asked for it.")


def test_there_is_nothing_to_agree_to_where_no_place_was_found(store):
    def world(work):
        ground(work)
        service(work, units=0)
        waiting(work, 1)

    store.transact(world)
    with pytest.raises(Conflict, match="proposes no place"):
        decided(store, lines(store, run(store))["R-1"])


def test_a_decision_can_be_taken_again_until_the_offer_is_made_and_every_one_is_kept(store):
    store.transact(two_services)
    run_id = run(store)
    line = lines(store, run_id)["R-1"]
    decided(store, line, Decision.LEAVE, reason="In hospital.")
    decided(store, line)
    offers(store, run_id)
    with pytest.raises(IllegalMove, match="is offered"):
        decided(store, line, Decision.LEAVE, reason="In hospital.")
    with store.reading() as work:
        assert [row.decision for row in work.where(DecisionRow)] == [Decision.LEAVE, Decision.AGREE]
        (left,) = work.where(EventRow, EventRow.what == "line decided: leave")
        assert reasons_of(work, [left]) == {left.number: "In hospital."}, "the log of an emergency tells it"


def test_offers_are_made_for_decided_lines_alone_in_the_units_set_aside(store):
    store.transact(two_services)
    run_id = run(store)
    decided(store, lines(store, run_id)["R-1"])
    assert {id: made.outcome for id, made in offers(store, run_id).items()} == {"R-1": Outcome.OFFERED}
    with store.reading() as work:
        (offer,) = work.where(OfferRow)
        (hold,) = work.where(HoldRow)
    assert (offer.referral_id, offer.proposal_id) == ("R-1", lines(store, run_id)["R-1"].id)
    assert hold.unit_id.startswith("U-")


def test_a_making_that_is_killed_is_done_again_and_no_offer_is_made_twice(store):
    store.transact(two_services)
    run_id = run(store)
    store.transact(lambda work: decide_band(run_id, 1, by=OFFICER, at=NOW, work=work))

    class Killed(BaseException):
        pass

    def killed_after_two(done, _of):
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        make_offers(store, run_id, by=OFFICER, answer_by=None, progress=killed_after_two)
    assert len(offers(store, run_id)) == 1
    with store.reading() as work:
        assert len(work.where(OfferRow)) == 3
        assert len(work.where(EventRow, EventRow.what == "line offered")) == 3
        assert lines_to_offer(work, run_id) == []


def test_a_place_changed_by_an_officer_is_offered_there(store):
    def world(work):
        ground(work)
        service(work, "S-1")
        service(work, "S-2")
        waiting(work, 1)

    store.transact(world)
    run_id = run(store)
    line = lines(store, run_id)["R-1"]
    other = "S-2" if line.service_id == "S-1" else "S-1"
    decided(store, line, Decision.CHANGE, service_id=other, reason="Nearer to her school.")
    offers(store, run_id)
    with store.reading() as work:
        assert work.where(OfferRow)[0].service_id == other


def test_a_unit_taken_since_makes_its_line_stale_and_no_other(store):
    def world(work):
        ground(work)
        service(work, units=3)
        for number in (1, 2, 3):
            waiting(work, number)

    store.transact(world)
    run_id = run(store, authorities=frozenset({"E08000025"}))
    store.transact(lambda work: waiting(work, 9))
    store.transact(lambda work: offered(work, "R-9", "U-1-1"))
    stale = store.transact(lambda work: mark_stale(run_id, by=OFFICER, at=NOW, work=work))
    assert [line.stale_because for line in stale] == ["No longer to be had: unit U-1-1."]
    assert sorted(line.status for line in lines(store, run_id).values()) == ["proposed", "proposed", "stale"]


def test_a_referral_changed_since_makes_its_line_stale_and_no_other(store):
    store.transact(two_services)
    run_id = run(store)

    def change(work):
        row = work.get(ReferralRow, "R-2")
        row.tier = "local"
        write(work, row, what="referral changed", by=OFFICER, at=NOW)

    store.transact(change)
    stale = store.transact(lambda work: mark_stale(run_id, by=OFFICER, at=NOW, work=work))
    assert [line.referral_id for line in stale] == ["R-2"]
    with pytest.raises(IllegalMove, match="is stale"):
        decided(store, stale[0])


def test_who_is_to_have_the_place_of_somebody_who_moves_waits_until_they_have_moved(store):
    """One unit in S-1 is somebody's who must leave it; the next person for it waits."""

    def world(work):
        ground(work)
        service(work, "S-1", units=1)
        service(work, "S-2", units=1, gender=UnitGender.FEMALE)
        waiting(work, 1, gender="female")
        waiting(work, 2, gender="male")

    store.transact(world)
    settle(store, "R-1", "U-1-1")

    def may_move(work):
        row = work.get(ReferralRow, "R-1")
        row.may_move = True
        write(work, row, what="set up", by=OFFICER, at=NOW)

    store.transact(may_move)
    run_id = run(store)
    found = lines(store, run_id)
    assert (found["R-1"].service_id, found["R-2"].service_id) == ("S-2", "S-1")
    for line in found.values():
        decided(store, line)
    outcomes = {id: made.outcome for id, made in offers(store, run_id).items()}
    assert outcomes == {"R-1": Outcome.OFFERED, "R-2": Outcome.WAITS}


def test_who_was_offered_otherwise_what_the_run_proposes_waits_for_nobody(store):
    store.transact(two_services)
    run_id = run(store)
    line = lines(store, run_id)["R-1"]
    decided(store, line)
    with store.reading() as work:
        (unit,) = [
            each.unit_id for each in work.where(ProposalUnitRow, ProposalUnitRow.proposal_id == line.id)
        ]
    offer = store.transact(lambda work: offered(work, "R-1", unit))
    made = offers(store, run_id)["R-1"]
    assert (made.outcome, made.told) == (
        Outcome.REFUSED,
        f"The person of R-1 has offer {offer.id}, which stands.",
    )


def re_designation(work):
    ground(work)
    service(work, units=1, gender=UnitGender.MALE)
    put(work, ConversionRow(service_id="S-1", source=UnitGender.MALE, target=UnitGender.FEMALE, max_units=1))
    waiting(work, 1, gender="female")


def test_an_offer_in_a_unit_to_be_re_designated_waits_for_the_provider(store):
    store.transact(re_designation)
    run_id = run(store)
    decided(store, lines(store, run_id)["R-1"])
    made = offers(store, run_id)["R-1"]
    assert (made.outcome, made.told) == (
        Outcome.WAITS,
        "It waits until the provider has re-designated U-1-1.",
    )
    with store.reading() as work:
        (request,) = requests_to_answer(work, ["S-1"])
    store.transact(
        lambda work: agree_to_redesignate(request.id, from_day=TODAY, by=PROVIDER, at=NOW, work=work)
    )
    assert offers(store, run_id)["R-1"].outcome is Outcome.OFFERED


def test_a_provider_who_does_not_agree_says_why_and_is_asked_once(store):
    store.transact(re_designation)
    run(store)
    with store.reading() as work:
        (request,) = requests_to_answer(work, ["S-1"])
    why = "The landing has one bathroom."
    store.transact(lambda work: refuse_to_redesignate(request.id, why=why, by=PROVIDER, at=NOW, work=work))
    with pytest.raises(IllegalMove, match="is refused"):
        store.transact(
            lambda work: refuse_to_redesignate(request.id, why=why, by=PROVIDER, at=NOW, work=work)
        )
    with store.reading() as work:
        assert requests_to_answer(work, ["S-1"]) == []
