"""Answers may be kept and read by any page, and nothing else of the gateway may."""

import pytest

ALL = ("/", "/services", "/service_at_locations", "/taxonomies", "/taxonomy_terms")


@pytest.mark.parametrize("path", ALL)
def test_an_answer_is_kept_for_a_minute_and_then_asked_about(data, path):
    first = data.get(path)
    assert first.headers["cache-control"] == "public, max-age=60"
    tag = first.headers["etag"]
    for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = data.get(path, **{"If-None-Match": asked})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert data.get(path, **{"If-None-Match": '"other"'}).status_code == 200


def test_a_service_says_when_it_was_last_changed(data):
    listed = data.get("/services")
    latest = max(each["last_modified"] for each in listed.json()["contents"])
    assert latest == "2026-03-02T09:00:00Z"
    assert listed.headers["last-modified"] == "Mon, 02 Mar 2026 09:00:00 GMT"


@pytest.mark.parametrize("path", ALL)
def test_every_page_may_read_it(data, path):
    for headers in ({}, {"Origin": "https://elsewhere.test"}):
        answer = data.get(path, **headers)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


def test_a_page_elsewhere_may_ask_beforehand(data):
    asked = {"Origin": "https://elsewhere.test", "Access-Control-Request-Method": "GET"}
    asked["Access-Control-Request-Headers"] = "If-None-Match"
    answer = data.client.options("/open-referral/services", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"


def test_no_other_part_of_the_gateway_may_be_read_by_other_pages(data):
    answer = data.client.get("/api/v1/openapi.json", headers={"Origin": "https://elsewhere.test"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_changed_here(data, method):
    for path in ALL:
        answer = getattr(data.client, method)(f"/open-referral{path}")
        assert answer.status_code == 405
        assert answer.headers["content-type"] == "application/problem+json"
