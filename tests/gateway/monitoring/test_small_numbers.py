"""No small count is told, and none can be worked out: whoever knows the rule tries every possibility."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.monitoring.small_numbers import FEWEST, told_count, told_counts, told_share, told_spread

SMALL = set(range(1, FEWEST))
columns = st.lists(st.integers(0, 14), min_size=1, max_size=4).map(
    lambda counts: {f"row {number}": count for number, count in enumerate(counts)}
)


def possible(told):
    """The true counts of which this may be told; of a hidden one nobody knows how large it is at most."""
    if told is None:
        return range(1, 16)
    return [count for count in range(told + 5) if told_count(count) == told]


def imaginable(told):
    """Every column of true counts that would be told so."""
    for counts in product(*(possible(each) for each in told.rows.values())):
        if told.total is None or told_count(sum(counts)) == told.total:
            yield counts


@given(columns)
def test_a_hidden_small_count_could_be_any_of_the_small_ones(rows):
    told = told_counts(rows)
    seen = [set() for _ in rows]
    for counts in imaginable(told):
        for place, count in enumerate(counts):
            seen[place].add(count)
    for place, count in enumerate(rows.values()):
        if count in SMALL:
            assert seen[place] >= SMALL, (rows, told)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 10_000), max_size=12))
def test_what_is_told_is_nought_or_a_rounded_count_that_is_large_enough(rows):
    told = told_counts(rows)
    for key, count in rows.items():
        if told.rows[key] is None:
            assert count > 0
            continue
        assert told.rows[key] % 5 == 0
        assert abs(told.rows[key] - count) <= 2
        assert (told.rows[key] == 0) == (count == 0)
    total = sum(rows.values())
    assert told.total is None or abs(told.total - total) <= 2
    if not any(count in SMALL for count in rows.values()):
        assert None not in told.rows.values()
        assert told.total == told_count(total)


@pytest.mark.parametrize(
    ("rows", "told", "total"),
    [
        ({}, {}, 0),
        ({"a": 0}, {"a": 0}, 0),
        ({"a": 3}, {"a": None}, None),
        ({"a": 3, "b": 100}, {"a": None, "b": 100}, 105),  # rounding leaves room for 1 to 4
        ({"a": 1, "b": 5}, {"a": None, "b": None}, 5),  # here it leaves room for 1 and 2 only
        ({"a": 1, "b": 5, "c": 5}, {"a": None, "b": None, "c": 5}, 10),
        ({"a": 3, "b": 100, "c": 100, "d": 100}, {"a": None, "b": 100, "c": 100, "d": 100}, 305),
        ({"a": 1, "b": 2, "c": 50}, {"a": None, "b": None, "c": 50}, 55),
    ],
)
def test_examples(rows, told, total):
    found = told_counts(rows)
    assert (dict(found.rows), found.total) == (told, total)


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(None, 10, None), (5, None, None), (0, 0, None), (5, 10, 50), (10, 5, 100)]
)
def test_a_share_is_of_what_is_told(part, whole, share):
    assert told_share(part, whole) == share


def test_a_spread_is_told_of_enough_people_only():
    assert (told_spread([]).people, told_spread([]).median) == (0, None)
    assert (told_spread([9] * 4).people, told_spread([9] * 4).median) == (None, None)
    assert (told_spread([5, 1, 4, 2, 3]).median, told_spread([5, 1, 4, 2, 3]).p90) == (3, None)
    assert (told_spread(range(1, 21)).median, told_spread(range(1, 21)).p90) == (10, 18)
