"""Answers: accepted, refused, reviewed, lapsed, withdrawn; and where the person stands afterwards."""

from datetime import timedelta

import pytest

from gateway.placements.answering import REASONS
from gateway.placements.conflicts import AlreadyOffered, NotDue, TooLate, UnitTaken
from gateway.placements.lapsing import lapse_due_offers, offers_due
from gateway.placements.states import NEXT_OFFER, OfferStatus
from gateway.placements.tables import OfferRow, RefusalReason, Review, Side
from gateway.records.actor import Role
from gateway.records.tables import EventRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.refusals import ChangedMeanwhile, IllegalMove, Invalid
from tests.gateway.ground import NOW


def at_present(office, kind, id):
    return office.read(lambda work: work.get(kind, id))


def test_each_side_has_reasons_and_every_reason_has_a_side():
    assert set(REASONS) == set(Side)
    assert frozenset().union(*REASONS.values()) == set(RefusalReason)


def test_every_state_of_an_offer_is_in_the_table_and_ends_somewhere():
    assert set(NEXT_OFFER) == set(OfferStatus)


def test_an_accepted_offer_goes_on_holding_its_unit(office, store):
    offer = office.offer("R-1")
    accepted = office.accept(offer)
    assert (accepted.status, accepted.answered_at) == (OfferStatus.ACCEPTED, store.clock())
    with pytest.raises(UnitTaken):
        office.offer("R-2")
    with pytest.raises(IllegalMove, match="accepted: it cannot become refused"):
        office.refuse(offer)


def test_who_is_refused_is_back_on_the_list_where_they_stood_and_the_unit_is_free(office, store):
    offer = office.offer("R-1")
    store.clock.on(days=1)
    refused = office.refuse(offer, detail="risk assessment of 1 March")
    row = at_present(office, ReferralRow, "R-1")
    assert (row.status, row.waiting_since, row.status_since) == (ReferralStatus.WAITING, NOW, store.clock())
    assert (refused.side, refused.review, refused.detail) == (
        Side.PROVIDER,
        Review.PENDING,
        "risk assessment of 1 March",
    )
    assert office.offer("R-2").status is OfferStatus.MADE


def test_only_a_providers_refusal_waits_for_review(office):
    for side, reason in (
        (Side.PERSON, RefusalReason.AREA_UNWANTED),
        (Side.NEITHER, RefusalReason.NO_CONTACT),
    ):
        refused = office.refuse(office.offer("R-1"), side, reason)
        assert refused.review is None
        with pytest.raises(IllegalMove, match="not to be reviewed: it cannot become confirmed"):
            office.confirm(refused)


def test_a_reason_that_is_not_that_sides_or_says_nothing_is_refused(office):
    offer = office.offer("R-1")
    with pytest.raises(
        Invalid, match="reason: is area_unwanted, must be one of these if the side is provider"
    ):
        office.refuse(offer, Side.PROVIDER, RefusalReason.AREA_UNWANTED)
    with pytest.raises(Invalid, match="detail: is empty"):
        office.refuse(offer, Side.PERSON, RefusalReason.OTHER, detail=" ")
    assert at_present(office, OfferRow, offer.id).status is OfferStatus.MADE


def test_the_referral_of_somebody_who_died_is_closed(office):
    office.refuse(office.offer("R-1"), Side.NEITHER, RefusalReason.DIED)
    row = at_present(office, ReferralRow, "R-1")
    assert (row.status, row.end_reason) == (ReferralStatus.CLOSED, EndReason.DIED)


def test_a_refusal_that_is_confirmed_is_settled(office):
    refused = office.refuse(office.offer("R-1"))
    assert office.confirm(refused).review is Review.CONFIRMED
    with pytest.raises(IllegalMove, match="confirmed: it cannot become overruled"):
        office.overrule(refused)


