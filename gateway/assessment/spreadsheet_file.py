"""CSV files that come from, and go to, a spreadsheet: strictly read, safely and atomically written.

A cell that starts with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return may be run as a formula by a
spreadsheet, so text of that kind is written with an apostrophe before it, and read without it again [1]_.

References
----------
.. [1] OWASP, CSV Injection.
"""

import codecs
import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

LARGEST_FILE = 100_000_000
"""Bytes; a hundred thousand referrals take about thirty million."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_HIDDEN = re.compile(r"'+[=+\-@\t\r]")


class CannotWrite(Exception):
    """The scored file cannot be written where it should go; nothing was."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """Why a file, or the rest of it from a row on, cannot be read."""

    row: int | None
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Most:
    """How many rows and columns are read of a file at most: a few megabytes can be millions of rows."""

    rows: int
    columns: int

    def fault(self, row: int) -> FileFault:
        """What is told of the first row beyond."""
        limits = f"{self.rows} rows or {self.columns} columns"
        return FileFault(row=row, problem=f"is beyond {limits}; reading stopped here")


def shielded(text: str) -> str:
    """The text such that no spreadsheet runs it; :func:`unshielded` gives it back."""
    return f"'{text}" if _FORMULA.match(text) else text


def unshielded(text: str) -> str:
    """The text that :func:`shielded` was given."""
    return text[1:] if _HIDDEN.match(text) else text


def read_rows(path: Path, most: Most | None = None) -> tuple[list[list[str]], tuple[FileFault, ...]]:
    """The rows as a spreadsheet counts them, the first being row 1, and what stopped the reading.

    Cells come without blanks around them. The file may start with a byte order mark.
    """
    text = _text_of(path)
    return ([], (text,)) if isinstance(text, FileFault) else _parsed(text, most)


def _text_of(path: Path) -> str | FileFault:
    data = _bytes_of(path)
    if isinstance(data, FileFault):
        return data
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        return FileFault(row=None, problem="is empty")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = _row_after(data[: error.start].decode("utf-8-sig"))
        return FileFault(row=row, problem="holds characters that are not UTF-8; save the sheet as CSV UTF-8")
    if "\0" in text:
        row = _row_after(text[: text.index("\0")])
        return FileFault(row=row, problem="holds a NUL character; this is not a CSV UTF-8 file")
    return text


def _bytes_of(path: Path) -> bytes | FileFault:
    try:
        if not path.is_file():
            what = "is not a regular file" if path.exists() else "does not exist"
            return FileFault(row=None, problem=what)
        if path.stat().st_size > LARGEST_FILE:
            return FileFault(row=None, problem=f"is larger than {LARGEST_FILE} bytes")
        return path.read_bytes()
    except OSError as error:
        return FileFault(row=None, problem=f"cannot be read: {error.strerror}")


def _row_after(text: str) -> int:
    """The row that the next character belongs to."""
    rows, faults = _parsed(f"{text}x")
    return len(rows) + len(faults)


def _parsed(text: str, most: Most | None = None) -> tuple[list[list[str]], tuple[FileFault, ...]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if most is not None and (len(rows) >= most.rows or len(row) > most.columns):
                return rows, (most.fault(len(rows) + 1),)
            rows.append([cell.strip() for cell in row])
    except csv.Error as error:
        return rows, (FileFault(row=len(rows) + 1, problem=f"{_reason(error)}; reading stopped here"),)
    return rows, ()


def _reason(error: csv.Error) -> str:
    told = str(error)
    if "field larger" in told:
        return "has a cell that is far too long, or a quotation mark that is never closed"
    if "unexpected end" in told:
        return "has a quotation mark that is never closed"
    if "expected after" in told:
        return "has text beside a quoted cell; write a quotation mark inside a cell twice"
    return told


def write_rows(path: Path, rows: Iterable[Sequence[str | int]]) -> None:
    """Write a CSV file in one move: readers see the old file or the whole new one.

    Text is shielded against being run as a formula; whole numbers are written as they are. The file can be
    read by its owner alone, for it is about people.

    Raises
    ------
    CannotWrite
        If the folder is missing, the path is a folder, or the disk refuses. Nothing is left behind.
    """
    if path.is_dir():
        raise CannotWrite(path, "is a folder")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:64]}.", suffix=".part")
    except OSError as error:
        raise CannotWrite(path, f"cannot be written: {error.strerror}") from error
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([_cell(value) for value in row] for row in rows)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise CannotWrite(path, f"cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _cell(value: str | int) -> str:
    return str(value) if isinstance(value, int) else shielded(value)
