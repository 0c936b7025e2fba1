"""The linear model: what its prices rule out is never the answer, and what fractions refute is not proved."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allocation import exhaustive
from allocation.answer import broken
from allocation.choices import Scene
from allocation.greedy import place_in_order
from allocation.integer import in_fractions
from allocation.levels import combined, levels_of
from allocation.linear import relax
from allocation.model import Held, Model
from allocation.problem import Person
from allocation.proving import falling, objective, prove_held, refuted
from allocation.rules import Programme
from allocation.structure import classes
from tests.allocation.hand_made import ask, people, service
from tests.allocation.strategies import small_problems
from tests.allocation.test_structure import columns_of
from tests.allocation.verdicts import examples


def model_of(problem):
    programme = Programme.of(Scene.of(problem))
    return Model(programme=programme, people=classes(programme))


def counted(model, columns):
    """An answer's value for each of the model's columns: class by class, conversions, groups."""
    programme, members = model.programme, model.people
    rows, choices = model.people.rows, len(programme.choices)
    taken = np.zeros(model.width)
    class_of = np.full(len(programme.scene.problem.people), -1)
    class_of[members.people] = np.repeat(np.arange(len(members)), np.diff(members.start))
    group_of = np.full(len(class_of), -1)
    group_of[members.people] = np.repeat(np.arange(len(members.group_size)), members.group_size)
    places = list(
        zip(members.row_class, programme.choices.service[rows], programme.choices.pool[rows], strict=True)
    )
    for row in np.flatnonzero(columns[:choices]):
        person = programme.choices.person[row]
        place = (class_of[person], programme.choices.service[row], programme.choices.pool[row])
        taken[places.index(place)] += 1
        taken[model.edges[1] + group_of[person]] += 1
    taken[model.edges[0] : model.edges[1]] = columns[choices:]
    return taken


@examples(150)
@given(small_problems(), st.randoms(use_true_random=False))
def test_no_answer_leaves_the_frame_of_what_it_is_worth(problem, chance):
    """Neither the best one, which the referee found, nor any that somebody might make."""
    best, model = exhaustive.best(problem), model_of(problem)
    if best is None or model.programme.width == 0:
        return
    programme, levels = model.programme, levels_of(model.programme)
    whole = combined(programme, levels, objective(programme, levels))
    relaxed = relax(model, whole, (), 60)
    order = chance.sample(programme.choices.people.tolist(), len(programme.choices.people))
    for columns in (columns_of(programme, best), place_in_order(programme, order)):
        if broken(programme, columns).any():
            continue
        worth, taken = whole.value(programme, columns), counted(model, columns)
        frame = relaxed.frame(worth)
        assert relaxed.best > worth - 1e-3
        assert (frame.least <= taken).all()
        assert (taken <= frame.most).all()
        assert (frame.used <= model.rules @ taken).all()


def couples():
    """Two cases of two units for three units: one fits, and in fractions one and a half."""
    return ask([*people("ann", "bea", units=2, score=4), *people("cat", band=2)], [service("s", 3)])


def test_a_frame_tells_what_cannot_be_part_of_so_good_an_answer():
    model = model_of(couples())
    people_of_band_1 = levels_of(model.programme)[0]
    relaxed = relax(model, people_of_band_1, (), 60)
    assert relaxed.best == 1.5
    assert relaxed.frame(1.5).used.tolist() == [3.0]
    assert relaxed.frame(1).used.tolist() == [2.0]


def test_what_an_answer_in_fractions_beats_no_prices_prove():
    """Half a case more, worth two points of score: no prices prove the score, and none are asked to."""
    model = model_of(couples())
    levels = levels_of(model.programme)[:2]
    held = [Held(level=levels[0], value=1)]
    frame = relax(model, levels[1], held, 60).frame(4)
    point = in_fractions(model, levels[1], held, 60, frame)
    assert levels[1].name == "band 1 score"
    assert refuted(model, levels, [1, 4], point)
    assert not refuted(model, levels, [1, 6], point)
    assert not refuted(model, levels, [2, 4], point)  # it would give up a case to gain in score
    assert not prove_held(model, levels, [1, 4], relax(model, levels[1], held, 60)).holds


def test_a_case_of_several_units_outweighs_as_many_people_of_the_next_band():
    """So that the first search for an answer rarely gives an earlier level up for a later one."""
    persons = [Person(id="ann", units=3), *people("bea", "cat", "dan", band=2, score=9)]
    programme = Programme.of(Scene.of(ask(persons, [service("s", 3)])))
    weights = falling(programme, levels_of(programme))
    assert weights["band 1 people"] > 3 * (weights["band 2 people"] + 9 * weights["band 2 score"])
