"""An agency refers somebody page by page, comes back to it, sends it; and sees where its referrals stand."""

import re
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from api.pages.my_referrals.kinds import Ground
from api.pages.my_referrals.questions import BY_KEY, PAGES, Of
from api.pages.posted import Posted
from gateway.people.details import PersonDetails
from gateway.people.enter_person import change_person
from gateway.people.references import Reference, ReferenceKind
from gateway.people.restrict import restrict_case
from gateway.people.tables import PersonRow, SafeToContact
from gateway.placements.offering import make_offer
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow
from gateway.records.tables import EventRow
from gateway.referrals.details import Known, Member, ReferralDetails
from gateway.referrals.entering_somebody import Agreed
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import Connection, Duty, EndReason, QuestionRow, ReferralRow
from gateway.referrals.told_to_others import form_of
from gateway.referrals.triaging import ask
from scenarios.statements import statements
from tests.api.at_a_browser import at_a_browser
from tests.api.pages.filled_forms import form_on, send
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.gateway.ground import (
    BIRMINGHAM,
    MANAGER,
    NOW,
    OFFICER,
    TODAY,
    agency,
    authorities,
    person,
    provider,
    referral,
    service,
)

on_sqlite = pytest.mark.parametrize("database_maker", ["sqlite"], indirect=True)

FORM = ReferralDetails(
    person_id="P-1",
    agency_id="A-1",
    agency_reference="2026/0417",
    referrer="Ada Lovelace",
    referred_on=date(2026, 3, 1),
    authority_id=BIRMINGHAM,
    connection=Connection.RESIDENCE,
    duty=Duty.RELIEF,
    duty_date=date(2026, 4, 1),
    discharge_date=date(2026, 3, 9),
    immediate_safety=True,
    sleeping_rough=False,
    accommodation="friends",
    accommodation_detail="Until Friday,\nthen nowhere",
    tier="hub",
    units=2,
    adults=2,
    children=0,
    pregnant=False,
    current_service_id="S-1",
    must_leave=True,
    may_move=True,
    story="He reads her telephone.",
    client_groups=("single-homeless", "refugees", "offenders"),
    needs=(
        Known(code="hm_forces", answer=None),
        Known(code="mental_health", answer=True, detail="Low mood"),
        Known(code="old_age", answer=False),
    ),
    risks=(Known(code="arson", answer=None), Known(code="violence", answer=True, detail="Once, in 2019")),
    access_needs=("step-free", "dogs"),
    wishes=("S-2", "S-1"),
    avoids=("S-3",),
    household=(
        Member(relation="child", name="محمد عبد الله", born=date(2019, 5, 4)),
        Member(relation="partner"),
    ),
)
"""Something in every field."""

PERSON = PersonDetails(
    told_on=TODAY,
    forename="محمد",
    surname="عبد الله",
    known_as="Mo",
    born=date(1990, 3, 4),
    gender="male",
    email="mo@example.org",
    telephone="07700900123",
    address="Friends, at\n1 Example Street",
    safe_to_contact=SafeToContact.NO,
    contact_note="Only by email",
    references=(
        Reference(kind=ReferenceKind.NHS_NUMBER, value="9434765919"),
        Reference(kind=ReferenceKind.PRISON_NUMBER, value="A1234BC"),
    ),
)
CONSENT = Agreed(given_on=TODAY, how="signed form")
VALUES = {Of.FORM: FORM, Of.PERSON: PERSON, Of.CONSENT: CONSENT}
QUESTIONS = [(page, question) for page in PAGES for question in page.questions]


def value(question):
    return getattr(VALUES[question.of], question.name)


def test_all_that_a_referral_may_say_is_asked():
    asked = {of: {question.name for _, question in QUESTIONS if question.of is of} for of in Of}
    assert asked[Of.FORM] == {each.name for each in fields(ReferralDetails)} - {"person_id", "agency_id"}
    assert asked[Of.PERSON] == {each.name for each in fields(PersonDetails)} - {"told_on"}
    assert asked[Of.CONSENT] == {each.name for each in fields(Agreed)}


