"""What a spreadsheet saves is read strictly; what it will open is safe, and whole or absent."""

import csv
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.assessment.spreadsheet_file import CannotWrite, read_rows, shielded, unshielded, write_rows

FORMULAS = ["=1+1", "+44 121 496 0000", "-2", "@SUM(A1)", "\t=1", "\r=1"]


def read(tmp_path, data):
    path = tmp_path / "rows.csv"
    path.write_bytes(data)
    return read_rows(path)


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_is_written_with_an_apostrophe_before_it(tmp_path, text):
    path = tmp_path / "out.csv"
    write_rows(path, [[text]])
    with path.open(newline="", encoding="utf-8") as file:
        assert next(csv.reader(file)) == [f"'{text}"]


@given(st.text(alphabet="'=+-@\t\rab", max_size=6))
def test_shielding_loses_nothing_and_leaves_nothing_to_run(text):
    assert unshielded(shielded(text)) == text
    assert shielded(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


def test_whole_numbers_are_written_as_numbers(tmp_path):
    path = tmp_path / "out.csv"
    write_rows(path, [[-3, 4]])
    assert path.read_bytes() == b"-3,4\r\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_files_of_every_line_ending_read_alike_with_or_without_a_byte_order_mark(tmp_path, mark, ending):
    rows, faults = read(tmp_path, mark + ending.join([b'a,"b;c"', b" 1 ,2", b"", b"3,4"]))
    assert rows == [["a", "b;c"], ["1", "2"], [], ["3", "4"]]
    assert faults == ()


@pytest.mark.parametrize(
    ("data", "row", "problem"),
    [
        (b"", None, "is empty"),
        (b"\xef\xbb\xbf \r\n", None, "is empty"),
        (b"a,b\n1,\xe9\n", 2, "holds characters that are not UTF-8; save the sheet as CSV UTF-8"),
        (b"\xff\xfea\x00", 1, "holds characters that are not UTF-8; save the sheet as CSV UTF-8"),
        (b'a,b\n"1\n2\n3",4\n\xff', 3, "holds characters that are not UTF-8; save the sheet as CSV UTF-8"),
        (b"a,b\n\n1,\x002\n", 3, "holds a NUL character; this is not a CSV UTF-8 file"),
        (b'a,b\n1,2\n"3,4\n5,6\n', 3, "has a quotation mark that is never closed; reading stopped here"),
        (
            b'a,b\n"1"2,3\n',
            2,
            "has text beside a quoted cell; write a quotation mark inside a cell twice; reading stopped here",
        ),
        (
            b"a\n" + b"x" * 200_000,
            2,
            "has a cell that is far too long, or a quotation mark that is never closed; reading stopped here",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_from_which_row_of_the_sheet(tmp_path, data, row, problem):
    _, (fault,) = read(tmp_path, data)
    assert (fault.row, fault.problem) == (row, problem)


def test_a_folder_and_a_missing_file_are_not_files(tmp_path):
    told = {tmp_path: "is not a regular file", tmp_path / "missing.csv": "does not exist"}
    for path, problem in told.items():
        _, (fault,) = read_rows(path)
        assert (fault.row, fault.problem) == (None, problem)


def test_a_file_too_large_to_be_meant_is_not_read(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(100_000_001)  # takes no room on the disk
    _, (fault,) = read_rows(path)
    assert fault.problem == "is larger than 100000000 bytes"


def test_a_written_file_is_for_its_owner_alone_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "out.csv"
    write_rows(path, [["a"]])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_fails_half_way_leaves_the_old_one_and_nothing_beside_it(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")

    def rows():
        yield ["new"]
        raise OSError(28, "No space left on device")

    with pytest.raises(CannotWrite, match="cannot be written: No space left on device"):
        write_rows(path, rows())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_there_must_be_somewhere_to_write(tmp_path):
    with pytest.raises(CannotWrite, match="is a folder"):
        write_rows(tmp_path, [["a"]])
    with pytest.raises(CannotWrite, match="cannot be written: No such file or directory"):
        write_rows(tmp_path / "missing" / "out.csv", [["a"]])
