"""The workbench without a browser: started, decided together and one by one, offered, and every refusal."""

import json
import re
from urllib.parse import unquote

import pytest

from api.pages.runs import quotas, starting
from gateway.allocation_runs.offering import make_offers
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.run_lists import lines_of
from gateway.allocation_runs.tables import DecisionRow, ProposalRow, ProposalStatus, RunRow, ViewRow
from gateway.assessment.tables import OverrideRow
from gateway.people.keep_safe import set_safety_area
from gateway.people.tables import PersonRow, SafetyReason
from gateway.records.write import write
from gateway.referrals.tables import ReferralRow
from gateway.tasks.tables import TaskKind, TaskRow
from scenarios.statements import statements
from tests.api.pages.at_a_desk import desks
from tests.gateway.agreements.papers import OTHERS, append, bought, make
from tests.gateway.allocation_runs.worlds import ground, lines, run, settle, two_services, waiting
from tests.gateway.ground import BIRMINGHAM, DUDLEY, MANAGER, NOW, OFFICER, TODAY, put, service


@pytest.fixture
def office(request, sqlite_template, tmp_path, clock):
    """Two services and three people; or what the test says."""
    made = desks(sqlite_template, tmp_path, clock)
    made.store.transact(getattr(request, "param", two_services))
    yield made
    made.store.close()


def one(office, kind, *which):
    with office.store.reading() as work:
        (row,) = work.where(kind, *which)
    return row


def line_of(office, run_id, referral="R-1"):
    line = lines(office.store, run_id)[referral]
    return line, f"/runs/{run_id}/lines/{line.id}"


def near(work):
    """Two people of the same band and score, and one unit."""
    ground(work)
    service(work, "S-1", units=1)
    waiting(work, 1, rank=1)
    waiting(work, 2, rank=1)


def said(answer):
    """What the page after this one will say."""
    return unquote(re.search("__Host-said=([^;]*)", answer.headers["set-cookie"])[1])


def restrict(office, person_id):
    def deed(work):
        row = work.get(PersonRow, person_id)
        row.restricted = True
        write(work, row, what="set up", by=OFFICER, at=NOW)

    office.store.transact(deed)


def test_from_the_form_to_the_offers(office):
    officer = office.of("officer")
    started = officer.post(
        "/runs/new",
        "/runs/new",
        tiers="hub",
        moves="20",
        conversions="",
        day__day="2",
        day__month="3",
        day__year="2026",
    )
    here = started.headers["location"]
    row = one(office, RunRow)
    assert (here, row.as_of, row.scope_tiers, row.max_moves, row.max_conversions) == (
        f"/runs/{row.id}", TODAY, "hub", 20, None,
    )  # fmt: skip
    task = one(office, TaskRow)
    waits = officer.get(here).text
    assert f'data-follow="/api/v1/tasks/{task.id}/events"' in waits
    assert "Look again" in waits
    perform(office.store, row.id, by=MANAGER)
    shown = officer.get(here).text
    assert "data:image/svg+xml;base64," in shown
    assert "data-follow" not in shown
    agreed = officer.post(f"{here}/bands/1/agree", f"{here}/bands")
    assert agreed.headers["location"] == f"{here}/bands"
    assert said(agreed) == "Band 1: agreed to 3 places."
    asked = officer.post(f"{here}/offers", f"{here}/bands", deadline="2")
    making = asked.headers["location"]
    assert json.loads(one(office, TaskRow, TaskRow.kind == TaskKind.OFFERS).asked)["answer_by"] == (
        "2026-03-03T17:00:00+00:00"
    )
    assert "Waiting to start" in officer.get(making).text
    assert len(make_offers(office.store, row.id, by=MANAGER, answer_by=None)) == 3
    assert "Offered" in officer.get(f"{here}/bands").text
    assert officer.get("/offers").text.count("No deadline") == 3
    closed = officer.post(f"{here}/close", here)
    assert closed.headers["location"] == here
    assert "This run is not open" in officer.get(f"{here}/bands").text


def test_what_is_wrong_with_a_start_is_told_at_once_and_nothing_is_lost(office):
    officer = office.of("officer")
    answer = officer.post(
        "/runs/new",
        "/runs/new",
        tiers="hub",
        moves="many",
        conversions="-1",
        day__day="31",
        day__month="2",
        day__year="2026",
    )
    assert answer.status_code == 422
    for told in (
        "How many people may be moved must be a whole",
        "How many units may be converted must be a whole",
    ):
        assert told in answer.text, "which of the two boxes is wrong"
    for field in ("day-day", "moves", "conversions"):
        assert f'href="#{field}"' in answer.text
    assert 'value="many"' in answer.text
    assert re.search(r'value="hub" checked', answer.text)
    unknown = officer.post("/runs/new", "/runs/new", lots="no-such-lot")
    assert 'href="#lots"' in unknown.text


