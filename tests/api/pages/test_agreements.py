"""Agreements made, entered, left and ended on pages: checked first, and refused in words."""

from datetime import date

import pytest

from gateway.agreements.reading import whole_agreement
from gateway.agreements.tables import AgreementKind, AgreementRow
from gateway.records.tables import EventRow
from tests.api.pages.at_a_desk import desks
from tests.api.pages.filled_forms import send
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.api.pages.test_provider import told
from tests.gateway.agreements.papers import BEGAN, OTHERS, TERM, append, bought, make
from tests.gateway.ground import BIRMINGHAM, DUDLEY, WALSALL, service, small_world

NAME = "Hub of two towns & one city"
FILLED = {
    "name": NAME, "kind": "joint_purchase", "lead": BIRMINGHAM, "party": [BIRMINGHAM, DUDLEY],
    "service": ["S-1"], "from__day": "1", "from__month": "4", "from__year": "2027",
    "last__day": "31", "last__month": "3", "last__year": "2030",
}  # fmt: skip


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    made = desks(sqlite_template, tmp_path, clock)
    made.store.transact(small_world)
    yield made
    made.store.close()


@pytest.fixture
def desk(office):
    return office.of("duty_manager").client


def agreements(store):
    with store.reading() as work:
        return [whole_agreement(work, row.id) for row in work.where(AgreementRow)]


def agreement(store):
    (found,) = agreements(store)
    return found


def on(day):
    return {"on__day": str(day.day), "on__month": str(day.month), "on__year": str(day.year)}


def test_an_agreement_is_checked_and_then_made_once(office, desk):
    assert 'href="/agreements/new"' in desk.get("/agreements").text
    checked = send(desk, desk.get("/agreements/new"), **FILLED)
    assert checked.status_code == 200
    for said in ("Hub of two towns &amp; one city", "Joint purchase", "Dudley", "31 March 2030"):
        assert said in checked.text
    assert agreements(office.store) == [], "a check keeps nothing"
    page = send(desk, checked, press="done")
    assert "The agreement is made." in page.text
    send(desk, checked, press="done")
    made = agreement(office.store)
    assert (made.row.name, made.row.kind) == (NAME, AgreementKind.JOINT_PURCHASE)
    assert (made.row.from_day, made.row.until) == (date(2027, 4, 1), date(2030, 4, 1))
    assert {each.authority_id for each in made.parties} == {BIRMINGHAM, DUDLEY}
    assert made.services == ("S-1",)


def test_answers_are_changed_from_the_check(desk):
    checked = send(desk, desk.get("/agreements/new"), **FILLED)
    form = send(desk, checked, press="change")
    assert form.status_code == 200
    assert 'value="Hub of two towns &amp; one city"' in form.text
    again = send(desk, form, last__year="2031")
    assert "31 March 2031" in again.text


def test_services_are_looked_for_and_those_chosen_are_kept(desk):
    found = send(desk, desk.get("/agreements/new"), find="S-2", service=["S-1"], press="find")
    assert (found.status_code, found.text.count('name="service"')) == (200, 2)
    none = send(desk, desk.get("/agreements/new"), find="no such", press="find")
    assert "There is no such service." in none.text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": None}, "Enter what it is called"),
        ({"name": "x" * 201}, "The name is too long"),
        ({"kind": None}, "Choose what kind of agreement it is"),
        ({"kind": "loan"}, "Choose among those that are shown"),
        ({"lead": WALSALL}, "Who leads an agreement is a party to it: choose it among those who enter, too"),
        ({"party": [BIRMINGHAM]}, "The parties must be at least two: they buy together"),
        ({"service": ["S-NONE"]}, "There is no service S-NONE"),
        ({"last__year": "2026"}, "The last day must not be before the first"),
        ({"from__day": "x"}, "The first day must have a day in figures, such as 27 3 2026"),
        ({"from__day": "", "from__month": "", "from__year": ""}, "Enter its first day"),
        ({"service": ["S-9"]}, "direct access services are excluded (Night shelter)"),
    ],
)
def test_what_is_wrong_is_told_and_everything_typed_stays(office, desk, changed, sentence):
    office.store.transact(lambda work: service(work, "S-9", name="Night shelter", direct_access=True))
    answer = send(desk, desk.get("/agreements/new"), **FILLED | changed)
    assert answer.status_code == 422
    assert sentence in " ".join(told(answer.text))
    assert "2030" in answer.text or "2026" in answer.text
    assert agreements(office.store) == []


