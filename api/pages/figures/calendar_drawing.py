"""A calendar: a month a row, a day a square, the darker the more."""

from collections.abc import Iterator, Sequence
from typing import Final

from api.pages.figures.drawing import across, down, drawn, fill, layer
from api.pages.figures.shades import SHADES, shade
from api.pages.figures.tables import NOTHING, Cell, FigureTable
from api.report.bars import INK, SOLID, WIDTH

HEAD: Final = 46
"""Room for the name of a month."""

DAY: Final = (WIDTH - HEAD) / 31
LINE: Final = 18
TOP: Final = 16


def calendar_of(table: FigureTable) -> str:
    """The image of a table whose lines are months and whose cells are days."""
    numbers = [cell for line in table.lines for cell in line.cells]
    days = [each for row, line in enumerate(table.lines) for each in _month(row, line.cells, numbers)]
    months = [
        {"x": 0, "y": TOP + row * LINE + LINE / 2, "words": f"{line.head[:3]} {line.head[-2:]}"}
        for row, line in enumerate(table.lines)
    ]
    heads = [
        {"x": HEAD + (day - 0.5) * DAY, "y": TOP / 2, "words": str(day)} for day in (1, 5, 10, 15, 20, 25, 31)
    ]
    foot = TOP + LINE * len(table.lines) + 8
    height = foot + 18
    key = _key_words(numbers)
    squares = [*days, *(_square(at * _KEY_STEP, foot, 14, SHADES[at]) for at in range(len(key)))]
    named = [
        {"x": at * _KEY_STEP + 19, "y": foot + LINE / 2 - 1, "words": each} for at, each in enumerate(key)
    ]
    rects = layer(squares).mark_rect(stroke=SOLID, strokeWidth=0.4)
    words = layer([*months, *named]).mark_text(align="left", baseline="middle", fill=INK, fontSize=10)
    above = layer(heads).mark_text(align="center", baseline="middle", fill=INK, fontSize=10)
    return drawn(
        [
            rects.encode(
                x=across("left"), x2="right:Q", y=down("top", height), y2="bottom:Q", fill=fill("fill")
            ),
            words.encode(x=across("x"), y=down("y", height), text="words:N"),
            above.encode(x=across("x"), y=down("y", height), text="words:N"),
        ],
        height,
    )


def _month(row: int, cells: tuple[Cell, ...], numbers: Sequence[Cell]) -> Iterator[dict[str, object]]:
    for day, cell in enumerate(cells):
        if cell != NOTHING:
            yield _square(HEAD + day * DAY, TOP + row * LINE + 1, DAY - 1, shade(cell, numbers))


def _square(left: float, top: float, width: float, colour: str) -> dict[str, object]:
    return {
        "left": round(left, 1),
        "right": round(left + width, 1),
        "top": top,
        "bottom": top + LINE - 2,
        "fill": colour,
    }


_KEY_STEP: Final = 84


def _key_words(numbers: Sequence[Cell]) -> Sequence[str]:
    """What each shade stands for, as far as there is any of it."""
    most = max((float(each) for each in numbers if not isinstance(each, str)), default=0)
    thirds = (f"{words} {most * third / 3:,.0f}" for words, third in _THIRDS)
    return ("0 to 4", *(thirds if most else ()))


_THIRDS: Final = (("below", 1), ("below", 2), ("up to", 3))
