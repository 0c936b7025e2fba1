"""A picture of how much of each of several things is used: one bar a row, its words above it.

Nothing in it depends on the fonts of the machine that draws it: words stand above their bars, and every place
is worked out here. Used and left are told apart by solid and hollow, and by the figures, not by colour.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import altair as alt
import vl_convert
from markupsafe import Markup, escape

INK: Final = "#0b0c0c"
SOLID: Final = "#12436d"
"""Dark blue of the Government Analysis Function's palette for charts; 10 to 1 against white."""

FONT: Final = "system-ui, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"
FONT_SIZE: Final = 12.5

WIDTH: Final = 360
"""Of the picture in its own units, which are about a small phone's pixels."""

LETTER: Final = 8
"""Width that the widest of the usual fonts needs for a figure."""

BAR_HEIGHT: Final = 13
LINE: Final = 16
LINE_LETTERS: Final = 52
"""Letters that fit a line in the widest of the usual fonts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row: ``used`` of ``most``, with its words, a paragraph each, and its figures as they are read."""

    words: tuple[str, ...]
    figures: str
    used: int
    most: int

    @property
    def lines(self) -> list[str]:
        """The words broken into lines."""
        return [line for each in self.words for line in textwrap.wrap(each, LINE_LETTERS) or [""]]

    @property
    def height(self) -> int:
        """Of the row, with the room under it."""
        return LINE * len(self.lines) + BAR_HEIGHT + 16


def bar_picture(bars: Sequence[Bar], summary: str) -> Markup:
    """Draw bars as SVG that fits any width.

    Parameters
    ----------
    summary
        What the picture shows, in words, for whoever cannot see it.
    """
    drawn = vl_convert.vegalite_to_svg(_chart(bars).to_dict())
    return labelled(drawn, summary)


def labelled(drawn: str, summary: str) -> Markup:
    """An SVG drawing under one accessible name; screen readers are told nothing else of it."""
    opening, inside = drawn.removesuffix("</svg>").removeprefix("<svg ").split(">", 1)
    return Markup(  # noqa: S704  Vega escapes every text it draws, and the name is escaped here
        f'<svg role="img" aria-label="{escape(summary)}" {opening}><g aria-hidden="true">{inside}</g></svg>'
    )


def _chart(bars: Sequence[Bar]) -> alt.LayerChart:
    height = max(sum(each.height for each in bars), 1)
    chart = alt.Chart(alt.InlineData(values=list(_rows(bars))))
    top, bottom = _down("top", height), alt.Y2("bottom:Q")
    hollow = chart.mark_rect(fill="white", stroke=SOLID, strokeWidth=1.5).encode(
        x=_across("left"), x2=alt.X2("most:Q"), y=top, y2=bottom
    )
    solid = chart.mark_rect(fill=SOLID).encode(x=_across("left"), x2=alt.X2("used:Q"), y=top, y2=bottom)
    words = chart.mark_text(align="left", baseline="top", lineHeight=LINE, fill=INK).encode(
        x=_across("left"), y=_down("words_at", height), text="lines:N"
    )
    figures = chart.mark_text(align="left", baseline="middle", fontWeight="bold", fill=INK).encode(
        x=_across("figures_at"), y=_down("middle", height), text="figures:N"
    )
    layers: alt.LayerChart = (
        alt.layer(hollow, solid, words, figures)
        .properties(width=WIDTH, height=height, padding=1, autosize=alt.AutoSizeParams(type="none"))
        .configure(font=FONT, background="transparent", aria=False)
        .configure_text(fontSize=FONT_SIZE)
        .configure_view(stroke=None)
    )
    return layers


def _across(field: str) -> alt.X:
    """A field that holds places from left to right; no axis is drawn."""
    return alt.X(f"{field}:Q", axis=None, scale=_places(WIDTH))


def _down(field: str, height: int) -> alt.Y:
    """A field that holds places from the top down; no axis is drawn."""
    return alt.Y(f"{field}:Q", axis=None, scale=_places(height))


def _places(size: int) -> alt.Scale:
    return alt.Scale(domain=[0, size], range=[0, size], nice=False, zero=False)


def _rows(bars: Sequence[Bar]) -> Iterator[dict[str, object]]:
    unit = _longest_bar(bars) / (max((max(each.most, each.used) for each in bars), default=1) or 1)
    tops = accumulate((each.height for each in bars), initial=0)
    for top, each in zip(tops, bars, strict=False):
        bar = top + LINE * len(each.lines) + 2
        yield {
            "lines": each.lines,
            "figures": each.figures,
            "words_at": top,
            "top": bar,
            "middle": bar + BAR_HEIGHT / 2 + 1,
            "bottom": bar + BAR_HEIGHT,
            "used": unit * each.used,
            "most": unit * each.most,
            "left": 0,
            "figures_at": unit * max(each.most, each.used) + LETTER,
        }


def _longest_bar(bars: Sequence[Bar]) -> int:
    """What the figures beside the bars leave of the width."""
    return WIDTH - LETTER * (2 + max((len(each.figures) for each in bars), default=0))
