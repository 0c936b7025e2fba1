"""The referral file: read whole or refused whole, each fault by row and column (docs/referral-csv.md).

Row numbers are those that a spreadsheet shows: the header is row 1. What is wrong with a cell is said without
repeating anything that somebody may have written about a person.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gateway.assessment.assess import Assessment, for_allocation, in_triage_order
from gateway.assessment.referral import FIXED_COLUMNS, InvalidReferral, Referral
from gateway.assessment.referral_cells import BadCell, Reader, cell_of, readers, shown
from gateway.assessment.scheme import Scheme, shipped_scheme
from gateway.assessment.spreadsheet_file import read_rows, write_rows

ALWAYS_NEEDED = ("reference", "referred_on")
"""Columns that every file has; those that the scheme asks for come on top."""

SCORED_COLUMNS = (
    *("position", "reference", "scored", "needs_a_look", "effective_band", "band", "possible_bands"),
    *("need_score", "order_in_band", "missing", "override_band", "override_reason", "override_by"),
    *("allocation_band", "allocation_score", "reasons", "scheme", "scheme_version", "assessed_on"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a referral file.

    row
        As a spreadsheet counts, the header being row 1; ``None``: the file as a whole.
    column
        Its name in the header; ``None``: the row as a whole.
    """

    row: int | None
    column: str | None
    problem: str

    def __str__(self) -> str:
        """Row, column and problem in one line."""
        where = [f"row {self.row}"] if self.row is not None else ["the file"]
        return ", ".join([*where, *([f"column {self.column}"] if self.column else [])]) + f": {self.problem}"


class BadReferrals(ValueError):
    """A referral file cannot be used; ``faults`` holds every reason, in the order of the file."""

    def __init__(self, path: Path, faults: Sequence[Fault]) -> None:
        self.path = path
        self.faults = tuple(sorted(faults, key=lambda fault: fault.row or 0))
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults):,} faults"
        super().__init__("\n".join([f"{path}: {count}", *(f"  {fault}" for fault in self.faults)]))


def read_referrals(
    path: Path, scheme: Scheme | None = None, *, on: date | None = None
) -> tuple[Referral, ...]:
    """Every referral of the file, in its order.

    Parameters
    ----------
    scheme
        Whose items are columns; the shipped ``new-directions-team`` if none is given.
    on
        If given, a referral that arrived after this day is a fault.

    Raises
    ------
    BadReferrals
        Naming every fault of the file.
    """
    scheme = scheme or shipped_scheme("new-directions-team")
    rows, file_faults = read_rows(path)
    faults = [Fault(row=each.row, column=None, problem=each.problem) for each in file_faults]
    referrals: tuple[Referral, ...] = ()
    if rows and (mark := _other_separator(rows[0])):
        problem = f"separates its cells by {mark}, not by commas; save the sheet as CSV UTF-8 with commas"
        faults.append(Fault(row=1, column=None, problem=problem))
    elif rows:
        table = _Table(rows[0], readers(scheme, on), (*ALWAYS_NEEDED, *scheme.questions, *scheme.item_keys))
        referrals = tuple(table.referrals(rows[1:]))
        faults += table.faults
    if faults:
        raise BadReferrals(path, faults)
    return referrals


_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def _other_separator(header: Sequence[str]) -> str | None:
    """What separates the cells of a header that has no comma, in words; ``None``: nothing that is known."""
    if len(header) != 1:
        return None
    return next((words for mark, words in _OTHER_SEPARATORS.items() if mark in header[0]), None)


