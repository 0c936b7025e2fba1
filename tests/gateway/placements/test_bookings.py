"""Everything that can be done with offers and places, in any order: what must be true stays true."""

import itertools
import shutil
import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gateway.directory.tables import UnitGender
from gateway.people.tables import PersonRow
from gateway.placements.answering import REASONS
from gateway.placements.lapsing import lapse_due_offers
from gateway.placements.leaving import PLANNED
from gateway.placements.states import HOLDING, NEXT_OFFER, NEXT_PLACEMENT, OfferStatus, PlacementStatus
from gateway.placements.tables import (
    DepartureReason,
    Destination,
    HoldKind,
    HoldRow,
    OfferRow,
    PlacementRow,
    RefusalReason,
    Side,
)
from gateway.records.tables import EventRow
from gateway.records.write import write
from gateway.referrals.ending import appeal
from gateway.referrals.moving import move
from gateway.referrals.states import NEXT, ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Refusal
from gateway.storage.store import Store
from tests.databases import ask_server, server
from tests.gateway.ground import (
    KEYS,
    NOW,
    OFFICER,
    Ids,
    StoppedClock,
    agency,
    authorities,
    person,
    provider,
    put,
    referral,
    service,
)
from tests.gateway.placements.office import Office
from tests.gateway.placements.truth import end, faults, first, unit_days

SERVICES = {"S-1": UnitGender.ANY, "S-2": UnitGender.ANY, "S-3": UnitGender.SAME}
UNITS = [f"U-{service}-{number}" for service in (1, 2, 3) for number in (1, 2)]
GENDERS = ["female", "male", None, "female"]
OFFSETS = st.integers(-1, 2)
PICKS = st.integers(0, 99)
SAID = [(side, reason) for side in Side for reason in sorted(REASONS[side])] + [
    (Side.PROVIDER, RefusalReason.NO_CONTACT)
]
LEFT = [
    (reason, Destination.UNKNOWN, PLANNED.get(reason, True))
    for reason in DepartureReason
    if reason is not DepartureReason.DIED
] + [(DepartureReason.DIED, Destination.DIED, None), (DepartureReason.LEFT, Destination.UNKNOWN, None)]


def some_offer(machine):
    return machine.stood["offers"]


def somebody_lived(machine):
    return machine.stood["placements"]


def units_for(number, unit):
    """One unit, or for the household both of a service."""
    return UNITS[unit - unit % 2 : unit - unit % 2 + 2] if number == 4 else [UNITS[unit]]


def moved(work, referral_id, at):
    row = work.get(ReferralRow, referral_id)
    move(row, ReferralStatus.WAITING, at=at)
    return row


def world(work):
    """Three services of two units, one shared by one gender at a time; R-4 is a household of two units."""
    authorities(work)
    provider(work)
    agency(work)
    for id, gender in SERVICES.items():
        service(work, id, gender=gender)
    for number, gender in enumerate(GENDERS, start=1):
        person(work, f"P-{number}", gender=gender)
        referral(work, f"R-{number}", person=f"P-{number}", units=2 if number == 4 else 1)
    referral(work, "R-5", person="P-1")


