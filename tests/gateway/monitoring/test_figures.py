"""Figures over the demonstration are what plain counting gives, month by month and authority by authority."""

import math
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.agreements.ledger import ledger
from gateway.agreements.tables import AgreementRow, PartyRow
from gateway.directory.tables import ServiceRow, UnitRow, VoidReason, VoidRow, VoidState
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import vacancies
from gateway.local_day import local_day
from gateway.monitoring.figures_agreements import agreement_use
from gateway.monitoring.figures_demand import demand_counts, told_waits, waiting_days
from gateway.monitoring.figures_offers import by_provider, offer_groups, outcomes, refusals, told_providers
from gateway.monitoring.figures_placements import INDEPENDENT, indicators, placement_groups
from gateway.monitoring.figures_repeats import presenters, times_and_causes
from gateway.monitoring.figures_scope import MOST_MONTHS, UNKNOWN, months, others_together
from gateway.monitoring.figures_units import by, turnaround_days, unit_days
from gateway.monitoring.figures_units_told import hidden_rows, told_units
from gateway.monitoring.repeat_presentations import repeat_presentations
from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.placements.tables import HoldKind, HoldRow, OfferRow, PlacementRow, Review, Side
from gateway.records.actor import CLOCKWORK
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.refusals import Invalid
from gateway.stay import Stay
from scenarios.statements import statements
from tests.gateway.ground import BIRMINGHAM, NOW, TODAY, WALSALL, put, service, small_world, unit

SPANS = [
    (date(2025, 1, 1), date(2026, 3, 1)),
    (date(2025, 7, 1), date(2025, 10, 1)),
    (date(2026, 2, 1), date(2026, 3, 1)),
]


class World:
    """Every row there is, and the months and the authority that are counted."""

    def __init__(self, work, scope):
        self.work, self.scope = work, scope
        self.services = {row.id: row for row in work.where(ServiceRow)}
        self.referrals = {row.id: row for row in work.where(ReferralRow)}

    def within(self, day):
        return self.scope.first <= day < self.scope.until

    def mine(self, authority):
        return self.scope.authority in (None, authority)

    @property
    def placements(self):
        return [row for row in self.work.where(PlacementRow) if self.mine(row.authority_id)]

    @property
    def begun(self):
        return [row for row in self.placements if self.within(row.from_day)]

    @property
    def offers(self):
        return [
            row
            for row in self.work.where(OfferRow)
            if self.within(local_day(row.made_at)) and self.mine(self.referrals[row.referral_id].authority_id)
        ]

    @property
    def units(self):
        return [
            row for row in self.work.where(UnitRow) if self.mine(self.services[row.service_id].authority_id)
        ]


@pytest.fixture(params=SPANS, ids=lambda span: f"{span[0]}-{span[1]}")
def span(request):
    return request.param


@pytest.fixture(params=[None, BIRMINGHAM, WALSALL])
def world(request, span, demonstration):
    store, _ = demonstration
    with store.reading() as work:
        yield World(work, months(*span, today=TODAY, authority=request.param))


def counted(rows, key):
    found = Counter(UNKNOWN if key(row) is None else str(key(row)) for row in rows)
    return dict(found)


def presented(world, row):
    day = row.referred_on or local_day(row.entered_at)
    too_old = row.status is ReferralStatus.EXPIRED and row.end_reason is EndReason.TOO_OLD
    never = row.status is ReferralStatus.DRAFT or (too_old and row.waiting_since is None)
    return world.within(day) and not never and row.end_reason is not EndReason.DUPLICATE


def test_demand_and_supply(world):
    found = demand_counts(world.work, world.scope)
    came = [row for row in world.referrals.values() if presented(world, row) and world.mine(row.authority_id)]
    assert came
    assert found["tier"].referrals == counted(came, lambda row: row.tier)
    assert found["authority"].referrals == counted(came, lambda row: row.authority_id)
    assert found["band"].referrals == counted(came, lambda row: row.band)
    begun, of = world.begun, world.services
    assert found["tier"].placements == counted(begun, lambda row: of[row.service_id].tier)
    assert found["lot"].placements == counted(begun, lambda row: of[row.service_id].lot)
    assert found["authority"].placements == counted(begun, lambda row: row.authority_id)
    assert found["band"].placements == counted(begun, lambda row: world.referrals[row.referral_id].band)
    last = world.scope.until - timedelta(days=1)
    there = [row for row in world.units if row.opens_on <= last and of[row.service_id].opens_on <= last]
    assert found["tier"].units == counted(there, lambda row: of[row.service_id].tier)
    assert found["lot"].units == counted(there, lambda row: of[row.service_id].lot)
    assert found["authority"].units == counted(there, lambda row: of[row.service_id].authority_id)


