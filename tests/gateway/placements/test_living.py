"""Moving in, moving on, leaving: who has which unit on which day, and nobody lives in two places."""

import pytest

from gateway.directory.closing import close_unit
from gateway.directory.tables import VoidRow, VoidState
from gateway.invariants.check import check
from gateway.people.tables import PersonRow
from gateway.placements.conflicts import AlreadyOffered, CannotBeLet, HasLeft, LivesElsewhere, UnitTaken
from gateway.placements.dependants import OffersAndPlacements
from gateway.placements.states import NEXT_PLACEMENT, OfferStatus, PlacementStatus
from gateway.placements.tables import (
    Blocker,
    DepartureReason,
    Destination,
    HoldKind,
    HoldRow,
    OfferRow,
    PlacementRow,
    RefusalReason,
    Side,
)
from gateway.records.write import write
from gateway.referrals.ending import withdraw
from gateway.referrals.ending_tree import Blocked
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.refusals import Conflict, IllegalMove, Invalid
from tests.gateway.ground import NOW, OFFICER, referral
from tests.gateway.placements.truth import unit_days


def at_present(office, kind, id):
    return office.read(lambda work: work.get(kind, id))


def holds(office, unit):
    """From and until in days from the first one, and the kind, of every hold that counts."""

    def days(day):
        return None if day is None else (day - NOW.date()).days

    found = office.read(
        lambda work: work.where(HoldRow, HoldRow.unit_id == unit, HoldRow.cancelled.is_(False))
    )
    return sorted((days(row.from_day), days(row.until), row.kind.value) for row in found)


def test_every_state_of_a_placement_is_in_the_table():
    assert set(NEXT_PLACEMENT) == set(PlacementStatus)


def test_who_moves_in_later_than_they_could_held_the_unit_until_then_and_lives_there_from_then_on(
    office, store
):
    offer = office.offer("R-1")
    office.accept(offer)
    store.clock.on(days=3)
    placement = office.move_in(offer, review_on=office.day(28))
    assert holds(office, "U-1-1") == [(0, 3, "offer"), (3, None, "living")]
    assert (placement.status, placement.authority_id) == (PlacementStatus.LIVING, "E08000025")
    row = at_present(office, ReferralRow, "R-1")
    assert (row.status, row.current_service_id) == (ReferralStatus.PLACED, "S-1")
    assert at_present(office, OfferRow, offer.id).status is OfferStatus.TAKEN_UP


def test_who_moves_in_on_the_first_day_never_just_held_the_unit(office):
    office.house("R-1")
    assert holds(office, "U-1-1") == [(0, None, "living")]


def test_nobody_moves_in_before_the_first_day_or_tomorrow_or_without_having_accepted(office):
    offer = office.offer("R-1", days=0)
    with pytest.raises(IllegalMove, match="made: it cannot become taken up"):
        office.move_in(offer)
    office.accept(offer)
    with pytest.raises(Invalid, match="on_day: is 2026-03-03, must not be after 2026-03-02"):
        office.move_in(offer, days=1)
    with pytest.raises(Invalid) as refused:
        office.move_in(offer, days=-1, review_on=office.day(-1), leaves="L-9")
    assert [field for field, _ in refused.value.faults] == ["on_day", "leaves", "review_on"]


def test_the_day_is_londons(office, store):
    """At 23:30 UTC on 1 June it is 2 June in London."""
    offer = office.offer("R-1")
    office.accept(offer)
    store.clock.on(days=91, hours=14, minutes=30)
    assert (store.clock().day, office.day().day) == (1, 2)
    assert office.move_in(offer).from_day == office.day()


def test_who_does_not_come_is_back_on_the_list_and_the_unit_is_free(office, store):
    offer = office.offer("R-1", days=2)
    office.accept(offer)
    with pytest.raises(Invalid, match="from_day: is 2026-03-04, must not be after"):
        office.not_arrived(offer)
    store.clock.on(days=3)
    assert office.not_arrived(offer).status is OfferStatus.NOT_ARRIVED
    assert at_present(office, ReferralRow, "R-1").status is ReferralStatus.WAITING
    office.offer("R-2")


