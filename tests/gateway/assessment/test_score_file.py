"""A file of referrals becomes a file of assessments: all of it, or nothing."""

import csv

import pytest

from gateway.assessment.referral import Referral
from gateway.assessment.referral_csv import BadReferrals, write_referrals
from gateway.assessment.score_file import Summary, score_file
from gateway.assessment.spreadsheet_file import CannotWrite
from tests.gateway.assessment.people import NDT, TODAY

ZEROS = dict.fromkeys(NDT.item_keys, 0)
CALM = {"immediate_safety": False, "sleeping_rough": False, "referred_on": TODAY, "answers": ZEROS}
SOME = [
    Referral(reference="R-1", **CALM),
    Referral(reference="R-2", **CALM | {"immediate_safety": True}),
    Referral(reference="R-3", **CALM | {"answers": {}}),
    Referral(reference="R-4", **CALM, override_band=2, override_reason="Known to us.", override_by="J. Khan"),
]


@pytest.fixture
def referrals(tmp_path):
    path = tmp_path / "referrals.csv"
    write_referrals(path, SOME, NDT)
    return path


def test_everybody_is_scored_and_counted(tmp_path, referrals):
    out = tmp_path / "scored.csv"
    summary = score_file(referrals, NDT, out, on=TODAY)
    assert summary == Summary(
        people=4,
        not_yet_scored=1,
        overridden=1,
        to_look_at=2,
        by_band=((1, 1), (2, 1), (3, 1), (4, 0), (5, 1)),
        scheme="new-directions-team",
        scheme_version="1",
    )
    with out.open(newline="", encoding="utf-8") as file:
        assert [row["reference"] for row in csv.DictReader(file)] == ["R-3", "R-2", "R-4", "R-1"]


def test_the_same_referrals_give_the_same_file_byte_for_byte(tmp_path, referrals):
    for name in ("one.csv", "two.csv"):
        score_file(referrals, NDT, tmp_path / name, on=TODAY)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


@pytest.mark.parametrize("before", [None, "older"])
def test_one_bad_cell_and_nothing_is_written(tmp_path, referrals, before):
    out = tmp_path / "scored.csv"
    if before:
        out.write_text(before)
    referrals.write_bytes(referrals.read_bytes().replace(b"R-3,2025-11-21", b"R-3,2025-13-21"))
    with pytest.raises(BadReferrals, match="row 4, column referred_on: '2025-13-21' is not a date"):
        score_file(referrals, NDT, out, on=TODAY)
    assert (out.read_text() if out.exists() else None) == before
    assert len(list(tmp_path.iterdir())) == (2 if before else 1)


def test_the_referral_file_itself_is_never_overwritten(tmp_path, referrals):
    once = referrals.read_bytes()
    (tmp_path / "link.csv").symlink_to(referrals)
    for out in (referrals, tmp_path / "link.csv"):
        with pytest.raises(CannotWrite, match="is the referral file itself"):
            score_file(referrals, NDT, out, on=TODAY)
    assert referrals.read_bytes() == once


def test_a_missing_referral_file_is_told_as_such(tmp_path):
    with pytest.raises(BadReferrals, match="the file: does not exist"):
        score_file(tmp_path / "missing.csv", NDT, tmp_path / "scored.csv", on=TODAY)
    assert list(tmp_path.iterdir()) == []
