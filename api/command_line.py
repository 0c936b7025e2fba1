"""The command line: every command with its words; what they do is in `api.commands`.

Exit status: 0 done; 1 the plan fails; 2 bad input, nothing written; 130 interrupted. Whatever a command needs
is opened only when it runs, so that help comes at once.
"""

import math
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from api import benchmark_command_line, serving_command_line, store_command_line
from api.refusals import BAD_INPUT, INTERRUPTED, refusal_of, tell
from api.terminal import never_fail_on_letters, remarks, results

app = typer.Typer(
    name="gateway",
    help="Who goes where, highest risk first, explained and proved.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: no boxes to read out, nothing to strip from a pipe
    context_settings={"help_option_names": ["-h", "--help"]},
)
scenario = typer.Typer(
    help="Invented emergencies on real ground, as files.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(scenario, name="scenario")
app.add_typer(benchmark_command_line.benchmark, name="benchmark")
serving_command_line.add_to(app)
store_command_line.add_to(app)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day such as 2025-12-01") from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (0 < seconds < math.inf):
        raise typer.BadParameter(f"{text!r} is not a number of seconds above 0")
    return seconds


def _today() -> date:
    return datetime.now().astimezone().date()


def _version(*, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  read only when asked for

        results().print(f"gateway {version('referral-gateway')}")
        raise typer.Exit


Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but what is wrong.")]
On = Annotated[
    date | None,
    typer.Option("--on", parser=_day, metavar="DATE", help="The day, as 2025-12-01; today if not given."),
]
People = Annotated[
    int, typer.Option("--people", min=10, max=100_000, metavar="NUMBER", help="How many must leave.")
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, metavar="NUMBER", help="The same seed makes the same people.")
]
Problem = Annotated[Path, typer.Argument(metavar="PROBLEM", help="A placement-problem/1 file.")]
Plan = Annotated[Path, typer.Argument(metavar="PLAN", help="A placement-plan/1 file.")]


@app.callback()
def gateway(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda wanted: _version(wanted=wanted),
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Who goes where, highest risk first, explained and proved."""


@app.command()
def demo(
    *,
    people: People = 430,
    seed: Seed = 1,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the page goes.")] = Path(
        "emergency.html"
    ),
    on: On = None,
    quiet: Quiet = False,
) -> None:
    """Reallocate 430 invented people; write the page about it."""
    from api.commands import demo as command  # noqa: PLC0415  see the top of this file

    raise typer.Exit(command.run(people=people, seed=seed, out=out, on=on or _today(), quiet=quiet))


@app.command()
def assess(
    referrals: Annotated[Path, typer.Argument(metavar="REFERRALS.csv", help="See docs/referral-csv.md.")],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the assessments go.")],
    scheme: Annotated[
        str,
        typer.Option("--scheme", metavar="SCHEME", help="A scheme file, or the name of a shipped scheme."),
    ] = "new-directions-team",
    on: On = None,
    quiet: Quiet = False,
) -> None:
    """Score and band a file of referrals: all of it, or nothing."""
    from api.commands import assess as command  # noqa: PLC0415  see the top of this file

    raise typer.Exit(command.run(referrals, scheme=scheme, out=out, on=on or _today(), quiet=quiet))


@app.command()
def allocate(
    problem: Problem,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the plan goes.")],
    time_limit: Annotated[
        float,
        typer.Option(
            "--time-limit", parser=_seconds, metavar="SECONDS", help="For each part that is no network."
        ),
    ] = 60.0,
    quiet: Quiet = False,
) -> None:
    """Find the best places for all, highest priority first."""
    from api.commands import allocate as command  # noqa: PLC0415  see the top of this file

    raise typer.Exit(command.run(problem, out=out, time_limit_s=time_limit, quiet=quiet))


@app.command()
def certify(problem: Problem, plan: Plan, *, quiet: Quiet = False) -> None:
    """Check without a solver that a plan is the best."""
    from api.commands import certify as command  # noqa: PLC0415  see the top of this file

    raise typer.Exit(command.run(problem, plan, quiet=quiet))


@app.command()
def explain(
    problem: Problem,
    plan: Plan,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A person's id.")],
) -> None:
    """Tell where one person goes, and why; or why nowhere."""
    from api.commands import explain as command  # noqa: PLC0415  see the top of this file

    raise typer.Exit(command.run(problem, plan, person))


@scenario.command("list")
def scenario_list() -> None:
    """List the regions there are."""
    from api.commands import scenario as command  # noqa: PLC0415  see the top of this file

    raise typer.Exit(command.run_list())


@scenario.command("export")
def scenario_export(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A region; `scenario list` names them.")],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the problem goes.")],
    people: People = 430,
    seed: Seed = 1,
    referrals: Annotated[
        Path | None,
        typer.Option("--referrals", metavar="FILE", help="Where the referrals go, as `assess` reads them."),
    ] = None,
    on: On = None,
    quiet: Quiet = False,
) -> None:
    """Write an emergency as a placement problem."""
    from api.commands import scenario as command  # noqa: PLC0415  see the top of this file

    status = command.run_export(
        name, people=people, seed=seed, out=out, referrals=referrals, on=on or _today(), quiet=quiet
    )
    raise typer.Exit(status)


@scenario.command("load")
def scenario_load(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A region; `scenario list` names them.")],
    *,
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Fill an empty database with a region's gateway in its second year.

    Everybody in it is invented. One account of each role is invited; the secrets are printed once.
    """
    from api.commands import scenario_load as command  # noqa: PLC0415  see the top of this file

    raise typer.Exit(command.run(name, seed=seed, quiet=quiet))


@scenario.command("serve")
def scenario_serve(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A region; `scenario list` names them.")],
    *,
    folder: Annotated[
        Path, typer.Option("--folder", metavar="FOLDER", help="Where it is kept between two starts.")
    ] = Path("demonstration"),
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, metavar="NUMBER", help="0: any that is free.")
    ] = 8000,
    seed: Seed = 1,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew: what was done is lost.")] = False,
    quiet: Quiet = False,
) -> None:
    """Run a region's gateway on this machine alone, to try every page.

    Everybody in it is invented. An address that signs in once is printed for each role.
    """
    from api.commands import scenario_serve as command  # noqa: PLC0415  see the top of this file

    raise typer.Exit(command.run(name, seed=seed, folder=folder, port=port, fresh=fresh, quiet=quiet))


def main() -> None:
    """Run the command that the process was given; the entry of ``gateway`` and of ``python -m api``."""
    never_fail_on_letters()
    try:
        app(prog_name="gateway")
    except KeyboardInterrupt:
        _stop_at_once()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _stop_at_once()
        raise
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        tell(refusal, remarks())
        _let_go_of_output()
        sys.exit(BAD_INPUT)


def _let_go_of_output() -> None:
    """Leave unsaid what could not be written: else Python tries again at its end, and ends with 120."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _stop_at_once() -> None:
    """End without waiting for a solver that still runs in its own thread."""
    remarks().print("Interrupted.")
    sys.stdout.flush()
    os._exit(INTERRUPTED)
