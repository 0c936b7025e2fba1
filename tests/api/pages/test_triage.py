"""An officer works through the queue: a referral as tasks, all that its state allows, score, duplicates."""

import re
from datetime import timedelta

import pytest

from api.design_system.spoken import spoken_day
from api.pages.referral.deed_forms import FORMS
from api.pages.referral.deeds import BY_KEY, DEEDS, possible
from api.pages.referral.details_views import CONNECTIONS, DUTIES, SAFE
from api.pages.referral.duplicates_views import CAUSES
from api.pages.referral.task_list import OFFERS
from api.pages.referral.words import REASONS, STATUSES, TURNS
from gateway.assessment.scoring import in_force, score_referral
from gateway.assessment.tables import OverrideRow
from gateway.monitoring.what_happened_last import Cause
from gateway.people.clusters import cluster
from gateway.people.tables import PersonRow, SafeToContact
from gateway.people.told_apart import told_apart_from
from gateway.placements.offering import make_offer
from gateway.placements.states import OfferStatus
from gateway.referrals.states import NEXT, ReferralStatus
from gateway.referrals.tables import Connection, Duty, EndReason, QuestionRow, ReferralRow
from gateway.referrals.triage_list import Turn
from scenarios.statements import statements
from tests.api.pages.at_a_desk import desks
from tests.api.pages.officer_world import LONG, RIGHT_TO_LEFT, officer_world
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.gateway.assessment.scored import HIGH, ITEMS, LOW
from tests.gateway.ground import NOW, OFFICER, TODAY, person, put, referral

S = ReferralStatus

ANSWERS = {f"score-{item}": "4" for item in ITEMS}


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    made = desks(sqlite_template, tmp_path, clock)
    made.store.transact(officer_world)
    yield made
    made.store.close()


@pytest.fixture
def desk(office):
    return office.of("officer")


def row(store, id, kind=ReferralRow):
    with store.reading() as work:
        return work.get(kind, id)


def day(name, when):
    return {f"{name}-day": when.day, f"{name}-month": when.month, f"{name}-year": when.year}


def test_every_state_reason_and_code_has_words():
    for words, codes in (
        (STATUSES, ReferralStatus),
        (TURNS, Turn),
        (REASONS, EndReason),
        (OFFERS, OfferStatus),
        (CAUSES, Cause),
        (CONNECTIONS, Connection),
        (DUTIES, Duty),
        (SAFE, SafeToContact),
    ):
        assert set(words) == set(codes)
    assert set(FORMS) <= set(BY_KEY)


def test_every_move_of_the_table_is_some_deed():
    """But those of whoever drafts or has an offer, and of the clock."""
    others = {(S.DRAFT, S.SUBMITTED), (S.OFFERED, S.WAITING), (S.OFFERED, S.PLACED), (S.PLACED, S.WAITING)}
    for status, following in NEXT.items():
        led = {to for deed in possible(status) for to in deed.to & following}
        left = {(status, to) for to in following - led - {S.OFFERED, S.EXPIRED}}
        assert left <= others
        assert all(deed.to & following for deed in possible(status))
    assert [deed.key for deed in possible(S.IN_TRIAGE)] == [
        "put-on-list",
        "ask",
        "park",
        "decline",
        "withdraw",
    ]
    assert [deed.key for deed in possible(S.EXPIRED)] == ["appeal"]


def test_the_queue_is_narrowed_by_its_address(desk, office):
    everybody = desk.get("/triage").text
    for name in ("Ada Green", RIGHT_TO_LEFT, "Marguerite Alder", "Restricted case", "Sleeping rough"):
        assert name in everybody
    assert "Hidden" not in everybody
    assert "/people/P-6/break-glass" in everybody
    assert LONG not in everybody
    assert LONG in desk.get("/triage?status=parked").text
    narrowed = desk.get("/triage?status=in_triage&authority=E08000025&agency=A-1&unscored=yes").text
    assert "Only: In triage, Birmingham, Probation, Birmingham, not scored yet." in narrowed
    assert "Ada" not in narrowed
    assert "Nobody is in this list." in desk.get("/triage?band=5&status=nonsense&after=nonsense").text
    with office.store.reading() as work, statements(work) as asked:
        desk.get("/triage")
    assert len(asked) <= 12


