"""What an agency referred: a total order, pages that neither skip nor repeat, a fixed number of queries."""

import pytest

from gateway.people.tables import PersonRow
from gateway.referrals.agency_list import referrals_of_agency
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import QuestionRow
from scenarios.statements import statements
from tests.api.rest.referring import get, ok, pointers, world
from tests.gateway.ground import NOW, person, put, referral

S = ReferralStatus


def crowd(work):
    world(work)
    for number in range(1, 8):
        person(work, f"P-{number}", forename="Daisy", surname=f"Alder {number}")
        referral(
            work,
            f"R-{number}",
            person=f"P-{number}",
            agency="A-2" if number == 7 else "A-1",
            status=S.MORE_ASKED if number == 3 else S.WAITING,
        )
    asked = {"referral_id": "R-3", "asked_by": "officer-1", "asked_at": NOW, "text": "Where?"}
    put(work, QuestionRow(id="Q-1", **asked), QuestionRow(id="Q-2", **asked))
    hidden = work.get(PersonRow, "P-4")
    hidden.restricted = True
    put(work, hidden)


@pytest.fixture
def doors(entrance):
    entrance.store.transact(crowd)
    return entrance


def walked(client, **query):
    after, seen = None, []
    for _ in range(9):
        page = ok(get(client, "/agencies/A-1/referrals", **query, after=after))
        seen += page["items"]
        if (after := page["next"]) is None:
            return seen
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_the_pages_neither_skip_nor_repeat_and_hold_no_other_agencys(doors, size):
    seen = walked(doors.as_("referrer"), size=size)
    assert [each["id"] for each in seen] == [f"R-{number}" for number in (6, 5, 4, 3, 2, 1)]


def test_a_line_says_where_it_stands_and_what_waits_for_an_answer(doors):
    (line,) = walked(doors.as_("referrer"), status="more_asked")
    assert (line["id"], line["turn"], line["unanswered"], line["name"]) == (
        "R-3",
        "referrer",
        2,
        "Daisy Alder 3",
    )
    assert {each["name"] for each in walked(doors.as_("referrer")) if each["restricted"]} == {None}


def test_an_officer_reads_every_agencys_and_another_referrer_none(doors):
    assert len(walked(doors.as_("officer"))) == 6
    assert get(doors.as_("referrer", of="A-2"), "/agencies/A-1/referrals").status_code == 404
    assert get(doors.as_("officer"), "/agencies/A-9/referrals").status_code == 404
    assert get(doors.as_("provider"), "/agencies/A-1/referrals").status_code == 403


def test_a_page_begins_only_where_one_of_the_same_agency_ended(doors):
    theirs = ok(get(doors.as_("officer"), "/agencies/A-1/referrals", size=1))["next"]
    assert pointers(get(doors.as_("referrer", of="A-2"), "/agencies/A-2/referrals", after=theirs)) == {
        "query:after"
    }


@pytest.mark.parametrize("size", [1, 6])
def test_a_page_takes_five_queries_however_long_it_is(doors, size):
    with doors.store.reading() as work, statements(doors.store) as sent:
        referrals_of_agency(work, "A-1", after="R-6", size=size)
    assert len(sent) == 5
