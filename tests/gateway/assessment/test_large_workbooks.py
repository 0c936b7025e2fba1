"""Files that are larger than they look, or damaged, are refused and told of."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from gateway.assessment.intake import sheet
from gateway.assessment.intake.sheet import read_sheet


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "LARGEST_FILE", 1_000_000)
    path = tmp_path / "in.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", " " * 2_000_000)
    assert path.stat().st_size < 10_000
    rows, (fault,) = read_sheet(path)
    assert rows == []
    assert "larger than 1000000 bytes when unpacked" in fault.problem


@pytest.mark.parametrize(
    ("text", "row"),
    [("a\n" * 200_000, 100_001), ("a\n" + "," * 1_000_000, 2)],
    ids=["rows", "columns"],
)
def test_a_csv_file_of_more_rows_or_columns_than_are_read_is_told_of_once(tmp_path, text, row):
    path = tmp_path / "in.csv"
    path.write_text(text)
    rows, (fault,) = read_sheet(path)
    assert (len(rows), fault.row) == (row - 1, row)
    assert "is beyond 100000 rows or 300 columns" in fault.problem


HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("xl/worksheets/sheet1.xml", f'{HEAD}<row r="1"><c r="A1"><v>1'),
        (
            "xl/worksheets/sheet1.xml",
            f'{HEAD}<row r="x"><c r="A1"><v>1</v></c></row></sheetData></worksheet>',
        ),
        (
            "xl/worksheets/sheet1.xml",
            f'{HEAD}<row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>',
        ),
        (
            "xl/worksheets/sheet1.xml",
            f'{HEAD}<row r="1"><c r="A1" t="d"><v>x</v></c></row></sheetData></worksheet>',
        ),
        (
            "xl/worksheets/sheet1.xml",
            f'{HEAD}<row r="1"><c r="ZZZZZ1"><v>1</v></c></row></sheetData></worksheet>',
        ),
        ("xl/workbook.xml", "<x"),
        ("xl/styles.xml", "<x"),
        ("xl/_rels/workbook.xml.rels", "<x"),
        ("[Content_Types].xml", "<x"),
    ],
    ids=["cut off", "row", "text", "day", "column", "workbook", "styles", "parts", "kinds"],
)
def test_a_damaged_workbook_is_told_of(tmp_path, part, text):
    whole = BytesIO()
    Workbook().save(whole)
    path = tmp_path / "in.xlsx"
    with ZipFile(whole) as sound, ZipFile(path, "w") as damaged:
        for name in sound.namelist():
            damaged.writestr(name, text if name == part else sound.read(name))
    rows, (fault,) = read_sheet(path)
    assert rows == []
    assert "damaged" in fault.problem
