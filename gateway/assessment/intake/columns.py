"""The columns of an import file (docs/referrals.md), how each cell is read, and whose fault is told where."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from gateway.assessment.referral_cells import BadCell, Reader, readers, shown
from gateway.assessment.scheme import Scheme, shipped_scheme
from gateway.assessment.spreadsheet_file import unshielded
from gateway.people.references import ReferenceKind
from gateway.people.tables import SafeToContact
from gateway.referrals.tables import Connection, Duty

PERSON = (
    "forename",
    "surname",
    "known_as",
    "born",
    "gender",
    "email",
    "telephone",
    "address",
    "safe_to_contact",
)
"""Columns that are a person's details, under their own names."""

REFERENCES = tuple(kind.value for kind in ReferenceKind if kind is not ReferenceKind.AGENCY)
"""Columns that are numbers by which others know the person."""

REFERRAL: Mapping[str, str] = MappingProxyType(
    {
        "agency": "agency_id",
        "reference": "agency_reference",
        "authority": "authority_id",
        "current_service": "current_service_id",
        "prefers": "wishes",
        "avoid_services": "avoids",
    }
    | {
        name: name
        for name in (
            *("referrer", "referred_on", "connection", "duty", "duty_date", "discharge_date"),
            *("immediate_safety", "sleeping_rough", "accommodation", "accommodation_detail", "tier", "units"),
            *("adults", "children", "pregnant", "must_leave", "may_move", "story", "client_groups"),
            "access_needs",
        )
    }
)
"""Columns that are fields of the form, and the fields they are."""

ANSWERED = MappingProxyType({"needs": ("needs", "needs_ruled_out"), "risks": ("tags", "risks_ruled_out")})
"""Fields of the form told in two columns: what is known to be so, and what is known not to be."""

OVERRIDE = ("override_band", "override_reason", "override_by")

NEEDED = ("agency", "reference", "referred_on", "consent_on", "client_groups")
"""Columns that every file has, and no cell of which is blank."""

NOT_IMPORTED = MappingProxyType(
    {
        "age": "is not imported: give the date of birth in born",
        "current_pool": "is not imported: the placements tell it",
    }
)
"""Columns of a referral file (docs/referral-csv.md) that the gateway of record does not take, and why."""


def import_readers(scheme: Scheme | None, on: date) -> Mapping[str, Reader]:
    """How to read each column, with the items of the scheme in force, if there is one."""
    found = dict(readers(scheme or shipped_scheme("new-directions-team"), on))
    items = () if scheme is None else scheme.item_keys
    taken = {*REFERRAL, *OVERRIDE, "gender", "tags", "avoid_areas", *items}
    if scheme is None:
        taken -= set(OVERRIDE)
    known = {name: reader for name, reader in found.items() if name in taken}
    day, yes_no, codes = found["duty_date"], found["must_leave"], found["tags"]
    lines = ("person", "agency", "referrer", "email", "telephone", "consent_how", *REFERENCES)
    own: dict[str, Reader] = dict.fromkeys(
        (*lines, "forename", "surname", "known_as", "address", "accommodation_detail", "story"), unshielded
    )
    own |= dict.fromkeys(("born", "consent_on"), day) | {"pregnant": yes_no, "accommodation": str.lower}
    own |= dict.fromkeys(("needs", "needs_ruled_out", "risks_ruled_out"), codes)
    own |= {"adults": _number, "children": _number}
    own |= {
        "connection": _one_of(Connection),
        "duty": _one_of(Duty),
        "safe_to_contact": _one_of(SafeToContact),
    }
    return known | own


def header(scheme: Scheme | None, on: date) -> Sequence[str]:
    """Every column that a file can have, those first that every file has."""
    return (*NEEDED, *sorted(set(import_readers(scheme, on)) - set(NEEDED)))


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        raise BadCell(f"{shown(text)} is not a whole number from 0")
    return int(text)


def _one_of(codes: type[StrEnum]) -> Reader:
    def read(text: str) -> StrEnum:
        try:
            return codes(text.lower())
        except ValueError:
            told = ", ".join(each.value for each in codes)
            raise BadCell(f"{shown(text)} is none of {told}") from None

    return read


def column_of(field: str) -> str:
    """The column in which a fault of a field of the form, or of a person, is told."""
    columns = {field: column for column, field in REFERRAL.items()}
    columns |= {field: pair[0] for field, pair in ANSWERED.items()}
    return columns.get(field, field)
