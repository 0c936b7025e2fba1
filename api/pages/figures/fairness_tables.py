"""Whether offers and waits fall alike, as tables."""

from collections.abc import Mapping, Sequence
from typing import Final

from api.pages.figures.tables import (
    Cell,
    FigureTable,
    Line,
    Named,
    band_named,
    coded,
    counts,
    enough,
    keys_of,
    told_alone,
)
from api.pages.figures.wait_tables import WAITED, spread_cells
from gateway.assessment.override_rates import OverrideRates
from gateway.monitoring.figures_fairness import ToldGroups
from gateway.monitoring.small_numbers import told_count


def fairness_tables(
    found: Mapping[str, ToldGroups], overrides: OverrideRates, authority: Named
) -> Sequence[FigureTable]:
    """By band, gender and authority; and how often officers override."""
    named = {"band": band_named, "gender": coded, "authority": authority}
    offers = [_offers(by, found[by], name) for by, name in named.items()]
    waits = [_waits(by, found[by], name) for by, name in named.items()]
    return (*offers, *waits, _overridden(overrides))


_ASK: Final = (
    "A difference is something to ask about; its reason may be told nowhere here, such as too few units."
)


def _offers(thing: str, found: ToldGroups, name: Named) -> FigureTable:
    return FigureTable(
        key=f"offers-{thing}",
        title=f"Offers by {thing}",
        words=f"Offers made in these months for each person referred in them. {_ASK}",
        columns=(thing.capitalize(), "People referred", "Offers", "Offers for each person"),
        lines=tuple(
            Line(name(key), _offered(found, key)) for key in keys_of(found.referred.rows, found.offered.rows)
        ),
        shown=(2,),
    )


def _offered(found: ToldGroups, key: str) -> tuple[Cell, ...]:
    referred, offered = counts(found.referred.rows, key), counts(found.offered.rows, key)
    return referred, offered, enough(found.offers_for_each(key))


def _waits(thing: str, found: ToldGroups, name: Named) -> FigureTable:
    return FigureTable(
        key=f"waits-{thing}",
        title=f"Waits by {thing}",
        words=f"Of people who first moved in in these months: days from the list to moving in. {_ASK}",
        columns=(thing.capitalize(), *WAITED),
        lines=tuple(Line(name(key), spread_cells(found.waits[key])) for key in keys_of(found.waits)),
        shown=(1, 2),
    )


def _overridden(rates: OverrideRates) -> FigureTable:
    rows = {
        "Assessed": rates.assessed,
        "Of these, band overridden": rates.overridden,
        "To a more urgent band": rates.raised,
        "To a less urgent band": rates.lowered,
        "To the same band": rates.confirmed,
        "Before the band was known": rates.not_computed,
    }
    return FigureTable(
        key="overrides",
        title="Bands overridden by officers",
        words="Of the whole partnership, whichever authority is chosen. Counts from 1 to 4 are told as that, "
        "others to the nearest five.",
        columns=("What", "Referrals"),
        lines=tuple(Line(what, (told_alone(told_count(count)),)) for what, count in rows.items()),
    )