def test_who_has_answered_is_found_from_the_start_page(desk, office):
    """Of whom nothing was asked, or not all is answered, is not in the list: the tile counts the others."""

    def asked(work):
        for number, answers in ((91, ("Yes", "No")), (92, ("Yes", None))):
            person(work, f"P-{number}")
            referral(work, f"R-{number}", person=f"P-{number}", status=S.IN_TRIAGE)
            for place, text in enumerate(answers):
                facts = {"text": f"Question {place}", "asked_at": NOW, "asked_by": "AC-1"}
                answered = {"answered_at": NOW, "answer": text} if text else {}
                put(
                    work,
                    QuestionRow(id=f"Q-{number}-{place}", referral_id=f"R-{number}", **facts, **answered),
                )

    office.store.transact(asked)
    start = desk.get("/").text
    href = start.split("whose questions are answered</a>")[0].rsplit('href="', 1)[1].split('"')[0]
    found = desk.get(href.replace("&amp;", "&")).text
    assert "Only: In triage, all questions answered." in found
    assert "/referrals/R-91" in found
    assert found.count('scope="row"') == 1


def test_the_queue_goes_on_where_its_page_ended(desk, office):
    def many(work):
        for number in range(10, 70):
            person(work, f"P-{number}")
            referral(work, f"R-{number}", person=f"P-{number}")

    office.store.transact(many)
    first = desk.get("/triage?authority=E08000025").text
    assert first.count('scope="row"') == 50
    href = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert href.startswith("/triage?authority=E08000025&after=")
    second = desk.get(href).text
    assert second.count('scope="row"') == 14
    assert 'href="/triage?authority=E08000025"' in second


def test_a_referral_is_a_list_of_what_is_to_be_done(desk, office):
    html = desk.get("/referrals/R-2").text
    for words in ("Work out how urgent it is", "Everything that was told", "Not started", "Look only"):
        assert words in html
    assert "Put it on the waiting list" in html
    assert "Find a place" in desk.get("/referrals/R-3").text
    assert "Reopen it" in desk.get("/referrals/R-5").text
    with office.store.reading() as work, statements(work) as asked:
        desk.get("/referrals/R-3")
    assert len(asked) <= 45


def test_everything_that_was_told_is_there_and_unknown_is_not_known(desk):
    html = desk.get("/referrals/R-5/details").text
    assert html.count("Not known") > 15
    assert "Single homeless with support" in html
    assert "Not known: do not call or write before you know" in html


@pytest.mark.parametrize(
    ("deed", "id", "fields", "becomes"),
    [
        ("take-in", "R-1", {}, S.IN_TRIAGE),
        ("put-on-list", "R-2", {}, S.WAITING),
        ("unpark", "R-4", {}, S.WAITING),
        ("ask", "R-2", {"why": "Where did they live?\n\nSince when?"}, S.MORE_ASKED),
        ("park", "R-3", {"reason": "in_hospital", **day("until", TODAY + timedelta(days=9))}, S.PARKED),
        ("decline", "R-3", {"reason": "not_eligible", "why": "No service is for them."}, S.DECLINED),
        ("withdraw", "R-1", {"reason": "changed_mind"}, S.WITHDRAWN),
        ("close", "R-3", {"reason": "other_help_found", "why": "With family"}, S.CLOSED),
        ("appeal", "R-5", {"why": "They may be eligible after all."}, S.IN_TRIAGE),
    ],
)
def test_what_can_be_done_is_done(desk, office, deed, id, fields, becomes):
    page = f"/referrals/{id}" if deed not in FORMS else f"/referrals/{id}/{deed}"
    done = desk.post(f"/referrals/{id}/{deed}", page, **fields)
    assert (done.status_code, done.headers["location"]) == (303, f"/referrals/{id}")
    assert row(office.store, id).status is becomes
    if deed == "ask":
        with office.store.reading() as work:
            assert [each.text for each in work.where(QuestionRow)] == ["Where did they live?", "Since when?"]


def test_each_deed_but_those_of_a_press_has_a_page_and_says_what_is_missing(desk):
    ids = {"appeal": "R-5", "ask": "R-2"}
    for key in FORMS:
        page = f"/referrals/{ids.get(key, 'R-3')}/{key}"
        answer = desk.post(page, page, why="  ")
        assert answer.status_code == 422, key
        assert "There is a problem" in answer.text
    wrong = desk.post(
        "/referrals/R-3/park",
        "/referrals/R-3/park",
        **day("until", TODAY),
        reason="other",
        why="Kept as typed",
    )
    assert wrong.status_code == 422
    assert re.search(r"Is \d+ \w+ \d{4}, must be after today", wrong.text), "a day as people read it"
    assert "Kept as typed" in wrong.text
    soon = {**day("until", TODAY + timedelta(days=9)), "reason": "other"}
    assert desk.post("/referrals/R-3/park", "/referrals/R-3/park", **soon).status_code == 303
    rests = desk.get("/referrals/R-3").text
    assert re.search(r"Comes back</dt>\s*<dd[^>]*>(\s*<bdi>)?\s*\d+ \w+ 2026\s*<", rests), (
        "the day, not twelve at night"
    )


