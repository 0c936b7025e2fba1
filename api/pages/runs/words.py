"""How runs and their lines are spoken of: states, scopes, people, places."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Protocol

from api.design_system.spoken import counted, spoken_code, spoken_day, spoken_moment
from api.report.names import TIERS
from gateway.agreements.limit_words import clause_of, listed
from gateway.allocation_runs.run_lists import Counted, LineListed
from gateway.allocation_runs.scope import read, read_lines
from gateway.allocation_runs.tables import ProposalStatus, RunStatus
from gateway.directory.naming import ServiceNamed

RUN_STATES: Final[Mapping[RunStatus, tuple[str, str]]] = MappingProxyType(
    {
        RunStatus.QUEUED: ("Waiting to start", "grey"),
        RunStatus.RUNNING: ("Looking for places", "blue"),
        RunStatus.PROPOSED: ("Proposed", "green"),
        RunStatus.FAILED: ("Failed", "red"),
        RunStatus.CANCELLED: ("Stopped", "grey"),
        RunStatus.CLOSED: ("Closed", "grey"),
    }
)
"""Each state of a run in words, and the colour of its tag, which says nothing that the word does not."""

LINE_STATES: Final[Mapping[ProposalStatus, tuple[str, str]]] = MappingProxyType(
    {
        ProposalStatus.PROPOSED: ("To decide", "yellow"),
        ProposalStatus.AGREED: ("Agreed", "green"),
        ProposalStatus.CHANGED: ("Changed", "purple"),
        ProposalStatus.LEFT: ("Left", "grey"),
        ProposalStatus.STALE: ("Out of date", "red"),
        ProposalStatus.OFFERED: ("Offered", "blue"),
    }
)
"""As `RUN_STATES`, for the lines of a run."""

WHY_NONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "capacity": "the places that suit are full",
        "outranked": "the places that suit go to people of the same or a higher priority",
        "quota": "an agreement allows no more",
        "separation": "somebody to be kept apart from is there",
        "same_gender": "shared places are lived in by people of another gender",
        "limit": "no more people may be moved",
        "unsuitable": "no service fits what is known of them",
    }
)
"""Why there is no place, by the first code of a plan."""


class Asked(Protocol):
    """What a run was asked, as it is kept."""

    @property
    def as_of(self) -> date:
        """The day."""

    @property
    def scope_tiers(self) -> str | None:
        """Codes."""

    @property
    def scope_lots(self) -> str | None:
        """Codes."""

    @property
    def scope_authorities(self) -> str | None:
        """Codes."""

    @property
    def scope_lifted(self) -> str | None:
        """Ids of quotas."""

    @property
    def max_moves(self) -> int | None:
        """At most so many."""

    @property
    def max_conversions(self) -> int | None:
        """At most so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What everybody and everything that a page shows is called, by id.

    people
        As `gateway.referrals.triage_list.names_told` tells them.
    """

    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    services: Mapping[str, ServiceNamed] = field(default_factory=dict)
    authorities: Mapping[str, str] = field(default_factory=dict)
    agreements: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def person(self, id: str) -> str:
        """Somebody's name; nobody learns that of a restricted case from a list."""
        told = self.people.get(id, {})
        if told.get("restricted"):
            return "Restricted case"
        return str(told.get("name") or "Name not known")

    def service(self, id: str) -> str:
        """A service's name."""
        return self.services[id].name if id in self.services else id

    def place(self, id: str) -> str:
        """A service's name, with its tier and the authority it stands in."""
        if id not in self.services:
            return id
        named = self.services[id]
        return f"{named.name} ({TIERS[named.tier].lower()}, {named.authority})"

    def area(self, id: str) -> str:
        """The authority a service stands in."""
        return self.services[id].authority if id in self.services else id

    def authority(self, id: str) -> str:
        """An authority's name."""
        return self.authorities.get(id, id)

    def unit(self, id: str) -> str:
        """A unit's name."""
        return self.units.get(id, id)

    def sentence(self, text: str) -> str:
        """A sentence of the engine's, or of a refusal, with names for the ids in it."""
        return _ID.sub(lambda found: self._named(found[0]), text)

    def _named(self, id: str) -> str:
        if id in self.agreements:
            return f"“{self.agreements[id]}”"
        return self.authorities.get(id) or self.units.get(id) or self.service(id)

    def clause(self, quota: str) -> str:
        """The agreement and the clause that a quota comes from, in brackets; nothing if it is from none."""
        found = clause_of(quota)
        if found is None:
            return ""
        agreement, clause = found
        return f" (agreement {self._named(agreement)}, {clause})"


