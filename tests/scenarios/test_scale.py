"""Sizes change in whole units, and what must add up still does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.problem import Conversion, Gender, Pool, Quota, Service
from scenarios.region_parts import Purchase
from scenarios.scale import apportioned, purchase_quotas, scaled_cap, scaled_services

HUB = Service(
    id="S-1",
    pools=(
        Pool(id="m", units=11, gender=Gender.MALE),
        Pool(id="f", units=5, gender=Gender.FEMALE),
        Pool(id="r1", units=4, gender=Gender.SAME),
    ),
    conversions=(Conversion(source="m", target="f", max_units=3, cost=2),),
)


@given(st.lists(st.floats(0, 1000), max_size=30))
def test_apportioned_numbers_are_neighbours_of_the_exact_ones_and_keep_their_sum(exact):
    """No part is off by a whole unit, and the sum by no more than a half."""
    whole = apportioned(exact)
    assert all(abs(part - value) < 1 + 1e-6 for part, value in zip(whole, exact, strict=True))
    assert abs(sum(whole) - sum(exact)) <= 0.5 + 1e-6


@pytest.mark.parametrize("factor", [0.0, 0.023, 0.5, 1.0, 2.7, 46.5])
def test_units_by_gender_are_in_proportion_after_scaling(factor):
    """Rounding moves units between services, never between genders."""
    services = [HUB, Service(id="S-2", pools=(Pool(id="x", units=7, gender=Gender.MALE),))]
    for gender in Gender:
        before = sum(pool.units for each in services for pool in each.pools if pool.gender == gender)
        scaled = scaled_services(services, factor)
        after = sum(pool.units for each in scaled for pool in each.pools if pool.gender == gender)
        assert abs(after - before * factor) <= 0.5


def test_a_shared_house_does_not_grow_there_are_more_houses():
    """At ten times the size, ten houses of four; a house's name stays, so that conversions still find it."""
    (service,) = scaled_services([HUB], 10)
    houses = [pool for pool in service.pools if pool.gender == Gender.SAME]
    assert [pool.units for pool in houses] == [4] * 10
    assert "r1" in {pool.id for pool in houses}


def test_caps_and_conversions_round_upwards_but_none_stays_none():
    (service,) = scaled_services([HUB], 0.1)
    assert service.conversions[0].max_units == 1
    assert scaled_cap(Quota(id="q", max_units=0), 0.1).max_units == 0
    assert scaled_cap(Quota(id="q", max_units=2), 1.0).max_units == 2


def test_units_bought_add_up_to_the_units_there_at_every_size():
    """All units stay purchased, so that a partner's quota is its share of the service as it is."""
    bought = [
        Purchase(service="S-1", authority=f"E0800002{at}", units=units) for at, units in ((5, 13), (7, 7))
    ]
    for factor in (0.05, 0.3, 1.0, 7.7):
        (service,) = scaled_services([HUB], factor)
        quotas = list(purchase_quotas(bought, [service]))
        assert sum(quota.max_units for quota in quotas) == sum(pool.units for pool in service.pools)
        assert [quota.authorities for quota in quotas] == [{"E08000025"}, {"E08000027"}]
