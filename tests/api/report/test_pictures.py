"""The pictures draw the figures that the tables tell."""

import re
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from api.report.bars import Bar, bar_picture
from api.report.flow_picture import PEOPLE_HEIGHT, FlowPicture
from api.report.flows import Flows
from tests.api.report.emergencies import small_emergency


def rectangles(picture):
    """Width of each rectangle in the order drawn: first the hollow ones, then the solid ones."""
    tree = ET.fromstring(str(picture))  # noqa: S314  our own drawing, not somebody's file
    found = [
        path.get("d")
        for path in tree.iter("{http://www.w3.org/2000/svg}path")
        if path.get("fill") is not None
    ]
    return [float(re.search(r"h(-?[\d.]+)", each).group(1)) for each in found if each and "h" in each]


def texts(picture):
    """Every line of words in the picture."""
    tree = ET.fromstring(str(picture))  # noqa: S314  our own drawing, not somebody's file
    return [each.text for each in tree.iter("{http://www.w3.org/2000/svg}text")] + [
        each.text for each in tree.iter("{http://www.w3.org/2000/svg}tspan")
    ]


BARS = [
    Bar(words=("First",), figures="3 of 4", used=3, most=4),
    Bar(words=("Second", "of two lines"), figures="8 of 8", used=8, most=8),
]


def test_bars_are_as_long_as_their_figures():
    most_one, most_two, used_one, used_two = rectangles(bar_picture(BARS, "Two bars"))
    assert most_one / most_two == pytest.approx(4 / 8, rel=1e-3)
    assert used_one / most_one == pytest.approx(3 / 4, rel=1e-3)
    assert used_two == pytest.approx(most_two)


def test_words_and_figures_are_in_the_picture_as_text():
    shown = texts(bar_picture(BARS, "Two bars"))
    assert {"First", "3 of 4", "8 of 8"} <= set(shown)


def test_long_words_are_broken_into_lines_that_fit():
    bar = Bar(words=("a " * 60,), figures="", used=1, most=1)
    assert max(map(len, bar.lines)) <= 52
    assert bar.height > BARS[0].height


@pytest.mark.parametrize("bars", [[], [Bar(words=("None",), figures="0 of 0", used=0, most=0)]])
def test_a_picture_of_nothing_can_be_drawn(bars):
    assert str(bar_picture(bars, "Nothing")).startswith("<svg role=")


def test_the_name_of_a_picture_is_escaped():
    assert 'aria-label="a &lt;b&gt; &#34;c&#34;"' in str(bar_picture(BARS, 'a <b> "c"'))


@pytest.fixture(scope="module")
def flows():
    return Flows.of(small_emergency())


def test_boxes_are_as_high_as_people_are_many_and_no_two_overlap(flows):
    boxes = FlowPicture.of(flows).boxes
    unit = PEOPLE_HEIGHT / sum(map(flows.of_home, flows.homes))
    for box in boxes:
        people = int(box.label.rsplit(" ", 1)[1].replace(",", ""))
        assert box.height == pytest.approx(max(people * unit, 1), abs=0.1)
    for x in {box.x for box in boxes}:
        column = sorted((box.y, box.y + box.height) for box in boxes if box.x == x)
        assert all(above[1] < below[0] for above, below in pairwise(column))


def test_there_is_a_ribbon_for_every_way_that_anybody_goes(flows):
    ways = sum(count > 0 for count in (*flows.into.values(), *flows.out.values()))
    ribbons = FlowPicture.of(flows).ribbons
    assert len(ribbons) == ways
    assert Counter(each.hatched for each in ribbons)[True] == sum(
        count > 0 for (_, tier), count in flows.into.items() if tier == "No place yet"
    )


def test_everything_is_drawn_inside_the_picture(flows):
    picture = FlowPicture.of(flows)
    assert all(box.y >= 0 and box.y + box.height <= picture.height for box in picture.boxes)
