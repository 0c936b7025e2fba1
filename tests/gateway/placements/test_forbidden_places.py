"""What a hard rule forbids by now is found, all of it and nothing else, however it came to be."""

from hypothesis import HealthCheck, given, settings

from gateway.people.clusters import cluster
from gateway.placements.forbidden_places import forbidden_places
from tests.gateway.ground import NOW, OFFICER, TODAY
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