@pytest.mark.parametrize("office", [near], indirect=True)
def test_whoever_needs_a_closer_look_is_decided_alone_and_that_they_were_looked_at_is_kept(office, clock):
    run_id = run(office.store)
    officer = office.of("officer")
    bands = officer.get(f"/runs/{run_id}/bands").text
    assert "Look at 2 people one by one" in bands
    assert "Agree to" not in bands
    here = officer.get(f"/runs/{run_id}/closer?band=1").headers["location"]
    page = officer.get(here).text
    assert "Near tie" in page
    assert "The same band and score" in page
    assert "Needs a closer look: somebody else is as near. It is decided by itself" in page
    clock.on(minutes=2)
    done = officer.post(
        here, here, decision="leave", reason="Gone to her sister", others="0", shown=NOW.isoformat()
    )
    assert done.headers["location"] == officer.get(f"/runs/{run_id}/closer").headers["location"]
    assert done.headers["location"] != here
    view, decision = one(office, ViewRow), one(office, DecisionRow)
    assert (view.seconds, view.viewed_by, decision.reason) == (120, "officer-1", "Gone to her sister")


def alone_and_set_by_an_officer(work):
    """R-1 lives in the one unit there is; an officer set the band."""
    ground(work)
    service(work, "S-1", units=1)
    waiting(work, 1)
    put(
        work,
        OverrideRow(id="OV-1", referral_id="R-1", band=1, reason="x", set_by=OFFICER.id, set_at=NOW),
    )


@pytest.mark.parametrize("office", [alone_and_set_by_an_officer], indirect=True)
def test_who_must_leave_and_has_no_place_lives_where_they_live_and_why_to_look_is_told(office):
    settle(office.store, "R-1", "U-1-1")

    def must_leave(work):
        row = work.get(ReferralRow, "R-1")
        row.must_leave = True
        write(work, row, what="set up", by=OFFICER, at=NOW)

    office.store.transact(must_leave)
    _, here = line_of(office, run(office.store))
    page = office.of("officer").get(here).text
    assert re.search(r"Lives now</dt><dd[^>]*>Service S-1 ", page)
    assert "Needs a closer look: the band was overridden. It is decided by itself, not with its band." in page


def of_unknown_age(work):
    """The one service is for grown-ups, and nobody knows when R-1 was born."""
    ground(work)
    service(work, "S-1", min_age=18)
    waiting(work, 1)


@pytest.mark.parametrize("office", [of_unknown_age], indirect=True)
def test_whom_no_service_fits_because_something_is_not_known_is_not_said_to_fit_none(office):
    _, here = line_of(office, run(office.store))
    page = office.of("officer").get(here).text
    assert "No place: no service fits what is known of them" in page
    assert "fits their needs" not in page


def test_the_order_of_moves_makes_nobody_wait_for_a_unit_that_is_free(office):
    run_id = run(office.store)
    _, here = line_of(office, run_id, "R-2")
    page = office.of("officer").get(here).text
    assert re.search(r"Order of moves</dt><dd[^>]*>Step \d<", page)
    assert "after others" not in page


def test_a_decision_says_why_and_names_a_place_that_suits(office):
    run_id = run(office.store)
    officer = office.of("officer")
    line, here = line_of(office, run_id)
    for sent, field in (
        ({}, "decision"),
        ({"decision": "change"}, "service"),
        ({"decision": "leave"}, "reason"),
    ):
        answer = officer.post(here, here, **sent)
        assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)
    other = {"S-1": "S-2", "S-2": "S-1"}[line.service_id]
    kept = officer.post(here, here, decision="change", service=other, reason="")
    assert f'<option value="{other}" selected' in kept.text
    done = officer.post(here, here, decision="change", service=other, reason="Nearer to her school")
    assert done.headers["location"] == f"/runs/{run_id}/bands"
    assert one(office, ProposalRow, ProposalRow.id == line.id).chosen_service_id == other
    assert "Nearer to her school" in officer.get(here).text


def test_who_was_second_sees_both_versions(office):
    run_id = run(office.store)
    officer = office.of("officer")
    _, here = line_of(office, run_id)
    officer.post(here, here, decision="leave", reason="In hospital")
    late = officer.client.post(here, data={"csrf": csrf(officer, here), "seen": "1", "decision": "agree"})
    assert late.status_code == 412
    assert "Somebody changed this while you were working" in late.text
    assert "Left" in late.text


def csrf(desk, page):
    return re.search(r'name="csrf" value="([^"]+)"', desk.get(page).text)[1]


