"""Accounts, schemes, agreements, events and messages, looked after on pages."""

import re
from datetime import timedelta

import pytest

from api.pages.accounts.account_words import STATUSES as ACCOUNT_STATUSES
from api.pages.agreements.views import GROUPS, KINDS
from api.pages.code_lists.views import LISTS
from gateway.accounts.setting_passwords import accept_invitation
from gateway.accounts.tables import AccountRow, AccountStatus, CredentialRow
from gateway.agreements.reading import schedules_of
from gateway.agreements.tables import AccessGroup, AgreementKind, AgreementRow
from gateway.assessment.scheme import shipped_document
from gateway.messages.tables import MessageRow, MessageStatus
from gateway.records.actor import Role
from gateway.referrals.code_lists import code_lists
from gateway.tasks.tables import TaskRow
from tests.api.pages.at_a_desk import desks
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.api.pages.test_provider import told
from tests.gateway.agreements.papers import TERM, append, bought, clause, hold, make
from tests.gateway.ground import BIRMINGHAM, DUDLEY, NOW, small_world


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    made = desks(sqlite_template, tmp_path, clock)
    made.store.transact(small_world)
    yield made
    made.store.close()


@pytest.fixture
def desk(office):
    return office.of("administrator")


def the(store, kind, *which):
    with store.reading() as work:
        (row,) = work.where(kind, *which)
        return row


def test_somebody_is_invited_and_the_link_is_shown_once(office, desk):
    answer = desk.post("/accounts/new", "/accounts/new", name="محمد عبد الله", role="referrer")
    assert answer.status_code == 422
    assert set(told(answer.text)) == {
        "Enter an address such as name@example.org",
        "Choose the agency for which they refer",
    }
    assert 'value="محمد عبد الله"' in answer.text
    sent = {"name": "محمد عبد الله", "email": "new@example.org", "role": "referrer", "agency": "A-1"}
    answer = desk.post("/accounts/new", "/accounts/new", **sent)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    secret = re.search(r"https://gateway.test/invitation#([\w-]+)", answer.text).group(1)
    account = the(office.store, AccountRow, AccountRow.status == AccountStatus.INVITED)
    assert (account.role, account.agency_id) == (Role.REFERRER, "A-1")
    office.store.transact(lambda work: accept_invitation(secret, "seven-quiet-herons", at=NOW, work=work))
    assert secret not in desk.get(f"/accounts/{account.id}").text
    again = desk.post("/accounts/new", "/accounts/new", **sent)
    assert told(again.text) == ["There is an account with this email address already."]
    found = desk.post("/accounts/find", "/accounts", find="NEW@example.org")
    assert found.headers["location"] == f"/accounts/{account.id}"
    assert desk.post("/accounts/find", "/accounts", find="nobody@example.org").status_code == 422


def test_accounts_are_filtered_and_a_page_at_a_time(office, desk):
    office.of("officer")
    html = desk.get("/accounts?role=officer&status=").text
    assert "Name of officer-1" in html
    assert "Name of administrator-1" not in html
    assert "No account is like this" in desk.get("/accounts?role=&status=closed").text


def test_an_account_changes_role_rests_and_ends(office, desk):
    office.of("officer")
    page = "/accounts/officer-1"
    stands = {"name": "Ada", "email": "ada@example.org", "role": "commissioner", "authority": BIRMINGHAM}
    assert desk.post(f"{page}/change", f"{page}/change", **stands).status_code == 303
    html = desk.get(page).text
    assert "Commissioner" in html
    assert "Birmingham" in html
    answer = desk.post(f"{page}/change", "/accounts", seen=1, **stands | {"name": "Other"})
    assert answer.status_code == 412
    assert "Other" in answer.text
    answer = desk.post(f"{page}/suspend", f"{page}/suspend")
    assert told(answer.text) == ["Enter why you do this"]
    assert desk.post(f"{page}/suspend", f"{page}/suspend", why="On leave").status_code == 303
    assert the(office.store, AccountRow, AccountRow.id == "officer-1").status is AccountStatus.SUSPENDED
    assert desk.post(f"{page}/suspend", f"{page}/suspend", why="Again").status_code == 422
    assert desk.post(f"{page}/reactivate", f"{page}/reactivate", why="Back").status_code == 303
    assert desk.post(f"{page}/close", f"{page}/close", why="Has left").status_code == 303
    assert "Closed" in desk.get(page).text
    assert desk.post(f"{page}/close", "/accounts", seen=1, why="Again").status_code == 412


