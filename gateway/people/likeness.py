"""How alike two people are: a score from 0 to 100, with its reasons in words.

Points, and what they are for, stand in one table (`POINTS`). They are settings of this gateway and not from a
source; what they find and miss is measured in ``docs/people.md``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from rapidfuzz.distance import OSA, JaroWinkler

from gateway.people.keys import swapped
from gateway.people.names import Names, short_forms, sound
from gateway.people.references import Reference, ReferenceKind

BORN, SURNAME, FORENAME = 40, 30, 25
"""Points for the same date of birth, surname and forename."""

SAME_REFERENCE, OTHER_REFERENCE = 60, -15
"""Points for the same number, and for two numbers of one kind that only one of them can have."""

NEARLY, ALIKE = 0.92, 0.85
"""Jaro-Winkler similarity (Winkler, *String Comparator Metrics*, 1990) from which two words nearly agree."""

POINTS: Mapping[str, float] = MappingProxyType(
    {
        "same": 1.0,
        "a short form of the same": 0.8,
        "nearly the same": 0.8,
        "sounds alike": 0.75,
        "part of the other": 0.7,
        "similar": 0.5,
        "same initial": 0.4,
        "different": -0.6,
    }
)
"""The share of a name's points that each kind of agreement has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is compared of somebody; ``None`` and empty are unknown."""

    names: Names
    born: date | None
    references: frozenset[Reference]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike: a score from 0 to 100 and the reasons, in words that tell no name, date or number."""

    score: int
    reasons: tuple[str, ...]


Part = tuple[float, str]
"""Points, and the reason in words."""


def likeness(one: Known, other: Known) -> Likeness:
    """Compare two people, in either order; what is unknown of either counts neither way."""
    references = tuple(_references(one.references, other.references))
    parts = (*references, *_born(one.born, other.born), *_names(one.names, other.names))
    score = sum(points for points, _ in parts)
    if any(points == SAME_REFERENCE for points, _ in references):
        score = max(score, SAME_REFERENCE)
    in_order = sorted(parts, key=lambda part: (-part[0], part[1]))
    return Likeness(score=round(min(max(score, 0), 100)), reasons=tuple(why for _, why in in_order))


def _references(one: frozenset[Reference], other: frozenset[Reference]) -> Iterator[Part]:
    for kind in ReferenceKind:
        ours, theirs = ({each.value for each in all_ if each.kind is kind} for all_ in (one, other))
        words = kind.value.replace("_", " ").replace("ni ", "National Insurance ").replace("nhs", "NHS")
        if ours & theirs:
            yield SAME_REFERENCE, f"same {words if kind is not ReferenceKind.AGENCY else 'agency reference'}"
        elif ours and theirs and kind is not ReferenceKind.AGENCY:
            yield OTHER_REFERENCE, f"different {words}"


def _born(one: date | None, other: date | None) -> Iterator[Part]:
    if one is not None and other is not None:
        share, reason = _days(one, other)
        yield BORN * share, reason


def _days(one: date, other: date) -> tuple[float, str]:
    """The share of the points of a date of birth, and the reason."""
    if one == other:
        return 1.0, "same date of birth"
    if swapped(one) == other:
        return 0.75, "date of birth with day and month the other way round"
    if OSA.distance(f"{one:%Y%m%d}", f"{other:%Y%m%d}") == 1:
        return 0.6, "date of birth with one digit wrong, or two exchanged"
    if one.year == other.year or (one.day, one.month) == (other.day, other.month):
        return -0.25, "date of birth only partly the same"
    return -0.625, "different date of birth"


def _names(one: Names, other: Names) -> tuple[Part, ...]:
    if _split_otherwise(one, other):
        return ((SURNAME + FORENAME, "same names, told apart otherwise"),)
    straight, crossed = tuple(_straight(one, other)), tuple(_crossed(one, other))
    if sum(points for points, _ in crossed) > max(sum(points for points, _ in straight), 0):
        return crossed
    return straight


def _split_otherwise(one: Names, other: Names) -> bool:
    ours, theirs = ((*each.forename, *each.surname) for each in (one, other))
    parted = (one.forename, one.surname) != (other.forename, other.surname)
    return parted and len(ours) > 2 and sorted(ours) == sorted(theirs)


def _straight(one: Names, other: Names) -> Iterator[Part]:
    if surnames := _agreement(one.surname, other.surname, forename=False):
        yield SURNAME * POINTS[surnames], _said("surname", surnames)
    agreements = (
        _agreement(ours, theirs, forename=True)
        for ours in (one.forename, one.known_as)
        for theirs in (other.forename, other.known_as)
    )
    forenames = max(
        (each for each in agreements if each), key=lambda kind: (POINTS[kind], kind), default=None
    )
    if forenames:
        yield FORENAME * POINTS[forenames], _said("forename", forenames)


def _crossed(one: Names, other: Names) -> Iterator[Part]:
    """Each one's surname against the other's forename, if both agree in some way."""
    kinds = [
        _agreement(ours, theirs, forename=False)
        for ours, theirs in ((one.surname, other.forename), (one.forename, other.surname))
    ]
    if None in kinds or "different" in kinds:
        return
    shares = sum(POINTS[kind] for kind in kinds if kind) / len(kinds)
    yield (SURNAME + FORENAME) * shares, "surname and forename the other way round"


def _said(name: str, kind: str) -> str:
    return f"{kind} {name}" if kind in ("same", "similar", "different") else f"{name} {kind}"


def _agreement(one: tuple[str, ...], other: tuple[str, ...], *, forename: bool) -> str | None:
    """The best kind of agreement of two names, a key of `POINTS`; ``None``: one of them is unknown."""
    return next(_agreements(one, other, forename=forename)) if one and other else None


def _agreements(one: tuple[str, ...], other: tuple[str, ...], *, forename: bool) -> Iterator[str]:
    ours, theirs = "".join(one), "".join(other)
    if ours == theirs:
        yield "same"
    if forename and one[0] in short_forms(other[0]):
        yield "a short form of the same"
    similar = JaroWinkler.similarity(*sorted((ours, theirs)))  # it pairs letters greedily: in one order only
    if similar >= NEARLY or _one_letter_off(ours, theirs):
        yield "nearly the same"
    if sound(ours) == sound(theirs):
        yield "sounds alike"
    if {each for each in one if len(each) > 1} & set(other):
        yield "part of the other"
    if similar >= ALIKE:
        yield "similar"
    if 1 in (len(ours), len(theirs)) and ours[0] == theirs[0]:
        yield "same initial"
    yield "different"


def _one_letter_off(ours: str, theirs: str) -> bool:
    """Of words long enough for a letter not to make another name of them."""
    return min(len(ours), len(theirs)) > 3 and OSA.distance(ours, theirs, score_cutoff=1) == 1
