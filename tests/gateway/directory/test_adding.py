"""Adding authorities, providers, services and units: whole, or refused with every fault."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from gateway.directory.adding import NewUnit, add_authority, add_provider, add_service, add_units
from gateway.directory.designations import designation_on
from gateway.directory.service_details import ServiceDetails
from gateway.directory.tables import (
    AuthorityRow,
    PartnershipRole,
    ServiceCodeRow,
    ServiceRow,
    Tier,
    UnitFeatureRow,
    UnitGender,
    UnitKind,
    UnitRow,
)
from gateway.directory.units import units_of
from gateway.records.tables import EventRow, EventSubjectRow
from gateway.refusals import Conflict, Invalid, NotFound
from scenarios.statements import statements
from tests.gateway.ground import BIRMINGHAM, NOW, OFFICER, small_world

OPENS = date(2026, 1, 1)
DONE = {"by": OFFICER, "at": NOW}
DETAILS = ServiceDetails(
    provider_id="V-1",
    authority_id=BIRMINGHAM,
    name="Rowan House",
    tier=Tier.HUB,
    lot="complex-needs",
    address="14 Alder Row",
    latitude=52.48,
    longitude=-1.9,
    min_age=18,
    client_groups=frozenset({"rough-sleepers", "complex-needs"}),
    cannot_manage=frozenset({"arson"}),
    features=frozenset({"step-free"}),
)


def room(name, pool="a", **facts):
    return NewUnit(name=name, pool=pool, kind=UnitKind.BEDSPACE, **facts)


@pytest.fixture
def world(store):
    store.transact(small_world)
    return store


def test_an_authority_is_known_by_its_gss_code(store):
    store.transact(
        lambda work: add_authority(
            "E08000028", name="Sandwell", role=PartnershipRole.OTHER, **DONE, work=work
        )
    )
    with store.reading() as work:
        assert work.get(AuthorityRow, "E08000028").role is PartnershipRole.OTHER


def test_an_authority_is_recorded_once(world):
    with pytest.raises(Conflict, match=f"Authority {BIRMINGHAM} is recorded already"):
        world.transact(
            lambda work: add_authority(
                BIRMINGHAM, name="Again", role=PartnershipRole.OTHER, **DONE, work=work
            )
        )


def test_everything_wrong_with_an_authority_is_told_at_once(store):
    with store.working() as work, pytest.raises(Invalid) as refused:
        add_authority("08000028", name=" ", role=PartnershipRole.OTHER, latitude=99.0, **DONE, work=work)
    assert [field for field, _ in refused.value.faults] == ["gss", "name", "longitude", "latitude"]


def test_a_service_is_recorded_with_its_codes_and_one_event(world):
    row = world.transact(lambda work: add_service(DETAILS, opens_on=OPENS, **DONE, work=work))
    with world.reading() as work:
        stands = work.get(ServiceRow, row.id)
        codes = work.where(ServiceCodeRow, ServiceCodeRow.service_id == row.id)
        events = work.all(
            select(EventRow.what)
            .join(EventSubjectRow, EventSubjectRow.event == EventRow.number)
            .where(EventSubjectRow.subject == row.id)
        )
    assert (stands.name, stands.address, stands.opens_on) == ("Rowan House", "14 Alder Row", OPENS)
    assert {(code.trait.value, code.value) for code in codes} == {
        ("client_group", "rough-sleepers"),
        ("client_group", "complex-needs"),
        ("cannot_manage", "arson"),
        ("feature", "step-free"),
    }
    assert list(events) == ["service added"]


def test_everything_wrong_with_a_service_is_told_at_once_and_nothing_is_written(world):
    wrong = replace(
        DETAILS,
        provider_id="V-9",
        authority_id="E09",
        name="",
        lot="x" * 65,
        confidential=True,
        min_age=25,
        max_age=18,
        features=frozenset({" step-free"}),
    )
    with world.working() as work, pytest.raises(Invalid) as refused:
        add_service(wrong, opens_on=OPENS, closes_on=OPENS, **DONE, work=work)
    assert [field for field, _ in refused.value.faults] == [
        "name",
        "lot",
        "max_age",
        "latitude",
        "features",
        "provider_id",
        "authority_id",
        "closes_on",
    ]
    with world.reading() as work:
        assert len(work.where(ServiceRow)) == 2


def test_the_place_of_a_confidential_service_is_not_recorded_in_plain(world):
    with world.working() as work, pytest.raises(Invalid, match="whose place must not be recorded"):
        add_service(replace(DETAILS, confidential=True), opens_on=OPENS, **DONE, work=work)


def test_an_empty_provider_name_is_refused(store):
    with store.working() as work, pytest.raises(Invalid, match="name: is empty"):
        add_provider("", **DONE, work=work)


def test_many_units_are_added_at_once_with_their_designations_and_features(world):
    new = [
        room("Room 1", gender=UnitGender.FEMALE, features=frozenset({"step-free"})),
        room("Room 2", gender=UnitGender.FEMALE, opens_on=OPENS),
        *(room(f"Flat {n}", "b") for n in range(60)),
    ]

    def use_case(work):
        with statements(work) as sent:
            rows = add_units("S-1", new, **DONE, work=work)
        return rows, len(sent)

    rows, sent = world.transact(use_case)
    with world.reading() as work:
        assert [row.name for row in units_of(work, "S-1")][:2] == ["Room 1", "Room 2"]
        assert designation_on(work, rows[0].id, OPENS) is UnitGender.FEMALE
        assert work.get(UnitRow, rows[0].id).opens_on == date(2020, 1, 1)
        assert [each.unit_id for each in work.where(UnitFeatureRow)] == [rows[0].id]
    assert sent <= 12


def test_every_wrong_unit_is_named_by_its_row_and_none_is_added(world):
    new = [
        room("U-1-1"),
        room("Room 2", ""),
        room("Room 3"),
        room("Room 3"),
        room("Room 4", opens_on=date(2019, 1, 1)),
    ]
    with world.working() as work, pytest.raises(Invalid) as refused:
        add_units("S-1", new, **DONE, work=work)
    assert refused.value.faults == (
        ("units[0].name", "'U-1-1' is unit U-1-1 of this service"),
        ("units[1].pool", "is empty"),
        ("units[2].name", "'Room 3' is named 2 times"),
        ("units[3].name", "'Room 3' is named 2 times"),
        ("units[4].opens_on", "is 2019-01-01, before its service opens on 2020-01-01"),
    )
    with world.reading() as work:
        assert len(work.where(UnitRow)) == 4


def test_no_units_at_all_is_a_fault_and_no_service_is_none(world):
    with world.working() as work:
        with pytest.raises(Invalid, match="units: is empty"):
            add_units("S-1", [], **DONE, work=work)
        with pytest.raises(NotFound):
            add_units("S-9", [room("Room 1")], **DONE, work=work)


def test_a_unit_cannot_open_when_its_service_has_closed(world):
    def use_case(work):
        row = add_service(DETAILS, opens_on=OPENS, closes_on=date(2026, 6, 1), **DONE, work=work)
        add_units(row.id, [room("Room 1", opens_on=date(2026, 6, 1))], **DONE, work=work)

    with pytest.raises(Invalid, match="closes on 2026-06-01"):
        world.transact(use_case)


def test_a_pool_is_shared_as_a_whole_or_not_at_all(world):
    with world.working() as work:
        with pytest.raises(Invalid) as refused:
            add_units("S-1", [room("Room 1", gender=UnitGender.SAME), room("Room 2")], **DONE, work=work)
        assert [field for field, _ in refused.value.faults] == ["units[0].gender", "units[1].gender"]
        with pytest.raises(Invalid, match="in pool 'main' either all"):
            add_units("S-1", [room("Room 1", "main", gender=UnitGender.SAME)], **DONE, work=work)
        assert add_units("S-1", [room("Room 1", gender=UnitGender.SAME)], **DONE, work=work)


def test_two_who_add_a_unit_of_one_name_at_once_get_one_unit(world):
    """The second of two that did not see each other is done again, and told which unit has the name."""
    first, second = world.working(), world.working()
    if world.engine.dialect.name == "sqlite":
        return  # SQLite lets the second one begin only when the first has ended
    with first as one, second as other:
        other.get(ServiceRow, "S-1")
        add_units("S-1", [room("Room 1")], **DONE, work=one)
        one.commit()
        with pytest.raises(Exception, match=r".*") as lost:
            add_units("S-1", [room("Room 1")], **DONE, work=other)
    assert type(lost.value).__name__ in {"LostRace", "OperationalError", "SerializationFailure"}
    with pytest.raises(Invalid, match="'Room 1' is unit U-"):
        world.transact(lambda work: add_units("S-1", [room("Room 1")], **DONE, work=work))
