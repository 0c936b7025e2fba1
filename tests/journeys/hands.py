"""Two ways of using a page: with a pointer, and with the keyboard alone.

A control is named as somebody who hears the page would name it: by what it is and what it is called.
"""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Error, Locator, Page, expect

FURTHEST = 250
"""How often the Tab key is pressed before a control counts as out of reach."""

NAVIGATED = {"wait_until": "domcontentloaded"}


@dataclass
class Hands:
    """Somebody at a page, with a pointer."""

    page: Page
    javascript: bool = True

    def goes(self, path):
        self.page.goto(path, **NAVIGATED)
        return self

    def follows(self, name, **which):
        """A link."""
        self._leads_on(self._named("link", name, which))
        return self

    def presses(self, name, **which):
        """A button that leads on to another page, or to this one again."""
        self._leads_on(self._named("button", name, which))
        return self

    def writes(self, name, text, *, of=None, exact=True):
        self._write(self._within(of).get_by_role("textbox", name=name, exact=exact), text)
        return self

    def writes_day(self, of, day):
        """Into the three boxes of a date."""
        for box, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            self.writes(box, str(number), of=of)
        return self

    def chooses(self, name, *, of=None, exact=True):
        """One of several."""
        self._choose(self._within(of).get_by_role("radio", name=name, exact=exact))
        return self

    def ticks(self, name):
        self._tick(self.page.get_by_role("checkbox", name=name, exact=True))
        return self

    def picks(self, name, choice):
        """One out of a list that unfolds."""
        self._pick(self.page.get_by_label(name, exact=True), choice)
        return self

    def sees(self, *words):
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each)
        return self

    def hears(self, words):
        """What was just done, in the sentence that is read out."""
        expect(self.page.get_by_role("alert")).to_contain_text(words)
        return self

    def waits_for(self, words):
        """For work in the background: a script shows the page anew, without one somebody looks again."""
        if not self.javascript:
            self.follows("Look again")
        return self.sees(words)

    def _named(self, kind, name, which):
        """What is called so, or is found already."""
        return name if isinstance(name, Locator) else self.page.get_by_role(kind, name=name, **which)

    def _within(self, of) -> Page | Locator:
        return self.page if of is None else self.page.get_by_role("group", name=of, exact=True)

    def _leads_on(self, control):
        with self.page.expect_navigation(**NAVIGATED):
            control.click()

    def _write(self, control, text):
        control.fill(text)

    def _choose(self, control):
        control.check()

    _tick = _choose

    def _pick(self, control, choice):
        control.select_option(choice)


class Keys(Hands):
    """Somebody at a page, with the keyboard alone."""

    def reaches(self, control):
        """On by the Tab key until it has the focus; back from the end of the page to its beginning."""
        if not self._comes_to(control, "Tab"):
            pytest.fail(f"the Tab key never comes to {control} on {self.page.url}")

    def _comes_to(self, control, key):
        """Whether it gets the focus, however often this key is to be pressed."""
        it = control.element_handle()
        for _ in range(FURTHEST):
            there = _has_focus(it)
            if there is None:
                it = control.element_handle()
                there = _has_focus(it)
            if there:
                return True
            self.page.keyboard.press(key)
        return False

    def _leads_on(self, control):
        self.reaches(control)
        with self.page.expect_navigation(**NAVIGATED):
            self.page.keyboard.press("Enter")

    def _write(self, control, text):
        self.reaches(control)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def _choose(self, control):
        """The Tab key comes to a group of radios once; the arrows lead through it."""
        group = control.get_attribute("name")
        for _ in range(FURTHEST):
            if self.page.evaluate("document.activeElement.name") == group:
                break
            self.page.keyboard.press("Tab")
        else:
            pytest.fail(f"the Tab key never comes to the choices of {group} on {self.page.url}")
        if not self._comes_to(control, "ArrowDown"):
            pytest.fail(f"the arrow keys never come to {control} on {self.page.url}")
        self.page.keyboard.press("Space")

    def _tick(self, control):
        self.reaches(control)
        self.page.keyboard.press("Space")

    def _pick(self, control, choice):
        self.reaches(control)
        for _ in range(FURTHEST):
            if control.evaluate("it => it.selectedOptions[0].text.trim()") == choice:
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"the arrow keys never come to {choice} on {self.page.url}")


def _has_focus(it):
    """Whether an element has the focus; nothing if a script showed the page anew, and it is there no more."""
    try:
        return it.evaluate("it => it.isConnected ? it === document.activeElement : null")
    except Error:
        return None


WAYS = {
    "pointer": (Hands, True),
    "keyboard": (Keys, True),
    "no script": (Hands, False),
}
"""How a journey is made: each journey is made in each way."""

every_way = pytest.mark.parametrize("way", WAYS)


def sits_down(site, way, role, **more):
    """Somebody of a role, signed in, at the start page."""
    hands, javascript = WAYS[way]
    return hands(site.sign_in(role, javascript=javascript, **more), javascript).goes("/")
