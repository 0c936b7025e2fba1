"""A short load, with both web processes restarted under it, loses nothing and doubles nothing."""

import re

import pytest

from tests.databases import server


@pytest.mark.postgresql
def test_a_short_load_with_restarts_loses_and_doubles_nothing(gateway):
    url = server().render_as_string(hide_password=False)
    size = ("--referrals", 1_000, "--people", 12, "--seconds", 20, "--restarts")
    answer = gateway("benchmark", "doors", "--database", url, *size)
    assert "0 faults, 0 lost" in answer.out, answer.out + answer.err
    made, kept = map(int, re.search(r"Offers answered (\d+), in the database (\d+)", answer.out).groups())
    assert made == kept
    assert "invariants broken: 0" in answer.out
    assert int(re.search(r"Web processes restarted: (\d+)", answer.out).group(1)) > 0
