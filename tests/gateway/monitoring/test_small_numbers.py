"""Counts as they are told to those who see figures only."""

import pytest

from gateway.monitoring.small_numbers import told_count


@pytest.mark.parametrize(
    ("count", "told"), [(0, 0), (1, None), (4, None), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15)]
)
def test_a_count_is_told_as_a_multiple_of_five_and_not_at_all_if_it_is_small(count, told):
    assert told_count(count) == told