@pytest.mark.parametrize("question", [each for _, each in QUESTIONS], ids=lambda each: each.label)
def test_an_answer_is_read_as_it_was_written(question):
    stands = value(question)
    sent = Posted(question.kind.written(question.name, stands), ())
    assert question.kind.read(question.name, sent, stands) == stands
    assert question.says(stands)
    assert question.told(stands, Ground()) != [question.nothing or question.kind.nothing]


def world(work):
    authorities(work)
    for number in (1, 2):
        agency(work, f"A-{number}")
    provider(work)
    for number, name in enumerate(("Alder House", "Birch House", "Cedar House"), start=1):
        service(work, f"S-{number}", name=name)


@pytest.fixture
def there(entrance):
    entrance.store.transact(world)
    return entrance


def signed_in(there, role):
    client = at_a_browser(there, role)
    name, _, secret = client.headers.pop("Cookie").partition("=")
    client.cookies.set(name, secret, domain="gateway.test")  # beside those that pages set
    return client


@pytest.fixture
def referrer(there):
    return signed_in(there, "referrer")


def begun(client, **filled):
    """The id of a draft for somebody new."""
    page = send(client, client.get("/my-referrals/new"), **(filled or {"surname": "Reyes"}))
    assert page.status_code == 200, page.text
    return str(page.url).split("/")[4]


def row_of(there, referral_id):
    with there.store.reading() as work:
        return work.get(ReferralRow, referral_id)


def answered(page):
    """What is filled in on a page so that it says what `FORM` and the others say."""
    pairs = [pair for each in page.questions for pair in each.kind.written(each.name, value(each))]
    return {name: [text for key, text in pairs if key == name] for name, _ in pairs}


@on_sqlite
def test_a_referral_is_written_page_by_page_read_over_and_sent(there, referrer):
    page, seen = referrer.get("/my-referrals/new"), []
    while not str(page.url).endswith("/check"):
        key = str(page.url).rsplit("/", 1)[1]
        seen.append(key)
        page = send(referrer, page, **answered(BY_KEY["who" if key == "new" else key]))
        assert page.status_code == 200, page.text
    assert seen == ["new", *list(BY_KEY)[1:]]
    assert "It cannot be sent yet" not in page.text
    assert "Yes: History of mental health problems" in page.text
    assert "Not known: Fire setting" in page.text
    assert "Not asked: 20 others" in page.text
    page = send(referrer, page)
    id = str(page.url).split("/")[4]
    assert str(page.url).endswith(f"/my-referrals/{id}/sent")
    assert id in page.text
    with there.store.reading() as work:
        row = work.get(ReferralRow, id)
        assert row.status is ReferralStatus.SUBMITTED
        assert form_of(work, row) == replace(FORM, person_id=row.person_id)  # lists in the order of codes
        who = work.get(PersonRow, row.person_id)
        assert {name: getattr(who, name) for name in PERSON.columns()} == PERSON.columns()
    page = referrer.get(f"/my-referrals/{id}")
    assert "Sent. The gateway team has not looked at it yet." in page.text
    assert "Change" not in page.text


@on_sqlite
def test_a_draft_is_saved_and_come_back_to(there, referrer):
    id = begun(referrer)
    page = send(referrer, referrer.get(f"/my-referrals/{id}/story"), story="He found her.", go="later")
    assert str(page.url).endswith(f"/my-referrals/{id}")
    assert "Saved. It waits for you here." in page.text
    assert "Send it by 30 March 2026, 10am" in page.text  # London's summer time
    page = referrer.get("/my-referrals")
    assert "Waiting for you" in page.text
    assert "Reyes" in page.text
    assert "He found her." in referrer.get(f"/my-referrals/{id}/story").text
    page = send(referrer, referrer.get(f"/my-referrals/{id}/story?then=check"), story="He found her again.")
    assert str(page.url).endswith("/check")


