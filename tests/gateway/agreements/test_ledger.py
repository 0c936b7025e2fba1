"""Unit weeks used and left, against a count of every day of every stay."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.agreements.ledger import ledger
from gateway.agreements.make import end_agreement
from gateway.agreements.tables import AccessGroup
from gateway.placements.tables import HoldRow, PlacementRow
from gateway.refusals import Invalid, NotFound
from scenarios.statements import statements
from tests.gateway.agreements.papers import (
    BEGAN,
    DOING,
    OTHERS,
    access,
    append,
    bought,
    clause,
    hold,
    joint_purchase,
)
from tests.gateway.ground import (
    BIRMINGHAM,
    DUDLEY,
    TODAY,
    WALSALL,
    WOLVERHAMPTON,
    authorities,
    provider,
    put,
    referral,
    service,
)
from tests.gateway.ground import agency as agency_row
from tests.gateway.ground import person as person_row

WEEKS = clause(AccessGroup.NON_HOST, weeks="52", service=None)
AUTHORITIES = (BIRMINGHAM, DUDLEY, WALSALL, WOLVERHAMPTON)


def ward(work):
    """One person, and two services of eight units each under an agreement; a third is under none."""
    authorities(work)
    provider(work)
    agency_row(work)
    person_row(work)
    referral(work)
    for id in ("S-1", "S-2", "S-3"):
        service(work, id, units=8)
    return access(work, WEEKS, services=["S-1", "S-2"])


STAYS = st.lists(
    st.tuples(
        st.sampled_from(["S-1", "S-2", "S-3"]),
        st.none() | st.sampled_from(AUTHORITIES),
        st.dates(date(2024, 10, 1), date(2027, 6, 1)),
        st.none() | st.integers(1, 700),
        st.sampled_from(["living", "living", "offer", "cancelled"]),
    ),
    max_size=8,
)


def write_stays(work, stays):
    found = []
    for number, (place, authority, first, days, kind) in enumerate(stays, start=1):
        until = None if days is None else first + timedelta(days=days)
        facts = {"person_id": "P-1", "referral_id": "R-1", "service_id": place, "authority_id": authority}
        facts |= {"from_day": first, "until": until}
        placement = None
        if kind != "offer":
            placement = f"PL-{number}"
            # One person may live in one place at a time; to the ledger only the holds matter.
            left = {**facts, "until": until or first + timedelta(days=1)}
            put(work, PlacementRow(id=placement, status="left", **left))
        row = HoldRow(
            id=f"H-{number}",
            unit_id=f"U-{place[2:]}-{number}",
            kind="offer" if kind == "offer" else "living",
            placement_id=placement,
            cancelled=kind == "cancelled",
            **facts,
        )
        put(work, row)
        if kind == "living":
            found.append((place, authority, first, until))
    return found


def day_by_day(stays, year, counted_to):
    """Unit days by service and authority, one day after the other."""
    days = Counter()
    day = year.from_day
    while day < min(year.until, counted_to):
        for place, authority, first, until in stays:
            if place != "S-3" and first <= day and (until is None or day < until):
                days[place, authority] += 1
        day += timedelta(days=1)
    return days


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stays=STAYS, year=st.sampled_from([2025, 2026, 2027]), counted_to=st.dates(BEGAN, date(2028, 6, 1)))
def test_a_ledger_is_the_count_of_every_day_of_every_stay(store, stays, year, counted_to):
    if not getattr(store, "agreement", None):
        store.agreement = store.transact(ward).id
    with store.working() as work:  # never committed
        lived = write_stays(work, stays)
        account = ledger(work, store.agreement, year, counted_to=counted_to)
    expected = day_by_day(lived, account.year, counted_to)
    assert {(each.service_id, each.authority_id): each.used_days for each in account.accounts} == expected
    (clause_account,) = account.clauses
    guests = sum(days for (_, authority), days in expected.items() if authority != BIRMINGHAM)
    assert clause_account.used_days == guests
    assert clause_account.allowed_days - clause_account.used_days == 364 - guests
    totals = {each.authority_id: each.used_days for each in account.by_authority()}
    assert sum(totals.values()) == sum(expected.values())


def accounts_of(told):
    return {each.authority_id: each for each in told.by_authority()}


def test_a_purchaser_is_allowed_its_units_for_every_day_and_the_day_of_departure_is_free(work):
    made = joint_purchase(work)
    hold(work, "H-1", authority=DUDLEY, from_day=date(2025, 5, 1), until=date(2025, 5, 15))
    hold(work, "H-2", authority=None, person="P-2", from_day=date(2025, 5, 15))
    accounts = accounts_of(ledger(work, made.id, 2025, counted_to=date(2025, 5, 23)))
    dudley = accounts[DUDLEY]
    assert (dudley.allowed, dudley.used, dudley.left) == (Decimal("52.14"), Decimal(2), Decimal("50.14"))
    assert accounts[BIRMINGHAM].used == 0
    unknown = accounts[None]
    assert (unknown.allowed, unknown.used, unknown.left) == (None, Decimal("1.14"), None)
    assert list(accounts)[-1] is None


def test_a_reapportionment_in_mid_year_counts_from_its_day(work):
    made = joint_purchase(work)
    moved = [bought(units=0), bought(authority=DUDLEY, units=2)]
    append(work, made, 2, from_day=date(2025, 4, 11), purchases=moved, clauses=[OTHERS])
    accounts = accounts_of(ledger(work, made.id, 2025, counted_to=TODAY))
    assert accounts[BIRMINGHAM].allowed_days == 10
    assert accounts[DUDLEY].allowed_days == 10 + 2 * 355


def test_more_used_than_allowed_is_told_as_less_than_nothing_left(work):
    made = access(work, clause(AccessGroup.NON_HOST, weeks="1"))
    hold(work, "H-1", authority=DUDLEY, from_day=BEGAN)
    (account,) = ledger(work, made.id, 2025, counted_to=date(2025, 4, 15)).clauses
    assert (account.allowed, account.used, account.left) == (1, 2, -1)


def test_the_year_of_an_ended_agreement_ends_with_it(work):
    made = access(work, WEEKS)
    hold(work, "H-1", authority=DUDLEY, from_day=BEGAN)
    end_agreement(made.id, date(2025, 4, 15), **DOING, work=work)
    told = ledger(work, made.id, 2025, counted_to=TODAY)
    assert (told.year.until, told.counted_to) == (date(2025, 4, 15), date(2025, 4, 15))
    assert accounts_of(told)[DUDLEY].used == 2
    assert told.clauses[0].allowed_days == Fraction(364 * 14, 365)


@pytest.mark.parametrize("counted_to", [date(2025, 3, 1), BEGAN])
def test_a_year_that_has_not_begun_has_used_nothing(work, counted_to):
    made = joint_purchase(work)
    hold(work, "H-1", authority=DUDLEY, from_day=date(2025, 1, 1))
    told = ledger(work, made.id, 2025, counted_to=counted_to)
    assert told.counted_to == BEGAN
    assert {each.used_days for each in told.accounts} == {0}


def test_a_year_the_agreement_does_not_have_is_refused(work):
    made = joint_purchase(work)
    for year in (2024, 2028):
        with pytest.raises(Invalid, match="stands from 2025-04-01 until 2028-04-01"):
            ledger(work, made.id, year, counted_to=TODAY)
    with pytest.raises(NotFound):
        ledger(work, "AG-9", 2025, counted_to=TODAY)


def test_a_ledger_takes_as_many_queries_however_many_stays_there_are(work):
    made = joint_purchase(work)
    counts = []
    for number, first in enumerate((BEGAN, date(2025, 6, 1), date(2025, 8, 1)), start=1):
        hold(work, f"H-{number}", from_day=first, until=first.replace(day=20))
        work.session.expire_all()
        with statements(work) as asked:
            ledger(work, made.id, 2025, counted_to=TODAY)
        counts.append(len(asked))
        assert sum("FROM period" in each.text or "holds" in each.text for each in asked) == 1
    assert set(counts) == {11}
