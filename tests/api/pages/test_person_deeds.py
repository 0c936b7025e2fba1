"""What is true of a person is recorded on pages: consent, where they are not safe, from whom kept apart."""

from datetime import timedelta
from urllib.parse import unquote

import pytest

from api.pages.people import exclusion_imposed
from api.pages.people.correcting import CORRECTED, WORDS
from gateway.people.clusters import clusters
from gateway.people.consents import has_consent
from gateway.people.details import PersonDetails
from gateway.people.enter_person import enter_person
from gateway.people.keep_safe import keep_apart, set_safety_area
from gateway.people.merge_people import merge_people
from gateway.people.restrict import restrict_case
from gateway.people.safety import kept_apart_from, safety_areas_of
from gateway.people.tables import (
    ConsentRow,
    ExclusionRow,
    PersonRow,
    SafetyAreaRow,
    SafetyReason,
    SeparationRow,
)
from gateway.records.tables import EventRow
from gateway.records.timeline import latest
from tests.api.at_a_browser import at_a_browser
from tests.api.pages.at_a_desk import desks
from tests.api.pages.filled_forms import form_on, refused, send, sent
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.gateway.ground import (
    BIRMINGHAM,
    DUDLEY,
    MANAGER,
    NOW,
    OFFICER,
    TODAY,
    agency,
    authorities,
    provider,
    referral,
    service,
)

BY = {"by": OFFICER, "at": NOW}
SAFE = {"reason": SafetyReason.THREAT, "on": TODAY, "why": "said so", **BY}
ABROAD = "محمد عبد الله"


def world(work):
    """P-000001 Zoe Reyes, P-000002 Muhammad, P-000003 restricted; R-1 is Muhammad's."""
    authorities(work)
    agency(work)
    provider(work)
    ids = [
        enter_person(PersonDetails(forename=name, surname="Reyes", told_on=TODAY), **BY, work=work).id
        for name in ("Zoe", ABROAD, "Hidden")
    ]
    referral(work, "R-1", person=ids[1])
    restrict_case(ids[2], until=NOW + timedelta(days=9), why="x", seen=1, by=MANAGER, at=NOW, work=work)
    return ids


def day(name, when):
    parts = {"day": when.day, "month": when.month, "year": when.year}
    return {f"{name}__{part}": str(number) for part, number in parts.items()}


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    made = desks(sqlite_template, tmp_path, clock)
    made.ids = made.store.transact(world)
    yield made
    made.store.close()


@pytest.fixture
def officer(office):
    return at_a_browser(office.entrance, "officer", follow=False)


@pytest.fixture
def zoe(office):
    return f"/people/{office.ids[0]}"


def test_consent_is_given_and_taken_back(officer, office, zoe):
    give, withdraw = f"{zoe}/consents/give", f"{zoe}/consents/withdraw"
    refused(sent(officer, give), 'href="#given_on-day"', 'href="#how"', "Say how they agreed")
    tomorrow = day("given_on", TODAY + timedelta(days=1))
    refused(sent(officer, give, how="by letter", **tomorrow), "is 3 March 2026, but must not be after")
    refused(sent(officer, withdraw, **day("withdrawn_on", TODAY)), "there is nothing to take back")
    page = officer.get(give)
    for _ in range(2):  # whoever presses twice records it once
        done = send(officer, page, how="by telephone", **day("given_on", TODAY))
        assert done.headers["location"] == zoe
    html = officer.get(zoe).text
    assert "by telephone" in html
    assert withdraw in html
    refused(sent(officer, withdraw), "Enter the day from which they no longer agree")
    done = sent(officer, withdraw, why="Changed her mind", **day("withdrawn_on", TODAY))
    assert done.headers["location"] == zoe
    assert withdraw not in officer.get(zoe).text
    with office.store.reading() as work:
        (row,) = work.where(ConsentRow)
        assert (row.given_on, row.withdrawn_on) == (TODAY, TODAY)
        assert not has_consent(work, office.ids[0], TODAY)