@on_sqlite
def test_there_is_room_for_more_rows_than_a_page_shows(there, referrer):
    id = begun(referrer)
    rows = {f"household__{number}__relation": "child" for number in (1, 2)}
    page = send(referrer, referrer.get(f"/my-referrals/{id}/members"), **rows, go="more")
    assert "Person 4" in page.text
    rows = {f"household__{number}__relation": "child" for number in (3, 4)}
    send(referrer, page, **rows)
    with there.store.reading() as work:
        assert len(form_of(work, work.get(ReferralRow, id)).household) == 4


@on_sqlite
def test_what_cannot_be_sent_yet_says_what_is_missing(there, referrer):
    id = begun(referrer)
    page = referrer.get(f"/my-referrals/{id}/check")
    assert "Record that they have agreed to be referred" in page.text
    assert "Choose the main client group" in page.text
    assert "What risks are there?" in page.text  # said nothing of: it will be asked
    assert "Send the referral" not in page.text
    csrf = dict(form_on(referrer.get(f"/my-referrals/{id}/who"))[1])
    page = referrer.post(f"/my-referrals/{id}/check", data=csrf)
    assert page.status_code == 422
    assert 'href="#missing"' in page.text
    assert row_of(there, id).status is ReferralStatus.DRAFT


WRONG = (
    ("who", {"forename": "", "surname": ""}, "surname"),
    ("who", {"born__day": "31", "born__month": "2", "born__year": "1990"}, "born-day"),
    ("who", {"born__day": "1", "born__month": "2", "born__year": "2031"}, "born-day"),
    ("contact", {"telephone": "123", "email": "nobody"}, "telephone"),
    ("contact", {"safe_to_contact": "perhaps"}, "safe_to_contact"),
    ("numbers", {"references__1__kind": "agency", "references__1__value": "7",
                 "references__2__kind": "nhs_number", "references__2__value": "1"}, "references-2-value"),
    ("numbers", {"references__2__value": "7"}, "references-2-kind"),  # the row before is empty
    ("consent", {"how": "signed form"}, "given_on-day"),
    ("consent", {"given_on__day": "9", "given_on__month": "3", "given_on__year": "2026", "how": "form"},
     "given_on-day"),
    ("story", {"story": "x" * 20_001}, "story"),
    ("main-group", {"client_groups": "nonsense"}, "client_groups"),
    ("other-groups", {"client_groups": ["refugees"]}, "client_groups"),
    ("agency", {"agency_reference": "7/1"}, "agency_reference"),
    ("household", {"adults": "two", "children": "99"}, "adults"),
    ("household", {"units": "0"}, "units"),
    ("members", {"household__2__name": "Sam"}, "household-2-relation"),
    ("members", {"household__2__relation": "child", "household__2__born__day": "1"},
     "household-2-born-month"),
    ("members", {"household__1__relation": "child", "household__1__born__day": "1",
                 "household__1__born__month": "2", "household__1__born__year": "2031"},
     "household-1-born-day"),
    ("connection", {"authority_id": "E00000000"}, "authority_id"),
    ("service", {"must_leave": "yes"}, "must_leave"),
    ("avoids", {"avoids__2": "S-9"}, "avoids-1"),
    ("wishes", {"wishes__1": "S-1", "wishes__2": "S-1"}, "wishes-1"),
)  # fmt: skip


@on_sqlite
def test_what_is_wrong_is_told_at_the_field_and_nothing_typed_is_lost(there, referrer):
    there.store.transact(lambda work: (person(work), referral(work, agency_reference="7/1")))
    id = begun(referrer)
    for key, filled, field in WRONG:
        page = send(referrer, referrer.get(f"/my-referrals/{id}/{key}"), **filled)
        assert page.status_code == 422, (key, filled)
        assert "<title>Error: " in page.text
        assert f'href="#{field}"' in page.text, (key, filled, page.text)
        assert f'id="{field}"' in page.text, (key, filled)
        kept = form_on(page)[1]
        for name, text in filled.items():
            if text not in ("nonsense", "perhaps", "E00000000"):  # no answers that could be chosen
                for each in text if isinstance(text, list) else [text]:
                    assert (name.replace("__", "-"), each) in kept, (key, name)
    assert row_of(there, id).version == 1


