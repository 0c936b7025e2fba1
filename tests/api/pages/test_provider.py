"""A provider answers offers, says who came and who left, and keeps 200 units true, on a phone."""

import re
from datetime import date, timedelta

import pytest

from api.pages.my_offers.offer_words import REASONS_SAID, REVIEWS, SIDES, STATUSES
from api.pages.my_residents.resident_words import BLOCKERS, DEPARTURES, DESTINATIONS
from gateway.allocation_runs.tables import RedesignationRequestRow, RequestStatus, RunRow, RunStatus
from gateway.directory.designations import designations_of
from gateway.directory.tables import UnitGender, UnitRow, VoidReason
from gateway.directory.voiding import VoidDetails, put_out_of_service
from gateway.people.restrict import restrict_case
from gateway.placements.answering import accept_offer, withdraw_offer
from gateway.placements.following_up import set_review
from gateway.placements.moving_in import move_in
from gateway.placements.offering import make_offer
from gateway.placements.states import OfferStatus
from gateway.placements.tables import (
    Blocker,
    DepartureReason,
    Destination,
    OfferRow,
    PlacementRow,
    RefusalReason,
    Review,
    Side,
)
from gateway.records.all_events import Wanted, events
from gateway.records.write import write
from gateway.referrals.tables import ReferralRow
from scenarios.statements import statements
from tests.api.pages.at_a_desk import desks
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.gateway.ground import (
    MANAGER,
    NOW,
    OFFICER,
    PROVIDER,
    TODAY,
    agency,
    authorities,
    person,
    provider,
    put,
    referral,
    service,
)

NAMES = {1: ("Marguerite", "Alder"), 2: ("محمد", "عبد الله"), 3: ("Wolfeschlegelsteinhausen" * 3, "B")}


def world(work):
    authorities(work)
    agency(work)
    provider(work, "V-1")
    provider(work, "V-2")
    service(work, "S-1", name="Alder House", units=5)
    service(work, "S-2", name="The other's", provider="V-2")
    for number in range(1, 7):
        forename, surname = NAMES.get(number, (f"Given{number}", f"Family{number}"))
        born = date(1990, 5, 4)
        person(work, f"P-{number}", forename=forename, surname=surname, born=born, gender="female")
        referral(work, f"R-{number}", person=f"P-{number}", referrer="Kim, ward 4", story="Not for providers")
    for number, unit in ((1, "U-1-1"), (2, "U-1-2"), (6, "U-2-1")):
        offered(work, f"R-{number}", unit)


def offered(work, referral_id, unit):
    due = NOW + timedelta(hours=30)
    facts = {"from_day": TODAY, "answer_by": due, "by": OFFICER, "at": NOW, "work": work}
    return make_offer(referral_id, [unit], **facts).id


def lives(work, referral_id, unit, **facts):
    offer = offered(work, referral_id, unit)
    accept_offer(offer, by=PROVIDER, at=NOW, work=work)
    return move_in(offer, TODAY, by=PROVIDER, at=NOW, work=work, **facts).id


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    made = desks(sqlite_template, tmp_path, clock)
    made.store.transact(world)
    yield made
    made.store.close()


@pytest.fixture
def desk(office):
    return office.of("provider")


def offer_of(store, referral_id):
    with store.reading() as work:
        (row,) = work.where(OfferRow, OfferRow.referral_id == referral_id)
        return row


def placement_of(store, referral_id):
    with store.reading() as work:
        (row,) = work.where(PlacementRow, PlacementRow.referral_id == referral_id)
        return row


def test_an_offer_is_accepted_and_who_came_lives_there(office, desk, clock):
    listed = desk.get("/my-offers").text
    assert "Somebody for U-1-1" in listed
    assert "Answer by 3 March 2026, 3pm (30 hours left)" in listed
    assert "Marguerite" not in listed
    assert "The other" not in listed
    offer = offer_of(office.store, "R-1")
    page = f"/my-offers/{offer.id}"
    html = desk.get(page).text
    assert "Marguerite Alder" in html
    assert "35 years" in html
    assert "Not for providers" not in html
    assert desk.post(f"{page}/accept", page).headers["location"] == page
    assert offer_of(office.store, "R-1").status is OfferStatus.ACCEPTED
    assert "U-1-1" in desk.get("/my-residents/coming").text
    assert "Held for somebody" in desk.get("/my-vacancies").text
    answer = desk.post(f"{page}/moved-in", f"{page}/moved-in", **days("came", TODAY + timedelta(days=4)))
    assert answer.status_code == 422
    assert "The day they moved in is 6 March 2026, but must not be after 2 March 2026" in answer.text
    done = desk.post(f"{page}/moved-in", f"{page}/moved-in")
    placement = placement_of(office.store, "R-1")
    assert done.headers["location"] == f"/my-residents/{placement.id}"
    assert "U-1-1" in desk.get("/my-residents").text
    assert "Lives here" in desk.get(done.headers["location"]).text