def test_what_cannot_be_done_now_says_so(desk, office):
    assert "the referral is in the state “New”" in desk.get("/referrals/R-1/decline").text
    office.store.transact(
        lambda work: make_offer(
            "R-3", ["U-1-1"], from_day=TODAY, answer_by=None, by=OFFICER, at=NOW, work=work
        )
    )
    html = desk.get("/referrals/R-3/withdraw").text
    assert "is withdrawn" in html
    assert desk.post("/referrals/R-3/withdraw", "/referrals/R-3/withdraw", reason="died").status_code == 303


def test_who_was_second_sees_both_versions_and_loses_nothing(desk, office):
    page = desk.get("/referrals/R-3/decline")
    assert 'name="seen" value="1"' in page.text
    fields = {"seen": "7", "reason": "other", "why": "My words", **day("until", TODAY)}
    csrf = page.text.split('name="csrf" value="')[1].split('"')[0]
    for deed, mine in (
        ("decline", "My words"),
        ("park", spoken_day(TODAY)),
        ("take-in", "Take it back into triage"),
        ("assessment", "housing: 4"),
        ("override", "2"),
        ("override/end", "My words"),
        ("duplicates", "They are one person"),
        ("places/S-1", "An offer of a unit"),
    ):
        sent = fields | ANSWERS | {"band": "2", "other": _like(office.store), "deed": "one", "unit": "U-1-1"}
        answer = desk.post(f"/referrals/R-3/{deed}", csrf=csrf, answer="16", **sent)
        assert answer.status_code == 412, deed
        assert mine in answer.text, deed
    assert row(office.store, "R-3").status is S.WAITING


def _like(store):
    with store.reading() as work:
        return next(each.id for each in work.where(PersonRow) if each.known_as == "Marguerite")


def test_forms_without_their_proof_and_cases_out_of_reach_are_refused(desk, office):
    for deed in DEEDS:
        assert desk.post(f"/referrals/R-3/{deed.key}", seen="1").status_code == 403
    parts = ("", "details", "duplicates", "assessment", "override", "places", "places/S-1", *FORMS)
    for part in parts:
        assert desk.get(f"/referrals/R-6/{part}".rstrip("/")).status_code == 404
        assert desk.get(f"/referrals/R-0/{part}".rstrip("/")).status_code == 404
    for role in ("provider", "referrer"):
        assert office.of(role).get("/triage").status_code == 403


def test_a_score_is_tried_and_then_kept(desk, office):
    page = "/referrals/R-2/assessment"
    tried = desk.post(page, page, **ANSWERS, deed="work-out")
    assert tried.status_code == 200
    assert "These answers give: Need score 40 of 48. Band 3: high need. Nothing is saved yet." in tried.text
    with office.store.reading() as work:
        assert in_force(work, "R-2") is None
    assert desk.post(page, page, **ANSWERS, deed="save").headers["location"] == "/referrals/R-2"
    with office.store.reading() as work:
        assert in_force(work, "R-2").score == 40
    html = desk.get(page).text
    assert "Last scored on 2 March 2026 by Name of officer-1." in html
    assert "4 of the need score&#39;s points." in html
    wrong = desk.post(page, page, **(ANSWERS | {"score-housing": "3000"}), deed="save")
    assert wrong.status_code == 422
    assert 'href="#score-housing"' in wrong.text
    partly = desk.post(page, page, **(ANSWERS | {"score-housing": ""}), deed="save")
    assert partly.status_code == 303
    assert "1 question not asked" in desk.get(page).text
    assert "It cannot be scored now" in desk.get("/referrals/R-5/assessment").text


def test_another_band_needs_a_reason_and_can_be_taken_back(desk, office):
    office.store.transact(lambda work: score_referral("R-2", LOW, by=OFFICER, at=NOW, work=work))
    page = "/referrals/R-2/override"
    wrong = desk.post(page, page, band="2")
    assert wrong.status_code == 422
    assert 'href="#reason"' in wrong.text
    assert desk.post(page, page, band="9", reason="x").status_code == 422
    assert desk.post(page, page, band="2", reason="Hides how ill they are").status_code == 303
    assert row(office.store, "R-2").band == 2
    assert "2, set by an officer" in desk.get("/referrals/R-2").text
    assert "Hides how ill they are" in desk.get(page).text
    told = desk.get("/referrals/R-2/assessment").text
    assert "Band set to 2 by Name of officer-1; the answers give band 5" in told
    csrf = desk.get(page).text.split('name="csrf" value="')[1].split('"')[0]
    late = desk.post(page, csrf=csrf, seen="1", band="3", reason="Mine").text
    for words in ("Somebody changed this", ">2<", "Hides how ill they are", ">3<", "Mine"):
        assert words in late, "what the other officer set stands beside what was sent"
    assert desk.post(f"{page}/end", page).status_code == 422
    assert desk.post(f"{page}/end", page, why="Seen again").status_code == 303
    assert row(office.store, "R-2").band == 5
    with office.store.reading() as work:
        assert work.where(OverrideRow)[0].set_by == "officer-1"


