"""Why somebody has no place, and what would give them one: held against brute force."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from allocation import exhaustive
from allocation.plan import Status, Unlock
from allocation.problem import Conversion, Gender, Limits, Person, Problem, Quota
from allocation.solve import solve
from tests.allocation import verdicts
from tests.allocation.hand_made import ask, living, people, pools, service
from tests.allocation.strategies import Kind, of_kind, problems, small_problems
from tests.allocation.verdicts import examples

CODES = {"outranked", "capacity", "quota", "unsuitable", "separation", "same_gender", "limit"}
"""Of docs/problem-format.md."""

# ------------------------------------------------------------------------------------------- unlocks


def unlocks_hold(problem):
    """Fail if an unlock is not true, or one is missing from a list that is called complete."""
    plan = solve(problem)
    for lost in plan.unplaced:
        said, true = set(lost.unlocks), verdicts.unlocks(problem, plan, lost.person)
        assert said <= true, lost.person
        assert not lost.unlocks_complete or said == true, lost.person


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.NESTED])
@examples(40)
@given(data=st.data())
def test_an_unlock_is_what_brute_force_says_it_is(kind, data):
    unlocks_hold(data.draw(of_kind(kind, 5)))


@examples(40)
@given(of_kind(Kind.NESTED, 4))
def test_where_quotas_nest_one_search_of_the_residual_network_finds_every_unlock(problem):
    unlocks_hold(problem)


@examples(80)
@given(small_problems(5))
def test_whatever_kinds_are_mixed_an_unlock_is_what_brute_force_says_it_is(problem):
    unlocks_hold(problem)


@examples(60)
@given(problems({Kind.OCCUPANTS, Kind.CONVERSIONS, Kind.GENDERS, Kind.CROSSING}, 4))
def test_unlocks_through_people_who_may_move_and_units_that_may_be_converted_are_found(problem):
    unlocks_hold(problem)


def unlocks_of(problem, who):
    return {each.person: set(each.unlocks) for each in solve(problem).unplaced}[who]


def pool(service, name="u"):
    return Unlock(kind="pool", service=service, pool=name)


def test_one_more_unit_anywhere_along_a_chain_places_the_last_in_line():
    """ann could make way for bea if there were one more at t."""
    persons = [Person(id="ann", score=2), Person(id="bea", score=1)]
    problem = ask(
        persons, [service("s"), service("t", 0)], {("ann", "s"): 0, ("ann", "t"): 0, ("bea", "s"): 0}
    )
    assert unlocks_of(problem, "bea") == {pool("s"), pool("t")}


def test_where_two_limits_bind_no_single_change_helps():
    quota = Quota(id="q", max_units=1)
    problem = ask([Person(id="ann", score=1), Person(id="bea")], [service("s")], quotas=(quota,))
    assert unlocks_of(problem, "bea") == set()


def test_nobody_is_placed_at_the_cost_of_somebody_of_the_same_priority():
    """One more unit at t would free s for bea only if ann, her equal, lost the quota's last unit."""
    quota = Quota(id="q", services=frozenset({"s", "t"}), max_units=1)
    problem = ask(people("ann", "bea"), [service("s"), service("t")], quotas=(quota,))
    (lost,) = solve(problem).unplaced
    assert set(lost.unlocks) == {Unlock(kind="quota", quota="q")}


def test_somebody_of_lower_priority_may_lose_their_place_to_an_unlock():
    """With a unit more for women, ann takes dan's share of the quota."""
    quota = Quota(id="q", max_units=1)
    persons = [Person(id="ann", gender="female"), Person(id="dan", band=2, gender="male")]
    problem = ask(persons, [pools("s", m=(1, "male"), f=(0, "female"))], quotas=(quota,))
    assert unlocks_of(problem, "ann") == {pool("s", "f")}


def test_one_unit_more_in_a_pool_that_gives_units_away_is_an_unlock():
    """A pool never gives more than it had at the start; with one unit more it gives one more."""
    way = Conversion(source="m", target="f")
    problem = ask([Person(id="ann", gender="female")], [pools("s", [way], m=(0, "male"), f=(0, "female"))])
    assert unlocks_of(problem, "ann") == {pool("s", "m"), pool("s", "f")}


