"""The tour in docs/tour.md is true: what it says of a page stands on that page.

Each picture is of a page of a demonstration, at a stopped clock. What the tour prints in bold beneath it
stands on the page. To take the pictures anew:

    UPDATE_TOUR=1 python3 dev.py test tests/journeys/test_tour.py
"""

import os
import re
import shutil
from dataclasses import dataclass
from itertools import chain

import pytest

from tests.api.pages.rich_world import LaterIds, copied
from tests.api.pages.site import PHONE, visited
from tests.api.running import ROOT
from tests.gateway.ground import StoppedClock
from tests.journeys.tour_world import emergency_world, tour_world

TOUR = ROOT / "docs" / "tour.md"
PICTURES = ROOT / "docs" / "tour"
DESK = {"width": 1280, "height": 800}
HEAVIEST = 2_000_000
"""Bytes of all pictures."""

PICTURE = re.compile(r"^!\[(?P<alt>[^\]]+)\]\(tour/(?P<name>[a-z-]+)\.png\)$", re.MULTILINE)
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


@dataclass(frozen=True)
class Stop:
    """A page of the tour: whose, where, and from which heading on it is shown."""

    role: str
    address: str
    size: dict
    heading: str = ""


STOPS = {
    "home": Stop("officer", "/", DESK),
    "referrer-draft": Stop("referrer", "/my-referrals/{draft}", DESK),
    "referrer-risks": Stop("referrer", "/my-referrals/{draft}/risks", PHONE),
    "triage": Stop("officer", "/triage", DESK),
    "referral": Stop("officer", "/referrals/{in_triage}", DESK),
    "assessment": Stop("officer", "/referrals/{in_triage}/assessment", DESK),
    "places": Stop("officer", "/referrals/{placeable}/places", DESK),
    "run": Stop("officer", "/runs/{run_id}", DESK, "Who goes where"),
    "line": Stop("officer", "/runs/{run_id}/lines/{line_id}", DESK),
    "emergency": Stop("duty_manager", "/emergencies/{emergency}", DESK),
    "emergency-log": Stop("duty_manager", "/emergencies/{emergency}/log", DESK),
    "vacancies": Stop("provider", "/my-vacancies", PHONE),
    "offer": Stop("provider", "/my-offers/{offered}", PHONE),
    "figures": Stop("commissioner", "/figures/vacancies", DESK, "Units by authority on the last day"),
    "agreement": Stop("administrator", "/agreements/{agreement_id}", DESK),
    "events": Stop("auditor", "/events/verify", DESK),
}


def told():
    """What the tour says under each picture, by its name."""
    text = TOUR.read_text("utf-8")
    found = list(PICTURE.finditer(text))
    ends = [each.start() for each in found[1:]] + [len(text)]
    return {each["name"]: text[each.end() : end] for each, end in zip(found, ends, strict=True)}


@pytest.fixture
def walked(demonstration, sqlite_template, tmp_path, browser):
    """Each stop with its page, as somebody sees it; the emergency has a region of its own, and comes last."""
    store, made = demonstration

    def walk(url, world, stops):
        with visited(url, StoppedClock(), browser, LaterIds()) as site:
            ids = world(site.store)
            for name in stops:
                yield name, shown(site, ids, STOPS[name])

    there = [name for name, stop in STOPS.items() if stop.role == "duty_manager"]
    return chain(
        walk(
            copied(store, tmp_path / "demonstration.db"),
            lambda store: tour_world(store, made),
            [name for name in STOPS if name not in there],
        ),
        walk(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'emergency.db')}", emergency_world, there),
    )


def shown(site, ids, stop):
    """The page of a stop."""
    works_for = {"provider": "provider", "referrer": "agency"}.get(stop.role)
    page = site.sign_in(stop.role, of=ids.get(works_for, "tour"), size=stop.size)
    assert page.goto(stop.address.format_map(ids)).ok, stop.address
    if stop.heading:
        page.get_by_role("heading", name=stop.heading, exact=True).evaluate("it => it.scrollIntoView()")
    return page


@pytest.mark.parametrize("demonstration", ["sqlite"], indirect=True)
def test_what_the_tour_says_of_a_page_stands_on_it(walked):
    said, missing = told(), []
    for name, page in walked:
        if os.environ.get("UPDATE_TOUR"):
            PICTURES.mkdir(exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}.png")
        words = _even(page.locator("body").inner_text())
        missing += [f"{name}: {each}" for each in map(_even, BOLD.findall(said[name])) if each not in words]
        page.context.close()
    assert missing == []


def _even(text):
    return " ".join(text.split())


def test_the_tour_shows_each_page_once_and_says_something_that_is_tried():
    said = told()
    assert set(said) == set(STOPS)
    assert [name for name, text in said.items() if not BOLD.search(text)] == []
    assert {path.stem for path in PICTURES.glob("*.png")} == set(STOPS)
    assert all(len(each["alt"]) > 30 for each in PICTURE.finditer(TOUR.read_text("utf-8")))
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < HEAVIEST


def test_the_readme_opens_with_one_of_its_pictures_and_leads_to_it():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.search(r"!\[[^\]]{30,}\]\(docs/tour/[a-z-]+\.png\)", readme.partition("\n## ")[0])
    assert "](docs/tour.md)" in readme