def test_nobody_does_this_to_their_own_account(desk):
    html = desk.get("/accounts/administrator-1").text
    assert "This is your own account" in html
    assert "/accounts/administrator-1/close" not in html
    answer = desk.post("/accounts/administrator-1/close", "/accounts/administrator-1/close", why="x")
    assert answer.status_code in {403, 422}


def test_a_password_and_a_second_factor_are_reset(office, desk):
    office.of("officer")

    def with_factor(work):
        credential = work.session.get(CredentialRow, "officer-1")
        if credential is None:
            credential = CredentialRow(account_id="officer-1", failures=0)
        credential.totp, credential.totp_since = "SECRET", NOW
        work.note(credential)

    office.store.transact(with_factor)
    page = "/accounts/officer-1"
    assert f"{page}/reset-second-factor" in desk.get(page).text
    path = f"{page}/reset-second-factor"
    assert desk.post(path, path).status_code == 303
    assert f"{page}/reset-second-factor" not in desk.get(page).text
    assert told(desk.post(path, path).text) == ["No second factor is set up."]
    office.of("officer")
    assert "Since 2 March 2026" in desk.get(page).text
    end = re.search(rf"{page}/sessions/[\w-]+/end", desk.get(page).text).group()
    assert desk.post(end, page).status_code == 303
    path = f"{page}/reset-password"
    assert "/invitation#" in desk.post(path, path).text


@pytest.fixture
def papers(office):
    def agree(work):
        agreement = make(work)
        bought_now = [bought(units=1), bought(authority=DUDLEY, units=1)]
        limits = [clause("non_host", units=1, weeks="0.5", number="schedule 2, 1")]
        append(work, agreement, purchases=bought_now, clauses=limits)
        hold(work, "H-1", from_day=TERM.from_day, authority=BIRMINGHAM)
        hold(work, "H-2", unit="U-1-2", person="P-2", from_day=TERM.from_day, authority="E08000031")
        return agreement.id

    return office.store.transact(agree)


def test_an_agreement_tells_what_of_its_unit_weeks_is_used_and_left(office, desk, papers):
    assert "The hub" in desk.get("/agreements").text
    assert "no agreement like this" in desk.get("/agreements?kind=access").text
    html = desk.get(f"/agreements/{papers}").text
    assert "Unit weeks from 1 April 2025 to 31 March 2026" in html
    assert "Counted to the end of 1 March 2026." in html
    assert 'src="data:image/svg+xml;base64,' in html
    assert "47.36 over" in html
    assert "Everybody but the authority whose service it is" in html
    assert "£18,200.00" in html
    auditor = office.of("auditor")
    assert f"/agreements/{papers}/schedules/new" not in auditor.get(f"/agreements/{papers}").text
    assert auditor.get(f"/agreements/{papers}/schedules/new").status_code == 403
    commissioner = office.of("commissioner")
    assert "Counted to the end of 28 February 2026." in commissioner.get(f"/agreements/{papers}").text