def test_a_household_lives_in_all_its_units_and_leaves_them_together(office, store):
    store.transact(lambda work: referral(work, "R-4", person="P-3", units=2))
    placement = office.house("R-4", "U-1-1", "U-1-2")
    store.clock.on(days=7)
    office.depart(placement)
    assert holds(office, "U-1-1") == holds(office, "U-1-2") == [(0, 7, "living")]


def test_the_day_of_departure_is_free_again(office, store):
    placement = office.house("R-1")
    store.clock.on(days=7)
    with pytest.raises(UnitTaken):
        office.offer("R-2")
    office.depart(placement)
    office.house("R-2")
    assert holds(office, "U-1-1") == [(0, 7, "living"), (7, None, "living")]
    days = office.read(unit_days, {"S-1"}, NOW.date(), office.day(3))
    assert days == 10


def test_a_departure_may_be_recorded_late_but_not_for_the_day_of_moving_in(office, store):
    placement = office.house("R-1")
    store.clock.on(days=7)
    with pytest.raises(Invalid, match="on_day: is 2026-03-02, must be after 2026-03-02"):
        office.depart(placement, days=-7)
    office.depart(placement, days=-6)
    assert holds(office, "U-1-1") == [(0, 1, "living")]


def test_a_departure_keeps_why_whither_and_whether_planned_and_closes_the_referral(office, store):
    placement = office.house("R-1")
    store.clock.on(days=7)
    left = office.depart(placement, reason=DepartureReason.EVICTED, destination=Destination.ROUGH_SLEEPING)
    assert (left.status, left.planned, left.until) == (PlacementStatus.LEFT, False, office.day())
    row = at_present(office, ReferralRow, "R-1")
    assert (row.status, row.end_reason) == (ReferralStatus.CLOSED, EndReason.OTHER)
    assert (row.current_service_id, row.must_leave) == (None, False)
    with pytest.raises(HasLeft, match=rf"Placement {left.id} ended on 2026-03-09\."):
        office.depart(placement)
    with pytest.raises(HasLeft):
        office.ready(placement)


def test_who_left_and_still_needs_a_place_stands_on_the_list_where_they_stood(office, store):
    placement = office.house("R-1")
    store.clock.on(days=7)
    facts = {
        "reason": DepartureReason.UNIT_WITHDRAWN,
        "destination": Destination.SHORT_TERM,
        "planned": False,
    }
    office.depart(placement, still_needs_a_place=True, **facts)
    row = at_present(office, ReferralRow, "R-1")
    assert (row.status, row.waiting_since) == (ReferralStatus.WAITING, NOW)


UNFIT = [
    ({"reason": DepartureReason.TRANSFER}, "reason"),
    ({"reason": DepartureReason.DIED}, "destination"),
    ({"destination": Destination.DIED}, "destination"),
    ({"reason": DepartureReason.DIED, "destination": Destination.DIED, "planned": True}, "planned"),
    ({"reason": DepartureReason.LEFT}, "planned"),
    ({"reason": DepartureReason.ABANDONED, "planned": True}, "planned"),
    ({"planned": False}, "planned"),
]


def test_what_does_not_fit_together_in_a_departure_is_refused(office, store):
    placement = office.house("R-1")
    store.clock.on(days=7)
    for facts, field in UNFIT:
        with pytest.raises(Invalid) as refused:
            office.depart(placement, **facts)
        assert field in [name for name, _ in refused.value.faults]


def test_a_unit_may_be_prepared_after_somebody_left_and_cannot_be_let_meanwhile(office, store):
    placement = office.house("R-1")
    store.clock.on(days=7)
    with pytest.raises(Invalid, match="prepared_until: is 2026-03-09, must be after 2026-03-09"):
        office.depart(placement, prepared_until=office.day())
    office.depart(placement, prepared_until=office.day(2))
    (void,) = office.read(lambda work: work.where(VoidRow))
    assert (void.unit_id, void.state, void.from_day, void.until) == (
        "U-1-1",
        VoidState.BEING_PREPARED,
        office.day(),
        office.day(2),
    )
    with pytest.raises(CannotBeLet, match=r"Unit U-1-1 is being prepared on 2026-03-10\."):
        office.offer("R-2", days=1)
    office.offer("R-2", days=2)


