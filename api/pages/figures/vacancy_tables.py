"""What units are and were as tables: on the last day, over the months, and a calendar of voids."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from api.pages.figures.demand_tables import Places
from api.pages.figures.tables import (
    ALL,
    HIDDEN,
    NOTHING,
    Cell,
    Drawn,
    FigureTable,
    Line,
    Named,
    coded,
    keys_of,
    tier_named,
    told_alone,
)
from api.pages.figures.wait_tables import SPREAD, spread_cells
from api.rest.figures_told import SpreadTold, UnitsTold, UseTold
from gateway.directory.unit_states import UnitState
from gateway.monitoring.figures_units import UnitDays
from gateway.monitoring.small_numbers import told_count

CALENDAR_MONTHS: Final = 12
"""At most so many of the months, the last ones, are in the calendar."""

STATES: Final = (
    (UnitState.FREE, "Free"),
    (UnitState.OFFERED, "Offered"),
    (UnitState.OCCUPIED, "Lived in"),
    (UnitState.BEING_PREPARED, "Being prepared"),
    (UnitState.OUT_OF_SERVICE, "Out of service"),
)

USED: Final = (
    "Units",
    "Unit-days",
    "Lived in",
    "Offered",
    "Free",
    "Being prepared",
    "Out of service",
    "Could be let (SPI 1, %)",
    "Lived in (SPI 2, %)",
    "Throughput (SPI 4, %)",
)


def standing_table(
    key: str, thing: str, days: Mapping[str, UnitDays], name: Named, places: Places | None = None
) -> FigureTable:
    """How many units are in which state on one day; ``places``: it is drawn as a map."""
    return FigureTable(
        key=f"now-{key}",
        title=f"Units by {thing} on the last day",
        words="Units are counted exactly; in each state 1 to 4 are told as that, others to the nearest five.",
        columns=(thing.capitalize(), "Units", *(words for _, words in STATES)),
        lines=tuple(Line(name(row), _standing(days[row])) for row in keys_of(days)),
        drawn=Drawn.BARS if places is None else Drawn.TILES,
        shown=(1, 4, 5) if places is None else (1, 0),
        places=places or (),
    )


def _standing(use: UnitDays) -> tuple[Cell, ...]:
    return (use.units, *(told_alone(told_count(use.days[state])) for state, _ in STATES))


def use_tables(found: UnitsTold) -> Sequence[FigureTable]:
    """How units were used over the months, and how long they stood empty between two people."""
    turnaround = dict(found.turnaround_by_tier)
    return (
        _use("used-tier", "tier", {**found.tier}, tier_named, found.all),
        _use("used-lot", "lot", {**found.lot}, coded, found.all),
        FigureTable(
            key="turnaround",
            title="Days empty between two people",
            words="From the day somebody left to the day the next person moved in.",
            columns=("Tier", "Moves in", *SPREAD),
            lines=_between(turnaround, found.turnaround),
            shown=(1, 2),
        ),
    )


def _between(tiers: Mapping[str, SpreadTold], together: SpreadTold | None) -> tuple[Line, ...]:
    if together is None:
        return ()
    lines = [Line(tier_named(key), spread_cells(tiers[key])) for key in keys_of(tiers)]
    return (*lines, Line(ALL, spread_cells(together)))


def _use(key: str, thing: str, rows: Mapping[str, UseTold], name: Named, together: UseTold) -> FigureTable:
    lines = [Line(name(row), _used(rows[row])) for row in keys_of(rows)]
    return FigureTable(
        key=key,
        title=f"How units were used by {thing}",
        words="Days of units in these months. Of fewer than five units only how many they are is told.",
        columns=(thing.capitalize(), *USED),
        lines=(*lines, Line(ALL, _used(together))) if lines else (),
        shown=(7, 8),
    )


def _used(use: UseTold) -> tuple[Cell, ...]:
    if use.contracted_days is None:
        return (use.units, *(HIDDEN for _ in USED[1:]))
    days = (use.occupied_days, use.offered_days, use.free_days)
    void = (use.being_prepared_days, use.out_of_service_days)
    shares = (use.availability, use.utilisation, use.throughput)
    return (
        use.units,
        use.contracted_days,
        *(HIDDEN if each is None else each for each in (*days, *void)),
        *(NOTHING if each is None else each for each in shares),
    )


def calendar_table(voids: Mapping[date, int]) -> FigureTable:
    """How many units could not be let on each day, a month a line."""
    months = sorted({(day.year, day.month) for day in voids})[-CALENDAR_MONTHS:]
    return FigureTable(
        key="voids",
        title="Calendar of voids",
        words="Units that could not be let on each day, because they were out of service or being prepared. "
        f"Counts from 1 to 4 are told as that, others to the nearest five. At most {CALENDAR_MONTHS} "
        "months, the last ones.",
        columns=("Month", *(str(day) for day in range(1, 32))),
        lines=tuple(
            Line(f"{date(year, month, 1):%B %Y}", _month(voids, year, month)) for year, month in months
        ),
        drawn=Drawn.CALENDAR,
        shown=tuple(range(31)),
    )


def _month(voids: Mapping[date, int], year: int, month: int) -> tuple[Cell, ...]:
    last = monthrange(year, month)[1]
    found = [told_alone(told_count(voids[date(year, month, day)])) for day in range(1, last + 1)]
    return (*found, *(NOTHING for _ in range(31 - last)))