@on_sqlite
def test_a_name_from_right_to_left_leaves_the_words_beside_it_where_they_are(there, referrer):
    id = begun(referrer)
    send(referrer, referrer.get(f"/my-referrals/{id}/who"), forename="محمد", surname="عبد الله")
    assert "<bdi>محمد عبد الله</bdi>: household<" in referrer.get(f"/my-referrals/{id}/household").text


@on_sqlite
def test_a_wish_that_is_forbidden_is_told_in_words(there, referrer):
    id = begun(referrer)
    send(referrer, referrer.get(f"/my-referrals/{id}/avoids"), avoids__1="S-1")
    page = send(referrer, referrer.get(f"/my-referrals/{id}/wishes"), wishes__1="S-1")
    assert "Names a service in which they must not be placed" in page.text


@on_sqlite
def test_each_box_of_a_day_is_told_by_the_name_of_the_day(there, referrer):
    id = begun(referrer)
    asked = referrer.get(f"/my-referrals/{id}/duty")
    page = send(referrer, asked, duty_date__day="1", duty_date__month="1", duty_date__year="26")
    assert "When the duty falls due must be a year between 1900 and 2199" in page.text


@on_sqlite
def test_who_was_second_sees_both_versions(there, referrer):
    id = begun(referrer)
    first, second = (referrer.get(f"/my-referrals/{id}/story") for _ in range(2))
    send(referrer, first, story="The first.")
    page = send(referrer, second, story="The second.")
    assert page.status_code == 412
    assert "The first." in page.text
    assert "The second." in page.text
    page = send(referrer, second, story="The second.")  # again: nothing of it was saved
    assert page.status_code == 412
    checked = referrer.get(f"/my-referrals/{id}/check")
    assert "The first." in checked.text


@on_sqlite
def test_whoever_presses_twice_is_not_told_of_somebody_else(there, referrer):
    id = begun(referrer)
    for key in ("contact", "consent", "needs", "members"):
        page = referrer.get(f"/my-referrals/{id}/{key}")
        once, twice = (send(referrer, page, **answered(BY_KEY[key])) for _ in range(2))
        assert (once.status_code, twice.status_code) == (200, 200), key
        assert once.url == twice.url


@on_sqlite
def test_what_was_changed_while_it_was_read_over_is_not_sent(there, referrer):
    id = begun(referrer)
    for key in ("consent", "main-group"):
        send(referrer, referrer.get(f"/my-referrals/{id}/{key}"), **answered(BY_KEY[key]))
    checked = referrer.get(f"/my-referrals/{id}/check")
    send(referrer, referrer.get(f"/my-referrals/{id}/story"), story="What nobody has read over")
    page = send(referrer, checked)
    assert page.status_code == 422
    assert "What nobody has read over" in page.text
    assert row_of(there, id).status is ReferralStatus.DRAFT


@on_sqlite
def test_the_last_need_of_which_nobody_asked_is_no_no(there, referrer):
    id = begun(referrer)
    send(referrer, referrer.get(f"/my-referrals/{id}/risks"), risks__arson="unknown", risks__violence="no")
    with there.store.reading() as work:
        found = form_of(work, work.get(ReferralRow, id)).risks
    assert found == (Known(code="arson", answer=None), Known(code="violence", answer=False))
    page = referrer.get(f"/my-referrals/{id}/check")
    assert "Not known: Fire setting" in page.text
    assert "No: Violence to staff or residents" in page.text
    assert "Not asked: 6 others" in page.text


def known_elsewhere(work):
    person(work, "P-5", forename="Zoë", surname="Alder", telephone="01214960000")
    referral(work, "R-5", person="P-5", agency="A-2")
    referral(work, "R-6", person="P-5", status=ReferralStatus.DRAFT)


