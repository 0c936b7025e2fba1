"""What keeps a draft from being a scheme, all of it at once, each fault under its YAML path."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import TypeVar

from gateway.assessment.banding import coverage_faults, need_range
from gateway.assessment.referral import DEADLINES, FIXED_COLUMNS, YES_NO_QUESTIONS
from gateway.assessment.scheme_parts import (
    LOCAL_DEFAULT,
    Band,
    Condition,
    Deadline,
    Fact,
    Fault,
    Item,
    Source,
    Waiting,
    YesNo,
)

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
A_NAME = "small letters, digits and hyphens"

NEED, WAITING = "need", "waiting"
"""What stands beside the urgency facts in ``order_in_band``."""

LONGEST_VERSION = 64
HIGHEST_SCORE = 1000
LONGEST_DAYS = 3650
LARGEST_ORDER = 2**31 - 1
"""A position inside a band fits 32 bits, so that sums over a million people stay exact in 64."""

T = TypeVar("T")

Faults = Iterator[Fault]


class InvalidScheme(ValueError):
    """A scheme is incomplete or contradicts itself.

    ``faults`` are pairs of a YAML path (empty: the file itself) and what is wrong there.
    """

    def __init__(self, where: str, faults: Sequence[Fault]) -> None:
        self.where, self.faults = where, tuple(faults)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        lines = [f"  {path}: {problem}" if path else f"  {problem}" for path, problem in self.faults]
        super().__init__("\n".join([f"scheme {where}: {count}", *lines]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The parts of a scheme so far; ``None`` stands where a part could not be read at all."""

    name: str | None
    version: str | None
    title: str | None
    sources: tuple[Source | None, ...]
    items: tuple[Item | None, ...]
    urgency: tuple[Fact | None, ...]
    waiting: Waiting | None
    order: tuple[str, ...] | None
    bands: tuple[Band | None, ...]


def faults_of(draft: Draft) -> tuple[Fault, ...]:
    """Every fault of the parts that could be read; none means that the draft, if complete, is a scheme."""
    faults = [
        *_heading_faults(draft),
        *_source_faults(draft),
        *_key_faults(draft),
        *(fault for i, item in _read(draft.items) for fault in _item_faults(f"need.items[{i}]", item)),
        *(fault for i, fact in _facts(draft) for fault in _fact_faults(f"urgency[{i}]", fact)),
        *_question_faults(draft),
        *_waiting_faults(draft),
        *_order_faults(draft),
        *_band_faults(draft),
    ]
    return tuple(faults or _whole_faults(draft))


def _read(parts: Sequence[T | None]) -> Iterator[tuple[int, T]]:
    return ((index, part) for index, part in enumerate(parts) if part is not None)


def _facts(draft: Draft) -> Iterator[tuple[int, Fact]]:
    return ((index, fact) for index, fact in enumerate(draft.urgency) if fact is not None)


def _heading_faults(draft: Draft) -> Faults:
    if draft.name is not None and not NAME.fullmatch(draft.name):
        yield "name", f"is not {A_NAME}"
    for path, text in (("version", draft.version), ("title", draft.title)):
        if text is not None and not text.strip():
            yield path, "is empty"
    if draft.version is not None and not (
        draft.version.isprintable() and len(draft.version) <= LONGEST_VERSION
    ):
        yield "version", f"is longer than {LONGEST_VERSION} characters, or holds some that do not print"
    for path, parts in (("need.items", draft.items), ("bands", draft.bands)):
        if not parts:
            yield path, "is empty"


def _source_faults(draft: Draft) -> Faults:
    keys = [source.key for _, source in _read(draft.sources)]
    for index, source in _read(draft.sources):
        if not NAME.fullmatch(source.key) or source.key == LOCAL_DEFAULT:
            yield f"sources[{index}].key", f"is not {A_NAME}, or is {LOCAL_DEFAULT}"
        if keys.count(source.key) > 1:
            yield f"sources[{index}].key", "is used twice"
    for path, used in _used_sources(draft):
        if used not in keys and used != LOCAL_DEFAULT:
            yield path, f"{used} is not a key of sources, nor {LOCAL_DEFAULT}"


def _used_sources(draft: Draft) -> Iterator[tuple[str, str]]:
    # the file gives one source for all items
    for source in sorted({item.source for _, item in _read(draft.items)}):
        yield "need.source", source
    for index, fact in _facts(draft):
        yield f"urgency[{index}].source", fact.source
        for place, level in enumerate(fact.levels if isinstance(fact, Deadline) else ()):
            yield f"urgency[{index}].levels[{place}].source", level.source
    if draft.waiting is not None:
        yield "waiting.source", draft.waiting.source
    for index, band in _read(draft.bands):
        yield f"bands[{index}].source", band.source


def _key_faults(draft: Draft) -> Faults:
    keyed = [(f"need.items[{index}].key", item.key) for index, item in _read(draft.items)]
    facts = [(f"urgency[{index}].key", fact.key) for index, fact in _facts(draft)]
    counts = Counter(key for _, key in keyed + facts)
    for path, key in keyed + facts:
        if not KEY.fullmatch(key) or key in (NEED, WAITING):
            yield path, f"is not small letters, digits and underscores, or is {NEED} or {WAITING}"
        if counts[key] > 1:
            yield path, f"{key} is used twice"
    for path, key in keyed:
        if key in FIXED_COLUMNS:
            yield path, f"{key} is already a column of every referral file"


