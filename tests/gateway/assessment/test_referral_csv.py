"""A referral file is read whole or refused whole, each fault by the spreadsheet's row and column."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.assessment.assess import assess, in_triage_order
from gateway.assessment.referral import FIXED_COLUMNS, TIERS, Referral
from gateway.assessment.referral_csv import (
    SCORED_COLUMNS,
    BadReferrals,
    letters,
    read_referrals,
    write_referrals,
    write_scored,
)
from tests.gateway.assessment.people import NDT, TODAY, complete_referrals, dates, days_before, full_answers

NEEDED = ["reference", "referred_on", *NDT.questions, *NDT.item_keys]
ALL = [*FIXED_COLUMNS, *NDT.item_keys]

codes = st.lists(st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True), max_size=3, unique=True).map(tuple)
areas = st.lists(st.from_regex(r"[EWSN][0-9]{8}", fullmatch=True), max_size=3, unique=True).map(tuple)
words = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20).filter(
    lambda text: text == text.strip() and text.isprintable()
)
names = words.filter(lambda text: ";" not in text)
lists_of_names = st.lists(names, max_size=3, unique=True).map(tuple)


@st.composite
def referrals(draw):
    """Any referral at all that the shipped scheme can assess."""
    override = {}
    if draw(st.booleans()):
        override = {
            "override_band": draw(st.integers(1, 5)),
            "override_reason": draw(words),
            "override_by": draw(words),
        }
    service = draw(st.none() | words)
    answers = draw(full_answers)
    wishes = draw(lists_of_names)
    return Referral(
        reference=draw(words),
        referred_on=draw(st.none() | days_before),
        authority=draw(st.none() | areas.filter(len).map(lambda found: found[0])),
        age=draw(st.none() | st.integers(0, 120)),
        gender=draw(
            st.none() | st.sampled_from(["male", "female"]) | words.map(str.lower).filter(str.isprintable)
        ),
        client_groups=draw(codes),
        tier=draw(st.none() | st.sampled_from(TIERS)),
        units=draw(st.integers(1, 99)),
        tags=draw(codes),
        access_needs=draw(codes),
        immediate_safety=draw(st.none() | st.booleans()),
        duty_date=draw(dates),
        discharge_date=draw(dates),
        sleeping_rough=draw(st.none() | st.booleans()),
        answers={key: score for key, score in answers.items() if draw(st.booleans())},
        avoid_services=tuple(name for name in draw(lists_of_names) if name not in wishes),
        avoid_areas=draw(areas),
        prefers=wishes,
        current_service=service,
        current_pool=draw(st.none() | words) if service else None,
        must_leave=bool(service) and draw(st.booleans()),
        may_move=bool(service) and draw(st.booleans()),
        **override,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("referrals")


def sheet(*rows, columns=NEEDED):
    """CSV text of rows given as mappings; what is not given is blank."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read(folder, text, **options):
    path = folder / "referrals.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_referrals(path, NDT, **options)


def faults(folder, text, **options):
    with pytest.raises(BadReferrals) as caught:
        read(folder, text, **options)
    assert all(str(fault) in str(caught.value) for fault in caught.value.faults)
    return [(fault.row, fault.column, fault.problem) for fault in caught.value.faults]


@given(st.lists(referrals(), max_size=5, unique_by=lambda referral: referral.reference))
def test_referrals_written_and_read_again_are_the_same(folder, some):
    path = folder / "round.csv"
    write_referrals(path, some, NDT)
    assert read_referrals(path, NDT, on=TODAY) == tuple(some)
    once = path.read_bytes()
    write_referrals(path, read_referrals(path, NDT), NDT)
    assert path.read_bytes() == once


@given(referrals())
def test_no_written_cell_can_be_run_as_a_formula(folder, referral):
    path = folder / "safe.csv"
    write_referrals(path, [referral], NDT)
    scored = folder / "scored.csv"
    write_scored(scored, [assess(referral, NDT, on=TODAY)])
    for file in (path, scored):
        with file.open(newline="", encoding="utf-8") as rows:
            assert not [
                cell for row in csv.reader(rows) for cell in row if cell.startswith(("=", "+", "-", "@"))
            ]


