"""A file that is there whole or not at all, whatever happens while it is written."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def whole_file(path: Path, *, replace: bool = False) -> Iterator[IO[bytes]]:
    """Write beside the place, and move there when all of it is on the disk; only its owner may read it.

    Parameters
    ----------
    replace
        Take the place of an older file.

    Raises
    ------
    FileExistsError
        If there is one already and it is not to be replaced.
    OSError
        If it cannot be written (a full disk); nothing is left behind.
    """
    if path.exists() and not replace:
        raise FileExistsError(17, "is there already, and is not overwritten", str(path))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _settle(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