def test_somebody_alike_is_one_person_or_is_not(desk, office):
    page, other = "/referrals/R-3/duplicates", _like(office.store)
    assert "1 person to compare" in desk.get("/referrals/R-3").text
    html = desk.get(page).text
    assert "Margaret" in html
    assert "Same date of birth" in html
    told = {"other": other, "other__seen": "1"}
    assert f'name="other-seen" value="{row(office.store, other, PersonRow).version}"' in html
    assert desk.post(page, page, deed="apart", **told).status_code == 422
    assert desk.post(page, page, deed="apart", why="Sisters", **told).status_code == 303
    assert "Compared before: not the same" in desk.get(page).text
    assert "Nobody alike" in desk.get("/referrals/R-3").text
    with office.store.reading() as work:
        assert told_apart_from(work, ["P-3"]) == {other}
    form = "/referrals/R-3"
    same = {"deed": "one", "why": "Passport seen", "other__seen": "1"}
    assert desk.post(page, form, other="P-6", **same).status_code == 404
    assert desk.post(page, form, other="P-3", **same).status_code == 422
    assert desk.post(page, form, other="P-2", **(same | {"other__seen": "7"})).status_code == 412
    assert desk.post(page, form, other="P-2", **same).status_code == 303
    with office.store.reading() as work:
        assert cluster(work, "P-3") == {"P-2", "P-3"}


@pytest.fixture
def there(site):
    site.store.transact(officer_world)
    return site


def test_from_the_queue_to_a_score_by_keyboard_alone(there):
    page = there.sign_in("officer")
    page.goto("/triage")
    page.get_by_role("link", name=RIGHT_TO_LEFT).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Work out how urgent it is").focus()
    page.keyboard.press("Enter")
    for item in ITEMS:
        page.locator(f"#score-{item}").focus()
        for _ in range(2):
            page.keyboard.press("ArrowRight")
    expected = 2 * sum(1 for item in ITEMS if "risk" not in item) + 4 * 2
    assert page.locator("output").inner_text() == f"So far {expected} of 48"
    accessible(page)
    page.get_by_role("button", name="Save the assessment").focus()
    page.keyboard.press("Enter")
    page.get_by_text(f"Scored: {expected}, band 4.").wait_for()
    accessible(page)
    page.get_by_role("button", name="Put it on the waiting list").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Referral R-2 is on the waiting list.").wait_for()


def test_without_javascript_on_a_phone(there):
    there.expect("422")
    page = there.sign_in("officer", size=PHONE, javascript=False)
    page.goto("/triage?status=submitted")
    page.get_by_role("link", name="Ada Green").click()
    page.get_by_role("button", name="Take it in").click()
    page.get_by_role("link", name="Assessment").click()
    for item in ITEMS:
        page.locator(f"input[name=score-{item}][value='4']").check()
    page.get_by_role("button", name="Work out the score").click()
    assert "Need score 40 of 48" in page.content()
    assert page.locator("input[name=score-housing][value='4']").is_checked()
    page.get_by_role("button", name="Save the assessment").click()
    page.get_by_role("link", name="Decline it").click()
    page.get_by_role("button", name="Decline it").click()
    assert page.title().startswith("Error: Decline this referral")
    fits(page)


def test_names_faults_and_both_versions_on_a_phone(there):
    there.expect("422")
    there.expect("412")
    page = there.sign_in("officer", size=PHONE)
    for path in ("/triage?status=parked", "/triage?band=5", "/referrals/R-4", "/referrals/R-3/duplicates"):
        page.goto(path)
        accessible(page)
        fits(page)
    page.get_by_role("button", name="Not the same").click()
    faults_lead_to_fields(page)
    accessible(page)
    page.goto("/referrals/R-3/park")
    page.get_by_role("button", name="Let it rest").click()
    faults_lead_to_fields(page)
    accessible(page)
    there.store.transact(lambda work: score_referral("R-3", HIGH, by=OFFICER, at=NOW, work=work))
    page.get_by_label("In hospital").check()
    page.get_by_label("Day").fill("9")
    page.get_by_label("Month").fill("4")
    page.get_by_label("Year").fill("2026")
    page.get_by_role("button", name="Let it rest").click()
    assert page.get_by_role("heading", level=1).inner_text() == (
        "Somebody changed this while you were working"
    )
    assert "9 April 2026" in page.content()
    accessible(page)
    fits(page)
