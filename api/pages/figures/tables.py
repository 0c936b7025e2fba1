"""One table of figures: what a page shows, what a picture draws and what a file holds are the same cells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from api.design_system.spoken import spoken_code
from api.report.names import TIERS
from gateway.monitoring.figures_scope import OTHERS, UNKNOWN

Cell: TypeAlias = int | float | Decimal | str
"""A number, or the word that stands where there is none to tell."""

HIDDEN: Final = "hidden"
"""From 1 to 4 people, or a number from which such a one could be worked out."""

SMALL: Final = "1 to 4"

TOO_FEW: Final = "too few to tell"

NOTHING: Final = ""
"""There is no such number."""

ALL: Final = "All together"


class Drawn(StrEnum):
    """How the numbers of a table are drawn."""

    BARS = "bars"
    TILES = "tiles"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Line:
    """A row: what it is about, and a cell for each column but the first."""

    head: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTable:
    """Figures about one thing.

    key
        Its name in addresses.
    words
        What is counted, in a sentence or two.
    columns
        The heading of the first column, then one for each cell of a line.
    drawn
        How it is drawn, and (``shown``) which cells of a line; ``None``: it is too little to be drawn.
    places
        For tiles: the latitude and longitude of what a line is about, by its head, where they are known.
    """

    key: str
    title: str
    words: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    drawn: Drawn | None = Drawn.BARS
    shown: tuple[int, ...] = (0,)
    places: tuple[tuple[str, float, float], ...] = ()


Named: TypeAlias = Callable[[str], str]


def counts(rows: Mapping[str, int | None] | None, key: str) -> Cell:
    """A told count of people; a row that is not there is none at all."""
    if rows is None:
        return NOTHING
    return told(rows.get(key, 0))


def told(count: int | None) -> Cell:
    """A told count; ``None`` is hidden."""
    return HIDDEN if count is None else count


def told_alone(count: int | None) -> Cell:
    """A count that nothing else is told with: ``None`` is from 1 to 4, and nothing else."""
    return SMALL if count is None else count


def enough(number: float | None) -> Cell:
    """A number that takes so many people behind it."""
    return TOO_FEW if number is None else number


def keys_of(*rows: Iterable[str] | None) -> Sequence[str]:
    """Every key of several columns once, those that stand for no one thing last."""
    found = dict.fromkeys(key for each in rows if each is not None for key in each)
    return sorted(found, key=lambda key: (key in _LAST, *_order(key)))


_LAST: Final = (OTHERS, UNKNOWN)


def _order(key: str) -> tuple[int, str]:
    tiers = list(TIERS)
    return (tiers.index(key) if key in tiers else 0, key)


def tier_named(key: str) -> str:
    """A tier in words."""
    return _SPECIAL.get(key) or TIERS.get(key, spoken_code(key))


def coded(key: str) -> str:
    """A code in words."""
    return _SPECIAL.get(key) or spoken_code(key)


def worded(words: Mapping[Any, str]) -> Named:
    """Codes in the words in which they are chosen elsewhere; those that are chosen nowhere as `coded`."""
    return lambda key: words.get(key) or coded(key)


def band_named(key: str) -> str:
    """A band in words."""
    return "Not assessed yet" if key == UNKNOWN else f"Band {key}"


def authority_named(names: Mapping[str, str]) -> Named:
    """What authorities are called."""
    return lambda key: _SPECIAL.get(key) or names.get(key, key)


_SPECIAL: Final[Mapping[str, str]] = MappingProxyType({UNKNOWN: "Not known", OTHERS: "All other authorities"})


def cell_in_words(cell: Cell) -> str:
    """A cell as people read it."""
    if isinstance(cell, str):
        return cell.replace(" ", "\N{NO-BREAK SPACE}") if cell == SMALL else cell
    if isinstance(cell, Decimal):
        return f"{cell:,.2f}"
    return f"{cell:,.1f}" if isinstance(cell, float) else f"{cell:,}"
