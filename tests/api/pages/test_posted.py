"""Fields of a form are read one by one; what is wrong with its days is told of all at once."""

from datetime import date

import pytest

from api.pages.posted import Posted, boxes
from gateway.refusals import Invalid


def posted(**days):
    """A form with these days, as somebody typed them: day, month, year."""
    parts = ("day", "month", "year")
    return Posted(
        fields=tuple(
            (f"{name}-{part}", text)
            for name, typed in days.items()
            for part, text in zip(parts, typed, strict=True)
        ),
        files=(),
    )


def test_a_day_is_read_from_its_three_boxes():
    assert posted(born=("3", "12", "1990")).day("born") == date(1990, 12, 3)
    assert posted(born=("", "", "")).day("born") is None
    assert posted().day("born") is None
    assert Posted(tuple(boxes("born", date(1990, 12, 3)).items()), ()).day("born") == date(1990, 12, 3)


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        (("3", "March", "1990"), "born-month"),
        (("", "3", "1990"), "born-day"),
        (("31", "2", "1990"), "born-day"),
        (("3", "2", "90"), "born-year"),
        (("3", "2", "19900"), "born-year"),
    ],
)
def test_what_is_no_day_names_the_box(typed, box):
    with pytest.raises(Invalid) as refused:
        posted(born=typed).day("born")
    assert [name for name, _ in refused.value.faults] == [box]


def test_every_day_of_the_form_that_is_none_is_told_at_once():
    form = posted(since=("1", "1", "2020"), until=("31", "2", "2026"), review=("1", "x", "2026"))
    for asked in ("until", "review"):
        with pytest.raises(Invalid) as refused:
            form.day(asked)
        assert [name for name, _ in refused.value.faults] == ["until-day", "review-month"]
    assert form.day("since") == date(2020, 1, 1)
