"""How many statements each deed in the life of a referral sends: pinned, so that none grows unseen.

Where a room pins its own lists and questions (the triage list, vacancies, ledgers, duplicates), it does so in
its own tests. Here are the deeds, none of which has a loop that asks.
"""

from datetime import timedelta
from importlib import resources

import pytest

from gateway.assessment.adopting import adopt_scheme
from gateway.assessment.scheme_documents import scheme_in_force
from gateway.assessment.scoring import rescore, score_referral
from gateway.people.details import PersonDetails
from gateway.people.enter_person import enter_person
from gateway.people.record_consent import give_consent
from gateway.placements.answering import accept_offer, refuse_offer
from gateway.placements.following_up import ready_to_move_on
from gateway.placements.leaving import depart
from gateway.placements.moving_in import move_in
from gateway.placements.offering import make_offer
from gateway.placements.tables import DepartureReason, Destination, RefusalReason, Side
from gateway.records.seal import seal
from gateway.records.verify import verify
from gateway.referrals.code_lists import code_lists
from gateway.referrals.details import Known, ReferralDetails
from gateway.referrals.entering import refer
from gateway.referrals.noting import add_note
from gateway.referrals.opening import open_case_file
from gateway.referrals.triaging import put_on_list, take_in
from scenarios.statements import statements
from tests.gateway.ground import OFFICER, TODAY, small_world

SCHEME = (resources.files("gateway.assessment") / "schemes" / "new-directions-team.yaml").read_text("utf-8")


FEW = ("mental_health",)
MANY = tuple(code_lists()["need"])


class Counting:
    """Does deeds, each in a transaction of its own, and keeps how many statements it took."""

    def __init__(self, store):
        self.store, self.counts = store, {}

    def does(self, verb, *given, **facts):
        at = self.store.clock()
        return self.counted(
            verb.__name__,
            lambda: self.store.transact(lambda work: verb(*given, by=OFFICER, at=at, work=work, **facts)),
        )

    def counted(self, name, deed):
        with statements(self.store) as sent:
            answer = deed()
        self.counts[name] = max(len(sent), self.counts.get(name, 0))
        return answer


def a_life(store, needs):
    """From being entered to having left; how many statements each deed took."""
    store.transact(small_world)
    office = Counting(store)
    office.does(adopt_scheme, SCHEME)
    person = office.does(
        enter_person, PersonDetails(told_on=TODAY, forename="Ada", surname="Alder", gender="female")
    )
    office.does(give_consent, person.id, given_on=TODAY, how="signed form")
    form = ReferralDetails(
        person_id=person.id,
        agency_id="A-1",
        client_groups=("single-homeless", "rough-sleepers"),
        needs=tuple(Known(code=each, answer=True) for each in needs),
    )
    referral = office.does(refer, form)
    office.does(take_in, referral.id)
    office.does(open_case_file, referral.id)
    with store.reading() as work:
        items = scheme_in_force(work, store.clock()).items
    office.does(score_referral, referral.id, {each.key: each.scores[-1] for each in items})
    office.does(rescore, referral.id)
    office.does(put_on_list, referral.id)
    office.does(add_note, referral.id, "Still interested.")
    refused = office.does(make_offer, referral.id, ["U-1-1"], from_day=TODAY, answer_by=None)
    told = {"side": Side.PERSON, "reason": RefusalReason.AREA_UNWANTED}
    office.does(refuse_offer, refused.id, **told)
    offer = office.does(make_offer, referral.id, ["U-1-1"], from_day=TODAY, answer_by=None)
    office.does(accept_offer, offer.id)
    placement = office.does(move_in, offer.id, TODAY)
    store.clock.on(days=40)
    office.does(ready_to_move_on, placement.id, TODAY + timedelta(days=30))
    gone = {"reason": DepartureReason.PLANNED, "destination": Destination.PRIVATE_RENT}
    office.does(depart, placement.id, TODAY + timedelta(days=35), **gone)
    office.counted("seal", lambda: seal(store))
    with store.reading() as work:
        office.counted("verify", lambda: verify(work))
    return office.counts


PINNED = {
    "adopt_scheme": 3,
    "enter_person": 7,
    "give_consent": 5,
    "refer": 11,
    "take_in": 4,
    "open_case_file": 18,
    "score_referral": 14,
    "rescore": 8,
    "put_on_list": 4,
    "add_note": 5,
    "make_offer": 14,
    "refuse_offer": 9,
    "accept_offer": 9,
    "move_in": 13,
    "ready_to_move_on": 4,
    "depart": 9,
    "seal": 12,
    "verify": 6,
}
"""Each event is three of them, or two: the event itself, what it is about, and what it tells of somebody."""

QUEUES = ("move_in", "depart")
"""On PostgreSQL these first wait for whoever is changing who has the unit: a statement more."""


@pytest.mark.parametrize("needs", [FEW, MANY])
def test_every_deed_sends_as_many_statements_as_is_pinned_however_long_the_form_is(store, needs):
    more = {each: 1 for each in QUEUES if store.engine.dialect.name == "postgresql"}
    assert a_life(store, needs) == {each: number + more.get(each, 0) for each, number in PINNED.items()}
