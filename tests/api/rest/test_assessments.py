"""Assessments over HTTP: scored line by line, unknown stays unknown, overridden with a reason, counted."""

import pytest

from tests.api.rest.referring import FORM, get, in_triage, ok, pointers, post, submitted, world
from tests.gateway.assessment.scored import HIGH, ITEMS, LOW


@pytest.fixture
def doors(entrance):
    entrance.store.transact(world)
    return entrance


def scored(doors, told, answers, **headers):
    path = f"/referrals/{told['id']}/assessments"
    return post(doors.as_("officer"), path, {"answers": answers}, **headers)


def test_a_score_tells_each_line_and_what_is_missing(doors):
    told = in_triage(doors)
    answer = scored(doors, told, HIGH | {"housing": None}, seen=told["version"])
    assert answer.headers["Location"] == f"/api/v1/referrals/{told['id']}/assessment"
    first = ok(answer, 201)
    assert (first["score"], first["band"], first["possible_bands"]) == (None, 3, [3])
    assert first["missing"] == ["housing"]
    assert first["answers"]["housing"] is None
    lines = {each["about"]: each for each in first["lines"]}
    assert lines["housing"]["text"] == "Housing: not yet asked."
    assert (lines["engagement"]["points"], lines["engagement"]["out_of"]) == (4, 4)
    second = ok(scored(doors, told, HIGH, seen=first["version"]), 201)
    assert (second["score"], second["scored"], second["effective_band"]) == (40, True, 3)
    assert ok(get(doors.as_("officer"), f"/referrals/{told['id']}/assessment")) == second
    history = ok(get(doors.as_("officer"), f"/referrals/{told['id']}/assessments"))["items"]
    assert [each["id"] for each in history] == [second["id"], first["id"]]
    assert history[0]["superseded_at"] is None


def test_the_history_is_walked_page_by_page(doors, clock):
    told = in_triage(doors)
    made, version = [], told["version"]
    for answers in (LOW, HIGH, LOW, HIGH):
        clock.on(minutes=1)
        each = ok(scored(doors, told, answers, seen=version), 201)
        made, version = [each["id"], *made], each["version"]
    after, seen = None, []
    for _ in range(6):
        path = f"/referrals/{told['id']}/assessments"
        page = ok(get(doors.as_("officer"), path, size=1, after=after))
        seen += [each["id"] for each in page["items"]]
        if (after := page["next"]) is None:
            break
    assert seen == made


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"engagement": 5}, "#/answers/engagement"),
        ({"risk_to_others": 3}, "#/answers/risk_to_others"),
        ({"charm": 1}, "#/answers/charm"),
        ({"engagement": 10**30}, "#/answers/engagement"),
        ({"engagement": "3.5"}, "#/answers/engagement"),
        (None, "#/answers"),
    ],
)
def test_a_score_that_the_scheme_does_not_have_is_refused_where_it_stands(doors, answers, pointer):
    told = in_triage(doors)
    assert pointers(scored(doors, told, answers, seen=told["version"])) == {pointer}


def test_two_who_score_from_the_same_version_do_not_overwrite_each_other(doors):
    told = in_triage(doors)
    ok(scored(doors, told, LOW, seen=told["version"]), 201)
    assert scored(doors, told, HIGH, seen=told["version"]).status_code == 412
    assert scored(doors, told, HIGH).status_code == 428


def test_somebody_sets_another_band_and_says_why_until_they_take_it_back(doors):
    told, officer = in_triage(doors), doors.as_("officer")
    path = f"/referrals/{told['id']}"
    ok(scored(doors, told, LOW, seen=told["version"]), 201)
    overridden = ok(post(officer, f"{path}/override", {"band": 2, "reason": "Hides how ill they are."}))
    assert (overridden["band"], overridden["effective_band"], overridden["override"]["band"]) == (5, 2, 2)
    assert ok(get(officer, path))["band"] == 2
    assert pointers(post(officer, f"{path}/override", {"band": 6, "reason": "So."})) == {"#/band"}
    assert pointers(post(officer, f"{path}/override", {"band": 1, "reason": " "})) == {"#/reason"}
    ended = ok(post(officer, f"{path}/end-override", {"why": "Seen again."}))
    assert (ended["effective_band"], ended["override"]) == (5, None)
    assert post(officer, f"{path}/end-override", {"why": "Seen again."}).status_code == 404


