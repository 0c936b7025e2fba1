"""How full pools and quotas are at the end of a plan."""

from allocation.problem import Conversion, Quota
from allocation.solve import solve
from api.report.units import Units
from tests.allocation.hand_made import ask, living, people, pools, service


def test_occupants_newcomers_and_households_all_count():
    persons = [*living("home", "stayer", units=2), *people("family", units=3)]
    problem = ask(persons, [service("home", units=6)], quotas=(Quota(id="all", max_units=7),))
    units = Units.of(problem, solve(problem))
    assert units.people == {"stayer": 2, "family": 3}
    assert (units.pools["home", "u"].used, units.pools["home", "u"].left) == (5, 1)
    assert (units.quotas["all"].used, units.quotas["all"].left) == (5, 2)


def test_units_that_depend_on_the_place_count_as_the_place_has_them():
    problem = ask(people("p", units=2), [service("home", units=4)], units={("p", "home"): 3})
    assert Units.of(problem, solve(problem)).people == {"p": 3}


def test_converted_units_change_pools():
    home = pools("home", conversions=[Conversion(source="m", target="f")], m=(2, "male"), f=(0, "female"))
    problem = ask(people("x", gender="female"), [home])
    units = Units.of(problem, solve(problem))
    assert (units.pools["home", "m"].most, units.pools["home", "f"].most) == (1, 1)


def test_a_quota_counts_only_whom_it_selects_where_it_holds():
    persons = [*people("in", authority="A"), *people("out", authority="B")]
    quota = Quota(id="q", services=frozenset({"one"}), authorities=frozenset({"A"}), max_units=2)
    problem = ask(persons, [service("one", units=2)], quotas=(quota,))
    assert Units.of(problem, solve(problem)).quotas["q"].used == 1


def test_a_quota_without_an_upper_limit_has_no_number_left():
    quota = Quota(id="q", min_units=1)
    problem = ask(people("p"), [service("one")], quotas=(quota,))
    assert Units.of(problem, solve(problem)).quotas["q"].left is None
