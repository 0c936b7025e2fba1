"""One press confirms a service; what nobody confirmed is chased, a page at a time."""

from datetime import timedelta

import pytest

from gateway.directory.confirming import StandsOtherwise, confirm_units, digest_of, standing_units
from gateway.directory.tables import ServiceRow, UnitRow, VoidReason
from gateway.directory.units import stale_units
from gateway.directory.voiding import VoidDetails, put_out_of_service
from gateway.records.tables import EventRow
from gateway.refusals import Invalid, NotFound
from scenarios.statements import statements
from tests.gateway.ground import NOW, PROVIDER, TODAY, provider, put, service, small_world

LATER = NOW + timedelta(days=3)


@pytest.fixture
def world(store, clock):
    store.transact(small_world)
    clock.on(days=10)
    return store


def confirm(world, service="S-1", units=None, at=NOW):
    return world.transact(lambda work: confirm_units(service, units, by=PROVIDER, at=at, work=work))


def test_one_press_confirms_every_open_unit_of_a_service_with_one_event(world):
    assert [unit.id for unit in confirm(world)] == ["U-1-1", "U-1-2"]
    with world.reading() as work:
        stamps = {row.id: (row.confirmed_at, row.confirmed_by) for row in work.where(UnitRow)}
        assert stamps["U-1-2"] == (NOW, "provider-1")
        assert stamps["U-2-1"] == (None, None)
        assert len(work.where(EventRow, EventRow.what == "units confirmed")) == 1


def test_one_unit_alone_can_be_confirmed(world):
    assert [unit.id for unit in confirm(world, units=["U-1-2"])] == ["U-1-2"]


def void(work, unit="U-1-2"):
    details = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY, until=None, note=None)
    put_out_of_service(unit, details, by=PROVIDER, at=NOW, work=work)


def test_whoever_confirms_what_has_changed_since_they_saw_it_is_told(world, clock):
    def stands(work):
        return digest_of(standing_units(work, "S-1", clock()))

    with world.reading() as work:
        seen = stands(work)
    clock.on(days=1)
    world.transact(lambda work: confirm_units("S-1", seen=seen, by=PROVIDER, at=clock(), work=work))
    with world.reading() as work:
        assert stands(work) == seen, "neither a day nor a confirmation changes what stands"
    world.transact(void)
    with pytest.raises(StandsOtherwise, match="look again") as refusal:
        world.transact(lambda work: confirm_units("S-1", seen=seen, by=PROVIDER, at=clock(), work=work))
    assert refusal.value.seen_digest == seen != refusal.value.stands_digest
    world.transact(lambda work: void(work, "U-2-1"))
    now = refusal.value.stands_digest
    assert (
        world.transact(lambda work: confirm_units("S-1", seen=now, by=PROVIDER, at=clock(), work=work)) == []
    )


def test_a_later_confirmation_stays_and_nothing_is_written(world):
    confirm(world, at=LATER)
    assert confirm(world, at=NOW) == []
    with world.reading() as work:
        assert work.get(UnitRow, "U-1-1").confirmed_at == LATER
        assert len(work.where(EventRow, EventRow.what == "units confirmed")) == 1


def test_nobody_has_seen_tomorrow(world):
    with pytest.raises(Invalid, match="still to come"):
        confirm(world, at=world.clock() + timedelta(seconds=1))


def test_a_unit_of_another_service_or_a_closed_one_is_named(world):
    def close(work):
        unit = work.get(UnitRow, "U-1-1")
        unit.closes_on = TODAY
        put(work, unit)

    world.transact(close)
    with pytest.raises(Invalid) as refused:
        confirm(world, units=["U-2-1", "U-1-1", "U-1-2"])
    assert [what for _, what in refused.value.faults] == [
        "U-1-1 is no open unit of this service",
        "U-2-1 is no open unit of this service",
    ]
    assert [unit.id for unit in confirm(world)] == ["U-1-2"]


def test_a_service_that_does_not_exist_is_not_found(world):
    with pytest.raises(NotFound):
        confirm(world, service="S-9")


def stale(work, before=LATER, **rest):
    return stale_units(work, before, on=LATER.date(), **rest)


def test_what_was_never_confirmed_stands_first_and_then_the_oldest(world):
    confirm(world, units=["U-1-1"], at=NOW)
    with world.reading() as work:
        page = stale(work)
    assert [(each.provider, each.service) for each in page.services] == [("V-1", "S-1"), ("V-1", "S-2")]
    assert [unit.id for unit in page.services[0].units] == ["U-1-2", "U-1-1"]
    assert page.services[0].units[1].confirmed_at == NOW
    assert page.next is None


def test_what_was_confirmed_since_is_not_chased(world):
    confirm(world, at=LATER)
    with world.reading() as work:
        assert [each.service for each in stale(work).services] == ["S-2"]


def test_pages_hold_whole_services_and_together_every_service_once(world):
    def more(work):
        provider(work, "V-0")
        for number in range(3, 8):
            service(work, f"S-{number}", provider=f"V-{number % 2}")

    world.transact(more)
    seen, after = [], None
    with world.reading() as work:
        for _ in range(3):
            page = stale(work, after=after, size=3)
            seen += [(each.provider, each.service) for each in page.services]
            after = page.next
            assert all(len(each.units) == 2 for each in page.services)
    assert after is None
    assert seen == sorted(set(seen))
    assert {service for _, service in seen} == {f"S-{number}" for number in range(1, 8)}


def test_what_is_closed_or_not_open_yet_is_not_chased(world):
    def change(work):
        closed, coming = work.get(ServiceRow, "S-1"), work.get(UnitRow, "U-2-2")
        closed.closes_on, coming.opens_on = LATER.date(), LATER.date() + timedelta(days=1)
        put(work, closed, coming)

    world.transact(change)
    with world.reading() as work:
        page = stale(work)
    assert [unit.id for each in page.services for unit in each.units] == ["U-2-1"]


def test_a_page_to_chase_is_one_statement(world):
    with world.reading() as work, statements(work) as sent:
        stale(work)
    assert len(sent) == 1
