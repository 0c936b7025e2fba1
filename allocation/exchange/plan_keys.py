"""The keys of ``placement-plan/1``, in the order in which they are written (docs/problem-format.md)."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from allocation.exchange.records import PLAN_FORMAT, Keys, optional, required, several
from allocation.exchange.strict_json import InvalidDocument, key_path
from allocation.exchange.values import (
    a_list,
    an_object,
    exactly,
    plain_object,
    text,
    truth,
    under,
    unfit,
    whole_number,
    word_of,
)
from allocation.plan import Status
from allocation.problem import Fault

LARGEST_SUM: Final = 2**53
"""The largest sum a plan may hold: every JSON reader keeps whole numbers exact up to here."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_BAND = re.compile(r"[1-9][0-9]{0,9}")

_sum: Final = whole_number(most=LARGEST_SUM)
_bound: Final = whole_number(least=-LARGEST_SUM, most=LARGEST_SUM)


def _sha256(value: object) -> str:
    if type(value) is not str or not _SHA256.fullmatch(value):
        raise unfit(value, "64 hexadecimal digits in small letters")
    return value


def _placed_by_band(value: object) -> Mapping[int, tuple[int, int]]:
    bands: dict[int, tuple[int, int]] = {}
    faults: list[Fault] = []
    for band, counts in an_object(value).items():
        try:
            bands[_band(band)] = _placed_of(counts)
        except InvalidDocument as refused:
            faults += under(key_path("", str(band)), refused.faults)
    if faults:
        raise InvalidDocument(faults)
    return MappingProxyType(dict(sorted(bands.items())))


def _band(name: object) -> int:
    if type(name) is not str or not _BAND.fullmatch(name):
        raise InvalidDocument([Fault("", "is not a band; bands are whole numbers from 1")])
    return int(name)


def _placed_of(value: object) -> tuple[int, int]:
    counts = a_list(value)
    if len(counts) != 2:
        raise unfit(value, "the number placed and the number of people")
    placed, people = _sum(counts[0]), _sum(counts[1])
    if placed > people:
        raise InvalidDocument([Fault("", f"says {placed} of {people} people are placed")])
    return placed, people


class Change(StrEnum):
    """What there would be one more of."""

    POOL = "pool"
    QUOTA = "quota"
    CONVERSION = "conversion"


CONCERNS: Final[Mapping[Change, frozenset[str]]] = MappingProxyType(
    {
        Change.POOL: frozenset({"service", "pool"}),
        Change.QUOTA: frozenset({"quota"}),
        Change.CONVERSION: frozenset({"service", "from", "to"}),
    }
)
"""The keys that say which one, for each kind of unlock."""

PLAN: Final[Keys] = MappingProxyType(
    {
        "format": required(exactly(PLAN_FORMAT), "format"),
        "problem_sha256": required(_sha256, "problem_sha256"),
        "status": required(word_of(Status), "status"),
        "summary": required(an_object, "summary"),
        "placements": required(a_list, "placements"),
        "unplaced": required(a_list, "unplaced"),
        "conversions": several(a_list, "conversions"),
        "steps": several(a_list, "steps"),
        "certificate": several(plain_object, "certificate"),
        "run": several(plain_object, "run"),
    }
)

SUMMARY: Final[Keys] = MappingProxyType(
    {
        "people": required(_sum, "people"),
        "placed": required(_sum, "placed"),
        "unplaced": required(_sum, "unplaced"),
        "stayed": required(_sum, "stayed"),
        "moved": required(_sum, "moved"),
        "placed_by_band": required(_placed_by_band, "placed_by_band"),
        "cost": required(_sum, "cost"),
        "cost_bound": required(_bound, "cost_bound"),
        "conversions": required(_sum, "conversions"),
        "method": required(text, "method"),
        "unproved": several(a_list, "unproved"),
        "message": optional(text, "message"),
    }
)

UNPROVED: Final[Keys] = MappingProxyType(
    {
        "level": required(text, "level"),
        "value": required(_bound, "value"),
        "bound": required(_bound, "bound"),
    }
)

PLACEMENT: Final[Keys] = MappingProxyType(
    {
        "person": required(text, "person"),
        "service": required(text, "service"),
        "pool": required(text, "pool"),
        "from": optional(text, "origin"),
        "cost": required(_sum, "cost"),
    }
)

UNPLACED: Final[Keys] = MappingProxyType(
    {
        "person": required(text, "person"),
        "reasons": required(a_list, "reasons"),
        "unlocks": several(a_list, "unlocks"),
        "unlocks_complete": optional(truth, "unlocks_complete"),
    }
)

REASON: Final[Keys] = MappingProxyType(
    {
        "code": required(text, "code"),
        "service": optional(text, "service"),
        "quota": optional(text, "quota"),
        "rule": optional(text, "rule"),
        "text": required(text, "text"),
    }
)

UNLOCK: Final[Keys] = MappingProxyType(
    {
        "kind": required(word_of(Change), "kind"),
        "service": optional(text, "service"),
        "pool": optional(text, "pool"),
        "quota": optional(text, "quota"),
        "from": optional(text, "source"),
        "to": optional(text, "target"),
        "units": optional(whole_number(least=1), "units"),
    }
)

CONVERTED: Final[Keys] = MappingProxyType(
    {
        "service": required(text, "service"),
        "from": required(text, "source"),
        "to": required(text, "target"),
        "units": required(whole_number(least=1), "units"),
    }
)