def test_blank_is_unknown_and_never_no_or_zero(folder):
    (referral,) = read(folder, sheet({"reference": "R-1"}, columns=ALL))
    assert referral == Referral(reference="R-1")
    assert referral.immediate_safety is None
    assert referral.answers == {}


def test_columns_may_stand_in_any_order_and_optional_ones_may_be_left_out(folder):
    row = {"reference": "R-1", "referred_on": "2025-11-01", "sleeping_rough": "no", "housing": "4"}
    there = read(folder, sheet(row))
    assert there == read(folder, sheet(row, columns=NEEDED[::-1])) == read(folder, sheet(row, columns=ALL))


def test_small_and_capital_letters_are_told_apart_only_where_they_mean_something(folder):
    row = {"reference": "R-1", "immediate_safety": "YES", "gender": "Female", "tier": "Hub", "tags": "Arson"}
    row |= {
        "authority": "e08000025",
        "avoid_areas": "e08000027",
        "current_service": "S-1",
        "must_leave": "Yes",
    }
    text = sheet(row, columns=ALL).replace("reference", "Reference", 1)
    (referral,) = read(folder, text)
    assert (referral.immediate_safety, referral.gender, referral.tier) == (True, "female", "hub")
    assert (referral.authority, referral.avoid_areas, referral.tags) == (
        "E08000025",
        ("E08000027",),
        ("arson",),
    )
    assert referral.must_leave


def test_blank_rows_are_passed_over_and_still_counted(folder):
    blank = "," * (len(NEEDED) - 1)
    text = sheet({"reference": "R-1"}) + f"\r\n{blank}\r\n" + sheet({"reference": "R-1"}).splitlines()[1]
    assert faults(folder, text) == [(5, "reference", "is the same as in row 2")]


def test_a_reason_typed_on_several_lines_of_one_cell_becomes_one_line(folder):
    row = {
        "reference": "R-1",
        "override_band": 1,
        "override_reason": "Heard\r\ntoday.",
        "override_by": "J. Khan",
    }
    (referral,) = read(folder, sheet(row, columns=ALL))
    assert referral.override_reason == "Heard today."


def test_every_bad_cell_is_told_by_row_and_column_at_once(folder):
    good = {"reference": "R-1", "referred_on": "2025-11-01"}
    bad = {
        "reference": "R-1",
        "referred_on": "2025-11-22",
        "authority": "Dudley",
        "age": "thirty-four",
        "client_groups": "offenders;;",
        "tier": "hostel",
        "units": "0",
        "tags": "high risk",
        "immediate_safety": "maybe",
        "duty_date": "01/12/2025",
        "discharge_date": "2025-02-30",
        "sleeping_rough": "1",
        "engagement": "5",
        "risk_to_others": "3",
        "housing": "-1",
        "avoid_areas": "E08000025;E08000025",
        "override_band": "6",
        "override_reason": "Mrs Smith rang",
        "current_pool": "f",
        "must_leave": "y",
    }
    assert sorted(faults(folder, sheet(good, bad, columns=ALL), on=TODAY)) == [
        (3, "age", "'thirty-four' is not a whole number from 0 to 120"),
        (3, "authority", "is not a GSS code, a letter and eight digits such as E08000025"),
        (3, "avoid_areas", "names the same thing twice"),
        (3, "client_groups", "has nothing between two semicolons, or before or after one"),
        (3, "current_pool", "is given without a current_service"),
        (3, "discharge_date", "'2025-02-30' is not a date written as year-month-day, such as 2025-12-31"),
        (3, "duty_date", "'01/12/2025' is not a date written as year-month-day, such as 2025-12-31"),
        (3, "engagement", "'5' is not one of 0, 1, 2, 3, 4"),
        (3, "housing", "'-1' is not one of 0, 1, 2, 3, 4"),
        (3, "immediate_safety", "'maybe' is not yes or no"),
        (3, "must_leave", "'y' is not yes or no"),
        (3, "override_band", "'6' is not from 1 to 5"),
        (3, "override_by", "is blank: an override needs its band, its reason and a name, or none of them"),
        (3, "reference", "is the same as in row 2"),
        (3, "referred_on", "'2025-11-22' is after the day of assessment, 2025-11-21"),
        (3, "risk_to_others", "'3' is not one of 0, 2, 4, 6, 8"),
        (3, "sleeping_rough", "'1' is not yes or no"),
        (3, "tags", "holds something that is not a code of small letters, digits and hyphens"),
        (3, "tier", "'hostel' is none of hub, local, floating"),
        (3, "units", "'0' is not a whole number from 1 to 99"),
    ]


