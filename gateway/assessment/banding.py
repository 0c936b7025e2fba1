"""Who falls in which band: every combination of urgency facts and need scores, looked at one by one.

A scheme is refused when a combination has no band or two (people would vanish from lists, or stand in two),
when a band takes nobody, or when more need or more urgency would give a lower priority.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, product
from math import prod

from gateway.assessment.scheme_parts import Band, Fact, Fault, Item

MOST_COMBINATIONS = 250_000
"""More could not be looked at one by one in a second or two; a real scheme has about a thousand."""

MOST_LOOKS = 500_000
"""Combinations times conditions, each of which is asked for each; a real scheme has ten thousand."""

Levels = tuple[int, ...]
"""One level index for each urgency fact, in the scheme's order of facts."""

Table = Mapping[Levels, tuple[tuple[int, ...], ...]]
"""For each combination of levels, for each need score from the lowest up: the bands that take it."""


def need_range(items: Sequence[Item]) -> range:
    """Every whole number from the lowest to the highest need score, recordable or not."""
    return range(sum(item.lowest for item in items), sum(item.highest for item in items) + 1)


def combinations(urgency: Sequence[Fact], needs: range) -> int:
    """How many combinations of urgency facts and need scores there are."""
    return prod(len(fact.level_names) for fact in urgency) * len(needs)


def table_of(urgency: Sequence[Fact], needs: range, bands: Sequence[Band]) -> Table:
    """Which bands take each combination, found by asking every condition of every band."""
    table = {}
    for levels in product(*(range(len(fact.level_names)) for fact in urgency)):
        named = {fact.key: fact.level_names[level] for fact, level in zip(urgency, levels, strict=True)}
        table[levels] = tuple(_takers(bands, named, need) for need in needs)
    return table


def _takers(bands: Sequence[Band], levels: Mapping[str, str], need: int) -> tuple[int, ...]:
    return tuple(band.number for band in bands if any(each.holds(levels, need) for each in band.when))


def coverage_faults(urgency: Sequence[Fact], needs: range, bands: Sequence[Band]) -> Iterator[Fault]:
    """Gaps, overlaps, bands that take nobody, and scales that run backwards."""
    if combinations(urgency, needs) > MOST_COMBINATIONS:
        yield "urgency", f"has over {MOST_COMBINATIONS} combinations with the need scores, too many to check"
        return
    if combinations(urgency, needs) * sum(len(band.when) for band in bands) > MOST_LOOKS:
        yield (
            "bands",
            f"have conditions to ask over {MOST_LOOKS} times, too many to check",
        )
        return
    table = table_of(urgency, needs, bands)
    faults = [*_gaps_and_overlaps(urgency, needs, table), *_empty_bands(table, bands)]
    yield from faults or _backward_scales(urgency, needs, table)


def _gaps_and_overlaps(urgency: Sequence[Fact], needs: range, table: Table) -> Iterator[Fault]:
    for levels, row in table.items():
        for numbers, run in groupby(zip(row, needs, strict=True), key=lambda pair: pair[0]):
            if len(numbers) == 1:
                continue
            scores = [need for _, need in run]
            where = f"{_spoken(urgency, levels)}need score {_span(scores[0], scores[-1])}"
            if numbers:
                yield "bands", f"bands {' and '.join(map(str, numbers))} overlap: {where}"
            else:
                yield "bands", f"gap: no band takes {where}"


def _empty_bands(table: Table, bands: Sequence[Band]) -> Iterator[Fault]:
    taken = {number for row in table.values() for numbers in row for number in numbers}
    for index, band in enumerate(bands):
        if band.number not in taken:
            yield f"bands[{index}].when", f"band {band.number} takes nobody"


def _backward_scales(urgency: Sequence[Fact], needs: range, table: Table) -> Iterator[Fault]:
    """Single steps up one scale that lead to a lower priority; if no step does, no chain of steps does."""
    for levels, row in table.items():
        where = _spoken(urgency, levels)
        for need, (band,), (next_band,) in zip(needs, row, row[1:], strict=False):
            if next_band > band:
                yield "bands", f"more need lowers priority: {where}need score {need} to {need + 1}"
        for place, fact in enumerate(urgency):
            raised = (*levels[:place], levels[place] + 1, *levels[place + 1 :])
            falls = [
                need
                for need, (band,), (next_band,) in zip(needs, row, table.get(raised, ()), strict=False)
                if next_band > band
            ]
            if falls:
                level = fact.level_names[levels[place] + 1]
                yield (
                    "bands",
                    f"more urgency lowers priority: {where}need score {falls[0]}, {fact.key} to {level}",
                )


def _spoken(urgency: Sequence[Fact], levels: Levels) -> str:
    named = zip(urgency, levels, strict=True)
    return "".join(f"{fact.key} {fact.level_names[level]}, " for fact, level in named)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"
