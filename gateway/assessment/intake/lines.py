"""An import file as lines, each one person and one referral, or every fault of it by row and column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from gateway.assessment.intake.columns import (
    ANSWERED,
    NEEDED,
    NOT_IMPORTED,
    OVERRIDE,
    PERSON,
    REFERENCES,
    REFERRAL,
    column_of,
    import_readers,
)
from gateway.assessment.intake.sheet import read_sheet
from gateway.assessment.referral_cells import BadCell, Reader, shown
from gateway.assessment.referral_csv import Fault, letters
from gateway.assessment.scheme import Scheme
from gateway.people.details import PersonDetails
from gateway.people.references import Reference, ReferenceKind
from gateway.referrals.details import Known, ReferralDetails
from gateway.refusals import Invalid

NOBODY_YET = "P-NOBODY-YET"
"""Stands for the person of a line until somebody is entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """One row of the file.

    person
        Who it is, if they are to be entered; ``None``: the person with ``person_id`` is there already.
    details
        The form; its person is ``NOBODY_YET`` where one is to be entered.
    avoid_areas
        Authorities in which the person is not safe.
    override
        Band, reason, and who decided it in the agency's own words; ``None``: none.
    """

    row: int
    person_id: str | None
    person: PersonDetails | None
    consent_on: date
    consent_how: str
    details: ReferralDetails
    avoid_areas: tuple[str, ...]
    answers: Mapping[str, int]
    override: tuple[int, str, str] | None

    @property
    def key(self) -> tuple[str, str]:
        """Agency and reference: the same two are the same referral."""
        return self.details.agency_id, self.details.agency_reference or ""

    def of(self, person_id: str) -> ReferralDetails:
        """The form for this person."""
        return replace(self.details, person_id=person_id)


def read_lines(
    path: Path, scheme: Scheme | None, *, on: date
) -> tuple[tuple[ImportLine, ...], tuple[Fault, ...]]:
    """Every line that can be read, and every fault of the file, in its order.

    Parameters
    ----------
    scheme
        Whose items are columns; ``None``: no scheme is in force, and nobody is scored.
    on
        The day; no referral, birth or consent is later.
    """
    rows, file_faults = read_sheet(path)
    faults = [Fault(row=each.row, column=None, problem=each.problem) for each in file_faults]
    lines: tuple[ImportLine, ...] = ()
    if rows:
        table = _Table(rows[0], import_readers(scheme, on), scheme, on)
        lines = tuple(table.lines(rows[1:]))
        faults += table.faults
    return lines, tuple(sorted(faults, key=lambda fault: fault.row or 0))


