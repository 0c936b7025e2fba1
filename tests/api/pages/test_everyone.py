"""Somebody is found, everything kept of them is read, a restricted case is opened in an emergency."""

import html
import re
from datetime import date, timedelta

import pytest

from gateway.directory.confirming import confirm_units
from gateway.people.details import PersonDetails
from gateway.people.enter_person import enter_person
from gateway.people.exclude import impose_exclusion
from gateway.people.exclusions import ExclusionTerms
from gateway.people.keep_safe import keep_apart, set_safety_area
from gateway.people.record_consent import give_consent
from gateway.people.restrict import restrict_case
from gateway.people.tables import ExclusionReason, ExclusionRow, GrantRow, SafetyReason
from gateway.placements.offering import make_offer
from gateway.records.timeline import latest
from gateway.referrals.noting import add_note
from gateway.referrals.tables import NoteRow
from scenarios.statements import statements
from tests.api.at_a_browser import at_a_browser
from tests.api.pages.site import DESK, PHONE, accessible, faults_lead_to_fields, fits
from tests.gateway.ground import (
    DUDLEY,
    MANAGER,
    NOW,
    OFFICER,
    TODAY,
    WALSALL,
    agency,
    authorities,
    provider,
    referral,
    service,
)

BY = {"by": OFFICER, "at": NOW}
BORN = {"born-day": "4", "born-month": "3", "born-year": "1990"}
ABROAD = "محمد عبد الله"


def world(work):
    """Zoe Reyes, of whom everything is kept; Muhammad, restricted; nobody's other case."""
    authorities(work)
    agency(work, "A-1")
    agency(work, "A-2")
    provider(work)
    service(work)
    ids = []
    for forename, surname in (("Zoe", "Reyes"), (ABROAD, "الحسيني"), ("Ida", "Noack")):
        details = PersonDetails(forename=forename, surname=surname, born=date(1990, 3, 4), told_on=TODAY)
        ids.append(enter_person(details, **BY, work=work).id)
    zoe, muhammad, ida = ids
    referral(work, "R-100", person=zoe, agency_reference="PROB/7")
    referral(work, "R-101", person=muhammad, agency="A-2")
    referral(work, "R-102", person=ida, agency="A-2", agency_reference="PROB/7")
    terms = ExclusionTerms(
        person_id=zoe, reason=ExclusionReason.ARREARS, from_day=TODAY, until=TODAY + timedelta(days=200),
        review_on=TODAY, service_id="S-1",
    )  # fmt: skip
    exclusion = impose_exclusion(terms, **BY, work=work).id
    why = {"reason": SafetyReason.DOMESTIC_ABUSE, "on": TODAY, "why": "said so", **BY, "work": work}
    set_safety_area(zoe, DUDLEY, **why)
    keep_apart(zoe, ida, **why)
    give_consent(zoe, given_on=TODAY, how="by telephone", **BY, work=work)
    add_note("R-100", "Rings after six.\nNever before.", **BY, work=work)
    restrict_case(
        muhammad, until=NOW + timedelta(days=9), why="hunted", seen=1, by=MANAGER, at=NOW, work=work
    )
    return {"zoe": zoe, "muhammad": muhammad, "ida": ida, "exclusion": exclusion}


@pytest.fixture
def there(entrance):
    ids = entrance.store.transact(world)
    return entrance, ids


def posted(client, path, **fields):
    csrf = client.headers["X-CSRF-Token"]
    return client.post(path, data={"csrf": csrf, **fields}, follow_redirects=False)


@pytest.fixture
def officer(there):
    return at_a_browser(there[0], "officer")


def main_of(answer):
    """The text of a page as it is read: what stands in its main part, without tags."""
    main = answer.text[answer.text.find("<main") : answer.text.find("</main")]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


def test_a_reference_leads_straight_there(there, officer):
    _, ids = there
    for typed, path in (
        ("r-100", "/referrals/R-100"),
        (ids["zoe"].lower(), f"/people/{ids['zoe']}"),
        (" R-102 ", "/referrals/R-102"),
    ):
        answer = posted(officer, "/search", reference=typed)
        assert (answer.status_code, answer.headers["location"]) == (303, path)


def test_a_number_that_several_agencies_gave_leads_to_a_choice(officer):
    told = main_of(posted(officer, "/search", reference="PROB/7"))
    assert "2 referrals have this reference" in told
    assert "R-100" in told
    assert "R-102" in told


@pytest.mark.parametrize(
    ("typed", "found"), [({"name": "reyes zoe"}, 1), ({"name": "Zoë Reyez"}, 1), (BORN, 2)]
)
def test_people_are_found_by_name_as_it_sounds_and_by_date_of_birth(there, officer, typed, found):
    answer = posted(officer, "/search", **typed)
    assert answer.status_code == 200
    assert answer.text.count('href="/people/') == found  # Muhammad's case is restricted
    assert "Waiting for a place" in main_of(answer)
    assert "reyes" not in str(answer.url)


