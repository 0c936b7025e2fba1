"""What every page shares: the frame, what goes wrong, and that nothing of GOV.UK's brand is shipped."""

from pathlib import Path

import pytest

from api.application import every_route
from api.pages.frame import WAYS
from api.pages.home.views import PLACES, WORDS
from api.rest.matrix import standing_routes
from gateway.monitoring.needs_now import Need, WhoAsks, needs_now
from gateway.records.actor import Role
from tests.api.pages.site import PHONE, accessible, fits
from tests.gateway.ground import NOW, small_world

STATIC = Path(__file__).parents[3] / "api" / "design_system" / "static"


def test_the_style_has_neither_the_fonts_nor_the_crest_of_govuk():
    style = (STATIC / "gateway.css").read_text()
    assert "GDS Transport" not in style
    assert "crest" not in style
    assert "crown" not in style.lower()


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE], ids=["desk", "phone"])
def test_the_start_page_is_accessible(site, size):
    page = site.sign_in("duty_manager", size=size)
    page.goto("/")
    accessible(page)
    fits(page)
    links = page.get_by_role("navigation", name="Main").get_by_role("link").all()
    lines = {each.bounding_box()["y"] for each in links if each.is_visible()}
    assert len(lines) == (0 if size is PHONE else 1), "the longest navigation is one line on a desk"
    besides = page.get_by_role("navigation", name="Also here").get_by_role("link").all_inner_texts()
    assert besides == ["Agreements", "Schemes"]


def test_whoever_is_not_signed_in_is_asked_to(site):
    site.expect("404")
    page = site.stranger()
    page.goto("/")
    assert page.url == f"{site.address}/sign-in?next=/"


def test_a_page_that_is_not_there_says_so_and_where_to_go(site):
    site.expect("404")
    page = site.sign_in("officer")
    answer = page.goto("/nowhere")
    assert answer.status == 404
    assert page.get_by_role("heading", level=1).inner_text() == "Not found"
    assert page.get_by_role("link", name="Triage").is_visible()  # whoever gets lost finds their way back
    accessible(page)
    page.get_by_role("link", name="Go to the start").click()
    assert page.get_by_role("heading", level=1).inner_text() == "What needs you now"


def test_every_way_and_every_tile_leads_to_a_page():
    there = {route.path for route in standing_routes(every_route()) if route.method == "GET"}
    assert {way.href for way in WAYS} | {place.partition("?")[0] for place in PLACES.values()} <= there
    assert set(WORDS) == set(Need)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLOCKWORK])
def test_whatever_waits_for_a_role_leads_to_a_page_that_the_role_may_see(store, role):
    with store.reading() as work:
        waits = needs_now(work, WhoAsks(role=role, agency_id="A-1", provider_id="V-1"), at=NOW)
    may = {route.path: route.open_to(role) for route in standing_routes(every_route())}
    assert {need: may.get(PLACES.get((role, need), "").partition("?")[0]) for need in waits} == dict.fromkeys(
        waits, True
    )


def test_the_start_page_tells_what_waits_and_where(site):
    site.store.transact(small_world)
    page = site.sign_in("provider", size=PHONE)
    page.goto("/")
    page.get_by_role("link", name="units nobody confirmed for a week").click()
    assert page.url.endswith("/my-vacancies")
    page = site.sign_in("officer")
    page.goto("/")
    accessible(page)
    assert "people not scored yet" in page.content()


@pytest.mark.parametrize("path", ["/how-allocation-works", "/privacy", "/accessibility"])
def test_what_the_public_is_told_is_there_for_anybody_and_accessible(site, path):
    page = site.stranger(size=PHONE)
    assert page.goto(path).status == 200
    accessible(page)
    fits(page)
