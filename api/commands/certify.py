"""``gateway certify``: whether a plan is possible, adds up, and is the best."""

from functools import partial
from pathlib import Path

from rich.console import Console
from rich.text import Text

from allocation.certify import Certification, certify
from allocation.exchange import read_plan, read_problem
from allocation.plan import Plan, Status
from api.refusals import MOST_SHOWN, PLAN_FAILS, read
from api.terminal import interruptible, printable, results, stages


def run(problem_file: Path, plan_file: Path, *, quiet: bool) -> int:
    """Check and print; exit status 0 only if all that can be checked holds."""
    with stages(2, quiet=quiet) as stage:
        stage.next("Reading the problem and the plan")
        problem = read(problem_file, read_problem)
        plan = read(plan_file, partial(read_plan, problem=problem))
        stage.next("Checking the plan")
        found = interruptible(partial(certify, problem, plan))
    return report(plan, found, results(quiet=quiet))


def report(plan: Plan, found: Certification, say: Console) -> int:
    """Print what was found; returns the exit status."""
    _list(say, "Confirmed:", found.confirmed)
    _list(say, "Taken on trust (only the solver's search vouches for it):", found.on_trust)
    _list(say, "Not proved, as the plan itself says:", found.open_levels)
    _list(say, "Wrong:", found.faults)
    infeasible = plan.status is Status.INFEASIBLE
    verdict = "The plan holds." if found.holds else "The plan fails."
    say.print(Text("The plan says that no plan exists." if infeasible else verdict, style="bold"))
    return 0 if found.holds and not infeasible else PLAN_FAILS


def _list(say: Console, heading: str, lines: tuple[str, ...]) -> None:
    if lines:
        say.print(heading, soft_wrap=True)
    for line in lines[:MOST_SHOWN]:
        say.print(f"  {printable(line)}", soft_wrap=True)
    if len(lines) > MOST_SHOWN:
        say.print(f"  and {len(lines) - MOST_SHOWN:,} more")