@on_sqlite
def test_of_whom_others_know_nothing_of_theirs_is_told_or_changed(there, referrer):
    there.store.transact(known_elsewhere)
    page = referrer.get("/my-referrals/R-6/check")
    assert "Zoë" in page.text
    assert "01214960000" not in page.text
    page = referrer.get("/my-referrals/R-6/contact")
    assert str(page.url).endswith("/my-referrals/R-6")  # there is nothing to ask
    assert "How can they be reached?" not in page.text


@on_sqlite
def test_who_became_known_elsewhere_meanwhile_is_not_changed(there, referrer):
    id = begun(referrer)
    page = referrer.get(f"/my-referrals/{id}/who")
    person_id = row_of(there, id).person_id
    there.store.transact(lambda work: referral(work, "R-9", person=person_id, agency="A-2"))
    page = send(referrer, page, surname="Another")
    assert page.status_code == 409
    with there.store.reading() as work:
        assert work.get(PersonRow, person_id).surname == "Reyes"


@on_sqlite
def test_whoever_was_changed_elsewhere_meanwhile_is_not_overwritten(there, referrer):
    id = begun(referrer)
    page, person_id = referrer.get(f"/my-referrals/{id}/who"), row_of(there, id).person_id
    told = PersonDetails(told_on=TODAY, surname="Reyes-Alder")
    there.store.transact(
        lambda work: change_person(person_id, told, seen=1, why="x", by=OFFICER, at=NOW, work=work)
    )
    page = send(referrer, page, forename="Zoë")
    assert page.status_code == 412
    assert "Reyes-Alder" in page.text


def asked(work):
    person(work, forename="Zoë", surname="Reyes")
    referral(work, status=ReferralStatus.IN_TRIAGE)
    ask("R-1", ["Where did they live last?", "Who is with them?"], by=OFFICER, at=NOW, work=work)


@on_sqlite
def test_questions_are_answered_one_by_one(there, referrer):
    there.store.transact(asked)
    page = referrer.get("/my-referrals?show=questions")
    assert "2 questions to answer." in page.text
    with there.store.reading() as work:
        ids = [each.id for each in work.where(QuestionRow)]
    page = send(referrer, referrer.get(f"/my-referrals/R-1/questions/{ids[0]}"), answer=" ")
    assert page.status_code == 422
    page = send(referrer, referrer.get(f"/my-referrals/R-1/questions/{ids[0]}"), answer="Dudley")
    assert "Answered. There is more to answer." in page.text
    page = send(referrer, referrer.get(f"/my-referrals/R-1/questions/{ids[0]}"), answer="Dudley")
    assert page.status_code == 422
    page = send(referrer, referrer.get(f"/my-referrals/R-1/questions/{ids[1]}"), answer="Nobody")
    assert "The gateway team looks at it again." in page.text
    assert "Gateway team&#39;s turn" in page.text


def offered(work):
    person(work, forename="Zoë", surname="Reyes")
    referral(work)
    due = NOW + timedelta(days=2)
    make_offer("R-1", ["U-1-1"], from_day=TODAY, answer_by=due, by=OFFICER, at=NOW, work=work)


@on_sqlite
def test_a_withdrawal_says_what_it_takes_with_it(there, referrer):
    there.store.transact(offered)
    page = referrer.get("/my-referrals/R-1")
    assert "Alder House" in page.text
    assert "The provider answers by 4 March 2026, 9am" in page.text
    page = referrer.get("/my-referrals/R-1/withdraw")
    assert "An offer of a place is withdrawn" in page.text
    again = send(referrer, page, why="He went home")
    assert again.status_code == 422
    assert "He went home" in again.text
    page = send(referrer, page, reason="changed_mind", why="He went home")
    assert "The referral is withdrawn." in page.text
    assert "They changed their mind" in page.text
    with there.store.reading() as work:
        assert [each.status for each in work.where(OfferRow)] == [OfferStatus.WITHDRAWN]
        assert work.get(ReferralRow, "R-1").end_reason is EndReason.CHANGED_MIND
    page = send(referrer, referrer.get("/my-referrals/R-1/appeal"), why="")
    assert page.status_code == 422
    page = send(referrer, page, why="He came back")
    assert "The gateway team looks at it again." in page.text


