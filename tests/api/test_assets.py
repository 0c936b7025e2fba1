"""Style and scripts are kept by browsers; pages are not, and are not packed either."""

import re

import pytest

from api.design_system.assets import FOLDER, asset


@pytest.fixture
def page(entrance):
    return entrance.stranger.get("/sign-in", headers={"Accept-Encoding": "gzip"})


def test_whatever_a_page_fetches_is_kept_for_good_under_an_address_of_what_is_in_it(entrance, page):
    fetched = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(fetched) == 3
    for address in fetched:
        answer = entrance.stranger.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.content == (FOLDER / address.partition("?")[0].removeprefix("/static/")).read_bytes()


def test_style_travels_packed(entrance):
    answer = entrance.stranger.get(asset("gateway.css"), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


def test_an_address_that_does_not_tell_what_is_in_it_is_kept_for_an_hour(entrance):
    answer = entrance.stranger.get("/static/govuk-frontend.min.js")
    assert answer.headers["cache-control"] == "public, max-age=3600"


def test_a_page_is_neither_kept_nor_packed(page):
    assert page.headers["cache-control"] == "no-store"
    assert "content-encoding" not in page.headers
