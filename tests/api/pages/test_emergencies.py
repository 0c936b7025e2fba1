"""An emergency from the declaration to the last person, on pages: over 400 people, and what is refused."""

import re
import shutil
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from api.background.performing import perform_next
from api.pages.emergencies.facts import emergency_facts
from gateway.allocation_runs.deciding import decide, record_view
from gateway.allocation_runs.emergencies import board
from gateway.allocation_runs.tables import (
    Decision,
    EmergencyRow,
    ProposalRow,
    ProposalStatus,
    RunRow,
)
from gateway.directory.tables import ProviderRow, ServiceRow
from gateway.people.tables import PersonRow
from gateway.placements.answering import accept_offer
from gateway.placements.moving_in import move_in
from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.records.write import write
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.storage.store import Store
from gateway.tasks.tables import TaskRow
from scenarios.large_store import fill_large_store
from scenarios.statements import statements
from tests.api.at_a_browser import at_a_browser
from tests.api.background.ground import csv_of
from tests.api.pages.filled_forms import form_on, send
from tests.api.pages.rich_world import LaterIds
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits, visited
from tests.gateway.allocation_runs.worlds import settle, two_services
from tests.gateway.assessment.scored import ground
from tests.gateway.ground import (
    KEYS,
    MANAGER,
    NOW,
    OFFICER,
    PROVIDER,
    TODAY,
    Ids,
    StoppedClock,
    agency,
    service,
)

AT_ONCE = timedelta(0)
PEOPLE = 430


def work_is_done(store):
    """As a worker does it, one task after the other."""
    while perform_next(store, "worker", every=AT_ONCE):
        pass


# 430 people, at a desk ---------------------------------------------------------------------------------


@pytest.fixture
def region(sqlite_template, tmp_path, browser):
    """A service over a region of 800 units that are nearly full."""
    path, clock = tmp_path / "gateway.db", StoppedClock()
    shutil.copy(sqlite_template, path)
    store = Store(f"sqlite:///{path}", keys=KEYS, clock=clock, new_id=Ids())
    fill_large_store(store, 2_000, seed=1, on=TODAY)
    store.close()
    with visited(f"sqlite:///{path}", clock, browser, LaterIds()) as made:
        yield made


def largest_providers(store):
    """The names of three providers in whose services nearly 430 people live."""
    lives = PlacementRow.status == PlacementStatus.LIVING
    people = func.count(PlacementRow.id)
    query = (
        select(ProviderRow.name, people)
        .join(ServiceRow, ServiceRow.provider_id == ProviderRow.id)
        .join(PlacementRow, PlacementRow.service_id == ServiceRow.id)
        .where(lives)
        .group_by(ProviderRow.name)
        .order_by(people.desc(), ProviderRow.name)
    )
    with store.reading() as work:
        first, second, *others = work.session.execute(query).all()
        third = max(each for each in others if first[1] + second[1] + each[1] <= PEOPLE)
        return [first[0], second[0], third[0]]


def whoever_else(store, emergency, count):
    """So many people who wait and are in no emergency yet."""
    with store.reading() as work:
        there = {each.referral for each in emergency_facts(work, emergency).people}
        waiting = select(ReferralRow.id).where(ReferralRow.status == ReferralStatus.WAITING)
        return [id for id in work.all(waiting.order_by(ReferralRow.id)) if id not in there][:count]


def does(store, by, verb, *given, **facts):
    return store.transact(lambda work: verb(*given, by=by, at=NOW, work=work, **facts))


def looked_at_singly(store, run_id):
    """Everybody whom no band covers, one by one."""
    with store.reading() as work:
        open_ones = (ProposalRow.run_id == run_id, ProposalRow.status == ProposalStatus.PROPOSED)
        left = work.where(ProposalRow, *open_ones, ProposalRow.service_id.is_not(None))
    for line in left:
        does(store, MANAGER, record_view, line.id, seconds=9, alternatives_shown=2)
        does(store, MANAGER, decide, line.id, Decision.AGREE)


def everybody_moves_in(store):
    """Whoever is offered a place takes it."""
    with store.reading() as work:
        offers = [row.id for row in work.where(OfferRow, OfferRow.status == OfferStatus.MADE)]
    for offer in offers:
        does(store, PROVIDER, accept_offer, offer)
        does(store, PROVIDER, move_in, offer, on_day=TODAY)


