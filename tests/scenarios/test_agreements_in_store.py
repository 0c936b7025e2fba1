"""A region's agreements in a store give back the region's own quotas."""

from dataclasses import replace
from datetime import date

import pytest

from allocation.problem import Quota
from gateway.agreements.forbid import ClauseForbids, forbid_if_clause_forbids
from gateway.agreements.quotas import quotas_on
from gateway.agreements.standing import agreements_in_force
from gateway.directory.tables import AuthorityRow, PartnershipRole, ProviderRow, ServiceRow
from gateway.stay import Stay
from scenarios.agreements_in_store import CannotBeAgreed, agreements_in_store
from scenarios.ground import ground_of
from scenarios.region import read_region
from tests.gateway.ground import NOW, OFFICER, put

TERM = Stay(date(2025, 4, 1), date(2028, 4, 1))
DAY = date(2026, 3, 2)
ROLES = {"partner": PartnershipRole.PRIMARY, "neighbour": PartnershipRole.SECONDARY}


@pytest.fixture(scope="module")
def ground():
    return ground_of(read_region("birmingham-black-country"), 430)


def ground_in_store(work, region):
    put(
        work,
        *(AuthorityRow(id=each.gss, name=each.name, role=ROLES[each.role]) for each in region.authorities),
    )
    put(
        work,
        *(ProviderRow(id=each, name=each) for each in sorted({each.provider for each in region.provisions})),
    )
    for each in region.provisions:
        row = ServiceRow(
            id=each.service.id,
            provider_id=each.provider,
            authority_id=each.service.authority,
            name=each.name,
            tier=each.service.tier,
            lot=each.lot,
            direct_access=each.service.direct_access,
            opens_on=TERM.from_day,
        )
        put(work, row)


def load(work, ground):
    ground_in_store(work, ground.region)
    return agreements_in_store(
        ground, {each.id: each.id for each in ground.services}, term=TERM, by=OFFICER, at=NOW, work=work
    )


def rules(quotas):
    return sorted(
        (
            sorted(each.services),
            sorted(each.authorities or ()),
            sorted(each.not_authorities or ()),
            each.max_units,
        )
        for each in quotas
    )


def test_the_quotas_from_the_store_are_the_regions_own(store, ground):
    with store.working() as work:
        made = load(work, ground)
        quotas = quotas_on(work, DAY)
        stand = agreements_in_force(work, DAY)
    bought = {each.service for each in ground.region.purchases}
    expected = [
        replace(each, services=each.services - bought) if each.id in made.narrowed else each
        for each in ground.quotas
        if not each.tags
    ]
    assert rules(quotas) == rules(expected)
    assert made.narrowed == ("arrangement/outside",)
    assert set(made.risk_caps) == {each.id for each in ground.quotas if each.tags}
    assert [len(each.services) for each in stand] == [4, 23, 1]


def test_a_refusal_names_the_cap_of_the_file(store, ground):
    ask = {"service_id": "S-14", "authority_id": None, "from_day": DAY}
    with store.working() as work:
        load(work, ground)
        forbid_if_clause_forbids(work, units=5, **ask)
        with pytest.raises(
            ClauseForbids, match=r"5 units at once are agreed; 0 are held .* clause S-14/non-host"
        ):
            forbid_if_clause_forbids(work, units=6, **ask)


@pytest.mark.parametrize(
    ("cap", "why"),
    [
        (Quota(id="odd", max_units=1, not_authorities=frozenset({"E08000025"})), "names no service"),
        (
            Quota(
                id="odd",
                services=frozenset({"S-31"}),
                max_units=1,
                authorities=frozenset({"E08000025", "E08000027"}),
            ),
            "no group of an agreement",
        ),
        (
            Quota(
                id="odd",
                services=frozenset({"S-31", "S-16"}),
                max_units=1,
                not_authorities=frozenset({"E08000025"}),
            ),
            "about several services",
        ),
    ],
)
def test_a_cap_that_no_clause_can_say_is_refused_by_name(store, ground, cap, why):
    region = replace(ground.region, caps=(*ground.region.caps, cap))
    odd = replace(ground, region=region, quotas=(*ground.quotas, cap))
    with store.working() as work, pytest.raises(CannotBeAgreed, match=f"odd .*{why}"):
        load(work, odd)
