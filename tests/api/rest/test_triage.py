"""Triage over HTTP: the list with its filters and pages, its moves, questions, notes, ends."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from api.rest.listing import cursor
from tests.api.rest.referring import (
    FORM,
    get,
    in_triage,
    ok,
    pointers,
    post,
    submitted,
    waiting,
    world,
)


@pytest.fixture
def doors(entrance):
    entrance.store.transact(world)
    return entrance


def another(number, **facts):
    return {"details": FORM | {"agency_reference": f"2026/{number}"} | facts}


def several(doors, *facts):
    client = doors.as_("referrer")
    return [submitted(client, **another(number, **each))["id"] for number, each in enumerate(facts)]


def ids(answer):
    return [each["id"] for each in ok(answer)["items"]]


def test_the_list_is_walked_page_by_page_without_skipping_or_repeating(doors):
    entered = several(doors, *[{}] * 5)
    officer, after, seen = doors.as_("officer"), None, []
    while True:
        page = ok(get(officer, "/triage", size=2, after=after))
        seen += [each["id"] for each in page["items"]]
        if (after := page["next"]) is None:
            break
    assert seen == sorted(entered)


def test_every_filter_chooses(doors):
    dudley, _, one = several(doors, {"authority_id": "E08000027"}, {}, {})
    officer = doors.as_("officer")
    version = ok(get(officer, f"/referrals/{one}"))["version"]
    ok(post(officer, f"/referrals/{one}/override", {"band": 1, "reason": "Known."}))
    assert ids(get(officer, "/triage", authority="E08000027")) == [dudley]
    assert ids(get(officer, "/triage", band=1)) == [one]
    assert len(ids(get(officer, "/triage", unscored=True))) == 3
    assert ids(get(officer, "/triage", agency="A-2")) == []
    assert len(ids(get(officer, "/triage", agency=["A-1", "A-2"], status=["submitted", "draft"]))) == 3
    line = ok(get(officer, "/triage", band=1))["items"][0]
    assert (line["name"], line["turn"], line["waiting_days"], line["scored"]) == (
        *("Daisy Alder", "gateway", 0),
        False,
    )
    assert version == 1 + 1  # drafted, submitted


@pytest.mark.parametrize(
    "query",
    [
        {"after": "next"},
        {"after": "9" * 19 + ".R-1"},
        {"after": "1.R 1"},
        {"status": "nowhere"},
        {"band": 0},
        {"authority": "Dudley"},
        {"size": 0},
        {"size": 201},
        {"unscored": "perhaps"},
    ],
)
def test_a_filter_that_is_none_is_refused(doors, query):
    answer = get(doors.as_("officer"), "/triage", **query)
    (name,) = query
    assert {each.partition(".")[0] for each in pointers(answer)} == {f"query:{name}"}


def test_two_who_take_the_same_referral_in_do_it_once(doors):
    told = submitted(doors.as_("referrer"))
    path = f"/referrals/{told['id']}/take-in"
    first = post(doors.as_("officer"), path, seen=told["version"])
    second = post(doors.as_("officer", id="officer-2"), path, seen=told["version"])
    assert (first.status_code, second.status_code) == (200, 412)
    assert post(doors.as_("officer"), path).status_code == 428
    again = post(doors.as_("officer"), path, seen=ok(first)["version"])
    assert (again.status_code, again.json()["type"]) == (409, "/problems/illegal-move")


def test_two_answers_at_once_are_one_answer(doors):
    told = in_triage(doors)
    path = f"/referrals/{told['id']}/questions"
    asked = post(doors.as_("officer"), path, {"questions": ["Where did they live?"]})
    assert asked.headers["Location"] == f"/api/v1{path}"
    ok(asked, 201)
    question = ok(get(doors.as_("referrer"), path))["items"][0]["id"]
    clients = [doors.as_("referrer"), doors.as_("referrer", id="referrer-2")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda each: post(each, f"/questions/{question}/answer", {"answer": "Dudley."}), clients)
        )
    assert sorted(each.status_code for each in answers) == [200, 409]
    kept = ok(get(doors.as_("officer"), path))["items"][0]
    assert (kept["answer"], kept["text"]) == ("Dudley.", "Where did they live?")


@pytest.mark.parametrize(
    ("questions", "pointer"),
    [
        ([], "#/questions"),
        (["Where?", " "], "#/questions/1"),
        (["a" * 4001], "#/questions/0"),
        ("Where?", "#/questions"),
    ],
)
def test_a_question_says_something(doors, questions, pointer):
    told = in_triage(doors)
    answer = post(doors.as_("officer"), f"/referrals/{told['id']}/questions", {"questions": questions})
    assert pointers(answer) == {pointer}


def test_a_reason_belongs_to_its_end(doors):
    told = waiting(doors)
    path, officer = f"/referrals/{told['id']}", doors.as_("officer")
    wrong = {"reason": "moved_on", "why": "So."}
    assert pointers(post(officer, f"{path}/decline", wrong)) == {"#/reason"}
    assert pointers(post(officer, f"{path}/decline", {"reason": "duplicate"})) == {"#/why"}
    assert pointers(post(officer, f"{path}/withdraw", wrong)) == {"#/reason"}
    assert pointers(post(officer, f"{path}/close", {"reason": "not_eligible"})) == {"#/reason"}
    today = {"until": "2026-03-02", "reason": "in_hospital"}
    assert pointers(post(officer, f"{path}/park", today)) == {"#/until"}
    assert ok(post(officer, f"{path}/close", {"reason": "moved_on"}))["status"] == "closed"
    twice = post(officer, f"{path}/close", {"reason": "moved_on"})
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/illegal-move")


def test_a_note_is_read_at_its_address_and_under_no_other_referral(doors):
    told, officer = in_triage(doors), doors.as_("officer")
    other = submitted(doors.as_("referrer"), **another(2))["id"]
    added = post(officer, f"/referrals/{told['id']}/notes", {"text": "Telephoned."}, key="n")
    assert (
        post(officer, f"/referrals/{told['id']}/notes", {"text": "Telephoned."}, key="n").text == added.text
    )
    note = ok(added, 201)["id"]
    assert added.headers["Location"] == f"/api/v1/referrals/{told['id']}/notes/{note}"
    assert ok(get(officer, f"/referrals/{told['id']}/notes/{note}"))["text"] == "Telephoned."
    assert get(officer, f"/referrals/{other}/notes/{note}").status_code == 404
    assert len(ok(get(officer, f"/referrals/{told['id']}"))["notes"]) == 1


def test_the_timeline_is_walked_and_its_reading_stands_in_it(doors):
    told, officer = waiting(doors), doors.as_("officer")
    path, after, seen = f"/referrals/{told['id']}/timeline", None, []
    for _ in range(20):
        page = ok(get(officer, path, size=2, after=after))
        seen += page["items"]
        if (after := page["next"]) is None:
            break
    words = [each["what"] for each in seen]
    assert words[:3] == ["referral drafted", "form filled in", "referral submitted"]
    assert "timeline read" in words
    assert [each["number"] for each in seen] == sorted({each["number"] for each in seen})
    assert pointers(get(officer, path, after=cursor("R-1"))) == {"query:after"}


def test_everybody_signed_in_reads_the_code_lists(doors):
    told = ok(get(doors.as_("auditor"), "/code-lists"))
    assert told["lists"]["need"][0]["code"] == "young_16_17"
    assert "in_hospital" in told["reasons"]["parked"]
    assert get(doors.stranger, "/code-lists").status_code == 401
