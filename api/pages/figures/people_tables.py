"""Offers, placements and people who came again, as tables."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from api.pages.figures.tables import (
    ALL,
    Cell,
    FigureTable,
    Line,
    Named,
    counts,
    enough,
    keys_of,
    tier_named,
    told,
    worded,
)
from api.pages.my_offers.offer_words import REASONS_SAID
from api.pages.my_residents.resident_words import DEPARTURES, DESTINATIONS
from api.pages.referral.duplicates_views import CAUSES
from api.rest.figures_told import CountsTold, OffersTold, PlacementsTold, ProviderTold, RepeatsTold

OUTCOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "made": "Not answered yet",
        "accepted": "Accepted, not moved in yet",
        "taken_up": "Moved in",
        "not_arrived": "Accepted, and the person did not come",
        "refused": "Refused",
        "lapsed": "Not answered in time",
        "withdrawn": "Taken back",
    }
)

SIDES: Final = (
    ("provider", "Refused for reasons of the provider"),
    ("person", "Refused for reasons of the person"),
    ("neither", "Refused for reasons on neither side"),
)


def offer_tables(found: OffersTold) -> Sequence[FigureTable]:
    """What became of offers, refusals by side, and each provider's."""
    made = "Of offers made in these months."
    sides = (
        counted_table(side, title, "Reason", "Refusals", found.refusals.get(side, _NONE), REFUSED, made)
        for side, title in SIDES
    )
    outcome = "What became of it"
    return (
        counted_table(
            "outcomes", "What became of offers", outcome, "Offers", found.outcomes, CAME_OF_IT, made
        ),
        _providers(found.providers.values()),
        *sides,
    )


REFUSED: Final = worded(REASONS_SAID)
CAME_OF_IT: Final = worded(OUTCOMES)
WHY: Final = worded(DEPARTURES)
WHITHER: Final = worded(DESTINATIONS)
_NONE: Final = CountsTold(rows={}, total=0)


def _providers(providers: Iterable[ProviderTold]) -> FigureTable:
    return FigureTable(
        key="providers",
        title="Refusals by provider, adjusted for who was offered",
        words="Refused against expected: 1.0 means that a provider refused as often as all providers do who "
        "are offered people of the same bands, and 2.0 twice as often. It takes 20 answers or more. A "
        "refusal that an officer overruled is an answer, but no refusal.",
        columns=("Provider", "Offers answered", "Refused by the provider", "Refused against expected"),
        lines=tuple(_provider(each) for each in sorted(providers, key=_most_first)),
        shown=(2,),
    )


def _most_first(row: ProviderTold) -> tuple[float, str]:
    return (1.0 if row.ratio is None else -row.ratio, row.name)


def _provider(row: ProviderTold) -> Line:
    return Line(row.name, (told(row.answered), told(row.refused), enough(row.ratio)))


def counted_table(
    key: str, title: str, thing: str, what: str, found: CountsTold, name: Named, words: str
) -> FigureTable:
    """One column of counts with its total."""
    lines = [Line(name(row), (counts(found.rows, row),)) for row in keys_of(found.rows)]
    return FigureTable(
        key=key,
        title=title,
        words=words,
        columns=(thing, what),
        lines=(*lines, Line(ALL, (told(found.total),))) if lines else (),
    )


def placement_tables(found: PlacementsTold) -> Sequence[FigureTable]:
    """Begun and ended by tier, why and whither people left, and the key indicators."""
    left = "Of placements that ended in these months."
    return (
        FigureTable(
            key="tier",
            title="Placements begun and ended",
            words="In these months, by the tier of the service.",
            columns=("Tier", "Began", "Ended"),
            lines=_begun_and_ended(found),
            shown=(0, 1),
        ),
        counted_table("reasons", "Why people left", "Reason", "People", found.reasons, WHY, left),
        counted_table(
            "destinations",
            "Where people went",
            "Where to",
            "People",
            found.destinations,
            WHITHER,
            left,
        ),
        FigureTable(
            key="indicators",
            title="Key performance indicators",
            words="As the Supporting People programme had them, in whole per cent.",
            columns=("Indicator", "Per cent"),
            lines=(
                Line("KPI 1: of people with floating support, live independently", (_share(found.kpi1),)),
                Line("KPI 2: left hub and local services as planned", (_share(found.kpi2),)),
            ),
        ),
    )


def _share(percent: int | None) -> Cell:
    return "nobody, or too few to tell" if percent is None else percent


def _begun_and_ended(found: PlacementsTold) -> tuple[Line, ...]:
    keys = keys_of(found.begun.rows, found.ended.rows)
    lines = [
        Line(tier_named(key), (counts(found.begun.rows, key), counts(found.ended.rows, key))) for key in keys
    ]
    together = Line(ALL, (told(found.begun.total), told(found.ended.total)))
    return (*lines, together) if lines else ()


def repeat_tables(found: RepeatsTold) -> Sequence[FigureTable]:
    """By how often they came, and by what had come to nothing before."""
    year = "People who were referred at least twice in the 365 days that end with these months."
    return (
        counted_table("times", "How often they came", "Times", "People", found.times, _times, year),
        counted_table(
            "causes",
            "What had come to nothing before",
            "What to ask about",
            "People",
            found.causes,
            worded(CAUSES),
            f"{year} What is held to be the cause, from how the time before ended.",
        ),
    )


def _times(key: str) -> str:
    return "4 times or more" if key.endswith("+") else f"{key} times"