def declared_in_three_steps(page, store):
    """The address of the emergency; its people are those of three providers and some more."""
    page.goto("/emergencies")
    page.get_by_role("button", name="Declare an emergency").click()
    page.get_by_label("In a few words").fill("Three providers close")
    for provider in largest_providers(store):
        page.get_by_label("Look for a service or a provider").fill(provider)
        page.get_by_role("button", name="Show these").click()
        page.get_by_role("button", name="Choose all that are shown").click()
    accessible(page)
    page.get_by_role("button", name="Go on").click()
    accessible(page)
    page.get_by_role("button", name="Next people").click()
    assert page.get_by_text(re.compile(r"People 51 to 100 of \d+")).is_visible()
    page.get_by_role("button", name="Declare the emergency").click()
    with store.reading() as work:
        (declared,) = work.where(EmergencyRow)
        affected = len(board(work, declared.id).without_a_place)
    assert 380 < affected <= PEOPLE
    here, more = f"/emergencies/{declared.id}", whoever_else(store, declared.id, PEOPLE - affected)
    page.goto(f"{here}/add")
    page.get_by_label("References of their referrals").fill("\n".join(more))
    page.get_by_role("button", name="Add them").click()
    expect(without(page)).to_have_text("430 people of 430 have no place yet")
    return here


def without(page):
    """What the board says of those without a place."""
    return page.locator("[data-live-tells]")


def decided(page, store):
    """Band by band, and one by one."""
    page.get_by_role("link", name="Decide, band by band").click()
    together = page.get_by_role("button", name=re.compile("^Agree to"))
    while together.count():
        together.first.click()
        page.wait_for_load_state()
    with store.reading() as work:
        (run,) = work.where(RunRow)
    looked_at_singly(store, run.id)


def test_430_people_are_followed_until_whoever_can_has_a_place(region):
    store, page = region.store, region.sign_in("duty_manager")
    here = declared_in_three_steps(page, store)
    page.get_by_role("link", name="Find places for everybody").click()
    page.get_by_role("button", name="Find places").click()
    expect(page.get_by_text("Waiting to begin")).to_be_visible()
    work_is_done(store)  # and the board tells of it by itself
    expect(page.get_by_text(re.compile(r"\d+ to decide"))).to_be_visible()
    accessible(page)
    decided(page, store)
    page.goto(f"{here}/offers")
    page.get_by_label("Within 4 hours").check()
    page.get_by_role("button", name="Make the offers").click()
    expect(page.get_by_text("Waiting to begin")).to_be_visible()
    work_is_done(store)
    expect(page.get_by_text(re.compile(r"\d+ offers? made"))).to_be_visible()
    everybody_moves_in(store)
    with store.reading() as work:
        stands = board(work, here.rpartition("/")[2])
    assert stands.moved
    said = f"{len(stands.without_a_place)} people of 430 have no place yet"
    expect(without(page)).to_have_text(said)
    expect(page.get_by_role("status")).to_have_text(said)
    told_afterwards(page, here)
    region.expect("422")
    ended(page, here)


def told_afterwards(page, here):
    """The people fifty a page, and all of them on paper."""
    page.get_by_role("link", name="Everybody in it").click()
    for _ in range(2):
        assert page.locator("tbody tr").count() == 50
        page.get_by_role("link", name="Next people").click()
    page.goto(f"{here}/print?names=true")
    restricted = re.search(r"(\d+) restricted cases? not listed", page.content())
    assert page.locator(".gateway-paper tbody tr").count() + int(restricted[1]) == PEOPLE


def ended(page, here):
    """Only with a reason, while somebody has no place."""
    page.goto(f"{here}/end")
    page.get_by_role("button", name="End this emergency").click()
    faults_lead_to_fields(page)
    accessible(page)
    page.get_by_label("Why it ends").fill("Those left are followed one by one.")
    page.get_by_role("button", name="End this emergency").click()
    expect(page.get_by_text("The emergency has ended.")).to_be_visible()


# a small one, on a phone -------------------------------------------------------------------------------


def lived_in(store):
    """R-1 and R-2 live in S-1; R-3 waits; S-2 has two units."""
    store.transact(two_services)
    for number in (1, 2):
        settle(store, f"R-{number}", f"U-1-{number}", day=TODAY - timedelta(days=30))


def named(work):
    """Names as long and as other as they come."""
    for id, forename in (("P-1", "محمد عبد الله"), ("P-2", "Wolfeschlegelsteinhausenbergerdorff" * 2)):
        row = work.get(PersonRow, id)
        row.forename = forename
        write(work, row, what="set up", by=OFFICER, at=NOW)


