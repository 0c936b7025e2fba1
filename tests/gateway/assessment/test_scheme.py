"""A scheme is whole and runs one way, or it does not exist."""

import copy
import pickle
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.assessment.referral import FIXED_COLUMNS
from gateway.assessment.scheme import InvalidScheme, UnknownScheme, shipped_names, shipped_scheme
from gateway.assessment.scheme_parts import Band, Condition, Deadline, Item, Level, Waiting, YesNo
from tests.gateway.assessment.people import NDT

LEVELS = list(product(*(range(len(fact.level_names)) for fact in NDT.urgency)))


def band(number, *conditions):
    return Band(number=number, label="a label", when=conditions, source="local-default")


def need(at_least=None, at_most=None):
    return Condition(at_least=at_least, at_most=at_most)


def faults(**changes):
    with pytest.raises(InvalidScheme) as caught:
        replace(NDT, **changes)
    return list(caught.value.faults)


def test_the_new_directions_team_assessment_has_ten_items_and_two_that_count_double():
    assert [item.highest for item in NDT.items] == [4, 4, 4, 8, 8, 4, 4, 4, 4, 4]
    assert [item.key for item in NDT.items if item.weight == 2] == ["risk_to_others", "risk_from_others"]
    assert all(item.scores == tuple(item.weight * step for step in range(5)) for item in NDT.items)
    assert NDT.needs == range(49)


def test_every_combination_of_facts_and_every_need_score_has_exactly_one_of_five_bands():
    """Asked of the conditions themselves, not of the table that the scheme keeps."""
    for levels, total in product(LEVELS, NDT.needs):
        named = {fact.key: fact.level_names[level] for fact, level in zip(NDT.urgency, levels, strict=True)}
        takers = [each.number for each in NDT.bands if any(line.holds(named, total) for line in each.when)]
        assert takers == [NDT.band_of(levels, total)]
    assert {NDT.band_of(levels, total) for levels, total in product(LEVELS, NDT.needs)} == {1, 2, 3, 4, 5}


def test_the_place_in_a_band_orders_as_the_list_of_its_digits_does():
    keys = [(levels, total, week) for levels in LEVELS for total in (0, 1, 47, 48) for week in (0, 1, 26)]
    numbers = [NDT.order_of(levels, total, week * 7) for levels, total, week in keys]
    assert sorted(numbers) == numbers
    assert len(set(numbers)) == len(numbers)
    assert (numbers[0], numbers[-1]) == (0, 2 * 5 * 2 * 49 * 27 - 1)


def test_every_threshold_that_no_source_gives_is_listed_for_the_authority_to_confirm():
    assert "Duty or discharge date: within 14 days" in NDT.local_defaults
    assert "Waiting counts by 7 days up to 182" in NDT.local_defaults
    assert sum(setting.startswith("Band ") for setting in NDT.local_defaults) == 5


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_scheme_is_found_by_the_name_it_has_inside(name):
    assert shipped_scheme(name).name == name


@pytest.mark.parametrize("name", ["new-directions", "", "../new-directions-team"])
def test_a_scheme_that_is_not_shipped_is_answered_with_those_that_are(name):
    with pytest.raises(UnknownScheme, match="there is new-directions-team"):
        shipped_scheme(name)


def test_a_scheme_can_be_copied_and_sent_to_another_process():
    sent = pickle.loads(pickle.dumps(NDT))  # noqa: S301  its own bytes
    assert sent == NDT == copy.deepcopy(NDT)
    assert sent.band_of((0, 0, 0), 29) == 4


@given(st.data())
def test_a_need_score_that_no_band_takes_is_found_wherever_it_lies(data):
    start = data.draw(st.integers(1, 48))
    stop = data.draw(st.integers(start, 48))
    two = (band(1, need(at_least=stop + 1)), band(2, need(at_most=start - 1)))
    if stop == 48:
        two = (band(1, need(at_most=start - 1)),)
    scores = str(start) if start == stop else f"{start} to {stop}"
    told = [f"gap: no band takes {each}need score {scores}" for each in spoken_levels()]
    assert faults(bands=two) == [("bands", text) for text in told]


