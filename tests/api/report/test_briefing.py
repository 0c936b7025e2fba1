"""The briefing tells what the plan does, in figures that agree with each other."""

import pytest

from allocation.certify import Certification
from allocation.plan import Plan, Status, Summary, Unlock, Unplaced
from allocation.problem import Conversion, Person, Pool, Problem, Quota, Service
from api.report.briefing import Briefing
from api.report.proof import CHECKED, OPEN, TRUSTED
from tests.allocation.hand_made import ask, living, people, pools, service
from tests.api.report.emergencies import evidence, small_emergency


@pytest.fixture(scope="module")
def seen():
    return small_emergency()


@pytest.fixture(scope="module")
def briefing(seen):
    return Briefing.of(seen)


# In an emergency, every figure agrees with every other -------------------------------------------------


def test_bands_add_up_to_everybody_who_needs_a_place(briefing, seen):
    places = briefing.places
    assert sum(each.people for each in places.bands) == places.everybody.people == len(seen.needing)
    assert sum(each.placed for each in places.bands) == places.everybody.placed
    assert places.must_leave.people + places.waiting.people == places.everybody.people
    assert places.must_leave.people == 30


def test_whoever_has_no_place_is_told_of_once_highest_priority_first(briefing, seen):
    told = [each.person for each in briefing.without.people]
    assert sorted(told) == sorted(each.person for each in seen.plan.unplaced)
    bands = [each.band for each in briefing.without.people]
    assert bands == sorted(bands)
    assert len(told) == briefing.places.everybody.without


def test_every_grid_adds_up_to_the_same_people(briefing):
    flows, everybody = briefing.flows, briefing.places.everybody
    totals = [grid.totals[-1] for grid in flows.grids]
    assert totals == [everybody.people, everybody.people, everybody.people, everybody.placed]
    assert sum(map(flows.of_home, flows.homes)) == sum(map(flows.of_tier, flows.tiers)) == everybody.people
    assert sum(map(flows.of_authority, flows.authorities)) == everybody.placed


def test_the_first_moves_are_the_first_steps_of_the_plan(briefing, seen):
    told = [each.person for each in briefing.moves.first]
    assert told == [person for step in seen.plan.steps for person in step][: len(told)]
    assert briefing.moves.people == sum(map(len, seen.plan.steps))


def test_every_move_is_told_in_the_order_of_the_plan(briefing, seen):
    told = [(each.step, each.person) for each in briefing.moves.every]
    steps = enumerate(seen.plan.steps, start=1)
    assert told == [(number, person) for number, step in steps for person in step]
    assert briefing.moves.every[: len(briefing.moves.first)] == briefing.moves.first


def test_the_comparison_counts_the_same_people_each_way(briefing, seen):
    ours, greedy, first = briefing.comparison.ways
    assert ours.placed == briefing.places.everybody.placed
    assert ours.cost == seen.plan.summary.cost
    occupants = briefing.places.staying
    assert greedy.placed == len(seen.greedy.placements) - occupants
    assert first.placed == len(seen.first_come.placements) - occupants
    for way in briefing.comparison.ways:
        counts = zip(way.by_band, briefing.comparison.people, strict=True)
        assert all(placed <= people for placed, people in counts)


def test_services_are_named_with_their_ids_and_no_need_or_risk_of_anybody_is_told(briefing, seen):
    told = str(briefing)
    assert "(S-38)" in told
    words = {word for each in seen.problem.people for word in (*each.client_groups, *each.access_needs)}
    assert sorted(word for word in words if word in told) == []


def test_the_day_is_told_in_words(briefing):
    assert briefing.day == "15 January 2026"


# Who is not yet scored ---------------------------------------------------------------------------------


def test_whoever_is_not_yet_scored_is_told_with_what_to_ask_and_marked_wherever_they_stand():
    """Blank answers cost nobody a place, so somebody must ask before one moves on the strength of a blank."""
    problem = ask([*people("a", "b"), *people("c", band=2)], [service("only", units=2)])
    told = Briefing.of(evidence(problem, unscored={"a": ("Housing",), "c": ("Housing", "Engagement")}))
    assert [(each.person, each.band, each.place, each.moves, each.ask) for each in told.unscored] == [
        ("a", 1, "only", True, ("Housing",)),
        ("c", 2, None, False, ("Housing", "Engagement")),
    ]
    assert {each.person: each.scored for each in told.moves.every} == {"a": False, "b": True}
    assert [each.scored for each in told.without.people] == [False]


