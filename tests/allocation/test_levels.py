"""Any prices bound every plan, in whole numbers of any size."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation import exhaustive
from allocation.choices import Scene
from allocation.levels import bound, combined, last_bound, levels_of, priority, surplus
from allocation.problem import Person
from allocation.rules import Programme
from tests.allocation.hand_made import ask, living, people, service
from tests.allocation.strategies import small_problems
from tests.allocation.test_structure import columns_of
from tests.allocation.verdicts import examples


def programme_of(problem):
    return Programme.of(Scene.of(problem))


sizes = st.sampled_from([1, 3, 10**9, 2**40, 2**60])


@st.composite
def prices_for(draw, whole):
    """A price for every rule, none below 0."""
    size = draw(sizes)
    each = st.integers(0, 4).map(lambda price: price * size)
    return np.array(draw(st.tuples(*[each] * len(whole.names))), dtype=np.int64)


@examples(200)
@given(st.data())
def test_no_plan_is_worth_more_than_any_prices_allow(data):
    problem = data.draw(small_problems())
    best, whole = exhaustive.best(problem), programme_of(problem)
    if best is None:
        return
    columns = columns_of(whole, best)
    prices, per = data.draw(prices_for(whole)), data.draw(st.sampled_from([1, 2, 10**9]))
    for level in levels_of(whole):
        assert per * level.value(whole, columns) <= bound(whole, level, prices, per)


def in_any_size(whole, level, prices, per):
    """Lagrange's bound, written out in whole numbers without end."""
    matrix = whole.matrix.toarray().astype(object)
    worth = per * level.worth(whole).astype(object) - matrix.T @ prices.astype(object)
    most = sum(int(price) * int(limit) for price, limit in zip(prices, whole.limit, strict=True))
    rest = zip(worth[len(whole.choices) :], whole.upper.tolist(), strict=True)
    most += sum(max(0, int(each)) * upper for each, upper in rest)
    for person in whole.choices.people.tolist():
        rows = np.flatnonzero((whole.choices.person == person) & whole.possible)
        of_places = [int(worth[row]) for row in rows]
        most += max(of_places) if whole.forced[person] else max(0, *of_places, 0)
    return most


@examples(200)
@given(st.data())
def test_a_bound_is_the_same_whether_it_fits_in_64_bits_or_not(data):
    whole = programme_of(data.draw(small_problems()))
    prices, per = data.draw(prices_for(whole)), data.draw(st.sampled_from([1, 10**9, 10**20]))
    for level in levels_of(whole):
        assert bound(whole, level, prices, per) == in_any_size(whole, level, prices, per)


def test_surplus_is_exact_beyond_64_bits():
    whole = programme_of(ask(people("ann"), [service("s")], {("ann", "s"): 7}))
    cost = levels_of(whole)[-1]
    huge = surplus(whole, cost, np.array([2**62 - 1]), 10**30)
    assert huge.tolist() == [-7 * 10**30 - (2**62 - 1)]


def test_a_negative_price_is_refused():
    whole = programme_of(ask(people("ann"), [service("s")]))
    with pytest.raises(ValueError, match="negative"):
        bound(whole, levels_of(whole)[0], np.array([-1]), 1)


def test_weights_add_up_beyond_64_bits():
    whole = programme_of(ask([Person(id="ann", score=4)], [service("s")]))
    people_level, score, cost = levels_of(whole)
    both = combined(whole, (people_level, score, cost), {"band 1 people": 2**62, "band 1 score": 2**62})
    assert [int(each) for each in both.worth(whole)] == [5 * 2**62]


def test_the_last_bound_is_what_is_left_after_the_earlier_levels():
    whole = programme_of(ask([Person(id="ann", score=4)], [service("s")]))
    levels = levels_of(whole)[:2]
    assert last_bound(100, 2, levels, (3, 0), {"band 1 people": 5, "band 1 score": 4}) == (100 - 2 * 15) // 8


def test_levels_are_bands_in_order_then_cost_then_moves():
    persons = [
        Person(id="ann", band=2, score=1),
        Person(id="bea", band=1),
        *living("s", "zed", may_move=True, band=3, score=9),
    ]
    whole = programme_of(ask(persons, [service("s", 3), service("t")]))
    assert [level.name for level in levels_of(whole)] == [
        "band 1 people",
        "band 2 people",
        "band 2 score",
        "cost",
        "moved",
    ]


@examples(100)
@given(small_problems().filter(lambda problem: len(programme_of(problem).choices) > 0))
def test_a_person_of_an_earlier_rank_outweighs_all_costs_and_moves(problem):
    whole = programme_of(problem)
    level, step = priority(whole)
    ends = [abs(int(each)) for each in level.column]
    dearest = sum(
        max(ends[row] for row in np.flatnonzero(whole.choices.person == person))
        for person in whole.choices.people.tolist()
    )
    rest = zip(ends[len(whole.choices) :], whole.upper.tolist(), strict=True)
    assert step > dearest + sum(each * upper for each, upper in rest)
    assert (level.person >= step).all()


def test_the_priority_of_thousands_at_the_largest_costs_does_not_wrap_round():
    """Each rank's weight is a whole number of any size, never one that has lost its upper bits."""
    persons = [Person(id=f"p{at:04}", score=10**9 - at) for at in range(3000)]
    problem = ask([*persons, *living("s", "zed", may_move=True)], [service("s")])
    dear = replace(problem.options, cost=np.full(len(problem.options), 10**9))
    level, step = priority(programme_of(replace(problem, options=dear)))
    assert int(level.person[0]) == step * 3001
