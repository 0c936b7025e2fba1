"""The lines of an assessment: one for each contribution, in words that a person can read aloud."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from gateway.assessment.referral import Override, Referral
from gateway.assessment.scheme import Scheme
from gateway.assessment.scheme_faults import NEED, WAITING
from gateway.assessment.scheme_parts import Deadline, Item, YesNo

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One contribution.

    about
        An item's or an urgency fact's key, ``need``, ``waiting``, ``band`` or ``override``.
    text
        A sentence or two.
    points, out_of
        For an item and for the need score: what was scored, ``None`` if unknown, and the most that can be.
    """

    about: str
    text: str
    points: int | None = None
    out_of: int | None = None


def lines_of(
    referral: Referral, scheme: Scheme, *, on: date, score: int | None, possible_bands: Sequence[int]
) -> Iterator[Line]:
    """The urgency facts, the items, the need score, waiting, the band, the override; in this order."""
    for fact in scheme.urgency:
        yield (
            _deadline_line(fact, referral, on) if isinstance(fact, Deadline) else _yes_no_line(fact, referral)
        )
    for item in scheme.items:
        yield _item_line(item, referral.answers.get(item.key))
    yield _need_line(referral, scheme, score)
    yield _waiting_line(referral, scheme, on)
    yield _band_line(scheme, possible_bands, overridden=referral.override is not None)
    if referral.override is not None:
        yield _override_line(referral.override, possible_bands)


def _yes_no_line(fact: YesNo, referral: Referral) -> Line:
    answers = {True: "yes", False: "no", None: "not yet asked"}
    return Line(about=fact.key, text=f"{fact.label}: {answers[referral.yes_no(fact.asks)]}.")


def _deadline_line(fact: Deadline, referral: Referral, on: date) -> Line:
    found = fact.soonest(referral)
    if found is None:
        return Line(about=fact.key, text=f"{fact.label}: none known.")
    day, which = found
    days = (day - on).days
    level = fact.level_of(days)
    when = f"{spoken_date(day)} ({which.replace('_', ' ')}), {_away(days)}"
    return Line(about=fact.key, text=f"{fact.label}: {when}; {_counts(fact, level)}.")


def _away(days: int) -> str:
    if days in (-1, 0, 1):
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def _counts(fact: Deadline, level: int) -> str:
    if level == 0:
        return f"more than {_days(fact.levels[0].within_days)} away, so it does not count yet"
    within = fact.levels[level - 1].within_days
    return f"counts as within {_days(within)}" if within else "counts as today or passed"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def spoken_date(day: date) -> str:
    """The date in English words whatever the machine's language: 4 December 2025."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _item_line(item: Item, answer: int | None) -> Line:
    said = "not yet asked" if answer is None else f"{answer} out of {item.highest}"
    counts = f" (each step counts {item.weight})" if item.weight > 1 and answer is not None else ""
    return Line(about=item.key, text=f"{item.label}: {said}{counts}.", points=answer, out_of=item.highest)


def _need_line(referral: Referral, scheme: Scheme, score: int | None) -> Line:
    most = scheme.needs[-1]
    if score is not None:
        return Line(about=NEED, text=f"Need score: {score} out of {most}.", points=score, out_of=most)
    unasked = [item for item in scheme.items if item.key not in referral.answers]
    asked = sum(referral.answers.values())
    low, high = (asked + sum(getattr(item, end) for item in unasked) for end in ("lowest", "highest"))
    left = f"{len(unasked)} of {len(scheme.items)} questions not yet asked"
    return Line(
        about=NEED,
        text=f"Need score: not yet known, {left}; from {low} to {high} out of {most}.",
        out_of=most,
    )


def _waiting_line(referral: Referral, scheme: Scheme, on: date) -> Line:
    if referral.referred_on is None:
        return Line(about=WAITING, text="Waiting: not known since when.")
    days, longest = (on - referral.referred_on).days, scheme.waiting.longest_days
    capped = f", counted as {longest}" if days > longest else ""
    since = spoken_date(referral.referred_on)
    return Line(about=WAITING, text=f"Waiting: {_days(days)}{capped}, since {since}.")


def _band_line(scheme: Scheme, possible_bands: Sequence[int], *, overridden: bool) -> Line:
    highest = possible_bands[0]
    if len(possible_bands) == 1:
        return Line(about="band", text=f"Band {highest}: {scheme.bands[highest - 1].label}.")
    unknown = f"Band not yet known: {spoken_bands(possible_bands)}, depending on what has not been asked"
    held = "" if overridden else f" Held at band {highest}, the highest of these, until it is known."
    return Line(about="band", text=f"{unknown}.{held}")


def spoken_bands(bands: Sequence[int]) -> str:
    """The numbers as a choice: "2", "2 or 3", "2, 3 or 5"."""
    *first, last = map(str, bands)
    return f"{', '.join(first)} or {last}" if first else last


def _override_line(override: Override, possible_bands: Sequence[int]) -> Line:
    text = (
        f"Band set to {override.band} by {override.by}; the answers give band {spoken_bands(possible_bands)}."
    )
    return Line(about="override", text=f"{text} Reason: {override.reason}")