def test_waits_are_from_the_list_to_the_first_day_of_the_first_place(world):
    firsts = {}
    for row in world.work.where(PlacementRow):
        other = firsts.setdefault(row.referral_id, row)
        firsts[row.referral_id] = min(row, other, key=lambda each: each.from_day)
    waits = defaultdict(list)
    for row in firsts.values():
        referral = world.referrals[row.referral_id]
        if world.within(row.from_day) and world.mine(row.authority_id) and referral.waiting_since:
            days = max(0, (row.from_day - local_day(referral.waiting_since)).days)
            waits[str(world.services[row.service_id].tier)].append(days)
    found = waiting_days(world.work, world.scope)
    assert {key: sorted(days) for key, days in found["tier"].items()} == {
        key: sorted(days) for key, days in waits.items()
    }
    everybody = sorted(day for days in waits.values() for day in days)
    for column in ("authority", "band", "all"):
        assert sorted(day for days in found[column].values() for day in days) == everybody
    told = told_waits(found["all"]).get("all")
    if len(everybody) >= 20:
        assert told.median == everybody[math.ceil(len(everybody) / 2) - 1]
        assert told.p90 == everybody[math.ceil(len(everybody) * 0.9) - 1]


def test_offers_and_refusals(world):
    groups, offers = offer_groups(world.work, world.scope), world.offers
    assert outcomes(groups) == counted(offers, lambda row: row.status)
    refused = [row for row in offers if row.status is OfferStatus.REFUSED]
    for side, reasons in refusals(groups).items():
        assert reasons == counted([row for row in refused if row.side is side], lambda row: row.reason)


def test_each_provider_beside_what_its_bands_explain(world):
    answered = (OfferStatus.ACCEPTED, OfferStatus.TAKEN_UP, OfferStatus.NOT_ARRIVED, OfferStatus.REFUSED)
    offers = [row for row in world.offers if row.status in answered]

    def band(row):
        return world.referrals[row.referral_id].band

    def refused(row):
        return row.side is Side.PROVIDER and row.review is not Review.OVERRULED

    found = by_provider(offer_groups(world.work, world.scope))
    for provider, counts in found.items():
        theirs = [row for row in offers if world.services[row.service_id].provider_id == provider]
        assert (counts.answered, counts.refused) == (len(theirs), sum(map(refused, theirs)))
        expected = 0
        for row in theirs:
            alike = [each for each in offers if band(each) == band(row)]
            expected += sum(map(refused, alike)) / len(alike)
        assert counts.expected == pytest.approx(expected)
    assert sum(each.expected for each in found.values()) == pytest.approx(sum(map(refused, offers)))
    for provider, told in told_providers(found).items():
        assert told.ratio is None or found[provider].answered >= 20


def test_placements_departures_and_the_key_indicators(world):
    groups = placement_groups(world.work, world.scope)
    ended = [row for row in world.placements if row.until and world.within(row.until)]
    assert sum(each.number for each in groups if each.begun) == len(world.begun)
    reasons = Counter()
    for each in groups:
        if each.ended:
            reasons[each.reason, each.destination, each.planned] += each.number
    assert reasons == Counter((row.departure_reason, row.destination, row.planned) for row in ended)
    found = indicators(groups)
    tier = {row.id: world.services[row.service_id].tier for row in world.placements}
    short = [row for row in ended if tier[row.id] != "floating" and row.planned is not None]
    assert (found.kpi2_part, found.kpi2_whole) == (sum(row.planned for row in short), len(short))
    floating = [
        row
        for row in world.placements
        if tier[row.id] == "floating"
        and row.from_day < world.scope.until
        and (row.until is None or row.until >= world.scope.first)
    ]
    independent = [
        row
        for row in floating
        if row.until is None or row.until >= world.scope.until or row.destination in INDEPENDENT
    ]
    assert (found.kpi1_part, found.kpi1_whole) == (len(independent), len(floating))


