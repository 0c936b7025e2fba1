"""Offers and placements over HTTP: from the offer to the departure, and who is told what."""

from datetime import timedelta

import pytest

from gateway.people.tables import PersonRow
from gateway.records.write import write
from tests.gateway.ground import NOW, OFFICER, TODAY, agency, authorities, person, provider, referral, service

API = "/api/v1"


def world(work):
    authorities(work)
    agency(work, "A-1")
    agency(work, "A-2")
    for number in (1, 2):
        provider(work, f"V-{number}")
        service(work, f"S-{number}", provider=f"V-{number}")
    for number in (1, 2, 3):
        person(work, f"P-{number}")
        referral(work, f"R-{number}", person=f"P-{number}", agency="A-2" if number == 3 else "A-1")


@pytest.fixture
def doors(entrance):
    entrance.store.transact(world)
    return entrance


def wanted(referral="R-1", *units, **facts):
    units = list(units or ("U-1-1",))
    return {
        "referral_id": referral,
        "unit_ids": units,
        "from_day": f"{TODAY}",
        "answer_by": f"{(NOW + timedelta(days=2)).isoformat()}",
    } | facts


def made(doors, *given, **facts):
    answer = doors.as_("officer").post(f"{API}/offers", json=wanted(*given, **facts))
    assert answer.status_code == 201, answer.text
    return answer


def after(answer, client, verb, **body):
    """The next step, from the version that was answered last."""
    told = answer.json()
    path = f"{API}/{'placements' if 'review_on' in told else 'offers'}/{told['id']}/{verb}"
    return client.post(path, json=body or None, headers={"If-Match": answer.headers["ETag"]})


def housed(doors, *given, **facts):
    provider_ = doors.as_("provider")
    accepted = after(made(doors, *given), provider_, "accept")
    moved = after(accepted, provider_, "move-in", on_day=f"{TODAY}", **facts)
    assert moved.status_code == 201, moved.text
    return moved


def test_from_the_offer_to_the_departure(doors, clock):
    officer, provider_ = doors.as_("officer"), doors.as_("provider")
    offer = made(doors)
    assert offer.headers["location"] == f"{API}/offers/{offer.json()['id']}"
    assert officer.get(offer.headers["location"]).json() == offer.json()
    (waits,) = provider_.get(f"{API}/offers/to-answer").json()["items"]
    assert (waits["id"], waits["person_id"], waits["unit_ids"]) == (offer.json()["id"], None, ["U-1-1"])
    accepted = after(offer, provider_, "accept")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    (comes,) = provider_.get(f"{API}/offers/moves-to-come").json()["items"]
    assert comes["id"] == offer.json()["id"]
    moved = after(accepted, provider_, "move-in", on_day=f"{TODAY}", review_on="2026-03-09")
    assert moved.status_code == 201, moved.text
    assert provider_.get(moved.headers["location"]).json() == moved.json()
    (lives,) = provider_.get(f"{API}/residents").json()["items"]
    assert (lives["unit_id"], lives["placement_id"]) == ("U-1-1", moved.json()["id"])
    clock.on(days=7)
    (due,) = provider_.get(f"{API}/placements/due-for-review").json()["items"]
    extended = after(moved, provider_, "extend", review_on="2026-04-01", why="no flat yet")
    assert (due["id"], extended.json()["review_on"]) == (moved.json()["id"], "2026-04-01")
    ready = after(extended, provider_, "ready-to-move-on", since="2026-03-09", blocked_by="no_deposit")
    assert ready.json()["blocked_by"] == "no_deposit"
    (waits,) = provider_.get(f"{API}/placements/ready-to-move-on").json()["items"]
    assert waits == ready.json()
    left = after(
        ready, provider_, "depart", on_day="2026-03-09", reason="planned", destination="private_rent"
    )
    assert (left.status_code, left.json()["until"], left.json()["planned"]) == (200, "2026-03-09", True)
    (has_been,) = officer.get(f"{API}/people/P-1/placements").json()["items"]
    assert has_been == left.json() | {"person_id": "P-1"}
    assert provider_.get(f"{API}/residents").json()["items"] == []


