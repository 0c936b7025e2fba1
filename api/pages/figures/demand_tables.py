"""Demand against supply as tables."""

from collections.abc import Sequence

from api.pages.figures.tables import (
    ALL,
    NOTHING,
    Drawn,
    FigureTable,
    Line,
    Named,
    band_named,
    coded,
    counts,
    keys_of,
    tier_named,
    told,
)
from api.rest.figures_told import CountsTold, DemandBy, DemandTold

Places = tuple[tuple[str, float, float], ...]


def demand_tables(found: DemandTold, authority: Named, places: Places) -> Sequence[FigureTable]:
    """By tier, lot, authority and band."""
    return (
        _by("tier", "tier", found.tier, tier_named, "A referral counts in the tier that was asked for."),
        _by("lot", "lot", found.lot, coded, "Nobody is referred to a lot, so there are no referrals here."),
        _on_map(found.authority_of, authority, places),
        _by("band", "band", found.band, band_named, "The band as it is now. A unit has no band."),
    )


def _by(key: str, thing: str, found: DemandBy, name: Named, words: str) -> FigureTable:
    columns = {
        "People referred": found.referrals is not None,
        "People who moved in": True,
        "Units": found.units is not None,
    }
    kept = [number for number, there in enumerate(columns.values()) if there]
    return FigureTable(
        key=key,
        title=f"Demand and supply by {thing}",
        words=f"{words} Units are those open on the last day.",
        columns=(thing.capitalize(), *(column for column, there in columns.items() if there)),
        lines=tuple(Line(line.head, tuple(line.cells[n] for n in kept)) for line in _lines(found, name)),
        shown=tuple(range(len(kept))),
    )


def _on_map(found: DemandBy, authority: Named, places: Places) -> FigureTable:
    return FigureTable(
        key="authority",
        title="Demand and supply by authority",
        words="People count where they come from, units where their service stands.",
        columns=("Authority", "People referred", "People who moved in", "Units"),
        lines=tuple(_lines(found, authority)),
        drawn=Drawn.TILES,
        shown=(0, 2),
        places=places,
    )


def _lines(found: DemandBy, name: Named) -> list[Line]:
    keys = keys_of(_rows(found.referrals), _rows(found.placements), found.units)
    lines = [
        Line(
            name(key),
            (
                counts(_rows(found.referrals), key),
                counts(_rows(found.placements), key),
                NOTHING if found.units is None else found.units.get(key, 0),
            ),
        )
        for key in keys
    ]
    together = (
        NOTHING if found.referrals is None else told(found.referrals.total),
        told(found.placements.total),
        NOTHING if found.units is None else sum(found.units.values()),
    )
    return [*lines, Line(ALL, together)] if lines else []


def _rows(found: CountsTold | None) -> dict[str, int | None] | None:
    return None if found is None else dict(found.rows)
