"""Tables as files: CSV for one, Excel for one or all, in which no cell is run as a formula."""

import csv
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from api.pages.figures.tables import Cell, FigureTable
from gateway.assessment.spreadsheet_file import shielded

LONGEST_SHEET_NAME: Final = 31
_NOT_IN_SHEET_NAMES: Final = re.compile(r"[\[\]:*?/\\]")


def as_csv(table: FigureTable) -> bytes:
    """One table."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(_rows(table))
    return text.getvalue().encode()


def as_workbook(about: Sequence[tuple[str, str]], tables: Sequence[FigureTable]) -> bytes:
    """A sheet that says what it is about, and a sheet for each table."""
    book = Workbook(write_only=True)
    first = book.create_sheet("About")
    for label, words in about:
        first.append([_clean(label), _clean(words)])
    for number, table in enumerate(tables, start=1):
        sheet = book.create_sheet(_sheet_name(number, table.title))
        for row in _rows(table):
            sheet.append([_clean(cell) if isinstance(cell, str) else cell for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _rows(table: FigureTable) -> list[list[Cell]]:
    rows = [table.columns, *((line.head, *line.cells) for line in table.lines)]
    return [[_plain(cell) for cell in row] for row in rows]


def _plain(cell: Cell) -> Cell:
    """A number as it is; text such that a spreadsheet takes it for text."""
    return cell if isinstance(cell, int | float | Decimal) else shielded(cell)


def _clean(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _sheet_name(number: int, title: str) -> str:
    return _NOT_IN_SHEET_NAMES.sub(" ", f"{number} {title}")[:LONGEST_SHEET_NAME].strip()
