"""A duty manager restricts a case on pages, lets others in, takes that back, and opens it to all again."""

from datetime import timedelta
from urllib.parse import unquote

import pytest

from gateway.accounts.finding import team
from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.people.details import PersonDetails
from gateway.people.enter_person import enter_person
from gateway.people.merge_people import merge_people
from gateway.people.restrict import grant_access, restrict_case
from gateway.people.tables import GrantRow, PersonRow
from tests.api.at_a_browser import at_a_browser
from tests.api.doors import account
from tests.api.pages.at_a_desk import desks
from tests.api.pages.filled_forms import form_on, refused, send, sent
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.gateway.ground import MANAGER, NOW, OFFICER, TODAY, agency, authorities, provider, put, referral

BY = {"by": OFFICER, "at": NOW}
WHY = "He looks for her."
LAST = {"until__day": "9", "until__month": "3", "until__year": "2026"}
AFTER_IT = "2026-03-10T00:00:00+00:00"


def world(work):
    """Zoe, and Ida, whose case another duty manager has restricted."""
    authorities(work)
    agency(work)
    provider(work)
    ids = [
        enter_person(PersonDetails(forename=name, surname="Reyes", told_on=TODAY), **BY, work=work).id
        for name in ("Zoe", "Ida")
    ]
    referral(work, "R-1", person=ids[0])
    account(work, "officer-2", "officer", name="محمد عبد الله")
    suspended = account(work, "officer-3", "officer")
    suspended.status = AccountStatus.SUSPENDED
    put(work, suspended, about=[suspended.id])
    until = NOW + timedelta(days=9)
    restrict_case(ids[1], until=until, why="x", seen=1, by=MANAGER, at=NOW, work=work)
    return ids


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    made = desks(sqlite_template, tmp_path, clock)
    made.ids = made.store.transact(world)
    yield made
    made.store.close()


def client_of(office, role):
    return at_a_browser(office.entrance, role, follow=False)


@pytest.fixture
def manager(office):
    return client_of(office, "duty_manager")


@pytest.fixture
def officer(office):
    return client_of(office, "officer")


@pytest.fixture
def zoe(office):
    return f"/people/{office.ids[0]}"


def closed(manager, zoe):
    done = sent(manager, f"{zoe}/restrict", why=WHY, **LAST)
    assert done.headers["location"] == f"{zoe}/grants"


def grants(office):
    with office.store.reading() as work:
        return [each for each in work.where(GrantRow) if each.person_id == office.ids[0]]


def test_a_case_is_restricted_and_opened_to_all_again(manager, officer, office, zoe):
    assert f"{zoe}/grants" in manager.get(zoe).text
    assert "/grants" not in officer.get(zoe).text
    refused(sent(manager, f"{zoe}/restrict"), 'href="#until-day"', "Say why it is restricted")
    refused(sent(manager, f"{zoe}/restrict", why=WHY, **(LAST | {"until__day": "1"})), "today or a later day")
    page = manager.get(f"{zoe}/restrict")
    closed(manager, zoe)
    (grant,) = grants(office)
    assert (grant.holder, grant.until.isoformat(), grant.why) == ("duty-manager-1", AFTER_IT, WHY)
    assert officer.get(zoe).status_code == 404
    told = manager.get(f"{zoe}/grants").text
    for words in ("Name of duty-manager-1", "May open it", WHY, "9am until 10 March 2026"):
        assert words in told
    late = send(manager, page, why="My words", **LAST)
    assert late.status_code == 412
    for words in ("Restricted", "My words"):
        assert words in late.text
    refused(sent(manager, f"{zoe}/restrict", why=WHY, **LAST), "Somebody has restricted it already")
    refused(sent(manager, f"{zoe}/lift-restriction"), "Say why everybody may open it again")
    done = sent(manager, f"{zoe}/lift-restriction", why="He is in prison")
    assert done.headers["location"] == f"{zoe}/grants"
    assert officer.get(zoe).status_code == 200
    refused(sent(manager, f"{zoe}/lift-restriction", why="x"), "It is not restricted")
    told = manager.get(f"{zoe}/grants").text
    assert "Everybody in the gateway team may open it" in told
    assert f"{zoe}/restrict" in told


def test_somebody_is_let_in_and_no_longer(manager, officer, office, zoe):
    page = f"{zoe}/grants/new"
    refused(sent(manager, page, why=WHY, holder="officer-1", **LAST), "It is not restricted")
    closed(manager, zoe)
    nothing = sent(manager, page)
    refused(nothing, 'href="#holder"', 'href="#until-day"', 'href="#why"')
    assert "محمد عبد الله, gateway officer" in nothing.text
    assert "Name of officer-3" not in nothing.text
    refused(sent(manager, page, holder="officer-1", email="x@example.org", why=WHY, **LAST), "one of the two")
    refused(sent(manager, page, email="nobody@example.org", why=WHY, **LAST), "No account has this address")
    for nobody in ("officer-3", "referrer-1", "x" * 100):  # more letters than a holder may have
        refused(sent(manager, page, holder=nobody, why=WHY, **LAST), "no account that may be used")
    assert officer.get(zoe).status_code == 404
    assert sent(manager, page, holder="officer-1", why=WHY, **LAST).headers["location"] == f"{zoe}/grants"
    assert officer.get(zoe).status_code == 200
    referrer = client_of(office, "referrer")
    assert referrer.get("/my-referrals/R-1").status_code == 404
    sent(manager, page, email="Referrer-1@example.org", why=WHY, **LAST)
    assert referrer.get("/my-referrals/R-1").status_code == 200
    (grant,) = (each for each in grants(office) if each.holder == "officer-1")
    revoke = f"{zoe}/grants/{grant.id}/revoke"
    assert revoke in manager.get(f"{zoe}/grants").text
    assert "Name of officer-1 may not open the case from now on." in manager.get(revoke).text
    refused(sent(manager, revoke), "Say why it is taken back")
    again = manager.get(revoke)
    assert sent(manager, revoke, why="Left the team").headers["location"] == f"{zoe}/grants"
    assert officer.get(zoe).status_code == 404
    refused(send(manager, again, why="x"), "somebody was first")
    assert "Taken back" in manager.get(f"{zoe}/grants").text


