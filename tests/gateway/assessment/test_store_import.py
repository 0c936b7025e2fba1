"""A file is tried first, entered whole or not at all, and never twice."""

from datetime import date

import pytest

from gateway.assessment.intake.importing import AT_ONCE, import_file
from gateway.assessment.intake.trying import try_import
from gateway.assessment.referral_csv import BadReferrals
from gateway.assessment.tables import AssessmentRow, OverrideRow
from gateway.people.tables import ConsentRow, PersonRow, SafetyAreaRow
from gateway.records.tables import EventRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralCodeRow, ReferralRow, ReferralTrait
from tests.gateway.assessment.import_files import COLUMNS, line, write_csv, write_excel
from tests.gateway.assessment.scored import ground
from tests.gateway.ground import DUDLEY, NOW, OFFICER, person


@pytest.fixture(autouse=True)
def _ground(store):
    store.transact(ground)


def imported(work):
    return [row for row in work.where(ReferralRow) if row.agency_reference]


def run(store, path, **facts):
    return import_file(store, path, by=OFFICER, at=NOW, **facts)


def test_a_line_becomes_a_person_with_consent_and_a_scored_referral(store, tmp_path):
    told = {"tags": "violence", "risks_ruled_out": "arson", "avoid_areas": DUDLEY}
    override = {"override_band": "1", "override_reason": "Heard at MARAC.", "override_by": "J. Khan"}
    done = run(store, write_csv(tmp_path / "in.csv", [line(1, **told, **override)]))
    with store.reading() as work:
        (row,) = imported(work)
        known = work.get(PersonRow, row.person_id)
        answers = {
            each.value: each.answer
            for each in work.where(ReferralCodeRow, ReferralCodeRow.trait == ReferralTrait.RISK)
        }
        assert done.entered == (row.id,)
        assert (row.status, row.referred_on, row.band) == (ReferralStatus.SUBMITTED, date(2026, 2, 20), 1)
        assert (known.surname, known.born) == ("SurnameAb", date(1961, 3, 4))
        assert answers == {"violence": True, "arson": False}
        assert [each.authority_id for each in work.where(SafetyAreaRow)] == [DUDLEY]
        assert [each.given_on for each in work.where(ConsentRow)] == [date(2026, 2, 20)]
        assert work.where(OverrideRow)[0].reason == "Heard at MARAC. (Imported: decided by J. Khan.)"
        assert {each.score for each in work.where(AssessmentRow)} == {20}


def test_a_workbook_is_read_as_a_csv_file_is(store, tmp_path):
    cells = line(1) | {"born": date(1961, 3, 4), "sleeping_rough": False, "housing": 2.0}
    lines = [cells, line(2)]
    with store.reading() as work:
        book = try_import(work, write_excel(tmp_path / "in.xlsx", lines), by=OFFICER, at=NOW)
        text = try_import(work, write_csv(tmp_path / "in.csv", [line(1), line(2)]), by=OFFICER, at=NOW)
    assert book.faults == ()
    assert book.new == text.new


SPOILED = {
    3: {"referred_on": "20/02/2026"},
    4: {"reference": ""},
    5: {"reference": "PR/1"},
    6: {"client_groups": "dragons"},
    7: {"forename": "", "surname": ""},
    8: {"born": "2027-01-01"},
    9: {"agency": "A-9"},
    10: {"prefers": "S-9"},
    11: {"avoid_areas": "E06000001"},
    12: {"override_band": "2"},
    13: {"housing": "9"},
    14: {"tags": "arson", "risks_ruled_out": "arson"},
    15: {"consent_on": "2026-03-03"},
    16: {"consent_on": ""},
}


def test_every_fault_is_told_by_row_and_column_and_nothing_is_written(store, tmp_path):
    lines = [line(1), *(line(row, **cells) for row, cells in SPOILED.items())]
    path = write_csv(tmp_path / "in.csv", lines)
    with pytest.raises(BadReferrals) as caught:
        run(store, path)
    told = {(fault.row, fault.column) for fault in caught.value.faults}
    expected = {
        *((3, "referred_on"), (4, "reference"), (5, "reference"), (6, "client_groups"), (7, "surname")),
        *((8, "born"), (9, "agency"), (10, "prefers"), (11, "avoid_areas"), (12, "override_reason")),
        *((12, "override_by"), (13, "housing"), (14, "tags"), (15, "consent_on"), (16, "consent_on")),
    }
    assert told == expected
    with store.reading() as work:
        assert imported(work) == []