def test_one_conversion_more_than_the_service_or_the_plan_allows_is_an_unlock():
    way = Conversion(source="m", target="f", max_units=1)
    ladies = [Person(id=name, gender="female") for name in ("ann", "bea")]
    service_cap = ask(ladies, [pools("s", [way], m=(2, "male"), f=(0, "female"))])
    plan_cap = Problem(
        people=service_cap.people,
        services=service_cap.services,
        options=service_cap.options,
        limits=Limits(conversions=1),
    )
    one_more = Unlock(kind="conversion", service="s", source="m", target="f")
    for problem in (service_cap, plan_cap):
        (lost,) = solve(problem).unplaced
        assert set(lost.unlocks) == {one_more, pool("s", "f")}


def test_one_unit_more_in_a_shared_pool_is_an_unlock_for_those_whose_gender_it_has():
    persons = [Person(id="ann", gender="female", score=2), Person(id="bea", gender="female", score=1)]
    man = Person(id="dan", gender="male")
    problem = ask([*persons, man], [pools("s", u=(1, "same"))])
    assert unlocks_of(problem, "bea") == {pool("s")}
    assert unlocks_of(problem, "dan") == set()


def test_one_unit_more_where_there_was_none_is_an_unlock():
    """A choice that could not be made at all is one after the change."""
    problem = ask([Person(id="ann", units=2)], [service("s", 1)], quotas=(Quota(id="least", min_units=0),))
    assert unlocks_of(problem, "ann") == {pool("s")}


def test_one_unit_more_in_an_overfull_pool_lets_units_be_converted_to_it_again():
    way = Conversion(source="m", target="f")
    ladies = living("s", "zoe", "yan", "xia", pool="f", gender="female")
    problem = ask(
        [*ladies, Person(id="ann", gender="female")], [pools("s", [way], m=(1, "male"), f=(2, "female"))]
    )
    (lost,) = solve(problem).unplaced
    assert not lost.unlocks_complete or set(lost.unlocks) == {pool("s", "f")}


# -------------------------------------------------------------------------------------------- reasons


class View:
    """What is so at the end of a plan, worked out from the plan alone."""

    def __init__(self, problem, plan):
        self.problem, self.plan = problem, plan
        self.people = {each.id: each for each in problem.people}
        self.places = exhaustive.places(problem)
        self.ends = {each.person: (each.service, each.pool) for each in plan.placements}
        self.pools = {(at.id, pool.id): pool for at in problem.services for pool in at.pools}

    def units(self, who, at):
        return next((place.units for place in self.places[who] if place.at == at), 0)

    def room(self, at):
        """Units of a pool that nobody holds, conversions made."""
        gained = sum(
            each.units * ((each.target == at[1]) - (each.source == at[1]))
            for each in self.plan.conversions
            if each.service == at[0]
        )
        return (
            self.pools[at].units + gained - sum(self.units(*end) for end in self.ends.items() if end[1] == at)
        )

    def counted(self, quota):
        return sum(
            self.units(who, at)
            for who, at in self.ends.items()
            if quota.selects(self.people[who]) and (quota.services is None or at[0] in quota.services)
        )

    def needs(self, who, service):
        return [(place.at, place.units) for place in self.places[who] if place.service == service]

    def holds(self, who, reason):
        """Whether a reason is true of somebody."""
        return getattr(self, f"is_{reason.code}")(who, reason)

    def is_outranked(self, who, reason):
        return self.is_capacity(who, reason)

    def is_capacity(self, who, reason):
        return any(
            self.room(at) < units or self.is_overfull(at) for at, units in self.needs(who, reason.service)
        )

    def is_overfull(self, at):
        held = [
            self.units(each.id, at)
            for each in self.problem.people
            if each.remains and each.current_service == at[0] and each.current_pool in {None, at[1]}
        ]
        return sum(held) > self.pools[at].units

    def is_quota(self, who, reason):
        quota = next(each for each in self.problem.quotas if each.id == reason.quota)
        assert quota.selects(self.people[who])
        inside = [
            place.units
            for place in self.places[who]
            if quota.services is None or place.service in quota.services
        ]
        return any(self.counted(quota) + units > quota.max_units for units in inside)

    def is_unsuitable(self, who, reason):
        if reason.service is None:
            known = {place.service for place in self.places[who]}
            return reason.rule == "not_listed" and len(known) < len(self.problem.services)
        return reason.service not in {place.service for place in self.places[who]}

    def is_separation(self, who, reason):
        others = {one for pair in self.problem.separations for one in pair if who in pair} - {who}
        return any(self.ends.get(each, ("",))[0] == reason.service for each in others)

    def is_same_gender(self, who, reason):
        mine = (self.people[who].gender, None if self.people[who].gender else who)
        shared = [at for at, _ in self.needs(who, reason.service) if self.pools[at].gender is Gender.SAME]
        inside = {
            (self.people[each].gender, None if self.people[each].gender else each)
            for each, at in self.ends.items()
            if at in shared
        }
        return bool(inside - {mine})

    def is_limit(self, _, reason):
        return reason.rule == "moves" and self.plan.summary.moved == self.problem.limits.moves


