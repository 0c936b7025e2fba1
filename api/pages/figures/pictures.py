"""The picture of a table, with words for whoever cannot see it.

Drawing takes some 50 ms of a processor, more than all else on a page: a drawn picture is kept in memory for
the same numbers, `KEPT` of them at most.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from api.pages.figures.bar_drawing import MOST_GROUPS, bars_of, drawn_lines
from api.pages.figures.calendar_drawing import calendar_of
from api.pages.figures.tables import ALL, Drawn, FigureTable, cell_in_words
from api.pages.figures.tile_drawing import MOST_TILES, tiles_of
from gateway.agreements.limit_words import listed

KEPT: Final = 256
"""Pictures in memory, of some 20 kB each."""

_DRAW: Final[Mapping[Drawn, Callable[[FigureTable], str]]] = MappingProxyType(
    {Drawn.BARS: bars_of, Drawn.TILES: tiles_of, Drawn.CALENDAR: calendar_of}
)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image by its address, which holds it, what it shows in words, and what it leaves out."""

    src: str
    alt: str
    note: str


def picture_of(table: FigureTable) -> Picture | None:
    """The picture of a table; none if it has no number to draw."""
    if table.drawn is None or not _has_numbers(table):
        return None
    return Picture(_kept(table), _alt(table), _note(table))


@lru_cache(maxsize=KEPT)
def _kept(table: FigureTable) -> str:
    return _DRAW[table.drawn or Drawn.BARS](table)


def _has_numbers(table: FigureTable) -> bool:
    cells = (line.cells[each] for line in table.lines if line.head != ALL for each in table.shown)
    return any(not isinstance(cell, str) and cell > 0 for cell in cells)


def _alt(table: FigureTable) -> str:
    columns = listed((table.columns[each + 1].lower() for each in table.shown), "and")
    same = "The table below has the same numbers."
    if table.drawn is Drawn.CALENDAR:
        return f"{table.title}, a square for each day, the darker the more units. {same}"
    if table.drawn is Drawn.TILES:
        return f"{table.title} as a map of tiles, north above: {columns}. {same}"
    return f"{table.title} as bars: {columns}.{_largest(table)} {same}"


def _note(table: FigureTable) -> str:
    """What is not drawn of a long table."""
    if table.drawn is Drawn.TILES and sum(line.head != ALL for line in table.lines) > MOST_TILES:
        return f"Only the {MOST_TILES} with the largest numbers are drawn. The table has all of them."
    if table.drawn is Drawn.BARS and len(drawn_lines(table)) > MOST_GROUPS:
        return f"Only the first {MOST_GROUPS} rows are drawn. The table has all of them."
    return ""


def _largest(table: FigureTable) -> str:
    """Which row is longest, if there are several."""
    column = table.shown[0]
    rows = [
        (float(cell), cell_in_words(cell), line.head)
        for line in table.lines
        if not isinstance(cell := line.cells[column], str) and line.head != ALL
    ]
    if len(rows) < 2:
        return ""
    _, words, head = max(rows)
    return f" The most {table.columns[column + 1].lower()}: {head}, {words}."
