"""Deeds about referrals and their scores, in whatever order they come: mostly one that the state allows."""

from datetime import timedelta

from hypothesis.stateful import rule

from gateway.assessment.overriding import end_override, override_band
from gateway.assessment.scoring import change_facts, rescore, score_referral
from gateway.people.tables import PersonRow
from gateway.placements.dependants import OffersAndPlacements
from gateway.referrals.details import ReferralDetails
from gateway.referrals.ending import appeal, close, withdraw
from gateway.referrals.entering import change_draft, draft, refer, submit
from gateway.referrals.expiring import expire
from gateway.referrals.noting import add_note
from gateway.referrals.opening import open_case_file
from gateway.referrals.reasons import REASONS
from gateway.referrals.resting import park, unpark
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import QuestionRow, ReferralRow
from gateway.referrals.triaging import answer, ask, decline, put_on_list, take_in
from tests.soak.any_order import CHANCE, NOBODY, WHY
from tests.soak.any_order_ground import HOMES, ITEMS

S = ReferralStatus
LIKELY = {
    S.DRAFT: ("submit", "change_draft", "expire"),
    S.SUBMITTED: ("take_in", "withdraw"),
    S.IN_TRIAGE: ("score", "put_on_list", "put_on_list", "ask", "park", "decline"),
    S.MORE_ASKED: ("answer", "answer", "expire"),
    S.WAITING: ("score", "change_facts", "park", "withdraw", "close", "take_in"),
    S.OFFERED: ("withdraw", "close"),
    S.PLACED: ("close",),
    S.PARKED: ("unpark", "expire"),
}
"""What is mostly done next; what has ended is appealed against."""
ENDED = ("appeal", "open_case_file")
ALL = sorted({name for names in LIKELY.values() for name in names} | {*ENDED, "add_note"})
DEPENDANTS = OffersAndPlacements()


class ReferralDeeds:
    """From the first word of an agency to the end, and back by an appeal."""

    def form(self, person_id=None, **facts):
        facts |= {"client_groups": ("single-homeless",), "agency_id": "A-1"}
        return ReferralDetails(
            person_id=person_id or self.one(PersonRow),
            authority_id=self.pick(HOMES),
            agency_reference=self.pick([None, None, "PR-1", "PR-2"]),
            immediate_safety=self.pick([None, False, True]),
            units=self.pick([1, 1, 2]),
            avoids=self.pick([(), (), ("S-1",)]),
            **facts,
        )

    def reason(self, to):
        """One that belongs to the state, mostly."""
        return self.pick(sorted(REASONS[self.pick([to, to, to, S.EXPIRED])]))

    @rule(chance=CHANCE)
    def a_new_referral(self, chance):
        self.deed(chance)
        self.does(self.pick([draft, refer]), self.form())

    @rule(chance=CHANCE)
    def a_referral(self, chance):
        self.deed(chance)
        self.go_on_with(self.one(ReferralRow))

    @rule(chance=CHANCE)
    def another_referral(self, chance):
        """Once more as often as the others, of those that have not come far."""
        self.deed(chance)
        self.go_on_with(self.one(ReferralRow, ReferralRow.status.in_([S.DRAFT, S.SUBMITTED, S.IN_TRIAGE])))

    def go_on_with(self, id):
        row = self.row(ReferralRow, id)
        likely = LIKELY.get(row.status, ENDED) if row is not None else ALL
        name = self.pick(likely if self.number(0, 4) else ALL)
        getattr(self, f"_{name}")(id)

    def _submit(self, id):
        self.does(submit, id)

    def _change_draft(self, id):
        self.does(change_draft, id, self.form(), seen=self.seen(ReferralRow, id))

    def _take_in(self, id):
        self.does(take_in, id, seen=self.seen(ReferralRow, id))

    def _put_on_list(self, id):
        self.does(put_on_list, id)

    def _ask(self, id):
        self.does(ask, id, ["Where did they sleep last night?"], hours=self.pick([1, 48]))

    def _answer(self, id):
        self.does(answer, self.one(QuestionRow, QuestionRow.referral_id == id), "In the park.")

    def _score(self, id):
        answers = {item: self.pick([*scores, None]) for item, scores in ITEMS.items()}
        self.does(score_referral, id, answers)

    def _change_facts(self, id):
        row = self.row(ReferralRow, id)
        form = self.form(row.person_id if row else NOBODY, referred_on=self.day(last=1))
        self.does(change_facts, id, form, seen=self.seen(ReferralRow, id), why=self.pick(WHY))

    def _park(self, id):
        self.does(park, id, until=self.day(), reason=self.reason(S.PARKED), why=self.pick(WHY))

    def _unpark(self, id):
        self.does(unpark, id)

    def _expire(self, id):
        self.does(expire, id)

    def _decline(self, id):
        self.does(decline, id, reason=self.reason(S.DECLINED), why=self.pick(WHY))

    def _withdraw(self, id):
        self.does(withdraw, id, reason=self.reason(S.WITHDRAWN), dependants=DEPENDANTS, why=self.pick(WHY))

    def _close(self, id):
        self.does(close, id, reason=self.reason(S.CLOSED), dependants=DEPENDANTS, why=self.pick(WHY))

    def _appeal(self, id):
        self.does(appeal, id, why=self.pick(WHY))

    def _open_case_file(self, id):
        self.does(open_case_file, id, why=self.pick(WHY))

    def _add_note(self, id):
        self.does(add_note, id, "Rang back.")

    @rule(chance=CHANCE)
    def a_band(self, chance):
        self.deed(chance)
        id = self.one(ReferralRow, ReferralRow.status.in_([S.IN_TRIAGE, S.WAITING]))
        match self.number(0, 2):
            case 0:
                self.does(override_band, id, self.number(0, 5), reason=self.pick(WHY))
            case 1:
                self.does(end_override, id, why=self.pick(WHY))
            case 2:
                self.does(rescore, id)

    @rule(chance=CHANCE)
    def time_passes(self, chance):
        self.deed(chance)
        self.clock.now += timedelta(days=self.pick([1, 1, 3, 8, 40]))
