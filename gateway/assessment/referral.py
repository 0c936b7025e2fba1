"""A referral as the assessment sees it: what is known of a case, and what is not.

Unknown is ``None``, never zero and never "no". The fields are the columns of ``docs/referral-csv.md``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from types import MappingProxyType
from typing import Any

TIERS = ("hub", "local", "floating")

YES_NO_QUESTIONS = ("immediate_safety", "sleeping_rough")
"""The questions an urgency rule may ask; each is answered yes, no, or not yet."""

DEADLINES = ("duty_date", "discharge_date")
"""The dates an urgency rule may count the days to."""

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
"""Dates outside are typing mistakes: no live referral has them."""

GSS_CODE = "a GSS code, a letter and eight digits such as E08000025"

OLDEST = 120
MOST_UNITS = 99

_TEXTS = ("reference", "gender", "override_reason", "override_by", "current_service", "current_pool")
_LONGEST = {"override_reason": 2000, "override_by": 200}
_LONGEST_OTHERWISE = 64
_AUTHORITY = re.compile(r"[A-Z][0-9]{8}")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_ITEM_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")

Faults = Iterator[tuple[str, str]]
"""Pairs of a column and what is wrong with it."""


class InvalidReferral(ValueError):
    """A referral contradicts itself or the scheme; every fault is named, none of the person's words are.

    ``faults`` are pairs of a column and what is wrong with it.
    """

    def __init__(self, reference: str, faults: tuple[tuple[str, str], ...]) -> None:
        self.reference, self.faults = reference, faults
        told = "; ".join(f"{column}: {what}" for column, what in faults)
        super().__init__(f"referral {reference}: {told}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A named person's decision to set another band than the computed one, and why."""

    band: int
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One case: one adult, or a household that takes ``units`` units together.

    reference
        The gateway's own number for the case; never a name.
    referred_on
        The day the referral arrived; ``None`` is unknown.
    authority
        GSS code of the home authority; ``None`` is unknown.
    immediate_safety
        Is the person in danger where they are now? Yes, no, or ``None``: not yet asked.
    duty_date, discharge_date
        The day a housing duty falls due, and the day of leaving hospital, custody or care; ``None`` is none
        known.
    sleeping_rough
        Bedded down on the street? Yes, no, or ``None``: not yet asked.
    answers
        Scores by item key of the scheme; an item that is not there has not been asked yet.
    override_band, override_reason, override_by
        All three or none.

    Raises
    ------
    InvalidReferral
        Naming every field that does not hold.
    """

    reference: str
    referred_on: date | None = None
    authority: str | None = None
    age: int | None = None
    gender: str | None = None
    client_groups: tuple[str, ...] = ()
    tier: str | None = None
    units: int = 1
    tags: tuple[str, ...] = ()
    access_needs: tuple[str, ...] = ()
    immediate_safety: bool | None = None
    duty_date: date | None = None
    discharge_date: date | None = None
    sleeping_rough: bool | None = None
    answers: Mapping[str, int] = field(default_factory=dict, hash=False)
    avoid_services: tuple[str, ...] = ()
    avoid_areas: tuple[str, ...] = ()
    prefers: tuple[str, ...] = ()
    override_band: int | None = None
    override_reason: str | None = None
    override_by: str | None = None
    current_service: str | None = None
    current_pool: str | None = None
    must_leave: bool = False
    may_move: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", MappingProxyType(dict(sorted(self.answers.items()))))
        if faults := tuple(_faults(self)):
            raise InvalidReferral(self.reference, faults)

    def __reduce__(self) -> tuple[Any, ...]:
        """A read-only mapping cannot be sent to another process; the plain one inside it can."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return (_rebuilt, (type(self), values | {"answers": dict(self.answers)}))

    @property
    def override(self) -> Override | None:
        """The override as one value, or ``None``."""
        if self.override_band is None or self.override_reason is None or self.override_by is None:
            return None
        return Override(band=self.override_band, reason=self.override_reason, by=self.override_by)

    def yes_no(self, question: str) -> bool | None:
        """The answer to one of :data:`YES_NO_QUESTIONS`; ``None`` is not yet asked."""
        return self.immediate_safety if question == "immediate_safety" else self.sleeping_rough

    def deadline(self, which: str) -> date | None:
        """One of :data:`DEADLINES`; ``None`` is none known."""
        return self.duty_date if which == "duty_date" else self.discharge_date


