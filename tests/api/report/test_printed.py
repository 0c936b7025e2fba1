"""What the terminal prints is the same briefing, in 80 columns."""

import io

import pytest
from rich.console import Console

from api.report.briefing import Briefing
from api.report.printed import print_briefing
from tests.allocation.hand_made import ask, people, service
from tests.api.report.emergencies import evidence, small_emergency


def printed(briefing, **settings):
    file = io.StringIO()
    print_briefing(briefing, Console(file=file, width=80, **settings))
    return file.getvalue()


@pytest.fixture(scope="module")
def briefing():
    return Briefing.of(small_emergency())


def test_every_part_is_told_in_lines_that_fit(briefing):
    text = printed(briefing)
    places = briefing.places.everybody
    assert (
        f"{places.placed:,} of {places.people:,} people have a place. {places.without:,} have none." in text
    )
    for heading in ("By band and home authority", "By band and tier", "The first moves", "Quotas", "Proof"):
        assert heading in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_without_colour_nothing_but_text_is_printed(briefing):
    assert "\x1b" not in printed(briefing, force_terminal=False)


def test_what_an_id_holds_is_neither_markup_nor_a_command_to_the_terminal():
    briefing = Briefing.of(evidence(ask(people("[red]a", "[red]\x1b[2J"), [service("only")])))
    text = printed(briefing)
    assert "[red]" in text
    assert "\x1b[2J" not in text


def test_the_smallest_emergencies_can_be_printed_too():
    for persons in ([], people("a"), people("a", "b")):
        assert "Proof" in printed(Briefing.of(evidence(ask(persons, [service("only")]))))
