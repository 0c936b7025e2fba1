"""A referral over HTTP: its whole life, who sees how much of it, and what is refused."""

import pytest
from sqlalchemy import select

from gateway.people.tables import PersonRow
from gateway.placements.offering import make_offer
from gateway.records.timeline import timeline
from tests.api.rest.referring import (
    CONSENT,
    FORM,
    SOMEBODY,
    body,
    drafted,
    get,
    in_triage,
    ok,
    pointers,
    post,
    put,
    restrict,
    submitted,
    waiting,
    world,
)
from tests.gateway.ground import OFFICER, TODAY


def offered(doors, told):
    """Unit U-1-1 is offered to them."""
    doors.store.transact(
        lambda work: make_offer(
            told["id"], ["U-1-1"], from_day=TODAY, answer_by=None, by=OFFICER, at=work.clock(), work=work
        )
    )


def submitted_other(doors):
    return submitted(doors.as_("referrer"), details=FORM | {"agency_reference": "2026/0418"})["id"]


@pytest.fixture
def doors(entrance):
    entrance.store.transact(world)
    return entrance


def test_the_whole_life_of_a_referral(doors, clock):
    referrer, officer = doors.as_("referrer"), doors.as_("officer")
    draft = drafted(referrer)
    assert (draft["status"], draft["turn"], draft["version"]) == ("draft", "referrer", 1)
    told = ok(get(referrer, f"/referrals/{draft['id']}"))
    assert told["view"] == "own_referral"
    assert told["form"]["story"] == FORM["story"]
    path = f"/referrals/{draft['id']}"
    changed = ok(put(referrer, path, {"details": FORM | {"sleeping_rough": True}}, seen=told["version"]))
    sent = ok(post(referrer, f"{path}/submit", seen=changed["version"]))
    assert sent["status"] == "submitted"
    clock.on(hours=1)
    seen = ok(get(officer, path))["version"]
    taken = ok(post(officer, f"{path}/take-in", seen=seen))
    asked = ok(post(officer, f"{path}/questions", {"questions": ["Where?", "Since when?"]}), 201)
    assert (taken["status"], asked["status"], asked["turn"]) == ("in_triage", "more_asked", "referrer")
    questions = ok(get(referrer, f"{path}/questions"))["items"]
    for each in questions:
        answered = ok(post(referrer, f"/questions/{each['id']}/answer", {"answer": "Dudley."}))
    assert answered["status"] == "in_triage"
    listed = ok(post(officer, f"{path}/put-on-list", seen=answered["version"]))
    assert listed["in_words"] == "On the list, waiting for a place."
    ok(post(officer, f"{path}/park", {"until": "2026-04-01", "reason": "in_hospital"}))
    assert ok(post(officer, f"{path}/unpark"))["status"] == "waiting"
    ok(post(officer, f"{path}/notes", {"text": "Telephoned."}), 201)
    ended = ok(post(referrer, f"{path}/withdraw", {"reason": "changed_mind"}))
    assert (ended["status"], ended["end_reason"]) == ("withdrawn", "changed_mind")
    assert ok(post(referrer, f"{path}/appeal", {"why": "They changed it again."}))["status"] == "in_triage"
    declined = ok(post(officer, f"{path}/decline", {"reason": "not_eligible", "why": "Not from here."}))
    assert declined["status"] == "declined"
    case = ok(get(officer, path))
    assert case["view"] == "case_file"
    assert [each["text"] for each in case["notes"]] == ["Telephoned."]
    assert case["timeline"][0]["what"] == "referral drafted"
    assert case["timeline"][-1]["what"] == "case file opened"


def test_somebody_new_comes_in_with_the_draft_or_not_at_all(doors):
    client = doors.as_("referrer")
    wrong = {
        "person": SOMEBODY | {"born": "2030-01-01", "references": [{"kind": "nhs_number", "value": "12"}]},
        "agency_id": "A-2",
        "details": {"must_leave": True, "wishes": ["S-1", "S-1"]},
    }
    assert pointers(post(client, "/referrals", wrong)) == {
        "#/person/born",
        "#/person/references/0/value",
        "#/agency_id",
        "#/details/must_leave",
        "#/details/wishes",
    }
    unknown = {"person": SOMEBODY, "details": {"wishes": ["S-9"], "authority_id": "E99999999"}}
    assert pointers(post(client, "/referrals", unknown)) == {"#/details/wishes", "#/details/authority_id"}
    tomorrow = body(consent=CONSENT | {"given_on": "2026-03-03"})
    assert pointers(post(client, "/referrals", tomorrow)) == {"#/consent/given_on"}
    with doors.store.reading() as work:
        assert not work.all(select(PersonRow.id))