def _rebuilt(kind: type[Referral], values: dict[str, Any]) -> Referral:
    return kind(**values)


FIXED_COLUMNS = tuple(each.name for each in fields(Referral) if each.name != "answers")
"""Every column but the scheme's own items."""


def _faults(referral: Referral) -> Faults:
    yield from _text_faults(referral)
    yield from _code_faults(referral)
    yield from _number_and_date_faults(referral)
    yield from _override_faults(referral)
    yield from _whereabouts_faults(referral)


def text_problem(value: str, longest: int) -> str | None:
    """What is wrong with a piece of text, without repeating it; ``None`` if nothing is."""
    if not value:
        return "is empty"
    if value != value.strip():
        return "starts or ends with a blank"
    if not value.isprintable():
        return "holds characters that do not print"
    if len(value) > longest:
        return f"is longer than {longest} characters"
    return None


def _text_faults(referral: Referral) -> Faults:
    for column in _TEXTS:
        value = getattr(referral, column)
        if value is not None and (problem := text_problem(value, _LONGEST.get(column, _LONGEST_OTHERWISE))):
            yield column, problem
    for column in ("avoid_services", "prefers"):
        for value in getattr(referral, column):
            if problem := text_problem(value, _LONGEST_OTHERWISE):
                yield column, f"a name {problem}"
            if ";" in value:
                yield column, "a name holds a semicolon, which separates names"
    if referral.gender is not None and referral.gender != referral.gender.lower():
        yield "gender", "must be in small letters, so that the same word is always the same text"


def _code_faults(referral: Referral) -> Faults:
    if referral.authority is not None and not _AUTHORITY.fullmatch(referral.authority):
        yield "authority", f"is not {GSS_CODE}"
    if any(not _AUTHORITY.fullmatch(area) for area in referral.avoid_areas):
        yield "avoid_areas", f"holds something that is not {GSS_CODE}"
    if referral.tier is not None and referral.tier not in TIERS:
        yield "tier", f"is none of {', '.join(TIERS)}"
    for column in ("client_groups", "tags", "access_needs"):
        if any(not _CODE.fullmatch(code) for code in getattr(referral, column)):
            yield column, "holds something that is not a code of small letters, digits and hyphens"
    for column in ("client_groups", "tags", "access_needs", "avoid_services", "avoid_areas", "prefers"):
        values = getattr(referral, column)
        if len(set(values)) < len(values):
            yield column, "names the same thing twice"
    if any(not _ITEM_KEY.fullmatch(key) or key in FIXED_COLUMNS for key in referral.answers):
        yield "answers", "holds a key that cannot be an item's"


def _number_and_date_faults(referral: Referral) -> Faults:
    if referral.age is not None and not 0 <= referral.age <= OLDEST:
        yield "age", f"is not from 0 to {OLDEST}"
    if not 1 <= referral.units <= MOST_UNITS:
        yield "units", f"is not from 1 to {MOST_UNITS}"
    for column in ("referred_on", *DEADLINES):
        value = getattr(referral, column)
        if value is not None and not EARLIEST <= value <= LATEST:
            yield column, f"is not from {EARLIEST:%Y} to {LATEST:%Y}"


def _override_faults(referral: Referral) -> Faults:
    columns = ("override_band", "override_reason", "override_by")
    blank = [column for column in columns if getattr(referral, column) is None]
    if 0 < len(blank) < len(columns):
        for column in blank:
            yield column, "is blank: an override needs its band, its reason and a name, or none of them"
    if referral.override_band is not None and referral.override_band < 1:
        yield "override_band", "is not 1 or more"


def _whereabouts_faults(referral: Referral) -> Faults:
    if referral.current_service is None:
        if referral.current_pool is not None:
            yield "current_pool", "is given without a current_service"
        for column in ("must_leave", "may_move"):
            if getattr(referral, column):
                yield column, "is yes without a current_service to leave"
    if set(referral.prefers) & set(referral.avoid_services):
        yield "prefers", "names a service that avoid_services names too"
