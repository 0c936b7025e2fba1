"""The people of an emergency in words: on the screen fifty a page, on paper all of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from api.design_system.rendering import Choice
from api.design_system.spoken import counted
from api.pages.emergencies.board_views import STANDS, UNSCORED, BoardSeen, band_words
from gateway.allocation_runs.emergency_people import LineThere, Standing, Stands
from gateway.allocation_runs.tables import EmergencyRow, ProposalStatus

WHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unsuitable": "no service suits them",
        "quota": "the quota of their authority is full",
        "separation": "somebody they must be kept apart from would be there",
        "limit": "more people would have to move than was allowed",
        "same_gender": "no room for their gender is left",
        "outranked": "the places that suit go to people of higher priority",
        "capacity": "the services that suit are full",
    }
)
"""Why a plan has no place for somebody; the whole of it stands on the line's own page."""

LINES: Final[Mapping[ProposalStatus, str]] = MappingProxyType(
    {
        ProposalStatus.PROPOSED: "Proposed, to decide: {}",
        ProposalStatus.AGREED: "Agreed, not offered yet: {}",
        ProposalStatus.CHANGED: "Changed, not offered yet: {}",
        ProposalStatus.LEFT: "Left as they are, by decision",
        ProposalStatus.STALE: "The proposal is out of date",
        ProposalStatus.OFFERED: "The offer did not come to be: find places again",
    }
)
"""What a line says of somebody who has no place yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Whom a page shows: those who stand somewhere, of one band (``none``: not scored), after somebody."""

    stands: Stands | None
    band: str
    after: str | None
    size: int

    def all_of(self, people: Sequence[Standing], may_open: Collection[str]) -> Sequence[Standing]:
        """Those who are asked for and may be told, unscored first, then by band."""
        chosen = [each for each in people if each.referral in may_open and self._wants(each)]
        return sorted(chosen, key=_order)

    def of(self, people: Sequence[Standing], may_open: Collection[str]) -> Sequence[Standing]:
        """Those of this page."""
        chosen = self.all_of(people, may_open)
        begins = 0
        if self.after is not None:
            last = next((each for each in people if each.referral == self.after), None)
            # Whoever moved on since the page before still says where it ended.
            begins = 0 if last is None else sum(_order(each) <= _order(last) for each in chosen)
        return chosen[begins : begins + self.size]

    def _wants(self, each: Standing) -> bool:
        band = "none" if not each.scored else str(each.band)
        return (self.stands in (None, each.stands)) and self.band in ("", band)


def _order(each: Standing) -> tuple[int, str]:
    return (each.band or 0) if each.scored else 0, each.referral


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """Somebody: who, of which band, where they live, where they stand, and where to look."""

    name: str
    href: str
    band: str
    home: str
    stands: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSeen:
    """A page of people, and what else could be chosen."""

    caption: str
    here: str
    stands: Sequence[Choice]
    bands: Sequence[Choice]
    summary: str
    people: Sequence[PersonSeen]
    more: str


def people_seen(
    row: EmergencyRow,
    asked: Shown,
    everybody: Sequence[Standing],
    may_open: Collection[str],
    *,
    names: Mapping[str, Mapping[str, Any]],
    services: Mapping[str, str],
    lines: Mapping[str, LineThere],
    run: str | None,
) -> PeopleSeen:
    """The page of people that was asked for."""
    here, chosen = asked.of(everybody, may_open), asked.all_of(everybody, may_open)
    hidden = sum(each.referral not in may_open for each in everybody)
    address = f"/emergencies/{row.id}/people"
    rest = bool(here) and here[-1] is not chosen[-1]
    query = {
        "stands": asked.stands.value if asked.stands else "",
        "band": asked.band,
        "after": here[-1].referral if here else "",
    }
    return PeopleSeen(
        caption=row.title,
        here=address,
        stands=_stands(asked),
        bands=_bands(asked, everybody),
        summary=_summary(len(chosen), hidden),
        people=[_person(each, names, services, lines, run) for each in here],
        more=f"{address}?{urlencode({name: text for name, text in query.items() if text})}" if rest else "",
    )