def test_a_schedule_is_appended_and_the_one_before_stays(office, desk, papers):
    page = f"/agreements/{papers}/schedules/new"
    html = desk.get(page).text
    assert 'value="18200.00"' in html
    assert 'value="schedule 2, 1"' in html
    rows = {
        "purchase-0-service_id": "S-1", "purchase-0-authority_id": BIRMINGHAM,
        "purchase-0-units": "2", "purchase-0-price": "18,500",
    }  # fmt: skip
    answer = desk.post(page, page, **rows)
    assert told(answer.text) == ["Enter the day from which it holds"]
    day = {"from__day": 1, "from__month": 4, "from__year": 2026}
    wrong = rows | {"purchase-0-units": "two", "clause-0-clause": "3", "clause-0-max_units": "1"}
    answer = desk.post(page, page, **wrong, **day)
    assert set(told(answer.text)) == {"Enter how many units, such as 12", "Choose whom the clause is about"}
    assert 'value="two"' in answer.text
    assert 'href="#purchase-0-units"' in answer.text
    answer = desk.post(page, page, **rows | {"purchase-0-units": "1"}, **day)
    assert told(answer.text)[0].startswith("Clauses: none says what people of other, or unknown, authorities")
    assert "may use of Service S-1" in told(answer.text)[0]
    rows |= {"clause-0-clause": "1", "clause-0-group": "non_host", "clause-0-max_units": "0"}
    answer = desk.post(page, page, **rows | {"purchase-0-units": "1"}, **day)
    assert "2 units of Service S-1 were bought together, 1 are from 1 April 2026" in answer.text
    assert desk.post(page, page, more="yes", **rows).text.count(">Purchase ") == 4
    assert desk.post(page, page, **rows, **day).status_code == 303
    with office.store.reading() as work:
        assert [each.row.number for each in schedules_of(work, papers)] == [1, 2]
    assert "Earlier: Schedule 1, from 1 April 2025" in desk.get(f"/agreements/{papers}").text
    answer = desk.post(page, "/accounts", seen=2, **rows, **day)
    assert answer.status_code == 412
    with office.store.reading() as work:
        assert work.get(AgreementRow, papers).kind is AgreementKind.JOINT_PURCHASE


def test_a_scheme_is_looked_at_before_it_is_in_force(office):
    desk, document = office.of("duty_manager"), shipped_document("new-directions-team")
    assert "No scheme is in force" in desk.get("/schemes").text
    answer = desk.post("/schemes/preview", "/schemes/preview", document="format: nonsense")
    assert answer.status_code == 422
    assert "format: nonsense</textarea>" in answer.text
    answer = desk.post("/schemes/preview", "/schemes/preview", document=document)
    assert "Nobody would move band." in answer.text
    answer = desk.post(
        "/schemes/adopt",
        "/schemes/preview",
        document=document,
        why="As decided",
    )
    assert answer.headers["location"] == "/schemes"
    html = desk.get("/schemes").text
    assert "In force" in html
    assert "Edition" in html
    name = re.search(r"/schemes/([\w-]+)\?edition", html).group(1)
    assert desk.get(f"/schemes/{name}").status_code == 200
    assert desk.get("/schemes/no-such").status_code == 404
    assert office.of("administrator").get("/schemes/preview").status_code == 403


def test_events_are_filtered_and_one_tells_its_reason(office):
    desk = office.of("auditor")
    html = desk.get("/events").text
    assert "Set up" in html
    assert "Filters: every event" in html
    assert '<details class="govuk-details">' in html
    chosen = desk.get("/events?subject=P-2&what=Set+up&since-day=3&since-month=3&since-year=2026").text
    assert '<details class="govuk-details" open>' in chosen
    assert "Filters: “Set up”, about P-2, from 3 3 2026 on" in chosen
    assert "Next page" not in desk.get("/events?what=no+such+thing").text
    assert "No event is like this" in desk.get("/events?what=no+such+thing").text
    html = desk.get("/events?subject=P-2&what=Set+up").text
    assert html.count('<th scope="row"') == 2
    assert desk.get("/events?since-day=40&since-month=1&since-year=2026").status_code == 422
    assert "No event is like this" in desk.get("/events?since-day=3&since-month=3&since-year=2026").text
    number = re.search(r"/events/(\d+)", html).group(1)
    html = desk.get(f"/events/{number}").text
    assert "No reason was given" in html
    assert "Not sealed yet" in html
    assert "Event read" in desk.get("/events").text
    assert desk.get("/events/999999").status_code == 404


def test_the_chain_is_verified_in_words(office):
    desk = office.of("auditor")
    assert desk.post("/events/verify", "/events/verify", head="abc").status_code == 422
    assert desk.post("/events/verify", "/events/verify").status_code == 303
    assert "The chain is being read." in desk.get("/events/verify").text
    wrong = '"not_sealed": 2, "faults": 1, "wrong": ["event 7 was changed"]}'
    for result, sentence in (
        ('{"holds": true, "links": 7, "head": "ab", "not_sealed": 0, "faults": 0, "wrong": []}', "holds: 7"),
        ('{"holds": false, "links": 7, "head": "ab", ' + wrong, "does not hold: 1 fault in 7 events."),
    ):

        def end(work, result=result):
            (row,) = work.where(TaskRow)
            row.status, row.result = "done", result
            work.note(row)

        office.store.transact(end)
        assert sentence in desk.get("/events/verify").text
    assert "event 7 was changed" in desk.get("/events/verify").text


