"""The shape of a programme: parts that are independent, people who are interchangeable, rules that nest."""

from itertools import chain, permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allocation import exhaustive
from allocation.choices import Scene
from allocation.problem import Person, Problem, Quota
from allocation.rules import Programme
from allocation.structure import NOBODY, classes, nest, parts, ranks
from tests.allocation.by_method import town
from tests.allocation.hand_made import ask, living, people, service
from tests.allocation.strategies import small_problems
from tests.allocation.verdicts import examples


def programme_of(problem):
    return Programme.of(Scene.of(problem))


# --------------------------------------------------------------------------------------------- parts


@examples(150)
@given(small_problems())
def test_parts_share_nobody_and_no_rule_and_leave_no_column_out(problem):
    whole = programme_of(problem)
    found = parts(whole)
    origins = [each.origin.tolist() for each in found]
    assert sorted(chain(*origins)) == list(range(whole.width))
    assert [min(each) for each in origins] == sorted(min(each) for each in origins)
    who = [person for each in found for person in each.choices.people.tolist()]
    assert len(who) == len(set(who))
    names = [name for each in found for name in each.names]
    assert len(names) == len(set(names))
    touched = {
        name
        for row, name in enumerate(whole.names)
        if whole.matrix.indptr[row] < whole.matrix.indptr[row + 1]
    }
    assert touched <= set(names)


@examples(80)
@given(small_problems())
def test_what_a_part_uses_of_a_rule_is_what_the_whole_uses(problem):
    """Any values of the columns: every rule's use is found in one part, and in no other."""
    whole = programme_of(problem)
    values = np.arange(1, whole.width + 1)
    used = dict(zip(whole.names, whole.used(values).tolist(), strict=True))
    for part in parts(whole):
        own = dict(zip(part.names, part.used(values[part.origin]).tolist(), strict=True))
        assert own.items() <= used.items()
        assert all(
            whole.limit[whole.names.index(name)] == part.limit[at] for at, name in enumerate(part.names)
        )


def test_three_towns_without_a_road_are_three_parts():
    assert len(parts(programme_of(town()))) == 3


def test_a_limit_on_all_moves_joins_what_it_counts():
    persons = [*living("s", "zed", may_move=True), *living("t", "yan", may_move=True)]
    apart = ask(
        persons, [service("s"), service("t"), service("v"), service("w")], {("zed", "v"): 0, ("yan", "w"): 0}
    )
    assert len(parts(programme_of(apart))) == 2
    joined = Problem(
        people=apart.people,
        services=apart.services,
        options=apart.options,
        quotas=(Quota(id="q", services=frozenset("vw"), max_units=1),),
    )
    assert len(parts(programme_of(joined))) == 1


# ------------------------------------------------------------------------------------------- classes


@examples(100)
@given(small_problems(5))
def test_two_people_of_a_class_may_change_places_in_any_plan(problem):
    """Held against the referee: the plan with the two exchanged breaks nothing and costs the same."""
    best = exhaustive.best(problem)
    found = classes(programme_of(problem))
    if best is None:
        return
    ids = [each.id for each in problem.people]
    for at in range(len(found)):
        members = [ids[person] for person in found.people[found.start[at] : found.start[at + 1]]]
        for one, other in permutations(members, 2):
            ends = {**best.assignment, one: best.assignment[other], other: best.assignment[one]}
            assert exhaustive.violations(problem, ends, best.conversions) == []
            assert exhaustive.levels(problem, ends, best.conversions).cost == best.levels.cost


@examples(100)
@given(small_problems())
def test_everybody_with_a_choice_is_in_one_class_and_one_group(problem):
    whole = programme_of(problem)
    found = classes(whole)
    assert sorted(found.people.tolist()) == whole.choices.people.tolist()
    assert found.group_size.sum() == len(found.people)
    rank = ranks(problem)[found.people]
    groups = list(zip(np.repeat(found.group_class, found.group_size), rank, strict=True))
    assert groups == sorted(groups)
    assert np.array_equal(np.repeat(found.group_rank, found.group_size), rank)


def test_people_who_differ_in_anything_that_counts_are_of_different_classes():
    persons = [
        *people("ann", "bea"),
        Person(id="cat", units=2),
        Person(id="dan", authority="E"),
        *living("s", "eve", may_move=True),
        *people("fay", "gus", score=3, band=2),
        *people("hal"),
    ]
    listed = {(each.id, at): cost for each in persons for at, cost in (("s", 1), ("t", 2))}
    listed["hal", "t"] = 3
    quota = Quota(id="q", authorities=frozenset("E"), max_units=2)
    problem = ask(persons, [service("s", 5), service("t", 5)], listed, quotas=(quota,))
    found = classes(programme_of(problem))
    members = [
        {problem.people[person].id for person in found.people[found.start[at] : found.start[at + 1]]}
        for at in range(len(found))
    ]
    assert members == [{"ann", "bea", "fay", "gus"}, {"cat"}, {"dan"}, {"eve"}, {"hal"}]


