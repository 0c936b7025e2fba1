"""Numbers by which others know a person, in one spelling each, and what makes one impossible."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class ReferenceKind(StrEnum):
    """Whose number it is."""

    NI_NUMBER = "ni_number"
    NHS_NUMBER = "nhs_number"
    PRISON_NUMBER = "prison_number"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Reference:
    """One number. It is checked together with the rest of a person's details, so that all faults are told."""

    kind: ReferenceKind
    value: str

    def normal(self) -> "Reference":
        """The same number in capitals; blanks and points go, and only an agency's own keeps its strokes."""
        away = r"\s" if self.kind is ReferenceKind.AGENCY else r"[\s.\-/]"
        return Reference(kind=self.kind, value=re.sub(away, "", self.value).upper())

    def fault(self) -> str | None:
        """What makes it impossible, or ``None``; the number is in its normal form."""
        return None if _POSSIBLE[self.kind](self.value) else _FORM[self.kind]


_LONGEST = 64

_NI_NUMBER = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z][0-9]{6}[A-D]", re.ASCII)
"""HMRC, National Insurance Manual, NIM39110: prefixes that are used, six digits, suffix A to D."""

_PRISON_NUMBER = re.compile(r"[A-Z][0-9]{4}[A-Z]{2}", re.ASCII)
"""The NOMS number of HM Prison and Probation Service: ``A1234BC``."""

_NHS_NUMBER = re.compile(r"[0-9]{10}", re.ASCII)


def _is_nhs_number(value: str) -> bool:
    """Ten digits, the last a check digit modulo 11 (NHS Data Dictionary, NHS NUMBER)."""
    if not _NHS_NUMBER.fullmatch(value):
        return False
    weighed = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), value, strict=False))
    return (11 - weighed % 11) % 11 == int(value[9])


def _is_agencys(value: str) -> bool:
    return value.isprintable() and 0 < len(value) <= _LONGEST


_POSSIBLE: Mapping[ReferenceKind, Callable[[str], bool]] = MappingProxyType(
    {
        ReferenceKind.NI_NUMBER: lambda value: _NI_NUMBER.fullmatch(value) is not None,
        ReferenceKind.NHS_NUMBER: _is_nhs_number,
        ReferenceKind.PRISON_NUMBER: lambda value: _PRISON_NUMBER.fullmatch(value) is not None,
        ReferenceKind.AGENCY: _is_agencys,
    }
)

_FORM: Mapping[ReferenceKind, str] = MappingProxyType(
    {
        ReferenceKind.NI_NUMBER: "is not a National Insurance number: two letters, six digits, A to D",
        ReferenceKind.NHS_NUMBER: "is not an NHS number: ten digits, the last of which checks the others",
        ReferenceKind.PRISON_NUMBER: "is not a prison number: a letter, four digits, two letters",
        ReferenceKind.AGENCY: f"must have 1 to {_LONGEST} letters or digits",
    }
)
