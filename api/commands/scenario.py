"""``gateway scenario``: invented emergencies on real ground, as files."""

from datetime import date
from pathlib import Path

from allocation.exchange import write_problem
from api.design_system.spoken import counted
from api.output_files import refuse_unwritable, write_all
from api.refusals import Refused
from api.terminal import results, stages
from scenarios.emergency import emergency
from scenarios.region import read_region, region_names


def run_list() -> int:
    """Print every region with its title; returns the exit status."""
    say = results()
    for name in region_names():
        say.print(f"{name}: {read_region(name).title}", soft_wrap=True)
    return 0


def run_export(
    name: str, *, people: int, seed: int, out: Path, referrals: Path | None, on: date, quiet: bool
) -> int:
    """Make an emergency and write its problem, and its referrals if asked; returns the exit status."""
    outs = [out] if referrals is None else [out, referrals]
    for each in outs:
        refuse_unwritable(each)
    if len({each.resolve() for each in outs}) < len(outs):
        raise Refused(f"{out}: is asked to hold both the problem and the referrals")
    with stages(2, quiet=quiet) as stage:
        stage.next(f"Making an emergency of {counted(people, 'person', 'people')}")
        made = emergency(name, people=people, seed=seed, on=on)
        stage.next("Writing")
        problem = made.problem
        writers = {out: lambda path: write_problem(problem, path)}
        if referrals is not None:
            writers[referrals] = made.write_referrals
        write_all(writers)
    results(quiet=quiet).print(
        f"{counted(len(made.must_leave), 'person', 'people')} must leave, "
        f"{len(made.waiting):,} new referrals wait, {len(made.staying):,} live in services that stay open.",
        soft_wrap=True,
    )
    return 0