class Bookings(RuleBasedStateMachine):
    """Officers, providers and the clockwork, each doing anything at any time; refusals change nothing."""

    def __init__(self, new_store):
        super().__init__()
        self.store, self.remove = new_store()
        self.office = Office(self.store, world)
        self.lived = {}  # (unit, placement) -> [first day, first day no longer] as this test itself reckons
        self.stood = self.look()

    def teardown(self):
        self.store.close()
        self.remove()

    def look(self):
        with self.store.reading() as work:
            return {
                "events": len(work.where(EventRow)),
                "offers": {row.id: row.status for row in work.where(OfferRow)},
                "placements": {row.id: row.status for row in work.where(PlacementRow)},
                "referrals": {row.id: (row.status, row.waiting_since) for row in work.where(ReferralRow)},
            }

    def attempt(self, deed, *given, **facts):
        """What the deed returned, or nothing if it was refused; a refusal has written nothing."""
        try:
            return deed(*given, **facts)
        except Refusal as refused:
            told = str(refused)
        assert self.look() == self.stood, f"{told} was told, and something was written"
        return None

    def offer(self, pick, *statuses):
        """Four times of five one that stands so, if there is any; else any at all."""
        return self.picked(OfferRow, self.stood["offers"], pick, statuses)

    def placement(self, pick, *statuses):
        return self.picked(PlacementRow, self.stood["placements"], pick, statuses)

    def picked(self, kind, stands, pick, statuses):
        fitting = [id for id, status in sorted(stands.items()) if status in statuses]
        likely = fitting if fitting and pick % 5 else sorted(stands)
        return self.office.read(lambda work: work.get(kind, likely[pick % len(likely)]))

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours):
        self.store.clock.on(hours=hours)
        lapse_due_offers(self.store, at=self.store.clock())

    @rule(
        number=st.integers(1, 5),
        unit=st.integers(0, 5),
        days=OFFSETS,
        draft=st.booleans(),
        answer_in=st.integers(1, 9) | st.none(),
    )
    def make(self, number, unit, days, draft, answer_in):
        facts = {"days": days, "draft": draft, "answer_in": answer_in}
        self.attempt(self.office.offer, f"R-{number}", *units_for(number, unit), **facts)

    @rule(number=st.integers(1, 5), unit=st.integers(0, 5), leaves=st.booleans())
    def house(self, number, unit, leaves):
        made = self.attempt(self.office.offer, f"R-{number}", *units_for(number, unit), answer_in=None)
        if made is not None:
            self.everything_is_legal()
            self.attempt(self.office.accept, made)
            self.everything_is_legal()
            self.come(made, 0, leaves)

    @precondition(some_offer)
    @rule(pick=PICKS)
    def send(self, pick):
        self.attempt(self.office.send, self.offer(pick, OfferStatus.PROPOSED))

    @precondition(some_offer)
    @rule(pick=PICKS)
    def accept(self, pick):
        self.attempt(self.office.accept, self.offer(pick, OfferStatus.MADE))

    @precondition(some_offer)
    @rule(pick=PICKS, said=st.sampled_from(SAID))
    def refuse(self, pick, said):
        self.attempt(self.office.refuse, self.offer(pick, OfferStatus.MADE), *said, detail="told")

    @rule(number=st.integers(1, 5), unit=st.integers(0, 5), said=st.sampled_from(SAID), again=st.booleans())
    def turn_down(self, number, unit, said, again):
        made = self.attempt(self.office.offer, f"R-{number}", *units_for(number, unit))
        if made is not None:
            self.everything_is_legal()
            self.attempt(self.office.refuse, made, *said, detail="told")
            self.everything_is_legal()
            self.attempt(self.office.overrule, made, again=again)

    @precondition(some_offer)
    @rule(pick=PICKS)
    def withdraw(self, pick):
        self.attempt(self.office.withdraw, self.offer(pick, *HOLDING))

    @precondition(some_offer)
    @rule(pick=PICKS)
    def confirm(self, pick):
        self.attempt(self.office.confirm, self.offer(pick, OfferStatus.REFUSED))

    @precondition(some_offer)
    @rule(pick=PICKS, again=st.booleans())
    def overrule(self, pick, again):
        self.attempt(self.office.overrule, self.offer(pick, OfferStatus.REFUSED), again=again)

    @precondition(some_offer)
    @rule(pick=PICKS)
    def not_arrived(self, pick):
        self.attempt(self.office.not_arrived, self.offer(pick, OfferStatus.ACCEPTED))

    @precondition(some_offer)
    @rule(pick=PICKS, days=OFFSETS, leaves=st.booleans())
    def move_in(self, pick, days, leaves):
        self.come(self.offer(pick, OfferStatus.ACCEPTED), days, leaves)

    def come(self, offer, days, leaves):
        homes = self.homes(offer.person_id)
        others = [home.id for home in homes if home.referral_id != offer.referral_id]
        named = others[0] if leaves and others else None
        placement = self.attempt(self.office.move_in, offer, days, leaves=named)
        if placement is None:
            return
        assert others in ([], [named]), "somebody lives in two places"
        for home in homes:
            self.end(home.id, placement.from_day)
        with self.store.reading() as work:
            for row in work.where(HoldRow, HoldRow.placement_id == placement.id):
                self.lived[row.unit_id, placement.id] = [placement.from_day, None]

    def homes(self, person_id):
        with self.store.reading() as work:
            ids = {person_id}
            if work.get(PersonRow, "P-2").merged_into and person_id in {"P-1", "P-2"}:
                ids = {"P-1", "P-2"}
            living = PlacementRow.status == PlacementStatus.LIVING
            found = work.where(PlacementRow, PlacementRow.person_id.in_(ids), living)
            return sorted(found, key=lambda row: row.id)

    def end(self, placement_id, until):
        for (_, lived), stay in self.lived.items():
            if lived == placement_id:
                stay[1] = until

    @precondition(somebody_lived)
    @rule(
        pick=PICKS,
        later=st.integers(0, 90),
        days=OFFSETS,
        why=st.sampled_from(LEFT),
        stays_on_list=st.booleans(),
        prepared=st.integers(0, 3),
    )
    def depart(self, pick, later, days, why, stays_on_list, prepared):
        self.time_passes(later)
        self.everything_is_legal()
        reason, destination, planned = why
        left = self.attempt(
            self.office.depart,
            self.placement(pick, PlacementStatus.LIVING),
            min(days, 0),
            reason=reason,
            destination=destination,
            planned=planned,
            still_needs_a_place=stays_on_list,
            prepared_until=self.office.day(min(days, 0) + prepared) if prepared else None,
        )
        if left is not None:
            self.end(left.id, left.until)

    @precondition(somebody_lived)
    @rule(pick=PICKS, days=OFFSETS, deed=st.sampled_from(["set_review", "extend", "ready"]))
    def follow_up(self, pick, days, deed):
        self.attempt(getattr(self.office, deed), self.placement(pick, PlacementStatus.LIVING), days)

    @precondition(lambda self: self.ended())
    @rule(pick=PICKS)
    def appeal(self, pick):
        """What was closed is reopened and, after triage, on the list again."""
        ended = self.ended()
        id = ended[pick % len(ended)]
        self.office.do(appeal, id, why="they need a place after all")
        self.everything_is_legal()
        self.store.transact(lambda work: put(work, moved(work, id, self.store.clock())))

    def ended(self):
        return sorted(
            id for id, (status, _) in self.stood["referrals"].items() if status is ReferralStatus.CLOSED
        )

    @rule(merged=st.booleans())
    def merge(self, merged):
        def use_case(work):
            row = work.get(PersonRow, "P-2")
            row.merged_into = "P-1" if merged else None
            write(work, row, what="merged" if merged else "unmerged", by=OFFICER, at=self.store.clock())

        self.store.transact(use_case)

    @invariant()
    def everything_agrees_with_everything(self):
        with self.store.reading() as work:
            assert list(faults(work)) == []

    @invariant()
    def everything_is_legal(self):
        """No state followed one it may not follow, and nobody lost their place on the list."""
        stands = self.look()
        for table, allowed in (("offers", NEXT_OFFER), ("placements", NEXT_PLACEMENT)):
            for id, status in stands[table].items():
                before = self.stood[table].get(id, status)
                assert status is before or status in allowed[before], (id, before, status)
        for id, (status, since) in stands["referrals"].items():
            before, waited = self.stood["referrals"][id]
            assert status is before or status in NEXT[before], (id, before, status)
            assert since == waited == NOW, f"{id} lost its place on the list"
        self.stood = stands

    @invariant()
    def every_day_lived_somewhere_is_counted_once(self):
        since, until = NOW.date() - timedelta(days=9), self.office.day(9)
        ours = itertools.chain.from_iterable(
            range(a.toordinal(), min(b or until, until).toordinal()) for a, b in self.lived.values()
        )
        with self.store.reading() as work:
            assert unit_days(work, set(SERVICES), since, until) == len(list(ours))
            held = {
                (row.unit_id, row.placement_id): [first(row), end(row)]
                for row in work.where(HoldRow)
                if row.kind is HoldKind.LIVING
            }
        assert {key: a.toordinal() for key, (a, _) in self.lived.items()} == {
            key: a for key, (a, _) in held.items()
        }


def explore(new_store, examples, steps):
    run_state_machine_as_test(
        lambda: Bookings(new_store),
        settings=settings(
            settings(),
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_is_done_in_whatever_order_nothing_goes_wrong_on_sqlite(sqlite_template, tmp_path):
    numbers = itertools.count()

    def new_store():
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copy(sqlite_template, path)
        return store_at(f"sqlite:///{path}"), path.unlink

    explore(new_store, settings().max_examples // 8, 30)


@pytest.mark.postgresql
def test_whatever_is_done_in_whatever_order_nothing_goes_wrong_on_postgresql(postgresql_template):
    def new_store():
        name = f"gateway_{uuid.uuid4().hex[:12]}"
        ask_server(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
        url = server().set(database=name).render_as_string(hide_password=False)
        return store_at(url), lambda: ask_server(f"DROP DATABASE {name} WITH (FORCE)")

    explore(new_store, settings().max_examples // 50, 20)


def store_at(url):
    return Store(url, keys=KEYS, clock=StoppedClock(), new_id=Ids())