def test_what_nobody_asked_is_told_as_not_known(office, desk):
    """Unknown is never no: not in danger, and not pregnant."""

    def asked(work):
        row = work.get(ReferralRow, "R-2")
        row.immediate_safety, row.pregnant = False, True
        put(work, row)

    office.store.transact(asked)
    for id, danger, pregnant in (("R-1", "Not known", "Not known"), ("R-2", "No", "Yes")):
        told = desk.get(f"/my-offers/{offer_of(office.store, id).id}").text
        for label, answer in (("In danger now", danger), ("Pregnant", pregnant)):
            assert re.search(rf"{label}</dt>\s*<dd[^>]*>\s*{answer}\s*<", told), (id, label)


def days(name, day):
    return {f"{name}__day": day.day, f"{name}__month": day.month, f"{name}__year": day.year}


def test_a_refusal_has_a_reason_that_its_side_can_have(office, desk):
    offer = offer_of(office.store, "R-2")
    page = f"/my-offers/{offer.id}/refuse"
    html = desk.get(f"{page}?side=provider").text
    assert "They need more support than we give" in html
    assert "They have died" not in html
    assert "An officer reviews your reason" in html
    answer = desk.post(page, page, side="provider", detail="kept")
    assert (answer.status_code, "Choose a reason" in answer.text) == (422, True)
    assert ">kept</textarea>" in answer.text
    answer = desk.post(page, page, side="provider", reason="other")
    assert "Enter what the other reason is, in your own words" in answer.text
    assert desk.post(page, page, side="provider", reason="needs_too_high").status_code == 303
    stands = offer_of(office.store, "R-2")
    assert (stands.status, stands.side, stands.review) == (OfferStatus.REFUSED, Side.PROVIDER, Review.PENDING)
    html = desk.get(f"/my-offers/{offer.id}").text
    assert "We cannot take them: they need more support than we give" in html
    assert "محمد" not in html


def test_who_did_not_come_is_back_on_the_list(office, desk):
    offer = offer_of(office.store, "R-1")
    office.store.transact(lambda work: accept_offer(offer.id, by=PROVIDER, at=NOW, work=work))
    page = f"/my-offers/{offer.id}/not-come"
    answer = desk.post(page, page)
    assert (answer.status_code, "Enter what you know about why" in answer.text) == (422, True)
    assert desk.post(page, page, why="Nobody answered").status_code == 303
    assert offer_of(office.store, "R-1").status is OfferStatus.NOT_ARRIVED


def test_who_lives_with_us_under_another_referral_leaves_there_or_nothing_is_done(office, clock):
    def twice(work):
        lives(work, "R-3", "U-1-3")
        referral(work, "R-33", person="P-3")
        accept_offer(offered(work, "R-33", "U-1-4"), by=PROVIDER, at=NOW, work=work)

    office.store.transact(twice)
    clock.on(days=1)
    desk = office.of("provider")
    page = f"/my-offers/{offer_of(office.store, 'R-33').id}/moved-in"
    assert 'name="leaves"' not in desk.get(page).text
    answer = desk.post(page, page)
    stands = placement_of(office.store, "R-3").id
    assert told(answer.text) == [
        f"They live with you under another referral: say whether they leave there, placement {stands}"
    ]
    assert desk.post(page, page, leaves=stands).status_code == 303
    assert placement_of(office.store, "R-3").departure_reason is DepartureReason.TRANSFER


def test_the_time_to_answer_ends(office, desk, clock):
    offer = offer_of(office.store, "R-1")
    page = f"/my-offers/{offer.id}"
    html = desk.get(page).text
    clock.on(hours=31)
    desk = office.of("provider")
    late = desk.get(page).text
    assert "can no longer be accepted here" in late
    assert "Accept</button>" not in late
    assert "Accept" in html
    answer = desk.post(f"{page}/accept", "/my-vacancies", seen=offer.version)
    assert answer.status_code == 422
    assert "was to be answered before 3 March 2026" in answer.text