def test_where_they_are_not_safe_is_recorded_and_ends(officer, office, zoe):
    page = f"{zoe}/safety-areas/new"
    told = {"authority": DUDLEY, "reason": "gang", **day("on", TODAY)}
    nothing = sent(officer, page, on__day="", on__month="", on__year="")
    refused(nothing, *(f'href="#{id}"' for id in ("authority", "reason", "on-day")))
    refused(sent(officer, page, authority="E99999999"), "Choose one of these")
    assert sent(officer, page, why="Her cousins", **told).headers["location"] == zoe
    refused(sent(officer, page, **told), "This is recorded already, and is not over")
    with office.store.reading() as work:
        (area,) = work.where(SafetyAreaRow)
        assert safety_areas_of(work, [office.ids[0]], TODAY)[office.ids[0]] == {DUDLEY}
    end = f"{zoe}/safety-areas/{area.id}/end"
    assert end in officer.get(zoe).text
    assert "They are safe in Dudley again" in officer.get(end).text
    refused(sent(officer, end, on__day="x"), 'href="#on-day"', "Say why it is over")
    early = day("on", TODAY - timedelta(days=1))
    refused(sent(officer, end, why="x", **early), "must not be before 2 March 2026")
    first, second = officer.get(end), officer.get(end)
    assert send(officer, first, why="He is in prison", **day("on", TODAY)).headers["location"] == zoe
    refused(send(officer, second, why="He is away", **day("on", TODAY)), "somebody has ended it")
    html = officer.get(zoe).text
    assert end not in html
    assert "until 2 March 2026: over" in html


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("safety-areas/new", {"authority": DUDLEY, "reason": "gang"}),
        ("separations/new", {"other": "R-1", "reason": "gang"}),
        ("exclusions/new", {"authority_id": DUDLEY, "reason": "violence"}),
    ],
)
@pytest.mark.parametrize("ahead", [0, 1])
def test_a_rule_that_counts_later_is_not_said_to_count_now(officer, zoe, path, told, ahead):
    first = "from_day" if "exclusions" in path else "on"
    days = day("until", TODAY + timedelta(days=9)) | day("review_on", TODAY + timedelta(days=5))
    days |= day(first, TODAY + timedelta(days=ahead))
    said = unquote(sent(officer, f"{zoe}/{path}", **told, **days).headers["set-cookie"])
    assert ("It counts from 3 March 2026 on and not before" in said) is bool(ahead)
    assert ("An offer made before and a home they have stay as they are" in said) is not ahead


@pytest.mark.parametrize("by_referral", [False, True])
def test_two_are_kept_apart_by_the_reference_of_the_other(officer, office, zoe, by_referral):
    ours, other, hidden = office.ids
    page = f"{zoe}/separations/new"
    told = {"reason": "threat", **day("on", TODAY)}
    refused(sent(officer, page), 'href="#other"', "Enter their reference")
    sentences = set()
    for nobody in (hidden, "P-NONE"):
        wrong = sent(officer, page, other=nobody, **told)
        refused(wrong, "There is nobody with this reference whose case you may open")
        sentences.add(wrong.text.split("<main")[1].replace(nobody, "").split('name="once"')[0])
    assert len(sentences) == 1
    refused(sent(officer, page, other=ours, **told), "nobody is kept apart from themselves")
    done = sent(officer, page, other="r-1" if by_referral else other, why=ABROAD, **told)
    assert done.headers["location"] == zoe
    refused(sent(officer, page, other=other, **told), "This is recorded already, and is not over")
    with office.store.reading() as work:
        (apart,) = work.where(SeparationRow)
        assert kept_apart_from(work, ours, TODAY) == {other}
    for one, whom in ((ours, ABROAD), (other, "Zoe Reyes")):
        end = f"/people/{one}/separations/{apart.id}/end"
        assert end in officer.get(f"/people/{one}").text
        assert whom in officer.get(end).text
    assert sent(officer, end, why="x", **day("on", TODAY)).headers["location"] == f"/people/{other}"
    with office.store.reading() as work:
        assert kept_apart_from(work, ours, TODAY) == frozenset()


def test_nothing_of_somebody_else_is_ended_from_a_persons_page(officer, office, zoe):
    ours, other, hidden = office.ids

    def more(work):
        area = set_safety_area(other, BIRMINGHAM, **SAFE, work=work).id
        return area, keep_apart(ours, other, **SAFE, work=work).id

    area, apart = office.store.transact(more)
    restrict = {"why": "x", "seen": 1, "by": MANAGER, "at": NOW}
    office.store.transact(
        lambda work: restrict_case(other, until=NOW + timedelta(days=1), **restrict, work=work)
    )
    for path in (f"safety-areas/{area}/end", f"separations/{apart}/end", "separations/SP-0/end"):
        assert officer.get(f"{zoe}/{path}").status_code == 404
    for path in ("consents/give", "consents/withdraw", "safety-areas/new", "separations/new"):
        assert officer.get(f"/people/{hidden}/{path}").status_code == 404
        assert officer.post(f"{zoe}/{path}", data={"why": "x"}).status_code == 403
        assert office.of("provider").get(f"{zoe}/{path}").status_code == 403


