"""Bars in groups: what they are about above them, and each bar's words and number beside it.

Nothing depends on the fonts of the machine that draws it, and every bar says what it is without its colour.
"""

import textwrap
from collections.abc import Sequence
from typing import Final

from api.pages.figures.drawing import across, down, drawn, fill, layer
from api.pages.figures.tables import ALL, FigureTable, Line, cell_in_words
from api.report.bars import BAR_HEIGHT, INK, LETTER, LINE, LINE_LETTERS, SOLID, WIDTH

FILLS: Final = (SOLID, "#ffffff", "#8fb8de")
"""Of the first, second and third bar of a group; they differ in lightness too."""

BOLD_LETTERS: Final = LINE_LETTERS * 4 // 5
"""Letters that fit a line of bold ones."""

STEP: Final = BAR_HEIGHT + 5
GAP: Final = 10
LONGEST_WORDS: Final = 26
"""Letters beside a bar; what is longer is cut, and stands whole in the table."""

MOST_GROUPS: Final = 30
"""Of more, the first are drawn, and the words with the picture say so."""


def bars_of(table: FigureTable) -> str:
    """The image of a table's shown columns."""
    lines = drawn_lines(table)[:MOST_GROUPS]
    several = len(table.shown) > 1
    heads, bars, top = [], [], 0
    longest = _longest_bar(table, lines)
    for line in lines:
        words = textwrap.wrap(line.head, BOLD_LETTERS) or [""]
        heads.append({"x": 0, "y": top, "words": words})
        top += LINE * len(words) + 1
        for at, column in enumerate(table.shown):
            bars.append(_bar(table, line, column, at, top, longest, several=several))
            top += STEP
        top += GAP
    height = max(top, 1)
    rects = layer([each for each in bars if each["drawn"]]).mark_rect(stroke=SOLID, strokeWidth=1.2)
    told = layer(bars).mark_text(align="left", baseline="middle", fill=INK)
    named = layer(heads).mark_text(align="left", baseline="top", lineHeight=LINE, fill=INK, fontWeight="bold")
    return drawn(
        [
            rects.encode(
                x=across("left"), x2="right:Q", y=down("top", height), y2="bottom:Q", fill=fill("fill")
            ),
            told.encode(x=across("words_at"), y=down("middle", height), text="words:N"),
            named.encode(x=across("x"), y=down("y", height), text="words:N"),
        ],
        height,
    )


def drawn_lines(table: FigureTable) -> tuple[Line, ...]:
    """What is drawn: not the sum, beside which the rest would be small, nor what has no number."""
    lines = (line for line in table.lines if line.head != ALL)
    return tuple(line for line in lines if any(_number(line, each) is not None for each in table.shown))


def _longest_bar(table: FigureTable, lines: Sequence[Line]) -> float:
    words = [
        _words(table, line, column)
        for line in lines
        for column in table.shown
        if not isinstance(line.cells[column], str)
    ]
    return WIDTH - LETTER * (2 + max(map(len, words), default=0))


def _most(table: FigureTable) -> float:
    """The largest number of those drawn to one scale: all of them."""
    numbers = (_number(line, column) for line in drawn_lines(table) for column in table.shown)
    return max((each for each in numbers if each is not None), default=0) or 1


def _number(line: Line, column: int) -> float | None:
    cell = line.cells[column]
    return None if isinstance(cell, str) else max(0.0, float(cell))


def _words(table: FigureTable, line: Line, column: int) -> str:
    cell = cell_in_words(line.cells[column]) or "none"
    if len(table.shown) == 1:
        return cell
    heading = textwrap.shorten(table.columns[column + 1].partition(" (")[0], LONGEST_WORDS, placeholder="…")
    return f"{heading}: {cell}"


def _bar(
    table: FigureTable, line: Line, column: int, at: int, top: int, longest: float, *, several: bool
) -> dict[str, object]:
    number = _number(line, column)
    length = 0.0 if number is None else round(longest * number / _most(table), 1)
    return {
        "left": 0,
        "right": length,
        "top": top,
        "bottom": top + BAR_HEIGHT,
        "middle": top + BAR_HEIGHT / 2 + 1,
        "words_at": length + LETTER,
        "words": _words(table, line, column),
        "fill": FILLS[at % len(FILLS)] if several else SOLID,
        "drawn": length > 0,
    }
