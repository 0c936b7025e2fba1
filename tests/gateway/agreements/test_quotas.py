"""The quotas of a problem are what the agreements say, read person by person."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from gateway.agreements.holding import selects
from gateway.agreements.quotas import limits_of, limits_on, quotas_on
from gateway.agreements.tables import AccessGroup, AgreementKind
from gateway.directory.tables import ServiceRow
from gateway.refusals import Invalid
from scenarios.statements import statements
from tests.gateway.agreements.papers import (
    BEGAN,
    OTHERS,
    access,
    append,
    bought,
    clause,
    hold,
    joint_purchase,
    make,
)
from tests.gateway.agreements.worlds import agreements, broken, holdings
from tests.gateway.ground import BIRMINGHAM, DUDLEY, TODAY, WALSALL, put

NON_HOST, SECONDARY = AccessGroup.NON_HOST, AccessGroup.SECONDARY


@given(agreement=agreements(weeks=False), held=holdings())
def test_quotas_are_broken_where_the_words_are_and_nowhere_else(agreement, held):
    people = [(each.service_id, each.authority_id, each.units) for each in held]
    overdrawn = {
        limit.clause
        for limit in limits_of(agreement, TODAY, lived={})
        if sum(units for service, authority, units in people if selects(limit.quota, service, authority))
        > limit.quota.max_units
    }
    assert overdrawn == broken(agreement, people)


@given(agreement=agreements())
def test_no_two_quotas_share_an_id_and_each_names_its_agreement(agreement):
    limits = list(limits_of(agreement, TODAY, lived={}))
    assert len({each.quota.id for each in limits}) == len(limits)
    assert all(each.quota.id.startswith("AG-1/") and each.agreement_id == "AG-1" for each in limits)


def told(quotas):
    return {each.id.partition("/")[2]: each for each in quotas}


def test_a_joint_purchase_gives_each_purchaser_its_units_and_others_theirs(work):
    joint_purchase(work)
    quotas = told(quotas_on(work, TODAY))
    assert set(quotas) == {
        f"bought/S-1/{BIRMINGHAM}",
        f"bought/S-1/{DUDLEY}",
        "clause/schedule 2, non_host",
    }
    assert quotas[f"bought/S-1/{DUDLEY}"].authorities == {DUDLEY}
    assert quotas[f"bought/S-1/{DUDLEY}"].max_units == 1
    # S-1 stands in Birmingham, but Dudley has bought a unit of it: both are hosts.
    assert quotas["clause/schedule 2, non_host"].not_authorities == {BIRMINGHAM, DUDLEY}


def test_quotas_follow_the_schedule_of_the_day_and_end_with_the_agreement(work):
    made = joint_purchase(work)
    moved = [bought(units=0), bought(authority=DUDLEY, units=2)]
    later = date(2026, 4, 1)
    append(work, made, 2, from_day=later, purchases=moved, clauses=[OTHERS])
    assert told(quotas_on(work, TODAY))[f"bought/S-1/{DUDLEY}"].max_units == 1
    then = told(quotas_on(work, later))
    assert then[f"bought/S-1/{DUDLEY}"].max_units == 2
    assert then[f"bought/S-1/{BIRMINGHAM}"].max_units == 0
    assert then["clause/schedule 2, non_host"].not_authorities == {DUDLEY}
    assert quotas_on(work, date(2028, 4, 1)) == ()


def test_a_service_that_becomes_direct_access_leaves_every_quota(work):
    access(
        work,
        clause(NON_HOST, units=1, service=None),
        clause(SECONDARY, units=1, service="S-2"),
        services=["S-1", "S-2"],
    )
    row = work.get(ServiceRow, "S-2")
    row.direct_access = True
    put(work, row)
    (quota,) = quotas_on(work, TODAY)
    assert quota.services == {"S-1"}


def test_unit_weeks_left_become_units_at_once(work):
    """156 weeks a year are 1,092 days; two people used 214 of them, and 878 are left."""
    weeks = clause(SECONDARY, weeks="156")
    access(work, weeks, OTHERS)
    for number in (1, 2):
        hold(
            work,
            f"H-{number}",
            unit=f"U-1-{number}",
            person=f"P-{number}",
            authority=WALSALL,
            from_day=BEGAN,
            until=date(2025, 7, 17),
        )
    day = date(2026, 3, 2)
    quotas = told(quotas_on(work, day, stay_days=30))
    assert quotas["unit weeks/schedule 2, secondary"].max_units == 878 // 30
    assert quotas["unit weeks/schedule 2, secondary"].authorities == {WALSALL}
    quotas = told(quotas_on(work, day))
    assert quotas["unit weeks/schedule 2, secondary"].max_units == 1092 // 366
    (limit,) = (each for each in limits_on(work, day) if "unit weeks" in each.quota.id)
    assert limit.because == (
        "125.43 of 156 unit weeks a year are left on 2026-03-02, which is 2 units at once"
    )


def test_a_stay_of_no_days_is_refused(work):
    with pytest.raises(Invalid, match="stay_days"):
        quotas_on(work, TODAY, stay_days=0)


def test_all_quotas_are_read_in_as_many_queries_for_many_agreements_as_for_one(work):
    for number in range(5):
        made = make(work, AgreementKind.ACCESS, services=["S-1", "S-2"])
        weeks = clause(NON_HOST, units=1, weeks="52", service="S-1", number=f"{number}")
        append(work, made, clauses=[weeks, replace(weeks, clause="other", service_id="S-2")])
        with statements(work) as counted:
            quotas = quotas_on(work, TODAY)
        assert len(quotas) == 4 * (number + 1)
        assert len(counted) == 8
