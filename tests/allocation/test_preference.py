"""What a suitable place costs: each part counts as the page says, and one pair agrees with many at once."""

import math
import re
from itertools import permutations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.preference import (
    CODES,
    DISTANCE_BANDS_KM,
    LATER_WISH,
    MOST_POINTS,
    MOVING,
    NOT_WISHED,
    OTHER_AUTHORITY,
    OTHER_TIER,
    PAIRS_AT_ONCE,
    TIER_POINTS,
    Line,
    cost,
    costs,
    lines,
    tier_points,
    wish_points,
)
from allocation.problem import Person, Pool, Problem, Service

PAGE = (Path(__file__).parents[2] / "docs" / "eligibility-and-preference.md").read_text()
HOME = (52.0, -2.0)
KM_PER_DEGREE = 6371.0088 * math.pi / 180


def service(name="S-05", **facts):
    return Service(id=name, pools=(Pool(id="x", units=1),), **facts)


def person(**facts):
    return Person(id="R-1", **facts)


def north(km):
    """The place this many kilometres north of home."""
    return (HOME[0] + km / KM_PER_DEGREE, HOME[1])


def line(code, who, where):
    (found,) = [each for each in lines(who, where) if each.code == code]
    return found


@pytest.mark.parametrize(
    ("who", "where", "expected"),
    [
        (
            person(tier="hub"),
            service(tier="hub"),
            Line("tier", 0, "S-05 is of the tier asked for, hub."),
        ),
        (
            person(tier="hub"),
            service(tier="local"),
            Line("tier", 10, "S-05 is of tier local, where hub was asked for."),
        ),
        (
            person(),
            service(tier="hub"),
            Line("tier", 0, "No tier was asked for, so the tier of S-05 counts nothing."),
        ),
        (
            person(tier="hub"),
            service(),
            Line("tier", 0, "The tier of S-05 is not recorded, so it counts nothing."),
        ),
        (
            person(authority="E1"),
            service(authority="E1"),
            Line("home_authority", 0, "S-05 is in the person's own authority."),
        ),
        (
            person(authority="E1"),
            service(authority="E2"),
            Line("home_authority", 4, "S-05 is in another authority than the person's own."),
        ),
        (
            person(),
            service(authority="E2"),
            Line("home_authority", 0, "The person's authority is not recorded, so it counts nothing."),
        ),
        (
            person(authority="E1"),
            service(),
            Line("home_authority", 0, "The authority of S-05 is not recorded, so it counts nothing."),
        ),
        (
            person(authority="E1", avoid_areas=frozenset({"E3"})),
            service(authority="E2"),
            Line(
                "home_authority",
                0,
                "The person has areas to avoid, so being in the home authority counts nothing.",
            ),
        ),
        (
            person(home=HOME),
            service(location=north(3)),
            Line("distance", 0, "S-05 is under 5 km from where the person comes from."),
        ),
        (
            person(home=HOME),
            service(location=north(12)),
            Line("distance", 2, "S-05 is 10 to 20 km from where the person comes from."),
        ),
        (
            person(home=HOME),
            service(location=north(900)),
            Line("distance", 5, "S-05 is 80 km or more from where the person comes from."),
        ),
        (
            person(),
            service(location=HOME),
            Line(
                "distance", 0, "Where the person comes from is not recorded, so the distance counts nothing."
            ),
        ),
        (
            person(home=HOME),
            service(),
            Line("distance", 0, "Where S-05 is, is not recorded, so the distance counts nothing."),
        ),
        (
            person(home=HOME),
            service(location=north(90), tier="floating"),
            Line("distance", 0, "Support from S-05 comes to the person, so the distance counts nothing."),
        ),
        (
            person(home=HOME, avoid_areas=frozenset({"E3"})),
            service(location=north(90)),
            Line("distance", 0, "The person has areas to avoid, so being near home counts nothing."),
        ),
        (person(), service(), Line("wish", 0, "The person has stated no wish.")),
        (
            person(prefers=("S-05", "S-06")),
            service(),
            Line("wish", 0, "S-05 is the person's wish 1 of 2."),
        ),
        (
            person(prefers=("S-06", "S-05")),
            service(),
            Line("wish", 1, "S-05 is the person's wish 2 of 2."),
        ),
        (
            person(prefers=("S-06",)),
            service(),
            Line("wish", 4, "S-05 is not among the person's wishes."),
        ),
        (person(), service(), Line("moving", 0, "The person lives in none of these services.")),
        (
            person(current_service="S-05"),
            service(),
            Line("moving", 0, "The person lives at S-05 already."),
        ),
        (
            person(current_service="S-06"),
            service(),
            Line("moving", 6, "The person would leave S-06, which they need not."),
        ),
        (
            person(current_service="S-06", must_leave=True),
            service(),
            Line("moving", 0, "The person must leave S-06 in any case."),
        ),
    ],
)
def test_each_part_of_a_cost_has_its_points_and_a_sentence_even_where_it_counts_nothing(who, where, expected):
    assert line(expected.code, who, where) == expected