def test_a_refusal_that_is_overruled_becomes_a_new_offer_of_the_same_unit_from_today(office, store):
    refused = office.refuse(office.offer("R-1"))
    store.clock.on(days=4)
    again = office.overrule(refused)
    assert again.id != refused.id
    assert (again.status, again.from_day, again.service_id) == (OfferStatus.MADE, office.day(), "S-1")
    assert at_present(office, OfferRow, refused.id).review is Review.OVERRULED
    with pytest.raises(UnitTaken) as taken:
        office.offer("R-2")
    assert taken.value.held_by == "R-1"


def test_an_overruled_refusal_whose_unit_is_gone_still_waits_for_review(office):
    refused = office.refuse(office.offer("R-1"))
    office.offer("R-2")
    with pytest.raises(UnitTaken) as taken:
        office.overrule(refused)
    assert taken.value.held_by == "R-2"
    assert at_present(office, OfferRow, refused.id).review is Review.PENDING
    assert office.overrule(refused, again=False).review is Review.OVERRULED
    assert at_present(office, ReferralRow, "R-1").status is ReferralStatus.WAITING


def test_a_refusal_cannot_be_overruled_into_a_second_offer(office):
    refused = office.refuse(office.offer("R-1"))
    office.offer("R-1", "U-2-1")
    with pytest.raises(AlreadyOffered):
        office.overrule(refused)


def test_an_answer_counts_until_the_deadline_whenever_the_clockwork_comes(office, store):
    offer = office.offer("R-1", answer_in=2)
    with pytest.raises(NotDue, match="does not lapse before"):
        office.lapse(offer)
    store.clock.on(days=2)
    with pytest.raises(TooLate, match="was to be answered before"):
        office.accept(offer)
    assert office.refuse(offer).status is OfferStatus.REFUSED


def test_offers_that_nobody_answered_lapse_by_themselves_the_earliest_first(office, store):
    late, never = office.offer("R-1", answer_in=3), office.offer("R-2", "U-1-2", answer_in=None)
    early = office.offer("R-3", "U-2-1", answer_in=1, draft=True)
    assert office.read(offers_due, NOW) == []
    store.clock.on(days=3)
    assert lapse_due_offers(store, at=store.clock()) == [early.id, late.id]
    assert lapse_due_offers(store, at=store.clock()) == []
    assert at_present(office, OfferRow, late.id).status is OfferStatus.LAPSED
    assert at_present(office, ReferralRow, "R-1").status is ReferralStatus.WAITING
    with pytest.raises(NotDue, match="does not lapse by itself"):
        office.lapse(never)
    lapses = office.read(lambda work: work.where(EventRow, EventRow.what == "offer lapsed"))
    assert [each.role for each in lapses] == [Role.CLOCKWORK] * 2


def test_an_offer_that_was_answered_in_time_does_not_lapse(office, store):
    offer = office.offer("R-1")
    office.accept(offer)
    store.clock.on(days=9)
    assert lapse_due_offers(store, at=store.clock()) == []
    with pytest.raises(IllegalMove, match="accepted: it cannot become lapsed"):
        office.lapse(offer)


def test_an_offer_can_be_withdrawn_until_somebody_has_moved_in(office):
    offers = [office.offer("R-1", draft=True), office.offer("R-2", "U-1-2"), office.offer("R-3", "U-2-1")]
    office.accept(offers[2])
    for offer in offers:
        assert office.withdraw(offer).status is OfferStatus.WITHDRAWN
    with pytest.raises(IllegalMove, match="withdrawn: it cannot become withdrawn"):
        office.withdraw(offers[0])


def test_an_answer_to_an_offer_that_changed_since_it_was_seen_is_refused(office):
    offer = office.offer("R-1")
    office.accept(offer)
    with pytest.raises(ChangedMeanwhile, match="you saw version 1, it is 2"):
        office.refuse(offer, seen=1)


def test_an_offer_that_came_to_nothing_did_not_change_how_long_they_wait(office, store):
    for days in (1, 2, 3):
        store.clock.on(days=1)
        office.withdraw(office.offer("R-1", days=days))
    assert at_present(office, ReferralRow, "R-1").waiting_since == NOW
    assert office.day() - NOW.date() == timedelta(days=3)
