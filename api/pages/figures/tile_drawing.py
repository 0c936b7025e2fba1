"""The region as tiles, an authority each, roughly where they lie: north above, west to the left."""

import textwrap
from collections.abc import Iterator, Sequence
from math import ceil, sqrt
from typing import Final

from api.pages.figures.drawing import across, down, drawn, fill, layer
from api.pages.figures.shades import shade
from api.pages.figures.tables import ALL, FigureTable, Line, cell_in_words
from api.report.bars import INK, SOLID, WIDTH

MOST_COLUMNS: Final = 4

MOST_TILES: Final = 40
"""Of more authorities only those with the largest numbers are drawn: nobody reads a map of hundreds."""

HEIGHT: Final = 84
GAP: Final = 6
NAME_LINE: Final = 15
LETTER: Final = 7.5
"""How wide a letter of a name may be."""


def tiles_of(table: FigureTable) -> str:
    """The image of a table by authority; a tile is the darker, the larger its first shown number is."""
    rows = tile_rows(table)
    across_most = max(map(len, rows), default=1)
    width = (WIDTH - GAP * (across_most - 1)) / across_most
    tiles = list(_tiles(table, rows, width))
    height = max(len(rows) * (HEIGHT + GAP), 1)
    rects = layer(tiles).mark_rect(stroke=SOLID, strokeWidth=1.2)
    names = layer(tiles).mark_text(
        align="left", baseline="top", lineHeight=NAME_LINE, fill=INK, fontWeight="bold"
    )
    told = layer(tiles).mark_text(align="left", baseline="top", lineHeight=NAME_LINE, fill=INK)
    return drawn(
        [
            rects.encode(
                x=across("left"), x2="right:Q", y=down("top", height), y2="bottom:Q", fill=fill("fill")
            ),
            names.encode(x=across("words_at"), y=down("name_at", height), text="name:N"),
            told.encode(x=across("words_at"), y=down("told_at", height), text="told:N"),
        ],
        height,
    )


def tile_rows(table: FigureTable) -> Sequence[Sequence[Line]]:
    """Lines in rows from north to south, each from west to east; those with no known place come last.

    As many to a row as make the whole about square, so no two are ever in one place, and neighbours stay near
    each other: an equal-area tile map by rank.
    """
    places = {head: (latitude, longitude) for head, latitude, longitude in table.places}
    lines = _largest([line for line in table.lines if line.head != ALL], table.shown[0])
    placed = sorted((each for each in lines if each.head in places), key=lambda each: -places[each.head][0])
    width = min(MOST_COLUMNS, max(1, ceil(sqrt(len(placed)))))
    rows = [
        sorted(placed[start : start + width], key=lambda each: places[each.head][1])
        for start in range(0, len(placed), width)
    ]
    others = [each for each in lines if each.head not in places]
    wide = max(width, min(MOST_COLUMNS, 2))
    return rows + [others[start : start + wide] for start in range(0, len(others), wide)]


def _largest(lines: Sequence[Line], column: int) -> Sequence[Line]:
    """The lines that are drawn, in their order."""

    def size(line: Line) -> float:
        cell = line.cells[column]
        return -1.0 if isinstance(cell, str) else float(cell)

    drawn = {line.head for line in sorted(lines, key=size, reverse=True)[:MOST_TILES]}
    return [line for line in lines if line.head in drawn]


def _tiles(table: FigureTable, rows: Sequence[Sequence[Line]], width: float) -> Iterator[dict[str, object]]:
    column = table.shown[0]
    numbers = [each.cells[column] for row in rows for each in row]
    for down_at, row in enumerate(rows):
        for across_at, line in enumerate(row):
            left, top = across_at * (width + GAP), down_at * (HEIGHT + GAP)
            name = textwrap.wrap(line.head, max(4, int((width - 8) / LETTER)))[:3]
            yield {
                "left": round(left, 1),
                "right": round(left + width, 1),
                "top": top,
                "bottom": top + HEIGHT,
                "words_at": round(left + 5, 1),
                "name_at": top + 5,
                "name": name,
                "told_at": top + 7 + NAME_LINE * len(name),
                "told": [_told(table, line, each) for each in table.shown],
                "fill": shade(line.cells[column], numbers),
            }


def _told(table: FigureTable, line: Line, column: int) -> str:
    heading = table.columns[column + 1].removeprefix("People ").capitalize()
    return f"{heading}: {cell_in_words(line.cells[column]) or 'none'}"