def test_a_cost_always_has_the_same_five_parts_and_is_their_sum():
    who = person(tier="hub", authority="E1", home=HOME, prefers=("S-06",), current_service="S-06")
    where = service(tier="floating", authority="E2", location=north(500))
    parts = lines(who, where)
    assert tuple(each.code for each in parts) == CODES
    assert [each.points for each in parts] == [20, 4, 0, 4, 6]
    assert cost(who, where) == 34


def test_the_most_points_are_reached_and_never_passed():
    who = person(tier="hub", authority="E1", home=HOME, prefers=("S-06",), current_service="S-06")
    assert cost(who, service(tier="elsewhere", authority="E2", location=north(500))) == MOST_POINTS


@pytest.mark.parametrize(("points", "edge"), list(enumerate(DISTANCE_BANDS_KM)))
def test_a_distance_costs_one_point_more_from_each_edge_on(points, edge):
    metre = 0.001
    who = person(home=HOME)
    assert line("distance", who, service(location=north(edge - metre))).points == points
    assert line("distance", who, service(location=north(edge + metre))).points == points + 1


def test_distance_follows_the_great_circle():
    """Near the pole a degree of longitude is short, and the shortest way crosses the date line."""
    across = person(home=(89.99, 0.0))
    assert line("distance", across, service(location=(89.99, 180.0))).points == 0
    there = person(home=(0.0, 179.99))
    assert line("distance", there, service(location=(0.0, -179.99))).points == 0


def test_every_move_between_two_tiers_has_points_and_no_move_has_none():
    tiers = {tier for move in TIER_POINTS for tier in move}
    assert tiers == {"hub", "local", "floating"}
    assert set(TIER_POINTS) == set(permutations(tiers, 2))
    assert all(tier_points(tier, tier) == 0 for tier in tiers)


def test_tiers_are_a_graph_and_not_a_ladder():
    """From floating support straight to a hub costs less than the climb by way of local support."""
    climb = TIER_POINTS["floating", "local"] + TIER_POINTS["local", "hub"]
    assert TIER_POINTS["floating", "hub"] < climb


def test_a_tier_no_one_declared_is_as_far_as_the_widest_gap():
    assert tier_points("hub", "night-shelter") == OTHER_TIER == max(TIER_POINTS.values())
    assert tier_points("night-shelter", "night-shelter") == 0


def test_too_little_support_weighs_more_than_one_tier_too_much():
    too_little = [TIER_POINTS[move] for move in (("hub", "local"), ("local", "floating"))]
    too_much = [TIER_POINTS[move] for move in (("local", "hub"), ("floating", "local"))]
    assert min(too_little) > max(too_much)


def test_only_a_tier_that_does_not_fit_is_worth_moving_somebody_for_by_itself():
    lesser = (OTHER_AUTHORITY, len(DISTANCE_BANDS_KM), NOT_WISHED)
    assert max(lesser) < MOVING < min(TIER_POINTS.values())
    assert sum(sorted(lesser)[:2]) > MOVING


def test_any_wish_is_better_than_none_and_an_earlier_one_is_never_worse():
    points = [wish_points(rank) for rank in range(50)]
    assert points[0] == 0
    assert points[1] == LATER_WISH
    assert points == sorted(points)
    assert points[-1] < NOT_WISHED


