"""Other places for somebody say why a unit that is free there is none for them."""

from allocation.choices import Scene
from allocation.problem import Gender, Person, Pool, Problem, Service
from allocation.solve import solve
from api.report.explanation import alternatives
from api.report.units import Units


def test_free_units_that_do_not_fit_are_told_with_whom_they_are_for_or_how_many_are_needed():
    problem = Problem(
        people=(
            Person(id="first", band=1, gender=Gender.MALE),
            Person(id="second", band=2, gender=Gender.MALE),
            Person(id="family", band=3, gender=Gender.MALE, units=2),
        ),
        services=(
            Service(
                id="s",
                pools=(
                    Pool(id="m", units=3, gender=Gender.MALE),
                    Pool(id="w", units=1, gender=Gender.FEMALE),
                ),
            ),
        ),
    )
    plan = solve(problem)
    alone = Scene.of_one(problem, "family")
    (other,) = alternatives(problem, plan, Units.of(problem, plan), "family", alone)
    assert other.state == "2 of 3 units held, and this household needs 2"
    assert other.unfit == ("1 free unit is for women",)
