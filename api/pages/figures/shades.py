"""How dark a number is drawn: light enough for black words on every shade."""

from collections.abc import Sequence
from typing import Final

from api.pages.figures.tables import Cell

SHADES: Final = ("#ffffff", "#d5e3f0", "#abc7e1", "#7fa9d0")
"""From nothing (or nothing told) to the most; black on the darkest is 8 to 1."""


def shade(cell: Cell, among: Sequence[Cell]) -> str:
    """The shade of a number among others: by thirds of the largest."""
    if isinstance(cell, str) or cell <= 0:
        return SHADES[0]
    most = max(float(each) for each in among if not isinstance(each, str))
    return SHADES[min(3, 1 + int(3 * float(cell) / most))]