def test_who_is_second_sees_both_versions(office, desk):
    offer = offer_of(office.store, "R-1")
    page = f"/my-offers/{offer.id}"
    office.store.transact(
        lambda work: withdraw_offer(offer.id, why="A mistake", by=OFFICER, at=NOW, work=work)
    )
    for path, fields in (("accept", {}), ("refuse", {"side": "provider", "reason": "needs_too_high"})):
        answer = desk.post(f"{page}/{path}", "/my-vacancies", seen=offer.version, **fields)
        assert answer.status_code == 412
        assert "Taken back by the gateway" in answer.text
    placement = office.store.transact(lambda work: lives(work, "R-3", "U-1-3"))
    office.store.transact(
        lambda work: set_review(placement, TODAY + timedelta(days=9), by=OFFICER, at=NOW, work=work)
    )
    answer = desk.post(f"/my-residents/{placement}/ready", "/my-vacancies", seen=1)
    assert answer.status_code == 412
    assert "Review due on 11 March 2026" in answer.text


def test_another_providers_and_a_restricted_case_are_not_there(office, desk):
    other = offer_of(office.store, "R-6")
    for path in ("", "/refuse", "/moved-in", "/not-come"):
        assert desk.get(f"/my-offers/{other.id}{path}").status_code == 404
    for path in ("accept", "refuse", "moved-in", "not-come"):
        sent = {"reason": "needs_too_high", "why": "because"}
        assert desk.post(f"/my-offers/{other.id}/{path}", "/my-vacancies", seen=1, **sent).status_code == 404
    restricted = offer_of(office.store, "R-2")

    def restrict(work):
        until = NOW + timedelta(days=30)
        restrict_case("P-2", until=until, seen=1, why="because", by=MANAGER, at=NOW, work=work)

    office.store.transact(restrict)
    assert desk.get(f"/my-offers/{restricted.id}").status_code == 404
    assert restricted.id not in desk.get("/my-offers").text


def test_nothing_is_done_without_the_proof_of_the_form(office, desk):
    offer = offer_of(office.store, "R-1")
    assert desk.post(f"/my-offers/{offer.id}/accept", seen=offer.version).status_code == 403
    assert offer_of(office.store, "R-1").status is OfferStatus.MADE


def test_a_stay_is_followed_up_to_its_end(office, desk, clock):
    placement = office.store.transact(
        lambda work: lives(work, "R-3", "U-1-3", review_on=TODAY + timedelta(7))
    )
    clock.on(days=7)
    desk = office.of("provider")
    page = f"/my-residents/{placement}"
    assert "Review due today" in desk.get("/my-residents/reviews").text
    answer = desk.post(f"{page}/review", f"{page}/review", held="yes")
    assert (answer.status_code, "Enter the day of the next review" in answer.text) == (422, True)
    later = days("review", TODAY + timedelta(days=70))
    answer = desk.post(f"{page}/review", f"{page}/review", held="yes", **later)
    assert "Enter why they stay on" in answer.text
    assert 'value="11"' in answer.text
    assert (
        desk.post(f"{page}/review", f"{page}/review", held="yes", why="No flat yet", **later).status_code
        == 303
    )
    assert "U-1-3" not in desk.get("/my-residents/reviews").text
    assert desk.post(f"{page}/ready", f"{page}/ready", blocked="arrears").status_code == 303
    assert "What keeps them: rent arrears" in desk.get("/my-residents/ready").text
    assert desk.post(f"{page}/not-ready", f"{page}/not-ready", why="Ill again").status_code == 303
    assert "Nobody is marked ready" in desk.get("/my-residents/ready").text
    answer = desk.post(f"{page}/left", f"{page}/left")
    assert {"Choose why they left", "Choose where they went"} <= set(told(answer.text))
    answer = desk.post(f"{page}/left", f"{page}/left", reason="left", destination="social_rent")
    assert told(answer.text) == ["Say whether it was planned"]
    sent = {"reason": "planned", "destination": "social_rent", "planned": "no", "still": "no"}
    assert desk.post(f"{page}/left", f"{page}/left", **sent).status_code == 303
    assert placement_of(office.store, "R-3").planned is True
    html = desk.get(page).text
    assert "A council or housing association home" in html
    assert "B</h2>" not in html
    answer = desk.post(f"{page}/ready", f"{page}/ready")
    assert "ended on 9 March 2026" in answer.text


