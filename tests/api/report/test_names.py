"""Ids become plain words."""

import pytest

from allocation.problem import Gender, Pool, Quota
from api.design_system.spoken import counted
from api.report.names import Names, units_for
from gateway.agreements.limit_words import listed

NAMES = Names(
    services={"S-1": "Hub North"},
    authorities={"A": "Dudley", "B": "Walsall"},
    bands={1: "in danger"},
    tags={"arson": "Fire setting"},
)


@pytest.mark.parametrize(
    ("selectors", "words"),
    [
        ({"services": {"S-1"}, "not_authorities": {"A"}}, "Hub North: people from outside Dudley"),
        ({"services": {"S-1"}, "authorities": {"A", "B"}}, "Hub North: people from Dudley or Walsall"),
        ({"services": {"S-1", "S-2"}}, "2 services together: everybody"),
        ({"tags": {"arson"}}, "All services: people with a recorded risk: fire setting"),
        ({"services": {"S-9"}, "tags": {"high-risk"}}, "S-9: people with a recorded risk: high risk"),
        ({"authorities": set("ABCDE")}, "All services: people from any of 5 named authorities"),
        (
            {"services": {"S-1"}, "authorities": {"A"}, "tags": {"arson"}},
            "Hub North: people from Dudley, people with a recorded risk: fire setting",
        ),
    ],
)
def test_a_quota_says_where_it_holds_and_whom_it_counts(selectors, words):
    assert NAMES.quota(Quota(id="q", **{name: frozenset(each) for name, each in selectors.items()})) == words


def test_what_has_no_name_keeps_its_id():
    assert (NAMES.service("S-1"), NAMES.service("S-2")) == ("Hub North (S-1)", "S-2")
    assert (NAMES.authority("A"), NAMES.authority("Z")) == ("Dudley", "Z")
    assert (NAMES.band(1), NAMES.band(2)) == ("in danger", "")


@pytest.mark.parametrize(
    ("gender", "words"),
    [
        ("any", "2 units for anyone"),
        ("male", "2 units for men"),
        ("female", "2 units for women"),
        ("same", "2 units in a shared house of one gender"),
    ],
)
def test_units_say_whom_they_are_for(gender, words):
    assert units_for(Pool(id="u", units=3, gender=Gender(gender)), 2) == words


def test_numbers_and_lists_read_as_english():
    assert (counted(1, "unit"), counted(1200, "unit"), counted(0, "person", "people")) == (
        "1 unit",
        "1,200 units",
        "0 people",
    )
    assert [listed(list(words), "and") for words in ("", "a", "ab", "abc")] == [
        "nobody",
        "a",
        "a and b",
        "a, b and c",
    ]
