"""Where whole answers lie far from the linear one: as good as a search without prices, level by level."""

import time

import pytest

from allocation import integer
from allocation.certify import certify
from allocation.choices import Scene
from allocation.levels import levels_of
from allocation.model import Held, Model
from allocation.rules import Programme
from allocation.solve import solve, solve_parts
from allocation.structure import classes, parts
from tests.allocation.crowded_towns import town

TOWNS = (3, 8, 23, 50, 55, 183, 281)
"""Among them those where the first whole answer found near the linear one is not the best."""


def searched(programme):
    """The best value of each level in turn, by whole numbers alone."""
    model, held = Model(programme=programme, people=classes(programme)), []
    for level in levels_of(programme):
        found = integer.best(model, level, held, 60)
        held.append(Held(level=level, value=level.value(programme, found.columns)))
    return [each.value for each in held]


@pytest.mark.parametrize("seed", TOWNS)
def test_every_level_is_as_good_as_a_search_of_its_own_makes_it(seed):
    programme = Programme.of(Scene.of(town(seed)))
    answers = solve_parts(programme, time_limit_s=60, clock=time.perf_counter)
    for part, answer in zip(parts(programme), answers, strict=True):
        values = [level.value(part, answer.columns) for level in levels_of(part)]
        assert values == searched(part)
        assert answer.proved


def test_the_plan_of_a_crowded_town_certifies():
    problem = town(50)
    checked = certify(problem, solve(problem))
    assert checked.faults == ()
    assert checked.open_levels == ()