@examples(250)
@given(small_problems())
def test_everybody_without_a_place_has_reasons_and_all_of_them_are_true(problem):
    plan = solve(problem)
    assume(plan.status is Status.OPTIMAL)
    view = View(problem, plan)
    for lost in plan.unplaced:
        assert lost.reasons, lost.person
        for reason in lost.reasons:
            assert reason.code in CODES
            assert reason.text.endswith(".")
            assert view.holds(lost.person, reason), (lost.person, reason)


@examples(150)
@given(small_problems())
def test_every_service_that_suits_somebody_without_a_place_is_accounted_for(problem):
    plan = solve(problem)
    for lost in plan.unplaced:
        suits = {place.service for place in exhaustive.places(problem)[lost.person]}
        named = {each.service for each in lost.reasons}
        for quota in (
            each for each in problem.quotas if each.id in {reason.quota for reason in lost.reasons}
        ):
            named |= suits if quota.services is None else quota.services
        assert suits <= named


def only_reason(problem, who):
    (reason,) = next(each for each in solve(problem).unplaced if each.person == who).reasons
    return reason


def test_units_that_people_of_higher_priority_get_are_said_to_go_to_them():
    problem = ask([Person(id="ann", score=1), Person(id="bea")], [service("s")])
    assert only_reason(problem, "bea").text == "s's one unit goes to people of the same or higher priority."


def test_units_that_nobody_leaves_are_said_to_be_lived_in():
    problem = ask([*living("s", "zed"), Person(id="ann")], [service("s")])
    assert only_reason(problem, "ann").text == "s's one unit is held by somebody who lives there."
    problem = ask([*living("s", "yan", "zed"), Person(id="ann")], [service("s", 2)])
    assert only_reason(problem, "ann").text == "s's units (2) are held by people who live there."


def test_where_there_are_units_for_one_gender_those_that_are_missing_are_for_anybody():
    problem = ask([Person(id="ann", gender="female")], [pools("s", u=(0, "any"), m=(1, "male"))])
    assert only_reason(problem, "ann").text == "s has no units open to anybody."


def test_units_too_few_for_a_household_are_not_said_to_be_lived_in():
    problem = ask([Person(id="ann", units=3)], [service("s", 2)])
    assert "live" not in only_reason(problem, "ann").text
    assert "2" in only_reason(problem, "ann").text
    assert "3" in only_reason(problem, "ann").text


def test_a_quota_too_small_for_a_household_is_not_said_to_be_all_used():
    problem = ask([Person(id="ann", units=2)], [service("s", 2)], quotas=(Quota(id="q", max_units=1),))
    assert "All" not in only_reason(problem, "ann").text


def test_units_that_were_converted_away_are_not_said_to_be_left():
    """f had two units: one goes to bea, the other was given to the men."""
    persons = [
        Person(id="abe", gender="male", score=9),
        Person(id="bea", gender="female", score=5),
        Person(id="cat", gender="female"),
    ]
    way = Conversion(source="f", target="m")
    problem = ask(persons, [pools("s", [way], m=(0, "male"), f=(2, "female"))])
    assert "1 of the 1" not in only_reason(problem, "cat").text


def test_with_no_services_at_all_that_is_the_reason():
    (lost,) = solve(Problem(people=tuple(people("ann")), services=())).unplaced
    assert lost.reasons


def test_a_list_that_leaves_somebody_out_is_the_reason():
    reason = only_reason(ask(people("ann"), [service("s"), service("t")], {}), "ann")
    assert (reason.code, reason.rule) == ("unsuitable", "not_listed")
    assert reason.text.startswith("2 other services are not listed")
