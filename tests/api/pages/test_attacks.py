"""What an attacker tried: pressed twice, sent what no form has, counted on names where none belong."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

import api.pages
from gateway.allocation_runs.emergencies import declare_emergency
from gateway.allocation_runs.queued import queue_offers
from gateway.allocation_runs.tables import EmergencyRow, RunRow
from gateway.assessment.adopting import adopt_scheme
from gateway.assessment.tables import OverrideRow
from gateway.directory.tables import VoidReason
from gateway.directory.voiding import VoidDetails, put_out_of_service
from gateway.people.exclude import lift_exclusion
from gateway.people.tables import ExclusionReason, ExclusionRow, PersonRow
from gateway.people.told_apart import told_apart_from
from gateway.placements.offering import make_offer
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow
from gateway.records.write import write
from gateway.referrals.tables import NoteRow, ReferralRow
from gateway.tasks.tables import TaskRow, TaskStatus
from tests.api.pages.at_a_desk import desks
from tests.api.pages.filled_forms import send
from tests.gateway.allocation_runs.worlds import lines, run, two_services
from tests.gateway.assessment.scored import DOCUMENT
from tests.gateway.ground import ADMINISTRATOR, MANAGER, NOW, OFFICER, TODAY, put, service

PAGES = Path(api.pages.__path__[0])


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    """Two services and three people who wait."""
    made = desks(sqlite_template, tmp_path, clock)
    made.store.transact(two_services)
    yield made
    made.store.close()


def kept(office, kind, *which):
    with office.store.reading() as work:
        return work.where(kind, *which)


def declared(office):
    def deed(work):
        doing = {"by": MANAGER, "at": NOW, "work": work}
        return declare_emergency("Flood", closes_on=TODAY, referrals=["R-1", "R-2"], **doing).id

    return office.store.transact(deed)


TWICE = {
    "/my-referrals/new?agency=A-1": (ReferralRow, {"forename": "Ada", "surname": "Lovelace"}),
    "/referrals/R-1/timeline": (NoteRow, {"text": "They rang."}),
    "/runs/new": (RunRow, {"tiers": "hub"}),
}
"""Forms that make something each time they are sent: what, and what is typed."""


@pytest.mark.parametrize("form", TWICE)
def test_pressing_twice_makes_one(office, form):
    kind, typed = TWICE[form]
    client = office.of("officer").client
    page, before = client.get(form), len(kept(office, kind))
    answers = [send(client, page, **typed) for _ in range(2)]
    assert answers[0].url == answers[1].url
    assert {answer.status_code for answer in answers} == {200}
    assert len(kept(office, kind)) == before + 1
    send(client, client.get(form), **typed)  # the same again on purpose, from a page that was opened anew
    assert len(kept(office, kind)) == before + 2


def test_an_emergency_is_declared_once(office):
    manager = office.of("duty_manager")
    page = manager.post(
        "/emergencies/new/check",
        "/emergencies/new",
        title="Flood",
        service="S-1",
        closes__day="3",
        closes__month="3",
        closes__year="2026",
    )
    answers = [send(manager.client, page) for _ in range(2)]
    assert answers[0].url == answers[1].url
    assert len(kept(office, EmergencyRow)) == 1


def test_other_words_in_the_form_one_went_back_to_are_something_else(office):
    client = office.of("officer").client
    page = client.get("/referrals/R-1/timeline")
    for text in ("They rang.", "They rang again."):
        send(client, page, text=text)
    assert len(kept(office, NoteRow)) == 2


def test_a_unit_of_another_service_is_not_offered_from_the_page_of_this_one(office):
    officer = office.of("officer")
    answer = officer.post("/referrals/R-1/places/S-1", "/referrals/R-1/places/S-1", unit="U-2-1", answer="16")
    assert answer.status_code == 422
    assert "Choose a unit of this service" in answer.text
    assert kept(office, OfferRow) == []


def test_everybody_of_an_emergency_can_be_chosen_again(office):
    officer, emergency = office.of("officer"), declared(office)
    page = officer.get(f"/emergencies/{emergency}/people?stands=&band=")
    assert page.status_code == 200
    assert page.text.count('href="/referrals/R-') == 2


@pytest.mark.parametrize("band", ["9" * 30, "-1", "0"])
def test_a_band_that_no_database_holds_is_no_page(office, band):
    run_id = run(office.store)
    assert office.of("officer").get(f"/runs/{run_id}/lines?band={band}").status_code == 404


def test_why_somebody_restricted_has_no_offer_is_told_to_nobody_without_a_grant(office):
    emergency = declared(office)
    run_id = run(office.store)
    line = {name: each.id for name, each in lines(office.store, run_id).items()}

    def deed(work):
        task = queue_offers(run_id, answer_by=None, by=OFFICER, at=NOW, work=work)
        row, person, row_of_run = (
            work.get(TaskRow, task.id),
            work.get(PersonRow, "P-2"),
            work.get(RunRow, run_id),
        )
        row_of_run.emergency_id = emergency
        told = [
            {"line": line[id], "outcome": "refused", "why": f"{id} waits for U-1-1."} for id in ("R-1", "R-2")
        ]
        row.status, person.restricted = TaskStatus.DONE, True
        row.result = f'{{"offered": 0, "waits": 0, "refused": 2, "lines": {told}}}'.replace("'", '"')
        write(work, row_of_run, person, counted=[row], what="set up", by=OFFICER, at=NOW)

    office.store.transact(deed)
    page = office.of("officer").get(f"/emergencies/{emergency}/offers").text
    assert re.search(r">[^<]+</bdi></a>: R-1 waits for U-1-1, Service S-1\.<", page), (
        "who, and the unit by its name"
    )
    assert "R-2 waits" not in page
    assert line["R-2"] not in page


def named(office):
    def deed(work):
        person = work.get(PersonRow, "P-1")
        person.forename, person.surname = "Marguerite", "Alder"
        write(work, person, what="set up", by=OFFICER, at=NOW)

    office.store.transact(deed)


def test_no_title_names_anybody(office):
    """Titles stand in the history of a browser, and on the screen of whoever shares it."""
    named(office)
    run_id = run(office.store)
    line = lines(office.store, run_id)["R-1"].id
    officer = office.of("officer")
    for path in (
        "/people/P-1",
        "/my-referrals/R-1",
        "/my-referrals/new?agency=A-1&person=P-1",
        f"/runs/{run_id}/lines/{line}",
    ):
        page = officer.get(path)
        assert page.status_code == 200, path
        assert "Alder" in page.text, path
        assert "Alder" not in re.search("<title>(.*?)</title>", page.text)[1], path


def test_whoever_is_second_about_an_exclusion_loses_no_word(office):
    def impose(work):
        facts = {"reason": ExclusionReason.ARSON, "service_id": "S-1", "from_day": TODAY}
        later = TODAY.replace(month=9)
        put(work, ExclusionRow(id="X-1", person_id="P-1", until=later, review_on=later, **facts))

    office.store.transact(impose)
    officer = office.of("officer")
    form = officer.get("/exclusions/X-1")
    office.store.transact(
        lambda work: lift_exclusion("X-1", on=TODAY, why="x", seen=1, by=MANAGER, at=NOW, work=work)
    )
    csrf = re.search('name="csrf" value="([^"]+)"', form.text)[1]
    answer = officer.client.post(
        "/exclusions/X-1/keep", data={"csrf": csrf, "seen": "1", "keep-why": "They set a fire in May."}
    )
    assert answer.status_code == 412
    assert "They set a fire in May." in answer.text


def test_a_withdrawal_of_a_referral_that_changed_is_read_again_first(office):
    client = office.of("officer").client
    page = client.get("/my-referrals/R-1/withdraw")

    def offered_meanwhile(work):
        due = NOW + timedelta(days=2)
        make_offer("R-1", ["U-1-1"], from_day=TODAY, answer_by=due, by=OFFICER, at=NOW, work=work)

    office.store.transact(offered_meanwhile)
    answer = send(client, page, reason="no_longer_wanted")
    assert answer.status_code == 422
    assert "It changed while you were reading" in answer.text
    assert "An offer of a place is withdrawn" in answer.text
    assert [each.status for each in kept(office, OfferRow)] == [OfferStatus.MADE]


def test_whoever_presses_nothing_says_nothing_of_two_people(office):
    officer = office.of("officer")
    seen = {"seen": "1", "other__seen": "1"}
    answer = officer.post(
        "/referrals/R-1/duplicates", "/referrals/R-1/timeline", other="P-2", why="x", **seen
    )
    assert answer.status_code == 422
    with office.store.reading() as work:
        assert told_apart_from(work, ["P-1"]) == frozenset()


def test_a_band_set_after_midnight_in_london_was_set_on_that_day(office):
    def deed(work):
        adopt_scheme(DOCUMENT, by=ADMINISTRATOR, at=NOW - timedelta(days=1), work=work)
        late = datetime(2025, 6, 30, 23, 30, tzinfo=UTC)
        facts = {"computed_band": 2, "band": 1, "reason": "x", "set_by": OFFICER.id, "set_at": late}
        put(work, OverrideRow(id="OV-1", referral_id="R-1", **facts))

    office.store.transact(deed)
    assert "1 July 2025" in office.of("officer").get("/referrals/R-1/override").text


def test_whoever_is_in_an_emergency_and_lives_in_no_service_can_be_opened_and_scored(office):
    """A referral says that somebody must leave only together with the service that they leave."""
    declared(office)
    officer = office.of("officer")
    for path in ("/referrals/R-1", "/referrals/R-1/details", "/my-referrals/R-1"):
        assert officer.get(path).status_code == 200, path
    with office.store.reading() as work:
        assert work.get(ReferralRow, "R-1").must_leave is False


@pytest.mark.parametrize(
    ("letters", "told"),
    [
        (20_001, "longer than 20000 characters"),
        (60_001, "The text is longer than 60,000 characters: shorten it"),
    ],
)
def test_nothing_that_somebody_wrote_is_cut_off(office, letters, told):
    client, text = office.of("officer").client, "n" * letters
    answer = send(client, client.get("/referrals/R-1/timeline"), text=text)
    assert (answer.status_code, told in answer.text, text in answer.text) == (422, True, True)
    assert kept(office, NoteRow) == []


def test_of_a_service_of_many_units_only_what_was_changed_is_told(office):
    office.store.transact(lambda work: service(work, "S-9", units=250))
    client = office.of("provider").client
    html = client.get("/my-vacancies?of=S-9").text
    form = html.partition('name="service" value="S-9|')
    form = form[0].rpartition("<form")[2] + "".join(form[1:]).partition("</form>")[0]
    sent = re.findall(r'name="([\w-]+)" value="([^"]*)"', form)
    details = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY)
    office.store.transact(lambda work: put_out_of_service("U-9-7", details, by=OFFICER, at=NOW, work=work))
    data = {name: [unescape(value) for each, value in sent if each == name] for name, _ in sent}
    late = client.post("/my-vacancies/confirm", data=data)
    assert late.status_code == 412
    assert re.findall("U-9-[0-9]+", late.text) == ["U-9-7"]


LAST = {"until__day": "9", "until__month": "3", "until__year": "2026"}
DEEDS = {
    "/people/{person}/restrict": {"why": "x", **LAST},
    "/people/{person}/lift-restriction": {"why": "x"},
    "/referrals/R-1/park": {"reason": "in_hospital", **LAST},
    "/referrals/R-1": {},
    "/referrals/R-1/decline": {"why": "x", "reason": "not_eligible"},
}
"""In this order: what is done once a form, though it carries the version that was seen, and what is typed."""


def test_whoever_presses_twice_is_told_that_it_was_done(office):
    manager = office.of("duty_manager").client
    person = kept(office, ReferralRow, ReferralRow.id == "R-1")[0].person_id
    for path, filled in DEEDS.items():
        page = manager.get(path.format(person=person))
        first, second = (send(manager, page, **filled) for _ in range(2))
        assert (first.status_code, second.status_code) == (200, 200), path
        assert first.url == second.url
        assert "You sent this before: it was done then, and not again." in second.text, path


OFTEN = {
    "account/handlers.py": "a password or a code is shown once, or asked for anew",
    "attempts.py": "an invitation is shown once",
    "my_referrals/form_handlers.py": "whoever presses twice goes on from what stands",
    "signing_in/handlers.py": "a code counts once by itself",
}
"""Where a form is done as often as it is sent, and why."""


def test_every_other_form_is_done_once():
    found = {str(each.relative_to(PAGES)) for each in PAGES.rglob("*.py") if "door.does(" in each.read_text()}
    assert found == OFTEN.keys()
