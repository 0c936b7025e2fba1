"""The office at work: each deed in a transaction of its own, at the clock's time, by whoever does it."""

from datetime import timedelta

from gateway.local_day import local_day
from gateway.placements.answering import accept_offer, refuse_offer, withdraw_offer
from gateway.placements.following_up import extend, not_ready_to_move_on, ready_to_move_on, set_review
from gateway.placements.lapsing import lapse_offer
from gateway.placements.leaving import depart
from gateway.placements.moving_in import move_in, not_arrived
from gateway.placements.offering import make_offer, send_offer
from gateway.placements.reviewing import confirm_refusal, overrule_refusal
from gateway.placements.tables import DepartureReason, Destination, RefusalReason, Side
from tests.gateway.ground import OFFICER, PROVIDER, small_world


class Office:
    """Does use cases on a store; ``days`` count from the clock's day."""

    def __init__(self, store, world=small_world):
        self.store = store
        if world is not None:
            store.transact(world)

    @property
    def now(self):
        return self.store.clock()

    def day(self, days=0):
        return local_day(self.now) + timedelta(days=days)

    def do(self, verb, *given, by=OFFICER, **facts):
        return self.store.transact(lambda work: verb(*given, by=by, at=self.now, work=work, **facts))

    def read(self, query, *given, **facts):
        with self.store.reading() as work:
            return query(work, *given, **facts)

    def offer(self, referral="R-1", *units, days=0, answer_in=2, **facts):
        due = None if answer_in is None else self.now + timedelta(days=answer_in)
        wanted = units or ("U-1-1",)
        return self.do(make_offer, referral, wanted, from_day=self.day(days), answer_by=due, **facts)

    def send(self, offer, answer_in=2):
        return self.do(send_offer, offer.id, answer_by=self.now + timedelta(days=answer_in))

    def accept(self, offer):
        return self.do(accept_offer, offer.id, by=PROVIDER)

    def refuse(self, offer, side=Side.PROVIDER, reason=RefusalReason.NEEDS_TOO_HIGH, **facts):
        return self.do(refuse_offer, offer.id, side=side, reason=reason, by=PROVIDER, **facts)

    def withdraw(self, offer):
        return self.do(withdraw_offer, offer.id, why="the unit is needed for somebody else")

    def lapse(self, offer):
        return self.do(lapse_offer, offer.id)

    def confirm(self, offer):
        return self.do(confirm_refusal, offer.id, why="the risk is real")

    def overrule(self, offer, answer_in=2, **facts):
        due = self.now + timedelta(days=answer_in)
        return self.do(overrule_refusal, offer.id, why="the risk can be managed", answer_by=due, **facts)

    def move_in(self, offer, days=0, **facts):
        return self.do(move_in, offer.id, self.day(days), by=PROVIDER, **facts)

    def not_arrived(self, offer):
        return self.do(not_arrived, offer.id, why="nobody came", by=PROVIDER)

    def house(self, referral="R-1", *units, days=0, **facts):
        """Offer, accept and move in, all on one day; the placement."""
        offer = self.offer(referral, *units, days=days)
        self.accept(offer)
        return self.move_in(offer, days, **facts)

    def depart(self, placement, days=0, **facts):
        told = {"reason": DepartureReason.PLANNED, "destination": Destination.PRIVATE_RENT} | facts
        return self.do(depart, placement.id, self.day(days), by=PROVIDER, **told)

    def set_review(self, placement, days):
        return self.do(set_review, placement.id, self.day(days))

    def extend(self, placement, days):
        return self.do(extend, placement.id, self.day(days), why="not ready yet")

    def ready(self, placement, days=0, **facts):
        return self.do(ready_to_move_on, placement.id, self.day(days), by=PROVIDER, **facts)

    def not_ready(self, placement):
        return self.do(not_ready_to_move_on, placement.id, why="a setback", by=PROVIDER)
