"""Needs are drawn so that both published margins hold, which small cases show by going through every set."""

from itertools import combinations

import numpy as np
import pytest

from scenarios.needs import UnreachableMargins, calibrate, count_shares

NAMES = ("a", "b", "c", "d", "e")
COUNTS = count_shares([40, 30, 30], 2.0, 4)
GROUPS = np.array([0.7, 0.3])
FACTORS = np.array([[1.0, 1.0, 1.0, 1.0, 1.0], [1.0, 3.0, 0.0, 1.0, 1.0]])
COMPLEXITY = np.array([0.0, 0.4, 0.0, -0.3, 0.0])
SHARES = np.array([0.7, 0.5, 0.3, 0.3, 0.2])


def model():
    return calibrate(
        names=NAMES, shares=SHARES, counts=COUNTS, groups=GROUPS, factors=FACTORS, complexity=COMPLEXITY
    )


def sets_of(count):
    return list(combinations(range(len(NAMES)), count))


def chance_of_each_set(weights, count):
    products = np.array([np.prod(weights[list(needs)]) for needs in sets_of(count)])
    return products / products.sum()


def test_the_shares_by_number_keep_the_published_classes_and_the_mean():
    """One and two are as given, three or more together too, and the mean is met by the tail alone."""
    shares = count_shares([42, 24, 34], 2.35, 9)
    assert shares.sum() == pytest.approx(1)
    assert shares[:2] == pytest.approx([0.42, 0.24])
    assert shares @ np.arange(1, 10) == pytest.approx(2.35)
    assert (np.diff(shares[2:]) < 0).all()


@pytest.mark.parametrize("mean", [1.5, 6.0])
def test_a_mean_that_no_tail_can_have_is_refused(mean):
    with pytest.raises(UnreachableMargins, match="needs a household"):
        count_shares([40, 30, 30], mean, 5)


def test_weights_reproduce_the_margins_when_every_set_is_counted():
    """The recursion and the iteration agree with brute force over all sets of needs."""
    found = model()
    reached = np.zeros(len(NAMES))
    for count, share in enumerate(COUNTS, start=1):
        for group, size in enumerate(GROUPS):
            chances = chance_of_each_set(found.weights[min(count, 3) - 1, group], count)
            for needs, chance in zip(sets_of(count), chances, strict=True):
                reached[list(needs)] += share * size * chance
    assert reached == pytest.approx(SHARES, abs=1e-8)


def test_drawn_sets_come_as_often_as_their_weights_say():
    """Every set of two needs, in one group, within four standard errors."""
    found, n = model(), 60_000
    drawn = found.draw(np.zeros(n, dtype=np.int64), np.random.default_rng(5))
    pairs = drawn[drawn.sum(axis=1) == 2]
    expected = chance_of_each_set(found.weights[1, 0], 2)
    seen = np.array([pairs[:, list(needs)].all(axis=1).mean() for needs in sets_of(2)])
    assert (np.abs(seen - expected) < 4 * np.sqrt(expected * (1 - expected) / len(pairs))).all()


def test_nobody_draws_a_need_that_their_group_cannot_have():
    drawn = model().draw(np.ones(5_000, dtype=np.int64), np.random.default_rng(1))
    assert not drawn[:, NAMES.index("c")].any()
    assert (drawn.sum(axis=1) >= 1).all()


def test_a_share_above_those_who_may_have_the_need_is_refused_by_name():
    """Only 70 % may have c, so 80 % cannot."""
    shares = np.array([0.5, 0.3, 0.8, 0.2, 0.2])
    with pytest.raises(UnreachableMargins, match="c"):
        calibrate(
            names=NAMES, shares=shares, counts=COUNTS, groups=GROUPS, factors=FACTORS, complexity=COMPLEXITY
        )