def test_what_is_recorded_under_an_id_that_was_merged_is_ended_too(officer, office, zoe):
    ours, other, _ = office.ids

    def more(work):
        area = set_safety_area(other, BIRMINGHAM, **SAFE, work=work).id
        merge_people(other, ours, why="x", **BY, work=work)
        return area

    area = office.store.transact(more)
    done = sent(officer, f"{zoe}/safety-areas/{area}/end", why="x", **day("on", TODAY))
    assert done.headers["location"] == zoe
    with office.store.reading() as work:
        assert "safety area ended" in [each.what for each in work.where(EventRow)]


def test_somebody_is_excluded_from_one_of_three(officer, office, zoe):
    page = f"{zoe}/exclusions/new"
    refused(sent(officer, page), *(f'href="#{id}"' for id in ("service_id", "reason", "until-day")))
    days_ = day("until", TODAY + timedelta(days=90)) | day("review_on", TODAY + timedelta(days=30))
    told = {"provider_id": "V-1", "reason": "arson", **days_}
    refused(sent(officer, page, authority_id=DUDLEY, **told), "Choose exactly one that there is")
    refused(sent(officer, page, **(told | {"provider_id": "V-9"})), "Choose exactly one that there is")
    refused(
        sent(officer, page, **(told | {"reason": "other"})), 'href="#detail"', "Enter what the other reason"
    )
    late = told | day("review_on", TODAY + timedelta(days=91))
    refused(sent(officer, page, **late), 'href="#review_on-day"', "must be on or before 31 May 2026")
    assert sent(officer, page, **told).headers["location"] == zoe
    assert "Arson" in officer.get(zoe).text
    with office.store.reading() as work:
        (row,) = work.where(ExclusionRow)
        assert (row.from_day, row.provider_id, row.service_id) == (TODAY, "V-1", None)


def test_of_many_services_one_is_named(officer, office, zoe, monkeypatch):
    monkeypatch.setattr(exclusion_imposed, "LISTED", 0)
    page = f"{zoe}/exclusions/new"
    office.store.transact(lambda work: service(work, "S-7", name="Alder House"))
    assert "Its whole name, or its reference" in officer.get(page).text
    days_ = day("until", TODAY + timedelta(days=90)) | day("review_on", TODAY + timedelta(days=30))
    wrong = sent(officer, page, service_id="No such house", reason="arson", **days_)
    refused(wrong, "Choose exactly one that there is", "No such house")
    assert sent(officer, page, service_id="alder house", reason="arson", **days_).headers["location"] == zoe
    with office.store.reading() as work:
        assert [row.service_id for row in work.where(ExclusionRow)] == ["S-7"]


def test_who_somebody_is_is_corrected_by_the_questions_the_agency_is_asked(officer, office, zoe):
    assert set(WORDS) == set(CORRECTED) == {"who", "contact", "numbers"}
    assert "A box that you empty says that nobody knows" in officer.get(f"{zoe}/correct/who").text
    contact, numbers = f"{zoe}/correct/contact", f"{zoe}/correct/numbers"
    assert contact in officer.get(zoe).text
    old = officer.get(contact)
    wrong = sent(officer, contact, telephone="ring me", address="1 Example Street")
    refused(wrong, 'href="#telephone"', "ring me", "1 Example Street")
    refused(sent(officer, f"{zoe}/correct/who", born__day="31", born__month="x"), 'href="#born-month"')
    wrong = sent(officer, f"{zoe}/correct/who", **day("born", TODAY + timedelta(9)))
    refused(wrong, 'href="#born-day"', 'href="#why"', "Say why it is corrected")
    done = sent(officer, contact, telephone="07700 900123", safe_to_contact="no", why="She rang")
    assert done.headers["location"] == zoe
    done = sent(
        officer,
        numbers,
        references__1__kind="nhs_number",
        references__1__value="943 476 5919",
        why="Her letter",
    )
    assert done.headers["location"] == zoe
    html = officer.get(zoe).text
    for words in ("07700900123", "9434765919", "It is not safe to telephone or write"):
        assert words in html
    late = send(officer, old, telephone="07700 900999", why="He rang")
    assert late.status_code == 412
    for words in ("07700900123", "07700 900999", "He rang"):
        assert words in late.text
    with office.store.reading() as work:
        row = work.get(PersonRow, office.ids[0])
        assert (row.forename, row.version) == ("Zoe", 3)
        told = latest(work, row.id, limit=9, changes_only=True)
        assert [each.why for each in told if each.what == "person changed"] == ["Her letter", "She rang"]
    assert officer.get(f"{zoe}/correct/story").status_code == 404
    assert officer.get(f"/people/{office.ids[2]}/correct/who").status_code == 404
    other = office.ids[1]
    office.store.transact(lambda work: merge_people(other, office.ids[0], why="x", **BY, work=work))
    refused(
        sent(officer, f"/people/{other}/correct/who", surname="x", why="x"),
        "They were made one with somebody",
    )


