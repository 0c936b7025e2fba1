"""``gateway explain``: one person's answer, and why."""

from functools import partial
from pathlib import Path

from allocation.exchange import digest, read_plan, read_problem
from allocation.plan import Plan
from allocation.problem import Problem
from api.refusals import Refused, read
from api.report.explanation import explanation
from api.terminal import printable, results, stages


def run(problem_file: Path, plan_file: Path, person: str) -> int:
    """Print the explanation; returns the exit status.

    Raises
    ------
    Refused
        If a file cannot be used, the plan is for another problem, or nobody has that id.
    """
    with stages(2, quiet=False) as stage:
        stage.next("Reading the problem and the plan")
        problem = read(problem_file, read_problem)
        plan = read(plan_file, partial(read_plan, problem=problem))
        refuse_strangers(problem, plan, problem_file, plan_file, person)
        stage.next(f"Explaining {printable(person)}")
        told = explanation(problem, plan, person)
    say = results()
    for line in told:
        say.print(printable(line), soft_wrap=True)
    return 0


def refuse_strangers(problem: Problem, plan: Plan, problem_file: Path, plan_file: Path, person: str) -> None:
    """Refuse a plan that is not for this problem, and a person who is not in it."""
    if plan.problem_sha256 != digest(problem):
        raise Refused(f"{plan_file}: is the plan for another problem than {problem_file}")
    if person not in problem.person_at:
        raise Refused(f"{problem_file}: has no person {person!r}")
