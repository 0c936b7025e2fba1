"""From a referral to a home, and what a provider and a referrer do on other days, through the pages alone.

Each journey is made with a pointer, with the keyboard alone, and without a script.
"""

from datetime import date, timedelta

import pytest

from api.background.performing import perform_next
from gateway.assessment.adopting import adopt_scheme
from gateway.directory.designations import designations_of
from gateway.directory.tables import UnitGender, UnitRow, VoidRow
from gateway.placements.states import PlacementStatus
from gateway.placements.tables import PlacementRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import QuestionRow, ReferralRow
from tests.api.pages.site import PHONE, fits
from tests.gateway.assessment.scored import DOCUMENT
from tests.gateway.ground import ADMINISTRATOR, NOW, TODAY, agency, authorities, provider, service
from tests.journeys.hands import every_way, sits_down

POINTS = {
    "Engagement with frontline services": "3",
    "Intentional self-harm": "1",
    "Unintentional self-harm": "2",
    "Risk to others": "2",
    "Risk from others": "6",
    "Stress and anxiety": "3",
    "Social effectiveness": "2",
    "Alcohol or drug abuse": "1",
    "Impulse control": "2",
    "Housing": "4",
}
"""26 of 48."""


def world(work):
    authorities(work)
    agency(work)
    provider(work)
    adopt_scheme(DOCUMENT, by=ADMINISTRATOR, at=NOW - timedelta(days=1), work=work)
    service(work, "S-1", name="Alder House", units=2)


@pytest.fixture
def there(site):
    site.store.transact(world)
    return site


def the_one(store, kind):
    with store.reading() as work:
        (row,) = work.where(kind)
        return row


def begins(referrer):
    """The pages up to why somebody is referred, left there for later."""
    referrer.follows("My referrals").presses("Refer somebody")
    referrer.writes("First name", "محمد").writes("Last name", "عبد الله")
    referrer.writes_day("Date of birth", date(1990, 3, 4)).presses("Save and continue")
    referrer.writes("Telephone", "0121 496 0123")
    referrer.chooses("No, it is not safe").presses("Save and continue")
    referrer.presses("Save and continue")  # numbers others know them by: none
    referrer.writes_day("On what day they agreed", TODAY)
    referrer.writes("How they agreed", "signed form").presses("Save and continue")
    referrer.chooses("Single homeless with support").presses("Save and continue")
    referrer.presses("Save and continue")  # other groups: none
    referrer.writes("Why are you referring them?", "He lost his flat and sleeps in his car.")
    referrer.presses("Save and come back later").sees("Saved. It waits for you here.")


def goes_on(referrer):
    """On another day: found again by what waits, the story as it was left, and the rest page by page."""
    referrer.follows("draft to finish").follows("محمد عبد الله").follows("Why are you referring them?")
    assert referrer.page.get_by_role("textbox").input_value() == "He lost his flat and sleeps in his car."
    filled = {
        "Who needs the place?": lambda: referrer.writes("Adults, including the person", "1"),
        "Where do they live now?": lambda: referrer.chooses("Yes", of="Are they sleeping rough?"),
        "What risks are there?": lambda: referrer.chooses("Not known", of="Fire setting"),
        "Are they safe?": lambda: referrer.chooses("No"),
    }
    pages = 0
    while (title := referrer.page.locator("h1").inner_text()) != "Check your answers":
        filled.pop(title, lambda: None)()
        referrer.presses("Save and continue")
        pages += 1
    assert filled == {}
    assert pages > 10


