"""What one person could take is the same whether they are looked at alone or among everybody."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allocation.choices import Choices, Scene
from tests.allocation.strategies import small_problems


@given(small_problems(), st.data())
def test_one_persons_choices_are_their_part_of_everybodys(problem, data):
    person = data.draw(st.sampled_from(problem.people))
    whole, alone = Scene.of(problem), Scene.of_one(problem, person.id)
    at = problem.person_at[person.id]
    theirs = whole.choices.only(whole.choices.person == at)
    assert alone.pools.names == whole.pools.names
    for name in set(Choices.__annotations__) - {"person"}:
        assert np.array_equal(getattr(alone.choices, name), getattr(theirs, name)), name
    suits = whole.options.service[whole.options.person == at]
    assert np.array_equal(alone.options.service, suits)