def test_the_loser_of_two_offers_for_one_unit_is_told_who_has_it(doors):
    made(doors, "R-1", "U-1-1")
    loser = doors.as_("officer").post(f"{API}/offers", json=wanted("R-2", "U-1-1"))
    assert (loser.status_code, loser.json()["type"]) == (409, "/problems/unit-taken")
    assert loser.json()["detail"] == "Unit U-1-1 is held for R-1."


def test_the_provider_of_another_service_finds_nothing(doors):
    offer = made(doors)
    other = doors.as_("provider", of="V-2")
    placement = housed(doors, "R-2", "U-1-2").json()["id"]
    for path in (f"offers/{offer.json()['id']}", f"placements/{placement}", "referrals/R-1/offers"):
        assert other.get(f"{API}/{path}").status_code == 404
    assert after(offer, other, "accept").status_code == 404
    for path in ("offers/to-answer", "offers/moves-to-come", "residents", "placements/ready-to-move-on"):
        assert other.get(f"{API}/{path}").json() == {"items": [], "next": None}
    assert other.get(f"{API}/people/P-1/placements").status_code == 404


def test_a_referrer_reads_what_was_offered_to_whom_they_referred_without_the_words_of_a_refusal(doors):
    offer = made(doors)
    refused = after(
        offer, doors.as_("provider"), "refuse", side="provider", reason="other", detail="They owe us rent."
    )
    assert refused.json()["detail"] == "They owe us rent."
    told = doors.as_("referrer").get(f"{API}/offers/{offer.json()['id']}").json()
    assert (told["reason"], told["detail"], told["person_id"]) == ("other", None, None)
    assert doors.as_("referrer", of="A-2").get(f"{API}/offers/{offer.json()['id']}").status_code == 404


def test_a_draft_is_told_to_nobody_until_it_is_sent(doors):
    draft = made(doors, draft=True)
    path = f"{API}/offers/{draft.json()['id']}"
    assert doors.as_("provider").get(path).status_code == doors.as_("referrer").get(path).status_code == 404
    sent = after(draft, doors.as_("officer"), "send", answer_by=None)
    assert (sent.json()["status"], doors.as_("provider").get(path).status_code) == ("made", 200)


def test_a_providers_refusal_is_reviewed_and_the_units_are_offered_again(doors):
    officer = doors.as_("officer")
    refused = after(made(doors), doors.as_("provider"), "refuse", side="provider", reason="needs_too_high")
    (waits,) = officer.get(f"{API}/offers/refusals-to-review").json()["items"]
    assert waits["id"] == refused.json()["id"]
    again = after(refused, officer, "overrule-refusal", why="it can be managed", answer_by=None)
    assert (again.status_code, again.json()["unit_ids"]) == (200, ["U-1-1"])
    assert again.json()["id"] != refused.json()["id"]
    withdrawn = after(again, officer, "withdraw", why="the unit burnt down")
    assert withdrawn.json()["status"] == "withdrawn"


def test_a_reason_that_a_side_cannot_have_is_told_at_its_place(doors):
    refused = after(made(doors), doors.as_("provider"), "refuse", side="person", reason="needs_too_high")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/reason")


