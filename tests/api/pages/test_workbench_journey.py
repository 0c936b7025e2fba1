"""The workbench in a browser: from the start of a run to the move in, by keyboard, and without a script."""

import pytest
from playwright.sync_api import expect

from api.background.performing import perform_next
from gateway.allocation_runs.tables import DecisionRow, RunRow, ViewRow
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.gateway.allocation_runs.worlds import ground, waiting
from tests.gateway.ground import service

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"


def world(work):
    """Two units; three people, of whom two are as near and get one place between them."""
    ground(work)
    service(
        work, "S-1", units=1, name="The house with a name longer than any sign beside its door would hold"
    )
    service(work, "S-2", units=1)
    waiting(work, 1, rank=1, forename="محمد", surname="عبد الله")
    waiting(work, 2, rank=2, forename="Ada", surname=LONG)
    waiting(work, 3, rank=2, forename="Bo", surname="Ash")


@pytest.fixture
def there(site):
    site.store.transact(world)
    return site


def press(page, name):
    """Go on with the tab key until something of this name has the focus, and press Enter."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.innerText || document.activeElement.value || ''"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the tab key never comes to {name}")


def choose(page, name):
    """Go on with the tab key to the group in which this choice is, and choose it with the arrows."""
    wanted = page.get_by_label(name).get_attribute("id")
    for _ in range(80):
        page.keyboard.press("Tab")
        kind = page.evaluate("document.activeElement.type")
        if kind != "radio":
            continue
        page.keyboard.press("Space")
        for _ in range(5):
            if page.evaluate("document.activeElement.id") == wanted:
                return
            page.keyboard.press("ArrowDown")
    raise AssertionError(f"the keys never come to {name}")


def test_by_keyboard_from_the_start_of_a_run_to_its_offers(there):
    page = there.sign_in("officer")
    page.goto("/runs")
    accessible(page)
    press(page, "Start a run")
    page.wait_for_url("**/runs/new")
    accessible(page)
    press(page, "Start the run")
    expect(page.get_by_role("alert")).to_contain_text("The run is started.")
    expect(page.get_by_role("progressbar")).to_be_visible()
    accessible(page)
    perform_next(there.store, "worker")  # the page hears of it and is shown anew
    expect(page.get_by_role("heading", name="Who goes where")).to_be_visible()
    accessible(page)
    press(page, "Decide band by band")
    page.wait_for_url("**/bands")
    accessible(page)
    press(page, "Agree to 1 place in band 1")
    expect(page.get_by_role("alert")).to_contain_text("Band 1: agreed to 1 place.")
    press(page, "Look at 2 people one by one")
    expect(page.get_by_role("heading", name="Near tie")).to_be_visible()
    for _ in range(2):
        accessible(page)
        choose(page, "Leave them without" if page.get_by_label("Agree to").count() == 0 else "Agree to")
        while page.evaluate("document.activeElement.id") != "reason":
            page.keyboard.press("Tab")
        page.keyboard.type("Gone to her sister in Leeds")
        press(page, "Save decision")
        expect(page.get_by_role("alert")).to_be_visible()
    page.wait_for_url("**/bands")
    press(page, "Make 2 offers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Making offers")
    perform_next(there.store, "worker")
    expect(page.get_by_text("2 offers made from this run.")).to_be_visible()
    accessible(page)
    press(page, "Offers that are out")
    page.wait_for_url("**/offers")
    assert page.get_by_text("left").count() == 2
    accessible(page)
    with there.store.reading() as work:
        assert len(work.where(ViewRow)) == 2
        assert [each.decision for each in work.where(DecisionRow)].count("agree") == 2
        assert {each.status for each in work.where(OfferRow)} == {OfferStatus.MADE}


def test_on_a_phone_without_a_script_down_to_the_move_in(there, clock):
    there.expect("422")
    page = there.sign_in("officer", size=PHONE, javascript=False)
    page.goto("/runs/new")
    fits(page)
    page.get_by_label("How many people may be moved").fill("some")
    page.get_by_role("button", name="Start the run").click()
    assert page.title().startswith("Error: ")
    fits(page)
    assert page.get_by_label("How many people may be moved").input_value() == "some"
    page.get_by_label("How many people may be moved").fill("")
    page.get_by_role("button", name="Start the run").click()
    fits(page)
    perform_next(there.store, "worker")
    page.get_by_role("link", name="Look again").click()
    fits(page)
    page.get_by_role("link", name="Everybody in this run, in a table").click()
    fits(page)
    page.get_by_role("link", name="محمد عبد الله").click()
    fits(page)
    page.get_by_label("Agree to").check()
    page.get_by_role("button", name="Save decision").click()
    assert "agreed." in page.get_by_role("alert").inner_text()
    page.get_by_label("4 working hours").check()
    page.get_by_role("button", name="Make 1 offer").click()
    perform_next(there.store, "worker")
    page.get_by_role("link", name="Look again").click()
    assert "1 offer made from this run." in page.content()
    page.goto("/offers")
    fits(page)
    assert "4 hours left" in page.content()
    page.get_by_role("link", name="محمد عبد الله").click()
    fits(page)
    page.get_by_role("link", name="Record that it is accepted").click()
    fits(page)
    page.get_by_role("button", name="Record that it is accepted").click()
    page.get_by_role("link", name="Record that they have moved in").click()
    page.get_by_role("button", name="Record that they have moved in").click()
    assert "Moved in" in page.content()
    with there.store.reading() as work:
        assert [each.status for each in work.where(OfferRow)] == [OfferStatus.TAKEN_UP]
        assert len(work.where(RunRow)) == 1


def test_an_error_leads_to_its_field_and_a_forged_form_is_refused(there):
    there.expect("422")
    there.expect("403")
    page = there.sign_in("officer")
    page.goto("/runs/new")
    page.get_by_label("How many people may be moved").fill("some")
    page.get_by_role("button", name="Start the run").click()
    faults_lead_to_fields(page)
    accessible(page)
    page.evaluate("document.querySelector('input[name=csrf]').remove()")
    page.get_by_role("button", name="Start the run").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Not allowed"
    with there.store.reading() as work:
        assert work.where(RunRow) == []
