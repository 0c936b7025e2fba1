"""Where one person could go today: what can be offered, then what suits, then what does not, and why."""

import pytest

from gateway.agreements.forbid import ClauseForbids
from gateway.agreements.tables import AccessGroup
from gateway.allocation_runs.emergencies import declare_emergency
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.where_to import where_could_they_go
from gateway.directory.tables import ServiceCodeRow, ServiceTrait, UnitGender, VoidReason, VoidRow, VoidState
from gateway.people.tables import SafetyReason, SeparationRow
from gateway.placements.offering import make_offer
from gateway.refusals import NotFound
from tests.gateway.agreements.papers import OTHERS, access, clause
from tests.gateway.allocation_runs.worlds import ground, offered, settle, two_services, waiting
from tests.gateway.ground import BIRMINGHAM, DUDLEY, MANAGER, NOW, OFFICER, TODAY, put, service
from tests.gateway.ground import unit as unit_in


def asked(store, referral="R-1", **scope):
    with store.reading() as work:
        found = where_could_they_go(work, referral, Scope(**({"as_of": TODAY} | scope)))
    return {each.service: each for each in found}


def test_what_can_be_offered_stands_before_what_is_full_and_that_before_what_does_not_suit(store):
    def world(work):
        ground(work)
        for id in ("S-1", "S-2", "S-3", "S-4"):
            service(work, id, units=1, authority=DUDLEY if id == "S-2" else BIRMINGHAM)
        put(work, ServiceCodeRow(service_id="S-3", trait=ServiceTrait.CLIENT_GROUP, value="young-people"))
        waiting(work, 1)
        waiting(work, 2)

    store.transact(world)
    store.transact(lambda work: offered(work, "R-2", "U-4-1"))
    found = asked(store)
    assert list(found) == ["S-1", "S-2", "S-4", "S-3"]
    assert (found["S-1"].free_units, found["S-1"].against, found["S-4"].free_units) == (("U-1-1",), (), ())
    assert found["S-1"].cost < found["S-2"].cost
    assert {id: sum(each.points) for id, each in found.items()} == {"S-1": 0, "S-2": 4, "S-4": 0, "S-3": 0}
    assert [len(each.points) - len(each.why) for each in found.values()] == [0, 0, 0, -1]
    assert found["S-4"].against == ("S-4 has no unit free for this person.",)
    assert (found["S-3"].cost, found["S-3"].rules) == (None, ("client_group_unknown",))


def test_what_is_said_to_be_free_can_be_offered(store):
    store.transact(two_services)
    settle(store, "R-2", "U-1-1")
    for id, there in asked(store).items():
        for unit in there.free_units:
            with store.working() as work:
                make_offer("R-1", [unit], from_day=TODAY, answer_by=None, by=OFFICER, at=NOW, work=work)
        assert len(there.free_units) == (1 if id == "S-1" else 2)


def test_units_for_others_and_out_of_use_are_not_free_for_this_person(store):
    def world(work):
        ground(work)
        service(work, "S-1", gender=UnitGender.FEMALE)
        service(work, "S-2", units=1)
        service(work, "S-3", gender=UnitGender.SAME)
        waiting(work, 1, gender="male")
        waiting(work, 2, gender="female")
        void = {"void": "V", "revision": 1, "unit_id": "U-2-1", "state": VoidState.OUT_OF_SERVICE}
        put(work, VoidRow(**void, reason=VoidReason.REPAIRS, from_day=TODAY, noted_at=NOW))

    store.transact(world)
    assert asked(store)["S-3"].free_units == ("U-3-1", "U-3-2")
    settle(store, "R-2", "U-3-1")
    found = asked(store)
    assert found["S-1"].rules == ("gender",)
    assert [found[id].free_units for id in ("S-1", "S-2", "S-3")] == [(), (), ()]
    assert found["S-2"].against == ("S-2 has no unit free for this person.",)
    shared = "S-3 has no unit free for this person: 1 free unit is shared by people of one gender."
    assert found["S-3"].against == (shared,)


def test_units_that_are_free_for_others_are_told_with_whom_they_are_for(store):
    def world(work):
        ground(work)
        service(work, "S-1", units=1)
        for number in (2, 3):
            unit_in(work, f"U-1-{number}", gender=UnitGender.FEMALE)
        waiting(work, 1, gender="male")
        waiting(work, 2)

    store.transact(world)
    settle(store, "R-2", "U-1-1")
    (told,) = asked(store)["S-1"].against
    assert told == "S-1 has no unit free for this person: 2 free units are for women."


def test_a_household_needs_all_its_units_in_one_service(store):
    def world(work):
        ground(work)
        service(work, "S-1", units=1)
        waiting(work, 1, units=2)

    store.transact(world)
    assert asked(store)["S-1"].against == ("S-1 has 1 of the 2 units that this household needs.",)


def test_who_must_be_kept_apart_is_not_named_and_stands_against_the_service(store):
    def world(work):
        two_services(work)
        put(
            work,
            SeparationRow(
                id="X-1", person_id="P-1", other_id="P-2", set_on=TODAY, reason=SafetyReason.DOMESTIC_ABUSE
            ),
        )

    store.transact(world)
    settle(store, "R-2", "U-1-1")
    against = asked(store)["S-1"].against
    assert against == ("Somebody this person must be kept apart from is at S-1.",)


def test_where_they_live_and_what_closes_is_said(store):
    store.transact(two_services)
    settle(store, "R-1", "U-1-1")
    assert asked(store)["S-1"].against == ("They live there, or it was offered to them, already.",)
    facts = {"closes_on": TODAY.replace(day=20), "services": ["S-2"]}
    store.transact(lambda work: declare_emergency("Fire", by=MANAGER, at=NOW, work=work, **facts))
    there = asked(store)["S-2"]
    assert (there.against, there.free_units) == (("S-2 closes.",), ())


def test_what_an_agreement_no_longer_allows_is_said_in_the_words_of_its_clause(store):
    store.transact(two_services)
    cap = clause(AccessGroup.AUTHORITY, units=1, authority=BIRMINGHAM)
    store.transact(lambda work: access(work, cap, OTHERS))
    assert asked(store)["S-1"].against == ()
    settle(store, "R-2", "U-1-1")
    found = asked(store)
    assert "schedule 2, authority" in found["S-1"].against[0]
    assert (found["S-1"].free_units, found["S-2"].against) == (("U-1-2",), ())
    with pytest.raises(ClauseForbids) as refused:
        store.transact(lambda work: offered(work, "R-1", "U-1-2"))
    assert found["S-1"].against == (str(refused.value),)


def test_only_a_part_of_the_services_can_be_asked_about(store):
    store.transact(two_services)
    assert asked(store, tiers=frozenset({"floating"})) == {}


def test_nobody_is_asked_about_who_is_not_there(store):
    store.transact(two_services)
    with pytest.raises(NotFound):
        asked(store, "R-9")