@pytest.mark.parametrize(
    ("details", "pointer"),
    [
        ({"client_groups": ["nobody"]}, "#/details/client_groups/0"),
        ({"needs": [{"code": "arson"}]}, "#/details/needs/0/code"),
        ({"risks": [{"code": "arson", "answer": "perhaps"}]}, "#/details/risks/0/answer"),
        ({"household": [{"relation": "child"}, {"relation": "cat"}]}, "#/details/household/1/relation"),
        ({"household": [{"relation": "child", "name": "a\nb"}]}, "#/details/household/0/name"),
        ({"referred_on": "1989-12-31"}, "#/details/referred_on"),
        ({"authority_id": "Dudley"}, "#/details/authority_id"),
        ({"story": " "}, "#/details/story"),
        ({"units": 0}, "#/details/units"),
        ({"adults": 10**30}, "#/details/adults"),
        ({"wishes": ["S-1"], "avoids": ["S-1"]}, "#/details/wishes"),
        ({"nothing": 1}, "#/details/nothing"),
    ],
)
def test_what_is_wrong_with_a_form_is_told_where_it_stands(doors, details, pointer):
    answer = post(doors.as_("referrer"), "/referrals", {"person": SOMEBODY, "details": details})
    assert pointers(answer) == {pointer}


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"person": None}, "#/person"),
        ({"person_id": "P-1"}, "#/person_id"),
        ({"person": {"gender": "female"}}, "#/person/surname"),
    ],
)
def test_exactly_one_person_is_referred(doors, facts, pointer):
    assert pointers(post(doors.as_("referrer"), "/referrals", body(**facts))) == {pointer}


def test_an_officer_says_for_which_agency(doors):
    officer = doors.as_("officer")
    assert pointers(post(officer, "/referrals", body())) == {"#/agency_id"}
    assert drafted(officer, agency_id="A-2")["agency_id"] == "A-2"
    assert pointers(post(officer, "/referrals", body(agency_id="A-9"))) == {"#/agency_id"}


def test_a_referrer_names_only_whom_their_agency_referred(doors):
    person = drafted(doors.as_("referrer"))["person_id"]
    again = {"person_id": person, "details": {}}
    ok(post(doors.as_("referrer"), "/referrals", again), 201)
    theirs = post(doors.as_("referrer", of="A-2"), "/referrals", again)
    nobody = post(doors.as_("referrer", of="A-2"), "/referrals", again | {"person_id": "P-NOBODY"})
    assert pointers(theirs) == pointers(nobody) == {"#/person_id"}
    assert theirs.json()["detail"].replace(person, "P-NOBODY") == nobody.json()["detail"]


def test_an_officer_refers_a_restricted_person_only_with_a_grant(doors):
    person = drafted(doors.as_("referrer"))["person_id"]
    restrict(doors.store, person)
    answer = post(doors.as_("officer"), "/referrals", {"person_id": person, "agency_id": "A-1"})
    assert pointers(answer) == {"#/person_id"}


def test_one_reference_of_an_agency_is_one_referral(doors):
    first = drafted(doors.as_("referrer"))
    answer = post(doors.as_("referrer"), "/referrals", body())
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-referred")
    assert first["id"] in answer.json()["detail"]
    with doors.store.reading() as work:
        assert len(work.all(select(PersonRow.id))) == 1


def test_a_draft_sent_twice_under_one_key_is_entered_once(doors):
    client = doors.as_("referrer")
    first, again = (post(client, "/referrals", body(), key="k-1") for _ in range(2))
    assert ok(first, 201) == ok(again, 201)
    assert first.headers["Location"] == again.headers["Location"] == f"/api/v1/referrals/{first.json()['id']}"
    assert first.headers["ETag"] == '"1"'


def test_what_is_missing_is_told_when_it_is_submitted(doors):
    client = doors.as_("referrer")
    draft = ok(post(client, "/referrals", {"person": SOMEBODY}), 201)
    answer = post(client, f"/referrals/{draft['id']}/submit", seen=draft["version"])
    assert pointers(answer) == {"#/consent", "#/details/client_groups"}


