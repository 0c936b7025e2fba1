"""``gateway allocate``: from a problem to a plan."""

from functools import partial
from pathlib import Path

from allocation.exchange import read_problem, write_plan
from allocation.plan import Plan, Status
from allocation.solve import solve
from api.design_system.spoken import counted
from api.output_files import refuse_unwritable, write_all
from api.refusals import PLAN_FAILS, Refused, read, tell
from api.terminal import interruptible, remarks, results, stages


def run(problem_file: Path, *, out: Path, time_limit_s: float, quiet: bool) -> int:
    """Solve and write; returns the exit status."""
    refuse_unwritable(out, problem_file)
    with stages(3, quiet=quiet) as stage:
        stage.next("Reading the problem")
        problem = read(problem_file, read_problem)
        stage.next(f"Finding places for {counted(len(problem.people), 'person', 'people')}")
        plan = interruptible(partial(solve, problem, time_limit_s=time_limit_s))
        stage.next("Writing the plan")
        write_all({out: partial(write_plan, plan)})
    say = results(quiet=quiet)
    for line in told(plan):
        say.print(line, soft_wrap=True)
    if plan.status is not Status.INFEASIBLE:
        return 0
    if quiet:
        tell(Refused(told(plan)[0]), remarks())
    return PLAN_FAILS


def told(plan: Plan) -> list[str]:
    """What the plan does, a line each."""
    summary = plan.summary
    if plan.status is Status.INFEASIBLE:
        return [summary.message or "No plan exists."]
    have = f"{summary.placed:,} of {counted(summary.people, 'person', 'people')} have a place"
    lines = [f"{plan.status.value}: {have}, at a cost of {counted(summary.cost, 'point')}."]
    lines += [
        f"Band {band}: {placed:,} of {people:,}" for band, (placed, people) in summary.placed_by_band.items()
    ]
    lines += [
        f"Not proved: {each.level} is {each.value:,}, and cannot be better than {each.bound:,}."
        for each in summary.unproved
    ]
    return lines
