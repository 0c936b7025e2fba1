"""An officer corrects what a referral's form says: by the questions the agency was asked, with a reason."""

from urllib.parse import unquote

import pytest

from api.pages.my_referrals.questions import PAGES, Of
from api.pages.referral.correction_views import CORRECTED, INTROS, WORDS
from gateway.assessment.scoring import score_referral
from gateway.placements.offering import make_offer
from gateway.records.tables import EventRow
from gateway.referrals.details import Known
from gateway.referrals.tables import ReferralRow
from gateway.referrals.told_to_others import form_of
from scenarios.statements import statements
from tests.api.at_a_browser import at_a_browser
from tests.api.pages.at_a_desk import desks
from tests.api.pages.filled_forms import form_on, send
from tests.api.pages.officer_world import officer_world
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.gateway.assessment.scored import LOW
from tests.gateway.ground import NOW, OFFICER, TODAY

WHY = "The agency telephoned today."


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    made = desks(sqlite_template, tmp_path, clock)
    made.store.transact(officer_world)
    yield made
    made.store.close()


@pytest.fixture
def officer(office):
    return at_a_browser(office.entrance, "officer", follow=False)


DETAILS = "/referrals/R-3/details"


def went(answer):
    """Where a form led, and what is said there."""
    assert answer.status_code == 303
    return answer.headers["location"], unquote(answer.headers["set-cookie"])


def form(office, id="R-3"):
    with office.store.reading() as work:
        return form_of(work, work.get(ReferralRow, id))


def corrected(officer, key, id="R-3", **filled):
    """Fill in a page as it stands and send it, with a reason."""
    page = officer.get(f"/referrals/{id}/correct/{key}")
    assert page.status_code == 200
    return send(officer, page, **({"why": WHY} | filled))


def test_every_page_of_the_form_is_corrected_and_led_to(officer):
    asked = {page.key for page in PAGES if any(each.of is Of.FORM for each in page.questions)}
    assert set(CORRECTED) == set(WORDS) == asked
    assert set(INTROS) <= asked
    html = officer.get("/referrals/R-3/details").text
    assert {key for key in asked if f"/referrals/R-3/correct/{key}" in html} == {
        key for key in asked if "in-words" not in key
    }
    assert "/correct/" not in officer.get("/referrals/R-5/details").text


@pytest.mark.parametrize(
    ("key", "filled", "name", "stands"),
    [
        ("story", {"story": "He reads her telephone."}, "story", "He reads her telephone."),
        ("home", {"sleeping_rough": "no", "accommodation": "friends"}, "sleeping_rough", False),
        ("home", {"sleeping_rough": "unknown"}, "sleeping_rough", None),
        ("connection", {"authority_id": "unknown"}, "authority_id", None),
        ("household", {"units": "2", "adults": "2"}, "units", 2),
        ("main-group", {"client_groups": "refugees"}, "client_groups", ("refugees",)),
        ("needs", {"needs__old_age": "yes"}, "needs", (Known(code="old_age", answer=True),)),
        ("wishes", {"wishes__1": "S-2"}, "wishes", ("S-2",)),
        ("safety", {"immediate_safety": "yes"}, "immediate_safety", True),
    ],
)
def test_what_a_page_says_takes_the_place_of_what_stood_and_the_rest_stays(
    officer, office, key, filled, name, stands
):
    stood = form(office)
    done = corrected(officer, key, **filled)
    there, said = went(done)
    assert there == DETAILS
    assert "What was told is corrected." in said
    now = form(office)
    assert getattr(now, name) == stands
    of_page = {each.name for each in CORRECTED[key].questions}
    others = {each for each in now.__dataclass_fields__ if each not in of_page}
    assert {each: getattr(now, each) for each in others} == {each: getattr(stood, each) for each in others}
    with office.store.reading() as work:
        told = [each.what for each in work.where(EventRow)]
        assert {"form read to correct it", "referral corrected"} <= set(told)


def test_words_are_asked_where_a_need_was_told(officer, office):
    corrected(officer, "needs", needs__mental_health="yes")
    assert "/referrals/R-3/correct/needs-in-words" in officer.get("/referrals/R-3/details").text
    corrected(officer, "needs-in-words", needs__mental_health="Low mood")
    assert form(office).needs == (Known(code="mental_health", answer=True, detail="Low mood"),)