def pressed(page, name):
    """A button reached from where the focus is, and pressed, by keyboard alone."""
    target = page.get_by_role("button", name=name)
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            break
    else:
        raise AssertionError(f"{name} is not reached by the keyboard")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_by_keyboard_on_a_phone_without_a_script(site):
    lived_in(site.store)
    site.store.transact(named)
    page = site.sign_in("duty_manager", size=PHONE, javascript=False)
    page.goto("/emergencies/new")
    page.get_by_label("In a few words").focus()
    page.keyboard.type("Alder closes")
    page.get_by_label("Service S-1").focus()
    page.keyboard.press("Space")
    pressed(page, "Go on")
    assert page.get_by_text("محمد عبد الله").is_visible()
    fits(page)
    pressed(page, "Declare the emergency")
    pressed(page, "Find places")
    fits(page)
    work_is_done(site.store)
    page.get_by_role("link", name="Look again").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_text("2 to decide").is_visible()
    page.get_by_role("link", name="Everybody in it").click()
    assert page.get_by_text("Proposed, to decide: Service S-2").count() == 2
    fits(page)


# what is refused, without a browser --------------------------------------------------------------------


@pytest.fixture
def there(entrance):
    lived_in(entrance.store)
    return entrance


def signed_in(there, role):
    client = at_a_browser(there, role)
    name, _, secret = client.headers.pop("Cookie").partition("=")
    client.cookies.set(name, secret, domain="gateway.test")
    return client


@pytest.fixture
def manager(there):
    return signed_in(there, "duty_manager")


def declared(manager):
    checked = send(manager, manager.get("/emergencies/new"), title="Alder closes", service="S-1")
    proposing = send(manager, checked)
    assert proposing.url.path.endswith("/propose"), proposing.text
    return proposing.url.path.removesuffix("/propose")


def test_what_is_missing_is_told_at_its_field_and_nothing_typed_is_lost(manager):
    page = send(manager, manager.get("/emergencies/new"), closes__day="31", closes__month="2", service="S-2")
    assert page.status_code == 422
    assert "<title>Error: What has happened?" in page.text
    long_ago = send(
        manager, manager.get("/emergencies/new"), title="T", service="S-1", closes__year="1999"
    ).text
    assert "1999, must be today or a day within a year" in long_ago
    for field in ("title", "closes-day"):
        assert f'href="#{field}"' in page.text
        assert f'id="{field}"' in page.text
    assert ("service", "S-2") in form_on(page)[1]
    nobody = send(manager, manager.get("/emergencies/new"), title="Nobody")
    assert (nobody.status_code, 'href="#services"' in nobody.text) == (422, True)


def test_services_are_found_by_name_and_what_was_chosen_stays(manager):
    page = send(manager, manager.get("/emergencies/new"), do="find", find="s-2", service="S-1", title="T")
    assert ("service", "S-1") in form_on(page)[1]
    assert 'value="S-2"' in page.text
    assert ("title", "T") in form_on(page)[1]
    assert ("service", "S-2") in form_on(send(manager, page, do="all"))[1]
    none = send(manager, manager.get("/emergencies/new"), do="find", find="zzz")
    assert "There is no such service." in none.text


def uploaded(manager, content, **filled):
    action, fields = form_on(manager.get("/emergencies/new"))
    data = {**dict(fields), "title": "A hotel closes", **filled}
    return manager.post(action, data=data, files={"people": ("people.csv", content, "text/csv")})


def test_a_list_of_people_is_entered_and_they_are_in_the_emergency(entrance, tmp_path):
    entrance.store.transact(ground)
    manager = signed_in(entrance, "duty_manager")
    entering = uploaded(manager, csv_of(tmp_path, 3))
    assert "Waiting to begin" in entering.text
    again = send(manager, entering)
    assert "Waiting to begin" in again.text
    work_is_done(entrance.store)
    checked = send(manager, again)
    assert "3 people" in checked.text
    assert "On the list" in checked.text
    changed = manager.post("/emergencies/new", data={**dict(form_on(checked)[1]), "do": "find"})
    assert "The list you sent is kept" in changed.text
    board = manager.get(send(manager, checked).url.path.removesuffix("/propose"))
    assert "3 people of 3 have no place yet" in board.text


