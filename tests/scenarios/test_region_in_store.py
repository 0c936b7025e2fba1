"""A region in a store is the region: every authority, service and unit, and no place that is confidential."""

import shutil
import uuid
from collections import Counter
from datetime import date

import pytest

from gateway.directory.board import By, vacancy_board
from gateway.directory.tables import (
    AuthorityRow,
    ConversionRow,
    NeighbourRow,
    PartnershipRole,
    ServiceCodeRow,
    ServiceRow,
    UnitKind,
    UnitRow,
)
from gateway.directory.vacancies import vacancies
from gateway.records.tables import EventRow
from gateway.referrals.tables import AgencyRow
from gateway.stay import Stay
from gateway.storage.store import Store
from scenarios.region import InvalidRegion, read_region
from scenarios.region_files import REGIONS
from scenarios.region_in_store import load_region
from tests.databases import DATABASES, ask_server, server
from tests.gateway.ground import ADMINISTRATOR, KEYS, NOW, Ids, StoppedClock

NAME = "birmingham-black-country"
DAY, OPENED = date(2025, 12, 1), date(2021, 4, 1)
BIRMINGHAM, DUDLEY, WALSALL, SANDWELL = "E08000025", "E08000027", "E08000030", "E08000028"


@pytest.fixture(scope="module")
def region():
    return read_region(NAME)


def load(store, region, **rest):
    return store.transact(
        lambda work: load_region(
            region, on=DAY, opened_on=OPENED, by=ADMINISTRATOR, at=NOW, work=work, **rest
        )
    )


@pytest.fixture(scope="module", params=DATABASES)
def filled(request, region, tmp_path_factory):
    """A store that holds the region, and where its parts are in it; the tests that share it only read."""
    path, name = tmp_path_factory.mktemp("region") / "gateway.db", f"gateway_region_{uuid.uuid4().hex[:12]}"
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("postgresql_template")
        ask_server(f"CREATE DATABASE {name} TEMPLATE {template}")
        url = server().set(database=name).render_as_string(hide_password=False)
    kept = Store(url, keys=KEYS, clock=StoppedClock(), new_id=Ids())
    yield kept, load(kept, region)
    kept.close()
    if request.param == "postgresql":
        ask_server(f"DROP DATABASE {name} WITH (FORCE)")


def test_every_authority_is_there_with_its_role_and_its_neighbours(filled, region):
    store, _ = filled
    with store.reading() as work:
        rows = {row.id: row for row in work.where(AuthorityRow)}
        touching = {(row.authority_id, row.neighbour_id) for row in work.where(NeighbourRow)}
    assert set(rows) == {each.gss for each in region.authorities}
    primary = {gss for gss, row in rows.items() if row.role is PartnershipRole.PRIMARY}
    assert primary == set(region.partners)
    assert rows[SANDWELL].role is PartnershipRole.SECONDARY
    assert {(SANDWELL, each) for each in region.partners} <= touching
    assert (DUDLEY, WALSALL) not in touching
    assert touching == {(other, one) for one, other in touching}


def test_every_service_is_there_with_its_codes(filled, region):
    store, loaded = filled
    with store.reading() as work:
        rows = {row.id: row for row in work.where(ServiceRow)}
        codes = Counter(row.service_id for row in work.where(ServiceCodeRow))
    assert len(rows) == len(region.provisions)
    for each in region.provisions:
        service, row = each.service, rows[loaded.services[each.service.id]]
        assert (row.name, row.tier, row.lot) == (each.name, service.tier, each.lot)
        assert row.direct_access == service.direct_access
        expected = (*service.client_groups, *service.cannot_manage, *service.features)
        assert codes[row.id] == len(expected)
        starts = service.id in region.emergency.starting_services
        assert row.opens_on == (DAY if starts else OPENED)


def test_of_a_confidential_service_no_place_is_kept(filled, region):
    store, loaded = filled
    with store.reading() as work:
        confidential = work.where(ServiceRow, ServiceRow.confidential)
    assert {row.id for row in confidential} == {
        loaded.services[each.service.id] for each in region.provisions if each.confidential
    }
    assert {(row.latitude, row.longitude, row.address) for row in confidential} == {(None, None, None)}


