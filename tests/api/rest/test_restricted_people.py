"""Restricted people over HTTP: to whom the case is closed they are not there, whatever is asked."""

import pytest
from sqlalchemy import select

from gateway.people.tables import GrantRow
from gateway.records.tables import EventRow
from tests.api.rest.person_calls import LISTS, OF_A_PERSON, PERSON, WHY, Call
from tests.api.rest.test_people import entered, get, ground, post
from tests.gateway.ground import referral

NOBODY = {
    "person": "P-NOBODY",
    "exclusion": "X-NOBODY",
    "area": "SA-NOBODY",
    "separation": "SP-NOBODY",
    "grant": "G-NOBODY",
}
SEEN = {"If-Match": '"1"'}


def made(answer):
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@pytest.fixture
def doors(entrance):
    entrance.store.transact(ground)
    return entrance


@pytest.fixture
def holder(doors):
    """The duty manager who restricts the case."""
    return doors.as_("duty_manager")


@pytest.fixture
def outsider(doors):
    """Another duty manager, who may do whatever may be done at all, but has no grant."""
    return doors.as_("duty_manager", id="outsider")


@pytest.fixture
def ids(doors, holder, outsider):
    """Somebody restricted, of whom there is one of everything."""
    person, other = entered(holder), entered(holder, forename="Ada", surname="Alder", born=None)
    calls = {(each.method, each.path): each for each in OF_A_PERSON}
    found = {"person": person, "other": other, "account": "outsider"}
    for name, path in (("exclusion", "exclusions"), ("area", "safety-areas"), ("separation", "separations")):
        found[name] = made(calls["POST", f"/people/{{person}}/{path}"].send(holder, found))
    assert calls["POST", "/people/{person}/consents"].send(holder, found).status_code == 201
    doors.store.transact(lambda work: referral(work, "R-1", person=person))
    assert calls["POST", "/people/{person}/restrict"].send(holder, found).status_code == 200
    with doors.store.reading() as work:
        found["grant"] = work.first(select(GrantRow.id))
    return found


def test_to_whom_it_is_closed_every_route_says_what_it_says_of_nobody(doors, outsider, ids):
    with doors.store.reading() as work:
        before = len(work.where(EventRow))
    for call in OF_A_PERSON:
        closed, nobody = call.send(outsider, ids), call.send(outsider, ids | NOBODY)
        assert (closed.status_code, nobody.status_code) == (404, 404), call.id
        words = closed.text
        for name, id in NOBODY.items():
            words = words.replace(ids[name], id)
        assert words == nobody.text, call.id
    with doors.store.reading() as work:
        assert len(work.where(EventRow)) == before


def test_no_list_has_anything_of_somebody_to_whom_it_is_closed(holder, outsider, ids):
    for call in LISTS:
        assert ids["person"] in call.send(holder, ids).text, call.id
        answer = call.send(outsider, ids)
        assert answer.status_code == 200, call.id
        for told in (ids["person"], ids["exclusion"], "Zyxwell"):
            assert told not in answer.text, call.id


def test_nothing_kept_of_somebody_else_tells_of_them(holder, outsider, ids):
    """They are kept apart; to the outsider the other one's file is silent about from whom."""
    for path in ("", "/timeline", "/separations", "/possible-duplicates", "/grants"):
        answer = get(outsider, f"/people/{ids['other']}{path}")
        assert answer.status_code == 200
        assert ids["person"] not in answer.text
        assert ids["separation"] not in answer.text
    assert ids["separation"] in get(holder, f"/people/{ids['other']}/separations").text


def test_whoever_enters_them_again_is_told_nothing_and_the_holder_everything(holder, outsider, ids):
    answer = post(outsider, "/people", PERSON)
    again = made(answer)
    seen = "".join(get(outsider, f"/people/{again}{path}").text for path in ("", "/timeline"))
    assert ids["person"] not in answer.text + seen
    newest = get(holder, f"/people/{ids['person']}/timeline").json()["items"][1]
    assert newest["what"] == "restricted person maybe entered again"
    assert again in newest["why"]


def grant(client, ids, **more):
    body = WHY | {"holder": "outsider", "until": "2026-04-01T00:00:00Z"} | more
    return post(client, f"/people/{ids['person']}/grants", body)


def test_a_grant_makes_them_appear_and_its_end_or_revoking_makes_them_vanish(
    doors, holder, outsider, ids, clock
):
    answer = grant(holder, ids)
    id = made(answer)
    assert answer.headers["Location"] == f"/api/v1/people/{ids['person']}/grants"
    assert [each["id"] for each in holder.get(answer.headers["Location"]).json()["items"]][1:] == [id]
    assert get(outsider, f"/people/{ids['person']}").json()["case_restricted"] is True
    for call in LISTS:
        assert ids["person"] in call.send(outsider, ids).text, call.id
    revoked = post(holder, f"/grants/{id}/revoke", WHY)
    assert (revoked.status_code, revoked.json()["revoked_at"]) == (200, "2026-03-02T09:00:00Z")
    assert post(holder, f"/grants/{id}/revoke", WHY).json()["type"] == "/problems/grant-over"
    for call in LISTS:
        assert ids["person"] not in call.send(outsider, ids).text, call.id
    assert get(outsider, f"/people/{ids['person']}").status_code == 404

    made(grant(holder, ids, until="2026-03-02T10:00:00Z"))
    assert get(outsider, f"/people/{ids['person']}").status_code == 200
    clock.on(hours=1)
    assert get(outsider, f"/people/{ids['person']}").status_code == 404


