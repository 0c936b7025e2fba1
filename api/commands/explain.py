"""``gateway explain``: one person's answer, and why."""

from functools import partial
from pathlib import Path

from allocation.exchange import digest, read_plan, read_problem
from api.refusals import Refused, read
from api.report.explanation import explanation
from api.terminal import printable, results


def run(problem_file: Path, plan_file: Path, person: str) -> int:
    """Print the explanation; returns the exit status.

    Raises
    ------
    Refused
        If a file cannot be used, the plan is for another problem, or nobody has that id.
    """
    problem = read(problem_file, read_problem)
    plan = read(plan_file, partial(read_plan, problem=problem))
    if plan.problem_sha256 != digest(problem):
        raise Refused(f"{plan_file}: is the plan for another problem than {problem_file}")
    if person not in problem.person_at:
        raise Refused(f"{problem_file}: has no person {person!r}")
    say = results()
    for line in explanation(problem, plan, person):
        say.print(printable(line), soft_wrap=True)
    return 0
