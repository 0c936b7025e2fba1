"""Changing what stands: roles, neighbours, services, conversions."""

from dataclasses import replace
from datetime import date

import pytest

from gateway.agreements.tables import AgreementKind, AgreementRow, CoveredServiceRow
from gateway.directory.adding import add_service
from gateway.directory.changing import (
    AllowedConversion,
    allow_conversions,
    change_service,
    set_neighbours,
    set_role,
)
from gateway.directory.tables import (
    AuthorityRow,
    ConversionRow,
    NeighbourRow,
    PartnershipRole,
    ServiceCodeRow,
    ServiceRow,
    UnitGender,
)
from gateway.records.tables import EventRow
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid
from tests.gateway.directory.test_adding import DETAILS, DONE, OPENS
from tests.gateway.ground import BIRMINGHAM, DUDLEY, WALSALL, WOLVERHAMPTON, put, small_world

MALE, FEMALE = UnitGender.MALE, UnitGender.FEMALE


@pytest.fixture
def world(store):
    store.transact(small_world)
    return store


def pairs(work):
    return {(row.authority_id, row.neighbour_id) for row in work.where(NeighbourRow)}


def test_neighbours_hold_in_both_directions_and_the_last_word_counts(world):
    world.transact(lambda work: set_neighbours(BIRMINGHAM, [DUDLEY, WALSALL], **DONE, work=work))
    world.transact(lambda work: set_neighbours(DUDLEY, [WOLVERHAMPTON], **DONE, work=work))
    with world.reading() as work:
        assert pairs(work) == {
            (BIRMINGHAM, WALSALL),
            (WALSALL, BIRMINGHAM),
            (DUDLEY, WOLVERHAMPTON),
            (WOLVERHAMPTON, DUDLEY),
        }


def test_saying_the_same_neighbours_again_writes_nothing(world):
    for _ in range(2):
        world.transact(lambda work: set_neighbours(BIRMINGHAM, [DUDLEY], **DONE, work=work))
    with world.reading() as work:
        assert len(work.where(EventRow, EventRow.what == "neighbours set")) == 1


def test_every_neighbour_that_cannot_be_is_named(world):
    with world.working() as work, pytest.raises(Invalid) as refused:
        set_neighbours(BIRMINGHAM, ["E09000001", BIRMINGHAM, "E09000002"], **DONE, work=work)
    assert [what for _, what in refused.value.faults] == [
        "there is no authority E09000001",
        "there is no authority E09000002",
        f"{BIRMINGHAM} does not neighbour itself",
    ]


def test_an_authority_may_come_to_stand_otherwise_to_the_partnership(world):
    role = PartnershipRole.SECONDARY
    world.transact(lambda work: set_role(DUDLEY, role, why="left the partnership", **DONE, work=work))
    with world.reading() as work:
        assert work.get(AuthorityRow, DUDLEY).role is role


def test_a_service_is_changed_whole_and_codes_come_and_go(world):
    row = world.transact(lambda work: add_service(DETAILS, opens_on=OPENS, **DONE, work=work))
    new = replace(DETAILS, name="Rowan Court", address=None, cannot_manage=frozenset({"violence"}))
    world.transact(lambda work: change_service(row.id, new, seen=1, **DONE, work=work))
    with world.reading() as work:
        stands = work.get(ServiceRow, row.id)
        codes = work.where(ServiceCodeRow, ServiceCodeRow.service_id == row.id)
    assert (stands.name, stands.address, stands.version) == ("Rowan Court", None, 2)
    assert {code.value for code in codes if code.trait == "cannot_manage"} == {"violence"}


def test_a_service_that_was_changed_meanwhile_is_not_overwritten(world):
    row = world.transact(lambda work: add_service(DETAILS, opens_on=OPENS, **DONE, work=work))
    new = replace(DETAILS, name="Rowan Court")
    world.transact(lambda work: change_service(row.id, new, seen=1, **DONE, work=work))
    with world.working() as work, pytest.raises(ChangedMeanwhile, match="you saw version 1, it is 2"):
        change_service(row.id, DETAILS, seen=1, **DONE, work=work)


def test_a_service_under_an_agreement_cannot_become_direct_access(world):
    """West London Joint Commissioning Protocol, schedule 5: direct access stands outside."""

    def agree(work):
        agreement = AgreementRow(
            id="G-1",
            name="Joint purchase",
            kind=AgreementKind.JOINT_PURCHASE,
            lead_id=DUDLEY,
            from_day=date(2025, 4, 1),
            until=date(2027, 4, 1),
        )
        put(work, agreement, CoveredServiceRow(agreement_id="G-1", service_id="S-1"))

    world.transact(agree)
    direct = replace(DETAILS, direct_access=True)
    with world.working() as work, pytest.raises(Conflict, match=r"covered by agreement G-1.*schedule 5"):
        change_service("S-1", direct, seen=1, **DONE, work=work)
    world.transact(lambda work: change_service("S-2", direct, seen=1, **DONE, work=work))


def test_the_conversions_a_provider_allows_are_said_all_at_once(world):
    def allow(*conversions):
        world.transact(lambda work: allow_conversions("S-1", conversions, **DONE, work=work))
        with world.reading() as work:
            rows = work.where(ConversionRow)
        return {(row.source, row.target, row.max_units, row.cost) for row in rows}

    to_female = AllowedConversion(source=MALE, target=FEMALE, max_units=9, cost=8)
    assert allow(to_female) == {(MALE, FEMALE, 9, 8)}
    fewer = AllowedConversion(source=MALE, target=FEMALE, max_units=4)
    back = AllowedConversion(source=FEMALE, target=MALE, max_units=2)
    assert allow(fewer, back) == {(MALE, FEMALE, 4, 0), (FEMALE, MALE, 2, 0)}
    assert allow() == set()


def test_every_conversion_that_cannot_be_is_named(world):
    wrong = [
        AllowedConversion(source=MALE, target=MALE, max_units=-1),
        AllowedConversion(source=MALE, target=FEMALE, max_units=1),
        AllowedConversion(source=MALE, target=FEMALE, max_units=1, cost=-2),
    ]
    with world.working() as work, pytest.raises(Invalid) as refused:
        allow_conversions("S-1", wrong, **DONE, work=work)
    assert [field for field, _ in refused.value.faults] == [
        "conversions[0].target",
        "conversions[0].max_units",
        "conversions[1].target",
        "conversions[2].cost",
        "conversions[2].target",
    ]
