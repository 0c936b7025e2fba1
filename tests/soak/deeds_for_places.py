"""Deeds about offers, placements, runs and emergencies, in whatever order they come."""

from hypothesis.stateful import rule

from gateway.allocation_runs.deciding import decide, decide_band, record_view
from gateway.allocation_runs.emergencies import add_affected, declare_emergency, end_emergency
from gateway.allocation_runs.offering import make_offers
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.redesignations import agree_to_redesignate, refuse_to_redesignate
from gateway.allocation_runs.running import cancel_run, close_run, retry_run, start_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.staleness import mark_stale
from gateway.allocation_runs.tables import (
    Decision,
    EmergencyRow,
    ProposalRow,
    ProposalStatus,
    RedesignationRequestRow,
    RequestStatus,
    RunRow,
    RunStatus,
)
from gateway.directory.tables import ServiceRow, UnitRow
from gateway.placements.answering import accept_offer, refuse_offer, withdraw_offer
from gateway.placements.following_up import extend, not_ready_to_move_on, ready_to_move_on, set_review
from gateway.placements.lapsing import lapse_offer
from gateway.placements.leaving import depart
from gateway.placements.moving_in import move_in, not_arrived
from gateway.placements.offering import make_offer, send_offer
from gateway.placements.reviewing import confirm_refusal, overrule_refusal
from gateway.placements.states import HOLDING, OfferStatus, PlacementStatus
from gateway.placements.tables import (
    Blocker,
    DepartureReason,
    Destination,
    OfferRow,
    PlacementRow,
    RefusalReason,
    Side,
)
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from tests.gateway.ground import MANAGER, OFFICER
from tests.soak.any_order import CHANCE, WHY, if_there_are

LIKELY = {
    OfferStatus.PROPOSED: ("send", "send", "withdraw"),
    OfferStatus.MADE: ("accept", "accept", "accept", "refuse", "lapse", "withdraw"),
    OfferStatus.ACCEPTED: ("move_in", "move_in", "move_in", "not_arrived", "withdraw"),
    OfferStatus.REFUSED: ("confirm", "overrule"),
}
"""What is mostly done next with an offer."""
ALL = sorted({name for names in LIKELY.values() for name in names})
LIVING = PlacementRow.status == PlacementStatus.LIVING


class OfferDeeds:
    """From an offer to the day on which somebody leaves."""

    @rule(chance=CHANCE)
    def a_new_offer(self, chance):
        self.deed(chance)
        can_have = [ReferralStatus.WAITING, ReferralStatus.PLACED]
        id, units = self.one(ReferralRow, ReferralRow.status.in_(can_have)), self.some(UnitRow)
        if self.coin():
            row = self.row(ReferralRow, id)
            service = self.pick(["S-1", "S-2", "S-3"])
            units = self.ids(UnitRow, UnitRow.service_id == service)[-(row.units if row else 1) :]
        facts = {"from_day": self.day(first=-1), "answer_by": self.moment()}
        self.does(make_offer, id, units, draft=not self.number(0, 4), **facts)

    @rule(chance=CHANCE)
    def a_move(self, chance):
        """Somebody is offered units of one service after another, accepts the first, and mostly moves in."""
        self.deed(chance)
        id = self.one(ReferralRow, ReferralRow.status.in_([ReferralStatus.WAITING, ReferralStatus.PLACED]))
        row = self.row(ReferralRow, id)
        for service in self.chance.sample(["S-1", "S-2", "S-3"], 3):
            units = self.ids(UnitRow, UnitRow.service_id == service)
            some = self.chance.sample(units, min(len(units), row.units if row else 1))
            if offer := self.does(make_offer, id, some, from_day=self.today, answer_by=None):
                self.does(accept_offer, offer.id)
                return self._offer_move_in(offer.id) if self.number(0, 4) else None
        return None

    @if_there_are("offers")
    @rule(chance=CHANCE)
    def an_offer(self, chance):
        self.deed(chance)
        id = self.one(OfferRow, OfferRow.status.in_(sorted(HOLDING)))
        row = self.row(OfferRow, id)
        likely = LIKELY.get(row.status, ALL) if row is not None else ALL
        name = self.pick(likely if self.number(0, 5) else ALL)
        getattr(self, f"_offer_{name}")(id)

    @if_there_are("offers")
    @rule(chance=CHANCE)
    def a_refusal(self, chance):
        self.deed(chance)
        id = self.one(OfferRow, OfferRow.status == OfferStatus.REFUSED)
        getattr(self, self.pick(["_offer_confirm", "_offer_overrule"]))(id)

    def _offer_send(self, id):
        self.does(send_offer, id, answer_by=self.moment(), seen=self.seen(OfferRow, id))

    def _offer_accept(self, id):
        self.does(accept_offer, id, seen=self.seen(OfferRow, id))

    def _offer_refuse(self, id):
        side, reason = self.pick(Side), self.pick(RefusalReason)
        self.does(refuse_offer, id, side=side, reason=reason)

    def _offer_lapse(self, id):
        self.does(lapse_offer, id)

    def _offer_withdraw(self, id):
        self.does(withdraw_offer, id, why=self.pick(WHY))

    def _offer_move_in(self, id):
        row = self.row(OfferRow, id)
        day = max(row.from_day, self.today) if row and self.number(0, 3) else self.day(last=1)
        living = self.ids(PlacementRow, LIVING, PlacementRow.person_id == row.person_id) if row else []
        leaves = living[0] if living and self.number(0, 3) else None
        self.does(move_in, id, day, leaves=leaves, review_on=self.pick([None, self.today]))

    def _offer_not_arrived(self, id):
        self.does(not_arrived, id, why=self.pick(WHY))

    def _offer_confirm(self, id):
        self.does(confirm_refusal, id, why=self.pick(WHY))

    def _offer_overrule(self, id):
        again = self.coin()
        self.does(overrule_refusal, id, why=self.pick(WHY), answer_by=self.moment(), again=again)

    @rule(chance=CHANCE)
    def a_placement(self, chance):
        self.deed(chance)
        id, day, why = self.one(PlacementRow, LIVING), self.day(), self.pick(WHY)
        match self.number(0, 5):
            case 0:
                self.does(set_review, id, self.pick([None, day]))
            case 1:
                self.does(extend, id, day, why=why)
            case 2:
                blocked = self.pick([None, Blocker.NO_PLACE])
                self.does(ready_to_move_on, id, day, blocked_by=blocked)
            case 3:
                self.does(not_ready_to_move_on, id, why=why)
            case _:
                self.leave(id)

    def leave(self, id):
        reason = self.pick(DepartureReason)
        died = reason is DepartureReason.DIED
        self.does(
            depart,
            id,
            self.day(last=1),
            reason=reason,
            destination=Destination.DIED if died else Destination.UNKNOWN,
            planned=None if died else reason is DepartureReason.PLANNED,
            still_needs_a_place=self.coin(),
            prepared_until=self.pick([None, self.day(first=0)]),
        )