def test_a_grant_is_for_an_account_that_may_be_used_and_ends_after_it_begins(holder, ids):
    answer = grant(holder, ids, holder="NOBODY")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/holder")
    answer = grant(holder, ids, until="2026-03-02T09:00:00Z")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/until")
    open_case = post(
        holder,
        f"/people/{ids['other']}/grants",
        WHY | {"holder": "outsider"} | {"until": "2026-04-01T00:00:00Z"},
    )
    assert open_case.json()["type"] == "/problems/not-restricted"


def test_only_duty_managers_restrict_grant_and_lift(doors, ids):
    officer = doors.as_("officer")
    for call in OF_A_PERSON:
        if "grant" in call.path or "restrict" in call.path:
            assert call.send(officer, ids | {"person": ids["other"]}).status_code == 403, call.id


def test_a_lifted_restriction_opens_the_case_to_all(holder, outsider, ids):
    path = f"/people/{ids['person']}/lift-restriction"
    assert post(holder, path, WHY).status_code == 428
    assert post(holder, path, WHY, **SEEN).status_code == 412
    assert post(holder, path, WHY, **{"If-Match": '"2"'}).json()["case_restricted"] is False
    assert get(outsider, f"/people/{ids['person']}").status_code == 200


def test_an_officer_breaks_the_glass_for_hours_and_the_auditor_sees_it_without_names(doors, ids, clock):
    officer, auditor = doors.as_("officer"), doors.as_("auditor")
    path = f"/people/{ids['person']}/break-glass"
    for wrong in ({"hours": 0}, {"hours": 25}, {"why": " "}):
        assert post(officer, path, WHY | {"hours": 4} | wrong).status_code == 422
    assert get(auditor, "/broken-glass").json()["items"] == []
    answer = post(officer, path, {"hours": 4, "why": "Found unconscious."})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/people/{ids['person']}"
    assert officer.get(answer.headers["Location"]).json()["surname"] == "Zyxwell"
    clock.on(minutes=1)
    post(doors.as_("officer", id="second"), path, WHY | {"hours": 1})
    first = get(auditor, "/broken-glass?size=1").json()
    last = get(auditor, f"/broken-glass?size=1&after={first['next']}").json()
    assert (first["items"][0]["holder"], last["items"][0]["holder"]) == ("second", "officer-1")
    assert (last["items"][0]["why"], last["next"]) == ("Found unconscious.", None)
    assert last["items"][0]["person_id"] == ids["person"]
    assert "Zyxwell" not in str((first, last))
    clock.on(hours=4)
    assert officer.get(answer.headers["Location"]).status_code == 404
    for after in ("WyJ4IiwieCJd", "WyIyMDI2LTAzLTAyIiwieFx1MDAwMCJd"):
        assert get(auditor, f"/broken-glass?after={after}").status_code == 422


def test_whose_glass_cannot_be_broken_is_said_plainly(doors, ids):
    officer = doors.as_("officer")
    answer = post(officer, f"/people/{ids['other']}/break-glass", WHY | {"hours": 4})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-restricted")
    assert post(officer, "/people/P-NOBODY/break-glass", WHY | {"hours": 4}).status_code == 404


def test_whoever_is_merged_with_somebody_restricted_is_closed_under_either_id(holder, outsider, ids):
    assert post(holder, f"/people/{ids['other']}/merge", WHY | {"into_id": ids["person"]}).status_code == 409
    over = WHY | {"on": "2026-03-02"}
    post(holder, f"/separations/{ids['separation']}/end", over)
    told = post(holder, f"/people/{ids['other']}/merge", WHY | {"into_id": ids["person"]})
    assert told.json()["case_restricted"] is True
    for id in (ids["person"], ids["other"]):
        for call in (Call("GET", f"/people/{id}"), Call("GET", f"/people/{id}/timeline")):
            assert call.send(outsider, ids).status_code == 404
            assert call.send(holder, ids).status_code == 200
    assert post(outsider, "/people/search", {"name": "Ada Alder"}).json()["items"] == []
    assert post(outsider, f"/people/{ids['other']}/unmerge", WHY).status_code == 404
    post(holder, f"/people/{ids['other']}/unmerge", WHY)
    assert get(outsider, f"/people/{ids['other']}").status_code == 200
    assert ids["person"] not in get(outsider, f"/people/{ids['other']}/timeline").text


def test_an_answer_kept_under_a_key_is_not_given_again_to_whoever_only_looks(holder, outsider, ids):
    id = made(grant(holder, ids))
    key = {"Idempotency-Key": "one"}
    assert ids["person"] in post(outsider, "/people/search", {"name": "Zyxwell"}, **key).text
    post(holder, f"/grants/{id}/revoke", WHY)
    assert ids["person"] not in post(outsider, "/people/search", {"name": "Zyxwell"}, **key).text
