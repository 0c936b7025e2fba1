"""Everything that can be wrong with the form by itself, without looking at what is stored."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from gateway.referrals.code_lists import code_problem

if TYPE_CHECKING:
    from gateway.referrals.details import Known, ReferralDetails

Faults = Iterator[tuple[str, str]]
"""Pairs of a field and what is wrong with it."""

TIERS = ("hub", "local", "floating")
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
"""Dates outside are typing mistakes: no live referral has them."""
FIRST_BIRTH = date(1880, 1, 1)

MOST_UNITS = 99
MOST_PEOPLE = 30
MOST_SERVICES = 100
"""Wished for, or avoided; nobody names more one by one."""
LONGEST_STORY = 20_000
LONGEST_DETAIL = 2_000

_LINES = {"referrer": 200, "agency_reference": 64, "person_id": 24, "agency_id": 24}
_TEXTS = {"accommodation_detail": LONGEST_DETAIL, "story": LONGEST_STORY}
_GSS = re.compile(r"[A-Z][0-9]{8}")
_SERVICE = re.compile(r"[!-~]{1,24}")


def faults_of(details: "ReferralDetails") -> Faults:
    """Every fault of the form, in the order of its fields."""
    yield from _text_faults(details)
    yield from _place_faults(details)
    yield from _date_faults(details)
    yield from _number_faults(details)
    yield from _list_faults(details)
    yield from _household_faults(details)


def line_problem(value: str, longest: int) -> str | None:
    """What is wrong with one line of text, without repeating it; ``None`` if nothing is."""
    if not value.isprintable():
        return "holds characters that do not print"
    return text_problem(value, longest)


def text_problem(value: str, longest: int) -> str | None:
    """What is wrong with a text of several lines, without repeating it; ``None`` if nothing is."""
    if not value.strip():
        return "is empty"
    if len(value) > longest:
        return f"is longer than {longest} characters"
    if value != value.strip():
        return "starts or ends with a blank"
    return "holds characters that do not print" if "\0" in value else None


def _text_faults(details: "ReferralDetails") -> Faults:
    for field, longest in _LINES.items():
        value: str | None = getattr(details, field)
        if value is not None and (problem := line_problem(value, longest)):
            yield field, problem
    for field, longest in _TEXTS.items():
        value = getattr(details, field)
        if value is not None and (problem := text_problem(value, longest)):
            yield field, problem


def _place_faults(details: "ReferralDetails") -> Faults:
    if details.authority_id is not None and not _GSS.fullmatch(details.authority_id):
        yield "authority_id", "is not a GSS code, a letter and eight digits such as E08000025"
    if details.accommodation is not None and (
        problem := code_problem("accommodation", details.accommodation)
    ):
        yield "accommodation", problem
    if details.tier is not None and details.tier not in TIERS:
        yield "tier", f"is none of {', '.join(TIERS)}"
    if details.current_service_id is None:
        for field in ("must_leave", "may_move"):
            if getattr(details, field):
                yield field, "is yes without a current service to leave"


def _date_faults(details: "ReferralDetails") -> Faults:
    for field in ("referred_on", "duty_date", "discharge_date"):
        day: date | None = getattr(details, field)
        if day is not None and not EARLIEST <= day <= LATEST:
            yield field, f"is not from {EARLIEST:%Y} to {LATEST:%Y}"


def _number_faults(details: "ReferralDetails") -> Faults:
    if not 1 <= details.units <= MOST_UNITS:
        yield "units", f"is not from 1 to {MOST_UNITS}"
    for field, least in (("adults", 1), ("children", 0)):
        number: int | None = getattr(details, field)
        if number is not None and not least <= number <= MOST_PEOPLE:
            yield field, f"is not from {least} to {MOST_PEOPLE}"


def _list_faults(details: "ReferralDetails") -> Faults:
    yield from _codes("client_groups", "client_group", details.client_groups)
    yield from _known("needs", "need", details.needs)
    yield from _known("risks", "risk", details.risks)
    yield from _codes("access_needs", "access_need", details.access_needs)
    for field, services in (("wishes", details.wishes), ("avoids", details.avoids)):
        yield from _twice(field, services)
        if len(services) > MOST_SERVICES:
            yield field, f"names more than {MOST_SERVICES}"
        if not all(_SERVICE.fullmatch(each) for each in services):
            yield field, "holds something that is not the id of a service"
    if set(details.wishes) & set(details.avoids):
        yield "wishes", "names a service in which they must not be placed"


def _known(field: str, list_name: str, known: Sequence["Known"]) -> Faults:
    yield from _codes(field, list_name, [each.code for each in known])
    for place, each in enumerate(known):
        if each.detail is not None and (problem := text_problem(each.detail, LONGEST_DETAIL)):
            yield f"{field}[{place}].detail", problem


def _codes(field: str, list_name: str, codes: Sequence[str]) -> Faults:
    yield from _twice(field, codes)
    for code in dict.fromkeys(codes):
        if problem := code_problem(list_name, code):
            yield field, problem


def _twice(field: str, values: Sequence[str]) -> Faults:
    if len(set(values)) < len(values):
        yield field, "names the same thing twice"


def _household_faults(details: "ReferralDetails") -> Faults:
    if len(details.household) > MOST_PEOPLE:
        yield "household", f"has more than {MOST_PEOPLE} members"
    for number, member in enumerate(details.household):
        if problem := code_problem("relation", member.relation):
            yield f"household[{number}].relation", problem
        if member.name is not None and (problem := line_problem(member.name, 200)):
            yield f"household[{number}].name", problem
        if member.born is not None and not FIRST_BIRTH <= member.born <= LATEST:
            yield f"household[{number}].born", f"is not from {FIRST_BIRTH:%Y} to {LATEST:%Y}"
