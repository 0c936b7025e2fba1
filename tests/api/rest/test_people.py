"""People over HTTP: entered, found, read, changed, merged; no name in any address; every look recorded."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.people.tables import PersonRow
from gateway.people.told_apart import told_apart_from
from gateway.records.tables import EventRow
from tests.api.rest.person_calls import LISTS, OF_A_PERSON, OTHERS, PERSON, WHY, routes
from tests.gateway.ground import NOW, TODAY, agency, authorities, provider, put, referral, service

NUMBER = {"kind": "prison_number", "value": "a1234bc"}


def ground(work):
    authorities(work)
    provider(work)
    agency(work)
    service(work, "S-1")


@pytest.fixture
def doors(entrance):
    entrance.store.transact(ground)
    return entrance


@pytest.fixture
def officer(doors):
    return doors.as_("officer")


def entered(client, **more):
    answer = client.post("/api/v1/people", json=PERSON | more)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def get(client, path, **headers):
    return client.get(f"/api/v1{path}", headers=headers)


def post(client, path, body, **headers):
    return client.post(f"/api/v1{path}", json=body, headers=headers)


def words(doors):
    with doors.store.reading() as work:
        return [
            each for each in work.all(select(EventRow.what).order_by(EventRow.number)) if each != "set up"
        ]


def test_every_route_about_people_is_in_the_table_of_calls():
    """So that the tests that walk it leave none out."""
    known = {
        (each.method, each.path.partition("?")[0].replace("{other}", "{person}"))
        for each in (*OF_A_PERSON, *LISTS, *OTHERS)
    }
    assert known == routes()


def test_strangers_are_asked_to_sign_in_and_other_roles_are_refused(doors):
    ids = dict.fromkeys(("person", "other", "exclusion", "area", "separation", "grant", "account"), "P-1")
    for call in (*OF_A_PERSON, *LISTS, *OTHERS):
        assert call.send(doors.stranger, ids).status_code == 401, call.id
    for role in ("referrer", "provider", "commissioner", "administrator", "auditor"):
        client = doors.as_(role)
        for call in (*OF_A_PERSON, *LISTS, *OTHERS):
            may = role == "auditor" and call.path == "/broken-glass"
            assert call.send(client, ids).status_code == (200 if may else 403), (role, call.id)


def test_a_person_is_entered_read_and_changed_whole(doors, officer):
    answer = post(officer, "/people", PERSON | {"references": [NUMBER], "telephone": "+44 7700 900123"})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert answer.headers["Location"] == f"/api/v1/people/{told['id']}"
    assert told["references"] == [{"kind": "prison_number", "value": "A1234BC"}]
    assert (told["telephone"], told["gender"], told["safe_to_contact"]) == ("07700900123", None, "unknown")
    assert (told["case_restricted"], told["merged"], told["merged_into"]) == (False, [], None)
    read = officer.get(answer.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (told, '"1"')

    seen = {"If-Match": '"1"'}
    alder = {"surname": "Alder", "born": None}
    silent = officer.put(answer.headers["Location"], json=alder, headers=seen)
    assert (silent.status_code, silent.json()["errors"][0]["pointer"]) == (422, "#/why")
    changed = officer.put(answer.headers["Location"], json=alder | WHY, headers=seen)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.json()["surname"], changed.json()["forename"], changed.json()["references"]) == (
        "Alder",
        None,
        [],
    )
    stale = officer.put(answer.headers["Location"], json=PERSON | WHY, headers=seen)
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed-meanwhile")
    assert officer.put(answer.headers["Location"], json=PERSON | WHY).status_code == 428
    assert words(doors) == ["token issued", "person entered", "person opened", "person changed"]


def test_all_that_is_wrong_is_told_at_once_with_its_place(officer):
    wrong = {
        "forename": "!!",
        "born": "2026-03-03",
        "email": "nowhere",
        "references": [{"kind": "agency", "value": "7"}, {"kind": "nhs_number", "value": "123"}],
    }
    for path in ("/people", "/people/possible-duplicates"):
        answer = post(officer, path, wrong)
        assert answer.status_code == 422
        pointers = [each["pointer"] for each in answer.json()["errors"]]
        assert pointers == ["#/forename", "#/email", "#/born", "#/references/1/value"]
        assert "nowhere" not in answer.text
    assert post(officer, "/people", {"gender": "Female"}).status_code == 422
    assert [each["pointer"] for each in post(officer, "/people", {}).json()["errors"]] == ["#/surname"]
    assert post(officer, "/people", {"surname": "x" * 101}).status_code == 422
    assert post(officer, "/people", {"surname": "Zyxwell", "version": 1}).status_code == 422
    assert post(officer, "/people/search", {}).json()["errors"][0]["pointer"] == "#/name"


def test_a_person_entered_twice_under_one_key_is_entered_once(doors, officer):
    first, again = (post(officer, "/people", PERSON, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert (first.text, first.headers["Location"]) == (again.text, again.headers["Location"])
    with doors.store.reading() as work:
        assert len(work.where(PersonRow)) == 1


def test_people_are_found_and_possible_duplicates_offered_and_it_is_recorded_about_whom(doors, officer):
    id, other = entered(officer), entered(officer, forename="Quillan", references=[NUMBER])
    found = post(officer, "/people/search", {"name": "zyxwell quillon"}).json()
    assert ([each["person_id"] for each in found["items"]], found["more"]) == ([id, other], False)
    assert found["items"][0] == PERSON | {"person_id": id, "known_as": None}
    by_number = post(officer, "/people/search", {"reference": NUMBER | {"value": "A1234 BC"}}).json()
    assert [each["person_id"] for each in by_number["items"]] == [other]
    assert post(officer, "/people/search", {"born": "1990-04-03", "name": "nobody"}).json()["items"] == []

    matches = post(officer, "/people/possible-duplicates", PERSON).json()["items"]
    assert [each["person"]["person_id"] for each in matches] == [id, other]
    assert (matches[0]["score"], matches[0]["restricted"]) == (95, False)
    of_one = get(officer, f"/people/{id}/possible-duplicates").json()["items"]
    assert [each["person"]["person_id"] for each in of_one] == [other]
    told = get(officer, f"/people/{other}/timeline").json()["items"]
    assert [each["what"] for each in told] == [
        "timeline read",
        *("possible duplicates read", "possible duplicates read"),
        *("people searched", "people searched", "person entered"),
    ]
    assert {each["actor"] for each in told} == {"officer-1"}


def test_somebody_of_whom_nothing_is_known_is_like_nobody(doors, officer):
    doors.store.transact(lambda work: put(work, PersonRow(id="P-1", entered_at=NOW), about=["P-1"]))
    assert get(officer, "/people/P-1/possible-duplicates").json() == {"items": []}


def test_merged_people_are_read_under_either_id_and_apart_again(officer):
    one, other = entered(officer), entered(officer, surname="Alder")
    answer = post(officer, f"/people/{one}/merge", WHY | {"into_id": other})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["id"], told["surname"], [each["id"] for each in told["merged"]]) == (other, "Alder", [one])
    assert (told["merged"][0]["surname"], told["merged"][0]["merged_into"]) == ("Zyxwell", other)
    assert get(officer, f"/people/{one}").json() == get(officer, f"/people/{other}").json() == told
    for path in ("timeline", "exclusions", "safety-areas", "separations", "consents", "presentations"):
        assert get(officer, f"/people/{one}/{path}").status_code == 200, path
    again = post(officer, f"/people/{one}/merge", WHY | {"into_id": other})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-one")
    seen = {"If-Match": f'"{told["merged"][0]["version"]}"'}
    there = officer.put(f"/api/v1/people/{one}", json=PERSON | WHY, headers=seen)
    assert (there.status_code, there.json()["type"]) == (409, "/problems/merged-away")
    apart = post(officer, f"/people/{one}/unmerge", WHY).json()
    assert (apart["id"], apart["merged"], apart["merged_into"]) == (one, [], None)
    assert post(officer, f"/people/{one}/unmerge", WHY).json()["type"] == "/problems/not-merged"


def test_two_who_look_alike_are_told_apart_and_not_asked_about_again(doors, officer):
    one, other = entered(officer), entered(officer)
    told = post(officer, f"/people/{one}/told-apart", WHY | {"other_id": other}).json()
    assert told["id"] == one
    with doors.store.reading() as work:
        assert told_apart_from(work, [one]) == {other}
        assert told_apart_from(work, [other]) == {one}
    post(officer, f"/people/{one}/merge", WHY | {"into_id": other})
    again = post(officer, f"/people/{one}/told-apart", WHY | {"other_id": other})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-one")


def test_of_somebody_erased_nothing_is_told_and_nothing_more_is_recorded(doors, officer):
    id = entered(officer)

    def erased(work):
        row = work.get(PersonRow, id)
        row.erased_at = NOW
        put(work, row)

    doors.store.transact(erased)
    ids = {"person": id, "other": entered(officer), "account": "officer-1"}
    for call in OF_A_PERSON:
        if {"exclusion", "area", "separation", "grant"} & set(call.path.replace("}", "{").split("{")):
            continue
        answer = call.send(doors.as_("duty_manager"), ids)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/person-erased"), call.id


def test_a_timeline_is_read_page_by_page_to_its_end(officer):
    id = entered(officer)
    for _ in range(3):
        get(officer, f"/people/{id}")
    found, after = [], ""
    while after is not None:
        page = get(officer, f"/people/{id}/timeline?size=2{after and f'&after={after}'}").json()
        found += [each["what"] for each in page["items"]]
        after = page["next"]
    assert found == ["timeline read", "person opened", "person opened", "person opened", "person entered"]


def test_who_comes_back_is_listed_page_by_page(doors, officer):
    people = [entered(officer, surname=f"Alder{'abcdef'[n]}") for n in range(5)]

    def come(work):
        for n, person in enumerate(people):
            for time in range(1 + n % 3):
                day = TODAY - timedelta(days=n)
                referral(work, f"R-{n}{time}", person=person, referred_on=day)

    doors.store.transact(come)
    found, after = [], ""
    while after is not None:
        page = get(officer, f"/repeat-presentations?size=2&at_least=1{after and f'&after={after}'}").json()
        found += page["items"]
        after = page["next"]
    assert [each["person_id"] for each in found] == [people[n] for n in (2, 1, 4, 0, 3)]
    assert found[0]["agencies"] == [{"agency_id": "A-1", "times": 3}]
    assert found[0]["cause"] == "other"
    one = get(officer, f"/people/{people[2]}/presentations?as_of=2026-02-28").json()
    assert (one["days"], one["last"]) == (["2026-02-28"] * 3, None)


def test_what_is_no_end_of_a_page_is_refused(officer):
    id = entered(officer)
    for place in (["x"], [None], [1.5], [True], [2**63], [[]], {}, ["2026-03-02", "\0"], ["x", "y"], 1):
        after = urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
        for path in (f"/people/{id}/timeline", "/repeat-presentations", "/exclusions-due-for-review"):
            assert get(officer, f"{path}?after={after}").status_code == 422, (path, place)
