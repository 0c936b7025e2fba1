"""Officers find people by name, date of birth or number, though the database holds none of them readably."""

from dataclasses import replace
from datetime import date

import pytest

from gateway.people.enter_person import enter_person
from gateway.people.merge_people import merge_people
from gateway.people.references import Reference, ReferenceKind
from gateway.people.search import Sought, find_people
from gateway.refusals import Invalid
from tests.gateway.ground import NOW, OFFICER
from tests.gateway.people.test_details import details
from tests.gateway.people.test_possible_duplicates import enter, queries

NUMBER = Reference(kind=ReferenceKind.PRISON_NUMBER, value="A1234BC")
CROWD = {
    "zoe": details(forename="Zoë", surname="Reyes", born=date(1990, 3, 4), references=(NUMBER,)),
    "zoe2": details(forename="Zoe", surname="Marlow", born=date(1971, 12, 30)),
    "paul": details(forename="Paul", surname="Reyes-Marlow", born=date(1990, 3, 4)),
    "jane": details(forename="Mary-Jane", surname="O'Neill", known_as="MJ"),
}


def find(store, most=50, **sought):
    with store.reading() as work:
        return find_people(work, Sought(**sought), by=OFFICER, at=NOW, most=most)


def test_all_that_is_sought_must_fit(store):
    ids = dict(zip(enter(store, *CROWD.values()), CROWD, strict=True))
    searches = [
        ({"name": "zoe"}, {"zoe", "zoe2"}),
        ({"name": "reyes"}, {"zoe", "paul"}),
        ({"name": "Reyes Zoe"}, {"zoe"}),
        ({"name": "zoe", "born": date(1990, 3, 4)}, {"zoe"}),
        ({"born": date(1990, 3, 4)}, {"zoe", "paul"}),
        ({"born": date(1990, 4, 3)}, {"zoe", "paul"}),
        ({"born": date(1990, 3, 5)}, set()),
        ({"name": "o neill"}, {"jane"}),
        ({"name": "maryjane"}, {"jane"}),
        ({"name": "mj"}, {"jane"}),
        ({"reference": replace(NUMBER, value="a1234 bc")}, {"zoe"}),
        ({"reference": NUMBER, "name": "paul"}, set()),
        ({"name": "Łukasz"}, set()),
    ]
    for sought, expected in searches:
        found = find(store, **sought)
        assert {ids[each.person_id] for each in found.people} == expected, sought
        assert not found.more


def test_the_likeliest_come_first_and_more_is_said_when_not_all_are_listed(store):
    smyth, smith = (details(forename="Zoe", surname=surname) for surname in ("Smyth", "Smith"))
    ids = enter(store, smyth, smith, smith, smith)
    found = find(store, name="Zoe Smith")
    assert [each.person_id for each in found.people] == [*sorted(ids[1:]), ids[0]]
    assert find(store, name="Zoe Smith", most=2).more


def test_merged_people_are_found_by_any_of_their_names_and_listed_once(store):
    one, other = enter(store, CROWD["zoe"], CROWD["zoe2"])
    store.transact(lambda work: merge_people(one, other, why="x", by=OFFICER, at=NOW, work=work))
    for name in ("Zoe Reyes", "Zoe Marlow"):
        (found,) = find(store, name=name).people
        assert (found.person_id, found.surname) == (other, "Marlow")


def test_a_search_is_three_queries_and_one_that_finds_nobody_is_one(store):
    store.transact(lambda work: [enter_person(CROWD["zoe"], by=OFFICER, at=NOW, work=work) for _ in range(9)])
    assert queries(store, lambda: find(store, name="Zoe")) == 3
    assert queries(store, lambda: find(store, name="Paul")) == 1


def test_a_search_for_nothing_is_refused():
    for sought in ({}, {"name": " "}, {"name": "?!"}):
        with pytest.raises(Invalid):
            Sought(**sought)