def test_the_units_are_those_of_the_region_by_tier_and_designation(filled):
    store, loaded = filled
    expected = Counter()
    for service in (*loaded.ground.staying, *loaded.ground.former):
        for pool in service.pools:
            expected[service.tier, pool.gender.value] += pool.units
    with store.reading() as work:
        rows = vacancy_board(work, Stay.on(DAY), by=[By.TIER, By.GENDER])
        units = vacancies(work, Stay.on(DAY)).units
    assert {(row.tier.value, row.gender.value): row.free for row in rows} == +expected
    by_id = {unit.id: unit for unit in units}
    for (service, pool), ids in loaded.units.items():
        assert {by_id[id].pool for id in ids} <= {pool}
        assert {by_id[id].service.id for id in ids} <= {loaded.services[service]}
    assert {unit.kind for unit in units if unit.service.tier == "floating"} == {UnitKind.SLOT}


def test_the_day_before_the_services_that_start_are_not_open(filled, region):
    store, loaded = filled
    before = Stay(DAY.replace(month=11))
    with store.reading() as work:
        coming = {
            unit.service.id
            for unit in vacancies(work, before).units
            if unit.days[0].state.value == "not_yet_open"
        }
    assert coming == {loaded.services[id] for id in region.emergency.starting_services}


def test_what_providers_would_convert_is_allowed(filled):
    store, loaded = filled
    expected = set()
    for service in loaded.ground.staying:
        gender = {pool.id: pool.gender.value for pool in service.pools}
        for each in service.conversions:
            of = loaded.services[service.id], gender[each.source], gender[each.target]
            expected.add((*of, each.max_units, each.cost))
    with store.reading() as work:
        rows = work.where(ConversionRow)
    found = {(row.service_id, row.source.value, row.target.value, row.max_units, row.cost) for row in rows}
    assert found == expected
    assert "male" in {source for _, source, *_ in found}


def test_there_is_one_agency_for_each_kind_of_referrer(filled):
    store, loaded = filled
    with store.reading() as work:
        agencies = work.where(AgencyRow)
    assert {row.kind: row.id for row in agencies} == dict(loaded.agencies)
    assert {"probation", "hospital", "outreach"} <= set(loaded.agencies)


def test_a_larger_region_has_more_units_in_as_many_services(store, region):
    loaded = load(store, region, people=860)
    services = (*loaded.ground.staying, *loaded.ground.former)
    with store.reading() as work:
        assert len(work.where(ServiceRow)) == 47
        units = work.where(UnitRow)
        events = work.where(EventRow)
    assert len(units) == sum(pool.units for service in services for pool in service.pools) > 1_500
    assert {event.actor for event in events} == {ADMINISTRATOR.id}


def test_every_fault_in_the_two_files_is_named_and_nothing_is_written(store, region, tmp_path):
    shutil.copytree(REGIONS / NAME, tmp_path / NAME)
    (tmp_path / NAME / "neighbours.csv").write_text(
        "authority,neighbour,source\n"
        f"{BIRMINGHAM},{DUDLEY},x\n{DUDLEY},{BIRMINGHAM},x\n{DUDLEY},{DUDLEY},x\n{DUDLEY},E09,x\n"
    )
    (tmp_path / NAME / "agencies.csv").write_text("kind,name,source\na,A,x\na,,x\n")
    with pytest.raises(InvalidRegion) as refused:
        load(store, region, regions=tmp_path)
    told = "\n".join(refused.value.faults)
    for each in (
        "neighbours.csv row 3, neighbour: is named twice",
        "neighbours.csv row 4, neighbour: is the authority itself",
        "neighbours.csv row 5, neighbour: 'E09'",
        "agencies.csv row 3, kind: repeats 'a'",
        "agencies.csv row 3, name: is empty",
    ):
        assert each in told
    with store.reading() as work:
        assert work.where(AuthorityRow) == []
