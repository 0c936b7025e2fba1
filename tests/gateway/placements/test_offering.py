"""Offering: what is held, who was first, and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from gateway.agreements.forbid import ClauseForbids
from gateway.agreements.tables import AccessGroup
from gateway.allocation_runs.tables import ProposalRow, ProposalStatus, RunRow, RunStatus
from gateway.directory.tables import DesignationRow, UnitGender, VoidReason, VoidRow, VoidState
from gateway.people.tables import PersonRow
from gateway.placements.conflicts import AlreadyOffered, CannotBeLet, UnitTaken
from gateway.placements.offering import make_offer
from gateway.placements.states import OfferStatus
from gateway.placements.tables import HoldKind, HoldRow, OfferRow
from gateway.records.tables import EventRow, EventSubjectRow
from gateway.records.write import write
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.refusals import ChangedMeanwhile, Conflict, IllegalMove, Invalid, NotFound
from scenarios.statements import statements
from tests.gateway.agreements.papers import OTHERS, access, clause
from tests.gateway.ground import BIRMINGHAM, NOW, OFFICER, TODAY, person, put, referral, service, unit


def told(office, what):
    """The events of one kind of deed, and whom each is about."""

    def query(work):
        events = work.where(EventRow, EventRow.what == what)
        return [
            {row.subject for row in work.where(EventSubjectRow, EventSubjectRow.event == each.number)}
            for each in events
        ]

    return office.read(query)


def rows(office, kind, *conditions):
    return office.read(lambda work: work.where(kind, *conditions))


def test_an_offer_holds_its_unit_from_the_first_day_on_and_the_referral_is_offered(office):
    offer = office.offer(days=3)
    (hold,) = rows(office, HoldRow)
    assert (hold.unit_id, hold.kind, hold.from_day, hold.until) == (
        "U-1-1",
        HoldKind.OFFER,
        TODAY + timedelta(days=3),
        None,
    )
    assert hold.authority_id == "E08000025"
    assert offer.status is OfferStatus.MADE
    assert office.read(lambda work: work.get(ReferralRow, "R-1").status) is ReferralStatus.OFFERED
    assert told(office, "offer made") == [{offer.id, "R-1", "P-1", "U-1-1"}]


def test_the_second_of_two_who_offer_one_unit_is_told_who_has_it_and_nothing_is_written(office):
    first = office.offer("R-1")
    before = len(rows(office, EventRow))
    with pytest.raises(UnitTaken, match=r"Unit U-1-1 is held for R-1\.") as refused:
        office.offer("R-2")
    assert (refused.value.unit, refused.value.held_by) == ("U-1-1", "R-1")
    assert [row.id for row in rows(office, OfferRow)] == [first.id]
    assert len(rows(office, EventRow)) == before


def test_an_offer_from_an_earlier_day_collides_with_one_from_a_later_day(office):
    office.offer("R-1", days=30)
    with pytest.raises(UnitTaken):
        office.offer("R-2")


def test_a_household_gets_all_its_units_or_none(office, store):
    store.transact(lambda work: referral(work, "R-4", person="P-3", units=2, agency="A-1"))
    office.offer("R-1", "U-1-2")
    with pytest.raises(UnitTaken) as refused:
        office.offer("R-4", "U-1-1", "U-1-2")
    assert refused.value.unit == "U-1-2"
    assert rows(office, HoldRow, HoldRow.unit_id == "U-1-1") == []
    office.offer("R-4", "U-2-1", "U-2-2")
    assert {row.unit_id for row in rows(office, HoldRow, HoldRow.referral_id == "R-4")} == {"U-2-1", "U-2-2"}


def test_every_unit_that_is_taken_is_named(office, store):
    store.transact(lambda work: referral(work, "R-4", person="P-3", units=2))
    office.offer("R-1", "U-1-1")
    office.offer("R-2", "U-1-2")
    with pytest.raises(UnitTaken) as refused:
        office.offer("R-4", "U-1-1", "U-1-2")
    assert [(each.unit, each.referral) for each in refused.value.taken] == [
        ("U-1-1", "R-1"),
        ("U-1-2", "R-2"),
    ]


def test_a_person_with_an_offer_gets_no_second_one_even_under_another_referral(office, store):
    store.transact(lambda work: referral(work, "R-4", person="P-1"))
    first = office.offer("R-1")
    for again in ("R-1", "R-4"):
        with pytest.raises(AlreadyOffered) as refused:
            office.offer(again, "U-2-1")
        assert refused.value.offer == first.id


def test_two_people_who_turned_out_to_be_one_get_one_offer(office, store):
    def merge(work):
        row = work.get(PersonRow, "P-2")
        row.merged_into = "P-1"
        write(work, row, what="merged", by=OFFICER, at=NOW)

    store.transact(merge)
    first = office.offer("R-1")
    with pytest.raises(AlreadyOffered) as refused:
        office.offer("R-2", "U-2-1")
    assert refused.value.offer == first.id


def test_everything_wrong_with_what_was_asked_is_said_at_once(office):
    with pytest.raises(Invalid) as refused:
        office.offer("R-1", "U-1-1", "U-1-1", "U-2-1", "U-9-9", answer_in=0)
    assert [what for _, what in refused.value.faults] == [
        "names a unit twice",
        "names U-9-9, which there is not",
        "names units of several services: S-1, S-2",
        "names 4, must name 1, as many as the household takes",
        f"is {NOW.isoformat()}, must be after {NOW.isoformat()}, when the offer is made",
    ]


def test_an_unknown_referral_or_one_that_does_not_wait_is_refused(office, store):
    with pytest.raises(NotFound, match=r"no referral R-9"):
        office.offer("R-9")
    store.transact(lambda work: referral(work, "R-4", person="P-1", status=ReferralStatus.SUBMITTED))
    with pytest.raises(IllegalMove, match="submitted: it cannot become offered"):
        office.offer("R-4")
    assert rows(office, OfferRow) == []


def test_a_referral_that_changed_since_it_was_seen_gets_no_offer(office):
    office.withdraw(office.offer("R-1"))
    with pytest.raises(ChangedMeanwhile):
        office.offer("R-1", seen=1)


def test_one_line_of_a_run_makes_one_offer_however_often_it_is_asked_for(office, store):
    store.transact(line)
    first = office.offer("R-1", proposal_id="L-1")
    before = len(rows(office, EventRow))
    assert office.offer("R-1", "U-2-1", proposal_id="L-1", seen=1).id == first.id
    office.refuse(first)
    assert office.offer("R-1", proposal_id="L-1").status is OfferStatus.REFUSED
    assert len(rows(office, EventRow)) == before + 1
    with pytest.raises(Conflict, match="Proposal L-1 is of R-1, not of R-2"):
        office.offer("R-2", proposal_id="L-1")


def line(work):
    run = RunRow(id="N-1", status=RunStatus.PROPOSED, started_by="officer-1", started_at=NOW, as_of=TODAY)
    put(work, run)
    facts = {"run_id": "N-1", "referral_id": "R-1", "band": 1, "referral_version": 1}
    put(work, ProposalRow(id="L-1", status=ProposalStatus.AGREED, **facts))


def test_a_unit_that_is_closed_not_yet_open_or_out_of_use_on_the_day_cannot_be_let(office, store):
    late, early = TODAY + timedelta(days=9), TODAY - timedelta(days=9)

    def voids(work):
        void(work, "X-1", 1, "U-1-1", from_day=early)
        void(work, "X-2", 1, "U-1-2", from_day=early)
        void(work, "X-2", 2, "U-1-2", from_day=early, until=TODAY)
        void(work, "X-3", 1, "U-2-1", from_day=early)
        void(work, "X-3", 2, "U-2-1", from_day=early, cancelled=True)

    store.transact(voids)
    store.transact(lambda work: service(work, "S-3", units=1, closes_on=TODAY))
    store.transact(lambda work: unit(work, "U-2-3", service="S-2", opens_on=late))
    store.transact(lambda work: unit(work, "U-2-4", service="S-2", closes_on=TODAY))
    for unit_id, why in (
        ("U-1-1", "is out of service on"),
        ("U-3-1", f"is in S-3, which is closed from {TODAY}"),
        ("U-2-3", f"is not open before {late}"),
        ("U-2-4", f"is closed from {TODAY}"),
    ):
        with pytest.raises(CannotBeLet, match=why) as refused:
            office.offer("R-1", unit_id)
        assert refused.value.why[0][0] == unit_id
    office.offer("R-1", "U-1-2")
    office.offer("R-2", "U-2-1")
    office.offer("R-3", "U-2-3", days=9)


def void(work, id, revision, unit_id, *, from_day, until=None, cancelled=False):
    row = VoidRow(
        void=id,
        revision=revision,
        unit_id=unit_id,
        state=VoidState.OUT_OF_SERVICE,
        reason=VoidReason.REPAIRS,
        from_day=from_day,
        until=until,
        cancelled=cancelled,
        noted_at=NOW,
    )
    put(work, row)


def test_a_unit_for_women_goes_to_a_woman_and_the_designation_of_the_day_counts(office, store):
    def world(work):
        for number, gender in ((4, "female"), (5, "male"), (6, None)):
            person(work, f"P-{number}", gender=gender)
            referral(work, f"R-{number}", person=f"P-{number}")
        designate(work, "U-1-1", UnitGender.MALE, TODAY - timedelta(days=9))
        designate(work, "U-1-1", UnitGender.FEMALE, TODAY)
        designate(work, "U-1-1", UnitGender.MALE, TODAY + timedelta(days=9))

    store.transact(world)
    for referral_id in ("R-5", "R-6"):
        with pytest.raises(CannotBeLet, match=r"Unit U-1-1 is for women\."):
            office.offer(referral_id)
    office.withdraw(office.offer("R-4"))
    with pytest.raises(CannotBeLet, match=r"Unit U-1-1 is for men\."):
        office.offer("R-4", days=9)
    office.offer("R-5", days=9)


def designate(work, unit_id, gender, from_day):
    row = DesignationRow(
        id=work.new_id("D"), unit_id=unit_id, gender=gender, from_day=from_day, reason="asked", set_at=NOW
    )
    put(work, row)


def test_a_shared_pool_takes_people_of_one_gender_at_a_time(office, store):
    def world(work):
        service(work, "S-3", units=3, gender=UnitGender.SAME)
        for number, gender in ((4, "female"), (5, "male"), (6, None), (7, "female")):
            person(work, f"P-{number}", gender=gender)
            referral(work, f"R-{number}", person=f"P-{number}")

    store.transact(world)
    placement = office.house("R-4", "U-3-1")
    for referral_id in ("R-5", "R-6"):
        with pytest.raises(CannotBeLet, match="shared by people of one gender"):
            office.offer(referral_id, "U-3-2")
    office.withdraw(office.offer("R-7", "U-3-2"))
    store.clock.on(days=5)
    office.depart(placement)
    office.offer("R-6", "U-3-2")
    with pytest.raises(CannotBeLet, match="shared by people of one gender"):
        office.offer("R-7", "U-3-3")


def test_what_a_clause_of_an_agreement_forbids_is_refused_with_the_clause_and_nothing_is_held(office, store):
    store.transact(
        lambda work: access(work, clause(AccessGroup.AUTHORITY, units=1, authority=BIRMINGHAM), OTHERS)
    )
    office.offer("R-1")
    with pytest.raises(ClauseForbids, match="schedule 2, authority") as refused:
        office.offer("R-2", "U-1-2")
    assert (refused.value.limit, refused.value.stands, refused.value.asked) == (1, 1, 1)
    assert rows(office, HoldRow, HoldRow.unit_id == "U-1-2") == []


def test_an_offer_from_a_mistyped_year_is_refused(store, office):
    """It would take somebody off the list and hold a unit for them until then."""
    far = {"from_day": TODAY + timedelta(days=367), "answer_by": None, "by": OFFICER, "at": NOW}
    with pytest.raises(Invalid, match="must be within a year"):
        store.transact(lambda work: make_offer("R-1", ["U-1-1"], **far, work=work))


def test_a_proposed_offer_holds_its_unit_and_is_made_when_it_is_sent(office, store):
    offer = office.offer("R-1", draft=True, answer_in=None)
    assert offer.status is OfferStatus.PROPOSED
    with pytest.raises(UnitTaken):
        office.offer("R-2")
    with pytest.raises(IllegalMove, match="proposed: it cannot become accepted"):
        office.accept(offer)
    with pytest.raises(Invalid, match="answer_by"):
        office.send(offer, answer_in=0)
    store.clock.on(hours=1)
    sent = office.send(offer)
    assert (sent.status, sent.made_at) == (OfferStatus.MADE, store.clock())
    assert len(told(office, "offer proposed")) == len(told(office, "offer made")) == 1
    with pytest.raises(IllegalMove, match="made: it cannot become made"):
        office.send(offer)


def test_a_loser_who_cannot_see_the_winner_yet_looks_again_and_is_told_who_it_is(office, store):
    """On PostgreSQL a constraint also fires for a row that was written after this unit of work began."""
    begun = []

    def use_case(work):
        begun.append(work.get(ReferralRow, "R-2"))
        if unseen and len(begun) == 1:
            office.offer("R-1")
        make_offer("R-2", ["U-1-1"], from_day=TODAY, answer_by=None, by=OFFICER, at=NOW, work=work)

    unseen = store.engine.dialect.name == "postgresql"
    if not unseen:
        office.offer("R-1")
    with pytest.raises(UnitTaken) as refused:
        store.transact(use_case)
    assert refused.value.held_by == "R-1"
    assert len(begun) == (2 if unseen else 1)


def test_of_two_who_offer_one_unit_at_the_same_moment_one_is_refused(office, store):
    together = Barrier(2)

    def offer(referral_id):
        together.wait()
        try:
            return office.offer(referral_id).referral_id
        except UnitTaken as refused:
            return refused.held_by

    with ThreadPoolExecutor(2) as officers:
        first, second = officers.map(offer, ["R-1", "R-2"])
    assert first == second
    assert [row.referral_id for row in rows(office, OfferRow)] == [first]


def test_making_an_offer_takes_a_fixed_number_of_statements_however_many_units(office, store):
    store.transact(lambda work: service(work, "S-3", units=6))
    store.transact(lambda work: referral(work, "R-4", person="P-3", units=6))
    with statements(store) as for_one:
        office.offer("R-1")
    with statements(store) as for_six:
        office.offer("R-4", *(f"U-3-{number}" for number in range(1, 7)))
    assert (len(for_one), len(for_six)) == (14, 14)
