"""Re-designation: dated, with its reason, and never over the head of somebody it would no longer suit."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gateway.directory.designating import DesignationReason, WrongForHolders, mixed, redesignate
from gateway.directory.designations import designation_on, designations_of
from gateway.directory.holders import Holder
from gateway.directory.tables import UnitGender
from gateway.directory.vacancies import vacancies
from gateway.records.tables import EventRow
from gateway.refusals import Invalid
from gateway.stay import Stay
from scenarios.statements import statements
from tests.gateway.directory.holding import is_offered, lives, recorded_as
from tests.gateway.ground import NOW, PROVIDER, TODAY, person, referral, service, small_world

ANY, MALE, FEMALE, SAME = UnitGender.ANY, UnitGender.MALE, UnitGender.FEMALE, UnitGender.SAME
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def world(store, clock):
    store.transact(small_world)
    clock.on(hours=1)
    return store


def turn(work, units, to, from_day=TODAY, **rest):
    return redesignate(
        units, to, from_day=from_day, reason=DesignationReason.DEMAND, by=PROVIDER, at=NOW, work=work, **rest
    )


def test_a_unit_is_for_others_from_a_day_on_and_as_before_until_then(world):
    """As nine bed spaces in Birmingham, two of them the same afternoon (scrutiny inquiry 2015)."""
    world.transact(lambda work: turn(work, ["U-1-1", "U-1-2"], FEMALE, TOMORROW, why="too few beds"))
    with world.reading() as work:
        assert designation_on(work, "U-1-1", TODAY) is ANY
        assert designation_on(work, "U-1-1", TOMORROW) is FEMALE
        assert [row.reason for row in designations_of(work, "U-1-1")] == ["as built", "demand"]
        runs = vacancies(work, Stay(TODAY), units=["U-1-2"]).units[0].days
        assert [(run.gender, run.stay) for run in runs] == [
            (ANY, Stay(TODAY, TOMORROW)),
            (FEMALE, Stay(TOMORROW)),
        ]
        assert list(work.all(select(EventRow.what).where(EventRow.what != "set up"))) == [
            "units re-designated"
        ]


def test_back_again_on_a_later_day(world, clock):
    world.transact(lambda work: turn(work, ["U-1-1"], FEMALE))
    world.transact(lambda work: turn(work, ["U-1-1"], MALE, TOMORROW))
    with world.reading() as work:
        assert designation_on(work, "U-1-1", TOMORROW) is MALE


def test_a_mistake_is_put_right_on_the_same_day_by_a_later_word(world, clock):
    world.transact(lambda work: turn(work, ["U-1-1"], FEMALE))
    with world.working() as work, pytest.raises(Invalid, match="at this very moment"):
        turn(work, ["U-1-1"], MALE)
    clock.on(minutes=5)
    world.transact(lambda work: turn(work, ["U-1-1"], MALE))
    with world.reading() as work:
        assert designation_on(work, "U-1-1", TODAY) is MALE


def test_everything_wrong_is_told_at_once_and_no_unit_is_re_designated(world):
    world.transact(lambda work: turn(work, ["U-1-1"], FEMALE, TOMORROW))
    with world.working() as work, pytest.raises(Invalid) as refused:
        turn(work, ["U-9", "U-1-1", "U-1-2"], ANY)
    assert refused.value.faults == (
        ("unit_ids", "there is no unit U-9, or it is closed by 2026-03-02"),
        ("from_day", "is 2026-03-02, and unit U-1-1 is designated from 2026-03-03"),
        ("unit_ids", "unit U-1-2 is designated any already"),
    )
    with world.working() as work, pytest.raises(Invalid, match="unit_ids: is empty"):
        turn(work, [], FEMALE)


def test_nobody_is_left_in_a_unit_that_is_for_others(world):
    """Somebody whose gender is not recorded fits no unit for men or for women: unknown is not yes."""
    fits = {
        ("male", MALE),
        ("male", SAME),
        ("female", FEMALE),
        ("female", SAME),
        (None, SAME),
        ("other", SAME),
    }
    for gender, to, hold in product(
        ("male", "female", None, "other"), (MALE, FEMALE, SAME), (lives, is_offered)
    ):
        with world.working() as work:
            recorded_as(work, gender)
            hold(work, "H-1", "U-1-1", from_day=TOMORROW)
            if (gender, to) in fits:
                assert turn(work, ["U-1-1", "U-1-2"], to)
                continue
            with pytest.raises(WrongForHolders, match="Unit U-1-1 is"):
                turn(work, ["U-1-1", "U-1-2"], to)


def test_who_left_before_the_day_stands_against_nothing(world):
    def settle(work):
        recorded_as(work, "male")
        lives(work, "H-1", "U-1-1", until=TOMORROW)

    world.transact(settle)
    with world.working() as work:
        with pytest.raises(WrongForHolders):
            turn(work, ["U-1-1"], FEMALE, TODAY)
        assert turn(work, ["U-1-1"], FEMALE, TOMORROW)


def test_a_unit_may_come_to_be_for_anybody_whoever_lives_there(world):
    def settle(work):
        recorded_as(work, None)
        service(work, "S-3", gender=FEMALE)
        lives(work, "H-1", "U-3-1", service="S-3")

    world.transact(settle)
    world.transact(lambda work: turn(work, ["U-3-1"], ANY))


def test_the_refusal_tells_ids_and_nothing_of_anybody(world):
    with world.working() as work:
        recorded_as(work, "other")
        lives(work, "H-1", "U-1-1")
        with pytest.raises(WrongForHolders) as refused:
            turn(work, ["U-1-1"], FEMALE)
    assert "other" not in str(refused.value)


def test_a_shared_pool_changes_as_a_whole(world):
    with world.working() as work:
        with pytest.raises(
            Invalid, match="pool main of service S-1 would be shared in part: U-1-1, and not U-1-2"
        ):
            turn(work, ["U-1-1"], SAME)
        assert turn(work, ["U-1-1", "U-1-2"], SAME)
        with pytest.raises(Invalid, match="would be shared in part: U-1-1, and not U-1-2"):
            turn(work, ["U-1-2"], MALE, TOMORROW)
        assert turn(work, ["U-1-1", "U-1-2"], MALE, TOMORROW)


def test_a_pool_is_shared_by_people_of_one_gender_only(world):
    """Two people whose gender is not known never share (placement-problem/1, Pools)."""
    for genders in (("male", "male"), ("male", "female"), ("male", None), (None, None)):
        with world.working() as work:
            recorded_as(work, *genders)
            lives(work, "H-1", "U-1-1", 1)
            is_offered(work, "H-2", "U-1-2", 2, from_day=TOMORROW)
            if genders == ("male", "male"):
                assert turn(work, ["U-1-1", "U-1-2"], SAME)
                continue
            with pytest.raises(WrongForHolders) as refused:
                turn(work, ["U-1-1", "U-1-2"], SAME)
            assert [each.hold for each in refused.value.holders] == ["H-1", "H-2"]


def test_people_who_follow_each_other_do_not_share(world):
    def settle(work):
        recorded_as(work, "male", "female")
        lives(work, "H-1", "U-1-1", 1, until=TOMORROW)
        is_offered(work, "H-2", "U-1-2", 2, from_day=TOMORROW)

    world.transact(settle)
    world.transact(lambda work: turn(work, ["U-1-1", "U-1-2"], SAME))


def test_a_household_that_holds_two_units_shares_with_itself(world):
    def settle(work):
        person(work, "P-9")
        referral(work, "R-9", person="P-9")
        is_offered(work, "H-1", "U-1-1", 9)
        is_offered(work, "H-2", "U-1-2", 9)

    world.transact(settle)
    world.transact(lambda work: turn(work, ["U-1-1", "U-1-2"], SAME))


def test_ten_units_are_re_designated_with_as_many_statements_as_one(world):
    world.transact(lambda work: service(work, "S-3", units=11))
    with world.working() as work:
        with statements(work) as one:
            turn(work, ["U-3-1"], FEMALE)
        with statements(work) as ten:
            turn(work, [f"U-3-{number}" for number in range(2, 12)], FEMALE)
    assert len(ten) == len(one)


def holder(number, start, length, gender, pool, person):
    from_day = TODAY + timedelta(days=start)
    return Holder(
        unit=f"U-{number}",
        service="S-1",
        pool=pool,
        hold=f"H-{number}",
        referral=f"R-{person}",
        person=f"P-{person}",
        lives_there=True,
        stay=Stay(from_day, None if length is None else from_day + timedelta(days=length)),
        gender=gender,
    )


HELD = st.tuples(
    st.integers(0, 6),
    st.one_of(st.none(), st.integers(1, 5)),
    st.sampled_from(["male", "female", None]),
    st.sampled_from("ab"),
    st.integers(1, 3),
)


@given(st.lists(HELD, max_size=6))
def test_who_shares_with_whom_is_what_looking_at_every_day_tells(facts):
    there = [holder(number, *each) for number, each in enumerate(facts)]
    wrong = set()
    for day in range(14):
        present = [each for each in there if TODAY + timedelta(days=day) in each.stay]
        for one in present:
            for other in present:
                apart = one.person != other.person and one.pool == other.pool
                if apart and (one.gender is None or other.gender is None or one.gender != other.gender):
                    wrong.add(one.hold)
    assert {each.hold for each in mixed(there)} == wrong