@given(st.data())
def test_a_need_score_that_two_bands_take_is_found_wherever_it_lies(data):
    start = data.draw(st.integers(1, 47))
    stop = data.draw(st.integers(start, 47))
    two = (band(1, need(at_least=start)), band(2, need(at_most=stop)))
    scores = str(start) if start == stop else f"{start} to {stop}"
    told = [f"bands 1 and 2 overlap: {each}need score {scores}" for each in spoken_levels()]
    assert faults(bands=two) == [("bands", text) for text in told]


def spoken_levels():
    for levels in LEVELS:
        named = zip(NDT.urgency, levels, strict=True)
        yield "".join(f"{fact.key} {fact.level_names[level]}, " for fact, level in named)


def test_a_gap_in_one_combination_of_facts_alone_is_found():
    nearly = Condition(facts=(("immediate_safety", frozenset({"yes"})), ("deadline", frozenset({"none"}))))
    told = faults(bands=(band(1, nearly), *NDT.bands[1:]))
    assert len(told) == 8
    where = "immediate_safety yes, deadline within-14-days, sleeping_rough no, need score 0 to 48"
    assert told[0] == ("bands", f"gap: no band takes {where}")


def test_a_band_that_takes_nobody_is_refused():
    assert faults(bands=(band(1, need()), band(2))) == [("bands[1].when", "band 2 takes nobody")]


def test_bands_in_which_more_need_lowers_priority_are_refused():
    upside_down = (band(1, need(at_most=19)), band(2, need(at_least=20)))
    told = faults(bands=upside_down)
    assert len(told) == len(LEVELS)
    assert all(text.startswith("more need lowers priority: ") for _, text in told)
    assert all(text.endswith("need score 19 to 20") for _, text in told)


def test_bands_in_which_more_urgency_lowers_priority_are_refused():
    rough, housed = (Condition(facts=(("sleeping_rough", frozenset({each})),)) for each in ("yes", "no"))
    told = faults(bands=(band(1, housed), band(2, rough)))
    assert len(told) == len(LEVELS) // 2
    assert told[0][1] == (
        "more urgency lowers priority: immediate_safety no, deadline none, sleeping_rough no, "
        "need score 0, sleeping_rough to yes"
    )


def test_bands_may_mix_need_and_urgency_as_long_as_both_run_one_way():
    rough, housed = (("sleeping_rough", frozenset({each})) for each in ("yes", "no"))
    mixed = (
        band(1, Condition(facts=(rough,), at_least=25)),
        band(2, Condition(facts=(housed,), at_least=25), Condition(facts=(rough,), at_most=24)),
        band(3, Condition(facts=(housed,), at_most=24)),
    )
    scheme = replace(NDT, bands=mixed)
    assert [
        scheme.band_of((0, 0, rough), total) for rough, total in ((1, 25), (1, 24), (0, 25), (0, 24))
    ] == [*(1, 2, 2, 3)]


def item(key="mood", scores=(0, 1, 2), weight=1, source="ndt"):
    return Item(key=key, label="Mood", scores=scores, weight=weight, source=source)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (item(scores=(2, 1, 0)), (".scores", "do not rise: a higher score must mean more need")),
        (item(scores=(0, 1, 1)), (".scores", "do not rise: a higher score must mean more need")),
        (item(scores=(0,)), (".scores", "has fewer than two scores")),
        (item(scores=(-1, 0)), (".scores", "are not all from 0 to 1000")),
        (item(scores=(0, 1001)), (".scores", "are not all from 0 to 1000")),
        (item(scores=(0, 2, 3), weight=2), (".scores", "are not all multiples of the weight 2")),
        (item(weight=0), (".weight", "is not 1 or more")),
        (item(key="Mood"), (".key", "is not small letters, digits and underscores, or is need or waiting")),
        (
            item(key="waiting"),
            (".key", "is not small letters, digits and underscores, or is need or waiting"),
        ),
        (item(key="age"), (".key", "age is already a column of every referral file")),
    ],
)
def test_an_item_that_does_not_add_up_is_refused(wrong, fault):
    path, problem = fault
    assert faults(items=(*NDT.items, wrong)) == [(f"need.items[10]{path}", problem)]


def test_no_item_may_take_the_name_of_a_column():
    for column in FIXED_COLUMNS:
        told = [problem for _, problem in faults(items=(*NDT.items, item(key=column)))]
        assert f"{column} is already a column of every referral file" in told


