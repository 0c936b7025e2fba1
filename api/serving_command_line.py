"""The commands that run the gateway; as in `api.command_line`, what they do is in `api.commands`."""

from typing import Annotated

import typer

Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65_535, metavar="NUMBER", help="0: any that is free.")
]
Processes = Annotated[
    int, typer.Option("--processes", min=1, max=64, metavar="NUMBER", help="How many answer, side by side.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but what is wrong.")]


def add_to(app: typer.Typer) -> None:
    """Give the command line these commands."""
    for command in (serve, web, worker):
        app.command(command.__name__)(command)


def serve(
    *, host: Host = "127.0.0.1", port: Port = 8000, processes: Processes = 1, quiet: Quiet = False
) -> None:
    """Answer and do background work, on one machine."""
    from api.commands import serving as command  # noqa: PLC0415  opened only when it runs

    raise typer.Exit(command.run_serve(host=host, port=port, processes=processes, quiet=quiet))


def web(
    *, host: Host = "127.0.0.1", port: Port = 8000, processes: Processes = 1, quiet: Quiet = False
) -> None:
    """Answer over HTTP; a worker runs elsewhere."""
    from api.commands import serving as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_web(host=host, port=port, processes=processes, quiet=quiet))


def worker(*, quiet: Quiet = False) -> None:
    """Do background work: long tasks, deadlines, messages."""
    from api.commands import serving as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_worker(quiet=quiet))
