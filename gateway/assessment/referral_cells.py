"""What each cell of a referral file may hold, and what it means."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from gateway.assessment.assess import band_problem, score_problem
from gateway.assessment.referral import FIXED_COLUMNS, MOST_UNITS, OLDEST, TIERS
from gateway.assessment.scheme import Scheme
from gateway.assessment.spreadsheet_file import unshielded

MOST_DIGITS = 9

_SHOWABLE = re.compile(r"[A-Za-z0-9./:_+-]{1,16}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}")


class BadCell(Exception):
    """A cell cannot be read; the message says why and repeats nothing but short codes."""


Reader = Callable[[str], Any]
"""From the text of a cell that is not blank to its value; raises :class:`BadCell`."""


def shown(text: str) -> str:
    """A short code as it stands; anything longer may be about a person and is only counted."""
    return f"'{text}'" if _SHOWABLE.fullmatch(text) else f"this text of {len(text)} characters"


def _yes_no(text: str) -> bool:
    answers = {"yes": True, "no": False}
    if text.lower() not in answers:
        raise BadCell(f"{shown(text)} is not yes or no")
    return answers[text.lower()]


def _whole(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise BadCell(f"{shown(text)} is not a whole number from 0")
    return int(text)


def _between(lowest: int, highest: int) -> Reader:
    def read(text: str) -> int:
        if not _NUMBER.fullmatch(text) or not lowest <= int(text) <= highest:
            raise BadCell(f"{shown(text)} is not a whole number from {lowest} to {highest}")
        return int(text)

    return read


def _date(text: str) -> date:
    day = _day(text) if _ISO_DATE.fullmatch(text) else None
    if day is None:
        raise BadCell(f"{shown(text)} is not a date written as year-month-day, such as 2025-12-31")
    return day


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # there is no 30 February
        return None


def _referral_day(on: date | None) -> Reader:
    def read(text: str) -> date:
        day = _date(text)
        if on is not None and day > on:
            raise BadCell(f"{shown(text)} is after the day of assessment, {on}")
        return day

    return read


def _tier(text: str) -> str:
    if text.lower() not in TIERS:
        raise BadCell(f"{shown(text)} is none of {', '.join(TIERS)}")
    return text.lower()


def _one_line(text: str) -> str:
    """A reason may have been typed on several lines of one cell."""
    return " ".join(unshielded(text).splitlines())


def _list(of: Reader) -> Reader:
    def read(text: str) -> tuple[Any, ...]:
        parts = [part.strip() for part in unshielded(text).split(";")]
        if not all(parts):
            raise BadCell("has nothing between two semicolons, or before or after one")
        return tuple(of(part) for part in parts)

    return read


def _code(text: str) -> str:
    return text.lower()


def _authority(text: str) -> str:
    return text.upper()


def _override_band(scheme: Scheme) -> Reader:
    def read(text: str) -> int:
        band = _whole(text)
        if problem := band_problem(band, scheme):
            raise BadCell(f"{shown(text)} {problem}")
        return band

    return read


def _item(allowed: tuple[int, ...]) -> Reader:
    def read(text: str) -> int:
        if not _NUMBER.fullmatch(text) or score_problem(int(text), allowed):
            raise BadCell(f"{shown(text)} is not one of {', '.join(map(str, allowed))}")
        return int(text)

    return read


def readers(scheme: Scheme, on: date | None) -> Mapping[str, Reader]:
    """How to read each column that a file for this scheme may have, in the order of writing."""
    fixed: dict[str, Reader] = {
        "reference": unshielded,
        "referred_on": _referral_day(on),
        "authority": _authority,
        "age": _between(0, OLDEST),
        "gender": lambda text: unshielded(text).lower(),
        "client_groups": _list(_code),
        "tier": _tier,
        "units": _between(1, MOST_UNITS),
        "tags": _list(_code),
        "access_needs": _list(_code),
        "immediate_safety": _yes_no,
        "duty_date": _date,
        "discharge_date": _date,
        "sleeping_rough": _yes_no,
        "avoid_services": _list(str),
        "avoid_areas": _list(_authority),
        "prefers": _list(str),
        "override_band": _override_band(scheme),
        "override_reason": _one_line,
        "override_by": _one_line,
        "current_service": unshielded,
        "current_pool": unshielded,
        "must_leave": _yes_no,
        "may_move": _yes_no,
    }
    items = {item.key: _item(item.scores) for item in scheme.items}
    return {column: fixed[column] for column in FIXED_COLUMNS} | items


def cell_of(value: object) -> str | int:
    """The value as a cell that :func:`readers` reads back; text is not yet shielded."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    return ";".join(value) if isinstance(value, tuple) else str(value)