def test_whoever_takes_back_their_own_grant_is_warned_and_led_away(manager, office, zoe):
    closed(manager, zoe)
    (grant,) = grants(office)
    revoke = f"{zoe}/grants/{grant.id}/revoke"
    assert "the case will not be there for you any more" in manager.get(revoke).text
    assert sent(manager, revoke, why="x").headers["location"] == "/search"
    assert manager.get(zoe).status_code == 404


def test_of_a_merged_person_each_restricted_id_is_told(manager, officer, office, zoe):
    ours, other = office.ids

    def more(work):
        facts = {"until": NOW + timedelta(days=3), "why": "x", "by": MANAGER, "at": NOW, "work": work}
        grant_access(other, "duty-manager-1", **facts)
        merge_people(other, ours, why="x", by=MANAGER, at=NOW, work=work)

    office.store.transact(more)
    told = manager.get(f"{zoe}/grants").text
    assert f"/people/{other}/lift-restriction" in told
    closed(manager, zoe)
    told = manager.get(f"{zoe}/grants").text
    assert f"Lift the restriction of {other}" in told
    assert "must be let in under each of them" in told
    done = sent(manager, f"{zoe}/grants/new", holder="officer-1", why="x", **LAST)
    assert unquote(done.headers["set-cookie"]).startswith("__Host-said=They are let in.")
    assert officer.get(zoe).status_code == 404
    told = manager.get(f"{zoe}/grants").text
    assert (f"Let in under {ours}" in told, "May open it" in told) == (True, False)
    sent(manager, f"/people/{other}/lift-restriction", why="x")
    with office.store.reading() as work:
        assert [work.get(PersonRow, each).restricted for each in (ours, other)] == [True, False]


def test_it_is_not_there_for_whoever_may_not(manager, officer, office, zoe):
    _, other = office.ids
    paths = ("grants", "grants/new", "restrict", "lift-restriction")
    with office.store.reading() as work:
        theirs = next(each.id for each in work.where(GrantRow))
    for path in (*paths, f"grants/{theirs}/revoke"):
        assert manager.get(f"/people/{other}/{path}").status_code == 404
        assert officer.get(f"{zoe}/{path}").status_code == 403
        if path != "grants":
            csrf = dict(form_on(manager.get(f"{zoe}/restrict"))[1])["csrf"]
            sent_ = {"why": "x", "csrf": csrf, "seen": "1"}
            assert manager.post(f"/people/{other}/{path}", data=sent_).status_code == 404
            assert manager.post(f"{zoe}/{path}", data={"why": "x"}).status_code == 403
    assert manager.get(f"{zoe}/grants/{theirs}/revoke").status_code == 404
    assert manager.get(f"{zoe}/grants/G-0/revoke").status_code == 404


def test_the_team_are_those_who_may_be_let_in(office, officer, manager):
    with office.store.reading() as work:
        assert [each.id for each in team(work)] == ["duty-manager-1", "officer-1", "officer-2"]
        assert len(work.where(AccountRow)) == 4


def test_a_duty_manager_restricts_and_lets_somebody_in_on_a_phone(site):
    ids = site.store.transact(world)
    site.expect("422")
    page = site.sign_in("duty_manager", size=PHONE)
    page.goto(f"/people/{ids[0]}")
    page.get_by_role("link", name="Who may open this case").focus()
    page.keyboard.press("Enter")
    for link, button in (
        ("Restrict this case", "Restrict it"),
        ("Let somebody open this case", "Let them open it"),
    ):
        page.get_by_role("link", name=link).focus()
        accessible(page)
        fits(page)
        page.keyboard.press("Enter")
        page.get_by_role("button", name=button).focus()
        page.keyboard.press("Enter")
        page.locator(".govuk-error-summary").wait_for()
        faults_lead_to_fields(page)
        accessible(page)
        fits(page)
        for part, number in (("Day", "9"), ("Month", "3"), ("Year", "2026")):
            page.get_by_label(part, exact=True).fill(number)
        page.locator("#why").fill(WHY)
        if page.locator("#holder").count():
            page.locator("#holder").select_option("officer-2")
        page.get_by_role("button", name=button).focus()
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
    accessible(page)
    fits(page)
    page.get_by_role("link", name="Take back the grant of محمد عبد الله").click()
    page.get_by_role("button", name="Take it back").wait_for()
    accessible(page)
    fits(page)
