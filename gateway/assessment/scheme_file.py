"""The scheme file, ``assessment-scheme/1``, to the parts of a scheme; docs/assessment.md describes it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from gateway.assessment.scheme_faults import NEED, Draft
from gateway.assessment.scheme_parts import (
    Band,
    Condition,
    Deadline,
    Fact,
    Fault,
    Item,
    Level,
    Source,
    Waiting,
    YesNo,
)
from gateway.assessment.strict_yaml import Part, read_yaml

T = TypeVar("T")

FORMAT = "assessment-scheme/1"

HIGHER_MEANS = "more need"
"""The only direction a need score may run: a scale on which higher is better does not add to it."""


def read_draft(path: Path) -> tuple[Draft, list[Fault]]:
    """What the file says, as far as it can be read, and what could not.

    Raises
    ------
    InvalidScheme
        If it is no readable YAML file at all.
    """
    top = read_yaml(path)
    if top.text("format") not in (FORMAT, None):
        top.fault("format", f"is not {FORMAT}")
    waiting = top.part("waiting")
    draft = Draft(
        name=top.text("name"),
        version=top.text("version"),
        title=top.text("title"),
        sources=_each(top.parts("sources"), _source),
        items=_items(top.part("need")),
        urgency=_each(top.parts("urgency"), _fact),
        waiting=None if waiting is None else _waiting(waiting),
        order=top.values_of("order_in_band", str, "text"),
        bands=_each(top.parts("bands"), _band),
    )
    top.closed()
    return draft, top.faults


def _each(parts: Sequence[Part | None], read: Callable[[Part], T | None]) -> tuple[T | None, ...]:
    return tuple(None if part is None else read(part) for part in parts)


def _source(part: Part) -> Source | None:
    key, text = part.text("key"), part.text("text")
    part.closed()
    return None if key is None or text is None else Source(key=key, text=text)


def _items(need: Part | None) -> tuple[Item | None, ...]:
    if need is None:
        return ()
    if need.text("higher_means") not in (HIGHER_MEANS, None):
        need.fault("higher_means", f"is not {HIGHER_MEANS}: scales that run the other way are never added")
    source = need.text("source")
    items = _each(need.parts("items"), lambda part: _item(part, source))
    need.closed()
    return items


def _item(part: Part, source: str | None) -> Item | None:
    key, label, weight = part.text("key"), part.text("label"), part.whole("weight")
    scores = part.values_of("scores", int, "a whole number")
    part.closed()
    if key is None or label is None or weight is None or not scores or source is None:
        if scores == ():
            part.fault("scores", "is empty")
        return None
    return Item(key=key, label=label, scores=scores, weight=weight, source=source)


def _fact(part: Part) -> Fact | None:
    key, label, source = part.text("key"), part.text("label"), part.text("source")
    asks = part.text("asks") if "asks" in part.content else None
    dated = "soonest_of" in part.content
    if ("asks" in part.content) == dated:
        part.fault("asks", "or soonest_of is needed, and not both")
        return None
    soonest_of = part.values_of("soonest_of", str, "text") if dated else ()
    levels = _each(part.parts("levels"), _level) if dated else ()
    part.closed()
    if key is None or label is None or source is None or soonest_of is None or None in levels:
        return None
    if not dated:
        return None if asks is None else YesNo(key=key, label=label, asks=asks, source=source)
    found = tuple(level for level in levels if level is not None)
    return Deadline(key=key, label=label, soonest_of=soonest_of, levels=found, source=source)


def _level(part: Part) -> Level | None:
    name, within_days, source = part.text("name"), part.whole("within_days"), part.text("source")
    part.closed()
    if name is None or within_days is None or source is None:
        return None
    return Level(name=name, within_days=within_days, source=source)


def _waiting(part: Part) -> Waiting | None:
    step, longest, source = part.whole("step_days"), part.whole("longest_days"), part.text("source")
    part.closed()
    if step is None or longest is None or source is None:
        return None
    return Waiting(step_days=step, longest_days=longest, source=source)


def _band(part: Part) -> Band | None:
    number, label, source = part.whole("band"), part.text("label"), part.text("source")
    when = _each(part.parts("when"), _condition)
    part.closed()
    if number is None or label is None or source is None or None in when:
        return None
    conditions = tuple(condition for condition in when if condition is not None)
    return Band(number=number, label=label, when=conditions, source=source)


def _condition(part: Part) -> Condition | None:
    before = len(part.faults)
    at_least = at_most = None
    if NEED in part.content and (limits := part.part(NEED)):
        at_least, at_most = limits.whole_if_given("at_least"), limits.whole_if_given("at_most")
        limits.closed()
    facts = tuple((key, _level_names(part, key)) for key in part.content if key != NEED)
    if len(part.faults) > before:
        return None
    return Condition(facts=facts, at_least=at_least, at_most=at_most)


def _level_names(part: Part, key: str) -> frozenset[str]:
    """One level or a list of them; YAML turns yes and no into true and false, which is turned back here."""
    value = part.get(key)
    yes_no = {True: "yes", False: "no"}
    listed = value if isinstance(value, list) else [value]
    levels = [yes_no[each] if isinstance(each, bool) else each for each in listed]
    if value is not None and not all(isinstance(level, str) for level in levels):
        part.fault(key, "is not the name of a level, or a list of names")
    return frozenset(level for level in levels if isinstance(level, str))
