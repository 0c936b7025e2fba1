"""``gateway certify``: whether a plan is possible, adds up, and is the best."""

from functools import partial
from pathlib import Path

from rich.console import Console
from rich.text import Text

from allocation.certify import Certification, certify
from allocation.plan import Plan, Status
from api.problem_and_plan import read_problem_and_plan
from api.refusals import PLAN_FAILS, Refused, print_lines, tell
from api.terminal import interruptible, remarks, results, stages


def run(problem_file: Path, plan_file: Path, *, quiet: bool) -> int:
    """Check and print; exit status 0 only if all that can be checked holds."""
    with stages(2, quiet=quiet) as stage:
        stage.next("Reading the problem and the plan")
        problem, plan = read_problem_and_plan(problem_file, plan_file)
        stage.next("Checking the plan")
        found = interruptible(partial(certify, problem, plan))
    status = report(plan, found, results(quiet=quiet))
    if quiet and status:
        tell(Refused(verdict(plan, found), found.faults), remarks())
    return status


def report(plan: Plan, found: Certification, say: Console) -> int:
    """Print what was found; returns the exit status."""
    _list(say, "Confirmed:", found.confirmed)
    _list(say, "Taken on trust (only the solver's search vouches for it):", found.on_trust)
    _list(say, "Not proved, as the plan itself says:", found.open_levels)
    _list(say, "Wrong:", found.faults)
    say.print(Text(verdict(plan, found), style="bold"))
    return 0 if found.holds and plan.status is not Status.INFEASIBLE else PLAN_FAILS


def verdict(plan: Plan, found: Certification) -> str:
    """What was found, in one sentence."""
    if plan.status is Status.INFEASIBLE:
        return "The plan says that no plan exists."
    return "The plan holds." if found.holds else "The plan fails."


def _list(say: Console, heading: str, lines: tuple[str, ...]) -> None:
    if lines:
        say.print(heading, soft_wrap=True)
    print_lines(lines, say)