class RunDeeds:
    """Runs, the decisions on their lines, and emergencies."""

    def a_run_that(self, *statuses):
        return self.one(RunRow, RunRow.status.in_(statuses))

    @rule(chance=CHANCE)
    def a_run(self, chance):
        """Done from its start to its proposal; one time in six it stays where it is."""
        self.deed(chance)
        limits = [None, 0, 1]
        scope = Scope(as_of=self.day(first=0), max_moves=self.pick(limits), max_conversions=self.pick(limits))
        emergency = self.pick([None, *self.ids(EmergencyRow)])
        run = self.does(start_run, scope, emergency_id=emergency)
        if self.number(0, 5):
            self.perform(run.id)

    def perform(self, id):
        self.came_of("perform", lambda: perform(self.store, id, by=OFFICER))

    @if_there_are("runs")
    @rule(chance=CHANCE)
    def a_run_that_stands(self, chance):
        self.deed(chance)
        match self.number(0, 4):
            case 0:
                self.perform(self.a_run_that(RunStatus.QUEUED))
            case 1:
                self.does(cancel_run, self.a_run_that(RunStatus.QUEUED))
            case 2:
                self.does(retry_run, self.a_run_that(RunStatus.FAILED))
            case 3:
                self.does(close_run, self.a_run_that(RunStatus.PROPOSED))
            case 4:
                self.does(mark_stale, self.a_run_that(RunStatus.PROPOSED))

    @if_there_are("proposals")
    @rule(chance=CHANCE)
    def a_line(self, chance):
        self.deed(chance)
        id, by = self.one(ProposalRow, ProposalRow.status == ProposalStatus.PROPOSED), OFFICER
        if self.coin():
            self.does(record_view, id, seconds=20, alternatives_shown=2, by=by)
        decision = self.pick(Decision)
        place = self.one(ServiceRow) if decision is Decision.CHANGE else None
        self.does(decide, id, decision, service_id=place, reason=self.pick(WHY), by=by)

    @if_there_are("proposals")
    @rule(chance=CHANCE)
    def a_band_of_a_run(self, chance):
        self.deed(chance)
        run = self.a_run_that(RunStatus.PROPOSED)
        self.does(decide_band, run, self.number(1, 5))

    @if_there_are("proposals")
    @rule(chance=CHANCE)
    def offers_of_a_run(self, chance):
        self.deed(chance)
        run, answer_by = self.a_run_that(RunStatus.PROPOSED), self.moment()
        self.offers_made(run, answer_by)

    def offers_made(self, run, answer_by):
        """Lines may all be refused: what was made tells of it, and nothing is written."""

        def deed():
            made = make_offers(self.store, run, by=MANAGER, answer_by=answer_by)
            return [each for each in made if each.told == "offer made"]

        self.came_of("make_offers", deed)

    @if_there_are("redesignation_requests")
    @rule(chance=CHANCE)
    def a_redesignation(self, chance):
        self.deed(chance)
        id = self.one(RedesignationRequestRow, RedesignationRequestRow.status == RequestStatus.ASKED)
        if self.coin():
            self.does(agree_to_redesignate, id, from_day=self.day())
        else:
            self.does(refuse_to_redesignate, id, why=self.pick(WHY))

    @rule(chance=CHANCE)
    def an_emergency(self, chance):
        self.deed(chance)
        id = self.one(EmergencyRow, EmergencyRow.ended_at.is_(None))
        match self.number(0, 2):
            case 0:
                services = self.pick([[], ["S-1"], ["S-3"]])
                referrals = self.pick([[], self.some(ReferralRow)])
                facts = {"services": services, "referrals": referrals, "closes_on": self.day()}
                self.does(declare_emergency, "A flood", **facts)
            case 1:
                self.does(add_affected, id, self.some(ReferralRow))
            case 2:
                self.does(end_emergency, id, why=self.pick(WHY))