def test_whoever_fits_is_listed_page_by_page(there, officer):
    def many(work):
        for number in range(45):
            details = PersonDetails(forename=f"Ann{number}", surname="Rowan", told_on=TODAY)
            enter_person(details, **BY, work=work)

    there[0].store.transact(many)
    first = posted(officer, "/search", name="Rowan")
    assert "45 people found: 1 to 20" in main_of(first)
    assert "Page before" not in first.text
    last = posted(officer, "/search", name="Rowan", page="3")
    assert "45 people found: 41 to 45" in main_of(last)
    assert "Next page" not in last.text


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({}, "Enter a reference, a name or a date of birth"),
        ({"name": "!?"}, "Enter a name with at least one letter"),
        ({"name": "Zoe", "born-day": "31", "born-month": "2", "born-year": "1990"}, "Must be a real day"),
    ],
)
def test_what_cannot_be_searched_by_is_said_and_what_was_typed_stays(officer, typed, fault):
    answer = posted(officer, "/search", **typed)
    assert answer.status_code == 422
    assert "<title>Error: Search" in answer.text
    assert fault in main_of(answer)
    assert all(f'value="{text}"' in answer.text for text in typed.values())


def test_a_restricted_case_is_not_there_under_any_of_its_names(there, officer):
    _, ids = there
    for typed in ("R-101", ids["muhammad"]):
        told = posted(officer, "/search", reference=typed)
        assert "Nobody was found" in main_of(told)
        assert f'href="/people/{typed}/break-glass"' in told.text
    nobody = posted(officer, "/search", reference="R-999")
    assert main_of(nobody).replace("R-999", "R-101") == main_of(posted(officer, "/search", reference="R-101"))
    for path in (f"/people/{ids['muhammad']}", "/referrals/R-101/timeline"):
        assert officer.get(path).status_code == 404
    assert posted(officer, "/referrals/R-101/timeline", text="x").status_code == 404


def test_referrers_and_providers_search_by_reference_alone_and_among_their_own(there):
    doors, _ = there
    referrer = at_a_browser(doors, "referrer")
    assert 'name="name"' not in referrer.get("/search").text
    for typed in ("R-100", "PROB/7"):
        assert posted(referrer, "/search", reference=typed).headers["location"] == "/my-referrals/R-100"
    for typed in ({"reference": "R-102"}, {"reference": "P-000001"}):
        told = posted(referrer, "/search", **typed)
        assert "Nobody was found" in main_of(told)
        assert "restricted" not in told.text
    assert posted(referrer, "/search", name="Zoe").status_code == 422
    provider_ = at_a_browser(doors, "provider")
    assert "Nobody was found" in main_of(posted(provider_, "/search", reference="R-100"))
    facts = {"from_day": TODAY, "answer_by": NOW + timedelta(days=1), **BY}
    doors.store.transact(lambda work: service(work, "S-2"))  # she is excluded from S-1
    offer = doors.store.transact(lambda work: make_offer("R-100", ["U-2-1"], **facts, work=work).id)
    there_now = posted(provider_, "/search", reference="R-100")
    assert there_now.headers["location"] == f"/my-offers/{offer}"


def test_everything_kept_of_somebody_stands_on_one_page_and_that_it_was_read_is_recorded(there, officer):
    doors, ids = there
    told = officer.get(f"/people/{ids['zoe']}")
    for words in (
        "Zoe Reyes", "R-100 Waiting for a place", "Probation, Birmingham: 1 time", "Service S-1 Arrears",
        "Review due", "Dudley Domestic abuse Since 2 March 2026", "Ida Noack Domestic abuse",
        "2 March 2026 by telephone", "4 March 1990 (age 35)", "Do not assume that it is",
    ):  # fmt: skip
        assert words in main_of(told)
    with doors.store.reading() as work:
        assert latest(work, ids["zoe"], limit=1)[0].what == "person opened"


def test_a_person_and_their_timeline_take_a_fixed_number_of_queries(there, officer):
    doors, ids = there
    counts = []
    for more in (False, True):
        if more:
            doors.store.transact(lambda work: more_of(work, ids["zoe"]))
        for path in (f"/people/{ids['zoe']}", "/referrals/R-100/timeline", f"/people/{ids['zoe']}/timeline"):
            with statements(doors.store) as asked:
                officer.get(path)
            counts.append(len(asked))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 27


def more_of(work, person_id):
    set_safety_area(person_id, WALSALL, reason=SafetyReason.GANG, on=TODAY, why="x", **BY, work=work)
    for number in range(3):
        referral(work, f"R-20{number}", person=person_id)
        add_note("R-100", "More.", **BY, work=work)


