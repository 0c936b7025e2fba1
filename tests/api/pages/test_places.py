"""Where could this person go: what can be offered, what is full, what does not suit and why; and an offer."""

from datetime import timedelta

import pytest

from api.pages.posted import boxes
from api.pages.where_to.sentences import Sentences
from gateway.directory.tables import VoidReason
from gateway.directory.voiding import VoidDetails, put_out_of_service
from gateway.placements.offering import make_offer
from gateway.placements.tables import OfferRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from scenarios.statements import statements
from tests.api.pages.at_a_desk import desks
from tests.api.pages.officer_world import officer_world
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.gateway.ground import NOW, OFFICER, TODAY, put

PAGE, OFFER = "/referrals/R-3/places", "/referrals/R-3/places/S-1"


def world(work):
    officer_world(work)
    details = VoidDetails(
        reason=VoidReason.REPAIRS, from_day=TODAY, until=TODAY + timedelta(days=9), note=None
    )
    put_out_of_service("U-5-1", details, by=OFFICER, at=NOW, work=work)


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    made = desks(sqlite_template, tmp_path, clock)
    made.store.transact(world)
    yield made
    made.store.close()


@pytest.fixture
def desk(office):
    return office.of("officer")


def test_each_service_stands_where_it_belongs_and_says_why(desk, office):
    html = desk.get(PAGE).text
    assert "1 service can be offered today, 2 would suit but not today, 2 do not suit." in html
    for words in (
        "It is in the person&#39;s own authority.",
        "4 points: It is in another authority than the person&#39;s own.",
        "It has units only for men.",
        "It takes only: young people at risk.",
        "get no more at Birch Court: 0 units at once are agreed; 0 are held and 1 more was asked for (agre",
        "Wait until 11 March 2026: a unit of Elm House gets free.",
        "Re-designate a unit of Cedar Lodge: no other rule stands against it.",
        "Agree one unit more for people of this authority at Birch Court",
        "What is left for people of this authority: Birmingham",
        f'href="{OFFER}"',
    ):
        assert words in html, words
    assert "S-2" not in html
    assert f"{PAGE}/S-2" not in html
    with office.store.reading() as work, statements(work) as asked:
        desk.get(PAGE)
    assert len(asked) <= 48


def test_what_to_record_first_is_said(desk):
    html = desk.get("/referrals/R-2/places").text
    assert (
        "No offer can be made now: the referral is in the state “In triage”. You can look. Put it on the"
        in html
    )
    assert OFFER.replace("R-3", "R-2") not in html
    assert "nobody" not in desk.get("/referrals/R-5/places?tier=floating").text
    assert (
        "Record the person&#39;s gender: Cedar Lodge may then suit." in desk.get("/referrals/R-1/places").text
    )


def test_the_list_is_narrowed_by_its_address(desk):
    assert "0 services can be offered today" in desk.get(f"{PAGE}?tier=floating").text
    assert "1 service can be offered today" in desk.get(f"{PAGE}?tier=hub&lot=complex-needs&after=x").text
    assert "1 service can be offered today" in desk.get(f"{PAGE}?tier=no&lot=no").text
    near = desk.get(f"{PAGE}?where=near").text
    assert "in Birmingham and next to it: 1 service can be offered today" in near
    assert "Birch Court" not in near


def test_a_free_unit_is_offered(desk, office):
    wrong = desk.post(OFFER, OFFER, **{"from-day": "31", "from-month": "2", "from-year": "2026"})
    assert wrong.status_code == 422
    assert "Must be a real day" in wrong.text
    assert desk.post(OFFER, OFFER, unit="U-1-1").status_code == 422
    emptied = desk.post(OFFER, OFFER, unit="U-1-1", answer="16", **{"from-day": ""})
    assert "Enter the first day on which they can move in" in emptied.text
    none = desk.post(OFFER, OFFER, answer="16", **boxes("from", TODAY))
    assert 'href="#unit"' in none.text
    done = desk.post(OFFER, OFFER, unit="U-1-1", answer="16", **boxes("from", TODAY))
    assert done.headers["location"] == "/referrals/R-3"
    with office.store.reading() as work:
        (made,) = work.where(OfferRow)
        assert (made.service_id, made.from_day, made.answer_by) == (
            "S-1",
            TODAY,
            NOW + timedelta(days=1, hours=8),
        )
        assert work.get(ReferralRow, "R-3").status is ReferralStatus.OFFERED
    assert "Offer of Alder House" in desk.get("/referrals/R-3").text
    assert "No offer can be made now" in desk.get(OFFER).text


def test_whoever_was_first_has_the_unit(desk, office):
    page = desk.get(OFFER)
    csrf = page.text.split('name="csrf" value="')[1].split('"')[0]

    def first(work):
        work.get(ReferralRow, "R-2").status = ReferralStatus.WAITING
        put(work, work.get(ReferralRow, "R-2"))
        for unit in ("U-1-1",):
            make_offer("R-2", [unit], from_day=TODAY, answer_by=None, by=OFFICER, at=NOW, work=work)

    office.store.transact(first)
    taken = desk.post(OFFER, csrf=csrf, seen="1", unit="U-1-1", answer="never", **boxes("from", TODAY))
    assert taken.status_code == 422
    assert "is held for R-2" in taken.text


def test_what_cannot_be_offered_says_why(desk):
    assert "It has units only for men." in desk.get(f"{PAGE}/S-3").text
    assert "It has no unit free for this person." in desk.get(f"{PAGE}/S-5").text
    assert desk.get(f"{PAGE}/S-9").status_code == 404


def test_sentences_have_names_for_ids_and_titles_for_codes():
    say = Sentences({"S-1": "Alder House", "E08000025": "Birmingham"}, about="S-1")
    assert say.named("S-1 is full.") == "It is full."
    assert say.named("Kept apart from somebody at S-1 in E08000025.") == (
        "Kept apart from somebody at Alder House in Birmingham."
    )
    assert say.of_rules(["cannot_manage"], ["S-1 cannot manage arson."]) == [
        "It cannot manage: fire setting."
    ]


def test_an_offer_by_keyboard_and_on_a_phone_without_javascript(site):
    site.expect("422")
    site.store.transact(world)
    page = site.sign_in("officer")
    page.goto(PAGE)
    accessible(page)
    page.get_by_role("link", name="Offer a unit of Alder House").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/places/S-1")
    accessible(page)
    page.get_by_role("button", name="Make this offer").focus()
    page.keyboard.press("Enter")
    page.locator(".govuk-error-summary").wait_for()
    faults_lead_to_fields(page)
    accessible(page)
    phone = site.sign_in("officer", size=PHONE, javascript=False)
    phone.goto(PAGE)
    fits(phone)
    phone.get_by_role("link", name="Offer a unit of Alder House").click()
    fits(phone)
    phone.get_by_label("U-1-2").check()
    phone.get_by_role("button", name="Make this offer").click()
    assert "Alder House was offered. It is to be answered by 3 March 2026, 5pm." in phone.content()