def test_a_draft_is_saved_and_come_back_to(doors):
    client = doors.as_("referrer")
    draft = ok(post(client, "/referrals", {"person": SOMEBODY}), 201)
    path = f"/referrals/{draft['id']}"
    told = ok(get(client, path))
    person = SOMEBODY | {"surname": "Birch", "version": told["person"]["version"]}
    sent = {"person": person, "consent": CONSENT, "details": {"client_groups": ["single-homeless"]}}
    changed = ok(put(client, path, sent, seen=told["version"]))
    assert changed["version"] > told["version"]
    assert ok(get(client, path))["person"]["surname"] == "Birch"
    stale = put(client, path, sent, seen=told["version"])
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed-meanwhile")
    assert put(client, path, sent).status_code == 428
    older = put(client, path, sent, seen=changed["version"])
    assert (older.status_code, "Person" in older.json()["detail"]) == (412, True)
    ok(post(client, f"{path}/submit", seen=changed["version"]))
    late = put(client, path, sent, seen=changed["version"] + 1)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/illegal-move")


def test_a_change_of_a_list_alone_is_a_version_too(doors):
    client = doors.as_("referrer")
    draft = drafted(client)
    path = f"/referrals/{draft['id']}"
    first = ok(put(client, path, {"details": FORM | {"needs": []}}, seen=draft["version"]))
    assert first["version"] > draft["version"]
    assert put(client, path, {"details": FORM}, seen=draft["version"]).status_code == 412


def test_a_person_known_from_elsewhere_is_not_changed_with_a_draft(doors):
    referrer = doors.as_("referrer")
    draft = drafted(referrer)
    other = ok(post(referrer, "/referrals", {"person_id": draft["person_id"]}), 201)
    path = f"/referrals/{other['id']}"
    told = ok(get(referrer, path))
    assert (told["person"], told["named"]["surname"]) == (None, "Alder")
    person = SOMEBODY | {"version": 1}
    answer = put(referrer, path, {"person": person, "details": {}}, seen=told["version"])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/known-otherwise")


def test_a_submitted_referral_is_corrected_with_a_reason_and_scored_anew(doors):
    told, officer = in_triage(doors), doors.as_("officer")
    path = f"/referrals/{told['id']}"
    scored = ok(post(officer, f"{path}/assessments", {"answers": {}}, seen=told["version"]), 201)
    assert scored["band"] is None
    form = ok(get(officer, path))["form"] | {"immediate_safety": True}
    assert pointers(
        post(officer, f"{path}/correct", {"details": FORM, "why": "It was."}, seen=scored["version"])
    ) == {"#/details/referred_on"}
    answer = post(officer, f"{path}/correct", {"details": form, "why": "It was."}, seen=scored["version"])
    assert ok(answer)["version"] > scored["version"]
    assert ok(get(officer, path))["band"] == 1
    stale = post(officer, f"{path}/correct", {"details": form, "why": "It was."}, seen=scored["version"])
    assert stale.status_code == 412


def test_another_agency_sees_nothing_of_a_referral(doors):
    told = in_triage(doors)
    path, version = f"/referrals/{told['id']}", told["version"]
    ok(post(doors.as_("officer"), f"{path}/questions", {"questions": ["Where?"]}), 201)
    question = ok(get(doors.as_("referrer"), f"{path}/questions"))["items"][0]["id"]
    stranger = doors.as_("referrer", of="A-2")
    tried = [
        get(stranger, path),
        put(stranger, path, {"details": {}}, seen=version),
        post(stranger, f"{path}/submit", seen=version),
        get(stranger, f"{path}/questions"),
        post(stranger, f"/questions/{question}/answer", {"answer": "Here."}),
        get(stranger, f"{path}/ending", to="withdrawn"),
        post(stranger, f"{path}/withdraw", {"reason": "other"}),
        post(stranger, f"{path}/appeal", {"why": "Why not?"}),
        get(stranger, "/agencies/A-1/referrals"),
    ]
    assert {each.status_code for each in tried} == {404}
    assert tried[0].json()["detail"] == f"There is no referral {told['id']}."


