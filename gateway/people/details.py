"""What is told of a person: one frozen value, in one spelling, checked at birth."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

from gateway.people.references import Reference
from gateway.people.tables import SafeToContact
from gateway.refusals import refuse

OLDEST = 120
"""Years. A date of birth longer ago is a typing mistake: nobody in the United Kingdom has lived so long."""

_LONGEST = {"address": 500, "contact_note": 2000, "gender": 64}
_LONGEST_OTHERWISE = 100
_NAMES = ("forename", "surname", "known_as")
_LINES = ("address", "contact_note")
_TEXTS = (*_NAMES, "gender", "email", "telephone", *_LINES)

_GENDER = re.compile(r"[a-z0-9][a-z0-9-]*")
_EMAIL = re.compile(r"[^@\s]{1,64}@(?:[^@\s.]+\.)+[^@\s.]{2,}")
_TELEPHONE = re.compile(r"\+[1-9][0-9]{7,14}|0[0-9]{9,10}")
"""ITU-T E.164 (at most 15 digits), and Ofcom's National Telephone Numbering Plan (10 or 11 with the 0)."""

Faults = Iterator[tuple[str, str]]
"""Pairs of a field and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """Who somebody is, as far as it is known; ``None`` is unknown.

    Blanks at the ends and doubled ones go; letters are composed (Unicode NFC); an email's domain is in small
    letters; a telephone number keeps its digits, and ``+44`` is written ``0``. An empty text is unknown.

    told_on
        The day on which it was told; nobody tells of a birth that is still to come.
    gender
        A code in small letters, as the services' rules use it.

    Raises
    ------
    Invalid
        Naming every field that does not hold.
    """

    told_on: date
    forename: str | None = None
    surname: str | None = None
    known_as: str | None = None
    born: date | None = None
    gender: str | None = None
    email: str | None = None
    telephone: str | None = None
    address: str | None = None
    safe_to_contact: SafeToContact = SafeToContact.UNKNOWN
    contact_note: str | None = None
    references: tuple[Reference, ...] = ()

    def __post_init__(self) -> None:
        for name in _TEXTS:
            object.__setattr__(self, name, _normal(name, getattr(self, name)))
        object.__setattr__(self, "references", tuple(each.normal() for each in self.references))
        refuse(_faults(self))  # which number them as they were given
        object.__setattr__(self, "references", tuple(sorted(self.references)))

    def columns(self) -> dict[str, object]:
        """The columns of the person's own row, which are all of the details but the references."""
        return {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if each.name not in ("told_on", "references")
        }


def _normal(name: str, text: str | None) -> str | None:
    if text is None:
        return None
    composed = unicodedata.normalize("NFC", text)
    lines = composed.splitlines() if name in _LINES else [composed]
    plain = "\n".join(" ".join(line.split()) for line in lines).strip()
    if name == "email":
        local, at, domain = plain.rpartition("@")
        plain = f"{local}{at}{domain.lower()}"
    if name == "telephone":
        plain = _normal_telephone(plain)
    return plain or None


def _normal_telephone(text: str) -> str:
    # +44 (0)121 is how many write it: the 0 in brackets is dialled from within the country only.
    digits = re.sub(r"[\s.\-/()]", "", re.sub(r"^((?:\+|00).*?)\(0\)", r"\1", text))
    return re.sub(r"^00", "+", re.sub(r"^(?:\+|00)44", "0", digits))


def _faults(details: PersonDetails) -> Faults:
    for name in _TEXTS:
        if (text := getattr(details, name)) is not None:
            yield from ((name, what) for what in _text_faults(name, text))
    yield from _born_faults(details)
    yield from _reference_faults(details.references)
    if not (details.references or any(getattr(details, name) for name in _NAMES)):
        yield "surname", "is unknown, and so is every other name or number by which to know the person again"


def _text_faults(name: str, text: str) -> Iterator[str]:
    longest = _LONGEST.get(name, _LONGEST_OTHERWISE)
    if len(text) > longest:
        yield f"is {len(text)} letters long, may have {longest}"
    if any(unicodedata.category(each) in ("Cc", "Cs") and each != "\n" for each in text):
        yield "contains a character that is not text"
    if name in _NAMES and not any(each.isalpha() for each in text):
        yield "has no letter; leave it empty if it is unknown"
    if name == "gender" and not _GENDER.fullmatch(text):
        yield "must be a code in small letters"
    if name == "email" and not _EMAIL.fullmatch(text):
        yield "is not an email address"
    if name == "telephone" and not _TELEPHONE.fullmatch(text):
        yield "is not a telephone number: 0 and nine or ten digits, or + and a country's code"


def _born_faults(details: PersonDetails) -> Faults:
    if details.born is None:
        return
    if details.born > details.told_on:
        yield "born", f"is after {details.told_on}, the day it was told"
    elif details.told_on.year - details.born.year > OLDEST:
        yield "born", f"is more than {OLDEST} years before {details.told_on}, the day it was told"


def _reference_faults(references: tuple[Reference, ...]) -> Faults:
    for number, each in enumerate(references, start=1):
        if fault := each.fault():
            yield f"references {number} ({each.kind})", fault
        if each in references[: number - 1]:
            yield f"references {number} ({each.kind})", "is given twice"
