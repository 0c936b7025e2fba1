"""Whether offers and waits fall alike, as tables."""

from collections.abc import Mapping, Sequence

from api.pages.figures.tables import (
    NOTHING,
    TOO_FEW,
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
from api.pages.figures.wait_tables import WAITED
from gateway.assessment.override_rates import OverrideRates
from gateway.monitoring.figures_fairness import ToldGroups
from gateway.monitoring.small_numbers import told_count


def fairness_tables(
    found: Mapping[str, ToldGroups], overrides: OverrideRates, authority: Named
) -> Sequence[FigureTable]:
    """By band, gender and authority; and how often officers override."""
    return (
        _by("band", found["band"], band_named),
        _by("gender", found["gender"], coded),
        _by("authority", found["authority"], authority),
        _overridden(overrides),
    )


def _by(thing: str, found: ToldGroups, name: Named) -> FigureTable:
    keys = keys_of(found.referred.rows, found.offered.rows, found.waits)
    return FigureTable(
        key=thing,
        title=f"Offers and waits by {thing}",
        words="Offers for each person referred, and how long those waited who moved in. A difference is "
        "something to ask about; it may have a reason that is not told here, such as what units there are.",
        columns=(
            thing.capitalize(),
            *("People referred", "Offers", "Offers for each", "Moved in"),
            *WAITED[1:],
        ),
        lines=tuple(Line(name(key), _cells(found, key)) for key in keys),
        shown=(2, 4),
    )


def _cells(found: ToldGroups, key: str) -> tuple[Cell, ...]:
    spread = found.waits.get(key)
    waits = (
        (0, NOTHING, NOTHING)
        if spread is None
        else (
            counts({key: spread.people}, key),
            enough(spread.median),
            enough(spread.p90),
        )
    )
    each = found.offers_for_each(key)
    return (
        counts(found.referred.rows, key),
        counts(found.offered.rows, key),
        TOO_FEW if each is None else each,
        *waits,
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
        words="Of the whole partnership, whichever authority is chosen. Counts from 1 to 4 are not told, "
        "others are rounded to the nearest five.",
        columns=("What", "Referrals"),
        lines=tuple(Line(what, (told_alone(told_count(count)),)) for what, count in rows.items()),
    )