@on_sqlite
def test_what_forbids_a_withdrawal_is_told(there, referrer):
    there.store.transact(lambda work: (person(work), referral(work, status=ReferralStatus.CLOSED)))
    page = referrer.get("/my-referrals/R-1/withdraw")
    assert "It cannot be withdrawn" in page.text
    csrf = dict(form_on(referrer.get("/my-referrals/R-1/appeal"))[1])
    page = referrer.post("/my-referrals/R-1/withdraw", data={**csrf, "reason": "other"})
    assert page.status_code == 422
    assert 'id="reason"' in page.text


@on_sqlite
def test_somebody_is_referred_again_without_being_asked_who_they_are(there, referrer):
    there.store.transact(lambda work: (person(work), referral(work, status=ReferralStatus.EXPIRED)))
    page = send(referrer, referrer.get("/my-referrals/R-1"))
    id = str(page.url).split("/")[4]
    assert (row_of(there, id).person_id, row_of(there, id).status) == ("P-1", ReferralStatus.DRAFT)


@on_sqlite
def test_an_officer_says_for_which_agency(there):
    officer = signed_in(there, "officer")
    assert "For which agency?" in officer.get("/my-referrals").text
    assert "For which agency?" in officer.get("/my-referrals/new").text
    page = send(officer, officer.get("/my-referrals/new?agency=A-2"), surname="Reyes")
    id = str(page.url).split("/")[4]
    assert row_of(there, id).agency_id == "A-2"
    assert "Reyes" in officer.get("/my-referrals?agency=A-2").text
    assert "Agency&#39;s turn" in officer.get(f"/my-referrals/{id}").text
    assert officer.get("/my-referrals?agency=A-9").status_code == 404


@on_sqlite
def test_an_officer_refers_somebody_known(there):
    there.store.transact(lambda work: person(work, forename="Zoë", surname="Alder"))
    officer = signed_in(there, "officer")
    assert 'name="person" value="P-1"' in officer.get("/my-referrals/new?person=P-1").text
    page = officer.get("/my-referrals/new?person=P-1&agency=A-2")
    assert "Zoë Alder" in page.text
    id = str(send(officer, page).url).split("/")[4]
    assert (row_of(there, id).person_id, row_of(there, id).agency_id) == ("P-1", "A-2")
    assert signed_in(there, "referrer").get("/my-referrals/new?person=P-1").status_code == 404