def test_unit_days_add_up_to_what_each_unit_was_on_each_day(world):
    found = unit_days(world.work, world.scope)
    states, contracted = defaultdict(Counter), defaultdict(set)
    for each in vacancies(world.work, world.scope.stay).units:
        service = world.services[each.service.id]
        if not world.mine(service.authority_id):
            continue
        row = service.tier, service.lot, service.authority_id
        for run in each.days:
            if run.state not in (UnitState.CLOSED, UnitState.NOT_YET_OPEN):
                states[row][run.state] += run.stay.days()
                contracted[row].add(each.id)
    assert {row: +Counter(use.days) for row, use in found.items() if use.units} == states
    assert {row: use.units for row, use in found.items() if use.units} == {
        row: len(units) for row, units in contracted.items()
    }
    told = told_units(found, world.scope).all
    days = sum(states.values(), Counter())
    assert told.contracted_days == days.total()
    assert told.utilisation == round(100 * days[UnitState.OCCUPIED] / days.total(), 1)
    lettable = days.total() - days[UnitState.OUT_OF_SERVICE] - days[UnitState.BEING_PREPARED]
    assert told.availability == round(100 * lettable / days.total(), 1)


def test_where_entries_share_days_the_strongest_tells_what_a_unit_was(store):
    """Two voids at once, a void after somebody came, somebody who stays past the closing day."""
    first, until = date(2026, 2, 1), date(2026, 3, 1)

    def day(number):
        return date(2026, 2, number)

    def world(work):
        small_world(work)
        service(work, "S-3", units=4)
        closing = unit(work, "U-9", service="S-3", closes_on=day(20))
        voids = [
            ("W-1", "U-3-1", VoidState.OUT_OF_SERVICE, day(5), day(15)),
            ("W-2", "U-3-1", VoidState.BEING_PREPARED, day(10), day(20)),
            ("W-3", "U-3-2", VoidState.OUT_OF_SERVICE, day(8), None),
            ("W-4", closing.id, VoidState.OUT_OF_SERVICE, day(25), None),
            ("W-5", "U-3-3", VoidState.BEING_PREPARED, date(2026, 1, 1), day(1)),
            ("W-6", "U-3-3", VoidState.BEING_PREPARED, day(28), date(2026, 3, 20)),
        ]
        for void, of, state, begins, ends in voids:
            row = {"void": void, "revision": 1, "unit_id": of, "state": state, "noted_at": NOW}
            put(work, VoidRow(**row, reason=VoidReason.REPAIRS, from_day=begins, until=ends, cancelled=False))
        lived = [("U-3-2", "1", day(3), day(12)), (closing.id, "2", day(2), None)]
        for of, number, begins, ends in lived:
            row = {"referral_id": f"R-{number}", "person_id": f"P-{number}", "service_id": "S-3"}
            status = PlacementStatus.LEFT if ends else PlacementStatus.LIVING
            put(work, PlacementRow(id=f"PL-{number}", status=status, from_day=begins, until=ends, **row))
            held = {"kind": HoldKind.LIVING, "placement_id": f"PL-{number}", "cancelled": False}
            put(work, HoldRow(id=f"H-{number}", unit_id=of, from_day=begins, until=ends, **held, **row))

    store.transact(world)
    with store.reading() as work:
        found = by(unit_days(work, months(first, until, today=TODAY)), "all")["all"]
        expected = Counter()
        for each in vacancies(work, Stay(first, until)).units:
            for run in each.days:
                expected[run.state] += run.stay.days()
    del expected[UnitState.CLOSED]
    assert +Counter(found.days) == expected
    assert expected[UnitState.BEING_PREPARED] == 6
    assert (found.living_at_end, found.left) == (1, 1)


rows_of_tiers = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.dictionaries(st.sampled_from(["hub", "local"]), st.integers(1, 9), min_size=1),
    max_size=8,
)


@given(rows_of_tiers)
def test_what_is_hidden_of_a_tier_is_of_five_units_or_all_of_it(units):
    hidden = hidden_rows(units)
    for tier in ("hub", "local"):
        there = {key: within[tier] for key, within in units.items() if tier in within}
        gone = sum(count for key, count in there.items() if key in hidden)
        assert gone == 0 or gone >= 5 or gone == sum(there.values())
    assert {key for key, within in units.items() if sum(within.values()) < 5} <= hidden


def test_throughput_counts_who_is_there_at_the_end_and_who_left(world):
    units = {row.id for row in world.units}
    lived = [
        row
        for row in world.work.where(HoldRow, HoldRow.kind == HoldKind.LIVING, HoldRow.cancelled.is_(False))
        if row.unit_id in units
    ]
    until = world.scope.until
    at_end = [row for row in lived if row.from_day < until and (row.until is None or row.until >= until)]
    left = [row for row in lived if row.until and world.within(row.until)]
    together = by(unit_days(world.work, world.scope), "all")["all"]
    assert (together.living_at_end, together.left) == (len(at_end), len(left))