@pytest.mark.parametrize("column", [column for column in ALL if column not in {"reference", "gender"}])
def test_what_somebody_wrote_about_a_person_is_never_repeated(folder, column):
    remark = "\u200bShe told us that her brother hit her; on Monday"
    row = {"reference": "R-1", column: remark}
    with pytest.raises(BadReferrals) as caught:
        read(folder, sheet(row, columns=ALL))
    told = str(caught.value)
    assert f"column {column}" in told
    assert not any(word in told for word in ("She", "brother", "Monday"))


@pytest.mark.parametrize("number", ["1.5", "1e1", "\u0661", "99999999999", "+1", "1_0", "0x1"])
def test_a_number_is_digits_and_nothing_else(folder, number):
    (fault,) = faults(folder, sheet({"reference": "R-1", "age": number}, columns=ALL))
    assert fault[:2] == (2, "age")


@pytest.mark.parametrize("day", ["20251101", "2025-W44-6", "1-11-2025", "2025-11-01T00:00", "45962"])
def test_a_date_is_written_one_way_only(folder, day):
    (fault,) = faults(folder, sheet({"reference": "R-1", "duty_date": day}))
    assert fault[:2] == (2, "duty_date")


def test_a_blank_reference_is_told_beside_whatever_else_is_wrong_in_its_row(folder):
    told = faults(folder, sheet({"reference": "", "housing": "9"}))
    assert told == [(2, "housing", "'9' is not one of 0, 1, 2, 3, 4"), (2, "reference", "is blank")]


def test_missing_unknown_and_doubled_columns_are_told_and_the_cells_are_still_checked(folder):
    columns = [
        *(column for column in NEEDED if column != "housing"),
        "surname",
        "tags",
        "Tags",
        "",
        "Mr John Smith",
    ]
    text = ",".join(columns) + "\r\n" + ",".join(["R-1", "yesterday", *[""] * (len(columns) - 2)])
    assert faults(folder, text) == [
        (1, "P", "'surname' is not a column of a referral file"),
        (1, "tags", "is in the header twice"),
        (1, "S", "has no name"),
        (1, "T", "this text of 13 characters is not a column of a referral file"),
        (1, "housing", "is missing from the header"),
        (2, "referred_on", "'yesterday' is not a date written as year-month-day, such as 2025-12-31"),
    ]


def test_rows_too_long_or_too_short_for_the_header_are_told(folder):
    width = len(NEEDED)
    text = sheet({"reference": "R-1"}) + "R-2,2025-11-01\r\n" + "R-3" + "," * width + "\r\n"
    assert faults(folder, text) == [
        (3, None, f"has 2 cells, but the header has {width}"),
        (4, None, f"has {width + 1} cells, but the header has {width}"),
    ]


def test_a_file_cut_off_inside_a_quotation_tells_the_faults_before_it_too(folder):
    text = sheet({"reference": "R-1", "housing": "7"}) + 'R-2,"2025'
    assert faults(folder, text) == [
        (2, "housing", "'7' is not one of 0, 1, 2, 3, 4"),
        (3, None, "has a quotation mark that is never closed; reading stopped here"),
    ]


