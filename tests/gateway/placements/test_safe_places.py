"""Nobody is offered a place that a hard rule forbids, nor accepts it, though it was recorded meanwhile."""

from datetime import timedelta

import pytest

from gateway.allocation_runs.deciding import decide_band
from gateway.allocation_runs.offering import Outcome, make_offers
from gateway.allocation_runs.tables import ProposalStatus
from gateway.people.exclude import impose_exclusion
from gateway.people.exclusions import ExclusionTerms
from gateway.people.keep_safe import keep_apart, set_safety_area
from gateway.people.tables import ExclusionReason, SafetyReason
from gateway.placements.answering import accept_offer
from gateway.placements.conflicts import HardRule, MustBeLookedAt
from gateway.placements.offering import make_offer, send_offer
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow
from tests.gateway.allocation_runs.worlds import ground, lines, offered, run, settle, two_services, waiting
from tests.gateway.ground import BIRMINGHAM, MANAGER, NOW, OFFICER, TODAY, service

BY = {"by": OFFICER, "at": NOW}
SAFE = {"reason": SafetyReason.THREAT, "on": TODAY, **BY}


def one_service(work):
    """S-1 in Birmingham, two units; two people wait."""
    ground(work)
    service(work, "S-1")
    for number in (1, 2):
        waiting(work, number)


def exclusion(**scope):
    days = {"from_day": TODAY, "until": TODAY + timedelta(days=30), "review_on": TODAY + timedelta(days=7)}
    return ExclusionTerms(person_id="P-1", reason=ExclusionReason.ARREARS, **days, **scope)


def test_nobody_is_offered_a_place_where_they_are_not_safe(store):
    store.transact(one_service)
    store.transact(lambda work: set_safety_area("P-1", BIRMINGHAM, **SAFE, work=work))
    with pytest.raises(HardRule, match="The person is not safe in E08000025, where S-1 is"):
        store.transact(lambda work: offered(work, "R-1", "U-1-1"))


@pytest.mark.parametrize(
    "scope", [{"service_id": "S-1"}, {"provider_id": "V-1"}, {"authority_id": BIRMINGHAM}]
)
def test_nobody_is_offered_a_place_that_bars_them(store, scope):
    store.transact(one_service)
    store.transact(lambda work: impose_exclusion(exclusion(**scope), **BY, work=work))
    with pytest.raises(HardRule, match="The person is excluded from S-1"):
        store.transact(lambda work: offered(work, "R-1", "U-1-1"))


def test_nobody_is_offered_a_place_with_somebody_they_are_kept_apart_from(store):
    store.transact(one_service)
    settle(store, "R-2", "U-1-2")
    store.transact(lambda work: keep_apart("P-1", "P-2", **SAFE, work=work))
    with pytest.raises(HardRule, match="Somebody the person must be kept apart from is at S-1"):
        store.transact(lambda work: offered(work, "R-1", "U-1-1"))


def test_what_is_recorded_after_a_run_stops_the_offer_of_its_line(store):
    store.transact(two_services)
    run_id = run(store)
    store.transact(lambda work: decide_band(run_id, 1, by=MANAGER, at=NOW, work=work))
    store.transact(lambda work: set_safety_area("P-1", BIRMINGHAM, **SAFE, work=work))
    made = {each.referral: each for each in make_offers(store, run_id, by=MANAGER, answer_by=None)}
    assert made["R-1"].outcome is Outcome.REFUSED
    assert "not safe" in made["R-1"].told
    with store.reading() as work:
        assert {each.referral_id for each in work.where(OfferRow)} == {"R-2", "R-3"}
    assert lines(store, run_id)["R-1"].status is ProposalStatus.AGREED


def test_a_day_that_is_over_makes_no_place_safe(store):
    store.transact(one_service)
    store.transact(lambda work: set_safety_area("P-1", BIRMINGHAM, **SAFE, work=work))
    with pytest.raises(HardRule, match="is not safe"):
        store.transact(lambda work: offered(work, "R-1", "U-1-1", day=TODAY - timedelta(days=1)))


def test_what_is_recorded_after_an_offer_was_proposed_stops_it_from_being_sent(store):
    store.transact(one_service)
    facts = {"from_day": TODAY, "answer_by": None, "draft": True, **BY}
    offer = store.transact(lambda work: make_offer("R-1", ["U-1-1"], **facts, work=work))
    store.transact(lambda work: set_safety_area("P-1", BIRMINGHAM, **SAFE, work=work))
    with pytest.raises(HardRule, match="is not safe"):
        store.transact(lambda work: send_offer(offer.id, answer_by=None, **BY, work=work))


def test_what_is_recorded_after_an_offer_was_made_stops_whoever_accepts_and_says_not_what(store):
    store.transact(one_service)
    offer = store.transact(lambda work: offered(work, "R-1", "U-1-1"))
    store.transact(lambda work: set_safety_area("P-1", BIRMINGHAM, **SAFE, work=work))
    with pytest.raises(MustBeLookedAt) as told:
        store.transact(lambda work: accept_offer(offer.id, **BY, work=work))
    assert str(told.value) == (
        f"Offer {offer.id} cannot be accepted as it stands. "
        "Ask the gateway's officers: they must look at it first."
    )
    with store.reading() as work:
        assert work.get(OfferRow, offer.id).status is OfferStatus.MADE