_ID: Final = re.compile(r"\b([SU]-[A-Za-z0-9-]+|AG-[A-Za-z0-9]+|[ENSW]\d{8})\b")


def units_in(sentences: Iterable[str]) -> set[str]:
    """Ids of all units that sentences speak of."""
    return {id for each in sentences for id in _ID.findall(each) if id.startswith("U-")}


def run_name(started: Any) -> str:  # noqa: ANN401  any row of a run
    """What a run is called: when it was started."""
    return f"Run of {spoken_moment(started.started_at)}"


def scope_words(asked: Asked, called: Called) -> tuple[tuple[str, str], ...]:
    """What a run was asked to look at, a pair of words each."""
    tiers, lots, home = (
        read(each) for each in (asked.scope_tiers, asked.scope_lots, asked.scope_authorities)
    )
    return (
        ("Places for", spoken_day(asked.as_of)),
        ("Tiers", _all_or(sorted(TIERS[each] for each in tiers if each in TIERS))),
        ("Lots", _all_or(sorted(map(spoken_code, lots)))),
        ("People from", _all_or(sorted(map(called.authority, home)), "Everywhere")),
        ("People who may be moved though they need not leave", _most(asked.max_moves, "person", "people")),
        ("Units that may be converted", _most(asked.max_conversions, "unit")),
        ("Quotas left out", _left_out(asked) or "None"),
    )


def scope_in_short(asked: Asked, called: Called) -> str:
    """The same in a line: only what was limited."""
    told = list(_limits(asked, called))
    return "; ".join(told) or "All places, everybody, any number of moves and conversions"


def _limits(asked: Asked, called: Called) -> Iterator[str]:
    if tiers := read(asked.scope_tiers):
        yield f"{listed([TIERS.get(each, each) for each in sorted(tiers)], 'and')} places"
    if lots := read(asked.scope_lots):
        yield f"lots {listed([spoken_code(each).lower() for each in sorted(lots)], 'and')}"
    if home := read(asked.scope_authorities):
        yield f"people from {listed(sorted(map(called.authority, home)), 'and')}"
    if asked.max_moves is not None:
        yield _at_most(asked.max_moves, "move")
    if asked.max_conversions is not None:
        yield _at_most(asked.max_conversions, "conversion")
    if left_out := _left_out(asked):
        yield f"what if {left_out} did not stand"


def _at_most(limit: int, one: str) -> str:
    return f"at most {counted(limit, one)}" if limit else f"no {one}s"


def _left_out(asked: Asked) -> str:
    lifted = read_lines(asked.scope_lifted)
    return counted(len(lifted), "quota") if lifted else ""


def _all_or(words: Collection[str], every: str = "All") -> str:
    return ", ".join(words) or every


def _most(limit: int | None, one: str, many: str | None = None) -> str:
    return "Any number" if limit is None else "None" if limit == 0 else f"At most {counted(limit, one, many)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSeen:
    """One line of a run in a table.

    closer
        Why it needs a closer look; nothing: it does not.
    """

    href: str
    person: str
    referral: str
    band: str
    place: str
    origin: str
    step: str
    state: str
    colour: str
    closer: str


def line_seen(line: LineListed, called: Called) -> LineSeen:
    """A line in words."""
    state, colour = state_of(line)
    return LineSeen(
        href=f"/runs/{line.run}/lines/{line.id}",
        person=called.person(line.person),
        referral=line.referral,
        band=f"{line.band}",
        place=place_words(line, called),
        origin="No place now" if line.origin is None else called.service(line.origin),
        step="" if line.step is None else f"{line.step + 1}",
        state=state,
        colour=colour,
        closer="" if not line.singly else "Near tie" if line.near_tie else "Look closer",
    )


def state_of(line: LineListed) -> tuple[str, str]:
    """Where a line stands; one without a place waits for no decision, unless it needs a closer look."""
    if line.status is ProposalStatus.PROPOSED and line.service is None and not line.singly:
        return "No place", "grey"
    return LINE_STATES[line.status]


def place_words(line: LineListed, called: Called) -> str:
    """Where a line would have somebody go, as it was decided if it was."""
    service = line.chosen_service or line.service
    if service is None:
        return f"No place: {WHY_NONE.get(line.reason or '', 'nobody knows why')}"
    return called.place(service)


def services_in(lines: Collection[LineListed]) -> set[str]:
    """Every service that lines speak of."""
    return {id for each in lines for id in (each.service, each.origin, each.chosen_service) if id is not None}


def lines_counted(counts: Collection[Counted], **facts: object) -> int:
    """How many lines of a run are like this, by the fields of `Counted`."""
    return sum(
        each.lines for each in counts if all(getattr(each, name) == value for name, value in facts.items())
    )