def tab_to(page, selector):
    """On by the Tab key until something has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"{selector} is not reached on {page.url}")


@pytest.mark.browser
def test_by_keyboard_alone_somebody_is_referred(site):
    site.expect("422")
    site.store.transact(world)
    page = site.sign_in("referrer")
    page.goto("/my-referrals")
    tab_to(page, "a[href='/my-referrals/new']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new")
    tab_to(page, "#surname")
    page.keyboard.press("Enter")
    page.wait_for_selector(".govuk-error-summary")
    faults_lead_to_fields(page)
    accessible(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the summary leads to the field
    page.keyboard.type("Reyes")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact")
    tab_to(page, "button[value='later']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/my-referrals/[^/]+$"))
    accessible(page)
    tab_to(page, "a[href$='/consent']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/consent")
    for box, text in (("day", "2"), ("month", "3"), ("year", "2026")):
        tab_to(page, f"#given_on-{box}")
        page.keyboard.type(text)
    tab_to(page, "#how")
    page.keyboard.type("signed form")
    page.keyboard.press("Enter")
    page.wait_for_url("**/main-group")
    tab_to(page, "#client_groups")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/other-groups")
    page.goto(page.url.replace("other-groups", "check"))
    tab_to(page, "#send")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent")
    assert page.locator("h1").inner_text() == "Referral sent"
    accessible(page)


@pytest.mark.browser
def test_on_a_phone_without_javascript_a_draft_is_begun_mended_and_found_again(site):
    site.expect("422")
    site.store.transact(world)
    page = site.sign_in("referrer", size=PHONE, javascript=False)
    page.goto("/my-referrals/new")
    page.get_by_label("Day").fill("31")
    page.get_by_label("Known as").fill("محمد عبد الله")
    page.get_by_role("button", name="Save and continue").click()
    assert page.title().startswith("Error: ")
    fits(page)
    page.get_by_label("Day").fill("")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("button", name="Save and come back later").click()
    page = site.sign_in("referrer", size=PHONE, javascript=False)
    page.goto("/")
    page.get_by_role("link", name="draft to finish").click()
    fits(page)
    page.get_by_role("link", name="محمد عبد الله").click()
    page.get_by_role("link", name="What risks are there?").click()
    page.get_by_role("group", name="Fire setting").get_by_label("Not known").check()
    page.get_by_role("button", name="Save and continue").click()
    page.go_back()
    assert page.get_by_role("group", name="Fire setting").get_by_label("Not known").is_checked()
    page.get_by_role("button", name="Save and come back later").click()
    assert "Saved. It waits for you here." in page.content()


OTHERS = ("", "/who", "/check", "/sent", "/withdraw", "/appeal", "/questions/Q-1")


@on_sqlite
def test_another_agencys_referral_is_not_there(there, referrer):
    there.store.transact(lambda work: (person(work), referral(work, agency="A-2")))
    csrf = dict(form_on(referrer.get("/my-referrals/new"))[1])
    for path in OTHERS:
        assert referrer.get(f"/my-referrals/R-1{path}").status_code == 404, path
        if path not in ("", "/sent"):
            assert referrer.post(f"/my-referrals/R-1{path}", data=csrf).status_code == 404, path
    assert referrer.post("/my-referrals/R-1/again", data=csrf).status_code == 404
    assert referrer.get("/my-referrals?agency=A-2").status_code == 404
    assert referrer.get("/my-referrals/R-1/nonsense").status_code == 404


@on_sqlite
def test_a_form_without_its_proof_is_refused(there, referrer):
    id = begun(referrer)
    for path in ("new", f"{id}/who", f"{id}/check", f"{id}/withdraw", f"{id}/appeal", f"{id}/again"):
        assert referrer.post(f"/my-referrals/{path}", data={"surname": "X"}).status_code == 403, path
    assert row_of(there, id).version == 1


def many(work):
    for number in range(1, 61):
        person(work, f"P-{number}", surname=f"Name{number:02}")
        referral(work, f"R-{number}", person=f"P-{number}", agency_reference=f"No {number}")


@on_sqlite
def test_a_long_list_goes_on_and_asks_no_more_for_more(there, referrer):
    there.store.transact(many)
    with there.store.reading() as work, statements(work) as counted:
        page = referrer.get("/my-referrals")
    assert len(counted) <= 20
    assert page.text.count("govuk-task-list__hint") == 50
    following = page.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    page = referrer.get(following)
    assert page.text.count("govuk-task-list__hint") == 10
    assert "There are none" in referrer.get("/my-referrals?show=ended").text


@on_sqlite
def test_a_restricted_case_has_no_name_and_leads_nowhere(there, referrer):
    def world(work):
        person(work, surname="Hidden")
        referral(work)
        until = NOW + timedelta(days=9)
        restrict_case("P-1", until=until, seen=1, why="because", by=MANAGER, at=NOW, work=work)

    there.store.transact(world)
    page = referrer.get("/my-referrals")
    assert "Restricted case" in page.text
    assert "Hidden" not in page.text
    assert referrer.get("/my-referrals/R-1").status_code == 404


@on_sqlite
def test_every_page_of_a_draft_is_read_with_few_questions_and_the_reading_recorded(there, referrer):
    id = begun(referrer)
    with there.store.reading() as work, statements(work) as counted:
        referrer.get(f"/my-referrals/{id}/wishes")
    assert len(counted) <= 26
    with there.store.reading() as work:
        assert [each.what for each in work.where(EventRow)].count("own referral read") == 2