# ---------------------------------------------------------------------------------------------- nest


SERVICES = ("s1", "s2", "s3", "s4")
sets_of_services = st.lists(
    st.sets(st.sampled_from(SERVICES), min_size=1).map(frozenset), max_size=6, unique=True
)


def family(services, authorities):
    """A problem whose quotas are these sets of services, each for one authority or for all."""
    quotas = tuple(
        Quota(id=f"q{at}", services=each, authorities=who, max_units=1)
        for at, (each, who) in enumerate(zip(services, authorities, strict=False))
    )
    persons = [Person(id=f"p{at}", authority="AB"[at % 2]) for at in range(4)]
    return ask(persons, [service(each) for each in SERVICES], quotas=quotas)


@examples(150)
@given(
    sets_of_services,
    st.lists(st.sampled_from([None, frozenset("A"), frozenset("B")]), min_size=6, max_size=6),
)
def test_rules_that_are_kept_nest_and_the_tree_says_how(services, authorities):
    """Parent: the smallest kept rule that holds this one. Leaf: the smallest that counts a choice."""
    whole = programme_of(family(services, authorities))
    nested = nest(whole)
    count = len(nested.parent)
    matrix = nested.relaxation.matrix[:count, : len(whole.choices)].toarray()
    sets = [frozenset(np.flatnonzero(row).tolist()) for row in matrix]
    assert all(one <= other or other <= one or not one & other for one in sets for other in sets)
    for row, parent in enumerate(nested.parent.tolist()):
        above = chain_above(nested.parent, row)
        assert all(sets[row] <= sets[each] for each in above)
        assert len(above) == sum(
            sets[row] <= each for at, each in enumerate(sets) if at != row and before(sets, row, at)
        )
        assert parent == (above[0] if above else NOBODY)
    for choice, leaf in enumerate(nested.leaf.tolist()):
        counting = {at for at, each in enumerate(sets) if choice in each}
        assert counting == ({leaf, *chain_above(nested.parent, leaf)} if leaf != NOBODY else set())


def before(sets, row, other):
    """Whether ``other`` is outside of ``row``; of two equal sets the earlier rule is the outer one."""
    return sets[row] < sets[other] or (sets[row] == sets[other] and other < row)


def chain_above(parent, row):
    above = []
    while parent[row] != NOBODY:
        row = int(parent[row])
        above.append(row)
    return above


@examples(100)
@given(sets_of_services, st.lists(st.sampled_from([None, frozenset("A")]), min_size=6, max_size=6))
def test_a_rule_is_left_out_only_if_it_crosses_one_that_is_kept(services, authorities):
    whole = programme_of(family(services, authorities))
    kept = set(nest(whole).relaxation.names)
    sets = dict(
        zip(whole.names, (frozenset(np.flatnonzero(row)) for row in whole.matrix.toarray()), strict=True)
    )
    for name in whole.names:
        crosses = [
            other
            for other in kept
            if sets[name] & sets[other] and not (sets[name] <= sets[other] or sets[other] <= sets[name])
        ]
        assert (name in kept) == (not crosses)


@examples(100)
@given(small_problems())
def test_whatever_keeps_all_rules_keeps_the_relaxation_too(problem):
    """Every case counts as one unit there, and no limit is lower: the relaxation rules out no plan."""
    best = exhaustive.best(problem)
    whole = programme_of(problem)
    if best is None:
        return
    relaxed = nest(whole).relaxation
    columns = columns_of(whole, best)
    assert (relaxed.used(columns) <= relaxed.limit).all()
    assert (whole.used(columns) <= whole.limit).all()


def columns_of(whole, best):
    """The referee's plan as values of the programme's columns, shared pools marked."""
    problem, pools = whole.scene.problem, whole.scene.pools
    columns = np.zeros(whole.width, dtype=np.int64)
    for row, (person, pool) in enumerate(zip(whole.choices.person, whole.choices.pool, strict=True)):
        at = (problem.services[int(pools.service[pool])].id, pools.names[pool])
        columns[row] = best.assignment[problem.people[int(person)].id] == at
    ways = whole.conversions
    for at, (source, target) in enumerate(zip(ways.source, ways.target, strict=True)):
        name = (problem.services[int(pools.service[source])].id, pools.names[source], pools.names[target])
        columns[len(whole.choices) + at] = best.conversions.get(name, 0)
    for row, name in enumerate(whole.names):
        if name[0] == "same" and whole.used(columns)[row] > 0:
            shared = np.flatnonzero(whole.matrix[[row]].toarray()[0] < 0)
            columns[shared] = 1
    return columns