def test_whose_referral_tells_of_abuse_has_a_page_that_can_be_left_at_once(there, officer):
    _, ids = there
    for path in (
        f"/people/{ids['zoe']}", f"/people/{ids['zoe']}/timeline", "/referrals/R-100/timeline",
        f"/exclusions/{ids['exclusion']}",
    ):  # fmt: skip
        assert 'data-module="govuk-exit-this-page"' in officer.get(path).text, path
    assert "govuk-exit-this-page" not in officer.get("/search").text


def test_the_glass_is_broken_with_a_reason_and_the_auditor_is_told(there, officer):
    doors, ids = there
    page = officer.get("/people/R-101/break-glass")
    assert "An auditor is told at once" in main_of(page)
    wrong = posted(officer, "/people/R-101/break-glass", hours="4", why=" ")
    assert (wrong.status_code, "Say why it must be opened now" in wrong.text) == (422, True)
    none = posted(officer, "/people/R-101/break-glass", why="Found unconscious")
    assert (none.status_code, "Choose for how long it must be open" in none.text) == (422, True)
    assert "Found unconscious" in none.text
    done = posted(officer, "/people/R-101/break-glass", hours="4", why="Found unconscious")
    assert (done.status_code, done.headers["location"]) == (303, f"/people/{ids['muhammad']}")
    told = officer.get(f"/people/{ids['muhammad']}")
    assert (told.status_code, "Restricted" in main_of(told), ABROAD in told.text) == (200, True, True)
    with doors.store.reading() as work:
        (grant,) = work.where(GrantRow, GrantRow.broken_glass)
        assert (grant.holder, grant.why, grant.until) == (
            "officer-1",
            "Found unconscious",
            NOW + timedelta(hours=4),
        )
    again = posted(officer, f"/people/{ids['zoe']}/break-glass", hours="1", why="x")
    assert again.headers["location"] == f"/people/{ids['zoe']}"
    assert posted(officer, "/people/P-NONE/break-glass", hours="1", why="x").status_code == 404


def test_a_note_is_added_and_stands_in_the_timeline(there, officer):
    doors, _ = there
    empty = posted(officer, "/referrals/R-100/timeline", text=" ")
    assert (empty.status_code, "Error: Timeline" in empty.text) == (422, True)
    done = posted(officer, "/referrals/R-100/timeline", text="Telephoned the hospital.")
    assert (done.status_code, done.headers["location"]) == (303, "/referrals/R-100/timeline")
    told = main_of(officer.get("/referrals/R-100/timeline"))
    assert told.index("Telephoned the hospital.") < told.index("Rings after six.")
    assert "Timeline read" not in told
    assert "Timeline read" in main_of(officer.get("/referrals/R-100/timeline?show=all"))
    with doors.store.reading() as work:
        assert len(work.where(NoteRow, NoteRow.referral_id == "R-100")) == 2


def test_a_long_timeline_has_pages_which_overlap_in_nothing(there, officer):
    doors, _ = there

    def many(work):
        for number in range(60):
            add_note("R-100", f"Note number {number}.", **BY, work=work)

    doors.store.transact(many)
    path, told = "/referrals/R-100/timeline", []
    while path:
        page = officer.get(path)
        told += re.findall(r"Note number (\d+)", page.text)
        found = re.search(r'href="([^"]*before=\d+)"', page.text)
        path = html.unescape(found[1]) if found else None
    assert told == [str(number) for number in reversed(range(60))]


def test_an_exclusion_is_kept_with_a_reason_or_lifted(there, officer):
    doors, ids = there
    path = f"/exclusions/{ids['exclusion']}"
    assert "Zoe Reyes" in main_of(officer.get("/exclusions"))
    wrong = posted(
        officer, f"{path}/keep", seen="1", **{"until-day": "40", "until-month": "1", "until-year": "2026"}
    )
    assert (wrong.status_code, "Must be a real day" in wrong.text, 'value="40"' in wrong.text) == (
        422,
        True,
        True,
    )
    wrong = posted(officer, f"{path}/keep", seen="1")
    assert (wrong.status_code, "Say why it is still right" in wrong.text) == (422, True)
    done = posted(officer, f"{path}/keep", seen="1", **{"keep-why": "Still owes 400 pounds"})
    assert done.headers["location"] == f"/people/{ids['zoe']}"
    assert "None is due" in main_of(officer.get("/exclusions"))
    stale = posted(officer, f"{path}/lift", seen="1", **{"lift-why": "Paid"})
    assert (stale.status_code, "review on 31 May 2026" in main_of(stale)) == (412, True)
    done = posted(officer, f"{path}/lift", seen="2", **{"lift-why": "Paid"})
    assert done.status_code == 303
    over = officer.get(path)
    assert "nothing to decide" in main_of(over)
    again = posted(officer, f"{path}/lift", seen="3", **{"lift-why": "Paid"})
    assert (again.status_code, "is over since" in again.text) == (422, True)
    with doors.store.reading() as work:
        row = work.get(ExclusionRow, ids["exclusion"])
        assert (row.lifted_on, row.lifted_why, row.review_on) == (TODAY, "Paid", TODAY + timedelta(days=90))