def test_a_restricted_case_is_not_there_on_any_route(doors):
    told = in_triage(doors)
    path, version = f"/referrals/{told['id']}", told["version"]
    officer = doors.as_("officer")
    ok(post(officer, f"{path}/questions", {"questions": ["Where?"]}), 201)
    question = ok(get(officer, f"{path}/questions"))["items"][0]["id"]
    note = ok(post(officer, f"{path}/notes", {"text": "Hm."}), 201)["id"]
    restrict(doors.store, told["person_id"])
    why = {"why": "Because."}
    tried = [
        *(get(officer, f"{path}{end}") for end in ("", "/questions", "/timeline", "/assessment")),
        *(get(officer, f"{path}{end}") for end in (f"/notes/{note}", "/assessments")),
        *(post(officer, f"{path}{end}", seen=version) for end in ("/submit", "/take-in", "/put-on-list")),
        *(post(officer, f"{path}{end}") for end in ("/unpark", "/rescore")),
        get(officer, f"{path}/ending", to="closed"),
        put(officer, path, {"details": {}}, seen=version),
        post(officer, f"{path}/correct", {"details": FORM} | why, seen=version),
        post(officer, f"{path}/park", {"until": "2026-04-01", "reason": "in_hospital"}),
        *(post(officer, f"{path}{end}", {"reason": "other"} | why) for end in ("/decline", "/close")),
        post(officer, f"{path}/withdraw", {"reason": "other"}),
        post(officer, f"{path}/appeal", why),
        post(officer, f"{path}/questions", {"questions": ["Where?"]}),
        post(officer, f"/questions/{question}/answer", {"answer": "Here."}),
        post(officer, f"{path}/notes", {"text": "Hm."}),
        post(officer, f"{path}/assessments", {"answers": {}}, seen=version),
        post(officer, f"{path}/override", {"band": 1, "reason": "Because."}),
        post(officer, f"{path}/end-override", why),
        get(doors.as_("referrer"), path),
    ]
    assert [each.status_code for each in tried] == [404] * len(tried)
    line = ok(get(officer, "/triage", status="more_asked"))["items"][0]
    assert (line["name"], line["restricted"]) == (None, True)
    mine = ok(get(doors.as_("referrer"), "/agencies/A-1/referrals"))["items"][0]
    assert (mine["name"], mine["restricted"]) == (None, True)


def test_roles_that_have_nothing_to_do_with_referrals_are_refused(doors):
    told = in_triage(doors)
    path = f"/referrals/{told['id']}"
    for role in ("commissioner", "auditor", "administrator"):
        assert get(doors.as_(role), path).status_code == 403
    assert get(doors.as_("provider"), path).status_code == 404
    assert post(doors.as_("provider"), f"{path}/withdraw", {"reason": "other"}).status_code == 403
    assert get(doors.as_("referrer"), f"{path}/timeline").status_code == 403
    assert get(doors.as_("referrer"), "/triage").status_code == 403
    assert get(doors.stranger, path).status_code == 401


def test_a_provider_is_told_what_it_decides_by_and_nothing_else(doors):
    told = waiting(doors)
    offered(doors, told)
    assert get(doors.as_("provider", of="V-2"), f"/referrals/{told['id']}").status_code == 404
    seen = ok(get(doors.as_("provider"), f"/referrals/{told['id']}"))
    assert seen["view"] == "offered_person"
    assert (seen["name"], seen["age"], seen["household"][0]["age"]) == ("Daisy Alder", 38, 7)
    assert seen["risks"] == [{"code": "arson", "answer": None, "detail": None}]
    assert not {"story", "wishes", "avoids", "person_id", "born", "band", "version"} & set(seen)
    assert FORM["story"] not in str(seen)
    with doors.store.reading() as work:
        assert timeline(work, told["id"])[-1].what == "offered person read"


def test_a_referrer_is_told_of_offers_that_were_made_and_of_no_band(doors):
    told = waiting(doors)
    offered(doors, told)
    own = ok(get(doors.as_("referrer"), f"/referrals/{told['id']}"))
    assert [(each["service_id"], each["status"]) for each in own["offers"]] == [("S-1", "made")]
    assert "band" not in own
    tree = ok(get(doors.as_("referrer"), f"/referrals/{told['id']}/ending", to="withdrawn"))
    assert tree["can_end"]
    assert [each["kind"] for each in tree["tree"]["branches"]] == ["offer"]
    closed = ok(get(doors.as_("officer"), f"/referrals/{submitted_other(doors)}/ending", to="closed"))
    assert not closed["can_end"]
    assert closed["tree"]["blocks"] == "is submitted and cannot become closed"