def test_turnaround_is_from_one_departure_to_the_next_arrival(world):
    units, gaps = {row.id for row in world.units}, []
    lived = defaultdict(list)
    for row in world.work.where(HoldRow, HoldRow.kind == HoldKind.LIVING, HoldRow.cancelled.is_(False)):
        lived[row.unit_id].append((row.from_day, row.until))
    for id, stays in lived.items():
        stays.sort()
        for (_, until), (from_day, _) in pairwise(stays):
            if id in units and world.within(from_day):
                gaps.append((from_day - until).days)
    assert sorted(turnaround_days(world.work, world.scope)["all"].get("all", [])) == sorted(gaps)


def test_repeat_presenters_are_counted_by_times_and_cause(world):
    last = world.scope.until - timedelta(days=1)
    everybody = repeat_presentations(world.work, as_of=last, by=CLOCKWORK, at=world.work.clock())
    theirs = defaultdict(set)
    for row in world.referrals.values():
        theirs[row.person_id].add(row.authority_id)
    found = presenters(world.work, world.scope)
    assert {each.person_id for each in found} <= {each.person_id for each in everybody}
    assert {each.person_id for each in found} >= {
        each.person_id
        for each in everybody
        if world.scope.authority is None or world.scope.authority in theirs[each.person_id]
    }
    times, causes = times_and_causes(found)
    assert sum(times.values()) == sum(causes.values()) == len(found)


def test_agreements_are_their_ledgers(world):
    last = world.scope.until - timedelta(days=1)
    parties = defaultdict(set)
    for row in world.work.where(PartyRow):
        parties[row.agreement_id].add(row.authority_id)
    mine = sorted(
        (row.name, row.id)
        for row in world.work.where(AgreementRow)
        if row.from_day <= last < row.until
        and (world.scope.authority is None or world.scope.authority in parties[row.id])
    )
    found = agreement_use(world.work, world.scope)
    assert [(each.name, each.agreement_id) for each in found] == mine
    page = agreement_use(world.work, world.scope, after=mine[0], size=1)
    assert [each.agreement_id for each in page] == [id for _, id in mine[1:2]]
    for each in found:
        whole = ledger(world.work, each.agreement_id, each.first.year, counted_to=world.scope.until)
        assert each.together.used_days == sum(account.used_days for account in whole.accounts)
        if world.scope.authority is not None:
            assert {account.authority_id for account in each.accounts} <= {world.scope.authority}


@pytest.mark.parametrize(
    ("question", "most"),
    [
        (demand_counts, 3),
        (waiting_days, 1),
        (offer_groups, 1),
        (placement_groups, 1),
        (unit_days, 5),
        (turnaround_days, 1),
        (presenters, 8),
    ],
)
def test_each_figure_takes_as_many_statements_however_many_there_are(demonstration, question, most):
    store, _ = demonstration
    for first in (date(2026, 2, 1), date(2025, 1, 1)):
        with store.reading() as work, statements(store) as sent:
            question(work, months(first, date(2026, 3, 1), today=TODAY, authority=BIRMINGHAM))
        assert len(sent) <= most


@pytest.mark.parametrize(
    ("first", "until", "field"),
    [
        (date(2026, 1, 2), date(2026, 2, 1), "from_day"),
        (date(2026, 1, 1), date(2026, 2, 2), "until"),
        (date(2026, 2, 1), date(2026, 2, 1), "until"),
        (date(2026, 3, 1), date(2026, 4, 1), "until"),
        (date(2020, 1, 1), date(2026, 3, 1), "from_day"),
    ],
)
def test_only_whole_months_that_have_ended_are_counted(first, until, field):
    with pytest.raises(Invalid) as error:
        months(first, until, today=TODAY)
    assert [name for name, _ in error.value.faults] == [field]


def test_as_many_months_as_may_be_counted_are():
    assert months(date(2021, 3, 1), date(2026, 3, 1), today=TODAY).first == date(2021, 3, 1)
    assert MOST_MONTHS == 60


def test_whoever_works_for_one_authority_is_told_theirs_and_the_others_in_one():
    rows = {"E1": 7, "E2": 8, UNKNOWN: 9}
    assert others_together(rows, "E1", sum) == {"E1": 7, "others": 17}
    assert others_together(rows, "E9", sum) == {"others": 24}
    assert others_together({"E1": 7}, "E1", sum) == {"E1": 7}
    assert others_together(rows, None, sum) is rows
