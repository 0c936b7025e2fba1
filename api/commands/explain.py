"""``gateway explain``: one person's answer, and why."""

from pathlib import Path

from allocation.exchange import digest
from allocation.plan import Plan
from allocation.problem import Problem
from api.problem_and_plan import another_problem, read_problem_and_plan
from api.refusals import Refused
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
        problem, plan = read_problem_and_plan(problem_file, plan_file)
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
        raise another_problem(problem_file, plan_file)
    if person not in problem.person_at:
        raise Refused(f"{problem_file}: has no person {person!r}")