class _Table:
    """The rows under one header, with the faults met so far."""

    def __init__(self, header: Sequence[str], known: Mapping[str, Reader], needed: Iterable[str]) -> None:
        self.width = len(header)
        self.faults: list[Fault] = []
        self.columns: dict[str, int] = {}
        self.readers = known
        self.row_of: dict[str, int] = {}
        for place, name in enumerate(header):
            self._take_column(place, name.lower())
        for column in needed:
            if column not in self.columns:
                self.fault(1, column, "is missing from the header")

    def fault(self, row: int, column: str | None, problem: str) -> None:
        self.faults.append(Fault(row=row, column=column, problem=problem))

    def _take_column(self, place: int, name: str) -> None:
        if name in self.columns:
            self.fault(1, name, "is in the header twice")
        elif name in self.readers:
            self.columns[name] = place
        else:
            said = f"{shown(name)} is not a column of a referral file" if name else "has no name"
            self.fault(1, letters(place), said)

    def referrals(self, rows: Iterable[Sequence[str]]) -> Iterator[Referral]:
        for number, row in enumerate(rows, start=2):
            if not any(row):
                continue
            if len(row) != self.width:
                self.fault(number, None, f"has {len(row)} cells, but the header has {self.width}")
            elif referral := self._referral(number, row):
                yield referral

    def _referral(self, number: int, row: Sequence[str]) -> Referral | None:
        """The row's referral if nothing is wrong with the row; a cell that is wrong is left out meanwhile."""
        values: dict[str, Any] = {}
        wrong: set[str] = set()
        for column, place in self.columns.items():
            try:
                if row[place]:
                    values[column] = self.readers[column](row[place])
            except BadCell as error:
                wrong.add(column)
                self.fault(number, column, str(error))
        self._know_reference(number, values.get("reference"))
        return self._whole(number, values, wrong)

    def _know_reference(self, number: int, reference: str | None) -> None:
        if reference is None:
            if "reference" in self.columns:
                self.fault(number, "reference", "is blank")
        elif reference in self.row_of:
            self.fault(number, "reference", f"is the same as in row {self.row_of[reference]}")
        else:
            self.row_of[reference] = number

    def _whole(self, number: int, values: Mapping[str, Any], wrong: set[str]) -> Referral | None:
        fixed = {column: value for column, value in values.items() if column in FIXED_COLUMNS}
        answers = {column: value for column, value in values.items() if column not in FIXED_COLUMNS}
        try:
            return Referral(**({"reference": "unknown"} | fixed), answers=answers)
        except InvalidReferral as error:
            for column, problem in error.faults:
                if column not in wrong:
                    self.fault(number, column, problem)
            return None


def letters(place: int) -> str:
    """The spreadsheet's letters for a column counted from 0: A, B, ..., Z, AA."""
    before, last = divmod(place, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def write_referrals(path: Path, referrals: Iterable[Referral], scheme: Scheme) -> None:
    """Write referrals as :func:`read_referrals` reads them.

    Raises
    ------
    CannotWrite
        If the file cannot be written; an older one is then unchanged.
    """
    rows = [
        [cell_of(getattr(referral, column)) for column in FIXED_COLUMNS]
        + [referral.answers.get(key, "") for key in scheme.item_keys]
        for referral in referrals
    ]
    write_rows(path, [[*FIXED_COLUMNS, *scheme.item_keys], *rows])


def write_scored(path: Path, assessments: Iterable[Assessment]) -> None:
    """Write assessments in triage order, one row each; :data:`SCORED_COLUMNS` are the columns.

    Raises
    ------
    CannotWrite
        If the file cannot be written; an older one is then unchanged.
    """
    rows = [_scored_row(place, each) for place, each in enumerate(in_triage_order(assessments), start=1)]
    write_rows(path, [SCORED_COLUMNS, *rows])


def _scored_row(position: int, assessment: Assessment) -> list[str | int]:
    band, score = for_allocation(assessment)
    override = assessment.override
    values = {
        "position": position,
        "reference": assessment.reference,
        "scored": assessment.is_scored,
        "needs_a_look": assessment.needs_a_look,
        "effective_band": assessment.effective_band,
        "band": assessment.band,
        "possible_bands": tuple(map(str, assessment.possible_bands)),
        "need_score": assessment.score,
        "order_in_band": assessment.order_in_band,
        "missing": assessment.missing,
        "override_band": override and override.band,
        "override_reason": override and override.reason,
        "override_by": override and override.by,
        "allocation_band": band,
        "allocation_score": score,
        "reasons": " ".join(line.text for line in assessment.lines),
        "scheme": assessment.scheme,
        "scheme_version": assessment.scheme_version,
        "assessed_on": assessment.on,
    }
    return [cell_of(values[column]) for column in SCORED_COLUMNS]
