"""The order of moves can be carried out: nobody enters before there is room, and everybody moves once."""

from hypothesis import given

from allocation.certify import certify
from allocation.plan import Status
from allocation.problem import Conversion, Person
from allocation.solve import solve
from tests.allocation.hand_made import ask, living, pools, service
from tests.allocation.strategies import Kind, problems, small_problems
from tests.allocation.verdicts import MovingDays, examples


def carried_out(problem):
    """The plan's steps, once a simulated moving day has found nothing wrong with them."""
    plan = solve(problem)
    assert list(MovingDays(problem, plan).carry_out()) == []
    assert certify(problem, plan).faults == ()
    return plan.steps


@examples(150)
@given(small_problems())
def test_every_plan_can_be_carried_out(problem):
    plan = solve(problem)
    if plan.status is not Status.INFEASIBLE:
        assert list(MovingDays(problem, plan).carry_out()) == []


@examples(250)
@given(problems({Kind.OCCUPANTS, Kind.CONVERSIONS, Kind.GENDERS, Kind.SAME}))
def test_every_plan_of_people_who_move_through_pools_of_all_kinds_can_be_carried_out(problem):
    carried_out(problem)


@examples(150)
@given(problems({Kind.OCCUPANTS, Kind.HOUSEHOLDS, Kind.PLACE_UNITS, Kind.OVERFULL}))
def test_every_plan_of_households_who_move_can_be_carried_out(problem):
    carried_out(problem)


def leaving(name, service, pool="u", **traits):
    return Person(id=name, current_service=service, current_pool=pool, must_leave=True, **traits)


def round_of(*names):
    """People in as many services, who must each go to the next one's."""
    persons = [leaving(name, f"s-{name}") for name in names]
    following = dict(zip(names, [*names[1:], names[0]], strict=True))
    services = [service(f"s-{name}") for name in names]
    return ask(persons, services, {(name, f"s-{following[name]}"): 0 for name in names})


def test_two_who_change_places_move_in_one_step():
    assert carried_out(round_of("ann", "bea")) == (("ann", "bea"),)


def test_a_round_of_four_is_one_step():
    assert carried_out(round_of("ann", "bea", "cat", "dan")) == (("ann", "bea", "cat", "dan"),)


def test_two_rounds_that_share_nobody_are_two_steps():
    problem = ask(
        [leaving("ann", "s"), leaving("bea", "t"), leaving("cat", "v"), leaving("dan", "w")],
        [service(each) for each in "stvw"],
        {("ann", "t"): 0, ("bea", "s"): 0, ("cat", "w"): 0, ("dan", "v"): 0},
    )
    assert set(carried_out(problem)) == {("ann", "bea"), ("cat", "dan")}


def test_a_chain_moves_from_its_free_end():
    zed, yan = (
        Person(id=name, current_service=at, may_move=True) for name, at in (("zed", "t"), ("yan", "s"))
    )
    problem = ask(
        [Person(id="ann"), yan, zed],
        [service("s"), service("t"), service("v")],
        {("ann", "s"): 0, ("yan", "t"): 0, ("zed", "v"): 0},
    )
    assert carried_out(problem) == (("zed",), ("yan",), ("ann",))


def test_who_must_leave_for_nowhere_is_gone_before_the_first_step():
    problem = ask([leaving("zed", "s"), Person(id="ann")], [service("s")], {("ann", "s"): 0})
    assert carried_out(problem) == (("ann",),)


def test_a_converted_unit_is_entered_after_its_last_occupant_has_left():
    way = Conversion(source="m", target="f")
    problem = ask(
        [leaving("abe", "s", "m", gender="male"), Person(id="aab", gender="female", score=9)],
        [pools("s", [way], m=(1, "male"), f=(0, "female")), service("t")],
        {("abe", "t"): 0, ("aab", "s"): 0},
    )
    assert carried_out(problem) == (("abe",), ("aab",))


def test_a_swap_into_a_unit_that_the_swap_itself_frees_for_conversion_is_one_step():
    """xan's unit at s becomes yas's once he is gone, and he goes where she leaves."""
    problem = ask(
        [leaving("xan", "s", "m", gender="male"), leaving("yas", "t", gender="female")],
        [pools("s", [Conversion(source="m", target="f")], m=(1, "male"), f=(0, "female")), service("t")],
        {("xan", "t"): 0, ("yas", "s"): 0},
    )
    assert carried_out(problem) == (("xan", "yas"),)


def test_in_a_pool_of_one_gender_at_a_time_the_last_of_the_others_leaves_first():
    problem = ask(
        [
            leaving("zac", "s", gender="male"),
            Person(id="ann", gender="female", score=9),
            *living("t", "bea", gender="female"),
        ],
        [pools("s", u=(2, "same")), service("t", 2)],
        {("zac", "t"): 0, ("ann", "s"): 0},
    )
    assert carried_out(problem) == (("zac",), ("ann",))


def test_a_household_waits_until_several_have_left():
    problem = ask(
        [leaving("yan", "s"), leaving("zed", "s"), Person(id="ann", units=2, score=9)],
        [service("s", 2), service("t", 2)],
        {("yan", "t"): 0, ("zed", "t"): 0, ("ann", "s"): 0},
    )
    assert carried_out(problem)[-1] == ("ann",)


def test_nobody_moves_if_everybody_stays():
    assert carried_out(ask([*living("s", "zed", may_move=True)], [service("s")])) == ()
