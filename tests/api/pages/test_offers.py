"""Offers on pages: who is to answer by when, everything an officer does about one, and every refusal."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest

from gateway.agreements.tables import AccessGroup
from gateway.people.keep_safe import set_safety_area
from gateway.people.tables import PersonRow, SafetyReason
from gateway.placements.answering import accept_offer, refuse_offer
from gateway.placements.offering import make_offer
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow, RefusalReason, Review, Side
from gateway.records.write import write
from scenarios.statements import statements
from tests.api.pages.at_a_desk import desks
from tests.api.pages.filled_forms import send
from tests.gateway.agreements.papers import OTHERS, access, clause
from tests.gateway.allocation_runs.worlds import two_services
from tests.gateway.ground import BIRMINGHAM, NOW, OFFICER, PROVIDER, TODAY, person, referral

DUE = NOW + timedelta(hours=5)


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    """R-1 has an offer of U-1-1 that is due in five hours."""
    made = desks(sqlite_template, tmp_path, clock)
    made.store.transact(two_services)
    offered(made, "R-1", "U-1-1", due=DUE)
    yield made
    made.store.close()


def offered(office, referral_id, unit, *, due=None, draft=False):
    facts = {"from_day": TODAY, "answer_by": due, "draft": draft, "by": OFFICER, "at": NOW}
    return office.store.transact(lambda work: make_offer(referral_id, [unit], **facts, work=work)).id


def refused(office, offer_id):
    reason = RefusalReason.NEEDS_TOO_HIGH
    facts = {"side": Side.PROVIDER, "reason": reason, "detail": "Too many stairs", "by": PROVIDER, "at": NOW}
    office.store.transact(lambda work: refuse_offer(offer_id, **facts, work=work))


def of(office, referral_id="R-1"):
    with office.store.reading() as work:
        return work.where(OfferRow, OfferRow.referral_id == referral_id)


def here(office, referral_id="R-1"):
    return f"/offers/{of(office, referral_id)[0].id}"


def do(desk, path, deed, **fields):
    answer = desk.post(f"{path}/{deed}", f"{path}/{deed}", **fields)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == path
    return unquote(re.search("__Host-said=([^;]*)", answer.headers["set-cookie"])[1])


def test_an_offer_that_became_unsafe_says_so_while_it_stands(office):
    desk, path = office.of("officer"), here(office)
    assert "Take this offer back" not in desk.get(path).text
    facts = {"reason": SafetyReason.THREAT, "on": TODAY, "by": OFFICER, "at": NOW}
    office.store.transact(lambda work: set_safety_area("P-1", BIRMINGHAM, **facts, work=work))
    told = "The person is not safe in Birmingham, where Service S-1 is. Take this offer back"
    assert told in desk.get(path).text
    do(desk, path, "withdraw", why="He lives there")
    assert "Take this offer back" not in desk.get(path).text


def test_a_fault_in_a_form_does_not_hide_what_was_changed_meanwhile(office):
    desk, path = office.of("officer"), f"{here(office)}/withdraw"
    page = desk.get(path)
    office.store.transact(lambda work: accept_offer(of(office)[0].id, by=PROVIDER, at=NOW, work=work))
    again = send(desk.client, page, why="")
    assert again.status_code == 422
    late = send(desk.client, again, why="The boiler has failed")
    assert late.status_code == 412
    assert "Accepted" in late.text
    assert of(office)[0].status is OfferStatus.ACCEPTED


def test_offers_are_listed_by_their_deadlines_with_the_time_that_is_left(office, clock):
    offered(office, "R-2", "U-1-2")
    offered(office, "R-3", "U-2-1", due=NOW + timedelta(days=3))
    desk = office.of("officer")
    page = desk.get("/offers").text
    assert "5 hours left" in page
    assert "3 days left" in page
    assert [page.index(id) for id in ("R-1<", "R-3<", "R-2<")] == sorted(
        page.index(id) for id in ("R-1<", "R-2<", "R-3<")
    )
    only = desk.get("/offers?show=waiting&service=S-2").text
    assert ("R-3<" in only, "R-1<" in only, "Show all places" in only) == (True, False, True)
    clock.on(hours=4, minutes=30)
    assert "Less than an hour left" in office.of("officer").get("/offers").text
    clock.on(hours=1)
    desk = office.of("officer")  # whom nobody saw for hours signs in anew
    assert "Time is over" in desk.get("/offers").text
    assert "was to be answered before" in desk.post(f"{here(office)}/accept", f"{here(office)}/accept").text


def test_an_offer_is_sent_accepted_and_moved_into(office):
    draft = f"/offers/{offered(office, 'R-2', 'U-2-1', draft=True)}"
    desk = office.of("officer")
    assert "Not sent yet" in desk.get(draft).text
    assert desk.post(f"{draft}/send", f"{draft}/send").status_code == 422
    assert do(desk, draft, "send", deadline="hours") == "The offer is sent."
    assert do(desk, draft, "accept") == "The offer is accepted."
    assert "R-2<" in desk.get("/offers?show=accepted").text
    early = desk.post(
        f"{draft}/moved-in", f"{draft}/moved-in", day__day="9", day__month="3", day__year="2026"
    )
    assert 'href="#day-day"' in early.text
    assert do(desk, draft, "moved-in") == "They have moved in."
    assert of(office, "R-2")[0].status is OfferStatus.TAKEN_UP
    assert "What has happened?" not in desk.get(draft).text


def test_an_offer_is_taken_back_or_nobody_comes_and_each_says_why(office):
    desk, offer = office.of("officer"), here(office)
    assert 'href="#why"' in desk.post(f"{offer}/withdraw", f"{offer}/withdraw").text
    do(desk, offer, "withdraw", why="The boiler has failed")
    assert of(office)[0].status is OfferStatus.WITHDRAWN
    other = f"/offers/{offered(office, 'R-2', 'U-2-1')}"
    do(desk, other, "accept")
    do(desk, other, "not-arrived", why="In hospital")
    assert of(office, "R-2")[0].status is OfferStatus.NOT_ARRIVED


def test_a_refusal_has_a_reason_that_its_side_can_have(office):
    desk, offer = office.of("officer"), here(office)
    for sent in ("", "person:needs_too_high", "nonsense"):
        answer = desk.post(f"{offer}/refuse", f"{offer}/refuse", reason=sent, why="kept")
        assert (answer.status_code, 'href="#reason"' in answer.text) == (422, True)
        assert ">kept</textarea>" in answer.text
    other = desk.post(f"{offer}/refuse", f"{offer}/refuse", reason="person:other")
    assert 'href="#why"' in other.text
    do(desk, offer, "refuse", reason="person:area_unwanted", why="Too far from school")
    (row,) = of(office)
    assert (row.side, row.reason, row.review) == (Side.PERSON, RefusalReason.AREA_UNWANTED, None)
    assert "Too far from school" in desk.get(offer).text


def test_a_providers_refusal_is_found_right(office):
    refused(office, of(office)[0].id)
    desk, offer = office.of("officer"), here(office)
    listed = desk.get("/offers/refusals").text
    assert "Needs too high" in listed
    assert "Too many stairs" in desk.get(offer).text
    do(desk, offer, "right", why="There is no lift")
    assert of(office)[0].review is Review.CONFIRMED
    assert "No refusal waits" in desk.get("/offers/refusals").text


def test_a_providers_refusal_is_found_wrong_and_the_units_are_offered_again(office):
    refused(office, of(office)[0].id)
    desk, offer = office.of("officer"), here(office)
    unsaid = desk.post(f"{offer}/wrong", f"{offer}/wrong", why="The plan covers it")
    assert 'href="#again"' in unsaid.text
    do(desk, offer, "wrong", why="The plan covers it", again="yes", deadline="none")
    first, second = sorted(of(office), key=lambda each: each.id)
    assert (first.review, second.status, second.answer_by) == (Review.OVERRULED, OfferStatus.MADE, None)


def test_units_that_somebody_else_has_by_now_are_not_offered_again(office):
    refused(office, of(office)[0].id)
    offer = here(office)
    offered(office, "R-2", "U-1-1")
    desk = office.of("officer")
    taken = desk.post(f"{offer}/wrong", f"{offer}/wrong", why="No", again="yes", deadline="2")
    assert (taken.status_code, "is held for R-2" in taken.text) == (422, True)
    do(desk, offer, "wrong", why="The plan covers it", again="no")
    assert of(office)[0].review is Review.OVERRULED


def test_an_agreement_that_forbids_it_is_told_in_words_and_by_its_clause(office):
    refused(office, of(office)[0].id)
    nobody = clause(AccessGroup.AUTHORITY, units=0, authority=BIRMINGHAM, number="7b")
    office.store.transact(lambda work: access(work, nobody, OTHERS))
    desk, offer = office.of("officer"), here(office)
    answer = desk.post(f"{offer}/wrong", f"{offer}/wrong", why="No", again="yes", deadline="2")
    (told,) = re.findall(r'href="#why">([^<]+)<', answer.text)
    assert told == (
        "People from Birmingham get no more at Service S-1: 0 units at once are agreed; "
        "0 are held and 1 more was asked for (agreement “The hub”, clause 7b)."
    )


def test_who_lives_elsewhere_says_that_they_leave_it(office, clock):
    def twice(work):
        person(work, "P-9")
        for number in (8, 9):
            referral(work, f"R-{number}", person="P-9")

    office.store.transact(twice)
    desk = office.of("officer")
    home = f"/offers/{offered(office, 'R-8', 'U-2-1')}"
    do(desk, home, "accept")
    do(desk, home, "moved-in")
    new = f"/offers/{offered(office, 'R-9', 'U-2-2')}"
    do(desk, new, "accept")
    clock.on(days=1)
    desk = office.of("officer")
    asked = desk.post(f"{new}/moved-in", f"{new}/moved-in")
    assert 'href="#leaves"' in asked.text
    placement = re.search(r'name="leaves"[^>]*value="([^"]+)"', asked.text)[1]
    do(desk, new, "moved-in", leaves=placement)
    assert of(office, "R-9")[0].status is OfferStatus.TAKEN_UP


def test_who_was_second_sees_both_versions(office):
    desk, offer = office.of("officer"), here(office)
    csrf = re.search(r'name="csrf" value="([^"]+)"', desk.get(f"{offer}/accept").text)[1]
    do(desk, offer, "accept")
    late = desk.client.post(f"{offer}/withdraw", data={"csrf": csrf, "seen": "1", "why": "Late"})
    assert (late.status_code, "Accepted" in late.text, "Late" in late.text) == (412, True, True)
    sent = {"csrf": csrf, "seen": "1", "reason": "provider:needs_too_high", "why": "Stairs"}
    late = desk.client.post(f"{offer}/refuse", data=sent)
    assert late.status_code == 412
    assert "The provider: needs too high" in late.text, "what was chosen is not lost either"


def test_who_was_second_with_a_review_keeps_every_answer(office):
    refused(office, of(office)[0].id)
    desk, offer = office.of("officer"), here(office)
    csrf = re.search(r'name="csrf" value="([^"]+)"', desk.get(f"{offer}/wrong").text)[1]
    sent = {"csrf": csrf, "seen": "1", "again": "yes", "deadline": "5", "why": "There is a lift"}
    late = desk.client.post(f"{offer}/wrong", data=sent)
    assert late.status_code == 412
    for kept in ("There is a lift", "5 working days", ">Yes<"):
        assert kept in late.text, kept


def test_a_restricted_persons_offer_is_in_no_list_and_not_there(office):
    def restrict(work):
        row = work.get(PersonRow, "P-1")
        row.restricted = True
        write(work, row, what="set up", by=OFFICER, at=NOW)

    offer = here(office)
    office.store.transact(restrict)
    desk = office.of("officer")
    assert "R-1" not in desk.get("/offers").text
    for path in (offer, f"{offer}/accept", "/offers/O-NONE", f"{offer}/nonsense"):
        assert desk.get(path).status_code == 404


@pytest.mark.parametrize("role", ["provider", "referrer", "auditor"])
def test_the_officers_pages_are_for_officers(office, role):
    desk, offer = office.of(role), here(office)
    for path in ("/offers", "/offers/refusals", offer, f"{offer}/accept"):
        assert desk.get(path).status_code == 403


def test_a_form_without_its_proof_is_refused(office):
    offer = here(office)
    assert office.of("officer").post(f"{offer}/accept").status_code == 403
    assert of(office)[0].status is OfferStatus.MADE


def test_the_list_asks_as_much_however_long_it_is(office):
    desk = office.of("officer")
    asked = []
    for referral_id, unit in (("R-2", "U-1-2"), ("R-3", "U-2-1")):
        with office.store.reading() as work, statements(work) as told:
            desk.get("/offers")
        asked.append(len(told))
        offered(office, referral_id, unit)
    assert asked[0] == asked[1] <= 14