def test_whoever_keeps_their_place_need_not_be_asked_that_night():
    problem = ask([*living("home", "stayer"), *people("a")], [service("home", units=2)])
    assert Briefing.of(evidence(problem, unscored={"stayer": ("Housing",)})).unscored == ()


def test_in_an_emergency_the_unscored_are_those_whom_the_assessment_leaves_open(briefing, seen):
    told = {each.person for each in briefing.unscored}
    assert told == {
        each for each in seen.unscored if not seen.person(each).remains or each in _moving(seen.plan)
    }


def _moving(plan):
    return {person for step in plan.steps for person in step}


# Who has no place --------------------------------------------------------------------------------------


def waiting(problem, **more):
    """What is told of the only person without a place."""
    (told,) = Briefing.of(evidence(problem, **more)).without.people
    return told


def test_a_place_taken_by_higher_priority_is_told_and_one_more_unit_would_do():
    problem = ask([*people("a"), *people("b", band=2, must_leave=True)], [service("only")])
    told = waiting(problem)
    assert (told.person, told.standing, told.changes) == (
        "b",
        "Must leave",
        ("1 more unit for anyone at only",),
    )
    assert told.why == (
        "1 open service suits, and every way in is closed: units go to people of the same or higher priority."
    )


def test_a_full_quota_is_told_and_one_more_place_in_it_would_do():
    quota = Quota(id="q", services=frozenset({"only"}), max_units=1)
    problem = ask([*people("a"), *people("b", band=2)], [service("only", units=2)], quotas=(quota,))
    told = waiting(problem)
    assert told.changes == ("1 more place under quota q (only: everybody)",)
    assert "a quota is full" in told.why
    (filled,) = Briefing.of(evidence(problem)).limits.quotas
    assert (filled.used, filled.most, filled.full, filled.blocks) == (1, 1, True, 1)


def derived(person, *services):
    """A problem whose options follow from attributes, with one person."""
    return Problem(people=(person,), services=services)


def room(name, **traits):
    return Service(id=name, pools=(Pool(id="u", units=1),), **traits)


def test_a_fact_that_nobody_recorded_is_asked_for():
    told = waiting(derived(Person(id="p"), room("a", min_age=18), room("b", min_age=16)))
    assert told.advice == ("Find out and record: age. 2 services may then suit.",)
    assert "age not recorded (2 services)" in told.why


def test_a_free_unit_that_one_thing_keeps_from_somebody_is_told():
    told = waiting(derived(Person(id="p", access_needs=frozenset({"step-free"})), room("a")))
    assert told.advice == (
        "No single change would place them.",
        "Free, but for one thing: a, access needs not met there.",
    )


def test_a_place_that_is_not_safe_for_somebody_is_never_advised():
    told = waiting(derived(Person(id="p", avoid_services=frozenset({"a"})), room("a")))
    assert told.advice == (
        "No single change would place them.",
        "Look at the case itself, and beyond these services.",
    )


@pytest.mark.parametrize(
    ("unlock", "words"),
    [
        (Unlock(kind="pool", service="home", pool="f", units=2), "2 more units for women at home"),
        (
            Unlock(kind="pool", service="shut", pool="u"),
            "Keep 1 unit for anyone open at shut, which is closing",
        ),
        (Unlock(kind="quota", quota="q"), "1 more place under quota q (All services: everybody)"),
        (
            Unlock(kind="conversion", service="home", source="m", target="f"),
            "Convert 1 more unit at home from men's to women's",
        ),
    ],
)
def test_each_kind_of_change_is_told_in_words(unlock, words):
    home = pools("home", conversions=[Conversion(source="m", target="f")], m=(1, "male"), f=(0, "female"))
    problem = ask(
        people("p", gender="none"), [home, service("shut", units=0)], quotas=(Quota(id="q", max_units=0),)
    )
    plan = with_unlocks(problem, (unlock,))
    assert waiting(problem, plan=plan, closing=frozenset({"shut"})).changes == (words,)


def with_unlocks(problem, unlocks):
    """A plan that places nobody and says that these changes would."""
    summary = Summary(
        people=1, placed=0, unplaced=1, stayed=0, moved=0, placed_by_band={1: (0, 1)},
        cost=0, cost_bound=0, conversions=0, method="network",
    )  # fmt: skip
    unplaced = Unplaced(person="p", reasons=(), unlocks=unlocks)
    return Plan(problem_sha256="", status=Status.OPTIMAL, summary=summary, unplaced=(unplaced,))