def test_a_form_that_changes_a_stay_begins_with_what_stands(office, desk, clock):
    placement = office.store.transact(
        lambda work: lives(work, "R-3", "U-1-3", review_on=TODAY + timedelta(7))
    )
    clock.on(days=9)
    desk = office.of("provider")
    page = f"/my-residents/{placement}"
    answer = desk.post(f"{page}/review", f"{page}/review")
    assert (answer.status_code, told(answer.text)) == (422, ["Say whether the review was held"])
    kept = typed(desk.get(f"{page}/review").text)
    assert kept == days("review", TODAY + timedelta(7)), "a review that was due is not lost unseen"
    assert desk.post(f"{page}/review", f"{page}/review", held="no", **kept).status_code == 303
    assert placement_of(office.store, "R-3").review_on == TODAY + timedelta(7)

    since = days("since", TODAY + timedelta(2))
    desk.post(f"{page}/ready", f"{page}/ready", blocked="arrears", **since)
    form = desk.get(f"{page}/ready").text
    assert 'value="arrears" checked' in form
    assert desk.post(f"{page}/ready", f"{page}/ready", blocked="no_deposit", **typed(form)).status_code == 303
    stands = placement_of(office.store, "R-3")
    assert (stands.ready_since, stands.blocked_by) == (TODAY + timedelta(2), Blocker.NO_DEPOSIT)


def typed(html):
    """What stands in the boxes of days."""
    found = re.findall(r'name="([a-z]+)-(day|month|year)"[^>]*? value="(\d+)"', html)
    return {f"{name}__{part}": int(text) for name, part, text in found}


def told(html):
    """The sentences of the error summary."""
    summary = html.split('class="govuk-error-summary__body"', 1)[1].split("</ul>", 1)[0]
    return [each.split(">")[-1].strip() for each in summary.split("</a>")[:-1]]


def test_who_died_went_nowhere_and_nobody_asks_whether_it_was_planned(office, desk, clock):
    placement = office.store.transact(lambda work: lives(work, "R-3", "U-1-3"))
    clock.on(days=7)
    desk = office.of("provider")
    page = f"/my-residents/{placement}"
    assert desk.post(f"{page}/left", f"{page}/left", reason="died", planned="yes").status_code == 303
    stands = placement_of(office.store, "R-3")
    assert (stands.destination, stands.planned) == (Destination.DIED, None)


def test_that_somebody_was_looked_at_is_recorded(office, desk):
    offer = offer_of(office.store, "R-1")
    desk.get("/my-offers")
    with office.store.reading() as work:
        assert not events(work, Wanted(what="offered person read"), size=9)
    desk.get(f"/my-offers/{offer.id}")
    with office.store.reading() as work:
        assert len(events(work, Wanted(what="offered person read"), size=9)) == 1


def test_a_request_is_agreed_to_or_not(office, desk):
    def asked(work):
        run = RunRow(id="N-1", status=RunStatus.PROPOSED, started_by=OFFICER.id, started_at=NOW, as_of=TODAY)
        for number in (1, 2):
            row = RedesignationRequestRow(
                id=f"RQ-{number}", run_id="N-1", unit_id=f"U-1-{number + 3}", to_pool="female",
                status=RequestStatus.ASKED, asked_at=NOW,
            )  # fmt: skip
            put(work, row, *([run] if number == 1 else []))

    office.store.transact(asked)
    assert "U-1-4: for women?" in desk.get("/my-requests").text
    assert desk.post("/my-requests/RQ-1/agree", "/my-requests/RQ-1").status_code == 303
    answer = desk.post("/my-requests/RQ-2/refuse", "/my-requests/RQ-2")
    assert (answer.status_code, told(answer.text)) == (422, ["Enter why you do not agree"])
    assert desk.post("/my-requests/RQ-2/refuse", "/my-requests/RQ-2", why="Shared bath").status_code == 303
    assert "Nothing is asked of you now" in desk.get("/my-requests").text
    answer = desk.post("/my-requests/RQ-1/agree", "/my-vacancies")
    assert answer.status_code == 422
    assert "You said: Shared bath" in desk.get("/my-requests/RQ-2").text
    with office.store.reading() as work:
        assert designations_of(work, "U-1-4")[-1].gender is UnitGender.FEMALE


