"""Officers are told of offers and homes that a rule recorded since forbids, and what to do about them."""

from datetime import timedelta
from urllib.parse import unquote

import pytest

from api.rest.listing import cursor
from gateway.people.exclude import impose_exclusion
from gateway.people.exclusions import ExclusionTerms
from gateway.people.keep_safe import keep_apart, set_safety_area
from gateway.people.restrict import restrict_case
from gateway.people.tables import ExclusionReason, PersonRow, SafetyReason
from gateway.records.write import write
from tests.api.at_a_browser import at_a_browser
from tests.api.pages.at_a_desk import desks
from tests.api.pages.filled_forms import sent
from tests.api.pages.officer_world import LONG
from tests.api.pages.site import DESK, PHONE, accessible, fits
from tests.api.pages.test_everyone import main_of
from tests.api.pages.test_person_deeds import day
from tests.gateway.allocation_runs.worlds import ground, offered, settle, waiting
from tests.gateway.ground import BIRMINGHAM, MANAGER, NOW, OFFICER, TODAY, service

BY = {"by": OFFICER, "at": NOW}
SAFE = {"reason": SafetyReason.DOMESTIC_ABUSE, "on": TODAY, **BY}


def world(work):
    ground(work)
    service(work, "S-1", name="Alder House", units=4, address="1 Hidden Street", confidential=True)
    service(work, "S-2", name="Birch Court", units=2)
    names = (("Zoe", "Reyes"), ("محمد", "عبد الله"), ("Ada", "Green"), ("Bea", "Hill"))
    for number, (forename, surname) in enumerate(names, start=1):
        waiting(work, number, forename=forename, surname=surname)


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    made = desks(sqlite_template, tmp_path, clock)
    made.store.transact(world)
    made.placement = settle(made.store, "R-1", "U-1-1").id
    made.offer = made.store.transact(lambda work: offered(work, "R-2", "U-1-2")).id
    yield made
    made.store.close()


@pytest.fixture
def officer(office):
    return at_a_browser(office.entrance, "officer", follow=False)


def does(office, deed, *given, **facts):
    return office.store.transact(lambda work: deed(*given, **facts, work=work))


def excluded(office, person):
    days = {"from_day": TODAY, "until": TODAY + timedelta(days=30), "review_on": TODAY + timedelta(days=7)}
    terms = ExclusionTerms(person_id=person, reason=ExclusionReason.ARREARS, service_id="S-1", **days)
    return does(office, impose_exclusion, terms, **BY).id


def test_each_is_told_with_its_rule_and_what_to_do_next(office, officer):
    assert "None: no rule forbids" in main_of(officer.get("/forbidden-places"))
    does(office, set_safety_area, "P-1", BIRMINGHAM, **SAFE)
    bar = excluded(office, "P-2")
    answer = officer.get("/forbidden-places")
    for told in (
        "Zoe Reyes",
        "Alder House (hub, Birmingham)",
        "They have lived there since 2 March 2026",
        "They are not safe in Birmingham, since 2 March 2026",
        "محمد عبد الله",
        "An offer waits for its answer; they could move in from 2 March 2026",
        "They are excluded from there, since 2 March 2026",
    ):
        assert told in main_of(answer)
    for href in (
        f'href="/exclusions/{bar}"',
        f'href="/offers/{office.offer}/withdraw"',
        'href="/referrals/R-1/places"',
        f'href="/my-residents/{office.placement}"',
    ):
        assert href in answer.text
    assert "Hidden Street" not in answer.text
    for path in (
        "/referrals/R-1/places",
        f"/my-residents/{office.placement}",
        f"/offers/{office.offer}/withdraw",
    ):
        assert officer.get(path).status_code == 200
    home = officer.get("/")
    assert 'href="/forbidden-places"' in home.text
    assert "2 places that a rule forbids: somebody lives there or is offered them" in main_of(home)
    told = officer.get("/api/v1/forbidden-places").json()
    assert [(each["placement_id"], each["offer_id"], each["status"]) for each in told["items"]] == [
        (office.placement, None, None),
        (None, office.offer, "made"),
    ]
    assert [each["rules"][0]["kind"] for each in told["items"]] == ["safety_area", "exclusion"]


def test_the_page_of_a_placement_warns_officers_and_tells_its_provider_nothing(office, officer):
    here = f"/my-residents/{office.placement}"
    assert "kept apart" not in main_of(officer.get(here))
    does(office, keep_apart, "P-1", "P-2", **SAFE)
    told = main_of(officer.get(here))
    assert "They must be kept apart from محمد عبد الله, who has a place there, since 2 March 2026." in told
    assert "Find them another place" in told
    provider = main_of(office.of("provider").get(here))
    assert "Moved in" in provider
    assert "kept apart" not in provider
    assert "another place" not in provider