def test_what_becomes_of_a_message_is_decided(office, desk):
    def fail(work):
        for number, status in ((1, MessageStatus.FAILED), (2, MessageStatus.UNKNOWN)):
            made = NOW - timedelta(minutes=number)
            row = MessageRow(
                id=f"ME-{number}", account_id="administrator-1", kind="offer_to_answer", about="O-1",
                cause=str(number), status=status, made_at=made, taken_at=made, attempts=3, fault="Full",
            )  # fmt: skip
            work.note(row)

    office.store.transact(fail)
    html = desk.get("/messages").text
    assert html.count("Somebody has been offered to you") == 2
    assert html.count("It did go out") == 1
    assert "There is none" in desk.get("/messages?status=waiting").text
    assert desk.post("/messages/ME-1/send-again", "/messages").status_code == 303
    assert desk.post("/messages/ME-2/mark-sent", "/messages").status_code == 303
    assert "There is none" in desk.get("/messages?status=").text
    assert desk.post("/messages/ME-2/mark-sent", "/accounts/new").status_code == 422
    assert desk.post("/messages/ME-9/mark-sent", "/accounts/new").status_code == 404


def test_codes_reasons_and_deadlines_are_told_in_words(desk):
    html = desk.get("/code-lists").text
    assert "Rough sleeper" in html or "sleep" in html
    assert "An offer is refused: we cannot take them" in html
    html = desk.get("/deadlines").text
    assert "16 working hours" in html
    assert "30 minutes" in html
    assert set(LISTS) == set(code_lists())
    assert set(GROUPS) == set(AccessGroup)
    assert set(KINDS) == set(AgreementKind)
    assert set(ACCOUNT_STATUSES) == set(AccountStatus)


@pytest.mark.parametrize(
    ("path", "role"),
    [("/accounts/new", "administrator"), ("/schemes/adopt", "duty_manager"), ("/events/verify", "auditor")],
)
def test_nothing_is_done_without_the_proof_of_the_form(office, path, role):
    assert office.of(role).post(path).status_code == 403


def test_what_only_a_form_answers_with_is_accessible_too(site):
    for status in ("422", "412"):
        site.expect(status)
    site.store.transact(small_world)
    page = site.sign_in("administrator")
    page.goto("/accounts/new")
    page.get_by_role("button", name="Invite them").click()
    faults_lead_to_fields(page)
    accessible(page)
    page.get_by_label("Name").fill("Wolfeschlegelsteinhausenbergerdorff" * 3)
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_label("Auditor").check()
    page.get_by_role("button", name="Invite them").click()
    assert "/invitation#" in page.inner_text("main")
    accessible(page)
    page.set_viewport_size(PHONE)
    fits(page)
    page.get_by_role("link", name="Go on to the account").click()
    page.wait_for_load_state()
    fits(page)
    page.goto("/accounts")
    fits(page)
    page.get_by_label("Find an account").fill("nobody@example.org")
    page.get_by_role("button", name="Find").click()
    faults_lead_to_fields(page)
    page = site.sign_in("duty_manager")
    page.goto("/schemes/preview")
    page.get_by_label("Or paste it here").fill("format: nonsense\nbands: []")
    page.get_by_role("button", name="Show who would move").click()
    faults_lead_to_fields(page)
    accessible(page)
    page.get_by_label("Or paste it here").fill(shipped_document("new-directions-team"))
    page.get_by_role("button", name="Show who would move").click()
    accessible(page)
    page.get_by_role("button", name="Put it in force").click()
    page.wait_for_load_state()
    assert "Edition 1 of new-directions-team is in force" in page.inner_text("main")
    page.set_viewport_size(PHONE)
    fits(page)
