"""Where a confidential service is, is in no public answer: every page, every record, every error."""

import re

import pytest
from sqlalchemy import select

from gateway.directory.tables import ServiceRow, Tier, UnitRow
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import vacancies
from gateway.monitoring.published_services import FEWEST_UNITS
from gateway.stay import Stay
from tests.gateway.ground import TODAY, authorities, provider, service


@pytest.fixture(scope="session")
def everything(data):
    """Every answer there is, as text, by its path."""
    paths = ["/", "/openapi.json", "/services?page=x", "/services?search=Lane", "/nowhere", "/services/x"]
    paths += [f"/{name}?search=ZZ99" for name in ("services", "service_at_locations")]
    for name in ("services", "service_at_locations", "taxonomies", "taxonomy_terms"):
        pages = data.told(f"/{name}?per_page=10")["total_pages"]
        paths += [f"/{name}?per_page=10&page={page}" for page in range(1, pages + 2)]
        paths += [f"/{name}/{each['id']}" for each in data.all(name)]
    return {path: data.get(path).text for path in paths}


@pytest.fixture
def stored(demonstration):
    store, _ = demonstration
    with store.reading() as work:
        return work.where(ServiceRow)


def parts_of(address):
    """The street with its number, and the postcode however it is written."""
    street, _, postcode = (each.strip() for each in address.split(","))
    return [street, street.split(" ", 1)[1] + ",", postcode, postcode.replace(" ", "")]


def test_a_hidden_address_is_in_no_answer(everything, stored):
    hidden = [row for row in stored if row.confidential and row.address]
    open_ones = [row for row in stored if not row.confidential and row.address]
    assert len(hidden) >= 5
    all_of_it = "\n".join(everything.values())
    for row in hidden:
        street, _, postcode, packed = parts_of(row.address)
        words = (street, postcode, packed)
        assert not [path for path, text in everything.items() if any(word in text for word in words)]
    # The search finds what is there: public addresses are.
    assert all(parts_of(row.address)[2] in all_of_it for row in open_ones if row.tier is not Tier.FLOATING)


def test_whatever_coordinates_are_told_are_those_of_a_public_place(everything, stored):
    public = {(row.latitude, row.longitude) for row in stored if not row.confidential}
    found = re.findall(r'"latitude":([-\d.]+),"longitude":([-\d.]+)', "\n".join(everything.values()))
    assert found
    assert {(float(latitude), float(longitude)) for latitude, longitude in found} <= public


def test_a_hidden_service_has_no_place_no_numbers_and_no_area_of_its_own(data, stored):
    hidden = {row.name for row in stored if row.confidential}
    found = [each for each in data.all("services") if each["name"] in hidden]
    assert len(found) == len(hidden)
    for each in found:
        whole = data.told(f"/services/{each['id']}")
        assert "service_at_locations" not in whole
        assert "capacities" not in whole
        assert len(whole["service_areas"]) == 4
    assert not hidden & {each["service"]["name"] for each in data.all("service_at_locations")}


def test_even_with_coordinates_recorded_by_mistake_nothing_is_told(entrance):
    """The use cases refuse to record them; this is about a row that is there all the same."""

    def world(work):
        authorities(work)
        provider(work)
        service(
            work,
            "S-1",
            units=9,
            confidential=True,
            latitude=52.4321,
            longitude=-1.2345,
            address="1 A, B, ZZ99 9ZZ",
        )

    entrance.store.transact(world)
    client = entrance.stranger
    (listed,) = client.get("/open-referral/services").json()["contents"]
    answers = [
        client.get("/open-referral/service_at_locations"),
        client.get(f"/open-referral/services/{listed['id']}"),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert not re.search(r"52\.4|1\.23|ZZ99", answer.text)


def test_empty_places_are_counted_only_where_there_are_enough(data, demonstration, stored):
    store, _ = demonstration
    with store.reading() as work:
        units = vacancies(work, Stay.on(TODAY)).units
    told = 0
    for each in data.all("services"):
        whole = data.told(f"/services/{each['id']}")
        (row,) = [row for row in stored if row.name == each["name"]]
        states = [unit.on(TODAY).state for unit in units if unit.service.id == row.id]
        there = [state for state in states if state not in (UnitState.CLOSED, UnitState.NOT_YET_OPEN)]
        capacities = whole.get("capacities", [])
        if row.confidential or len(there) < FEWEST_UNITS:
            assert capacities == []
            continue
        told += 1
        assert sum(each["maximum"] for each in capacities) == len(there)
        assert sum(each["available"] for each in capacities) == there.count(UnitState.FREE)
    assert told >= 5


def test_no_id_of_our_own_is_told(everything, demonstration):
    store, _ = demonstration
    with store.reading() as work:
        ids = [*work.all(select(ServiceRow.id)), *work.all(select(UnitRow.id))]
        ids += [row.provider_id for row in work.where(ServiceRow)]
    all_of_it = "\n".join(everything.values())
    assert not [id for id in ids if id in all_of_it]


def test_what_a_service_cannot_manage_is_told_to_nobody(everything):
    assert not [path for path, text in everything.items() if "arson" in text or "cannot_manage" in text]
