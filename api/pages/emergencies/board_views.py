"""The board of an emergency in words: how many have no place, by band, and what is to be done next."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from api.design_system.spoken import counted, spoken_day, spoken_moment
from api.pages.emergencies.facts import EmergencyFacts
from api.pages.emergencies.steps import Step, steps
from gateway.allocation_runs.emergency_people import Standing, Stands
from gateway.allocation_runs.tables import EmergencyRow

STANDS: Final[Mapping[Stands, str]] = MappingProxyType(
    {
        Stands.WITHOUT_A_PLACE: "Without a place",
        Stands.OFFERED: "Offered a place",
        Stands.ACCEPTED: "Accepted, to move in",
        Stands.MOVED: "Moved in",
        Stands.ENDED: "Ended otherwise",
    }
)
"""Each state in words, in the order in which people go through them."""

UNSCORED: Final = "Not scored yet"


@dataclass(frozen=True, slots=True)
class EmergencyListed:
    """One emergency in the list."""

    title: str
    href: str
    closes: str
    declared: str
    state: str
    colour: str


def emergency_listed(row: EmergencyRow) -> EmergencyListed:
    """One emergency in the list, in words."""
    open_ = row.ended_at is None
    return EmergencyListed(
        title=row.title,
        href=f"/emergencies/{row.id}",
        closes=spoken_day(row.closes_on),
        declared=spoken_moment(row.declared_at),
        state="Open" if open_ else "Ended",
        colour="red" if open_ else "grey",
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """How many stand somewhere, and the page that lists them."""

    number: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class BandRow:
    """How many of one band stand where, in the order of `STANDS`, and all of them."""

    name: str
    numbers: Sequence[str]
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSeen:
    """The board.

    said
        It in a sentence, for whoever hears that it has changed.
    placed, total
        How many of how many have a place or an offer, for the bar; ``progress`` is it in words.
    live
        Where its changes are told; nothing when it has ended.
    """

    title: str
    href: str
    closes: str
    declared: str
    ended: str
    services: Sequence[str]
    without: Figure
    others: Sequence[Figure]
    said: str
    placed: int
    total: int
    progress: str
    columns: Sequence[str]
    bands: Sequence[BandRow]
    sums: BandRow
    steps: Sequence[Step]
    live: str
    as_of: str


def board_seen(facts: EmergencyFacts, at: datetime) -> BoardSeen:
    """The board of an emergency."""
    row, people = facts.row, facts.people
    here = f"/emergencies/{row.id}"
    count = Counter(each.stands for each in people)
    figures = [
        Figure(f"{count[stands]:,}", words, f"{here}/people?stands={stands.value}")
        for stands, words in STANDS.items()
    ]
    without, total = count[Stands.WITHOUT_A_PLACE], len(people)
    return BoardSeen(
        title=row.title,
        href=here,
        closes=spoken_day(row.closes_on),
        declared=spoken_moment(row.declared_at),
        ended="" if row.ended_at is None else spoken_moment(row.ended_at),
        services=facts.services,
        without=figures[0],
        others=figures[1:],
        said=_said(without, total),
        placed=total - without,
        total=total,
        progress=f"{total - without:,} of {total:,} have a place or an offer; "
        f"{count[Stands.MOVED]:,} have moved in",
        columns=list(STANDS.values()),
        bands=list(_bands(people)),
        sums=_row("All", people),
        steps=steps(facts),
        live="" if row.ended_at is not None else f"{here}/live",
        as_of=spoken_moment(at),
    )


def _said(without: int, total: int) -> str:
    if not total:
        return "Nobody is affected"
    if not without:
        return (
            f"Nobody is without a place: all {total:,} have one" if total > 1 else "Nobody is without a place"
        )
    verb = "has" if without == 1 else "have"
    return f"{counted(without, 'person', 'people')} of {total:,} {verb} no place yet"


def _bands(people: Sequence[Standing]) -> Iterator[BandRow]:
    by_band: dict[int | None, list[Standing]] = {}
    for each in people:
        by_band.setdefault(each.band if each.scored else None, []).append(each)
    for band in sorted(by_band, key=lambda band: (band is not None, band)):
        yield _row(band_words(band), by_band[band])


def band_words(band: int | None) -> str:
    """``Band 1``, or that nobody has scored them."""
    return UNSCORED if band is None else f"Band {band}"


def _row(name: str, people: Sequence[Standing]) -> BandRow:
    count = Counter(each.stands for each in people)
    return BandRow(name, [f"{count[each]:,}" for each in STANDS], f"{len(people):,}")
