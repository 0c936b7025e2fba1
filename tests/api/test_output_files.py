"""Output is written whole or not at all."""

import os

import pytest

from api.output_files import refuse_unwritable, write_all, write_text
from api.refusals import Refused
from gateway.assessment.spreadsheet_file import CannotWrite


def fail_as(error):
    """A writer that writes something and then fails."""

    def write(path):
        path.write_text("half")
        raise error

    return write


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        CannotWrite("any", "cannot be written: No space left on device"),
    ],
)
def test_if_one_of_two_files_fails_neither_is_written_and_the_old_ones_stay(tmp_path, error):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("old")
    with pytest.raises(Refused, match="two: cannot be written: No space left"):
        write_all({one: lambda path: write_text(path, "new"), two: fail_as(error)})
    assert one.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["one"]


def test_several_files_are_written_together(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    write_all({one: lambda path: write_text(path, "1"), two: lambda path: write_text(path, "2")})
    assert (one.read_text(), two.read_text()) == ("1", "2")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one", "two"]


def test_a_page_can_be_read_by_its_owner_alone(tmp_path):
    write_text(tmp_path / "page", "é")
    assert (tmp_path / "page").read_bytes() == "é".encode()
    assert (tmp_path / "page").stat().st_mode & 0o077 == 0


def test_a_file_that_may_not_be_written_to_is_refused_though_its_folder_may(tmp_path, monkeypatch):
    """Moving the new file into its place would succeed, and undo what somebody meant by locking it."""
    out = tmp_path / "plan.json"
    out.write_text("kept")
    monkeypatch.setattr(os, "access", lambda path, _: path != out)
    with pytest.raises(Refused, match="may not be written to"):
        refuse_unwritable(out)
