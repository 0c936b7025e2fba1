"""How units were used, as it may be told, and the service performance indicators that follow from it.

Unit-days are no counts of people and are told exactly, but not of fewer than five units: there they would
tell the stays of single people. Nor can those be worked out: what is hidden of a tier, or of all, is together
of five units at least.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.directory.tables import Tier
from gateway.directory.unit_states import UnitState
from gateway.monitoring.figures_scope import FiguresScope
from gateway.monitoring.figures_units import VOID, Row, UnitDays, by
from gateway.monitoring.small_numbers import FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldUse:
    """What may be told of a row; all but ``units`` are ``None`` where there are fewer than five.

    availability
        Supporting People's service performance indicator 1: of the unit-days contracted, those on which a
        unit was lived in or could be let, in per cent; for accommodation only (Barnet's definitions: needing
        works, or under works, is not lettable).
    utilisation
        Indicator 2: of the unit-days contracted, those on which a unit was lived in, in per cent.
    throughput
        Indicator 4: those in the service at the end and all who left in these months, for each hundred units
        contracted (numerator: SITRA; the denominator is ours: mean units open).
    """

    units: int
    contracted_days: int | None
    occupied_days: int | None
    offered_days: int | None
    free_days: int | None
    out_of_service_days: int | None
    being_prepared_days: int | None
    availability: float | None
    utilisation: float | None
    throughput: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldUnits:
    """By row of a tier, of a lot, and all together."""

    all: ToldUse
    tier: Mapping[str, ToldUse]
    lot: Mapping[str, ToldUse]


def told_units(days: Mapping[Row, UnitDays], scope: FiguresScope) -> ToldUnits:
    """What may be told of each row, so that no hidden one is a difference of those that are told."""
    tiers, lots = by(days, "tier"), by(days, "lot")
    together = UnitDays()
    for each in tiers.values():
        together.add(each)
    hidden_tiers = hidden_rows({key: {"all": use.units} for key, use in tiers.items()})
    inside: dict[str, dict[str, int]] = defaultdict(dict)
    for row, use in days.items():
        inside[row.lot][row.tier] = inside[row.lot].get(row.tier, 0) + use.units
    of_hidden = {lot for lot, units in inside.items() if hidden_tiers & {t for t, n in units.items() if n}}
    hidden_lots = hidden_rows(inside, of_hidden)
    return ToldUnits(
        all=told_use(together, scope, hidden=together.units < FEWEST, floating=set(tiers) == {Tier.FLOATING}),
        tier={
            key: told_use(use, scope, hidden=key in hidden_tiers, floating=key == Tier.FLOATING)
            for key, use in tiers.items()
        },
        lot={
            key: told_use(use, scope, hidden=key in hidden_lots, floating=set(inside[key]) == {Tier.FLOATING})
            for key, use in lots.items()
        },
    )


def hidden_rows(
    units: Mapping[str, Mapping[str, int]], hidden: frozenset[str] | set[str] = frozenset()
) -> set[str]:
    """Which rows are hidden.

    Parameters
    ----------
    units
        By row, how many of its units count in each total that is told.
    hidden
        Rows that are hidden in any case.
    """
    gone = set(hidden) | {key for key, within in units.items() if 0 < sum(within.values()) < FEWEST}
    totals = sorted({total for within in units.values() for total in within})
    changed = True
    while changed:
        changed = False
        for total in totals:
            there = {key: within[total] for key, within in units.items() if within.get(total)}
            open_ones = sorted((count, key) for key, count in there.items() if key not in gone)
            if 0 < sum(count for key, count in there.items() if key in gone) < FEWEST and open_ones:
                gone.add(open_ones[0][1])
                changed = True
    return gone


def told_use(use: UnitDays, scope: FiguresScope, *, hidden: bool, floating: bool) -> ToldUse:
    """What may be told of a row; ``floating``: there is no accommodation in it."""
    told = not hidden and use.contracted > 0
    days, contracted = use.days, use.contracted
    lettable = contracted - sum(days[state] for state in VOID)
    mean_units = contracted / scope.stay.days()
    return ToldUse(
        units=use.units,
        contracted_days=contracted if told else None,
        occupied_days=days[UnitState.OCCUPIED] if told else None,
        offered_days=days[UnitState.OFFERED] if told else None,
        free_days=days[UnitState.FREE] if told else None,
        out_of_service_days=days[UnitState.OUT_OF_SERVICE] if told else None,
        being_prepared_days=days[UnitState.BEING_PREPARED] if told else None,
        availability=_percent(lettable, contracted) if told and not floating else None,
        utilisation=_percent(days[UnitState.OCCUPIED], contracted) if told else None,
        throughput=_percent(use.living_at_end + use.left, mean_units) if told else None,
    )


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 1)
