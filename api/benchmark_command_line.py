"""The commands that measure; what they do is in `api.commands`.

Whatever a command needs is opened only when it runs, so that help comes at once.
"""

from typing import Annotated

import typer

benchmark = typer.Typer(rich_markup_mode=None, invoke_without_command=True)

Quiet = Annotated[bool, typer.Option("--quiet", help="Print the figures alone.")]


@benchmark.callback()
def benchmark_engine(
    context: typer.Context,
    *,
    size: Annotated[
        str,
        typer.Option("--size", metavar="SIZE", help="small, full or national: how large the problems are."),
    ] = "full",
    quiet: Quiet = False,
) -> None:
    """Measure speed and quality against the peers.

    Without a command: the engine against its peers, in one run.
    """
    if context.invoked_subcommand is not None:
        return
    from api.commands import benchmark as command  # noqa: PLC0415  as the file says at its top

    raise typer.Exit(command.run(size=size, quiet=quiet))


@benchmark.command("store")
def benchmark_store(
    *,
    referrals: Annotated[
        int,
        typer.Option(
            "--referrals", min=1_000, max=1_000_000, metavar="NUMBER", help="The larger of the two stores."
        ),
    ] = 100_000,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            envvar="TEST_DATABASE_URL",
            metavar="URL",
            help="A PostgreSQL database, beside which others are made for a while; SQLite alone without it.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Measure how fast a large invented store answers.

    Once at a tenth of the referrals and once at all of them, to tell how the times grow.
    """
    from api.commands import benchmark_store as command  # noqa: PLC0415  as the file says at its top

    raise typer.Exit(command.run(referrals=referrals, database=database, quiet=quiet))


@benchmark.command("doors")
def benchmark_doors(
    *,
    database: Annotated[
        str,
        typer.Option(
            "--database",
            envvar="TEST_DATABASE_URL",
            metavar="URL",
            help="A PostgreSQL database, beside which another is made for a while.",
        ),
    ],
    referrals: Annotated[
        int, typer.Option("--referrals", min=1_000, max=1_000_000, metavar="NUMBER", help="In the store.")
    ] = 30_000,
    people: Annotated[
        int, typer.Option("--people", min=4, max=1_000, metavar="NUMBER", help="Who come at once.")
    ] = 200,
    seconds: Annotated[
        int, typer.Option("--seconds", min=5, max=3_600, metavar="NUMBER", help="For how long.")
    ] = 300,
    restarts: Annotated[
        bool, typer.Option("--restarts", help="Stop and start the web processes in turn meanwhile.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Measure the running service under simulated people.

    Two web processes and a worker on loopback; a large allocation run goes on in the background.
    """
    from api.commands import benchmark_doors as command  # noqa: PLC0415  as the file says at its top

    asked = command.Asked(
        database=database, referrals=referrals, people=people, seconds=seconds, restarts=restarts
    )
    raise typer.Exit(command.run(asked, quiet=quiet))


@benchmark.command("pages")
def benchmark_pages(
    *,
    referrals: Annotated[
        int, typer.Option("--referrals", min=1_000, max=1_000_000, metavar="NUMBER", help="In the store.")
    ] = 100_000,
    times: Annotated[
        int, typer.Option("--times", min=1, max=1_000, metavar="NUMBER", help="How often each is asked for.")
    ] = 15,
    quiet: Quiet = False,
) -> None:
    """Measure how long each page takes, and what it weighs.

    Over a large invented store, each page as a role sees it that may.
    """
    from api.commands import benchmark_pages as command  # noqa: PLC0415  as the file says at its top

    raise typer.Exit(command.run(referrals=referrals, times=times, quiet=quiet))
