"""Who goes where: from each home authority into the tiers, and from each tier into the authorities."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from allocation.problem import Person
from api.report.evidence import Evidence
from api.report.names import TIERS, tier_of

ELSEWHERE: Final = "Elsewhere or not known"
NO_PLACE: Final = "No place yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """Counts of people who need a place.

    homes
        Home authorities, those with services first in the order of their names, then `ELSEWHERE`.
    tiers
        The tiers people go to, `NO_PLACE` last; only those that somebody is in.
    authorities
        Where the services are that people go to.
    into, out
        People by (home, tier), and placed people by (tier, authority of the service).
    own
        Placed people whose service is in their own authority, of all placed whose authority has services.
    """

    homes: tuple[str, ...]
    tiers: tuple[str, ...]
    authorities: tuple[str, ...]
    into: Mapping[tuple[str, str], int]
    out: Mapping[tuple[str, str], int]
    own: tuple[int, int]

    @staticmethod
    def of(evidence: Evidence) -> "Flows":
        """Count the ways that ``evidence`` sends people."""
        into = Counter((_home(evidence, each), _tier(evidence, each)) for each in evidence.needing)
        placed = [each for each in evidence.needing if each.id in evidence.place]
        out = Counter((_tier(evidence, each), _where(evidence, each)) for each in placed)
        local = [each for each in placed if _home(evidence, each) != ELSEWHERE]
        return Flows(
            homes=_ordered({home for home, _ in into}, (ELSEWHERE,)),
            tiers=_ordered({tier for _, tier in into}, (*TIERS.values(), "Other", NO_PLACE)),
            authorities=_ordered({authority for _, authority in out}, (ELSEWHERE,)),
            into=into,
            out=out,
            own=(sum(_home(evidence, each) == _where(evidence, each) for each in local), len(local)),
        )

    def of_home(self, home: str) -> int:
        """Everybody from there."""
        return sum(self.into[home, tier] for tier in self.tiers)

    def of_tier(self, tier: str) -> int:
        """Everybody who goes to that tier, or has no place."""
        return sum(self.into[home, tier] for home in self.homes)

    def of_authority(self, authority: str) -> int:
        """Everybody who goes to a service there."""
        return sum(self.out[tier, authority] for tier in self.tiers)


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
