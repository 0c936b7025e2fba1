"""``gateway benchmark store``: beside ``gateway benchmark``, and it refuses what it cannot measure on."""

import pytest

from tests.api.test_bad_input import refused


@pytest.mark.parametrize(
    ("database", "word"),
    [
        ("sqlite:///gateway.db", "PostgreSQL"),
        ("nonsense", "no address"),
        ("postgresql://postgres@127.0.0.1:1/postgres", "does not answer"),
    ],
)
def test_a_database_that_cannot_be_measured_on_is_refused_before_anything_is_filled(gateway, database, word):
    assert refused(gateway("benchmark", "store", "--database", database), "--database", word)


def test_too_few_referrals_for_a_tenth_of_them_to_be_a_store_are_refused(gateway):
    assert refused(gateway("benchmark", "store", "--referrals", "999"), "--referrals", "1000")


def test_the_benchmark_names_both_its_sizes_and_the_store(gateway):
    answer = gateway("benchmark", "--help")
    assert answer.status == 0
    assert "--size" in answer.out
    assert "store" in answer.out