def test_a_sentence_tells_the_band_of_a_distance_and_no_place():
    text = " ".join(each.sentence for each in lines(person(home=HOME), service(location=(52.31, -2.17))))
    assert "20 to 40 km" in text
    assert not re.search(r"52\.|2\.17|-2", text)


# ------------------------------------------------------------------------------------- many at once

NAMES = ("S-1", "S-2", "S-3", "S-4", "S-5")
tiers = st.sampled_from([None, "hub", "local", "floating", "night-shelter"])
authorities = st.sampled_from([None, "E1", "E2"])
places = st.none() | st.tuples(st.floats(51.5, 53), st.floats(-3, -1))


@st.composite
def people(draw, name):
    return Person(
        id=name,
        tier=draw(tiers),
        authority=draw(authorities),
        home=draw(places),
        avoid_areas=draw(st.sampled_from([frozenset(), frozenset({"E1"})])),
        prefers=tuple(draw(st.lists(st.sampled_from(NAMES), unique=True))),
        current_service=draw(st.none() | st.sampled_from(NAMES)),
        must_leave=draw(st.booleans()),
    )


@st.composite
def problems(draw):
    return Problem(
        people=tuple(draw(people(f"R-{at}")) for at in range(draw(st.integers(1, 4)))),
        services=tuple(
            service(name, tier=draw(tiers), authority=draw(authorities), location=draw(places))
            for name in NAMES
        ),
    )


@given(each=problems(), order=st.randoms(use_true_random=False))
def test_the_costs_of_many_pairs_are_the_costs_of_each(each, order):
    """Exactly, in any order of pairs, repeated or not."""
    pairs = list(product(range(len(each.people)), range(len(each.services)))) * 2
    order.shuffle(pairs)
    who, where = np.array(pairs, dtype=np.int64).T
    expected = [cost(each.people[a], each.services[b]) for a, b in pairs]
    assert costs(each, who, where).tolist() == expected
    assert all(0 <= points <= MOST_POINTS for points in expected)


@given(each=problems())
def test_the_parts_of_every_cost_add_up_and_none_is_negative(each):
    for who, where in product(each.people, each.services):
        parts = lines(who, where)
        assert tuple(part.code for part in parts) == CODES
        assert min(part.points for part in parts) >= 0
        assert sum(part.points for part in parts) == cost(who, where)


def test_more_pairs_than_are_looked_at_together_are_all_costed():
    who = person(authority="E1")
    problem = Problem(
        people=(who,), services=(service("S-1", authority="E1"), service("S-2", authority="E2"))
    )
    where = np.arange(PAIRS_AT_ONCE + 3, dtype=np.int64) % 2
    assert (costs(problem, np.zeros_like(where), where) == OTHER_AUTHORITY * where).all()


def test_no_pairs_cost_nothing():
    none = np.zeros(0, dtype=np.int64)
    assert costs(Problem(people=(), services=()), none, none).tolist() == []


# ------------------------------------------------------------------------------------------- the page


def rows(heading):
    """The cells of the table under the row that starts with these cells."""
    table = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table[1].splitlines()]


def test_the_page_gives_the_points_of_every_move_between_tiers():
    *moves, (_, _, other, _) = rows("asked for | offered")
    assert {(asked, offered): int(points) for asked, offered, points, _ in moves} == TIER_POINTS
    assert int(other) == OTHER_TIER


def test_the_page_gives_every_other_number_too():
    given_points = rows("code | what counts")
    assert list(dict.fromkeys(cells[0].strip("`") for cells in given_points)) == list(CODES)
    _, authority, distance, wish, no_wish, moving = (cells[2] for cells in given_points)
    assert int(authority) == OTHER_AUTHORITY
    assert distance == f"1 from each of these on, at most {len(DISTANCE_BANDS_KM)}"
    assert wish == f"{wish_points(1)}, {wish_points(2)}, and {wish_points(99)} for every later one"
    assert wish_points(3) == wish_points(99)
    assert int(no_wish) == NOT_WISHED
    assert int(moving) == MOVING
    assert f"{', '.join(map(str, DISTANCE_BANDS_KM))} km" in given_points[2][1]
    assert f"it\nis at most {MOST_POINTS}." in PAGE
