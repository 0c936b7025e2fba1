"""How long things took, as tables."""

from collections.abc import Mapping, Sequence
from typing import Final

from api.pages.figures.tables import (
    ALL,
    TOO_FEW,
    Cell,
    FigureTable,
    Line,
    Named,
    band_named,
    enough,
    keys_of,
    tier_named,
    told,
)
from api.rest.figures_told import SpreadTold, WaitsTold
from gateway.monitoring.small_numbers import Spread

SPREAD: Final = ("Half took no more than (days)", "Nine in ten took no more than (days)")

WAITED: Final = ("People", "Half waited no more than (days)", "Nine in ten waited no more than (days)")


def spread_cells(spread: SpreadTold | Spread) -> tuple[Cell, ...]:
    """How many, the median and the ninetieth percentile."""
    if spread.people is None:
        return told(None), TOO_FEW, TOO_FEW
    return spread.people, enough(spread.median), enough(spread.p90)


def wait_tables(found: WaitsTold, authority: Named) -> Sequence[FigureTable]:
    """By tier, authority and band."""
    return (
        _waits("tier", "tier", found.tier, tier_named, found.all),
        _waits("authority", "authority", found.authority_of, authority, found.all),
        _waits("band", "band", found.band, band_named, found.all),
    )


def _waits(
    key: str, thing: str, rows: Mapping[str, SpreadTold], name: Named, together: SpreadTold | None
) -> FigureTable:
    lines = [Line(name(row), spread_cells(rows[row])) for row in keys_of(rows)]
    return FigureTable(
        key=key,
        title=f"Waits by {thing}",
        words="Of people who first moved in in these months: days from joining the list to moving in. Half "
        "is told of 5 people or more, nine in ten of 20 or more.",
        columns=(thing.capitalize(), *WAITED),
        lines=tuple(lines if together is None else [*lines, Line(ALL, spread_cells(together))]),
        shown=(1, 2),
    )