def test_the_band_follows_and_is_told(officer, office):
    office.store.transact(lambda work: score_referral("R-3", LOW, by=OFFICER, at=NOW, work=work))
    before = band(office)
    done = corrected(officer, "safety", immediate_safety="yes")
    assert band(office) < before
    assert f"The band is now {band(office)}; it was {before}." in went(done)[1]


def band(office):
    with office.store.reading() as work:
        return work.get(ReferralRow, "R-3").band


def test_what_is_missing_or_wrong_is_said_at_its_field_and_what_was_typed_stays(officer, office):
    stood = form(office)
    wrong = corrected(officer, "household", adults="many", why=" ")
    assert wrong.status_code == 422
    assert 'href="#adults"' in wrong.text
    assert 'href="#why"' in wrong.text
    assert "many" in wrong.text
    assert corrected(officer, "story", story="x", why="").status_code == 422
    assert form(office) == stood
    assert "Nothing was changed" in went(corrected(officer, "story"))[1]


def test_how_many_units_they_take_stands_while_some_are_held(officer, office):
    office.store.transact(
        lambda work: make_offer(
            "R-3", ["U-1-1"], from_day=TODAY, answer_by=None, by=OFFICER, at=NOW, work=work
        )
    )
    wrong = corrected(officer, "household", units="2")
    assert wrong.status_code == 422
    assert "Rooms or flats they take together cannot change while 1 are offered" in wrong.text
    assert 'href="#units"' in wrong.text
    assert "withdraw the offer first" in wrong.text
    assert went(corrected(officer, "household", adults="2"))[0] == DETAILS


def test_a_number_that_the_agency_used_before_is_refused(officer):
    went(corrected(officer, "agency", "R-2", agency_reference="A/1"))
    wrong = corrected(officer, "agency", agency_reference="A/1")
    assert wrong.status_code == 422
    assert "The agency has used this number before: it is referral R-2" in wrong.text


def test_who_was_second_sees_both_versions(officer, office):
    first, second = (officer.get("/referrals/R-3/correct/story") for _ in range(2))
    went(send(officer, first, story="First", why=WHY))
    late = send(officer, second, story="Second", why="My reason")
    assert late.status_code == 412
    for words in ("First", "Second", "My reason"):
        assert words in late.text
    assert went(send(officer, second, story="First", why=WHY))[0] == DETAILS
    wrong = send(officer, second, story="Second", why="")
    assert dict(form_on(wrong)[1])["seen"] == "1"
    assert form(office).story == "First"


def test_only_an_open_referral_is_corrected(officer, office):
    ended = officer.get("/referrals/R-5/correct/story")
    assert "Only an open referral is corrected: this one is “Declined”." in ended.text
    csrf = dict(form_on(officer.get("/referrals/R-3/correct/story"))[1])["csrf"]
    sent = {"csrf": csrf, "seen": "1", "story": "x", "why": WHY}
    assert officer.post("/referrals/R-5/correct/story", data=sent).status_code == 409


def test_it_is_not_there_for_others(officer, office):
    for path in ("R-6/correct/story", "R-0/correct/story", "R-3/correct/contact", "R-3/correct/nothing"):
        assert officer.get(f"/referrals/{path}").status_code == 404
    assert officer.post("/referrals/R-3/correct/story", data={"story": "x", "why": WHY}).status_code == 403
    for role in ("provider", "referrer"):
        assert office.of(role).get("/referrals/R-3/correct/story").status_code == 403
    with office.store.reading() as work, statements(work) as asked:
        officer.get("/referrals/R-3/correct/needs")
    assert len(asked) <= 25


@pytest.fixture
def there(site):
    site.store.transact(officer_world)
    return site


def test_an_officer_corrects_a_form_on_a_phone_by_keyboard(there):
    there.expect("422")
    page = there.sign_in("officer", size=PHONE)
    page.goto("/referrals/R-3/details")
    page.get_by_role("link", name="Correct where they live now").focus()
    page.keyboard.press("Enter")
    page.locator("#sleeping_rough").wait_for()
    accessible(page)
    fits(page)
    page.get_by_role("button", name="Save the correction").focus()
    page.keyboard.press("Enter")
    page.locator(".govuk-error-summary").wait_for()
    faults_lead_to_fields(page)
    accessible(page)
    fits(page)
    page.locator("#sleeping_rough").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Why is it corrected?").focus()
    page.keyboard.type("محمد عبد الله telephoned")
    page.get_by_role("button", name="Save the correction").focus()
    page.keyboard.press("Enter")
    page.get_by_text("What was told is corrected.").wait_for()
    accessible(page)
    fits(page)
