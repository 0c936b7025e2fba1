"""The keys of ``placement-problem/1``, in the order in which they are written (docs/problem-format.md)."""

from types import MappingProxyType
from typing import Final

from allocation.exchange.records import PROBLEM_FORMAT, Keys, optional, required, several
from allocation.exchange.strict_json import InvalidDocument
from allocation.exchange.values import (
    a_list,
    an_object,
    exactly,
    place,
    text,
    texts,
    truth,
    whole_number,
    word_of,
    words,
)
from allocation.problem import Fault, Gender


def _rows(value: object) -> list[object]:
    rows = a_list(value)
    if not rows:
        raise InvalidDocument([Fault("", "is empty; a service has at least one pool")])
    return rows


PROBLEM: Final[Keys] = MappingProxyType(
    {
        "format": required(exactly(PROBLEM_FORMAT), "format"),
        "people": required(a_list, "people"),
        "services": required(a_list, "services"),
        "options": several(a_list, "options"),
        "quotas": several(a_list, "quotas"),
        "separations": several(a_list, "separations"),
        "limits": several(an_object, "limits"),
    }
)

PERSON: Final[Keys] = MappingProxyType(
    {
        "id": required(text, "id"),
        "band": optional(whole_number(least=1), "band"),
        "score": optional(whole_number(), "score"),
        "authority": optional(text, "authority"),
        "units": optional(whole_number(least=1), "units"),
        "tags": several(words, "tags"),
        "gender": optional(text, "gender"),
        "age": optional(whole_number(), "age"),
        "client_groups": several(words, "client_groups"),
        "tier": optional(text, "tier"),
        "access_needs": several(words, "access_needs"),
        "home": optional(place, "home"),
        "avoid_services": several(words, "avoid_services"),
        "avoid_areas": several(words, "avoid_areas"),
        "prefers": several(texts, "prefers"),
        "current_service": optional(text, "current_service"),
        "current_pool": optional(text, "current_pool"),
        "must_leave": optional(truth, "must_leave"),
        "may_move": optional(truth, "may_move"),
    }
)

SERVICE: Final[Keys] = MappingProxyType(
    {
        "id": required(text, "id"),
        "tier": optional(text, "tier"),
        "authority": optional(text, "authority"),
        "location": optional(place, "location"),
        "client_groups": several(words, "client_groups"),
        "min_age": optional(whole_number(), "min_age"),
        "max_age": optional(whole_number(), "max_age"),
        "features": several(words, "features"),
        "cannot_manage": several(words, "cannot_manage"),
        "direct_access": optional(truth, "direct_access"),
        "pools": required(_rows, "pools"),
        "conversions": several(a_list, "conversions"),
    }
)

POOL: Final[Keys] = MappingProxyType(
    {
        "id": required(text, "id"),
        "units": required(whole_number(), "units"),
        "gender": optional(word_of(Gender), "gender"),
    }
)

CONVERSION: Final[Keys] = MappingProxyType(
    {
        "from": required(text, "source"),
        "to": required(text, "target"),
        "max_units": optional(whole_number(), "max_units"),
        "cost": optional(whole_number(), "cost"),
    }
)

OPTION: Final[Keys] = MappingProxyType(
    {
        "person": required(text, "person"),
        "service": required(text, "service"),
        "cost": optional(whole_number(), "cost"),
        "units": optional(whole_number(least=1), "units"),
    }
)

QUOTA: Final[Keys] = MappingProxyType(
    {
        "id": required(text, "id"),
        "services": several(words, "services"),
        "authorities": several(words, "authorities"),
        "not_authorities": several(words, "not_authorities"),
        "tags": several(words, "tags"),
        "max_units": optional(whole_number(), "max_units"),
        "min_units": optional(whole_number(), "min_units"),
    }
)

LIMITS: Final[Keys] = MappingProxyType(
    {
        "moves": optional(whole_number(), "moves"),
        "conversions": optional(whole_number(), "conversions"),
    }
)
