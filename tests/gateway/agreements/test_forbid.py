"""What a clause forbids is refused at the door, by the same quotas that the engine is given."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocation.problem import Options, Person, Pool, Problem, Service
from allocation.solve import solve
from gateway.agreements.forbid import ClauseForbids, forbid_if_clause_forbids
from gateway.agreements.quotas import quotas_on
from gateway.agreements.tables import (
    AccessClauseRow,
    AccessGroup,
    AgreementRow,
    CoveredServiceRow,
    PartyRow,
    PurchaseRow,
    ScheduleRow,
)
from gateway.directory.tables import AuthorityRow, PartnershipRole, ServiceRow
from gateway.placements.tables import HoldRow, PlacementRow
from gateway.referrals.tables import ReferralRow
from scenarios.statements import statements
from tests.gateway.agreements.papers import (
    BEGAN,
    NOW,
    OTHERS,
    access,
    append,
    clause,
    hold,
    joint_purchase,
    make,
    world,
)
from tests.gateway.agreements.worlds import AUTHORITIES, SERVICES, TERM, agreements, holdings
from tests.gateway.ground import (
    BIRMINGHAM,
    DUDLEY,
    TODAY,
    WALSALL,
    WOLVERHAMPTON,
    agency,
    authorities,
    person,
    provider,
    put,
    referral,
    service,
)


def ask(work, authority=BIRMINGHAM, *, service="S-1", units=1, day=TODAY, **more):
    forbid_if_clause_forbids(
        work, service_id=service, authority_id=authority, units=units, from_day=day, **more
    )


def wide_world(work):
    """S-1 in Birmingham and S-2 in Dudley, twelve units each, and six people."""
    authorities(work)
    provider(work)
    agency(work)
    service(work, "S-1", units=12)
    service(work, "S-2", units=12, authority=DUDLEY)
    for number in range(6):
        person(work, f"P-{number}")
        referral(work, f"R-{number}", person=f"P-{number}")


def write_down(work, agreement, held):
    """The rows of an agreement and of holdings as they are."""
    work.get(ServiceRow, "S-2").direct_access = agreement.services[1].direct_access
    put(work, work.get(ServiceRow, "S-2"))
    for id in AUTHORITIES:
        row = work.get(AuthorityRow, id)
        row.role = PartnershipRole.SECONDARY if id in agreement.secondary else PartnershipRole.OTHER
        put(work, row)
    here = {"agreement_id": agreement.id}
    put(
        work,
        AgreementRow(
            id=agreement.id,
            name="Any",
            kind=agreement.kind,
            lead_id=BIRMINGHAM,
            from_day=TERM.from_day,
            until=TERM.until,
            ended_on=None,
        ),
    )
    put(work, *(PartyRow(**here, authority_id=each, joined_on=BEGAN) for each in agreement.parties))
    put(work, *(CoveredServiceRow(**here, service_id=each) for each in SERVICES))
    put(work, ScheduleRow(**here, number=1, from_day=BEGAN, appended_at=NOW))
    for each in agreement.purchases:
        facts = {name: getattr(each, name) for name in ("service_id", "authority_id", "units", "price")}
        put(work, PurchaseRow(**here, schedule=1, **facts))
    for each in agreement.clauses:
        names = ("clause", "group", "authority_id", "service_id", "max_units", "max_unit_weeks")
        facts = {name: getattr(each, name) for name in names}
        put(work, AccessClauseRow(id=f"CL-{each.clause}", **here, schedule=1, **facts))
    free = {each: iter(range(1, 13)) for each in SERVICES}
    for each in held:
        number = each.person_id.removeprefix("P-")
        placed = {"person_id": each.person_id, "service_id": each.service_id, "referral_id": f"R-{number}"}
        placed |= {"authority_id": each.authority_id, "from_day": BEGAN}
        living = {} if each.offered else {"placement_id": f"PL-{number}"}
        if living:
            put(work, PlacementRow(id=f"PL-{number}", status="living", **placed))
        for _ in range(each.units):
            unit = f"U-{each.service_id[2:]}-{next(free[each.service_id])}"
            kind = "offer" if each.offered else "living"
            put(work, HoldRow(id=f"H-{unit}", unit_id=unit, kind=kind, **living, **placed))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    agreement=agreements(),
    held=holdings(),
    place=st.sampled_from(SERVICES),
    authority=st.none() | st.sampled_from(AUTHORITIES),
    units=st.integers(1, 2),
    stay_days=st.none() | st.integers(1, 400),
)
def test_the_door_refuses_exactly_whom_the_engine_does_not_place(
    store, agreement, held, place, authority, units, stay_days
):
    if not getattr(store, "has_world", False):
        store.transact(wide_world)
        store.has_world = True
    with store.working() as work:  # never committed
        write_down(work, agreement, held)
        quotas = quotas_on(work, TODAY, stay_days=stay_days)
        try:
            ask(work, authority, service=place, units=units, stay_days=stay_days)
            refused = False
        except ClauseForbids:
            refused = True
    occupants = [
        Person(
            id=each.person_id, authority=each.authority_id, units=each.units, current_service=each.service_id
        )
        for each in held
    ]
    problem = Problem(
        people=(Person(id="Z", authority=authority, units=units), *occupants),
        services=tuple(Service(id=each, pools=(Pool(id="main", units=30),)) for each in SERVICES),
        options=Options.of([(0, SERVICES.index(place), 0, 0)]),
        quotas=quotas,
    )
    placed = {each.person for each in solve(problem).placements}
    assert ("Z" in placed) is not refused


def test_a_refusal_names_the_agreement_the_clause_its_limit_and_what_stands(work):
    made = joint_purchase(work)
    hold(work, "H-1", authority=None)
    ask(work, BIRMINGHAM)
    with pytest.raises(ClauseForbids) as refusal:
        ask(work, WOLVERHAMPTON, units=2)
    told = refusal.value
    assert (told.agreement_id, told.clause, told.limit, told.stands, told.asked) == (
        made.id,
        "schedule 2, non_host",
        1,
        1,
        2,
    )
    assert str(told) == (
        f"People from outside {BIRMINGHAM} and {DUDLEY} get no more at S-1: 1 unit at once is agreed; "
        f"1 is held and 2 more were asked for (agreement {made.id}, schedule 2, non_host)."
    )


def test_a_purchaser_is_refused_beyond_its_share_although_units_are_free(work):
    joint_purchase(work)
    hold(work, "H-1", authority=DUDLEY)
    with pytest.raises(ClauseForbids, match=f"People from {DUDLEY} get no more at S-1: 1 unit is bought"):
        ask(work, DUDLEY)
    ask(work, BIRMINGHAM)


def test_offers_count_and_what_was_cancelled_or_has_ended_does_not(work):
    access(work, OTHERS)
    hold(work, "H-1", authority=DUDLEY, offered=True, cancelled=True)
    hold(work, "H-2", authority=DUDLEY, offered=True, from_day=BEGAN, until=TODAY)
    ask(work, DUDLEY)
    hold(work, "H-3", authority=DUDLEY, offered=True)
    with pytest.raises(ClauseForbids):
        ask(work, DUDLEY)


def test_an_unknown_authority_counts_as_a_non_host(work):
    access(work, OTHERS)
    ask(work, None)
    hold(work, "H-1", authority=None)
    with pytest.raises(ClauseForbids):
        ask(work, None)


def test_who_moves_inside_a_quota_counts_once(work):
    """They live in one unit and were offered another: they will have one of them."""
    both = clause(AccessGroup.NON_PARTY, units=2, service=None)
    access(work, both, services=["S-1", "S-2"], parties=[BIRMINGHAM, DUDLEY])
    hold(work, "H-1", authority=WALSALL, from_day=BEGAN)
    ask(work, WALSALL, service="S-2", units=2, people=["P-1"])
    with pytest.raises(ClauseForbids):
        ask(work, WALSALL, service="S-2", units=3, people=["P-1"])
    hold(work, "H-2", unit="U-2-1", authority=WALSALL, offered=True)
    ask(work, WALSALL)
    with pytest.raises(ClauseForbids):
        ask(work, WALSALL, units=2)


@pytest.mark.parametrize("reason", ["marked", "closed"])
def test_who_must_leave_no_longer_counts_where_they_live(work, reason):
    access(work, OTHERS)
    hold(work, "H-1", authority=DUDLEY, from_day=BEGAN)
    with pytest.raises(ClauseForbids):
        ask(work, DUDLEY)
    if reason == "marked":
        work.get(ReferralRow, "R-1").must_leave = True
        put(work, work.get(ReferralRow, "R-1"))
    else:
        work.get(ServiceRow, "S-1").closes_on = TODAY
        put(work, work.get(ServiceRow, "S-1"))
    ask(work, DUDLEY)


def test_nothing_is_forbidden_where_no_agreement_stands(work):
    access(work, replace(OTHERS, max_units=0))
    with statements(work) as asked:
        ask(work, DUDLEY, service="S-2")
    assert len(asked) == 1
    ask(work, DUDLEY, day=date(2025, 3, 31))
    ask(work, DUDLEY, day=TERM.until)
    ask(work, BIRMINGHAM)


def test_a_question_at_the_door_takes_as_many_queries_for_many_agreements_as_for_one(work):
    for number in range(4):
        append(
            work,
            make(work, "access", services=["S-1", "S-2"]),
            clauses=[clause(AccessGroup.NON_HOST, units=1, weeks="200", number=f"{number}")],
        )
        with statements(work) as asked:
            ask(work, DUDLEY)
        assert len(asked) == 9


def test_two_who_take_the_last_unit_of_a_quota_at_once_are_not_both_let_in(store):
    """From two connections; on PostgreSQL both read before either writes."""
    world(store).transact(lambda work: access(work, OTHERS))
    both_have_read, has_waited = Barrier(2), set()

    def offer(number):
        def use_case(work):
            ask(work, DUDLEY)
            if store.engine.dialect.name == "postgresql" and number not in has_waited:
                has_waited.add(number)
                both_have_read.wait(30)
            facts = {"unit": f"U-1-{number}", "person": f"P-{number}", "authority": DUDLEY}
            hold(work, f"H-{number}", offered=True, **facts)

        try:
            store.transact(use_case)
        except ClauseForbids as refusal:
            return refusal.stands
        return "let in"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(offer, [1, 2]))) == ["1", "let in"]
    with store.reading() as work:
        assert len(work.where(HoldRow)) == 1