def test_a_header_that_lacks_repeats_or_invents_columns_is_told_at_once(store, tmp_path):
    columns = [
        *(each for each in COLUMNS if each not in ("consent_on", "sleeping_rough")),
        "age",
        "star_sign",
        "born",
    ]
    path = tmp_path / "in.csv"
    path.write_text(",".join(columns) + "\n", encoding="utf-8")
    with store.reading() as work:
        faults = try_import(work, path, by=OFFICER, at=NOW).faults
    told = {(fault.column, fault.problem.partition(":")[0]) for fault in faults}
    assert ("consent_on", "is missing from the header") in told
    assert ("sleeping_rough", "is missing from the header") in told
    assert ("age", "is not imported") in told
    assert ("born", "is in the header twice") in told
    assert any("'star_sign' is not a column" in problem for _, problem in told)
    assert len(faults) == 5


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("in.xls", b"", "is neither a .csv nor an .xlsx file"),
        ("in.xlsx", b"PK no", "is not an Excel workbook"),
        ("in.csv", b"", "is empty"),
    ],
)
def test_what_is_no_file_of_referrals_is_refused(store, tmp_path, name, content, problem):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadReferrals, match=problem):
        run(store, path)


def test_a_formula_is_refused_because_nobody_knows_what_it_showed(store, tmp_path):
    path = write_excel(tmp_path / "in.xlsx", [line(1, housing="=1+1")])
    with pytest.raises(BadReferrals, match="row 2: holds a formula"):
        run(store, path)


def test_the_same_file_again_enters_nobody_and_tells_what_differs(store, tmp_path):
    path = write_csv(tmp_path / "in.csv", [line(1), line(2)])
    run(store, path)
    with store.reading() as work:
        before = len(work.where(EventRow))
    again = run(store, path)
    assert (again.entered, again.already_there, again.changed) == ((), 2, ())
    changed = run(store, write_csv(tmp_path / "in.csv", [line(2, tags="arson"), line(3)]))
    assert (len(changed.entered), changed.already_there, changed.changed) == (1, 1, (2,))
    with store.reading() as work:
        assert len(imported(work)) == 3
        assert len(work.where(EventRow)) > before


class Crash(Exception):
    """The machine stops."""


def test_an_import_that_was_stopped_goes_on_where_it_stopped(store, tmp_path):
    path = write_csv(tmp_path / "in.csv", [line(number) for number in range(AT_ONCE + 3)])
    told = []

    def stop(done, of):
        told.append((done, of))
        raise Crash

    with pytest.raises(Crash):
        run(store, path, progress=stop)
    with store.reading() as work:
        assert len(imported(work)) == AT_ONCE
    done = run(store, path, onto_list=True, progress=lambda *where: told.append(where))
    assert (len(done.entered), done.already_there) == (3, AT_ONCE)
    assert told == [(AT_ONCE, AT_ONCE + 3), (3, 3)]
    with store.reading() as work:
        rows = imported(work)
        assert len({row.person_id for row in rows}) == len(rows) == AT_ONCE + 3
        assert [row.status for row in rows].count(ReferralStatus.WAITING) == 3


def test_somebody_who_is_there_is_told_as_alike_and_can_be_named(store, tmp_path):
    run(store, write_csv(tmp_path / "in.csv", [line(1)]))
    again = line(1, reference="PR/99")
    with store.reading() as work:
        tried = try_import(work, write_csv(tmp_path / "in.csv", [again]), by=OFFICER, at=NOW)
        (known,) = imported(work)
    assert [(each.row, each.matches[0].person_id) for each in tried.alike] == [(2, known.person_id)]
    named = {key: value for key, value in again.items() if key not in ("forename", "surname", "born")}
    path = write_csv(tmp_path / "in.csv", [named | {"person": known.person_id}], [*COLUMNS, "person"])
    run(store, path)
    with store.reading() as work:
        assert {row.person_id for row in imported(work)} == {known.person_id}
        assert len(work.where(ConsentRow)) == 1


def test_a_restricted_person_is_nobody_to_who_may_not_open_them(store, tmp_path):
    store.transact(lambda work: person(work, "P-9", surname="Rose", restricted=True))
    nameless = {key: value for key, value in line(1).items() if key not in ("forename", "surname", "born")}
    path = write_csv(tmp_path / "in.csv", [nameless | {"person": "P-9"}], [*COLUMNS, "person"])
    with pytest.raises(BadReferrals, match="column person: 'P-9' is nobody"):
        run(store, path)


def test_two_imports_of_one_file_enter_everybody_once(store, tmp_path):
    """The second begins after the first has tried the file, and overtakes it."""
    path = write_csv(tmp_path / "in.csv", [line(number) for number in range(AT_ONCE + 3)])
    second = []
    first = run(store, path, progress=lambda *_: second or second.append(run(store, path)))
    assert (len(first.entered), first.already_there) == (AT_ONCE, 3)
    assert (len(second[0].entered), second[0].already_there) == (3, AT_ONCE)
    with store.reading() as work:
        assert len(imported(work)) == len({row.person_id for row in imported(work)}) == AT_ONCE + 3
