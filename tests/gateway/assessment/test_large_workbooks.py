"""A workbook that unpacks to more than anybody could read is refused before it is unpacked."""

from zipfile import ZIP_DEFLATED, ZipFile

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
