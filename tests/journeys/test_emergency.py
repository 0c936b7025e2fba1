"""A duty manager at two in the morning: one command, then one page, on a phone or at a desk.

given an emergency in which several providers close,
when the manager runs the demonstration and opens the page it wrote,
then every question is answered on it, for everybody, and nothing leaves the machine.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.api.running import gateway


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    """The demonstration of a small emergency, and the page it wrote."""
    page = tmp_path_factory.mktemp("emergency") / "emergency.html"
    words = ("demo", "--people", 40, "--seed", 1, "--on", "2026-01-15", "--out", page)
    return gateway(*words), page


def test_one_command_finds_places_proves_the_plan_and_writes_the_page(answer):
    told, page = answer
    assert told.status == 0, told.err
    assert told.err == ""
    for words in (
        "people have a place",
        "By band and home authority",
        "By band and tier",
        "The first moves to make now",
        "Quotas:",
        "Conversions:",
        "By priority, one",
        "First come, first",
        "Proof",
        str(page),
    ):
        assert words in told.out.replace("\n", "") or words in told.out
    assert "The plan fails" not in told.out
    assert page.stat().st_size < 500_000


def test_the_same_emergency_on_the_same_day_gives_the_same_page(answer, tmp_path):
    again = tmp_path / "emergency.html"
    words = ("demo", "--people", 40, "--seed", 1, "--on", "2026-01-15", "--out", again, "--quiet")
    told = gateway(*words)
    assert (told.status, told.out, told.err) == (0, "", "")
    assert again.read_bytes() == answer[1].read_bytes()


@pytest.fixture(params=[375, 1280], ids=["phone", "desk"])
def opened(request, browser, answer):
    """The page, opened at a width; what it asked for and what it complained of."""
    tab = browser.new_page(viewport={"width": request.param, "height": 800})
    asked, said = [], []
    tab.on("request", lambda asking: asked.append(asking.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    address = answer[1].as_uri()
    tab.goto(address)
    yield tab, [each for each in asked if each != address], said
    tab.close()


@pytest.mark.browser
def test_the_page_asks_for_nothing_and_complains_of_nothing(opened):
    tab, asked, said = opened
    tab.wait_for_load_state("networkidle")
    assert (asked, said) == ([], [])


@pytest.mark.browser
def test_the_page_never_scrolls_sideways(opened):
    tab, _, _ = opened
    wide, visible = tab.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= visible


@pytest.mark.browser
def test_figures_of_a_large_emergency_do_not_widen_the_page(opened):
    tab, _, _ = opened
    tab.locator(".figures strong").evaluate_all(
        "all => all.forEach(e => { e.innerHTML = '98,765 <small>of 100,000</small>'; })"
    )
    wide, visible = tab.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= visible


@pytest.mark.browser
def test_axe_finds_nothing_to_object_to(opened):
    """Every rule that axe has: WCAG 2.0 to 2.2, levels A and AA, and its best practice."""
    tab, _, _ = opened
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
def test_the_first_press_of_tab_offers_a_way_past_the_top(opened):
    tab, _, _ = opened
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to how many have a place"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


@pytest.mark.browser
def test_a_table_that_is_too_wide_scrolls_by_itself_from_the_keyboard(opened):
    tab, _, _ = opened
    tables = tab.locator(".scroll")
    for at in range(tables.count()):
        region = tables.nth(at)
        if region.evaluate("each => each.scrollWidth > each.clientWidth"):
            region.focus()
            tab.keyboard.press("ArrowRight")
            tab.wait_for_function("() => document.activeElement.scrollLeft > 0")


@pytest.mark.browser
def test_pictures_fit_and_their_words_can_be_read(opened):
    """No picture is wider than the screen, and no word in one is smaller than 10 pixels."""
    tab, _, _ = opened
    width = tab.viewport_size["width"]
    for picture in tab.locator("figure svg").all():
        box = picture.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    heights = tab.locator("figure svg text").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) >= 10


@pytest.mark.browser
def test_the_answers_come_first_and_in_order(opened):
    """How many have a place is told before anything else, and without scrolling."""
    tab, _, _ = opened
    lede = tab.locator(".lede")
    assert re.match(r"\d+ of \d+ people have a place\.", lede.inner_text())
    assert lede.bounding_box()["y"] < 400
    headings = tab.locator("h2").all_inner_texts()
    assert headings[:5] == [
        "How many have a place",
        "Who has none, and what would place them",
        "Not yet scored: ask before they move",
        "The first moves to make now",
        "Quotas near full",
    ]


@pytest.mark.browser
def test_on_paper_every_table_is_whole(opened):
    tab, _, _ = opened
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 720, "height": 1000})
    cut = tab.locator(".scroll").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0