def test_a_restricted_case_is_in_no_table_and_its_line_is_not_there(office):
    run_id = run(office.store)
    restrict(office, "P-1")
    officer = office.of("officer")
    _, here = line_of(office, run_id)
    assert officer.get(here).status_code == 404
    for page in ("lines", "moves"):
        shown = officer.get(f"/runs/{run_id}/{page}").text
        assert "R-1" not in shown
        assert "R-2" in shown


def test_a_line_is_not_found_under_another_run(office):
    first, second = run(office.store), run(office.store)
    line, _ = line_of(office, first)
    assert office.of("officer").get(f"/runs/{second}/lines/{line.id}").status_code == 404


def test_a_line_that_grew_stale_says_what_changed_and_is_not_decided(office):
    run_id = run(office.store)
    officer = office.of("officer")
    with office.store.reading() as work:
        aside = {each.referral: each.units for each in lines_of(work, run_id)}
    settle(office.store, "R-3", *aside["R-1"])
    said = officer.post(f"/runs/{run_id}/mark-stale", f"/runs/{run_id}")
    assert said.headers["location"] == f"/runs/{run_id}"
    _, here = line_of(office, run_id)
    page = officer.get(here).text
    assert "No longer to be had" in page
    assert "Save decision" not in page


def test_a_place_that_a_rule_forbids_by_now_is_told_before_it_is_decided_and_refused_in_names(office):
    run_id = run(office.store)
    officer = office.of("officer")
    line, here = line_of(office, run_id)
    safe = {"reason": SafetyReason.THREAT, "on": TODAY, "by": OFFICER, "at": NOW}
    office.store.transact(lambda work: set_safety_area("P-1", BIRMINGHAM, **safe, work=work))
    rule = f"The person is not safe in Birmingham, where Service {line.service_id} is."
    assert f"{rule} Nobody can agree to it" in officer.get(here).text
    refused = officer.post(here, here, decision="agree")
    assert (refused.status_code, f"{rule} Choose another place" in refused.text) == (422, True)
    bands = f"/runs/{run_id}/bands"
    done = officer.post(f"{bands}/1/agree", bands)
    told = (
        "Band 1: agreed to 2 places. Left out, because a rule recorded since forbids it: 1, now out of date."
    )
    assert said(done) == told
    assert rule in officer.get(here).text
    assert one(office, ProposalRow, ProposalRow.id == line.id).status is ProposalStatus.STALE


def capped(work):
    """One unit of S-1 is Birmingham's and one Dudley's; two people of Birmingham wait."""
    ground(work)
    service(work, "S-1", units=2)
    append(work, make(work), purchases=[bought(), bought(authority=DUDLEY)], clauses=[OTHERS])
    waiting(work, 1)
    waiting(work, 2)


@pytest.mark.parametrize("office", [capped], indirect=True)
def test_a_quota_that_keeps_somebody_out_is_left_out_from_the_page_that_says_so(office):
    officer = office.of("officer")
    page = officer.get(f"/runs/{run(office.store)}").text
    assert "Keeps 1 person out" in page
    assert "Service S-1" in page
    form = re.search(r'href="(/runs/new\?lift=[^"]+)"', page)[1]
    shown = officer.get(form).text
    (quota,) = re.findall(r'name="lifted"[^>]*value="([^"]+)" checked', shown)
    started = officer.post("/runs/new", form, lifted=quota).headers["location"]
    perform(office.store, started.rpartition("/")[2], by=MANAGER)
    assert "some quotas were left out of it" in officer.get(started).text
    assert "some quotas were left out of it" in officer.get(f"{started}/bands").text
    assert "what if 1 quota did not stand" in officer.get("/runs").text
    line = lines(office.store, started.rpartition("/")[2])["R-1"]
    assert "Why this place" in officer.get(f"{started}/lines/{line.id}").text
    none = officer.get(f"/runs/{run(office.store)}/lines?status=proposed").text
    assert "No place: an agreement allows no more" in none


@pytest.mark.parametrize("office", [capped], indirect=True)
def test_every_quota_of_a_run_stands_on_pages_of_its_own(office, monkeypatch):
    officer, run_id = office.of("officer"), run(office.store)
    first = officer.get(f"/runs/{run_id}/quotas").text
    assert "3 quotas, 1 of them full." in first
    assert first.index("Keeps 1 person out") < first.index("Dudley")
    monkeypatch.setattr(quotas, "PAGE", 2)
    assert f"/runs/{run_id}/quotas?page=2" in officer.get(f"/runs/{run_id}/quotas").text
    last = officer.get(f"/runs/{run_id}/quotas?page=2").text
    assert "Keeps 1 person out" not in last
    assert f'href="/runs/{run_id}/quotas"' in last
    assert "There is nothing on this page." in officer.get(f"/runs/{run_id}/quotas?page=3").text