def test_a_party_is_added_when_all_have_agreed(office, desk):
    office.store.transact(make)
    id = agreement(office.store).row.id
    assert f'href="/agreements/{id}/parties/new"' in desk.get(f"/agreements/{id}").text
    path = f"/agreements/{id}/parties/new"
    empty = send(desk, desk.get(path))
    assert told(empty.text) == ["Choose who enters", "Enter the day"]
    joins = {"authority": WALSALL, **on(date(2026, 5, 1))}
    alone = send(desk, desk.get(path), **joins, agreed=[BIRMINGHAM])
    assert told(alone.text) == ["Every party must have agreed: Dudley has not"]
    after = send(desk, desk.get(path), **joins | on(TERM.until), agreed=[BIRMINGHAM, DUDLEY])
    assert told(after.text) == ["“The hub” stands from 1 April 2025 until 1 April 2028: not on 1 April 2028."]
    checked = send(desk, desk.get(path), **joins, agreed=[BIRMINGHAM, DUDLEY])
    assert "Birmingham<br>Dudley" in checked.text
    assert len(agreement(office.store).parties) == 2
    assert "The party is added." in send(desk, checked, press="done").text
    assert {each.authority_id for each in agreement(office.store).parties} == {BIRMINGHAM, DUDLEY, WALSALL}
    with office.store.reading() as work:
        (event,) = work.where(EventRow, EventRow.what == "agreement joined")
        assert event.role == "duty_manager"


def test_a_party_leaves_with_notice_and_without_units(office, desk):
    def world(work):
        made = make(work)
        append(work, made, purchases=[bought(), bought(authority=DUDLEY)], clauses=[OTHERS])

    office.store.transact(world)
    id = agreement(office.store).row.id
    html = desk.get(f"/agreements/{id}").text
    path = f"/agreements/{id}/parties/{DUDLEY}/leave"
    assert f'href="{path}"' in html
    assert f"/parties/{BIRMINGHAM}/leave" not in html, "the lead ends it instead"
    assert told(send(desk, desk.get(path)).text) == ["Enter the day"]
    soon = send(desk, desk.get(path), **on(date(2026, 3, 20)))
    assert "Dudley can leave “The hub” on" in told(soon.text)[0]
    bound = send(desk, desk.get(path), **on(date(2027, 4, 1)))
    assert told(bound.text) == [
        "Dudley cannot leave “The hub”: from 1 April 2027 it has bought 1 units of Service S-1 (schedule 1)."
    ]
    office.store.transact(
        lambda work: append(
            work,
            agreement(office.store).row,
            2,
            from_day=date(2026, 9, 1),
            purchases=[bought(units=2)],
            clauses=[OTHERS],
        )
    )
    checked = send(desk, desk.get(path), **on(date(2027, 4, 1)))
    assert "31 March 2027" in checked.text
    assert "It is noted that the party leaves." in send(desk, checked, press="done").text
    left = next(each for each in agreement(office.store).parties if each.authority_id == DUDLEY)
    assert left.left_on == date(2027, 4, 1)
    assert "outside from 1 April 2027 on" in desk.get(f"/agreements/{id}").text
    assert desk.get(f"/agreements/{id}/parties/{WALSALL}/leave").status_code == 404


def test_an_agreement_ends_early_and_whoever_saw_an_older_version_is_told(office, desk):
    office.store.transact(make)
    id = agreement(office.store).row.id
    path = f"/agreements/{id}/end"
    assert told(send(desk, desk.get(path), **on(BEGAN)).text)[0].startswith("“The hub” stands from")
    older = send(desk, desk.get(path), **on(date(2026, 10, 1)))
    checked = send(desk, desk.get(path), **on(date(2027, 10, 1)))
    assert "30 September 2027" in checked.text
    assert agreement(office.store).row.ended_on is None
    assert "The end of the agreement is noted." in send(desk, checked, press="done").text
    assert agreement(office.store).row.ended_on == date(2027, 10, 1)
    stale = send(desk, older, press="done")
    assert stale.status_code == 412
    assert "30 September 2027" in stale.text
    assert "30 September 2026" in stale.text


@pytest.mark.parametrize("path", ["new", "AG-1/parties/new", f"AG-1/parties/{DUDLEY}/leave", "AG-1/end"])
def test_only_whoever_keeps_agreements_and_shows_the_proof_may(office, path):
    where = f"/agreements/{path}"
    assert office.of("commissioner").get(where).status_code == 403
    assert office.of("duty_manager").post(where).status_code == 403
    html = office.of("commissioner").get("/agreements").text
    assert "/agreements/new" not in html
    if path != "new":
        assert office.of("administrator").get(where).status_code == 404


@pytest.mark.browser
def test_it_is_made_by_keyboard_on_a_telephone(site):
    site.expect("422")
    site.store.transact(small_world)
    page = site.sign_in("administrator")
    page.set_viewport_size(PHONE)
    page.goto("/agreements/new")
    page.get_by_role("button", name="Go on to check").click()
    faults_lead_to_fields(page)
    accessible(page)
    fits(page)
    page.get_by_label("What is it called?").fill("Wolfeschlegelsteinhausenbergerdorff" * 5)
    page.get_by_label("Access across authorities").check()
    page.get_by_label("Who leads it?").select_option("Dudley")
    page.locator("#party").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for box, typed in (("from-day", "1"), ("from-month", "4"), ("from-year", "2027")):
        page.locator(f"#{box}").fill(typed)
        page.locator(f"#{box.replace('from', 'last')}").fill("2028" if "year" in box else typed)
    page.get_by_label("Service S-1").check()
    page.get_by_role("button", name="Go on to check").press("Enter")
    accessible(page)
    fits(page)
    page.get_by_role("button", name="Make the agreement").press("Enter")
    page.wait_for_load_state()
    assert "The agreement is made." in page.inner_text("main")
    fits(page)
