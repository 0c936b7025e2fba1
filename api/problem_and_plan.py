"""A problem and a plan from their two files: what is wrong with both is told at once."""

from functools import partial
from pathlib import Path

from allocation.exchange import digest, read_plan, read_problem
from allocation.plan import Plan
from allocation.problem import Problem
from api.refusals import Refused, read


def read_problem_and_plan(problem_file: Path, plan_file: Path) -> tuple[Problem, Plan]:
    """Read both files; whatever the plan names is in the problem.

    Raises
    ------
    Refused
        Naming every fault of both files; or, where the plan names what is not in the problem because it is
        for another one, just that.
    """
    try:
        problem = read(problem_file, read_problem)
    except Refused as refused:
        raise _with_faults_of(plan_file, refused) from refused
    try:
        return problem, read(plan_file, partial(read_plan, problem=problem))
    except Refused:
        _refuse_stranger(problem, problem_file, plan_file)
        raise


def _with_faults_of(plan_file: Path, refused: Refused) -> Refused:
    """The refusal of the problem, with that of the plan beside it if it cannot be used either."""
    try:
        read(plan_file, read_plan)
    except Refused as another:
        both = [line for each in (refused, another) for line in (each.what, *(f"  {f}" for f in each.faults))]
        return Refused("Neither file can be used:", both)
    return refused


def _refuse_stranger(problem: Problem, problem_file: Path, plan_file: Path) -> None:
    """Refuse a plan that is whole in itself, and for another problem."""
    try:
        plan = read(plan_file, read_plan)
    except Refused:
        return
    if plan.problem_sha256 != digest(problem):
        raise another_problem(problem_file, plan_file)


def another_problem(problem_file: Path, plan_file: Path) -> Refused:
    """The refusal of a plan that is for another problem."""
    return Refused(f"{plan_file}: is the plan for another problem than {problem_file}")