def test_who_is_moved_leaves_the_old_place_on_the_day_they_come_to_the_new_one(office, store):
    old = office.house("R-1")
    offer = office.offer("R-1", "U-2-1", days=4)
    office.accept(offer)
    store.clock.on(days=5)
    new = office.move_in(offer)
    left = at_present(office, PlacementRow, old.id)
    assert (left.until, left.departure_reason, left.destination, left.planned) == (
        office.day(),
        DepartureReason.TRANSFER,
        Destination.SUPPORTED,
        True,
    )
    assert holds(office, "U-1-1") == [(0, 5, "living")]
    assert holds(office, "U-2-1") == [(4, 5, "offer"), (5, None, "living")]
    row = at_present(office, ReferralRow, "R-1")
    assert (row.status, row.current_service_id) == (ReferralStatus.PLACED, "S-2")
    assert new.referral_id == "R-1"
    office.house("R-2")


@pytest.mark.parametrize("ends", ["refuse", "withdraw", "lapse"])
def test_who_is_not_moved_after_all_goes_on_living_where_they_live(office, store, ends):
    old = office.house("R-1")
    offer = office.offer("R-1", "U-2-1", answer_in=1)
    assert at_present(office, ReferralRow, "R-1").status is ReferralStatus.OFFERED
    store.clock.on(days=1)
    getattr(office, ends)(offer)
    assert at_present(office, ReferralRow, "R-1").status is ReferralStatus.PLACED
    assert at_present(office, PlacementRow, old.id).status is PlacementStatus.LIVING


def test_who_died_where_they_live_has_the_departure_recorded_and_not_only_the_offer_refused(office, store):
    old = office.house("R-1")
    office.refuse(office.offer("R-1", "U-2-1"), Side.NEITHER, RefusalReason.DIED)
    assert at_present(office, ReferralRow, "R-1").status is ReferralStatus.PLACED
    store.clock.on(days=1)
    office.depart(old, reason=DepartureReason.DIED, destination=Destination.DIED)
    assert at_present(office, ReferralRow, "R-1").end_reason is EndReason.DIED


def test_nobody_lives_in_two_places_unless_they_leave_the_first_the_refusal_names_it(office, store):
    store.transact(lambda work: referral(work, "R-4", person="P-1"))
    old = office.house("R-1")
    offer = office.offer("R-4", "U-2-1")
    office.accept(offer)
    store.clock.on(days=1)
    with pytest.raises(LivesElsewhere, match=rf"P-1 lives in placement {old.id} of R-1\.") as refused:
        office.move_in(offer)
    assert refused.value.placement == old.id
    with pytest.raises(Invalid, match="leaves: is L-9, where the person does not live"):
        office.move_in(offer, leaves="L-9")
    office.move_in(offer, leaves=old.id)
    closed = at_present(office, ReferralRow, "R-1")
    assert (closed.status, closed.end_reason) == (ReferralStatus.CLOSED, EndReason.MOVED_ON)
    assert at_present(office, ReferralRow, "R-4").status is ReferralStatus.PLACED


def merge(work):
    row = work.get(PersonRow, "P-2")
    row.merged_into = "P-1"
    write(work, row, what="merged", by=OFFICER, at=NOW)


def test_two_people_who_turned_out_to_be_one_live_in_one_place(office, store):
    old = office.house("R-1")
    store.transact(merge)
    offer = office.offer("R-2", "U-2-1")
    office.accept(offer)
    store.clock.on(days=1)
    with pytest.raises(LivesElsewhere) as refused:
        office.move_in(offer)
    assert refused.value.placement == old.id
    office.move_in(offer, leaves=old.id)


def test_who_turned_out_to_live_in_two_places_moves_on_only_from_both(office, store):
    first, second = office.house("R-1"), office.house("R-2", "U-1-2")
    store.transact(merge)
    store.clock.on(days=1)
    offer = office.offer("R-1", "U-2-1")
    office.accept(offer)
    with pytest.raises(LivesElsewhere) as refused:
        office.move_in(offer)
    assert refused.value.placement == second.id
    office.move_in(offer, leaves=second.id)
    for placement in (first, second):
        assert at_present(office, PlacementRow, placement.id).departure_reason is DepartureReason.TRANSFER


