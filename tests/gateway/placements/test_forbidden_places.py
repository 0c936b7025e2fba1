"""What a hard rule forbids by now is found, all of it and nothing else, however it came to be."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings

from gateway.people.clusters import cluster
from gateway.people.keep_safe import end_safety_area, keep_apart, set_safety_area
from gateway.people.restrict import restrict_case
from gateway.people.tables import SafetyReason
from gateway.placements.forbidden_places import forbidden_places
from scenarios.statements import statements
from tests.gateway.ground import BIRMINGHAM, MANAGER, NOW, OFFICER, TODAY
from tests.gateway.placements.forbidden_worlds import PEOPLE, ground, opened, placed, read_slowly, worlds


@given(world=worlds())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_is_what_a_reading_of_each_place_against_each_rule_finds(store, world):
    if not getattr(store, "has_ground", False):
        store.transact(ground)
        store.has_ground = True
    with store.working() as work:  # never committed
        placed(work, *world)
        slow = read_slowly(work, TODAY)
        found = forbidden_places(work, by=OFFICER, at=NOW)
        told = {each.id: {rule.id for rule in each.rules} for each in found}
        whose = {each.id: each.person_id for each in (*world[0],) if each.id in slow}
        assert told == {id: rules for id, rules in slow.items() if opened(work, whose[id])}
        assert list(found) == sorted(
            found, key=lambda each: (each.status is not None, each.from_day, each.id)
        )
        assert all(opened(work, rule.other_id) for each in found for rule in each.rules if rule.other_id)
        for id in PEOPLE[:2]:
            ids = cluster(work, id)
            hers = forbidden_places(work, by=OFFICER, at=NOW, person_ids=ids)
            assert list(hers) == [each for each in found if each.person_id in ids]


def forbidden(office, **of):
    return office.read(lambda work: forbidden_places(work, by=OFFICER, at=office.now, **of))


def test_an_offer_is_forbidden_by_what_counts_on_its_first_day_and_a_home_by_what_counts_today(office):
    home, offer = office.house("R-1", "U-1-1"), office.offer("R-2", "U-1-2", days=2)
    safe = {"reason": SafetyReason.GANG, "on": office.day(1)}
    areas = [office.do(set_safety_area, f"P-{number}", BIRMINGHAM, **safe) for number in (1, 2)]
    assert [each.id for each in forbidden(office)] == [offer.id]
    office.do(end_safety_area, areas[1].id, on=office.day(2), why="moved away")
    assert forbidden(office) == ()
    office.store.clock.on(days=1)
    assert [each.id for each in forbidden(office)] == [home.id]


def test_of_whom_the_case_is_closed_nothing_is_told_beside_somebody_else(office):
    home = office.house("R-1", "U-1-1")
    office.house("R-2", "U-1-2")
    office.do(keep_apart, "P-1", "P-2", reason=SafetyReason.THREAT, on=office.day())
    (rule,) = {each.rules[0].id for each in forbidden(office)}
    assert [each.rules[0].other_id for each in forbidden(office)] == ["P-2", "P-1"]
    until = office.now + timedelta(days=9)
    office.do(restrict_case, "P-2", until=until, why="x", seen=1, by=MANAGER)
    (told,) = forbidden(office)
    assert (told.id, told.rules[0].id, told.rules[0].other_id) == (home.id, rule, None)


def test_two_queries_find_them_all(office):
    office.house("R-1", "U-1-1")
    office.house("R-2", "U-1-2")
    office.do(keep_apart, "P-1", "P-2", reason=SafetyReason.THREAT, on=office.day())
    with office.store.reading() as work, statements(work) as sent:
        assert len(forbidden_places(work, by=OFFICER, at=office.now)) == 2
    assert len(sent) == 2