def test_an_empty_list_is_filled_in_and_entered(entrance):
    entrance.store.transact(ground)
    manager = signed_in(entrance, "duty_manager")
    columns = manager.get("/emergencies/new/list.csv").text.strip().split(",")
    filled = {"agency": "A-1", "reference": "H/1", "referred_on": str(TODAY), "consent_on": str(TODAY)}
    filled |= {"client_groups": "complex-needs", "surname": "Shah"}
    assert set(filled) <= set(columns)
    row = ",".join(filled.get(name, "") for name in columns)
    page = manager.get("/emergencies/new").text
    assert ">A-1<" in page, "what to write for an agency"
    assert ">complex-needs<" in page
    assert "Waiting to begin" in uploaded(manager, f"{','.join(columns)}\n{row}\n".encode()).text


def test_the_codes_of_many_agencies_are_in_a_file_and_not_on_the_page(entrance):
    entrance.store.transact(ground)
    entrance.store.transact(lambda work: [agency(work, f"A-{number}") for number in range(100, 200)])
    manager = signed_in(entrance, "duty_manager")
    page = manager.get("/emergencies/new").text
    assert (">A-150<" in page, "/emergencies/new/agencies.csv" in page) == (False, True)
    rows = manager.get("/emergencies/new/agencies.csv").text.splitlines()
    assert len([row for row in rows if row.startswith("A-1")]) >= 100
    assert rows[0] == "agency,name"


def test_a_list_sent_twice_is_entered_once_and_another_list_is_another(entrance, tmp_path):
    entrance.store.transact(ground)
    manager = signed_in(entrance, "duty_manager")
    _, fields = form_on(manager.get("/emergencies/new"))
    data = {**dict(fields), "title": "A hotel closes"}
    for content in (csv_of(tmp_path, 1), csv_of(tmp_path, 1), csv_of(tmp_path, 2)):
        sent = {"people": ("people.csv", content, "text/csv")}
        assert "Waiting to begin" in manager.post("/emergencies/new", data=data, files=sent).text
    with entrance.store.reading() as work:
        assert len(work.where(TaskRow)) == 2


def test_a_list_with_faults_is_not_entered_and_each_is_told_by_row(entrance, tmp_path):
    entrance.store.transact(ground)
    manager = signed_in(entrance, "duty_manager")
    page = uploaded(manager, csv_of(tmp_path, 2, born="yesterday"))
    assert (page.status_code, "Row 2, column born" in page.text) == (422, True)
    uploaded(manager, csv_of(tmp_path, 2))
    work_is_done(entrance.store)
    alike = uploaded(manager, csv_of(tmp_path, 2).replace(b"PR/", b"QR/"))
    assert (alike.status_code, "Row 2 may be P-" in alike.text) == (422, True)
    looked = uploaded(manager, csv_of(tmp_path, 2).replace(b"PR/", b"QR/"), looked="yes")
    assert "Waiting to begin" in looked.text


def test_somebody_elses_list_is_not_there(entrance, tmp_path):
    entrance.store.transact(ground)
    entering = uploaded(signed_in(entrance, "duty_manager"), csv_of(tmp_path, 1))
    (task,) = (text for name, text in form_on(entering)[1] if name == "list")
    other = at_a_browser(entrance, "duty_manager")
    stream = f"/emergencies/new/lists/{task}/live"
    entrance.as_("officer")
    assert signed_in(entrance, "officer").get(stream).status_code == 403
    assert other.get(f"/emergencies/new/lists/{task}0/live").status_code == 404


def test_a_run_is_not_started_with_what_is_no_number_nor_for_an_emergency_that_ended(manager):
    here = declared(manager)
    wrong = send(manager, manager.get(f"{here}/propose"), moves="many")
    assert (wrong.status_code, 'href="#moves"' in wrong.text) == (422, True)
    assert ("moves", "many") in form_on(wrong)[1]
    ending = send(manager, manager.get(f"{here}/end"))
    assert (ending.status_code, "Enter why it ends" in ending.text) == (422, True)
    ended = send(manager, ending, why="The provider stays.")
    assert "The emergency has ended." in ended.text
    assert "data-live=" not in ended.text
    over = send(manager, manager.get(f"{here}/propose"))
    assert (over.status_code, "has ended" in over.text) == (422, True)
    twice = send(manager, manager.get(f"{here}/end"), why="Again.")
    assert (twice.status_code, "has ended already" in twice.text) == (422, True)
    added = send(manager, manager.get(f"{here}/add"), referrals="R-3")
    assert (added.status_code, "has ended already" in added.text) == (422, True)


def test_people_are_added_by_reference(manager):
    here = declared(manager)
    wrong = send(manager, manager.get(f"{here}/add"), referrals="R-3, R-9")
    assert (wrong.status_code, "R-9 is no referral" in wrong.text) == (422, True)
    assert "1 person added." in send(manager, wrong, referrals="R-1 R-3").text
    assert send(manager, manager.get(f"{here}/add")).status_code == 422


