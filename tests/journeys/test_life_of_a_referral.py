"""One referral from the first telephone call to a home of her own, in the record, on both databases."""

from datetime import timedelta

from gateway.allocation_runs.deciding import decide, record_view
from gateway.allocation_runs.offering import make_offers
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.running import start_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import Decision, ProposalRow
from gateway.assessment.adopting import adopt_scheme
from gateway.assessment.overriding import override_band
from gateway.assessment.scheme import shipped_document, shipped_scheme
from gateway.assessment.scoring import score_referral
from gateway.invariants.check import check
from gateway.people.details import PersonDetails
from gateway.people.enter_person import enter_person
from gateway.people.possible_duplicates import possible_duplicates
from gateway.people.record_consent import give_consent
from gateway.placements.answering import accept_offer, refuse_offer
from gateway.placements.following_up import ready_to_move_on, set_review
from gateway.placements.leaving import depart
from gateway.placements.moving_in import move_in
from gateway.placements.offering import make_offer
from gateway.placements.reviewing import confirm_refusal
from gateway.placements.tables import DepartureReason, Destination, OfferRow, RefusalReason, Side
from gateway.records.seal import seal
from gateway.records.verify import verify
from gateway.referrals.case_file import case_file
from gateway.referrals.details import Known, ReferralDetails
from gateway.referrals.entering import draft, submit
from gateway.referrals.opening import open_case_file
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import QuestionRow, ReferralRow
from gateway.referrals.triaging import answer, ask, put_on_list, take_in
from gateway.working_time import deadline
from tests.gateway.ground import (
    BIRMINGHAM,
    MANAGER,
    OFFICER,
    PROVIDER,
    REFERRER,
    agency,
    authorities,
    provider,
    service,
)

SCHEME = "new-directions-team"


class Gateway:
    """A store and its clock, with the words of a journey."""

    def __init__(self, store, clock):
        self.store, self.clock = store, clock

    def does(self, by, verb, *given, **facts):
        return self.store.transact(lambda work: verb(*given, by=by, at=self.clock(), work=work, **facts))

    def sees(self, question, *given, **facts):
        with self.store.reading() as work:
            return question(work, *given, **facts)

    def referral(self, id):
        return self.sees(lambda work: work.get(ReferralRow, id))


def ground(work):
    authorities(work)
    provider(work)
    agency(work)
    service(work, "S-1", units=1)
    service(work, "S-2", units=1)


def referred(gateway, details):
    """The referrer finds nobody like her, enters her, and submits what the form asks."""
    seen = {"by": REFERRER, "at": gateway.clock()}
    assert gateway.sees(possible_duplicates, details, **seen) == ()
    her = gateway.does(REFERRER, enter_person, details)
    assert [match.person_id for match in gateway.sees(possible_duplicates, details, **seen)] == [her.id]
    form = ReferralDetails(
        person_id=her.id,
        agency_id="A-1",
        agency_reference="PR/2026/117",
        authority_id=BIRMINGHAM,
        immediate_safety=False,
        client_groups=("single-homeless",),
        risks=(Known(code="arson", answer=False),),
        story="Her lease ends on Friday.",
    )
    entered = gateway.does(REFERRER, draft, form)
    today = gateway.clock().date()
    gateway.does(REFERRER, give_consent, her.id, given_on=today, how="by telephone")
    return gateway.does(REFERRER, submit, entered.id).id


def looked_at(gateway, id):
    """The officer asks one thing, scores, and raises the band on what was heard."""
    gateway.does(OFFICER, open_case_file, id)
    gateway.does(OFFICER, take_in, id)
    gateway.does(OFFICER, ask, id, ["Did she sleep rough last week?"])
    assert gateway.referral(id).status is ReferralStatus.MORE_ASKED
    (question,) = gateway.sees(lambda work: work.where(QuestionRow))
    gateway.clock.on(hours=2)
    gateway.does(REFERRER, answer, question.id, "Two nights, in the park.")
    scores = {item.key: item.scores[1] for item in shipped_scheme(SCHEME).items}
    gateway.does(OFFICER, score_referral, id, scores)
    gateway.does(OFFICER, override_band, id, 1, reason="Threatened this morning.")
    gateway.does(OFFICER, put_on_list, id)
    assert gateway.referral(id).band == 1


def proposed(gateway):
    """A run proposes a place; because of the override the officer must look at the line by itself."""
    run = gateway.does(OFFICER, start_run, Scope(as_of=gateway.clock().date()))
    perform(gateway.store, run.id, by=OFFICER)
    (line,) = gateway.sees(lambda work: work.where(ProposalRow, ProposalRow.run_id == run.id))
    assert line.singly
    gateway.does(OFFICER, record_view, line.id, seconds=95, alternatives_shown=1)
    gateway.does(OFFICER, decide, line.id, Decision.AGREE)
    answer_by = deadline(gateway.clock(), 8)
    (made,) = make_offers(gateway.store, run.id, by=OFFICER, answer_by=answer_by)
    assert made.told == "offer made"
    (offer,) = gateway.sees(lambda work: work.where(OfferRow, OfferRow.proposal_id == line.id))
    return offer


def test_one_referral_from_the_first_call_to_a_home_of_her_own(store, clock):
    gateway = Gateway(store, clock)
    store.transact(ground)
    gateway.does(MANAGER, adopt_scheme, shipped_document(SCHEME))
    details = PersonDetails(told_on=clock().date(), forename="Marguerite", surname="Okonjo", gender="female")
    id = referred(gateway, details)
    looked_at(gateway, id)
    stood = gateway.referral(id).waiting_since

    first = proposed(gateway)
    refusal = {"side": Side.PROVIDER, "reason": RefusalReason.NEEDS_TOO_HIGH}
    gateway.does(PROVIDER, refuse_offer, first.id, **refusal)
    gateway.does(OFFICER, confirm_refusal, first.id, why="No night staff this month.")
    assert gateway.referral(id).status is ReferralStatus.WAITING
    assert gateway.referral(id).waiting_since == stood, "she comes back to where she stood"

    clock.on(days=1)
    unit = "U-2-1" if first.service_id == "S-1" else "U-1-1"
    today = clock().date()
    second = gateway.does(OFFICER, make_offer, id, [unit], from_day=today, answer_by=deadline(clock(), 8))
    gateway.does(PROVIDER, accept_offer, second.id)
    home = gateway.does(PROVIDER, move_in, second.id, on_day=today)
    assert gateway.referral(id).status is ReferralStatus.PLACED

    gateway.does(PROVIDER, set_review, home.id, today + timedelta(days=90))
    clock.on(days=200)
    gateway.does(PROVIDER, ready_to_move_on, home.id, clock().date())
    clock.on(days=30)
    gone = {"reason": DepartureReason.PLANNED, "destination": Destination.SOCIAL_RENT, "planned": True}
    gateway.does(PROVIDER, depart, home.id, clock().date(), **gone)
    assert gateway.referral(id).status is ReferralStatus.CLOSED

    told = [event.what for event in gateway.sees(case_file, id).timeline]
    assert told[0] == "referral drafted"
    assert {"case file opened", "offer made", "offer refused", "moved in"} <= set(told)
    seal(store)
    assert gateway.sees(check) == []
    assert gateway.sees(verify).wrong == []
