"""What the documents say is what the code does."""

import re
from pathlib import Path

import pytest

from gateway.assessment.assess import assess
from gateway.assessment.referral import FIXED_COLUMNS
from gateway.assessment.referral_csv import SCORED_COLUMNS, read_referrals
from gateway.assessment.scheme import read_scheme
from gateway.assessment.scheme_parts import Deadline
from tests.gateway.assessment.people import NDT, TODAY

DOCS = Path(__file__).parents[3] / "docs"
REFERRAL_CSV = (DOCS / "referral-csv.md").read_text("utf-8")
ASSESSMENT = (DOCS / "assessment.md").read_text("utf-8")


def block(document, language):
    """The one code block of a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", document, re.DOTALL)
    return found


def first_cells(document):
    """The names in the first column of every table."""
    cells = re.findall(r"^\| (`.*?) \|", document, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def test_every_column_that_is_read_or_written_is_documented_and_no_other():
    described = first_cells(REFERRAL_CSV)
    assert described[: len(FIXED_COLUMNS)] == list(FIXED_COLUMNS)
    assert described[len(FIXED_COLUMNS) :] == [*NDT.item_keys, *SCORED_COLUMNS]


@pytest.mark.parametrize("item", NDT.items, ids=lambda item: item.key)
def test_every_item_is_documented_with_its_label_and_scores(item):
    assert f"| `{item.key}` | {item.label} | {', '.join(map(str, item.scores))} |" in REFERRAL_CSV


def test_the_example_referral_file_is_scored_as_the_document_says(tmp_path):
    path = tmp_path / "example.csv"
    path.write_text(block(REFERRAL_CSV, "csv"), encoding="utf-8")
    danger, leaving, unknown = (assess(each, NDT, on=TODAY) for each in read_referrals(path, NDT, on=TODAY))
    assert (danger.band, danger.missing) == (1, ())
    assert (leaving.band, leaving.missing) == (2, ())
    assert (unknown.band, unknown.missing) == (None, ("sleeping_rough", "risk_to_others"))


def test_the_smallest_scheme_of_the_document_is_a_scheme(tmp_path):
    path = tmp_path / "example.yaml"
    path.write_text(block(ASSESSMENT, "yaml"), encoding="utf-8")
    scheme = read_scheme(path)
    assert [scheme.band_of(levels, 5) for levels in ((0, 0), (1, 0), (0, 1))] == [2, 2, 1]


def test_the_thresholds_in_the_document_are_those_of_the_shipped_scheme():
    (deadline,) = [fact for fact in NDT.urgency if isinstance(fact, Deadline)]
    far, *_ = limits = [level.within_days for level in deadline.levels]
    assert f"within {limits[2]} days, within {limits[1]}, within {far};" in ASSESSMENT
    assert f"| 2 | a duty or discharge date within {far} days, or sleeping rough |" in ASSESSMENT
    for band in NDT.bands[2:]:
        (condition,) = band.when
        low, high = condition.at_least or 0, condition.at_most or NDT.needs[-1]
        assert f"| {band.number} | none of these, need score {low} to {high} |" in ASSESSMENT
    assert f"up to {NDT.waiting.most_steps}." in ASSESSMENT
    assert f"The largest is {NDT.order_of((1, 4, 1), 48, 9999):,}." in ASSESSMENT
