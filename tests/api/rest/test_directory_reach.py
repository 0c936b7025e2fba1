"""Whoever must not know of a place, or of another provider's rows, is not told of them by any route."""

import re

import pytest

from api.access.permissions import MAY
from api.rest.directory import ROUTERS
from api.rest.matrix import standing_routes
from gateway.records.actor import Role
from tests.api.rest.directory_world import REFUGE_ADDRESS, doors

__all__ = ["doors"]

NOT_TOLD = ["referrer", "provider", "commissioner", "auditor", "administrator"]
TENANT = ("service_id", "unit_id", "void_id", "provider_id")
SEEN = {"If-Match": '"1"'}


def ours(app):
    """Every route of the directory and of agreements."""
    paths = {f"/api/v1{route.path}" for router in ROUTERS for route in router.routes}
    return [each for each in standing_routes(app.routes) if each.path in paths]


def address_of(path, ids):
    return re.sub(r"{(\w+)(:\w+)?}", lambda name: str(ids.get(name[1], "X-1")), path)


def example_of(app, route):
    """The first example of what a route is sent; it must be one that could be sent."""
    asked = app.openapi()["paths"][route.path][route.method.lower()].get("requestBody")
    if asked is None:
        return None
    name = asked["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return app.openapi()["components"]["schemas"][name]["examples"][0]


def query_of(route):
    return {"day": "2026-05-01"} if route.path.endswith("closing-block") else {}


@pytest.mark.parametrize("role", NOT_TOLD)
def test_the_address_of_a_refuge_is_in_no_answer_to_whoever_must_not_know_it(doors, role):
    client, asked = doors.as_(role), 0
    for route in standing_routes(doors.app.routes):
        if route.method != "GET" or "openapi" in route.path:
            continue
        answer = client.get(address_of(route.path, doors.ids), params=query_of(route))
        assert answer.status_code < 500, (route.path, answer.text)
        assert REFUGE_ADDRESS.encode() not in answer.content, route.path
        asked += answer.status_code == 200
    assert asked >= 3


@pytest.mark.parametrize(("role", "of"), [("officer", None), ("duty_manager", None), ("provider", "V-2")])
def test_whoever_sends_somebody_there_or_runs_it_is_told(doors, role, of):
    client = doors.as_(role, of=of)
    assert client.get("/api/v1/services/S-2").json()["address"] == REFUGE_ADDRESS
    assert client.get("/api/v1/services").content.count(REFUGE_ADDRESS.encode()) == 1


def test_a_change_by_somebody_who_is_not_told_leaves_the_address_and_tells_nothing(doors):
    keeper = doors.as_("administrator")
    seen = {"If-Match": keeper.get("/api/v1/services/S-2").headers["etag"]}
    answer = keeper.patch("/api/v1/services/S-2", json={"name": "The refuge"}, headers=seen)
    assert (answer.status_code, answer.json()["place_told"]) == (200, False)
    assert REFUGE_ADDRESS not in answer.text
    seen = {"If-Match": answer.headers["etag"]}
    opened = keeper.patch("/api/v1/services/S-2", json={"confidential": False}, headers=seen)
    assert (opened.status_code, opened.json()["type"]) == (403, "/problems/place-withheld")
    assert doors.as_("officer").get("/api/v1/services/S-2").json()["address"] == REFUGE_ADDRESS


def test_another_providers_rows_are_not_there_whatever_is_done_with_them(doors):
    """By every route with such an id: 404 in the words for nothing at all, or 403 for any id."""
    client, tried = doors.as_("provider"), set()
    for route in ours(doors.app):
        named = [name for name in TENANT if f"{{{name}}}" in route.path]
        if not named:
            continue
        told = {}
        for id in ("theirs", "nobody's"):
            ids = doors.ids if id == "theirs" else doors.ids | dict.fromkeys(named, "NONE-1")
            told[id] = client.request(
                route.method,
                address_of(route.path, ids),
                json=example_of(doors.app, route),
                params=query_of(route),
                headers=SEEN,
            )
        may = route.permission in MAY[Role.PROVIDER]
        assert told["theirs"].status_code == (404 if may else 403), (route, told["theirs"].text)
        theirs = told["theirs"].text
        for name in named:
            theirs = theirs.replace(str(doors.ids[name]), "NONE-1")
        assert theirs == told["nobody's"].text, route
        tried.add((route.method, route.path))
    assert len(tried) >= 20


@pytest.mark.parametrize(
    "path", ["services", "providers", "vacancies", "stale-units?hours=0", "vacancy-board?by=service"]
)
def test_no_list_tells_a_provider_of_another(doors, path):
    told = doors.as_("provider").get(f"/api/v1/{path}")
    assert told.status_code == 200, told.text
    for id in ("S-2", "U-2-1", "V-2"):
        assert id not in told.text
    assert "S-2" in doors.as_("provider", of="V-2").get("/api/v1/services").text


def test_a_provider_that_asks_for_anothers_vacancies_is_told_of_none(doors):
    for wanted in ("provider=V-2", "service=S-2"):
        assert doors.as_("provider").get(f"/api/v1/vacancies?{wanted}").json()["items"] == []


def test_agencies_are_told_to_whoever_works_with_them(doors):
    def told(role):
        return {each["id"] for each in doors.as_(role).get("/api/v1/agencies").json()["items"]}

    assert told("referrer") == {"A-1"}
    assert told("provider") == set()
    assert told("officer") == {"A-1", "A-2"}
    assert doors.as_("referrer").get("/api/v1/agencies/A-2").status_code == 404


def test_a_stranger_is_asked_to_sign_in_by_every_route(doors):
    for route in ours(doors.app):
        answer = doors.stranger.request(
            route.method,
            address_of(route.path, doors.ids),
            json=example_of(doors.app, route),
            params=query_of(route),
            headers=SEEN,
        )
        assert answer.status_code == 401, route


def test_a_change_without_what_was_seen_is_refused_and_a_stale_one_too(doors):
    client, tried = doors.as_("duty_manager"), 0
    for route in ours(doors.app):
        known = doors.app.openapi()["paths"][route.path][route.method.lower()]
        if not any(each["name"] == "If-Match" for each in known.get("parameters", ())):
            continue
        address, body = address_of(route.path, doors.ids), example_of(doors.app, route)
        assert client.request(route.method, address, json=body).status_code == 428, route
        stale = client.request(route.method, address, json=body, headers={"If-Match": '"99"'})
        assert stale.status_code == 412, (route, stale.text)
        tried += 1
    assert tried == 9