@every_way
def test_from_a_referral_to_a_home(there, clock, way):
    store = there.store
    begins(sits_down(there, way, "referrer"))
    clock.on(days=1)
    referrer = sits_down(there, way, "referrer")
    goes_on(referrer)
    referrer.sees("Not known: Fire setting").presses("Send the referral").sees("Referral sent")
    referral = the_one(store, ReferralRow).id

    officer = sits_down(there, way, "officer").follows("new referral to take in").follows("محمد عبد الله")
    officer.presses("Take it in").presses("Work out how urgent it is")
    for question, points in POINTS.items():
        officer.chooses(points, of=question)
    officer.presses("Save the assessment").hears("Scored: 26")
    officer.presses("Put it on the waiting list").hears(f"Referral {referral} is on the waiting list.")

    officer.follows("Runs").presses("Start a run").presses("Start the run").hears("The run is started.")
    assert perform_next(store, "worker")
    officer.waits_for("Who goes where").presses("Decide band by band")
    officer.follows("Look at 1 person one by one").sees("Needs a closer look", "Alder House")
    officer.chooses("Agree to", exact=False).presses("Save decision").hears(f"Referral {referral}: agreed.")
    officer.presses("Make 1 offer")
    assert perform_next(store, "worker")
    officer.waits_for("1 offer made from this run.").follows("Offers that are out").sees("Alder House")

    provider = sits_down(there, way, "provider").follows("offer to answer").follows("Somebody for U-1-1")
    provider.sees("محمد عبد الله", "Not known").presses("Accept").presses("They have moved in")
    provider.presses("They have moved in").hears("They have moved in").sees("Lives here")

    referrer = sits_down(there, way, "referrer").follows("My referrals").follows("محمد عبد الله")
    referrer.sees("Alder House", "moved in")
    stands = the_one(store, PlacementRow)
    assert (stands.referral_id, stands.status) == (referral, PlacementStatus.LIVING)
    assert the_one(store, ReferralRow).status is ReferralStatus.PLACED


@every_way
def test_a_referrer_saves_and_returns_to_send_and_to_answer(there, clock, way):
    store = there.store
    begins(sits_down(there, way, "referrer"))
    clock.on(days=1)
    referrer = sits_down(there, way, "referrer").follows("draft to finish").follows("محمد عبد الله")
    referrer.sees("Send it by").follows("How can they be reached?")
    page = referrer.page
    assert page.get_by_role("textbox", name="Telephone").input_value() == "01214960123"
    assert page.get_by_role("radio", name="No, it is not safe").is_checked()
    referrer.writes("Telephone", "0121 496 0999").presses("Save and come back later")
    referrer.presses("Check your answers and send").sees("01214960999")
    referrer.presses("Send the referral").sees("Referral sent", "What happens next")
    referral = the_one(store, ReferralRow).id

    officer = sits_down(there, way, "officer").follows("new referral to take in").follows("محمد عبد الله")
    officer.presses("Take it in").follows("Ask the referrer for more")
    officer.writes("Your questions", "Where is the car?").presses("Send these questions")

    clock.on(hours=3)
    referrer = sits_down(there, way, "referrer").follows("referral with a question to answer")
    referrer.follows("محمد عبد الله").follows("Answer “Where is the car?”")
    referrer.writes("Your answer", "Off Digbeth High Street").presses("Send the answer")
    referrer.sees("The gateway team looks at it again.")
    with store.reading() as work:
        assert [each.answer for each in work.where(QuestionRow)] == ["Off Digbeth High Street"]
        assert work.get(ReferralRow, referral).status is ReferralStatus.IN_TRIAGE


@every_way
def test_a_provider_keeps_vacancies_true_on_a_phone(there, clock, way):
    """One press for all that is true, one unit out for repairs and back, one for women from today on."""
    store = there.store
    clock.on(days=8)
    provider = sits_down(there, way, "provider", size=PHONE)
    provider.follows("units nobody confirmed for a week").sees("2 of 2 units free today", "Never confirmed")
    fits(provider.page)
    provider.presses("All of this is true").hears("Alder House: 2 units confirmed.")
    provider.follows("Change U-1-2").picks("Why", "Repairs").writes(
        "Note", "The boiler is broken", exact=False
    )
    fits(provider.page)
    provider.presses("Take it out of service").hears("U-1-2 is out of service.")
    provider.follows("Change U-1-1").chooses("Women").presses("Re-designate it").sees("Women")
    clock.on(days=2)
    provider = sits_down(there, way, "provider", size=PHONE).goes("/my-vacancies")
    provider.follows("Change U-1-2").presses("It is ready: free from today")
    provider.hears("U-1-2 is free from today.").presses("All of this is true")
    provider.hears("Alder House: 2 units confirmed.")
    fits(provider.page)
    with store.reading() as work:
        assert {unit.confirmed_at for unit in work.where(UnitRow)} == {clock()}
        assert work.where(VoidRow)[-1].until == clock().date()
        assert designations_of(work, "U-1-1")[-1].gender is UnitGender.FEMALE
