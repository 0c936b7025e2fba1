"""Exclusions, safety and consent over HTTP, and that no name stands in an address."""

import pytest

from tests.api.rest.person_calls import EXCLUSION, LISTS, OF_A_PERSON, WHY, Call
from tests.api.rest.test_people import entered, get, ground, post

OVER = WHY | {"on": "2026-03-10"}
DUDLEY = "E08000027"


@pytest.fixture
def officer(entrance):
    entrance.store.transact(ground)
    return entrance.as_("officer")


def test_an_exclusion_is_imposed_reviewed_and_lifted_from_what_was_seen(officer):
    id = entered(officer)
    answer = post(officer, f"/people/{id}/exclusions", EXCLUSION | {"detail": "A fire in the kitchen."})
    assert answer.status_code == 201, answer.text
    where = answer.headers["Location"].removeprefix("/api/v1")
    assert (get(officer, where).json(), get(officer, where).headers["ETag"]) == (answer.json(), '"1"')
    review = OVER | {"review_on": "2026-04-01"}
    assert post(officer, f"{where}/review", review).status_code == 428
    kept = post(officer, f"{where}/review", review, **{"If-Match": '"1"'})
    assert (kept.json()["review_on"], kept.headers["ETag"]) == ("2026-04-01", '"2"')
    assert post(officer, f"{where}/lift", OVER, **{"If-Match": '"1"'}).status_code == 412
    longer = review | {"until": "2027-01-01", "review_on": "2026-03-10"}
    refused = post(officer, f"{where}/review", longer, **{"If-Match": '"2"'})
    assert [each["pointer"] for each in refused.json()["errors"]] == ["#/until", "#/review_on"]
    lifted = post(officer, f"{where}/lift", OVER, **{"If-Match": '"2"'})
    assert (lifted.json()["lifted_on"], lifted.json()["lifted_why"]) == ("2026-03-10", WHY["why"])
    over = post(officer, f"{where}/lift", OVER, **{"If-Match": '"3"'})
    assert (over.status_code, over.json()["type"]) == (409, "/problems/exclusion-over")
    assert get(officer, f"/people/{id}/exclusions").json() == {"items": [lifted.json()]}


@pytest.mark.parametrize(
    ("wrong", "pointers"),
    [
        ({"service_id": None}, ["#/service_id"]),
        ({"provider_id": "V-1", "authority_id": DUDLEY}, ["#/provider_id", "#/authority_id"]),
        ({"until": "2026-03-02", "reason": "other"}, ["#/until", "#/review_on", "#/detail"]),
        ({"from_day": "1800-01-01", "until": None}, ["#/from_day", "#/until"]),
    ],
)
def test_an_exclusion_that_does_not_hold_is_refused_with_every_place(officer, wrong, pointers):
    answer = post(officer, f"/people/{entered(officer)}/exclusions", EXCLUSION | wrong)
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, pointers)


def test_what_an_exclusion_bars_from_must_be_there(officer):
    answer = post(officer, f"/people/{entered(officer)}/exclusions", EXCLUSION | {"service_id": "S-9"})
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no service S-9.")


def test_exclusions_due_are_listed_page_by_page(officer):
    id = entered(officer)
    for day in ("03", "02", "04", "02"):
        post(officer, f"/people/{id}/exclusions", EXCLUSION | {"review_on": f"2026-05-{day}"})
    found, after = [], ""
    while after is not None:
        path = f"/exclusions-due-for-review?on=2026-05-03&size=1{after and f'&after={after}'}"
        page = get(officer, path).json()
        found += [each["review_on"] for each in page["items"]]
        after = page["next"]
    assert found == ["2026-05-02", "2026-05-02", "2026-05-03"]
    assert get(officer, "/exclusions-due-for-review").json()["items"] == []
    for after in ("WyJ4IiwieCJd", "WyIyMDI2LTA1LTAyIiwieFx1MDAwMCJd"):
        assert get(officer, f"/exclusions-due-for-review?after={after}").status_code == 422