def _item_faults(path: str, item: Item) -> Faults:
    if item.weight < 1:
        yield f"{path}.weight", "is not 1 or more"
        return
    if len(item.scores) < 2:
        yield f"{path}.scores", "has fewer than two scores"
    if not _rising(item.scores):
        yield f"{path}.scores", "do not rise: a higher score must mean more need"
    if any(not 0 <= score <= HIGHEST_SCORE for score in item.scores):
        yield f"{path}.scores", f"are not all from 0 to {HIGHEST_SCORE}"
    if any(score % item.weight for score in item.scores):
        yield f"{path}.scores", f"are not all multiples of the weight {item.weight}"


def _rising(values: Iterable[int]) -> bool:
    return all(one < other for one, other in pairwise(values))


def _fact_faults(path: str, fact: Fact) -> Faults:
    if isinstance(fact, YesNo):
        if fact.asks not in YES_NO_QUESTIONS:
            yield f"{path}.asks", f"is none of {', '.join(YES_NO_QUESTIONS)}"
        return
    if not fact.soonest_of or any(which not in DEADLINES for which in fact.soonest_of):
        yield f"{path}.soonest_of", f"is empty or holds something other than {', '.join(DEADLINES)}"
    if not fact.levels:
        yield f"{path}.levels", "is empty"
    if not _rising(-level.within_days for level in fact.levels):
        yield f"{path}.levels", "within_days does not fall: list the furthest limit first"
    for index, level in enumerate(fact.levels):
        if not NAME.fullmatch(level.name) or fact.level_names.count(level.name) > 1:
            yield f"{path}.levels[{index}].name", f"is not {A_NAME}, or is used twice"
        if not 0 <= level.within_days <= LONGEST_DAYS:
            yield f"{path}.levels[{index}].within_days", f"is not from 0 to {LONGEST_DAYS}"


def _question_faults(draft: Draft) -> Faults:
    asked: Counter[str] = Counter()
    for index, fact in _facts(draft):
        for question in (fact.asks,) if isinstance(fact, YesNo) else fact.soonest_of:
            if asked[question]:
                yield f"urgency[{index}]", f"{question} is asked twice"
            asked[question] += 1


def _waiting_faults(draft: Draft) -> Faults:
    if draft.waiting is None:
        return
    if not 1 <= draft.waiting.longest_days <= LONGEST_DAYS:
        yield "waiting.longest_days", f"is not from 1 to {LONGEST_DAYS}"
    if not 1 <= draft.waiting.step_days <= draft.waiting.longest_days:
        yield "waiting.step_days", "is not from 1 to longest_days"


def _order_faults(draft: Draft) -> Faults:
    if draft.order is None or None in draft.urgency:
        return
    expected = {fact.key for _, fact in _facts(draft)} | {NEED, WAITING}
    for key in sorted(expected - set(draft.order)):
        yield "order_in_band", f"{key} is missing"
    for index, key in enumerate(draft.order):
        if key not in expected:
            yield f"order_in_band[{index}]", f"{key} is no urgency fact, nor {NEED} or {WAITING}"
        elif key in draft.order[:index]:
            yield f"order_in_band[{index}]", f"{key} is named twice"


def _band_faults(draft: Draft) -> Faults:
    for index, band in _read(draft.bands):
        path = f"bands[{index}]"
        if band.number != index + 1:
            yield (
                f"{path}.band",
                f"is {band.number} and must be {index + 1}: bands are numbered from 1, in order",
            )
        if not band.label.strip():
            yield f"{path}.label", "is empty"
        for place, condition in enumerate(band.when):
            yield from _condition_faults(f"{path}.when[{place}]", condition, draft)


def _condition_faults(path: str, condition: Condition, draft: Draft) -> Faults:
    facts = {fact.key: fact for _, fact in _facts(draft)}
    for key, names in condition.facts:
        if key in facts:
            for name in sorted(names - set(facts[key].level_names)):
                yield f"{path}.{key}", f"{name} is none of {', '.join(facts[key].level_names)}"
        elif None not in draft.urgency:
            yield f"{path}.{key}", "is no urgency fact"
        if not names:
            yield f"{path}.{key}", "is empty"
    limits = [limit for limit in (condition.at_least, condition.at_most) if limit is not None]
    if sorted(limits) != limits:
        yield f"{path}.need", "at_least is more than at_most"
    items = [item for _, item in _read(draft.items)]
    if items and len(items) == len(draft.items) and all(item.scores for item in items):
        needs = need_range(items)
        # empty where an item's own scores do not rise, which has its own fault
        if needs and any(limit not in needs for limit in limits):
            yield f"{path}.need", f"is outside the need scores {needs[0]} to {needs[-1]}"


def _whole_faults(draft: Draft) -> Faults:
    """What can only be asked of parts that are each in order."""
    items = [item for _, item in _read(draft.items)]
    urgency = [fact for _, fact in _facts(draft)]
    bands = [band for _, band in _read(draft.bands)]
    if None in (*draft.items, *draft.urgency, *draft.bands):
        return
    if draft.waiting is not None:
        radices = [len(fact.level_names) for fact in urgency]
        if prod(radices) * len(need_range(items)) * (draft.waiting.most_steps + 1) > LARGEST_ORDER:
            yield "order_in_band", "does not fit 32 bits: use fewer levels or longer waiting steps"
    yield from coverage_faults(urgency, need_range(items), bands)
