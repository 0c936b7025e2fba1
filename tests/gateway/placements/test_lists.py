"""What providers and officers see: columns only, few statements, in a total order."""

from datetime import timedelta

from gateway.directory.tables import ServiceRow
from gateway.people.clusters import cluster
from gateway.placements.offers import moves_to_come, offers_of, offers_waiting_for, refusals_to_review
from gateway.placements.residents import due_for_review, placements_of, ready_to_leave, who_lives_in
from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.placements.tables import Blocker, RefusalReason, Side
from scenarios.statements import statements
from tests.gateway.ground import provider, service


def another_provider(work):
    provider(work, "V-2")
    service(work, "S-3", provider="V-2")


def test_the_offers_of_a_referral_are_listed_the_oldest_first_with_the_units_they_were_of(office, store):
    office.refuse(office.offer("R-1"), Side.PERSON, RefusalReason.NOT_SAFE)
    store.clock.on(days=1)
    office.accept(office.offer("R-1", "U-2-1"))
    with statements(store) as sent:
        lines = office.read(offers_of, "R-1")
    assert len(sent) == 2
    assert [(each.status, each.units, each.reason) for each in lines] == [
        (OfferStatus.REFUSED, ("U-1-1",), RefusalReason.NOT_SAFE),
        (OfferStatus.ACCEPTED, ("U-2-1",), None),
    ]


def test_a_provider_sees_what_waits_for_an_answer_the_most_urgent_first(office, store):
    store.transact(another_provider)
    never, late = office.offer("R-1", "U-1-1", answer_in=None), office.offer("R-2", "U-2-1", answer_in=3)
    soon = office.offer("R-3", "U-1-2", answer_in=1)
    assert [each.id for each in office.read(offers_waiting_for, provider_id="V-1")] == [
        soon.id,
        late.id,
        never.id,
    ]
    assert office.read(offers_waiting_for, provider_id="V-2") == []
    only = office.read(offers_waiting_for, service_ids=["S-2", "S-3"])
    assert [each.id for each in only] == [late.id]


def test_an_offer_that_is_only_proposed_is_not_before_the_provider_yet(office):
    offer = office.offer("R-1", draft=True)
    assert office.read(offers_waiting_for, provider_id="V-1") == []
    office.send(offer)
    assert [each.id for each in office.read(offers_waiting_for, provider_id="V-1")] == [offer.id]


def test_moves_to_come_and_refusals_to_review_are_listed(office):
    later, sooner = office.offer("R-1", days=3), office.offer("R-2", "U-1-2", days=1)
    office.accept(later)
    office.accept(sooner)
    assert [each.id for each in office.read(moves_to_come, provider_id="V-1")] == [sooner.id, later.id]
    refused = office.refuse(office.offer("R-3", "U-2-1"))
    assert [each.id for each in office.read(refusals_to_review)] == [refused.id]
    office.confirm(refused)
    assert office.read(refusals_to_review) == []


def test_who_lives_where_is_told_for_any_day_half_open(office, store):
    first, second = office.house("R-1", "U-1-2"), office.house("R-2", "U-1-1")
    office.offer("R-3", "U-2-1")
    store.clock.on(days=7)
    office.depart(first)

    def living(days):
        return [
            (each.unit, each.referral, each.placement)
            for each in office.read(who_lives_in, ["S-1", "S-2"], office.day(days))
        ]

    both = [("U-1-1", "R-2", second.id), ("U-1-2", "R-1", first.id)]
    assert (living(-8), living(-7), living(-1), living(0)) == ([], both, both, both[:1])
    with statements(store) as sent:
        living(0)
    assert len(sent) == 1


def test_reviews_that_are_due_and_people_ready_to_move_on_are_listed_those_who_wait_longest_first(
    office, store
):
    store.transact(another_provider)
    first = office.house("R-1", review_on=office.day(30))
    second, third = office.house("R-2", "U-1-2", review_on=office.day(20)), office.house("R-3", "U-3-1")
    due = office.read(due_for_review, office.day(30), provider_id="V-1")
    assert [each.id for each in due] == [second.id, first.id]
    assert [each.id for each in office.read(due_for_review, office.day(29))] == [second.id]
    store.clock.on(days=5)
    office.ready(first)
    office.ready(second, days=-1, blocked_by=Blocker.NO_PLACE)
    office.ready(third)
    ready = office.read(ready_to_leave, service_ids=["S-1"])
    assert [(each.id, each.blocked_by) for each in ready] == [(second.id, Blocker.NO_PLACE), (first.id, None)]
    assert ready[1].ready_since - ready[0].ready_since == timedelta(days=1)
    office.depart(first)
    assert [each.id for each in office.read(ready_to_leave)] == [second.id, third.id]


def test_the_places_somebody_had_are_listed_the_oldest_first(office, store):
    old = office.house("R-1")
    offer = office.offer("R-1", "U-2-1")
    office.accept(offer)
    store.clock.on(days=2)
    new = office.move_in(offer)
    lines = office.read(lambda work: placements_of(work, cluster(work, "P-1")))
    assert [(each.id, each.status) for each in lines] == [
        (old.id, PlacementStatus.LEFT),
        (new.id, PlacementStatus.LIVING),
    ]
    assert office.read(lambda work: work.get(ServiceRow, lines[1].service)).id == "S-2"
