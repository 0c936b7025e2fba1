"""Pages of a list of services: each stands whole on one page; of many, one is found by its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.my_vacancies.leaves import SERVICES_NAMED, UNITS_ON_PAGE, Leaf
from gateway.directory.naming import ServiceKept, services_kept
from tests.api.pages.at_a_desk import desks
from tests.gateway.ground import TODAY, provider, service, small_world, unit


def kept(*units):
    return [
        ServiceKept(id=f"S-{number}", name=f"House {number}", units=each) for number, each in enumerate(units)
    ]


@given(st.lists(st.integers(1, 60), max_size=30))
def test_every_service_stands_whole_on_one_page(units):
    services = kept(*units)
    leaf = Leaf.of(services, 1, of=None, find="")
    assert [id for page in leaf.pages for id in page] == [each.id for each in services]
    sizes = {each.id: each.units for each in services}
    for page in leaf.pages:
        assert len(page) == 1 or sum(sizes[id] for id in page) <= UNITS_ON_PAGE


def test_a_page_is_found_by_a_service_and_leads_on():
    leaf = Leaf.of(kept(30, 30, 5), 1, of="S-2", find="house")
    assert (leaf.number, leaf.here, leaf.next, leaf.first) == (
        2,
        ("S-1", "S-2"),
        None,
        "/my-vacancies?find=house",
    )
    assert Leaf.of(kept(30, 30), 1, of=None, find="").next == "/my-vacancies?page=2"
    assert Leaf.of(kept(30), 7, of=None, find="").here == ()


@pytest.mark.parametrize(
    ("services", "named", "long"),
    [(1, 0, False), (SERVICES_NAMED, SERVICES_NAMED, False), (SERVICES_NAMED + 1, 0, True)],
)
def test_services_are_named_above_the_page_unless_they_are_too_many(services, named, long):
    leaf = Leaf.of(kept(*[30] * services), 1, of=None, find="")
    assert (len(leaf.named), leaf.is_long) == (named, long)
    assert set(leaf.here) <= set(leaf.to_look_at)


def many_services(work):
    small_world(work)
    provider(work, "V-2")
    service(work, "S-3", name="100% Home", provider="V-2", units=2)
    unit(work, "U-3-closed", service="S-3", closes_on=TODAY)
    for number in range(10, 10 + SERVICES_NAMED):
        service(work, f"S-{number}", name=f"House {number}", units=UNITS_ON_PAGE // 10)


def test_services_are_read_with_how_many_units_they_have(store):
    store.transact(many_services)
    with store.reading() as work:
        every = services_kept(work, TODAY)
        assert [each.name for each in every] == sorted(each.name for each in every)
        (found,) = services_kept(work, TODAY, called="0% hO")
        assert (found.id, found.units) == ("S-3", 2)
        assert services_kept(work, TODAY, provider="V-2") == (found,)
        assert services_kept(work, TODAY, called="%%") == ()


def test_among_many_services_one_is_found_by_its_name(sqlite_template, tmp_path, clock):
    office = desks(sqlite_template, tmp_path, clock)
    office.store.transact(many_services)
    desk = office.of("officer")
    first = desk.get("/my-vacancies").text
    assert "Find a service by its name" in first
    assert ">Vacancies</h1>" in first
    assert "House 49" not in first
    assert "/my-vacancies?page=2" in first
    found = desk.get("/my-vacancies?find=house+49").text
    assert "House 49" in found
    assert "House 48" not in found
    assert "No service here is called that." in desk.get("/my-vacancies?find=nothing").text
    office.store.close()