def test_an_edit_says_what_it_was_made_from(doors):
    provider_, offer = doors.as_("provider"), made(doors).json()["id"]
    assert provider_.post(f"{API}/offers/{offer}/accept").status_code == 428
    stale = provider_.post(f"{API}/offers/{offer}/accept", headers={"If-Match": '"9"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed-meanwhile")


def test_an_offer_asked_for_twice_under_one_key_is_made_once(doors):
    officer, key = doors.as_("officer"), {"Idempotency-Key": "one"}
    first = officer.post(f"{API}/offers", json=wanted(), headers=key)
    again = officer.post(f"{API}/offers", json=wanted(), headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.text, again.headers["location"]) == (first.text, first.headers["location"])


def test_roles_that_make_no_offers_are_refused(doors):
    for role in ("provider", "referrer", "commissioner", "auditor", "administrator"):
        assert doors.as_(role).post(f"{API}/offers", json=wanted()).status_code == 403


def test_a_provider_is_not_told_where_somebody_lives_elsewhere(doors):
    def another_referral_of_the_same_person(work):
        row = work.get(PersonRow, "P-2")
        row.merged_into = "P-1"
        write(work, row, what="set up", by=OFFICER, at=NOW)

    placement = housed(doors, "R-1", "U-1-1").json()["id"]
    doors.store.transact(another_referral_of_the_same_person)
    other = doors.as_("provider", of="V-2")
    accepted = after(made(doors, "R-2", "U-2-1"), other, "accept")
    refused = after(accepted, other, "move-in", on_day=f"{TODAY + timedelta(days=0)}")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/known-elsewhere")
    assert not {"R-1", "P-1", placement} & set(refused.text.replace('"', " ").replace(".", " ").split())
    not_theirs = after(accepted, other, "move-in", on_day=f"{TODAY}", leaves=placement)
    assert not_theirs.status_code == 404
    told = after(accepted, doors.as_("officer"), "move-in", on_day=f"{TODAY}")
    assert told.json()["type"] == "/problems/lives-elsewhere"


def restrict(work, person_id="P-1"):
    row = work.get(PersonRow, person_id)
    row.restricted = True
    write(work, row, what="set up", by=OFFICER, at=NOW)


def test_a_restricted_person_is_not_there_and_leaves_no_gap_in_a_page(doors):
    offers = [made(doors, f"R-{number}", unit).json()["id"] for number, unit in ((1, "U-1-1"), (2, "U-1-2"))]
    doors.store.transact(restrict)
    officer = doors.as_("officer")
    assert officer.get(f"{API}/offers/{offers[0]}").status_code == 404
    assert officer.post(f"{API}/offers", json=wanted("R-1", "U-2-1")).status_code == 404
    page = officer.get(f"{API}/offers/to-answer", params={"size": 1}).json()
    assert ([each["id"] for each in page["items"]], page["next"]) == ([offers[1]], None)
    taken = officer.post(f"{API}/offers", json=wanted("R-3", "U-1-1"))
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/unit-taken")
    assert taken.json()["detail"] == "Unit U-1-1 is held for somebody."


def test_a_list_is_read_page_by_page_with_nothing_twice_and_nothing_left_out(doors):
    due = NOW + timedelta(days=1)
    offers = [
        made(doors, referral_id, unit, answer_by=answer_by).json()["id"]
        for referral_id, unit, answer_by in (
            ("R-1", "U-1-1", None),
            ("R-2", "U-1-2", due.isoformat()),
            ("R-3", "U-2-1", due.isoformat()),
        )
    ]
    seen, after_ = [], None
    for _ in range(3):
        params = {"size": 1} | ({"after": after_} if after_ else {})
        page = doors.as_("officer").get(f"{API}/offers/to-answer", params=params).json()
        seen += [each["id"] for each in page["items"]]
        after_ = page["next"]
    assert (seen, after_) == ([offers[1], offers[2], offers[0]], None)


@pytest.mark.parametrize(
    "after_",
    [
        "W10",  # []
        "WyIiLCJcdTAwMDAiXQ",  # ["","\u0000"]
        "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjAwIiwiTyJd",  # a moment before the calendar begins in UTC
        "WyItIiwiTyJd",  # ["-","O"]
    ],
)
def test_a_place_where_no_page_ended_is_refused(doors, after_):
    for path in ("offers/to-answer", "offers/moves-to-come", "residents"):
        answer = doors.as_("officer").get(f"{API}/{path}", params={"after": after_})
        assert answer.status_code == 422, (path, answer.text)