def test_whom_to_chase_for_units_nobody_confirmed_is_listed(there, officer):
    told = main_of(officer.get("/stale-units"))
    assert "Alder Service S-1 2 units Never confirmed" in told
    doors, _ = there
    doors.store.transact(lambda work: confirm_units("S-1", by=OFFICER, at=NOW, work=work))
    assert "every unit was confirmed within a week" in main_of(officer.get("/stale-units"))


def test_a_page_for_another_role_says_so_to_a_person(officer):
    answer = officer.get("/accounts")
    assert answer.status_code == 403
    assert "This is not for your role to see or to do." in main_of(answer)


@pytest.mark.parametrize("path", ["/search", "/people/P-000001/break-glass", "/referrals/R-100/timeline"])
def test_a_form_without_its_proof_is_refused(there, officer, path):
    doors, _ = there
    answer = officer.post(path, data={"text": "x", "why": "x", "hours": "1"})
    assert answer.status_code == 403
    with doors.store.reading() as work:
        assert len(work.where(NoteRow)) == 1


@pytest.fixture
def visit(site):
    return site, site.store.transact(world)


def looks_right(page, *, script=True):
    if script:  # axe is a script itself
        accessible(page)
    fits(page)


@pytest.mark.parametrize(
    ("size", "javascript"), [(DESK, True), (PHONE, False)], ids=["desk", "phone without script"]
)
def test_an_officer_finds_somebody_reads_what_is_kept_and_leaves_a_note(visit, size, javascript):
    site, _ = visit
    site.expect("422")
    page = site.sign_in("officer", size=size, javascript=javascript)
    page.goto("/")
    page.get_by_role("link", name="exclusion due for review").click()
    page.get_by_role("link", name="Zoe Reyes").click()
    looks_right(page, script=javascript)
    page.goto("/search")
    page.get_by_role("button", name="Search").click()
    looks_right(page, script=javascript)
    page.get_by_label("Name").fill("zoe")
    page.get_by_role("button", name="Search").click()
    looks_right(page, script=javascript)
    page.get_by_role("link", name="Zoe Reyes").click()
    looks_right(page, script=javascript)
    page.get_by_role("link", name="Timeline of R-100").click()
    page.get_by_role("button", name="Add the note").click()
    assert page.title().startswith("Error: ")
    looks_right(page, script=javascript)
    page.get_by_label("Add a note").fill(f"Telephoned {ABROAD}.")
    page.get_by_role("button", name="Add the note").click()
    assert "The note is added." in page.get_by_role("alert").inner_text()
    assert ABROAD in page.locator("ol").inner_text()
    looks_right(page, script=javascript)


def test_the_glass_is_broken_by_keyboard_alone(visit):
    site, ids = visit
    site.expect("422")
    page = site.sign_in("officer", size=PHONE)
    page.goto("/search")
    page.get_by_label("Reference").focus()
    page.keyboard.type("R-101")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Nobody was found").wait_for()
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    looks_right(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/R-101/break-glass")
    looks_right(page)
    page.get_by_role("button", name="Open the case").focus()
    page.keyboard.press("Enter")
    page.locator(".govuk-error-summary").wait_for()
    faults_lead_to_fields(page)
    looks_right(page)
    page.keyboard.press("Tab")  # to the first link of the summary, and on to the field
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    page.get_by_label("Why must it be opened now?").focus()
    page.keyboard.type("Found unconscious")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Open the case").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/people/{ids['muhammad']}")
    assert page.get_by_role("heading", level=1).inner_text() == f"{ABROAD} الحسيني"
    looks_right(page)


WEATHER = "https://www.bbc.co.uk/weather"


def leave_by_button(page):
    page.get_by_role("button", name="Emergency Exit this page").click()


def leave_by_keyboard(page):
    for _ in range(3):
        page.keyboard.press("Shift")


def leave_by_the_second_tab(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_a_page_that_tells_of_abuse_is_left_at_once(visit):
    site, ids = visit
    site.expect(WEATHER)
    for javascript, ways in (
        (True, (leave_by_button, leave_by_keyboard, leave_by_the_second_tab)),
        (False, (leave_by_button, leave_by_the_second_tab)),
    ):
        page = site.sign_in("officer", size=PHONE, javascript=javascript)
        page.route(WEATHER, lambda route: route.fulfill(body="Rain later", content_type="text/plain"))
        for leave in ways:
            page.goto(f"/people/{ids['zoe']}")
            leave(page)
            page.wait_for_url(WEATHER)
