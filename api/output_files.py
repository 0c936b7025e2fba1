"""Where commands write: refused before any work if it cannot be written, and written whole or not at all."""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from api.refusals import Refused
from gateway.assessment.spreadsheet_file import CannotWrite


def refuse_unwritable(out: Path, *inputs: Path) -> None:
    """Refuse a place for output that is an input, no regular file, or not to be written to.

    Raises
    ------
    Refused
        Naming the path and what is wrong with it.
    """
    if str(out) == "-":
        raise Refused("-: is no file name; the answer goes to a file, its summary to standard output")
    if any(out.exists() and each.exists() and out.samefile(each) for each in inputs):
        raise Refused(f"{out}: is an input itself, which must stay as it is")
    if out.is_dir():
        raise Refused(f"{out}: is a folder")
    if out.exists() and not out.is_file():
        raise Refused(f"{out}: is not a regular file")
    if out.exists() and not os.access(out, os.W_OK):
        raise Refused(f"{out}: may not be written to")
    folder = behind_links(out).parent
    if not folder.is_dir():
        raise Refused(f"{out}: its folder does not exist")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Refused(f"{out}: its folder may not be written to")


def behind_links(out: Path) -> Path:
    """The file that a path means: where it is a link, the link stays and what it points to is written."""
    return Path(os.path.realpath(out))


def write_all(writers: Mapping[Path, Callable[[Path], None]]) -> None:
    """Write several files, all or none: each beside its place first, then all moved there.

    Parameters
    ----------
    writers
        For each file, what writes it to the path it is given.

    Raises
    ------
    Refused
        If one of them cannot be written; older files are then unchanged.
    """
    with ExitStack() as folders:
        written = [
            (_written(behind_links(path), write, folders), behind_links(path))
            for path, write in writers.items()
        ]
        for part, path in written:
            part.replace(path)


def _written(path: Path, write: Callable[[Path], None], folders: ExitStack) -> Path:
    try:
        folder = tempfile.TemporaryDirectory(dir=path.parent, prefix=".", suffix=".part")
        part = Path(folders.enter_context(folder)) / path.name
        write(part)
    except OSError as error:
        raise Refused(f"{path}: cannot be written: {error.strerror}") from error
    except CannotWrite as error:
        raise Refused(f"{path}: {error.problem}") from error
    return part


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, readable by its owner alone, for it is about people.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
