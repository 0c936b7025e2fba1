"""Every rule is kept, and is needed: without it the engine gives another answer.

Each case is a small problem in which one rule of the format decides. The engine's answer keeps it; the same
problem stated without that rule, and without anything else, makes the engine break it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from allocation.assemble import joined, placements_of
from allocation.choices import Scene
from allocation.facts import Facts
from allocation.problem import Conversion, Gender, Limits, Person, Problem, Quota
from allocation.rules import Programme, _Statement
from allocation.solve import solve, solve_parts
from tests.allocation import verdicts
from tests.allocation.hand_made import ask, living, people, pools, service


def without(*kinds):
    """The programme without its rows of these kinds."""

    def forget(problem):
        whole = Programme.of(Scene.of(problem))
        kept = [row for row, name in enumerate(whole.names) if name[0] not in kinds]
        assert len(kept) < len(whole.names)
        return whole.only(np.arange(whole.width), np.array(kept, dtype=np.int64))

    return forget


def loosened(kind):
    """The programme whose rows of this kind have room for anything: conversions need the rows themselves."""

    def forget(problem):
        whole = Programme.of(Scene.of(problem))
        of_kind = np.array([name[0] == kind for name in whole.names])
        assert of_kind.any()
        return replace(whole, limit=np.where(of_kind, 99, whole.limit))

    return forget


def unbarred(kind):
    """The programme in which no fact of this kind bars anybody."""

    class FewerFacts(Facts):
        def _bar(self, rows, name):
            if name[0] != kind:
                super()._bar(rows, name)

    class Forgetful(_Statement):
        def __init__(self, scene):
            super().__init__(scene)
            self.facts = FewerFacts(scene, self.selection)

    return lambda problem: Forgetful(Scene.of(problem)).programme()


def as_if(change):
    """The programme of another problem: what the engine would see if it did not look at something."""
    return lambda problem: Programme.of(Scene.of(change(problem)))


def of_people(**traits):
    return as_if(
        lambda problem: replace(problem, people=tuple(replace(each, **traits) for each in problem.people))
    )


def with_people(change):
    return as_if(lambda problem: replace(problem, people=tuple(map(change, problem.people))))


def any_gender(problem):
    services = [
        replace(each, pools=tuple(replace(pool, gender=Gender.ANY) for pool in each.pools))
        for each in problem.services
    ]
    return replace(problem, services=tuple(services))


def any_way(problem):
    """Conversions without a cap of their own."""
    whole = Programme.of(Scene.of(problem))
    had = whole.scene.pools.units[whole.conversions.source]
    return replace(whole, conversions=replace(whole.conversions, most=had))


def nobody_forced(problem):
    whole = Programme.of(Scene.of(problem))
    return replace(whole, forced=np.zeros_like(whole.forced))


def of_place(problem):
    """Units that an option gives are not looked at."""
    options = replace(problem.options, units=np.zeros_like(problem.options.units))
    return Programme.of(Scene.of(replace(problem, options=options)))


@dataclass(frozen=True)
class Case:
    """A problem, how to state it without the rule, and who is placed (and where) with and without it."""

    problem: Problem
    forget: Callable[[Problem], Programme]
    kept: dict[str, str]
    broken: dict[str, str]


def man(name, **traits):
    return Person(id=name, gender="male", **traits)


def woman(name, **traits):
    return Person(id=name, gender="female", **traits)


def at(service, *pair):
    return dict.fromkeys(pair, service)


def from_b(*targets):
    return [Conversion(source="a", target="b"), *(Conversion(source="b", target=each) for each in targets)]


TWO = people("ann", "bea")
ONE_UNIT = Quota(id="q", max_units=1)
HOUSE = {"u": (2, "same")}
COUPLE = [man("art", score=1), woman("bea")]
NEAR = {("ann", "s"): 0, ("ann", "t"): 5}

CASES = {
    "a pool has so many units": Case(
        ask(TWO, [service("s")]), without("pool"), at("s", "ann"), at("s", "ann", "bea")
    ),
    "a quota has so many units": Case(
        ask(TWO, [service("s", 2)], quotas=(ONE_UNIT,)),
        without("quota"),
        at("s", "ann"),
        at("s", "ann", "bea"),
    ),
    "a quota has a least": Case(
        ask(
            [Person(id="ann", score=9), Person(id="bea", authority="E")],
            [service("s")],
            quotas=(Quota(id="q", authorities=frozenset("E"), min_units=1),),
        ),
        without("least"),
        at("s", "bea"),
        at("s", "ann"),
    ),
    "only units that a pool had at the start are converted out of it": Case(
        ask(
            [man("art"), man("bob")],
            [pools("s", from_b("c", "d"), a=(1, "female"), b=(1, "female"), c=(0, "male"), d=(0, "male"))],
        ),
        loosened("out"),
        at("s", "art"),
        at("s", "art", "bob"),
    ),
    "a converted unit is no longer where it was": Case(
        ask(
            [man("art"), woman("bea", score=1)],
            [pools("s", [Conversion(source="f", target="m")], m=(0, "male"), f=(1, "female"))],
        ),
        loosened("pool"),
        at("s", "bea"),
        at("s", "art", "bea"),
    ),
    "so many units are converted one way": Case(
        ask(
            [man("art"), man("bob")],
            [pools("s", [Conversion(source="f", target="m", max_units=1)], m=(0, "male"), f=(2, "female"))],
        ),
        any_way,
        at("s", "art"),
        at("s", "art", "bob"),
    ),
    "so many units are converted in the whole plan": Case(
        ask(
            [man("art"), man("bob")],
            [pools("s", [Conversion(source="f", target="m")], m=(0, "male"), f=(2, "female"))],
            limits=Limits(conversions=1),
        ),
        without("conversions"),
        at("s", "art"),
        at("s", "art", "bob"),
    ),
    "so many occupants are moved": Case(
        ask(
            [*living("s", "zed", may_move=True), Person(id="ann")],
            [service("s"), service("t")],
            {("zed", "t"): 0, ("ann", "s"): 0},
            limits=Limits(moves=0),
        ),
        without("moves"),
        at("s", "zed"),
        {"zed": "t", "ann": "s"},
    ),
    "people kept apart are in different services": Case(
        ask(TWO, [service("s", 2)], separations=(("ann", "bea"),)),
        without("apart"),
        at("s", "ann"),
        at("s", "ann", "bea"),
    ),
    "nobody comes to somebody who stays and whom they are kept from": Case(
        ask([*living("s", "zed"), Person(id="ann")], [service("s", 2)], separations=(("ann", "zed"),)),
        unbarred("apart"),
        at("s", "zed"),
        at("s", "zed", "ann"),
    ),
    "a pool of one gender at a time is one gender's": Case(
        ask(COUPLE, [pools("s", **HOUSE)]), without("one"), at("s", "art"), at("s", "art", "bea")
    ),
    "whoever uses a pool of one gender at a time marks it as theirs": Case(
        ask(COUPLE, [pools("s", **HOUSE)]), without("same"), at("s", "art"), at("s", "art", "bea")
    ),
    "who stays settles the gender of a pool of one gender at a time": Case(
        ask([woman("zoe", current_service="s"), man("art")], [pools("s", **HOUSE)]),
        unbarred("same"),
        at("s", "zoe"),
        at("s", "zoe", "art"),
    ),
    "a pool of one gender at a time that is mixed takes nobody new": Case(
        ask(
            [woman("zoe", current_service="s"), man("zac", current_service="s"), man("art")],
            [pools("s", u=(3, "same"))],
        ),
        unbarred("same"),
        at("s", "zac", "zoe"),
        at("s", "zac", "zoe", "art"),
    ),
    "an over-full pool takes nobody new, even as somebody leaves": Case(
        ask(
            [*living("s", "zac", "zoe", may_move=True), Person(id="ann")],
            [service("s"), service("t", 2)],
            {("zac", "t"): 0, ("zoe", "t"): 0, ("ann", "s"): 0},
        ),
        unbarred("pool"),
        at("s", "zac", "zoe"),
        at("s", "zac", "zoe", "ann"),
    ),
    "an over-full quota takes nobody new, even as somebody leaves": Case(
        ask(
            [*living("s", "zac", "zoe", may_move=True), Person(id="ann")],
            [service("s", 3), service("t", 2)],
            {("zac", "t"): 0, ("ann", "s"): 0},
            quotas=(Quota(id="q", services=frozenset({"s"}), max_units=1),),
        ),
        unbarred("quota"),
        at("s", "zac", "zoe"),
        {"zac": "t", "zoe": "s", "ann": "s"},
    ),
    "who need not leave never loses their place": Case(
        ask([*living("s", "zed", may_move=True), Person(id="ann", score=9)], [service("s")]),
        nobody_forced,
        at("s", "zed"),
        at("s", "ann"),
    ),
    "an occupant who may not move stays": Case(
        ask(
            [*living("s", "zed"), Person(id="ann")],
            [service("s"), service("t")],
            {("zed", "t"): 0, ("ann", "s"): 0},
        ),
        of_people(may_move=True),
        at("s", "zed"),
        {"zed": "t", "ann": "s"},
    ),
    "who must leave does not stay": Case(
        ask([*living("s", "ann", must_leave=True)], [service("s"), service("t")], NEAR),
        of_people(must_leave=False),
        at("t", "ann"),
        at("s", "ann"),
    ),
    "a pool for men takes no women": Case(
        ask([woman("bea", score=9), man("art")], [pools("s", m=(1, "male"))]),
        as_if(any_gender),
        at("s", "art"),
        at("s", "bea"),
    ),
    "a household takes its units together": Case(
        ask([Person(id="ann", units=2)], [service("s"), service("t", 2)], NEAR),
        of_people(units=1),
        at("t", "ann"),
        at("s", "ann"),
    ),
    "an option may take other units than the person": Case(
        ask(people("ann"), [service("s"), service("t")], NEAR, {("ann", "s"): 2}),
        of_place,
        at("t", "ann"),
        at("s", "ann"),
    ),
    "nobody goes where they have no option": Case(
        ask(people("ann"), [service("s"), service("t")], {("ann", "t"): 5}),
        as_if(lambda problem: ask(problem.people, problem.services)),
        at("t", "ann"),
        at("s", "ann"),
    ),
}


def placed(problem, programme):
    """Where everybody ends if ``programme`` is all that the engine knows of ``problem``."""
    answers = solve_parts(programme, time_limit_s=30, clock=lambda: 0.0)
    seen = replace(programme, scene=replace(programme.scene, problem=problem))
    return {each.person: each.service for each in placements_of(seen, joined(programme, answers))}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_rule_is_kept(case):
    plan = solve(case.problem)
    assert {each.person: each.service for each in plan.placements} == case.kept
    verdicts.agrees(case.problem, plan)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_without_the_rule_it_is_broken(case):
    assert placed(case.problem, case.forget(case.problem)) == case.broken