def test_both_who_are_kept_apart_are_told_and_a_closed_case_is_told_to_nobody_else(office, officer):
    does(office, keep_apart, "P-1", "P-2", **SAFE)
    html = main_of(officer.get("/forbidden-places"))
    assert "They must be kept apart from محمد عبد الله, who has a place there" in html
    assert "They must be kept apart from Zoe Reyes, who has a place there" in html
    closed = {"until": NOW + timedelta(days=9), "seen": 1, "why": "x", "by": MANAGER, "at": NOW}
    does(office, restrict_case, "P-2", **closed)
    html = main_of(officer.get("/forbidden-places"))
    assert "They must be kept apart from somebody, who has a place there" in html
    for hidden in ("عبد", "P-2", "R-2", office.offer, "Restricted"):
        assert hidden not in html
    (told,) = officer.get("/api/v1/forbidden-places").json()["items"]
    assert (told["placement_id"], told["rules"][0]["other_id"]) == (office.placement, None)
    assert "1 place that a rule forbids: somebody lives there or is offered it" in main_of(officer.get("/"))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("safety-areas/new", {"authority": BIRMINGHAM, "reason": "gang"}),
        ("separations/new", {"other": "R-2", "reason": "gang"}),
        ("exclusions/new", {"authority_id": BIRMINGHAM, "reason": "violence"}),
    ],
)
def test_whoever_records_a_rule_is_told_at_once_whom_it_finds_there(office, officer, path, told):
    first = "from_day" if "exclusions" in path else "on"
    days = day("until", TODAY + timedelta(days=9)) | day("review_on", TODAY + timedelta(days=5))
    done = sent(officer, f"/people/P-1/{path}", **told, **days, **day(first, TODAY))
    assert "below stands which this forbids" in unquote(done.headers["set-cookie"])
    answer = officer.get(done.headers["location"])
    assert "A rule forbids where they live, or what they are offered" in main_of(answer)
    assert f'href="/my-residents/{office.placement}"' in answer.text
    assert 'href="/forbidden-places"' in answer.text
    assert "A rule forbids" not in main_of(officer.get("/people/P-3"))


def test_the_list_is_turned_page_by_page(office, officer):
    for person in ("P-1", "P-2"):
        excluded(office, person)
    first = officer.get("/api/v1/forbidden-places", params={"size": 1}).json()
    rest = officer.get("/api/v1/forbidden-places", params={"size": 1, "after": first["next"]}).json()
    assert [len(each["items"]) for each in (first, rest)] == [1, 1]
    assert first["items"] != rest["items"]
    assert rest["next"] is None
    for nowhere in (cursor("x", "2026-03-02", "O-1"), cursor(1, "soon", "O-1"), cursor("2026-03-02", "O-1")):
        answer = officer.get("/api/v1/forbidden-places", params={"after": nowhere})
        assert answer.status_code == 422
    for page in ("/forbidden-places", f"/forbidden-places?after={first['next']}"):
        html = main_of(officer.get(page))
        assert "Somebody may be in danger now" not in html  # they are only excluded
    assert "Zoe Reyes" not in html


@pytest.mark.parametrize("role", ["provider", "referrer", "commissioner", "auditor", "administrator"])
def test_nobody_but_officers_and_duty_managers_is_told(office, role):
    excluded(office, "P-1")
    client = office.of(role)
    assert client.get("/forbidden-places").status_code == 403
    assert client.get("/api/v1/forbidden-places").status_code == 403


def called_at_length(work):
    row = work.get(PersonRow, "P-2")
    row.surname = LONG
    write(work, row, what="set up", **BY)


@pytest.mark.browser
def test_an_officer_takes_an_offer_back_from_the_start_page_on_a_phone_by_keyboard(site):
    site.store.transact(world)
    site.store.transact(called_at_length)
    home = settle(site.store, "R-1", "U-1-1").id
    offer = site.store.transact(lambda work: offered(work, "R-2", "U-1-2")).id
    site.store.transact(lambda work: set_safety_area("P-1", BIRMINGHAM, **SAFE, work=work))
    site.store.transact(lambda work: keep_apart("P-1", "P-2", **SAFE, work=work))
    page = site.sign_in("officer", size=PHONE)
    for path in ("/forbidden-places", "/people/P-1", "/people/P-2", f"/my-residents/{home}"):
        page.goto(path)
        accessible(page)
        fits(page)
    for size in (DESK, PHONE):
        page = site.sign_in("officer", size=size, javascript=False)
        page.goto("/")
        page.get_by_role("link", name="places that a rule forbids").press("Enter")
        page.wait_for_url("**/forbidden-places")
        assert page.get_by_role("heading", level=2).count() >= 2
        fits(page)
    page.get_by_role("link", name="Take the offer back").press("Enter")
    page.wait_for_url(f"**/offers/{offer}/withdraw")
    page.get_by_label("Why").fill("He is not safe there.")
    page.get_by_role("button", name="Take it back").press("Enter")
    page.goto("/forbidden-places")
    assert page.get_by_role("link", name="Take the offer back").count() == 0
