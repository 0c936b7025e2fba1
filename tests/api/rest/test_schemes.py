"""Schemes over HTTP: listed, previewed, adopted; and documents that are made to do harm, refused at once."""

import time

import pytest

from tests.api.rest.referring import get, in_triage, ok, post, world
from tests.gateway.assessment.scored import DOCUMENT, LOW

STRICTER = (
    DOCUMENT.replace('version: "1"', 'version: "2"')
    .replace("at_most: 19", "at_most: 14")
    .replace("at_least: 20", "at_least: 15")
)


@pytest.fixture
def doors(entrance):
    entrance.store.transact(world)
    return entrance


@pytest.fixture
def manager(doors):
    return doors.as_("duty_manager")


def test_the_one_in_force_is_told_whole(doors):
    told = ok(get(doors.as_("commissioner"), "/schemes/in-force"))
    assert (told["name"], told["edition"]) == ("new-directions-team", "1")
    assert told["document"] == DOCUMENT
    assert [each["number"] for each in told["bands"]] == [1, 2, 3, 4, 5]


def test_a_scheme_is_previewed_and_then_adopted(doors, manager):
    told = in_triage(doors)
    answers = LOW | {"engagement": 4, "housing": 4, "risk_to_others": 8}  # 16: band 5, and 4 of the stricter
    path = f"/referrals/{told['id']}/assessments"
    ok(post(doors.as_("officer"), path, {"answers": answers}, seen=told["version"]), 201)
    preview = ok(post(manager, "/schemes/preview", {"document": STRICTER}))
    assert (preview["moved"], preview["up"], preview["down"]) == (1, 1, 0)
    assert preview["moves"][0] | {"person_id": "P"} == {
        "referral_id": told["id"],
        "person_id": "P",
        "band_before": 5,
        "band_after": 4,
        "scored_before": True,
        "scored_after": True,
    }
    assert ok(get(doors.as_("officer"), "/schemes/in-force"))["edition"] == "1"
    sent = {"document": STRICTER, "why": "As agreed."}
    adopted, again = (post(manager, "/schemes", sent, key="adopt") for _ in range(2))
    assert ok(adopted, 201)["edition"] == "2"
    assert again.text == adopted.text
    assert ok(post(doors.as_("officer"), f"/referrals/{told['id']}/rescore"))["band"] == 4
    first = ok(get(manager, "/schemes", size=1))
    second = ok(get(manager, "/schemes", size=1, after=first["next"]))
    assert [each["edition"] for each in first["items"] + second["items"]] == ["1", "2"]
    assert second["next"] is None


def test_an_edition_never_changes(manager):
    answer = post(manager, "/schemes", {"document": DOCUMENT + "# more\n"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/edition-changed")


def test_only_who_may_adopt_previews_because_it_names_people(doors):
    assert post(doors.as_("officer"), "/schemes/preview", {"document": DOCUMENT}).status_code == 403
    assert get(doors.as_("referrer"), "/schemes").status_code == 403


def test_a_fault_is_told_at_its_place_in_the_document(manager):
    wrong = DOCUMENT.replace("weight: 2", "weight: 3", 1)
    answer = post(manager, "/schemes", {"document": wrong})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/document/need/items/3/scores"


def many(count):
    return "".join(f"b{number}: &b{number} [*a,*a,*a,*a,*a,*a,*a]\n" for number in range(count))


HARMFUL = {
    "anchors in anchors": "a: &a [x,x,x]\n" + many(1_200),
    "one alias again and again": "a: &a 1\nb: [" + "*a," * 15_000 + "]",
    "an alias to itself": "a: &a [*a]",
    "lists in lists": "[" * 60_000,
    "mappings in mappings": "{a: " * 15_000,
    "many values": "a: [" + "1," * 29_000 + "]",
    "many keys": "\n".join(f"k{number}: 1" for number in range(6_000)),
    "a number to the base of sixty": "a: " + "1:" * 29_000 + "1",
    "many digits": "a: " + "9" * 59_000,
    "a tag that runs something": "a: !!python/object/apply:os.system ['true']",
    "bytes": "a: !!binary " + "A" * 40_000,
    "many documents": "---\n" * 14_000,
    "half a character": 'name: "\\ud800"',
    "half a character in a key": '"\\ud800": 1',
    "a NUL": 'name: "a\\0b"',
    "a long key": "? " + "k" * 50_000 + "\n: 1",
    "no scheme": "1",
    "an edition too long to keep": DOCUMENT.replace('version: "1"', f'version: "{"1" * 65}"'),
    "an edition that does not print": DOCUMENT.replace('version: "1"', 'version: "1\\u0007"'),
    "a score without end": DOCUMENT.replace("[0, 1, 2, 3, 4]", f"[0, {'9' * 4_000}]", 1),
    "conditions to be asked for ever": DOCUMENT
    + "      - {immediate_safety: no, deadline: none, sleeping_rough: no, need: {at_most: 19}}\n" * 600,
}


@pytest.mark.parametrize("harm", HARMFUL)
def test_a_document_made_to_do_harm_is_refused_quickly_and_in_few_words(manager, harm):
    assert len(HARMFUL[harm]) <= 60_000
    began = time.process_time()
    answer = post(manager, "/schemes/preview", {"document": HARMFUL[harm]})
    assert time.process_time() - began < 5  # seconds of this process; a fifth of one on a quiet machine
    assert answer.status_code == 422, answer.text
    assert len(answer.content) < 100_000
    assert all(each["pointer"].startswith("#/document") for each in answer.json()["errors"])


def test_a_document_too_long_is_refused_unread(manager):
    answer = post(manager, "/schemes/preview", {"document": "#" * 60_001})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/document")
