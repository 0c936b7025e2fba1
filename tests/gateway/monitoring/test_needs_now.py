"""What waits for whom is what a count by hand finds."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.monitoring.needs_now import Need, WhoAsks, needs_now
from gateway.people.exclusions import exclusions_due_for_review
from gateway.people.restrict import grant_access, restrict_case
from gateway.people.tables import ExclusionReason, ExclusionRow
from gateway.placements.offering import make_offer
from gateway.records.actor import Role
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import QuestionRow
from gateway.referrals.triaging import answer, ask, take_in
from gateway.stay import Stay
from scenarios.statements import statements
from tests.gateway.agreements.papers import BEGAN, make
from tests.gateway.allocation_runs.worlds import ground, offered, run, settle, two_services, waiting
from tests.gateway.ground import (
    BIRMINGHAM,
    MANAGER,
    NOW,
    OFFICER,
    REFERRER,
    TODAY,
    agency,
    person,
    provider,
    put,
    referral,
    service,
)


def needs(store, role, **of):
    with store.reading() as work:
        found = needs_now(work, WhoAsks(role=role, **of), at=store.clock())
    return {need: count for need, count in found.items() if count}


def test_an_empty_gateway_needs_nobody(store):
    for role in Role:
        if role is not Role.CLOCKWORK:
            assert needs(store, role) == {}


def test_officers_are_told_of_what_is_new_and_what_was_answered(store):
    def world(work):
        two_services(work)
        person(work, "P-4")
        referral(work, "R-4", person="P-4", status=ReferralStatus.SUBMITTED, band=None, triage_rank=0)
        person(work, "P-5")
        referral(work, "R-5", person="P-5", status=ReferralStatus.SUBMITTED, band=None, triage_rank=0)
        take_in("R-5", by=OFFICER, at=NOW, work=work)
        ask("R-5", ["Where did they sleep last night?"], by=OFFICER, at=NOW, work=work)

    store.transact(world)
    told = {Need.SUBMITTED: 1, Need.STALE_UNITS: 4}
    assert needs(store, Role.OFFICER) == told
    assert needs(store, Role.REFERRER, agency_id="A-1") == {Need.QUESTIONS: 1}
    assert needs(store, Role.REFERRER, agency_id="A-2") == {}
    with store.reading() as work:
        question = work.first(select(QuestionRow.id))
    store.transact(lambda work: answer(question, "At a friend's.", by=REFERRER, at=NOW, work=work))
    assert needs(store, Role.OFFICER) == told | {Need.ANSWERED: 1, Need.IN_TRIAGE: 1, Need.UNSCORED: 1}


def test_a_provider_is_told_of_its_own_alone(store):
    def world(work):
        two_services(work)
        provider(work, "V-2")
        service(work, "S-3", provider="V-2")
        offered(work, "R-1", "U-1-1")

    store.transact(world)
    settle(store, "R-2", "U-2-1", day=TODAY - timedelta(days=1))
    assert needs(store, Role.PROVIDER, provider_id="V-1") == {Need.OFFERS: 1, Need.STALE_UNITS: 4}
    assert needs(store, Role.PROVIDER, provider_id="V-2") == {Need.STALE_UNITS: 2}


@pytest.mark.parametrize("role", [Role.OFFICER, Role.PROVIDER, Role.REFERRER, Role.AUDITOR])
def test_it_is_one_query(store, role):
    store.transact(lambda work: (two_services(work), waiting(work, 9), agency(work, "A-9")))
    who = WhoAsks(role=role, agency_id="A-1", provider_id="V-1")
    with store.reading() as work, statements(work) as sent:
        needs_now(work, who, at=NOW)
    assert len(sent) == 1


def test_an_exclusion_that_is_over_waits_for_no_review(store):
    def world(work):
        two_services(work)
        for number, until in ((1, TODAY + timedelta(days=9)), (2, TODAY - timedelta(days=1))):
            facts = {"reason": ExclusionReason.ARSON, "service_id": "S-1"}
            begun = {"from_day": TODAY - timedelta(days=90), "until": until}
            review_on = TODAY - timedelta(days=2)
            put(
                work,
                ExclusionRow(
                    id=f"X-{number}", person_id=f"P-{number}", review_on=review_on, **facts, **begun
                ),
            )

    store.transact(world)
    assert needs(store, Role.OFFICER)[Need.EXCLUSIONS] == 1
    with store.reading() as work:
        due = exclusions_due_for_review(work, TODAY, by=OFFICER, at=NOW)
    assert [each.id for each in due] == ["X-1"]


def test_a_line_without_a_place_is_no_place_to_decide_on(store):
    store.transact(
        lambda work: (ground(work), service(work, "S-1", units=1), waiting(work, 1), waiting(work, 2))
    )
    run(store)
    assert needs(store, Role.OFFICER)[Need.LINES] == 1


def test_who_is_proposed_a_place_by_several_runs_is_counted_once(store):
    store.transact(lambda work: (ground(work), service(work, "S-1"), waiting(work, 1), waiting(work, 2)))
    run(store), run(store)
    assert needs(store, Role.OFFICER)[Need.LINES] == 2


def test_officers_and_referrers_are_told_of_as_many_as_their_lists_tell(store):
    """A restricted case stands in the queue without its name, and in no other list of theirs."""

    def world(work):
        two_services(work)
        for number in (1, 2):
            facts = {"reason": ExclusionReason.ARSON, "service_id": "S-2", "review_on": TODAY}
            begun = {"from_day": TODAY - timedelta(days=9), "until": TODAY + timedelta(days=9)}
            put(work, ExclusionRow(id=f"X-{number}", person_id=f"P-{number}", **facts, **begun))
            soon = {"answer_by": NOW + timedelta(hours=3), "by": OFFICER, "at": NOW}
            make_offer(f"R-{number}", [f"U-1-{number}"], from_day=TODAY, **soon, work=work)
        restrict_case("P-1", until=NOW + timedelta(days=9), seen=1, why="x", by=MANAGER, at=NOW, work=work)

    store.transact(world)
    for id, many in ((OFFICER.id, 1), (MANAGER.id, 2)):
        told = needs(store, Role.OFFICER, account_id=id)
        assert (told[Need.OFFERS_SOON], told[Need.EXCLUSIONS]) == (many, many)
    assert needs(store, Role.REFERRER, agency_id="A-1", account_id="referrer-1")[Need.OFFERS_SOON] == 1


def test_a_line_of_somebody_who_was_restricted_since_is_not_counted(store):
    store.transact(
        lambda work: (ground(work), service(work, "S-1", units=2), waiting(work, 1), waiting(work, 2))
    )
    run(store)
    assert needs(store, Role.OFFICER)[Need.LINES] == 2
    until = NOW + timedelta(days=9)
    store.transact(
        lambda work: restrict_case("P-1", until=until, seen=1, why="x", by=MANAGER, at=NOW, work=work)
    )
    assert needs(store, Role.OFFICER, account_id="officer-9")[Need.LINES] == 1
    assert needs(store, Role.OFFICER, account_id=MANAGER.id)[Need.LINES] == 2


def test_a_provider_learns_from_no_number_that_somebody_restricted_was_offered(store):
    def world(work):
        two_services(work)
        offered(work, "R-1", "U-1-1")
        restrict_case("P-1", until=NOW + timedelta(days=9), seen=1, why="x", by=MANAGER, at=NOW, work=work)

    store.transact(world)
    who = {"provider_id": "V-1", "account_id": "provider-9"}
    assert Need.OFFERS not in needs(store, Role.PROVIDER, **who)
    until = NOW + timedelta(days=3)
    let_in = {"until": until, "why": "x", "by": MANAGER, "at": NOW}
    store.transact(lambda work: grant_access("P-1", "provider-9", **let_in, work=work))
    assert needs(store, Role.PROVIDER, **who)[Need.OFFERS] == 1


def test_a_commissioner_is_told_of_agreements_that_their_authority_entered(store):
    def world(work):
        ground(work)
        service(work, "S-1")
        make(work, term=Stay(BEGAN, TODAY + timedelta(days=30)))

    store.transact(world)
    assert needs(store, Role.COMMISSIONER) == {Need.ENDING_AGREEMENTS: 1}
    assert needs(store, Role.COMMISSIONER, authority_id=BIRMINGHAM) == {Need.ENDING_AGREEMENTS: 1}
    assert needs(store, Role.COMMISSIONER, authority_id="E09000001") == {}