class _Table:
    """The rows under one header, with the faults met so far."""

    def __init__(
        self, header: Sequence[str], known: Mapping[str, Reader], scheme: Scheme | None, on: date
    ) -> None:
        self.header = [name.lower() for name in header]
        self.readers, self.scheme, self.on = known, scheme, on
        self.faults: list[Fault] = []
        self.row_of: dict[tuple[str, str], int] = {}
        for place, name in enumerate(self.header):
            self._check_column(place, name)
        questions = () if scheme is None else scheme.questions
        for name in (*NEEDED, *questions):
            if name not in self.header:
                self.fault(1, name, "is missing from the header")

    def fault(self, row: int, column: str | None, problem: str) -> None:
        self.faults.append(Fault(row=row, column=column, problem=problem))

    def _check_column(self, place: int, name: str) -> None:
        if name in self.header[:place]:
            self.fault(1, name or letters(place), "is in the header twice" if name else "has no name")
        elif name in NOT_IMPORTED:
            self.fault(1, name, NOT_IMPORTED[name])
        elif name not in self.readers:
            said = f"{shown(name)} is not a column of an import file" if name else "has no name"
            self.fault(1, letters(place), said)

    def lines(self, rows: Sequence[Sequence[str]]) -> Iterator[ImportLine]:
        for number, row in enumerate(rows, start=2):
            if not any(row):
                continue
            if len(row) != len(self.header):
                self.fault(number, None, f"has {len(row)} cells, but the header has {len(self.header)}")
            elif line := self._line(number, row):
                yield line

    def _line(self, number: int, row: Sequence[str]) -> ImportLine | None:
        before = len(self.faults)
        cells = self._cells(number, row)
        wrong = {fault.column for fault in self.faults[before:]}
        for column in NEEDED:
            if column in self.header and column not in cells and column not in wrong:
                self.fault(number, column, "is blank")
        person = self._person(number, cells)
        details = self._details(number, cells)
        override = self._override(number, cells)
        self._know(number, cells)
        self._consent(number, cells)
        if details is None or len(self.faults) > before:
            return None
        return ImportLine(
            row=number,
            person_id=cells.get("person"),
            person=person,
            consent_on=cells["consent_on"],
            consent_how=cells.get("consent_how", "as the agency says"),
            details=details,
            avoid_areas=cells.get("avoid_areas", ()),
            answers={} if self.scheme is None else self._answers(cells),
            override=override,
        )

    def _cells(self, number: int, row: Sequence[str]) -> dict[str, Any]:
        cells = {}
        for column, text in zip(self.header, row, strict=True):
            if not text or column not in self.readers:
                continue
            try:
                cells[column] = self.readers[column](text)
            except BadCell as error:
                self.fault(number, column, str(error))
        return cells

    def _person(self, number: int, cells: Mapping[str, Any]) -> PersonDetails | None:
        told = [column for column in (*PERSON, *REFERENCES) if column in cells]
        if "person" in cells:
            for column in told:
                self.fault(number, column, "is given beside a person who is there already; leave it blank")
            return None
        references = tuple(
            Reference(kind=ReferenceKind(column), value=cells[column])
            for column in REFERENCES
            if column in cells
        )
        facts = {column: cells[column] for column in PERSON if column in cells}
        try:
            return PersonDetails(told_on=self.on, references=references, **facts)
        except Invalid as error:
            for field, problem in error.faults:
                self.fault(number, _reference_column(field), problem)
            return None

    def _details(self, number: int, cells: Mapping[str, Any]) -> ReferralDetails | None:
        facts = {field: cells[column] for column, field in REFERRAL.items() if column in cells}
        for field, (so, not_so) in ANSWERED.items():
            facts[field] = _known(cells.get(so, ()), cells.get(not_so, ()))
        person_id = cells.get("person", NOBODY_YET)
        try:
            return ReferralDetails(**{"person_id": person_id, "agency_id": "unknown"} | facts)
        except Invalid as error:
            for field, problem in error.faults:
                self.fault(number, "person" if field == "person_id" else column_of(field), problem)
            return None

    def _override(self, number: int, cells: Mapping[str, Any]) -> tuple[int, str, str] | None:
        given = [column for column in OVERRIDE if column in cells]
        if 0 < len(given) < len(OVERRIDE):
            for column in OVERRIDE:
                if column not in cells:
                    self.fault(
                        number, column, "is blank: an override needs its band, its reason and a name, or none"
                    )
        if len(given) < len(OVERRIDE):
            return None
        return cells["override_band"], cells["override_reason"], cells["override_by"]

    def _know(self, number: int, cells: Mapping[str, Any]) -> None:
        if "agency" not in cells or "reference" not in cells:
            return
        key = cells["agency"], cells["reference"]
        if key in self.row_of:
            self.fault(number, "reference", f"is the same as in row {self.row_of[key]}")
        self.row_of.setdefault(key, number)

    def _consent(self, number: int, cells: Mapping[str, Any]) -> None:
        if (given_on := cells.get("consent_on")) is not None and given_on > self.on:
            self.fault(number, "consent_on", f"is after the day of import, {self.on}")
        if len(cells.get("consent_how", "")) > 64:
            self.fault(number, "consent_how", "is longer than 64 characters")

    def _answers(self, cells: Mapping[str, Any]) -> dict[str, int]:
        items = () if self.scheme is None else self.scheme.item_keys
        return {item: cells[item] for item in items if item in cells}


def _reference_column(field: str) -> str:
    """``references 1 (ni_number)`` is told in the column ``ni_number``."""
    return field.partition("(")[2].rstrip(")") if field.startswith("references") else field


def _known(so: Sequence[str], not_so: Sequence[str]) -> tuple[Known, ...]:
    answers = [(code, True) for code in so] + [(code, False) for code in not_so]
    return tuple(Known(code=code, answer=answer) for code, answer in sorted(answers))
