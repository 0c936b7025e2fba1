"""The rows of a CSV or Excel file as text, the header being row 1 as a spreadsheet shows it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from gateway.assessment.spreadsheet_file import LARGEST_FILE, FileFault, Most, read_rows

MOST = Most(rows=100_000, columns=300)

Rows = list[list[str]]


def read_sheet(path: Path) -> tuple[Rows, tuple[FileFault, ...]]:
    """The rows of a ``.csv`` file (UTF-8), or of the first sheet of an ``.xlsx`` one, and what stopped it.

    In a workbook a date cell becomes ``2026-03-02``, a whole number has no point, TRUE is ``yes``. A formula
    is a fault: what it would show is not in the file for certain.
    """
    if path.suffix.lower() == ".csv":
        return read_rows(path, MOST)
    if path.suffix.lower() != ".xlsx":
        return [], (FileFault(row=None, problem="is neither a .csv nor an .xlsx file"),)
    if not path.is_file():
        return [], (FileFault(row=None, problem="is not a file"),)
    if path.stat().st_size > LARGEST_FILE:
        return [], (FileFault(row=None, problem=f"is larger than {LARGEST_FILE} bytes"),)
    if _unpacked(path) > LARGEST_FILE:
        return [], (FileFault(row=None, problem=f"is larger than {LARGEST_FILE} bytes when unpacked"),)
    return _workbook(path)


def _unpacked(path: Path) -> int:
    """How large a workbook says that it is when it is unpacked: a few bytes can say a gigabyte of blanks."""
    try:
        with ZipFile(path) as packed:
            return sum(each.file_size for each in packed.infolist())
    except BadZipFile:
        return 0  # it is no workbook, which is told next


def _workbook(path: Path) -> tuple[Rows, tuple[FileFault, ...]]:
    """As `read_sheet`; in a damaged workbook openpyxl raises anything, at its opening or in a cell."""
    try:
        return _opened(path)
    except (BadZipFile, InvalidFileException, KeyError, OSError):
        return [], (FileFault(row=None, problem="is not an Excel workbook (.xlsx)"),)
    except Exception:  # noqa: BLE001  of zlib, expat, or a plain ValueError, IndexError, TypeError: see above
        return [], (FileFault(row=None, problem="is a damaged Excel workbook: save it anew"),)


def _opened(path: Path) -> tuple[Rows, tuple[FileFault, ...]]:
    book = load_workbook(path, read_only=True)
    try:
        if not book.worksheets:
            return [], (FileFault(row=None, problem="has no sheet with cells"),)
        rows, faults = _cells(book.worksheets[0].iter_rows())
    finally:
        book.close()
    if not any(map(any, rows)):
        faults = [*faults, FileFault(row=None, problem="is empty")]
    return _even(rows), tuple(faults)


def _cells(found: Iterable[Sequence[Any]]) -> tuple[Rows, list[FileFault]]:
    rows: Rows = []
    faults = []
    for number, cells in enumerate(found, start=1):
        if number > MOST.rows or len(cells) > MOST.columns:
            faults.append(MOST.fault(number))
            break
        if any(cell.data_type == "f" for cell in cells):
            faults.append(FileFault(row=number, problem="holds a formula; paste its value instead"))
        rows.append([_text(cell.value) for cell in cells])
    return rows, faults


def _even(rows: Rows) -> Rows:
    """Rows as wide as the header, which is as wide as its last name; cells beyond it stay, to be told of."""
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        return rows
    width = max((place + 1 for place, name in enumerate(rows[0]) if name), default=0)
    return [_cut(row, width) for row in rows]


def _cut(row: list[str], width: int) -> list[str]:
    padded = row + [""] * (width - len(row))
    return padded if any(padded[width:]) else padded[:width]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
