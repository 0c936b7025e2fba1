"""How commands speak: results on standard output, everything else on standard error.

Colour and width follow the terminal and the environment as Rich reads them (``NO_COLOR``, ``TERM``,
``COLUMNS``); into a file or a pipe goes plain text of 80 columns.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any, Final, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

T = TypeVar("T")

NOBODY_READS: Final = 141
"""128 and the number of the signal for a closed pipe, as a shell has it: neither bad input nor a bad plan."""


class _Results(Console):
    """Standard output, which says what happened to it where it cannot be written."""

    def print(self, *objects: Any, **how: Any) -> None:  # noqa: ANN401  whatever Rich can print, handed on
        try:
            super().print(*objects, **how)
        except OSError as error:
            raise OSError(error.errno, error.strerror, "standard output") from error

    def on_broken_pipe(self) -> None:
        try:
            super().on_broken_pipe()
        except SystemExit:
            raise SystemExit(NOBODY_READS) from None


def results(*, quiet: bool = False) -> Console:
    """Standard output; ``quiet``: nothing is printed."""
    return _Results(file=sys.stdout, quiet=quiet, highlight=False, markup=False, emoji=False)


def remarks(*, quiet: bool = False) -> Console:
    """Standard error; ``quiet``: nothing is printed."""
    return Console(file=sys.stderr, quiet=quiet, highlight=False, markup=False, emoji=False)


def printable(text: str) -> str:
    r"""The text with whatever could steer a terminal written out, such as ``\x1b`` for an escape."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def never_fail_on_letters() -> None:
    """Write ``?`` for a letter that the terminal's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


@dataclass(frozen=True, slots=True)
class Stages:
    """Work in a known number of stages, shown as one bar."""

    _bar: Progress
    _task: TaskID

    def next(self, words: str) -> None:
        """The stage before is done; the next one begins."""
        if self._bar.tasks[0].description:
            self._bar.advance(self._task)
        self._bar.update(self._task, description=words, refresh=True)


@contextmanager
def stages(number: int, *, quiet: bool) -> Iterator[Stages]:
    """Show ``number`` stages on standard error while the block runs; only at a terminal, and not if quiet."""
    console = remarks(quiet=quiet)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal or console.is_dumb_terminal,
    )
    with bar:
        yield Stages(bar, bar.add_task("", total=number))


def interruptible(work: Callable[[], T]) -> T:
    """Do ``work`` in another thread, so that Ctrl-C is answered at once even while a solver runs.

    After an interruption the work may still be running: the process must then end without waiting for it.
    """
    answer: Future[T] = Future()

    def do() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # noqa: BLE001  whatever it is, it is raised again where it is awaited
            answer.set_exception(error)

    Thread(target=do, daemon=True).start()
    return answer.result()
