"""Making, joining, leaving, ending an agreement, and appending its schedules."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.agreements.append_schedule import UnitsNotPurchased
from gateway.agreements.join import (
    AlreadyParty,
    NoticeTooShort,
    NotUnanimous,
    StillBound,
    join,
    leave,
)
from gateway.agreements.make import NotInForce, end_agreement
from gateway.agreements.standing import agreement_on, agreements_in_force, schedule_in_force
from gateway.agreements.tables import AccessGroup, AgreementKind, AgreementRow, ScheduleRow
from gateway.agreements.terms import ExcludedServices
from gateway.records.tables import EventRow
from gateway.refusals import ChangedMeanwhile, Invalid, NotFound
from gateway.stay import Stay
from tests.gateway.agreements.papers import (
    BEGAN,
    DOING,
    OTHERS,
    TERM,
    access,
    append,
    bought,
    clause,
    joint_purchase,
    make,
    world,
)
from tests.gateway.ground import BIRMINGHAM, DUDLEY, TODAY, WALSALL, WOLVERHAMPTON, service

ACCESS, JOINT = AgreementKind.ACCESS, AgreementKind.JOINT_PURCHASE
NEXT_YEAR = date(2026, 4, 1)


def faults(refusal):
    return dict(refusal.value.faults)


def test_an_agreement_stands_with_its_parties_services_and_terms(store):
    made = world(store).transact(joint_purchase)
    with store.reading() as work:
        (stands,) = agreements_in_force(work, TODAY)
        assert (stands.id, stands.term, stands.schedule) == (made.id, TERM, 1)
        assert stands.parties == {BIRMINGHAM, DUDLEY}
        assert [each.units for each in stands.purchases] == [1, 1]
        assert stands.purchases[0].price == Decimal(18200)
        assert stands.clauses == (OTHERS,)
        assert agreements_in_force(work, BEGAN.replace(day=1, month=3)) == ()
        assert agreements_in_force(work, TERM.until) == ()
        assert agreements_in_force(work, TODAY, covering=["S-2"]) == ()


def test_everything_wrong_with_an_agreement_is_told_at_once_and_nothing_is_written(store):
    world(store)
    with store.working() as work, pytest.raises(Invalid) as refusal:
        make(work, parties=[DUDLEY, DUDLEY, "E09999999"], services=["S-1", "S-9"], term=Stay(BEGAN))
    assert set(faults(refusal)) == {"term", "lead_id", "parties[1]", "parties[2]", "services[1]"}
    with store.working() as work, pytest.raises(Invalid) as refusal:
        make(work, parties=[BIRMINGHAM], services=[])
    assert set(faults(refusal)) == {"parties", "services"}
    with store.reading() as work:
        assert work.where(AgreementRow) == []


def test_direct_access_is_excluded_and_the_clause_is_named(work):
    service(work, "S-3", direct_access=True)
    for kind in AgreementKind:
        with pytest.raises(ExcludedServices, match=r"schedule 5.*\(S-3\)\."):
            make(work, kind, services=["S-1", "S-3"])


@pytest.mark.parametrize(("first", "second"), [(JOINT, ACCESS), (ACCESS, JOINT), (JOINT, JOINT)])
def test_a_jointly_purchased_service_is_under_no_other_agreement_at_the_time(store, first, second):
    world(store).transact(lambda work: make(work, first))
    with store.working() as work, pytest.raises(ExcludedServices, match=r"jointly purchased.*\(S-1\)\."):
        make(work, second)
    later = Stay(TERM.until, date(2030, 4, 1))
    store.transact(lambda work: make(work, second, term=later))


def test_two_access_agreements_may_cover_one_service(work):
    make(work, ACCESS)
    make(work, ACCESS)


def test_a_reapportionment_is_appended_and_the_schedule_before_it_stays(store):
    made = world(store).transact(joint_purchase)
    moved = [bought(units=0), bought(authority=DUDLEY, units=2)]
    store.transact(lambda work: append(work, made, 2, from_day=NEXT_YEAR, purchases=moved, clauses=[OTHERS]))
    with store.reading() as work:
        assert schedule_in_force(work, made.id, TODAY).number == 1
        assert schedule_in_force(work, made.id, NEXT_YEAR).number == 2
        assert schedule_in_force(work, made.id, date(2025, 3, 31)) is None
        assert [each.units for each in agreement_on(work, made.id, TODAY).purchases] == [1, 1]
        assert [each.units for each in agreement_on(work, made.id, NEXT_YEAR).purchases] == [0, 2]
        assert [each.what for each in work.where(EventRow)].count("schedule appended") == 2
    for statement in ("UPDATE purchases SET units = 9", "DELETE FROM schedules"):
        with store.engine.connect() as connection, pytest.raises(DBAPIError, match="appended, never changed"):
            connection.execute(text(statement))


@pytest.mark.parametrize("units", [0, 2])
def test_all_units_stay_purchased_or_the_clause_is_named(work, units):
    made = joint_purchase(work)
    moved = [bought(units=units), bought(authority=DUDLEY)]
    with pytest.raises(UnitsNotPurchased) as refusal:
        append(work, made, 2, from_day=NEXT_YEAR, purchases=moved, clauses=[OTHERS])
    told = str(refusal.value)
    assert "joint purchasing template" in told
    assert f"2 units of S-1 were bought together, {units + 1} are from 2026-04-01" in told


def test_a_first_schedule_buys_units_of_every_service(work):
    made = make(work, services=["S-1", "S-2"])
    with pytest.raises(UnitsNotPurchased, match="no unit of S-2 is bought"):
        append(work, made, purchases=[bought()], clauses=[OTHERS])


def test_everything_wrong_with_a_schedule_is_told_at_once(work):
    made = make(work)
    with pytest.raises(Invalid) as refusal:
        append(
            work,
            made,
            from_day=TODAY,
            purchases=[
                bought("S-2", WALSALL, units=-1, price="1.005"),
                bought(),
                bought(price="NaN"),
            ],
            clauses=[
                clause(AccessGroup.NON_HOST, number="2"),
                clause(AccessGroup.AUTHORITY, units=1, number="2"),
                clause(AccessGroup.OUTSIDE, units=-1, authority=DUDLEY, number=" "),
                clause(AccessGroup.AUTHORITY, weeks="-1", service="S-2", authority="E09999999", number="4"),
            ],
        )
    assert set(faults(refusal)) == {
        "from_day",
        "purchases[0].service_id",
        "purchases[0].authority_id",
        "purchases[0].units",
        "purchases[0].price",
        "purchases[2]",
        "purchases[2].price",
        "clauses[0]",
        "clauses[1].clause",
        "clauses[1].authority_id",
        "clauses[2].authority_id",
        "clauses[2].max_units",
        "clauses[2].clause",
        "clauses[3].service_id",
        "clauses[3].authority_id",
        "clauses[3].max_unit_weeks",
    }


def test_nothing_is_bought_under_an_access_agreement(work):
    made = make(work, ACCESS)
    with pytest.raises(Invalid) as refusal:
        append(work, made, purchases=[bought()], clauses=[OTHERS])
    assert set(faults(refusal)) == {"purchases"}


def test_a_schedule_must_say_what_people_of_unknown_authority_may_use(work):
    """Else somebody whose authority nobody knows would be freer than somebody of a partner."""
    made = make(work)
    with pytest.raises(Invalid, match="unknown, authorities may use of S-1"):
        append(work, made, purchases=[bought(), bought(authority=DUDLEY)])


def test_non_hosts_of_services_with_different_hosts_are_capped_service_by_service(work):
    service(work, "S-3", authority=DUDLEY)
    made = make(work, ACCESS, services=["S-1", "S-2", "S-3"])
    together = clause(AccessGroup.NON_HOST, units=1, service=None)
    with pytest.raises(Invalid, match="different hosts"):
        append(work, made, clauses=[together])
    made = make(work, ACCESS, services=["S-1", "S-2"])
    append(work, made, clauses=[together])


def test_schedules_are_appended_in_turn_and_inside_the_term(work):
    made = joint_purchase(work)
    terms = {"purchases": [bought(), bought(authority=DUDLEY)], "clauses": [OTHERS]}
    with pytest.raises(ChangedMeanwhile, match="you saw version 0, it is 1"):
        append(work, made, 1, from_day=NEXT_YEAR, **terms)
    with pytest.raises(ChangedMeanwhile, match="you saw version 2, it is 1"):
        append(work, made, 3, from_day=NEXT_YEAR, **terms)
    with pytest.raises(Invalid, match="must be after 2025-04-01"):
        append(work, made, 2, from_day=BEGAN, **terms)
    with pytest.raises(NotInForce):
        append(work, made, 2, from_day=TERM.until, **terms)


def test_of_two_who_reapportion_at_once_one_is_told_that_the_other_was_first(store):
    made = world(store).transact(joint_purchase)
    both_have_read, has_waited = Barrier(2), set()

    def reapportion(day):
        def use_case(work):
            agreement_on(work, made.id, day)
            # On SQLite the second writer cannot read before the first has finished.
            if store.engine.dialect.name == "postgresql" and day not in has_waited:
                has_waited.add(day)
                both_have_read.wait(30)
            append(
                work,
                made,
                2,
                from_day=day,
                purchases=[bought(), bought(authority=DUDLEY)],
                clauses=[OTHERS],
            )

        try:
            store.transact(use_case)
        except ChangedMeanwhile as refusal:
            return str(refusal)
        return "first"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(reapportion, [NEXT_YEAR, date(2026, 5, 1)]))
    assert told == [
        f"Schedule of agreement {made.id} was changed since: you saw version 1, it is 2.",
        "first",
    ]
    with store.reading() as work:
        assert len(work.where(ScheduleRow)) == 2


def enter(work, agreement, authority=WALSALL, agreed_by=(BIRMINGHAM, DUDLEY), on=TODAY):
    return join(agreement.id, authority, on=on, agreed_by=agreed_by, **DOING, work=work)


def test_an_authority_enters_when_every_party_has_agreed(work):
    made = joint_purchase(work)
    with pytest.raises(NotUnanimous, match=f"not agreed: {DUDLEY}"):
        enter(work, made, agreed_by=[BIRMINGHAM])
    enter(work, made)
    assert agreement_on(work, made.id, TODAY).parties == {BIRMINGHAM, DUDLEY, WALSALL}
    assert agreement_on(work, made.id, BEGAN).parties == {BIRMINGHAM, DUDLEY}


def test_nobody_enters_twice_nor_outside_the_term_nor_without_being_known(work):
    made = joint_purchase(work)
    with pytest.raises(AlreadyParty, match="is a party"):
        enter(work, made, DUDLEY)
    with pytest.raises(NotInForce):
        enter(work, made, on=TERM.until)
    with pytest.raises(NotFound):
        enter(work, made, "E09999999")


def go(work, agreement, authority=DUDLEY, on=date(2026, 6, 2)):
    return leave(agreement.id, authority, on=on, **DOING, work=work)


def test_who_leaves_gives_three_months_notice(work):
    made = make(work, ACCESS)
    with pytest.raises(NoticeTooShort, match="on 2026-06-02 or later"):
        go(work, made, on=date(2026, 6, 1))
    go(work, made)
    assert DUDLEY in agreement_on(work, made.id, date(2026, 6, 1)).parties
    assert DUDLEY not in agreement_on(work, made.id, date(2026, 6, 2)).parties
    with pytest.raises(AlreadyParty, match="left on 2026-06-02"):
        go(work, made)
    with pytest.raises(AlreadyParty, match="left on 2026-06-02"):
        enter(work, made, DUDLEY, on=date(2027, 1, 1))


def test_who_leads_or_has_bought_units_stays_until_others_have_them(work):
    made = joint_purchase(work)
    with pytest.raises(StillBound, match="leads the agreement"):
        go(work, made, BIRMINGHAM)
    with pytest.raises(StillBound, match=r"1 units of S-1 \(schedule 1\)"):
        go(work, made)
    moved = [bought(units=2), bought(authority=DUDLEY, units=0)]
    append(work, made, 2, from_day=NEXT_YEAR, purchases=moved, clauses=[OTHERS])
    go(work, made)
    with pytest.raises(Invalid, match="not a party on that day"):
        append(
            work, made, 3, from_day=date(2026, 6, 2), purchases=[bought(authority=DUDLEY)], clauses=[OTHERS]
        )


def test_a_stranger_cannot_leave(work):
    made = joint_purchase(work)
    with pytest.raises(NotFound):
        go(work, made, WOLVERHAMPTON)


def test_an_agreement_can_end_before_its_time_and_only_once(work):
    made = access(work, OTHERS)
    with pytest.raises(ChangedMeanwhile):
        end_agreement(made.id, NEXT_YEAR, seen=9, **DOING, work=work)
    end_agreement(made.id, NEXT_YEAR, seen=made.version, **DOING, work=work)
    assert len(agreements_in_force(work, date(2026, 3, 31))) == 1
    assert agreements_in_force(work, NEXT_YEAR) == ()
    for day in (NEXT_YEAR, BEGAN, TERM.until):
        with pytest.raises(NotInForce, match="until 2026-04-01"):
            end_agreement(made.id, day, **DOING, work=work)
