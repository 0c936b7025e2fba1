"""Services are looked for by words of their names and their providers'."""

from gateway.directory.finding import services_found
from gateway.directory.tables import ProviderRow
from tests.gateway.ground import put, service, small_world


def test_services_are_found_by_every_word_and_those_chosen_stay(store):
    def world(work):
        small_world(work)
        put(work, ProviderRow(id="V-2", name="Zeal"))
        service(work, "S-9", provider="V-2", name="Beech House", direct_access=True)

    store.transact(world)
    with store.reading() as work:
        found = services_found(work, "", chosen=(), most=1)
        assert len(found) == 2, "one more than asked for says that there are more"
        (beech,) = services_found(work, "house bee", chosen=(), most=9)
        assert beech.id == "S-9"
        assert services_found(work, "house bee", chosen=(), most=9, direct_access=False) == []
        assert [each.id for each in services_found(work, "beech", chosen=["S-2"], most=9)] == ["S-2", "S-9"]
        assert services_found(work, "100%", chosen=(), most=9) == []