def test_two_items_of_one_key_are_refused_at_both_places():
    told = faults(items=(*NDT.items, item(key="housing")))
    assert told == [
        ("need.items[9].key", "housing is used twice"),
        ("need.items[10].key", "housing is used twice"),
    ]


def test_a_source_that_is_not_declared_is_refused():
    assert faults(items=(*NDT.items, item(source="hearsay"))) == [
        ("need.source", "hearsay is not a key of sources, nor local-default")
    ]


def deadline(*levels, soonest_of=("duty_date",)):
    named = tuple(Level(name=name, within_days=days, source="local-default") for name, days in levels)
    return Deadline(key="soon", label="Soon", soonest_of=soonest_of, levels=named, source="local-default")


@pytest.mark.parametrize(
    ("fact", "fault"),
    [
        (deadline(), (".levels", "is empty")),
        (
            deadline(("a", 3), ("b", 7)),
            (".levels", "within_days does not fall: list the furthest limit first"),
        ),
        (
            deadline(("a", 3), ("b", 3)),
            (".levels", "within_days does not fall: list the furthest limit first"),
        ),
        (
            deadline(("none", 3)),
            (".levels[0].name", "is not small letters, digits and hyphens, or is used twice"),
        ),
        (deadline(("a", -1)), (".levels[0].within_days", "is not from 0 to 3650")),
        (
            deadline(("a", 3), soonest_of=("birthday",)),
            (".soonest_of", "is empty or holds something other than duty_date, discharge_date"),
        ),
        (
            YesNo(key="soon", label="Soon", asks="tags", source="local-default"),
            (".asks", "is none of immediate_safety, sleeping_rough"),
        ),
    ],
)
def test_an_urgency_fact_that_cannot_be_asked_is_refused(fact, fault):
    path, problem = fault
    told = faults(urgency=(fact,), order=("soon", "need", "waiting"), bands=(band(1, need()),))
    assert told == [(f"urgency[0]{path}", problem)]


def test_one_question_may_be_asked_by_one_fact_only():
    twin = replace(NDT.urgency[0], key="again")
    told = faults(urgency=(*NDT.urgency, twin), order=(*NDT.order, "again"))
    assert told == [("urgency[3]", "immediate_safety is asked twice")]


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (NDT.order[:-1], [("order_in_band", "waiting is missing")]),
        ((*NDT.order, "need"), [("order_in_band[5]", "need is named twice")]),
        ((*NDT.order, "luck"), [("order_in_band[5]", "luck is no urgency fact, nor need or waiting")]),
    ],
)
def test_the_order_in_a_band_names_everything_once(order, told):
    assert faults(order=order) == told


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        (need(at_least=30, at_most=20), (".need", "at_least is more than at_most")),
        (need(at_most=49), (".need", "is outside the need scores 0 to 48")),
        (Condition(facts=(("mood", frozenset({"yes"})),)), (".mood", "is no urgency fact")),
        (Condition(facts=(("deadline", frozenset()),)), (".deadline", "is empty")),
        (
            Condition(facts=(("sleeping_rough", frozenset({"maybe"})),)),
            (".sleeping_rough", "maybe is none of no, yes"),
        ),
    ],
)
def test_a_condition_that_means_nothing_is_refused(condition, fault):
    path, problem = fault
    assert faults(bands=(band(1, need(), condition),)) == [(f"bands[0].when[1]{path}", problem)]


def test_bands_are_numbered_from_1_in_order():
    told = faults(bands=(band(2, need(at_least=20)), band(1, need(at_most=19))))
    assert [path for path, _ in told] == ["bands[0].band", "bands[1].band"]


def test_scales_too_fine_to_check_or_to_order_by_are_refused():
    fine = deadline(*((f"d{days}", days) for days in range(3650, 0, -1)))
    told = faults(
        urgency=(fine, NDT.urgency[0], NDT.urgency[2]),
        order=("soon", "immediate_safety", "sleeping_rough", "need", "waiting"),
        waiting=Waiting(step_days=1, longest_days=3650, source="local-default"),
        bands=(band(1, need()),),
    )
    assert told == [
        ("order_in_band", "does not fit 32 bits: use fewer levels or longer waiting steps"),
        ("urgency", "has over 250000 combinations with the need scores, too many to check"),
    ]