def _summary(shown: int, hidden: int) -> str:
    told = counted(shown, "person", "people")
    if not hidden:
        return told
    restricted = counted(hidden, "restricted case is", "restricted cases are")
    return f"{told}; {restricted} counted on the board and told only to those who may open them"


def _stands(asked: Shown) -> list[Choice]:
    every = [("", "Everybody"), *((each.value, words) for each, words in STANDS.items())]
    chosen = asked.stands.value if asked.stands else ""
    return [Choice(value=value, text=text, chosen=value == chosen) for value, text in every]


def _bands(asked: Shown, everybody: Sequence[Standing]) -> list[Choice]:
    there = sorted({each.band for each in everybody if each.scored and each.band is not None})
    every = [("", "Every band"), ("none", UNSCORED), *((str(band), f"Band {band}") for band in there)]
    return [Choice(value=value, text=text, chosen=value == asked.band) for value, text in every]


def name_of(person: str, names: Mapping[str, Mapping[str, Any]]) -> str:
    """What somebody is called, or why that is not told."""
    told = names.get(person, {})
    return told.get("name") or ("Restricted case" if told.get("restricted") else "Name not known")


def _person(
    each: Standing,
    names: Mapping[str, Mapping[str, Any]],
    services: Mapping[str, str],
    lines: Mapping[str, LineThere],
    run: str | None,
) -> PersonSeen:
    line = lines.get(each.referral)
    return PersonSeen(
        name=name_of(each.person, names),
        href=f"/referrals/{each.referral}",
        band=band_words(each.band if each.scored else None),
        home=services.get(each.home or "", "Nowhere in the gateway"),
        stands=_where(each, services, line),
        line=""
        if line is None or each.stands is not Stands.WITHOUT_A_PLACE
        else f"/runs/{run}/lines/{line.id}",
    )


def _where(each: Standing, services: Mapping[str, str], line: LineThere | None) -> str:
    if each.stands is not Stands.WITHOUT_A_PLACE:
        place = services.get(each.offered or "")
        return STANDS[each.stands] if place is None else f"{STANDS[each.stands]}: {place}"
    if line is None:
        return "No proposal yet"
    if line.service is None and line.status is ProposalStatus.PROPOSED:
        return f"No place found: {WHY.get(line.reason or '', 'look at the line')}"
    return LINES[line.status].format(services.get(line.service or "", "a place"))


@dataclass(frozen=True, slots=True)
class OnPaper:
    """Somebody on paper; ``name`` nothing: names were not asked for."""

    reference: str
    name: str
    band: str
    home: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSeen:
    """The board with everybody, by where they stand; who is restricted is only counted."""

    board: BoardSeen
    parts: Sequence[tuple[str, Sequence[OnPaper]]]
    with_names: bool
    hidden: str


def print_seen(
    board: BoardSeen,
    people: Sequence[Standing],
    *,
    hidden: int,
    names: Mapping[str, Mapping[str, Any]] | None,
    services: Mapping[str, str],
) -> PrintSeen:
    """Everything on paper."""
    order = list(STANDS)
    told = sorted(people, key=lambda each: (order.index(each.stands), _order(each)))
    return PrintSeen(
        board=board,
        parts=[
            (STANDS[stands], [_on_paper(each, names, services) for each in group])
            for stands, group in groupby(told, key=lambda each: each.stands)
        ],
        with_names=names is not None,
        hidden=f"{counted(hidden, 'restricted case')} not listed" if hidden else "",
    )


def _on_paper(
    each: Standing, names: Mapping[str, Mapping[str, Any]] | None, services: Mapping[str, str]
) -> OnPaper:
    return OnPaper(
        reference=each.referral,
        name="" if names is None else name_of(each.person, names),
        band=band_words(each.band if each.scored else None),
        home=services.get(each.home or "", "Nowhere"),
        place=services.get(each.offered or "", "Nothing"),
    )