def test_a_date_that_came_nearer_moves_the_band_when_it_is_scored_anew(doors, clock):
    details = FORM | {"discharge_date": "2026-04-01"}
    told = in_triage(doors, details=details)
    ok(scored(doors, told, LOW, seen=told["version"]), 201)
    path = f"/referrals/{told['id']}/rescore"
    same = ok(post(doors.as_("officer"), path))
    assert same["band"] == 5
    clock.on(days=25)
    assert ok(post(doors.as_("officer"), path))["band"] == 2


def test_what_was_never_assessed_has_no_assessment(doors):
    told = in_triage(doors)
    for answer in (
        get(doors.as_("officer"), f"/referrals/{told['id']}/assessment"),
        post(doors.as_("officer"), f"/referrals/{told['id']}/rescore"),
    ):
        assert answer.status_code == 404
        assert answer.json()["detail"] == f"There is no assessment of referral {told['id']}."
    assert ok(get(doors.as_("officer"), f"/referrals/{told['id']}/assessments"))["items"] == []


def test_a_draft_is_not_scored(doors):
    draft = ok(post(doors.as_("referrer"), "/referrals", {"person": {"surname": "Birch"}}), 201)
    assert scored(doors, draft, LOW, seen=draft["version"]).status_code == 409
    assert get(doors.as_("referrer"), f"/referrals/{draft['id']}/assessment").status_code == 403


def overridden_often(doors, times):
    for number in range(times):
        told = submitted(doors.as_("referrer"), details=FORM | {"agency_reference": f"2026/{number}"})
        ok(post(doors.as_("officer"), f"/referrals/{told['id']}/override", {"band": 1, "reason": "Known."}))


def test_the_rates_are_told_to_commissioners_with_small_numbers_suppressed(doors, clock):
    overridden_often(doors, 6)
    clock.on(days=31)
    period = {"from_day": "2026-03-01", "until": "2026-04-01"}
    roles = ("officer", "commissioner", "auditor")
    seen = {role: ok(get(doors.as_(role), "/figures/overrides", **period)) for role in roles}
    assert (seen["officer"]["overridden"], seen["officer"]["by_officer"]) == (6, None)
    assert seen["auditor"]["by_officer"] == [{"account_id": "officer-1", "overrides": 6}]
    assert (seen["commissioner"]["overridden"], seen["commissioner"]["not_computed"]) == (5, 5)
    assert (seen["commissioner"]["raised"], seen["commissioner"]["by_officer"]) == (0, None)
    assert get(doors.as_("referrer"), "/figures/overrides", **period).status_code == 403
    sliding = {"from_day": "2026-03-02", "until": "2026-04-01"}
    assert pointers(get(doors.as_("commissioner"), "/figures/overrides", **sliding)) == {"query:from_day"}
    backwards = {"from_day": "2026-04-01", "until": "2026-04-01"}
    assert pointers(get(doors.as_("officer"), "/figures/overrides", **backwards)) == {"query:until"}


def test_less_than_five_are_not_told(doors, clock):
    overridden_often(doors, 2)
    clock.on(days=31)
    period = {"from_day": "2026-03-01", "until": "2026-04-01"}
    told = ok(get(doors.as_("commissioner"), "/figures/overrides", **period))
    assert (told["overridden"], told["not_computed"], told["share"]) == (None, None, None)


def test_the_items_of_the_scheme_are_those_that_are_scored(doors):
    scheme = ok(get(doors.as_("officer"), "/schemes/in-force"))
    assert tuple(each["key"] for each in scheme["items"]) == ITEMS
