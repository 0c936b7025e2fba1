"""Pages of figures in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_moment
from api.pages.figures.asking import WHOLE, Months, authorities_to_choose, months_to_choose
from api.pages.figures.counting import Counted
from api.pages.figures.pictures import Picture, picture_of
from api.pages.figures.tables import Cell, FigureTable, cell_in_words
from api.pages.figures.topics import TITLES, Topic

SMALL_NUMBERS = (
    "Numbers of people from 1 to 4 are hidden. All others are rounded to the nearest five, each by itself, "
    "so rows need not add up. Where a hidden number could be worked out, another one is hidden with it."
)

FIT_A_PHONE = 3
"""Columns."""

EXACT = "Unit weeks and quotas are what is agreed and paid for: they are told exactly."


def how_told(topic: Topic) -> str:
    """How far the numbers of a topic are exact."""
    return EXACT if topic is Topic.AGREEMENTS else SMALL_NUMBERS


@dataclass(frozen=True, slots=True)
class TopicNamed:
    """A page of figures, and what it answers."""

    title: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class CellSeen:
    """A cell in words; ``number``: it is one, and stands at the right."""

    text: str
    number: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table."""

    head: str
    cells: Sequence[CellSeen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table with its picture, and where it is as a file.

    columns
        With which of them hold numbers.
    wide
        It has more of them than fit on a phone, and scrolls by itself.
    """

    key: str
    title: str
    words: str
    picture: Picture | None
    columns: Sequence[CellSeen]
    wide: bool
    rows: Sequence[Row]
    csv: str
    excel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSeen:
    """A page of figures."""

    title: str
    words: str
    path: str
    period: str
    chosen: bool
    counted: str
    small: str
    firsts: Sequence[Choice]
    lasts: Sequence[Choice]
    authorities: Sequence[Choice]
    sections: Sequence[Section]
    all: str
    next: str | None
    first: str | None


def overview() -> Sequence[TopicNamed]:
    """Every page of figures."""
    return [TopicNamed(*TITLES[each], f"/figures/{each}") for each in Topic]


def period_of(months: Months, names: Mapping[str, str]) -> str:
    """Which months, and whose figures."""
    first, last = f"{months.first:%B %Y}", f"{months.last:%B %Y}"
    whose = WHOLE if months.authority is None else names.get(months.authority, months.authority)
    return f"{whose}, {first if first == last else f'{first} to {last}'}"


def topic_seen(
    topic: Topic,
    months: Months,
    counted: Counted | None,
    *,
    names: Mapping[str, str],
    own: str | None,
    today: date,
    after: str | None,
    chosen: bool,
) -> TopicSeen:
    """A page of figures; without any where what was asked for is wrong.

    Parameters
    ----------
    chosen
        Whether something else than the usual was asked for.
    """
    title, words = TITLES[topic]
    path, query = f"/figures/{topic}", months.query
    here = query if after is None else f"{query}&after={after}"
    beyond = None if counted is None else counted.next
    return TopicSeen(
        title=title,
        words=words,
        path=path,
        period=period_of(months, names),
        chosen=chosen,
        counted="" if counted is None else spoken_moment(counted.at),
        small=how_told(topic),
        firsts=months_to_choose(months.first, today),
        lasts=months_to_choose(months.last, today),
        authorities=authorities_to_choose(names, own, months.authority),
        sections=[] if counted is None else [_section(path, here, each) for each in counted.tables],
        all=f"{path}/all.xlsx?{here}",
        next=None if beyond is None else f"{path}?{query}&after={beyond}",
        first=None if after is None else f"{path}?{query}",
    )


def _section(path: str, query: str, table: FigureTable) -> Section:
    numeric = [
        any(not isinstance(line.cells[at], str) for line in table.lines)
        for at in range(len(table.columns) - 1)
    ]
    return Section(
        key=table.key,
        title=table.title,
        words=table.words,
        picture=picture_of(table),
        columns=[
            CellSeen(text, number) for text, number in zip(table.columns, (False, *numeric), strict=True)
        ],
        wide=len(table.columns) > FIT_A_PHONE,
        rows=[Row(head=line.head, cells=_cells(line.cells, numeric)) for line in table.lines],
        csv=f"{path}/{table.key}.csv?{query}",
        excel=f"{path}/{table.key}.xlsx?{query}",
    )


def _cells(cells: Sequence[Cell], numeric: Sequence[bool]) -> Sequence[CellSeen]:
    return [CellSeen(cell_in_words(cell), number) for cell, number in zip(cells, numeric, strict=True)]
