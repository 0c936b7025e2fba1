"""From a drawing of Altair's to an image for a page, which may hold no drawing with styles of its own."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Final

import altair as alt
import vl_convert

from api.report.bars import FONT, FONT_SIZE, WIDTH

Rows = Sequence[Mapping[str, object]]


def layer(rows: Rows) -> alt.Chart:
    """A layer of its own rows."""
    return alt.Chart(alt.InlineData(values=list(rows)))


def across(field: str) -> alt.X:
    """A field that holds places from left to right; no axis is drawn."""
    return alt.X(f"{field}:Q", axis=None, scale=_places(WIDTH))


def down(field: str, height: int) -> alt.Y:
    """A field that holds places from the top down; no axis is drawn."""
    return alt.Y(f"{field}:Q", axis=None, scale=_places(height))


def _places(size: int) -> alt.Scale:
    return alt.Scale(domain=[0, size], range=[0, size], nice=False, zero=False)


def fill(field: str) -> alt.Fill:
    """A field that holds colours."""
    return alt.Fill(f"{field}:N", scale=None, legend=None)


def drawn(layers: Sequence[alt.Chart], height: int) -> str:
    """The address of an image that holds these layers, the first at the bottom."""
    chart: alt.LayerChart = (
        alt.layer(*layers)
        .properties(width=WIDTH, height=height, padding=1, autosize=alt.AutoSizeParams(type="none"))
        .configure(font=FONT, background="transparent", aria=False)
        .configure_text(fontSize=FONT_SIZE)
        .configure_view(stroke=None)
    )
    svg = vl_convert.vegalite_to_svg(chart.to_dict())
    return f"data:image/svg+xml;base64,{b64encode(_lighter(svg).encode()).decode()}"


def _lighter(svg: str) -> str:
    """The same drawing at half its weight: fonts and outlines are said once, and places to a tenth."""
    svg = svg.replace(f' font-family="{FONT}"', "").replace("<svg ", f'<svg font-family="{FONT}" ', 1)
    outline = _OUTLINE.search(svg)
    if outline is not None:
        svg = svg.replace(outline.group(), "").replace(_RECTS, f"<g{outline.group()}{_RECTS[2:]}", 1)
    return _LONG.sub(lambda found: f"{float(found.group()):.1f}", svg)


_OUTLINE: Final = re.compile(r' stroke="[^"]+" stroke-width="[^"]+"')
_RECTS: Final = '<g class="mark-rect'
_LONG: Final = re.compile(r"\d+\.\d{4,}")
"""A place that is told more finely than anybody sees."""