def test_two_hundred_units_are_a_page_at_a_time_and_no_service_is_divided(office, desk):
    def large(work):
        for number, units in ((11, 30), (12, 60), (13, 10), (14, 30), (15, 20), (16, 50)):
            service(work, f"S-{number}", name=f"House {number}", units=units)

    office.store.transact(large)
    pages = [desk.get(f"/my-vacancies?page={number}").text for number in range(1, 7)]
    assert [page.count(">Change<") for page in pages] == [35, 60, 40, 20, 50, 0]
    assert max(len(page) for page in pages) < 100_000
    assert 'href="/my-vacancies?page=3#S-14"' in pages[0]
    answer = confirms(desk, pages[3], "S-15")
    assert "House 15" in desk.get(answer.headers["location"]).text.split("<h2")[2]


def confirms(desk, page, *services):
    """Send what a page says of these services."""
    fields = dict(re.findall(r'name="(said-[^"]+)" value="([^"]*)"', page))
    seen = [re.search(rf'value="({each}\|\w+)"', page).group(1) for each in services]
    return desk.post("/my-vacancies/confirm", "/my-vacancies", service=seen, **fields)


def test_one_press_confirms_everything_on_the_page_or_nothing(office, desk):
    office.store.transact(lambda work: service(work, "S-11", name="House 11", units=2))
    page = desk.get("/my-vacancies").text
    assert "2 services with 7 units on this page" in page
    details = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY)
    office.store.transact(lambda work: put_out_of_service("U-11-1", details, by=OFFICER, at=NOW, work=work))
    late = confirms(desk, page, "S-1", "S-11")
    assert (late.status_code, re.findall("U-1?1-[0-9]", late.text)) == (412, ["U-11-1"])
    with office.store.reading() as work:
        assert {unit.confirmed_at for unit in work.where(UnitRow)} == {None}
    confirms(desk, desk.get("/my-vacancies").text, "S-1", "S-11")
    with office.store.reading() as work:
        confirmed = {unit.service_id: unit.confirmed_at for unit in work.where(UnitRow) if unit.confirmed_at}
    assert confirmed == {"S-1": NOW, "S-11": NOW}


def test_a_unit_leads_to_who_has_it_and_is_free_from_a_day_that_becomes_known(office, desk):
    placement = office.store.transact(lambda work: lives(work, "R-3", "U-1-3"))
    assert f"/my-residents/{placement}" in desk.get("/my-vacancies/units/U-1-3").text
    offer = offer_of(office.store, "R-1")
    assert f"/my-offers/{offer.id}" in desk.get("/my-vacancies/units/U-1-1").text
    page = "/my-vacancies/units/U-1-4"
    assert desk.post(f"{page}/out-of-service", page, reason="repairs").status_code == 303
    void = desk.get(page).text.split('name="void" value="')[1].split('"')[0]
    answer = desk.post(f"{page}/free-from", page, void=void)
    assert told(answer.text) == ["Say from which day on it can be let"]
    until = TODAY + timedelta(days=9)
    assert desk.post(f"{page}/free-from", page, void=void, **days("free", until)).status_code == 303
    assert "until 11 March 2026" in desk.get(page).text
    answer = desk.post("/my-vacancies/units/U-1-3/out-of-service", page, reason="repairs")
    assert (answer.status_code, len(told(answer.text))) == (422, 1)


def test_a_rule_names_a_unit_as_its_provider_does(office, desk):
    def named(work):
        row = work.get(UnitRow, "U-1-4")
        row.name = "Attic"
        write(work, row, what="set up", by=OFFICER, at=NOW, about=["U-1-4"])

    office.store.transact(named)
    page = "/my-vacancies/units/U-1-4"
    long_ago = days("from", date(1926, 2, 1))
    answer = desk.post(f"{page}/out-of-service", page, reason="repairs", **long_ago)
    assert "The first day is 1 February 1926, before Attic opens on" in told(answer.text)[0]


def test_every_code_has_its_words():
    assert set(REASONS_SAID) == set(RefusalReason)
    assert set(STATUSES) == set(OfferStatus)
    assert set(SIDES) == set(Side)
    assert set(REVIEWS) == set(Review)
    assert set(BLOCKERS) == set(Blocker)
    assert set(DEPARTURES) == set(DepartureReason)
    assert set(DESTINATIONS) == set(Destination)