def test_a_file_with_a_header_alone_holds_nobody(folder):
    assert read(folder, sheet()) == ()


def test_the_scheme_decides_which_columns_are_items(folder):
    path = folder / "mood.csv"
    mood = replace(NDT.items[0], key="mood")
    scheme = replace(NDT, items=(mood, *NDT.items[1:]))
    row = {"reference": "R-1", "mood": "3"}
    path.write_text(sheet(row, columns=["mood" if column == "engagement" else column for column in NEEDED]))
    (referral,) = read_referrals(path, scheme)
    assert referral.answers == {"mood": 3}
    with pytest.raises(BadReferrals, match="column engagement: is missing from the header"):
        read_referrals(path)


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_lettered_as_in_a_spreadsheet(place, name):
    assert letters(place) == name


@given(st.lists(complete_referrals(), max_size=4, unique_by=lambda referral: referral.reference))
def test_the_scored_file_lists_everybody_in_triage_order(folder, some):
    path = folder / "scored.csv"
    assessments = [assess(each, NDT, on=TODAY) for each in some]
    write_scored(path, assessments)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["reference"] for row in rows] == [each.reference for each in in_triage_order(assessments)]
    assert [row["position"] for row in rows] == [str(place + 1) for place in range(len(some))]
    assert all(row["effective_band"] == row["band"] == row["possible_bands"] for row in rows)
    assert all(row["missing"] == "" for row in rows)


def test_a_scored_row_keeps_both_bands_and_leaves_blank_what_is_not_known(folder):
    path = folder / "one.csv"
    referral = Referral(
        reference="R-1",
        immediate_safety=False,
        sleeping_rough=False,
        referred_on=TODAY,
        answers={key: 0 for key in NDT.item_keys if key != "risk_to_others"}
        | {"risk_from_others": 8, "housing": 4},
        override_band=2,
        override_reason="=Heard today.",
        override_by="J. Khan",
    )
    write_scored(path, [assess(referral, NDT, on=TODAY)])
    with path.open(newline="", encoding="utf-8") as file:
        header, row = csv.reader(file)
    assert tuple(header) == SCORED_COLUMNS
    told = dict(zip(header, row, strict=True))
    reasons = told.pop("reasons")
    assert reasons.startswith("In danger where they are now: no. Duty or discharge date: none known.")
    assert reasons.endswith("Band set to 2 by J. Khan; the answers give band 4 or 5. Reason: =Heard today.")
    assert told == {
        "position": "1",
        "reference": "R-1",
        "scored": "no",
        "needs_a_look": "yes",
        "effective_band": "2",
        "band": "",
        "possible_bands": "4;5",
        "need_score": "",
        "order_in_band": str(20 * 27),
        "missing": "risk_to_others",
        "override_band": "2",
        "override_reason": "'=Heard today.",
        "override_by": "J. Khan",
        "allocation_band": "2",
        "allocation_score": str(20 * 27),
        "scheme": "new-directions-team",
        "scheme_version": "1",
        "assessed_on": "2025-11-21",
    }


@pytest.mark.parametrize(("mark", "words"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_cells_separated_by_something_else_than_commas_are_one_fault_that_says_so(tmp_path, mark, words):
    """As many spreadsheets save them; not one fault for every column that then seems to be missing."""
    path = tmp_path / "referrals.csv"
    path.write_text(mark.join(NEEDED) + "\n" + mark.join(["R-1"] + [""] * (len(NEEDED) - 1)))
    with pytest.raises(BadReferrals) as refused:
        read_referrals(path)
    (fault,) = refused.value.faults
    assert fault.row == 1
    assert f"separates its cells by {words}, not by commas" in fault.problem


@pytest.mark.parametrize("text", ["reference\nR-1\n", "\nreference;referred_on\n"])
def test_a_header_of_one_column_or_none_is_told_column_by_column(tmp_path, text):
    path = tmp_path / "referrals.csv"
    path.write_text(text)
    with pytest.raises(BadReferrals, match="column referred_on: is missing from the header"):
        read_referrals(path)
