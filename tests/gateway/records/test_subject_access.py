"""Everything kept about somebody is given out, and what tells of others is marked and withheld."""

import csv
import io
import json

import pytest
from sqlalchemy import insert

from gateway.people.tables import PersonRow, SafetyReason, SeparationRow
from gateway.records.disclosure_files import cell, files
from gateway.records.reach import paths, rows_about, same_person, table
from gateway.records.subject_access import THIRD_PARTIES, WITHHELD, disclose
from gateway.records.tables import EventRow
from gateway.records.write import write
from gateway.referrals.tables import HouseholdMemberRow, NoteRow
from gateway.refusals import NotFound
from gateway.schema import Row
from gateway.storage.sealing import is_sealed
from scenarios.statements import statements
from tests.gateway.ground import NOW, OFFICER, TODAY, person, put, referral, small_world


@pytest.fixture
def known(store):
    """P-1, once entered as P-8 too, with a child, a note, and somebody to be kept apart from."""

    def enter(work):
        small_world(work)
        person(work, "P-8", forename="Maggie", merged_into="P-1")
        referral(work, "R-8", person="P-8", referrer="Mr Grey", story="=cmd()")
        put(
            work,
            NoteRow(id="N-1", referral_id="R-1", written_by="x", written_at=NOW, text="came in cold"),
            HouseholdMemberRow(id="HM-1", referral_id="R-1", relation="child", name="Tam"),
            SeparationRow(id="SP-1", person_id="P-1", other_id="P-2", reason=SafetyReason.GANG, set_on=TODAY),
            about=["R-1"],
        )
        write(work, what="letter sent", by=OFFICER, at=NOW, about=["P-1", "P-3"], why="to both")

    store.transact(enter)
    return store


def given_out(store, person_id="P-1", **options):
    return store.transact(lambda work: disclose(person_id, by=OFFICER, at=NOW, work=work, **options))


def test_merged_people_are_given_out_together_whichever_of_them_is_asked_for(known):
    assert given_out(known).people == given_out(known, "P-8").people == ("P-1", "P-8")
    assert [row["id"] for row in given_out(known).tables["referrals"]] == ["R-1", "R-8"]


def test_what_tells_of_somebody_else_is_withheld_and_marked_in_the_rows_and_in_the_events(known):
    disclosure = given_out(known)
    separation, member = disclosure.tables["separations"][0], disclosure.tables["household_members"][0]
    assert (separation["person_id"], separation["other_id"]) == ("P-1", WITHHELD)
    assert (member["relation"], member["name"]) == ("child", WITHHELD)
    assert disclosure.withheld == {
        "separations.other_id": 2,
        "household_members.name": 2,
        "referrals.referrer": 2,
        "events.particulars": 1,
    }
    text = "".join(files(disclosure).values())
    assert not any(secret in text for secret in ("Tam", "P-2", "P-3", "to both", "Mr Grey"))


def test_the_officer_who_decides_sees_all_of_it(known):
    text = "".join(files(given_out(known, with_third_parties=True)).values())
    assert all(secret in text for secret in ("Tam", "P-2", "to both", "Mr Grey"))


def test_giving_out_is_an_event(known):
    given_out(known)
    with known.reading() as work:
        assert [event.what for event in work.where(EventRow, EventRow.what == "everything kept given out")]


def test_nobody_is_not_given_out(known):
    with pytest.raises(NotFound, match="There is no person P-77"):
        given_out(known, "P-77")


def test_the_files_hold_every_table_and_no_cell_is_a_formula(known):
    named = files(given_out(known))
    document = json.loads(named["everything.json"])
    assert set(document["tables"]) == set(paths())
    rows = list(csv.DictReader(io.StringIO(named["referrals.csv"])))
    assert [row["story"] for row in rows] == ["", "'=cmd()"]
    assert "notes.text" in named["read-me.txt"]
    assert "household_members.name: 2" in named["read-me.txt"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_a_cell_that_would_be_a_formula_begins_with_an_apostrophe(text):
    assert cell(text) == f"'{text}"
    assert cell(-1) == -1


def test_every_column_that_leads_to_people_is_followed():
    """Whoever adds a foreign key to somebody's rows adds it to what is given out and erased."""
    reached = set(paths())
    for each in Row.metadata.tables.values():
        for key in each.foreign_keys:
            if key.column.table.name in reached:
                assert each.name in reached
                followed = {path.column for path in paths()[each.name]}
                assert key.parent.name in followed | {"merged_into"}


def test_no_table_outside_holds_sealed_text_of_people():
    """Sealed columns of other tables tell of places and staff, or are gone after a day."""
    outside = {
        f"{each.name}.{column.name}"
        for each in Row.metadata.tables.values()
        if each.name not in paths()
        for column in each.columns
        if is_sealed(column.type)
    }
    assert outside <= {
        "services.address",
        "voids.note",
        "redesignation_requests.answer",
        "event_particulars.text",
        *("accounts.name", "accounts.email", "credentials.password", "credentials.totp"),
        *("kept_answers.body", "tasks.fault", "task_files.content"),
    }


def test_the_columns_about_third_parties_are_columns():
    for name, columns in THIRD_PARTIES.items():
        assert columns <= {column.name for column in table(name).columns}


def test_a_long_chain_of_merges_is_one_person(store):
    def enter(work):
        person(work, "P-1")
        for number in range(2, 9):
            person(work, f"P-{number}", merged_into=f"P-{number - 1}")

    store.transact(enter)
    with store.reading() as work:
        assert same_person(work, "P-5") == [f"P-{number}" for number in range(1, 9)]


def test_many_people_take_no_more_queries_than_one(store):
    store.transact(lambda work: [person(work, f"P-{number}") for number in range(30)])
    with store.reading() as work:
        work.get(PersonRow, "P-0")
        with statements(work) as one:
            rows_about(work, ["P-0"])
        with statements(work) as many:
            rows_about(work, [f"P-{number}" for number in range(30)])
    assert len(one) == len(many) <= len(paths()) + 8


def test_a_row_put_in_by_hand_is_given_out_too(known):
    with known.working() as work:
        work.session.execute(
            insert(table("person_references")).values(id="RF-9", person_id="P-1", kind="nhs", value="943")
        )
        work.commit()
    assert given_out(known).tables["person_references"] == [
        {"id": "RF-9", "person_id": "P-1", "kind": "nhs", "value": "943"}
    ]


def test_the_name_a_person_had_before_is_given_out_with_the_event_that_changed_it(known):
    def rename(work):
        row = work.get(PersonRow, "P-8")
        row.forename = "Margaret"
        write(work, row, what="person changed", by=OFFICER, at=NOW, about=["P-8"])

    known.transact(rename)
    event = given_out(known).events[-1]
    assert json.loads(event["particulars"]) == {"people/P-8": {"forename": ["Maggie", "Margaret"]}}