def test_offers_want_a_deadline_and_something_decided(there, manager):
    here = declared(manager)
    assert form_on(manager.get(f"{here}/offers"))[0] is None
    send(manager, manager.get(f"{here}/propose"))
    work_is_done(there.store)
    with there.store.reading() as work:
        (run,) = work.where(RunRow)
    send(manager, manager.get(f"/runs/{run.id}/bands"))
    wrong = send(manager, manager.get(f"{here}/offers"))
    assert (wrong.status_code, 'href="#within"' in wrong.text) == (422, True)
    made = send(manager, wrong, within="never")
    assert "The offers are being made." in made.text
    work_is_done(there.store)
    assert "2 offers made" in manager.get(here).text


def test_who_is_restricted_is_counted_and_not_named_nor_is_why(there, manager):
    here = declared(manager)

    def restrict(work):
        row = work.get(PersonRow, "P-1")
        row.restricted, row.forename = True, "Hidden"
        write(work, row, what="set up", by=OFFICER, at=NOW, about=["P-1", "R-1"], why="Her brother asks.")

    there.store.transact(restrict)
    people = manager.get(f"{here}/people").text
    assert ("1 restricted case is" in people, "R-1" in people) == (True, False)
    for path in ("people", "print?names=true", "log", "log.csv"):
        told = manager.get(f"{here}/{path}").text
        assert not {"Hidden", "Her brother"} & set(re.findall("Hidden|Her brother", told)), path
        assert "R-1" not in told, path
    assert "2 people of 2 have no place yet" in manager.get(here).text


def test_the_board_tells_its_own_people_from_all_who_wait(there, manager):
    there.store.transact(lambda work: service(work, "S-3"))
    here = declared(manager)
    send(manager, manager.get(f"{here}/propose"))
    work_is_done(there.store)
    with there.store.reading() as work:
        people = {each.referral for each in emergency_facts(work, here.rpartition("/")[2]).people}
        placed = [each.referral_id for each in work.where(ProposalRow, ProposalRow.service_id.is_not(None))]
    ours = len(people.intersection(placed))
    assert (len(people), ours < len(placed)) == (2, True), "somebody else is proposed a place too"
    told = manager.get(here).text
    assert f"A place is proposed for {ours} of 2 people of this emergency" in told
    assert f"of all who wait or must leave, {len(placed)} have one proposed" in told


def test_the_log_says_who_did_it_and_why_and_that_it_was_taken(there, manager):
    here = declared(manager)
    send(manager, manager.get(f"{here}/end"), why="The provider stays open.")
    log = manager.get(f"{here}/log").text
    for words in ("Emergency declared", "Name of duty-manager-1, duty manager", "The provider stays open."):
        assert words in log
    taken = manager.get(f"{here}/log.csv")
    assert taken.headers["content-disposition"].startswith("attachment")
    assert "The provider stays open." in taken.text
    assert "Emergency log exported" in manager.get(f"{here}/log").text


@pytest.mark.parametrize("role", ["officer", "provider", "referrer"])
def test_only_a_duty_manager_declares_and_only_the_gateway_sees(there, manager, role):
    here = declared(manager)
    other = signed_in(there, role)
    for path in ("/emergencies/new", f"{here}/add", f"{here}/end"):
        assert other.get(path).status_code == 403
    assert other.get(here).status_code == (200 if role == "officer" else 403)


def test_what_is_not_there_is_not_found_and_a_form_without_its_proof_is_refused(there, manager):
    here = declared(manager)
    for path in ("", "/people", "/print", "/log", "/log.csv", "/propose", "/offers", "/add", "/end", "/live"):
        assert manager.get(f"/emergencies/E-9{path}").status_code == 404, path
    for path in ("propose", "offers", "add", "end"):
        assert manager.post(f"{here}/{path}", data={}).status_code == 403
    for path in ("new", "new/check", "new/declare"):
        assert manager.post(f"/emergencies/{path}", data={}).status_code == 403
    with there.store.reading() as work:
        assert len(work.where(EmergencyRow)) == 1


def test_a_board_asks_as_much_however_many_are_in_it(there, manager):
    here = declared(manager)
    send(manager, manager.get(f"{here}/propose"))
    work_is_done(there.store)
    with there.store.reading() as work, statements(work) as asked:
        emergency_facts(work, here.rpartition("/")[2])
    assert len(asked) <= 11