def test_two_who_were_made_one_are_two_again(officer, office, zoe):
    ours, other, _ = office.ids
    undo = f"/people/{other}/unmerge"
    alone = officer.get(undo)
    assert "Nobody was made one with them" in alone.text
    assert (f'href="/people/{other}"' in alone.text, form_on(alone)) == (True, (None, []))
    office.store.transact(lambda work: merge_people(other, ours, why="x", **BY, work=work))
    assert undo in officer.get(zoe).text
    root = officer.get(f"{zoe}/unmerge")
    assert "Choose which of them is not the same" in root.text
    assert (f'href="{undo}"' in root.text, form_on(root)) == (True, (None, []))
    open_still = officer.get(undo)
    refused(sent(officer, undo), "Say what tells you that they are two")
    assert sent(officer, undo, why="Passport seen").headers["location"] == f"/people/{other}"
    assert undo not in officer.get(zoe).text
    late = send(officer, open_still, why="The same passport")  # somebody else was first
    assert (late.status_code, "Nobody was made one with them" in late.text) == (409, True)
    with office.store.reading() as work:
        assert clusters(work, [ours])[ours].ids == {ours}


@pytest.mark.parametrize(
    ("key", "filled"),
    [
        ("who", {"forename": "Zoë ", "known_as": "Zo", "why": "x"}),
        ("contact", {"telephone": "07700 900123", "safe_to_contact": "no", "why": "x"}),
        (
            "numbers",
            {"references__1__kind": "nhs_number", "references__1__value": "943 476 5919", "why": "x"},
        ),
    ],
)
def test_whoever_presses_twice_is_not_told_that_somebody_else_was_first(officer, zoe, key, filled):
    page = officer.get(f"{zoe}/correct/{key}")
    for _ in range(2):
        assert send(officer, page, **filled).headers.get("location") == zoe


def test_who_undoes_a_merge_is_told_that_one_of_the_two_is_open_again(office, zoe):
    ours, other, _ = office.ids
    office.store.transact(lambda work: merge_people(other, ours, why="x", **BY, work=work))
    manager = at_a_browser(office.entrance, "duty_manager")
    warning = "everybody in the gateway team finds the other one again"
    undo = f"/people/{other}/unmerge"
    assert warning not in manager.get(undo).text
    sent(manager, f"{zoe}/restrict", why="x", **day("until", TODAY))
    assert warning in manager.get(undo).text
    sent(manager, f"/people/{other}/restrict", why="x", **day("until", TODAY))
    assert warning not in manager.get(undo).text


def test_an_officer_keeps_somebody_safe_on_a_phone_by_keyboard(site):
    ids = site.store.transact(world)
    site.expect("422")
    page = site.sign_in("officer", size=PHONE)
    page.goto(f"/people/{ids[0]}")
    for link in ("Record where they are not safe", "Keep them apart from somebody", "Record that they agree"):
        page.get_by_role("link", name=link).focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Cancel").wait_for()
        page.locator("form button.govuk-button[type=submit]").last.focus()
        page.keyboard.press("Enter")
        page.locator(".govuk-error-summary").wait_for()
        faults_lead_to_fields(page)
        accessible(page)
        fits(page)
        page.get_by_role("link", name="Cancel").focus()
        page.keyboard.press("Enter")
        page.locator("#referrals").wait_for()
    page.goto(f"/people/{ids[0]}/separations/new")
    page.get_by_label("Reference of the other person").fill("R-1")
    page.get_by_label("Domestic abuse").check()
    page.get_by_role("button", name="Keep them apart").click()
    page.get_by_text("Check below that it is the right person.").wait_for()
    accessible(page)
    fits(page)
    page.get_by_role("link", name="End it").click()
    page.get_by_role("button", name="End it").wait_for()
    accessible(page)
    fits(page)