@pytest.mark.parametrize("office", [capped], indirect=True)
def test_of_too_many_quotas_only_those_chosen_on_a_run_are_listed(office, monkeypatch):
    monkeypatch.setattr(starting, "QUOTAS", 1)
    officer = office.of("officer")
    form = re.search(r'href="(/runs/new\?lift=[^"]+)"', officer.get(f"/runs/{run(office.store)}").text)[1]
    assert "There are 3 quotas, too many to list." in officer.get("/runs/new").text
    shown = officer.get(form).text
    assert len(re.findall(r'name="lifted"', shown)) == 1
    assert "There are 2 quotas more, too many to list." in shown
    gone = officer.post("/runs/new", "/runs/new", lifted="Q-GONE")
    assert gone.status_code == 422
    assert 'href="#lifted"' in gone.text
    assert re.findall(r'id="lifted"[^>]*', gone.text) == ['id="lifted" tabindex="-1"']
    assert 'name="lifted"' not in gone.text


def test_two_runs_are_compared_by_name(office):
    officer = office.of("officer")
    narrow, again = run(office.store), run(office.store, max_moves=0)
    office.store.transact(lambda work: service(work, "S-3", units=4, lot="families"))
    office.store.transact(
        lambda work: [waiting(work, number, band=2, surname="محمد عبد الله") for number in (4, 5)]
    )
    wide = run(office.store)
    lots = run(office.store, lots=frozenset({"families"}), max_moves=20)
    chosen = officer.get(f"/runs/{narrow}/compare")
    assert chosen.text.count('name="with"') == 3
    assert chosen.text.count(" checked") == 1, "one is chosen already: a press alone compares"
    assert "lots families; at most 20 moves" in chosen.text
    assert "no moves" in chosen.text
    same = officer.get(f"/runs/{narrow}/compare?with={again}").text
    assert "Nobody whom you may open would have another place." in same
    assert same.count("govuk-summary-list__value") == 5
    assert re.search(r"The same in both</dt><dd[^>]*>3<", same), "the three people of the run, nobody besides"
    told = officer.get(f"/runs/{wide}/compare?with={lots}").text
    assert "Has another place" in told
    assert "محمد عبد الله" in officer.get(f"/runs/{wide}/lines").text
    restrict(office, "P-1")
    assert told.count("R-1<") == 1
    assert "R-1<" not in officer.get(f"/runs/{wide}/compare?with={lots}").text
    assert officer.get(f"/runs/{wide}/compare?with=N-NONE").status_code == 404


def test_a_run_is_stopped_and_a_failed_one_is_tried_again(office):
    officer = office.of("officer")
    here = officer.post("/runs/new", "/runs/new").headers["location"]
    officer.post(f"{here}/cancel", here)
    assert "Stopped" in officer.get(here).text
    again = officer.post(f"{here}/retry", "/runs/new")
    assert (again.status_code, "it cannot become queued" in again.text) == (422, True)


@pytest.mark.parametrize("path", ["/runs", "/runs/new", "/offers", "/offers/refusals"])
def test_pages_are_there_before_there_is_anything_to_show(office, path):
    assert office.of("officer").get(path).status_code == 200


@pytest.mark.parametrize("role", ["provider", "referrer", "commissioner", "auditor", "administrator"])
def test_nobody_else_sees_runs(office, role):
    desk = office.of(role)
    for path in ("/runs", "/runs/new", "/offers", "/offers/refusals"):
        assert desk.get(path).status_code == 403


def test_a_form_without_its_proof_is_refused(office):
    run_id = run(office.store)
    _, here = line_of(office, run_id)
    officer = office.of("officer")
    for path in (here, "/runs/new", f"/runs/{run_id}/close", f"/runs/{run_id}/bands/1/agree"):
        assert officer.post(path, decision="agree").status_code == 403
    with office.store.reading() as work:
        assert work.where(DecisionRow) == []


def test_each_page_asks_as_much_however_long_it_is(office):
    """Once a run's problem and plan have been read."""
    few = run(office.store)
    asked = {}
    officer = office.of("officer")
    pages = ("", "/lines", "/moves", "/bands", "/quotas")
    officer.get(f"/runs/{few}")
    for page in pages:
        with office.store.reading() as work, statements(work) as told:
            officer.get(f"/runs/{few}{page}")
        asked[page] = len(told)
    office.store.transact(
        lambda work: [waiting(work, number, band=number % 4 + 1) for number in range(10, 50)]
    )
    many = run(office.store)
    officer.get(f"/runs/{many}")
    for page in pages:
        with office.store.reading() as work, statements(work) as told:
            officer.get(f"/runs/{many}{page}")
        assert len(told) == asked[page], page
    assert max(asked.values()) <= 20
