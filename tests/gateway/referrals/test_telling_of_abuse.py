"""Whose pages can be left at once: whoever flees somebody, under any of their ids; and finding referrals."""

import pytest

from gateway.people.keep_safe import keep_apart, set_safety_area
from gateway.people.tables import SafetyReason
from gateway.referrals.by_reference import referrals_by_reference
from gateway.referrals.last_of_people import last_referrals
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralCodeRow, ReferralRow, ReferralTrait
from gateway.referrals.telling_of_abuse import tells_of_abuse
from tests.gateway.ground import DUDLEY, NOW, OFFICER, TODAY, agency, person, put, referral, small_world

SAFE = {"reason": SafetyReason.GANG, "on": TODAY, "why": "said so", "by": OFFICER, "at": NOW}


@pytest.fixture
def world(store):
    store.transact(small_world)
    return store


def told(store, *people):
    with store.reading() as work:
        return [tells_of_abuse(work, each) for each in people]


def test_a_client_group_an_area_or_another_person_tells_of_it_and_nothing_else_does(world):
    assert told(world, "P-1", "P-2", "P-3") == [False, False, False]

    def happen(work):
        group = {"trait": ReferralTrait.CLIENT_GROUP, "answer": True, "place": 1}
        put(work, ReferralCodeRow(referral_id="R-1", value="domestic-abuse", **group))
        put(work, ReferralCodeRow(referral_id="R-2", value="rough-sleepers", **group))
        set_safety_area("P-3", DUDLEY, **SAFE, work=work)
        person(work, "P-4", merged_into="P-1")

    world.transact(happen)
    assert told(world, "P-1", "P-4", "P-2", "P-3") == [True, True, False, True]
    world.transact(lambda work: person(work, "P-5"))
    world.transact(lambda work: keep_apart("P-5", "P-2", **SAFE, work=work))
    assert told(world, "P-2", "P-5") == [True, True]


def test_a_referral_is_found_by_its_reference_or_its_agencys(world):
    def happen(work):
        agency(work, "A-2")
        referral(work, "R-8", person="P-1", agency_reference="prob/7")
        referral(work, "R-9", person="P-2", agency="A-2", agency_reference="prob/7")

    world.transact(happen)
    with world.reading() as work:
        everywhere = ReferralRow.id.is_not(None)
        assert [each.id for each in referrals_by_reference(work, "r-8", everywhere)] == ["R-8"]
        assert [each.id for each in referrals_by_reference(work, "prob/7", everywhere)] == ["R-8", "R-9"]
        theirs = ReferralRow.agency_id == "A-2"
        assert [each.id for each in referrals_by_reference(work, "prob/7", theirs)] == ["R-9"]
        assert referrals_by_reference(work, "R-8", theirs) == []


def test_the_last_referral_of_each_of_many_is_told_under_any_of_their_ids(world):
    def happen(work):
        person(work, "P-4", merged_into="P-1")
        person(work, "P-5")
        referral(work, "R-9", person="P-4", status=ReferralStatus.PARKED)

    world.transact(happen)
    with world.reading() as work:
        found = last_referrals(work, ["P-1", "P-2", "P-5"])
    assert found == {"P-1": ("R-9", ReferralStatus.PARKED), "P-2": ("R-2", ReferralStatus.WAITING)}
