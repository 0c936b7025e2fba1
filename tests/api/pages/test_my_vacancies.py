"""A provider keeps its vacancies true, on a phone in a corridor, with and without JavaScript."""

from datetime import timedelta

import pytest

from gateway.directory.tables import UnitRow, VoidReason, VoidRow
from gateway.directory.voiding import VoidDetails, put_out_of_service, revise_void
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.gateway.ground import NOW, OFFICER, TODAY, agency, authorities, provider, service


def world(work):
    authorities(work)
    agency(work)
    provider(work, "V-1")
    provider(work, "V-2")
    service(work, "S-1", name="Alder House", units=3)
    service(work, "S-2", name="The other's", provider="V-2")


@pytest.fixture
def there(site):
    site.store.transact(world)
    return site


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_one_press_confirms_all_of_a_service(there, clock, javascript):
    clock.on(hours=1)
    page = there.sign_in("provider", size=PHONE, javascript=javascript)
    page.goto("/my-vacancies")
    assert "The other's" not in page.content()
    page.get_by_role("button", name="All of this is true").click()
    assert "Alder House: 3 units confirmed." in page.get_by_role("alert").inner_text()
    assert "Last confirmed 2 March 2026, 10am" in page.content()
    with there.store.reading() as work:
        assert {unit.confirmed_at for unit in work.where(UnitRow, UnitRow.service_id == "S-1")} == {clock()}


def test_a_unit_is_taken_out_of_service_and_back(there, clock):
    page = there.sign_in("provider", size=PHONE)
    page.goto("/my-vacancies")
    accessible(page)
    fits(page)
    page.get_by_role("link", name="Change U-1-2").click()
    accessible(page)
    fits(page)
    page.get_by_label("Why").select_option("Repairs")
    page.get_by_role("button", name="Take it out of service").click()
    assert "U-1-2 is out of service." in page.content()
    clock.on(days=1)
    page = there.sign_in("provider", size=PHONE)
    page.goto("/my-vacancies/units/U-1-2")
    page.get_by_role("button", name="It is ready: free from today").click()
    assert "U-1-2 is free from today." in page.content()
    with there.store.reading() as work:
        assert [void.until for void in work.where(VoidRow)] == [None, clock().date()]


def test_what_is_planned_is_told_and_taken_back(there):
    there.expect("422")
    page = there.sign_in("provider", size=PHONE)
    begins = TODAY + timedelta(days=7)

    def takes_out():
        page.goto("/my-vacancies/units/U-1-2")
        page.get_by_label("Why").select_option("Repairs")
        for part in ("day", "month", "year"):
            page.locator(f"#from-{part}").fill(str(getattr(begins, part)))
        page.get_by_role("button", name="Take it out of service").click()

    takes_out()
    assert "U-1-2 is out of service from 9 March 2026." in page.get_by_role("alert").inner_text()
    takes_out()
    faults_lead_to_fields(page)
    assert "It is out of service already from 9 March 2026: take that back first" in page.content()
    assert page.get_by_role("heading", name="Out of service from 9 March 2026: repairs").is_visible()
    accessible(page)
    fits(page)
    page.get_by_role("button", name="Take this back").click()
    assert "U-1-2 is not out of service after all." in page.get_by_role("alert").inner_text()
    with there.store.reading() as work:
        assert [void.cancelled for void in work.where(VoidRow)] == [False, True]


def test_what_is_wrong_is_told_at_the_field_and_nothing_typed_is_lost(there):
    there.expect("422")
    page = there.sign_in("provider", size=PHONE)
    page.goto("/my-vacancies/units/U-1-1")
    page.get_by_label("Note").fill("The boiler is broken")
    page.get_by_role("group", name="Free again from").get_by_label("Day").fill("31")
    page.get_by_role("button", name="Take it out of service").click()
    assert page.title().startswith("Error: ")
    faults_lead_to_fields(page)
    accessible(page)
    assert page.get_by_label("Note").input_value() == "The boiler is broken"


def test_who_was_second_sees_both_versions(there, clock):
    there.expect("412")
    first = there.sign_in("provider")
    first.goto("/my-vacancies/units/U-1-1")
    first.get_by_label("Why").select_option("Repairs")
    first.get_by_role("button", name="Take it out of service").click()
    clock.on(days=1)
    one, other = there.sign_in("provider"), there.sign_in("provider")
    for page in (one, other):
        page.goto("/my-vacancies/units/U-1-1")
    with there.store.reading() as work:
        (void,) = work.where(VoidRow)
    details = VoidDetails(reason=void.reason, from_day=void.from_day, note="The part comes on Friday")
    there.store.transact(
        lambda work: revise_void(void.void, details, seen=1, by=OFFICER, at=clock(), work=work)
    )
    other.get_by_role("button", name="It is ready: free from today").click()
    assert other.get_by_role("heading", level=1).inner_text() == (
        "Somebody changed this while you were working"
    )
    accessible(other)


def test_what_has_changed_since_it_was_seen_is_not_confirmed_unseen(there):
    there.expect("412")
    page = there.sign_in("provider", size=PHONE)
    page.goto("/my-vacancies")
    details = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY, until=None, note=None)
    there.store.transact(lambda work: put_out_of_service("U-1-2", details, by=OFFICER, at=NOW, work=work))
    page.get_by_role("button", name="All of this is true").click()
    row = page.get_by_role("row", name="U-1-2")
    assert row.get_by_role("cell").all_inner_texts() == [
        "Out of service, Repairs. For: Anybody",
        "Free. For: Anybody",
    ]
    assert page.get_by_role("row", name="U-1-1").count() == 0, "what is as it was is not told"
    accessible(page)
    fits(page)
    page.get_by_role("link", name="Go on from what stands now").click()
    page.get_by_role("button", name="All of this is true").click()
    assert "3 units confirmed" in page.get_by_role("alert").inner_text()


def test_another_providers_unit_is_not_there(there):
    there.expect("404")
    page = there.sign_in("provider")
    assert page.goto("/my-vacancies/units/U-2-1").status == 404


def test_a_form_without_its_proof_is_refused(there):
    there.expect("403")
    page = there.sign_in("provider")
    page.goto("/my-vacancies")
    page.evaluate("document.querySelector('input[name=csrf]').remove()")
    page.get_by_role("button", name="All of this is true").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Not allowed"
    with there.store.reading() as work:
        assert {unit.confirmed_at for unit in work.where(UnitRow)} == {None}