def test_an_unsafe_area_is_set_once_and_ends_with_a_reason(officer):
    path = f"/people/{entered(officer)}/safety-areas"
    area = {"authority_id": DUDLEY, "reason": "domestic_abuse", "on": "2026-03-02"}
    made = post(officer, path, area | {"why": "He lives there."})
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1{path}")
    assert (post(officer, path, area).json()["type"]) == "/problems/stands-already"
    assert post(officer, path, area | {"authority_id": "E99999999"}).status_code == 404
    end = f"/safety-areas/{made.json()['id']}/end"
    assert post(officer, end, OVER | {"why": " "}).status_code == 422
    early = post(officer, end, OVER | {"on": "2026-03-01"})
    assert [each["pointer"] for each in early.json()["errors"]] == ["#/on"]
    ended = post(officer, end, OVER).json()
    assert ended["ended_on"] == "2026-03-10"
    assert post(officer, end, OVER).json()["type"] == "/problems/ended-already"
    assert get(officer, path).json()["items"] == [ended]


def test_two_people_are_kept_apart_and_both_files_say_so(officer):
    one, other = entered(officer), entered(officer, forename="Ada")
    body = {"other_id": one, "reason": "threat", "on": "2026-03-02"}
    apart = post(officer, f"/people/{other}/separations", body)
    assert (apart.status_code, apart.headers["Location"]) == (201, f"/api/v1/people/{other}/separations")
    assert post(officer, f"/people/{one}/separations", body).json()["type"] == "/problems/one-and-the-same"
    ended = post(officer, f"/separations/{apart.json()['id']}/end", OVER).json()
    for id in (one, other):
        assert get(officer, f"/people/{id}/separations").json()["items"] == [ended]
    assert ended["ended_on"] == "2026-03-10"


def test_consent_is_given_and_taken_back(officer):
    path = f"/people/{entered(officer)}/consents"
    given = post(officer, path, {"given_on": "2026-03-01", "how": "signed form"})
    assert (given.status_code, given.headers["Location"]) == (201, f"/api/v1{path}")
    for wrong in ({"given_on": "2026-03-03"}, {"how": " "}, {"how": "x" * 65}, {"how": None}):
        answer = post(officer, path, {"given_on": "2026-03-01", "how": "signed form"} | wrong)
        assert answer.status_code == 422, wrong
    taken = post(officer, f"{path}/withdraw", {"withdrawn_on": "2026-03-02"})
    assert [each["withdrawn_on"] for each in taken.json()["items"]] == ["2026-03-02"]
    none = post(officer, f"{path}/withdraw", {"withdrawn_on": "2026-03-02"})
    assert (none.status_code, none.json()["type"]) == (409, "/problems/no-consent")
    assert get(officer, path).json() == taken.json()


def test_no_name_day_or_number_stands_in_an_address_or_a_header(entrance):
    """Of any request these routes ask for, or of anything they answer but the body."""
    entrance.store.transact(ground)
    client = entrance.as_("duty_manager")
    marked = {"surname": "Zyxwell", "born": "1991-07-13", "address": "7 Marked Lane"}
    marked |= {"references": [{"kind": "prison_number", "value": "A1234BC"}]}
    seen = []
    client.event_hooks["response"].append(
        lambda answer: seen.append(f"{answer.request.url} {dict(answer.headers)} {answer.request.headers}")
    )
    ids = {
        "person": entered(client, **marked),
        "other": entered(client, **marked),
        "account": "duty-manager-1",
    }
    made = {
        "exclusion": f"/people/{ids['person']}/exclusions",
        "area": f"/people/{ids['person']}/safety-areas",
        "separation": f"/people/{ids['person']}/separations",
    }
    calls = {each.path: each for each in OF_A_PERSON if each.method == "POST"}
    for name, path in made.items():
        ids[name] = calls[path.replace(ids["person"], "{person}")].send(client, ids).json()["id"]
    for call in (*OF_A_PERSON, *LISTS, Call("POST", "/people/search", {"born": "1991-07-13"})):
        call.send(client, {"grant": "G-1"} | ids)
    assert len(seen) > len(OF_A_PERSON)
    for mark in ("zyxwell", "quillon", "1991-07-13", "19910713", "marked", "a1234bc"):
        assert mark not in "".join(seen).lower()
