"""The same problem gives the same plan, byte for byte, whatever order it is told in and whoever runs it."""

import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.exchange import dumps, plan_document, problem_in, write_problem
from allocation.problem import Options, Problem
from allocation.solve import solve
from tests.allocation.by_method import METHODS, town
from tests.allocation.strategies import small_problems
from tests.allocation.verdicts import examples

REPOSITORY = Path(__file__).parents[2]


def bytes_of(plan):
    """A plan as it is written, without ``run``: the only part that may differ."""
    return dumps({name: value for name, value in plan_document(plan).items() if name != "run"})


def shuffled(problem, seed):
    """The same problem told in another order: people, services, pools, options, quotas, pairs."""
    toss = random.Random(seed)

    def mixed(things):
        return tuple(toss.sample(list(things), len(things)))

    people = mixed(problem.people)
    services = tuple(
        replace(each, pools=mixed(each.pools), conversions=mixed(each.conversions))
        for each in mixed(problem.services)
    )
    return Problem(
        people=people,
        services=services,
        options=None if problem.options is None else Options.of(mixed(rows_of(problem, people, services))),
        quotas=mixed(problem.quotas),
        separations=tuple(mixed(pair) for pair in mixed(problem.separations)),
        limits=problem.limits,
    )


def rows_of(problem, people, services):
    """The options as rows, by the positions that people and services have now."""
    who = {each.id: at for at, each in enumerate(people)}
    where = {each.id: at for at, each in enumerate(services)}
    options = problem.options
    columns = (getattr(options, name).tolist() for name in ("person", "service", "cost", "units"))
    return [
        (who[problem.people[person].id], where[problem.services[service].id], cost, units)
        for person, service, cost, units in zip(*columns, strict=True)
    ]


@examples(100)
@given(small_problems(), st.integers(0, 99))
def test_a_problem_told_in_another_order_gives_the_same_plan(problem, seed):
    assert bytes_of(solve(shuffled(problem, seed))) == bytes_of(solve(problem))


@pytest.mark.parametrize("seed", range(5))
def test_parts_of_every_method_come_out_the_same_in_any_order(seed):
    assert bytes_of(solve(shuffled(town(), seed))) == bytes_of(solve(town()))


@pytest.mark.parametrize("method", METHODS)
def test_ten_runs_give_one_plan(method):
    assert len({bytes_of(solve(METHODS[method]())) for _ in range(10)}) == 1


PROGRAM = """
import sys
from pathlib import Path
from allocation.exchange import dumps, plan_document, read_problem
from allocation.solve import solve
document = plan_document(solve(read_problem(Path(sys.argv[1]))))
del document["run"]
sys.stdout.buffer.write(dumps(document).encode())
"""


def test_the_hashing_of_words_which_python_draws_anew_each_time_changes_nothing(tmp_path):
    """Sets of words are walked in another order in every process."""
    file = tmp_path / "problem.json"
    write_problem(town(), file)
    told = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(file)],
            cwd=REPOSITORY,
            env={"PYTHONHASHSEED": str(seed)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in (0, 1, 77)
    }
    assert told == {bytes_of(solve(problem_in(file.read_bytes()))).encode()}
