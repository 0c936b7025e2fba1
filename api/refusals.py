"""Which errors are somebody's bad input, how they are told, and with what exit status.

Exit status 2: the input, or where the output should go, cannot be used, and nothing was written. Exit status
1: the input is sound, and the plan fails. Whatever is in no family here is a fault of this program.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from rich.console import Console
from rich.text import Text

from api.terminal import printable

T = TypeVar("T")

BAD_INPUT: Final = 2
PLAN_FAILS: Final = 1
INTERRUPTED: Final = 130
"""128 and the number of the signal, as a shell has it."""

MOST_SHOWN: Final = 50
"""Lines of one kind printed at a terminal, the rest being counted; a file or a pipe gets all of them."""


class Refused(Exception):
    """The input cannot be used. ``faults``: everything wrong with it, a line each."""

    def __init__(self, what: str, faults: Sequence[str] = ()) -> None:
        self.what, self.faults = what, tuple(faults)
        super().__init__("\n".join([what, *self.faults]))


def read(path: Path, reader: Callable[[Path], T]) -> T:
    """What ``reader`` reads from a file in the exchange format.

    Raises
    ------
    Refused
        Naming the file and every fault in it.
    """
    from allocation.exchange import InvalidDocument  # noqa: PLC0415  only commands that read pay for it

    try:
        return reader(path)
    except InvalidDocument as error:
        faults = [str(fault).removeprefix(f"{path}: ") for fault in error.faults]
        raise Refused(f"{path}: {_count(len(faults))}", faults) from error


def refusal_of(error: Exception) -> Refused | None:
    """The refusal that an error amounts to; ``None``: it is none, but a fault of this program."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return Refused(f"{where}{error.strerror or error}")
    if isinstance(error, _families()):
        what, *faults = str(error).splitlines()
        return Refused(what, [each.strip() for each in faults])
    return None


def _families() -> tuple[type[Exception], ...]:
    """The errors of the rooms below whose text is meant for whoever gave the input."""
    from gateway.assessment.referral_csv import BadReferrals  # noqa: PLC0415  needed only when something failed
    from gateway.assessment.scheme import InvalidScheme, UnknownScheme  # noqa: PLC0415  as above
    from gateway.assessment.spreadsheet_file import CannotWrite  # noqa: PLC0415  as above
    from gateway.refusals import Refusal  # noqa: PLC0415  as above
    from gateway.storage.backup_format import BadBackup  # noqa: PLC0415  as above
    from gateway.storage.sealing import WrongKey  # noqa: PLC0415  as above
    from scenarios.emergency import TooFewToMove  # noqa: PLC0415  as above
    from scenarios.region import InvalidRegion  # noqa: PLC0415  as above

    of_files = (BadReferrals, InvalidScheme, UnknownScheme, CannotWrite, TooFewToMove, InvalidRegion)
    return *of_files, Refusal, BadBackup, WrongKey


def tell(refusal: Refused, console: Console) -> None:
    """Print a refusal: what, then the faults."""
    console.print(Text(printable(refusal.what), style="bold"), soft_wrap=True)
    print_lines(refusal.faults, console)


def print_lines(lines: Sequence[str], console: Console) -> None:
    """Print lines under what was said of them; see `MOST_SHOWN`."""
    shown = lines[:MOST_SHOWN] if console.is_terminal else lines
    for line in shown:
        console.print(Text(f"  {printable(line)}"), soft_wrap=True)
    if more := len(lines) - len(shown):
        console.print(f"  and {more:,} more, which a file or a pipe gets", soft_wrap=True)


def _count(faults: int) -> str:
    return "1 fault" if faults == 1 else f"{faults:,} faults"
