"""Who goes where: by home authority, band, tier and the authority of the new place."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allocation.problem import Person
from api.report.evidence import Evidence
from api.report.names import TIERS, tier_of

ELSEWHERE: Final = "Elsewhere"
"""An authority without a service here, or one that nobody has recorded."""

NO_PLACE: Final = "No place yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """People counted by two things at once, with totals.

    caption, corner
        What it shows, and what its rows are.
    rows
        Each with its heading and one count for each of ``columns``.
    """

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def totals(self) -> tuple[int, ...]:
        """One count for each of ``columns``, and then all."""
        below = [sum(counts[at] for _, counts in self.rows) for at in range(len(self.columns))]
        return (*below, sum(below))

    @staticmethod
    def of(
        caption: str,
        corner: str,
        rows: Sequence[str],
        columns: Sequence[str],
        people: Mapping[tuple[str, str], int],
    ) -> "Grid":
        """Lay out ``people`` by (row, column)."""
        counts = ((row, tuple(people.get((row, column), 0) for column in columns)) for row in rows)
        return Grid(caption=caption, corner=corner, columns=tuple(columns), rows=tuple(counts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """Counts of people who need a place: whence they come, to which tier, and where that is.

    homes
        What they are told apart by before they have a place: home authorities, or bands.
    tiers
        The tiers people go to, `NO_PLACE` last; only those that somebody is in.
    authorities
        Where the services are that people go to.
    into, out
        People by (home, tier), and placed people by (tier, authority of the service).
    """

    homes: tuple[str, ...]
    tiers: tuple[str, ...]
    authorities: tuple[str, ...]
    into: Mapping[tuple[str, str], int]
    out: Mapping[tuple[str, str], int]

    def of_home(self, home: str) -> int:
        """Everybody from there."""
        return sum(self.into.get((home, tier), 0) for tier in self.tiers)

    def of_tier(self, tier: str) -> int:
        """Everybody who goes to that tier, or has no place."""
        return sum(self.into.get((home, tier), 0) for home in self.homes)

    def of_authority(self, authority: str) -> int:
        """Everybody who goes to a service there."""
        return sum(self.out.get((tier, authority), 0) for tier in self.tiers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows(Streams):
    """Streams from home authorities: those with services first in the order of names, then `ELSEWHERE`.

    grids
        The same counts, and those by band, as tables.
    own
        Placed people whose service is in their own authority, of all placed whose authority has services.
    """

    grids: tuple[Grid, ...]
    own: tuple[int, int]

    @staticmethod
    def of(evidence: Evidence) -> "Flows":
        """Count the ways that ``evidence`` sends people."""
        into = Counter((_home(evidence, each), _tier(evidence, each)) for each in evidence.needing)
        placed = [each for each in evidence.needing if each.id in evidence.place]
        out = Counter((_tier(evidence, each), _where(evidence, each)) for each in placed)
        local = [each for each in placed if _home(evidence, each) != ELSEWHERE]
        homes = _ordered({home for home, _ in into}, (ELSEWHERE,))
        tiers = _ordered({tier for _, tier in into}, (*TIERS.values(), "Other", NO_PLACE))
        authorities = _ordered({authority for _, authority in out}, (ELSEWHERE,))
        return Flows(
            homes=homes,
            tiers=tiers,
            authorities=authorities,
            into=into,
            out=out,
            grids=(*_by_band(evidence, homes, tiers), *_by_authority(homes, tiers, authorities, into, out)),
            own=(sum(_home(evidence, each) == _where(evidence, each) for each in local), len(local)),
        )


def _by_band(evidence: Evidence, homes: Sequence[str], tiers: Sequence[str]) -> Iterator[Grid]:
    bands = [f"Band {band}" for band in sorted({each.band for each in evidence.needing})]
    from_homes = Counter((f"Band {each.band}", _home(evidence, each)) for each in evidence.needing)
    to_tiers = Counter((f"Band {each.band}", _tier(evidence, each)) for each in evidence.needing)
    yield Grid.of("By band and home authority", "Band", bands, homes, from_homes)
    yield Grid.of("By band and tier", "Band", bands, tiers, to_tiers)


def _by_authority(
    homes: Sequence[str],
    tiers: Sequence[str],
    authorities: Sequence[str],
    into: Mapping[tuple[str, str], int],
    out: Mapping[tuple[str, str], int],
) -> Iterator[Grid]:
    placed = [tier for tier in tiers if tier != NO_PLACE]
    back = {(authority, tier): people for (tier, authority), people in out.items()}
    yield Grid.of("By home authority and tier", "Home", homes, tiers, into)
    yield Grid.of("By authority of the new place and tier", "Place", authorities, placed, back)


def _ordered(found: set[str], last: tuple[str, ...]) -> tuple[str, ...]:
    """Names in alphabetical order, then those of ``last`` in its own order."""
    return (*sorted(found - {*last}), *(each for each in last if each in found))


def _home(evidence: Evidence, person: Person) -> str:
    served = {service.authority for service in evidence.problem.services}
    if person.authority is None or person.authority not in served:
        return ELSEWHERE
    return evidence.names.authority(person.authority)


def _tier(evidence: Evidence, person: Person) -> str:
    placement = evidence.place.get(person.id)
    return NO_PLACE if placement is None else tier_of(evidence.service(placement.service))


def _where(evidence: Evidence, person: Person) -> str:
    authority = evidence.service(evidence.place[person.id].service).authority
    return ELSEWHERE if authority is None else evidence.names.authority(authority)
