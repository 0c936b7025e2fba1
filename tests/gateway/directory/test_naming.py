"""What services, units, authorities and lots are called, for many at once."""

from gateway.directory.naming import (
    authorities_named,
    convertible,
    lots_used,
    services_named,
    units_named,
    units_placed,
)
from gateway.directory.tables import ConversionRow, Tier, UnitGender
from scenarios.statements import statements
from tests.gateway.ground import BIRMINGHAM, DUDLEY, put, service, small_world


def world(work):
    small_world(work)
    service(work, "S-3", authority=DUDLEY, tier=Tier.LOCAL, lot="families", name="Alder House")
    for target, most in ((UnitGender.FEMALE, 2), (UnitGender.ANY, 0)):
        put(work, ConversionRow(service_id="S-3", source=UnitGender.MALE, target=target, max_units=most))


def test_names_are_found_for_many_at_once_and_the_unknown_are_left_out(store):
    store.transact(world)
    with store.reading() as work, statements(work) as asked:
        found = services_named(work, ["S-1", "S-3", "S-NONE"])
    assert len(asked) == 1
    assert sorted(found) == ["S-1", "S-3"]
    alder = found["S-3"]
    assert (alder.name, alder.tier, alder.authority_id, alder.authority) == (
        "Alder House", Tier.LOCAL, DUDLEY, "Dudley",
    )  # fmt: skip
    with store.reading() as work:
        assert units_named(work, ["U-3-1", "U-NONE"]) == {"U-3-1": "U-3-1"}
        assert units_placed(work, ["U-3-1", "U-NONE"])["U-3-1"].service == "Alder House"


def test_authorities_and_lots_come_in_order(store):
    store.transact(world)
    with store.reading() as work:
        assert list(authorities_named(work)) == [BIRMINGHAM, DUDLEY, "E08000030", "E08000031"]
        assert lots_used(work) == ("complex-needs", "families")


def test_only_what_a_provider_would_agree_to_is_convertible(store):
    store.transact(world)
    with store.reading() as work:
        (one,) = convertible(work)
    assert (one.service, one.source, one.target, one.max_units) == (
        "Alder House", UnitGender.MALE, UnitGender.FEMALE, 2,
    )  # fmt: skip