def test_the_easiest_changes_come_first_and_the_others_are_counted():
    home = pools("home", conversions=[Conversion(source="m", target="f")], m=(1, "male"), f=(0, "female"))
    problem = ask(
        people("p", gender="none"), [home, service("shut", units=0)], quotas=(Quota(id="q", max_units=0),)
    )
    unlocks = (
        Unlock(kind="pool", service="shut", pool="u"),
        Unlock(kind="pool", service="home", pool="f"),
        Unlock(kind="quota", quota="q"),
        Unlock(kind="conversion", service="home", source="m", target="f"),
    )
    told = waiting(problem, plan=with_unlocks(problem, unlocks), closing=frozenset({"shut"}))
    assert [each.split()[0] for each in told.changes] == ["Convert", "1", "1"]
    assert told.more == 1


def test_where_everybody_has_a_place_nobody_is_told_of():
    briefing = Briefing.of(evidence(ask(people("a"), [service("only")])))
    assert briefing.without.people == ()
    assert briefing.without.changes == ()
    assert briefing.places.everybody.without == 0


# Moves, conversions and proof --------------------------------------------------------------------------


def test_people_who_swap_move_at_the_same_time():
    persons = [*living("one", "a", may_move=True), *living("two", "b", may_move=True)]
    listed = {("a", "one"): 9, ("a", "two"): 0, ("b", "two"): 9, ("b", "one"): 0}
    moves = Briefing.of(evidence(ask(persons, [service("one"), service("two")], listed))).moves
    assert [(each.step, each.person, each.together) for each in moves.first] == [
        (1, "a", True),
        (1, "b", True),
    ]
    assert (moves.people, moves.steps) == (2, 1)


def test_conversions_are_told_with_what_the_plan_allows():
    home = pools("home", conversions=[Conversion(source="m", target="f")], m=(2, "male"), f=(0, "female"))
    limits = Briefing.of(evidence(ask(people("x", gender="female"), [home]))).limits
    (told,) = limits.conversions
    assert (told.service, told.units, told.origin, told.to) == ("home", 1, "men's", "women's")
    assert (limits.converted, limits.conversions_most) == (1, None)


PROBLEM = ask([*people("a"), *people("b", band=2)], [service("only")])


def test_a_plan_that_is_proved_level_by_level_is_told_as_proved_and_checked():
    proof = Briefing.of(evidence(PROBLEM)).proof
    assert proof.verdict == "Proved to be the best, and checked independently."
    assert proof.sound
    assert {each.state for each in proof.levels} == {CHECKED}


@pytest.mark.parametrize(
    ("found", "state", "words"),
    [
        ({"on_trust": ("cost",)}, TRUSTED, "a search that cannot be checked"),
        ({"open_levels": ("cost",)}, OPEN, "a plan that does better in these may exist"),
    ],
)
def test_a_level_that_nobody_checked_is_never_told_as_checked(found, state, words):
    checked = Certification(faults=(), confirmed=("All is well.", "Proved: band 1 people."), **found)
    proof = Briefing.of(evidence(PROBLEM, certification=checked)).proof
    assert proof.verdict == "Highest risk first: proved, and checked independently."
    assert words in proof.meaning
    assert [each.state for each in proof.levels][-1] == state
    assert proof.checked == ("All is well.",)


@pytest.mark.parametrize("found", [{"on_trust": ("band 1 people",)}, {"open_levels": ("band 2 people",)}])
def test_where_a_band_was_not_checked_highest_risk_first_is_not_claimed(found):
    checked = Certification(faults=(), confirmed=("All is well.",), **found)
    proof = Briefing.of(evidence(PROBLEM, certification=checked)).proof
    assert proof.verdict.startswith("The plan is sound. ")
    assert "Highest risk first" not in proof.verdict


def test_a_plan_with_faults_is_told_not_to_be_used():
    checked = Certification(faults=("Somebody has two places.",), confirmed=())
    proof = Briefing.of(evidence(PROBLEM, certification=checked)).proof
    assert proof.verdict == "Do not use this plan: 1 thing is wrong with it."
    assert (proof.sound, proof.faults, proof.levels) == (False, ("Somebody has two places.",), ())


def test_that_no_plan_exists_is_told_with_the_reason():
    quota = Quota(id="two", services=frozenset({"only"}), min_units=2)
    proof = Briefing.of(evidence(ask(people("a"), [service("only")], quotas=(quota,)))).proof
    assert proof.verdict == "There is no plan."
    assert "two" in proof.meaning
    assert not proof.sound