def test_nothing_of_another_providers_residents_and_requests_is_there(office, desk):
    placement = office.store.transact(lambda work: lives(work, "R-4", "U-2-2"))

    def asked(work):
        run = RunRow(id="N-1", status=RunStatus.PROPOSED, started_by=OFFICER.id, started_at=NOW, as_of=TODAY)
        facts = {"to_pool": "female", "status": RequestStatus.ASKED, "asked_at": NOW}
        put(work, RedesignationRequestRow(id="RQ-1", run_id="N-1", unit_id="U-2-2", **facts), run)

    office.store.transact(asked)
    for path in ("", "/review", "/ready", "/not-ready", "/left"):
        assert desk.get(f"/my-residents/{placement}{path}").status_code == 404
    for path in ("review", "ready", "not-ready", "left"):
        sent = {"reason": "planned", "destination": "family_settled", "why": "x"}
        address = f"/my-residents/{placement}/{path}"
        assert desk.post(address, "/my-vacancies", seen=1, **sent).status_code == 404
    for path in ("agree", "refuse"):
        assert desk.post(f"/my-requests/RQ-1/{path}", "/my-vacancies", why="x").status_code == 404
    for path in ("/my-requests/RQ-1", "/my-vacancies/units/U-2-2"):
        assert desk.get(path).status_code == 404
    for path in ("/my-residents", "/my-requests", "/my-residents/coming"):
        assert "U-2" not in desk.get(path).text


def test_a_page_of_a_list_asks_the_same_however_much_there_is(office, desk):
    def many(work):
        service(work, "S-3", name="House 3", units=30)
        for number in range(1, 31):
            person(work, f"P-9{number}")
            referral(work, f"R-9{number}", person=f"P-9{number}")
            due = TODAY + timedelta(days=1)
            (lives if number % 2 else offered)(
                work, f"R-9{number}", f"U-3-{number}", **({"review_on": due} if number % 2 else {})
            )

    pages = ("/my-offers", "/my-residents", "/my-residents/reviews", "/my-vacancies", "/my-requests")
    few = {path: asked_of(office.store, desk, path) for path in pages}
    office.store.transact(many)
    assert {path: asked_of(office.store, desk, path) for path in pages} == few
    assert max(few.values()) <= 12, few


def asked_of(store, desk, path):
    """How many statements a page costs, signing in included."""
    with store.reading() as work, statements(work) as asked:
        assert desk.get(path).status_code == 200
    return len(asked)


@pytest.fixture
def there(site):
    site.store.transact(world)
    return site


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_an_offer_is_answered_in_a_corridor_by_keyboard_alone(there, javascript):
    there.expect("422")
    page = there.sign_in("provider", size=PHONE, javascript=javascript)
    page.goto("/my-offers")
    by_keyboard(page, page.get_by_role("link", name="Somebody for U-1-2"))
    assert "محمد عبد الله" in page.inner_text("main")
    by_keyboard(page, page.get_by_role("link", name="We cannot take them"))
    by_keyboard(page, page.get_by_role("button", name="Refuse the offer"))
    assert page.title().startswith("Error: Why is it refused?")
    if javascript:
        faults_lead_to_fields(page)
        accessible(page)
    fits(page)
    page.get_by_label("They need more support than we give").focus()
    page.keyboard.press("Space")
    by_keyboard(page, page.get_by_role("button", name="Refuse the offer"))
    assert "Refused. The person is back on the list" in page.inner_text("main")
    by_keyboard(page, page.get_by_role("link", name="Somebody for U-1-1"))
    by_keyboard(page, page.get_by_role("button", name="Accept"))
    by_keyboard(page, page.get_by_role("button", name="They have moved in"))
    by_keyboard(page, page.get_by_role("button", name="They have moved in"))
    assert "They have moved in, and the unit is occupied." in page.inner_text("main")
    if javascript:
        page.goto("/my-residents")
        assert "U-1-1" in page.inner_text("main")
        page.goto(f"/my-residents/{placement_of(there.store, 'R-1').id}/left")
        by_keyboard(page, page.get_by_role("button", name="They have left"))
        faults_lead_to_fields(page)
        accessible(page)
        fits(page)


def by_keyboard(page, target):
    """Go on to something with the focus on it, by Enter."""
    target.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
