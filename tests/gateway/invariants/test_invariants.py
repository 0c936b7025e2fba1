"""A healthy store passes every invariant; each fault, planted past the gateway, is found and named."""

from types import SimpleNamespace

import pytest
from sqlalchemy import insert, text

from gateway import schema
from gateway.invariants import rooms
from gateway.invariants.check import INVARIANTS, check
from gateway.invariants.every_row_has_its_event import DRAWN, TELL_OF_EVENTS, UNTOLD
from gateway.records.reach import table
from gateway.records.retention import apply
from gateway.records.retention_rules import RetentionRules
from gateway.records.seal import seal
from gateway.records.verify import verify
from gateway.storage.rows import Row
from tests.gateway.ground import OFFICER, small_world
from tests.gateway.invariants.faults import FAULTS, offer, proposal, run
from tests.gateway.records.lives import closed
from tests.gateway.records.tampering import guards_down


@pytest.fixture
def healthy(store):
    store.transact(small_world)
    seal(store)
    return store


def broken(store):
    with store.reading() as work:
        return {each.invariant.name: each.ids for each in check(work)}


def test_a_healthy_store_passes(healthy):
    assert broken(healthy) == {}


def test_a_store_from_which_people_were_erased_passes(healthy, clock):
    healthy.transact(lambda work: closed(work, "P-10", "Marguerite", placed=True))
    clock.on(days=9 * 365)
    apply(healthy, rules=RetentionRules(), as_of=clock().date(), by=OFFICER)
    seal(healthy)
    assert broken(healthy) == {}
    with healthy.reading() as work:
        assert verify(work).holds


def planted(work, fault):
    """The invariants that are broken once the fault was put in past the gateway."""
    for kept_in, *values in getattr(fault, "rows", []):
        for each in values:
            work.session.execute(insert(table(kept_in)).values(each))
    true = "true" if work.session.get_bind().dialect.name == "postgresql" else "1"
    for statement in getattr(fault, "sql", []):
        work.session.execute(text(statement.replace("{true}", true)))
    return {each.invariant.name: each for each in check(work)}


def test_each_fault_planted_past_the_gateway_is_found_and_named(healthy):
    for name, fault in FAULTS.items():
        with guards_down(healthy) as work:
            assert planted(work, fault)[name].ids == fault.ids, name
    assert broken(healthy) == {}


def test_the_offer_of_another_place_than_the_line_says_is_found(healthy):
    fault = SimpleNamespace(
        rows=[
            ("runs", run("proposed")),
            ("proposals", proposal("L-1", service_id="S-2")),
            ("offers", offer("O-1", proposal_id="L-1")),
        ]
    )
    with guards_down(healthy) as work:
        assert planted(work, fault)["offer_of_its_line"].ids == ("O-1",)


def test_every_invariant_has_a_fault_that_it_finds():
    assert set(FAULTS) == {each.name for each in INVARIANTS}
    assert len({each.sentence for each in INVARIANTS}) == len(INVARIANTS)


def test_what_is_broken_is_told_in_a_sentence_with_its_ids(healthy):
    with guards_down(healthy) as work:
        found = planted(work, FAULTS["one_holder"])
    assert str(found["one_holder"]) == "Two holds of one unit share no day. Not so: H-1 and H-2."


def test_every_table_is_looked_at_for_events():
    sql = str(next(each for each in INVARIANTS if each.name == "every_row_has_its_event").query)
    for name in set(Row.metadata.tables) - TELL_OF_EVENTS - DRAWN - UNTOLD:
        assert f"FROM {name} " in sql


def test_the_rooms_of_the_invariants_are_all_there_are():
    assert rooms.ROOMS == schema.ROOMS
