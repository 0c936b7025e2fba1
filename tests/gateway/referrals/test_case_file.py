"""A case file is whole, is read in a fixed number of queries, and reading it is recorded."""

from datetime import timedelta

import pytest

from gateway.people.keep_safe import keep_apart
from gateway.people.restrict import restrict_case
from gateway.people.tables import GrantRow, PersonRow, SafetyReason
from gateway.records.tables import EventRow, EventSubjectRow
from gateway.referrals.case_file import case_file
from gateway.referrals.details import Known, Member
from gateway.referrals.noting import add_note
from gateway.referrals.opening import open_case_file
from gateway.referrals.triaging import ask
from gateway.refusals import NotFound
from scenarios.statements import statements
from tests.gateway.ground import MANAGER, NOW, OFFICER, TODAY, person, put
from tests.gateway.referrals.forms import form, ground, in_triage

QUERIES = 15


@pytest.fixture(autouse=True)
def _ground(store):
    store.transact(ground)


def test_everything_about_a_case_is_there(store):
    facts = {"risks": (Known(code="arson", answer=False),), "household": (Member(relation="child"),)}
    other = store.transact(in_triage)
    row = store.transact(lambda work: in_triage(work, **facts))
    store.transact(lambda work: add_note(row.id, "Rang.", by=OFFICER, at=NOW, work=work))
    store.transact(lambda work: ask(row.id, ["Where?"], by=OFFICER, at=NOW, work=work))
    with store.reading() as work:
        found = case_file(work, row.id)
    assert found.details == form(referred_on=row.referred_on, **facts)
    assert [each.id for each in found.other_referrals] == [other.id]
    assert [each.text for each in found.questions] == ["Where?"]
    assert [each.text for each in found.notes] == ["Rang."]
    assert [each.id for each in found.consents] == ["C-1"]
    assert [each.what for each in found.timeline] == [
        "referral drafted",
        "form filled in",
        "referral submitted",
        "referral taken in",
        "note added",
        "more asked",
    ]


def test_a_long_case_takes_no_more_queries_than_a_short_one(store):
    row = store.transact(in_triage)
    numbers = []
    for _ in range(2):
        with store.reading() as work, statements(store) as sent:
            case_file(work, row.id)
        numbers.append(len(sent))
        for note in range(20):
            store.transact(lambda work, note=note: add_note(row.id, f"{note}", by=OFFICER, at=NOW, work=work))
        store.transact(in_triage)
    assert numbers == [QUERIES, QUERIES]


def test_opening_a_case_file_is_recorded_with_its_reason(store):
    row = store.transact(in_triage)
    store.transact(lambda work: open_case_file(row.id, why="They rang.", by=OFFICER, at=NOW, work=work))
    with store.reading() as work:
        (event,) = work.where(EventRow, EventRow.what == "case file opened")
        about = {each.subject for each in work.where(EventSubjectRow, EventSubjectRow.event == event.number)}
        assert about == {row.id, "P-1"}
        assert case_file(work, row.id).timeline[-1].why == "They rang."


def test_a_restricted_case_is_there_for_nobody_without_a_grant_that_stands(store):
    row = store.transact(in_triage)

    def restrict(work):
        found = work.get(PersonRow, "P-1")
        found.restricted = True
        put(work, found)
        put(
            work,
            GrantRow(
                id="G-1",
                person_id="P-1",
                holder=OFFICER.id,
                why="hers",
                granted_at=NOW,
                until=NOW + timedelta(days=1),
            ),
        )

    store.transact(restrict)
    store.transact(lambda work: open_case_file(row.id, by=OFFICER, at=NOW, work=work))
    with pytest.raises(NotFound, match=f"There is no referral {row.id}"):
        store.transact(lambda work: open_case_file(row.id, by=OFFICER, at=NOW + timedelta(days=1), work=work))
    with store.reading() as work:
        assert len(work.where(EventRow, EventRow.what == "case file opened")) == 1


def test_a_case_file_does_not_tell_from_whom_they_are_kept_apart_if_that_case_is_closed(store):
    row = store.transact(in_triage)
    told = {"by": OFFICER, "at": NOW}

    def facts(work):
        person(work, "P-9")
        keep_apart(row.person_id, "P-9", reason=SafetyReason.THREAT, on=TODAY, work=work, **told)
        return restrict_case("P-9", until=NOW + timedelta(days=1), why="a witness", seen=1, work=work, **told)

    store.transact(facts)

    def others(by):
        file = store.transact(lambda work: open_case_file(row.id, by=by, at=NOW, work=work))
        return [{each.person_id, each.other_id} for each in file.separations]

    assert others(OFFICER) == [{row.person_id, "P-9"}]
    assert others(MANAGER) == []