def test_a_place_is_not_left_while_its_referral_has_an_offer_of_its_own(office, store):
    """Both had an offer before they turned out to be one person."""
    old = office.house("R-1")
    office.offer("R-1", "U-1-2")
    offer = office.offer("R-2", "U-2-1")
    office.accept(offer)
    store.transact(merge)
    store.clock.on(days=1)
    with pytest.raises(AlreadyOffered):
        office.move_in(offer, leaves=old.id)


def test_nobody_moves_in_before_they_left_where_they_lived_last(office, store):
    placement = office.house("R-1")
    store.clock.on(days=7)
    planned = {"still_needs_a_place": True}
    office.depart(placement, **planned)
    offer = office.offer("R-1", "U-2-1", days=-3)
    office.accept(offer)
    with pytest.raises(
        Invalid, match="on_day: is 2026-03-07, must not be before 2026-03-09, on which they left"
    ):
        office.move_in(offer, days=-2)
    office.move_in(offer)


def test_an_offer_to_move_is_withdrawn_when_they_leave_for_good_and_stands_when_they_do_not(office, store):
    first, second = office.house("R-1"), office.house("R-2", "U-1-2")
    gone, stays = office.offer("R-1", "U-2-1"), office.offer("R-2", "U-2-2")
    store.clock.on(days=1)
    office.depart(first)
    office.depart(second, still_needs_a_place=True)
    assert at_present(office, OfferRow, gone.id).status is OfferStatus.WITHDRAWN
    assert at_present(office, OfferRow, stays.id).status is OfferStatus.MADE
    assert at_present(office, ReferralRow, "R-2").status is ReferralStatus.OFFERED
    office.accept(stays)
    office.move_in(stays)


def test_a_referral_ends_with_its_offer_but_not_while_somebody_lives_by_it(office, store):
    facts = {"reason": EndReason.CHANGED_MIND, "dependants": OffersAndPlacements()}
    offer = office.offer("R-1")
    office.do(withdraw, "R-1", **facts)
    assert at_present(office, OfferRow, offer.id).status is OfferStatus.WITHDRAWN
    assert at_present(office, ReferralRow, "R-1").status is ReferralStatus.WITHDRAWN
    placement = office.house("R-2")
    office.offer("R-2", "U-2-1")
    with pytest.raises(Blocked, match=f"placement {placement.id} is where they live"):
        office.do(withdraw, "R-2", **facts)


def test_nobody_moves_into_a_unit_that_has_closed_since_it_was_offered(office, store):
    closes = office.day(4)
    office.do(close_unit, "U-1-1", closes, seen=1, why="merged with the next room")
    offer = office.offer("R-1")
    office.accept(offer)
    store.clock.on(days=4)
    with pytest.raises(Invalid, match=f"on_day: is {closes}, but U-1-1 is closed from {closes}"):
        office.move_in(offer)
    assert office.move_in(offer, days=-1).from_day == office.day(-1)
    with store.reading() as work:
        assert [str(each) for each in check(work)] == []


def test_reviews_going_on_and_being_ready_to_move_on(office, store):
    placement = office.house("R-1", review_on=office.day(28))
    with pytest.raises(Invalid, match="review_on"):
        office.set_review(placement, 0)
    assert office.set_review(placement, 30).review_on == office.day(30)
    with pytest.raises(Invalid, match="must be after 2026-04-01, the review that stands"):
        office.extend(placement, 30)
    assert office.extend(placement, 60).review_on == office.day(60)
    with pytest.raises(Conflict, match="not marked ready"):
        office.not_ready(placement)
    with pytest.raises(Invalid, match="since: is 2026-03-03"):
        office.ready(placement, days=1)
    with pytest.raises(Invalid, match="since: is 2026-03-01, must not be before 2026-03-02"):
        office.ready(placement, days=-1)
    ready = office.ready(placement, blocked_by=Blocker.NO_DEPOSIT)
    assert (ready.ready_since, ready.blocked_by) == (office.day(), Blocker.NO_DEPOSIT)
    assert office.not_ready(placement).ready_since is None
    assert holds(office, "U-1-1") == [(0, None, HoldKind.LIVING.value)]
