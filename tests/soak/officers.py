"""Officers in processes of their own: each offers and moves people in and out, at random, at full speed."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from time import monotonic

from sqlalchemy import select

from gateway.local_day import local_day
from gateway.placements.answering import accept_offer, refuse_offer, withdraw_offer
from gateway.placements.conflicts import UnitTaken
from gateway.placements.lapsing import lapse_offer
from gateway.placements.leaving import depart
from gateway.placements.moving_in import move_in, not_arrived
from gateway.placements.offering import make_offer, send_offer
from gateway.placements.states import HOLDING, OfferStatus, PlacementStatus
from gateway.placements.tables import (
    DepartureReason,
    Destination,
    OfferRow,
    PlacementRow,
    RefusalReason,
    Side,
)
from gateway.records.actor import Actor, Role
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Refusal
from gateway.schema import ROOMS
from gateway.storage.sealing import Keyring
from gateway.storage.store import Store
from tests.gateway.ground import NOW, agency, authorities, person, provider, referral, service

DAYS = 60
assert ROOMS  # a row can be written only where every table that its own refers to is known
PER_SERVICE = 10


@dataclass(frozen=True, slots=True)
class Size:
    """How many processes offer and move in how often together, on how many units, for how many people."""

    processes: int
    bookings: int
    units: int
    people: int


@dataclass(slots=True)
class Account:
    """What one process did: how often what succeeded, who lost to whom, which other refusals, what broke."""

    done: Counter = field(default_factory=Counter)
    lost: list = field(default_factory=list)
    refused: Counter = field(default_factory=Counter)
    broken: list = field(default_factory=list)
    slowest: float = 0.0

    def __iadd__(self, other):
        self.done += other.done
        self.refused += other.refused
        self.lost += other.lost
        self.broken += other.broken
        self.slowest = max(self.slowest, other.slowest)
        return self


def world(size):
    """Services of ten units each, and people of whom every tenth is a household that takes two units."""

    def use_case(work):
        authorities(work)
        provider(work)
        agency(work)
        for number in range(1, size.units // PER_SERVICE + 1):
            service(work, f"S-{number}", units=PER_SERVICE)
        for number in range(1, size.people + 1):
            person(work, f"P-{number}")
            referral(work, f"R-{number}", person=f"P-{number}", units=1 + (number % 10 == 0))

    return use_case


def work_through(url, keys, number, size, ready, answers):
    """What one process does; ``answers`` gets its account."""
    account = Account()
    store = Store(url, keys=Keyring.parse(keys), clock=lambda: NOW, new_id=new_id)
    try:
        ready.wait()
        Officer(store, number, size, account).work()
    finally:
        store.close()
        answers.put(account)


def new_id(prefix):
    return f"{prefix}-{secrets.token_hex(8)}"


class Officer:
    """Looks at somebody at random and does what could be done next; half of the offers go to ten units."""

    def __init__(self, store, number, size, account):
        self.store, self.size, self.account = store, size, account
        self.random = Random(number)
        self.by = Actor(id=f"officer-{number}", role=Role.OFFICER)
        self.bookings = self.quota = -(-size.bookings // size.processes)
        self.at = NOW

    def work(self):
        while self.bookings:
            passed = 1 - self.bookings / self.quota
            self.at = NOW + timedelta(days=DAYS * passed)
            self.deal_with(f"R-{self.random.randint(1, self.size.people)}")

    def deal_with(self, referral_id):
        units, offer, placement = self.look(referral_id)
        if offer is None and (placement is None or self.random.random() < 0.4):
            self.offer(referral_id, units)
        elif offer is None:
            self.leave(placement)
        elif self.random.random() < 0.1:
            self.offer(referral_id, units)
        else:
            self.follow_up(offer)

    def look(self, referral_id):
        with self.store.reading() as work:
            units = work.get(ReferralRow, referral_id).units
            offers = select(OfferRow).where(OfferRow.referral_id == referral_id, OfferRow.status.in_(HOLDING))
            living = select(PlacementRow).where(PlacementRow.referral_id == referral_id)
            home = work.first(living.where(PlacementRow.status == PlacementStatus.LIVING))
            return units, work.first(offers), home

    def offer(self, referral_id, units):
        self.bookings -= 1
        services = max(1, self.size.units // PER_SERVICE)
        at = self.random.choice([1, self.random.randint(1, services)])
        numbers = self.random.sample(range(1, PER_SERVICE + 1), units)
        self.do(
            "offered",
            make_offer,
            referral_id,
            [f"U-{at}-{number}" for number in numbers],
            from_day=local_day(self.at) + timedelta(days=self.random.randint(0, 3)),
            answer_by=self.at + timedelta(days=self.random.randint(1, 20)),
            draft=self.random.random() < 0.1,
        )

    def follow_up(self, offer):
        chance = self.random.random()
        if offer.status is OfferStatus.PROPOSED:
            self.do("sent", send_offer, offer.id, answer_by=self.at + timedelta(days=10))
        elif chance < 0.1:
            self.do("withdrawn", withdraw_offer, offer.id, why="needed")
        elif offer.status is OfferStatus.MADE:
            self.answer(offer, chance)
        elif chance < 0.8:
            self.bookings -= 1
            self.do("moved in", move_in, offer.id, max(offer.from_day, local_day(self.at)))
        else:
            self.do("not arrived", not_arrived, offer.id, why="nobody came")

    def answer(self, offer, chance):
        if self.at >= offer.answer_by:
            self.do("lapsed", lapse_offer, offer.id)
        elif chance < 0.8:
            self.do("accepted", accept_offer, offer.id)
        else:
            reason = {"side": Side.PERSON, "reason": RefusalReason.AREA_UNWANTED}
            self.do("refused", refuse_offer, offer.id, **reason)

    def leave(self, placement):
        self.do(
            "left",
            depart,
            placement.id,
            local_day(self.at),
            reason=DepartureReason.LEFT,
            destination=Destination.UNKNOWN,
            planned=False,
            still_needs_a_place=self.random.random() < 0.9,
        )

    def do(self, what, verb, *given, **facts):
        begun = monotonic()
        try:
            self.store.transact(lambda work: verb(*given, by=self.by, at=self.at, work=work, **facts))
            self.account.done[what] += 1
        except UnitTaken as refused:
            self.account.lost += [(each.unit, each.referral) for each in refused.taken]
            self.account.refused["UnitTaken"] += 1
        except Refusal as refused:
            self.account.refused[type(refused).__name__] += 1
        except Exception as fault:  # noqa: BLE001  whatever it is, it must not have happened
            self.account.broken.append(f"{what}: {type(fault).__name__}: {fault}"[:500])
        self.account.slowest = max(self.account.slowest, monotonic() - begun)
