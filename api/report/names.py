"""Plain words for what a problem knows by id: services, pools, quotas, authorities, bands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from allocation.problem import Gender, Pool, Problem, Quota, Service
from api.design_system.spoken import counted
from gateway.agreements.limit_words import whom

TIERS: Final[Mapping[str, str]] = MappingProxyType({"hub": "Hub", "local": "Local", "floating": "Floating"})

FOR_WHOM: Final[Mapping[Gender, str]] = MappingProxyType(
    {
        Gender.MALE: "for men",
        Gender.FEMALE: "for women",
        Gender.SAME: "in a shared house of one gender",
        Gender.ANY: "for anyone",
    }
)

KIND: Final[Mapping[Gender, str]] = MappingProxyType(
    {Gender.MALE: "men's", Gender.FEMALE: "women's", Gender.SAME: "shared-house", Gender.ANY: "mixed"}
)
"""What kind of unit a pool holds, before the word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a region calls things. Whatever it has no word for keeps its id.

    services, authorities, bands, tags
        Id, GSS code, band number and tag to words.
    """

    services: Mapping[str, str] = field(default_factory=dict)
    authorities: Mapping[str, str] = field(default_factory=dict)
    bands: Mapping[int, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    def service(self, service: str) -> str:
        """A service by name and id."""
        return f"{self.services[service]} ({service})" if service in self.services else service

    def authority(self, authority: str) -> str:
        """An authority by name."""
        return self.authorities.get(authority, authority)

    def band(self, band: int) -> str:
        """What puts a person in a band, or nothing where nobody has said."""
        return self.bands.get(band, "")

    def tag(self, tag: str) -> str:
        """A tag as words."""
        return self.tags.get(tag, tag.replace("-", " ")).lower()

    def quota(self, quota: Quota) -> str:
        """Whom a quota counts, and where."""
        return f"{self._where(quota.services)}: {whom(quota, self.authority, self.tag)}"

    def _where(self, services: Collection[str] | None) -> str:
        if services is None:
            return "All services"
        named = sorted(services)
        return self.services.get(named[0], named[0]) if len(named) == 1 else f"{len(named)} services together"


def units_for(pool: Pool, units: int = 1) -> str:
    """So many units of a pool: ``1 unit for women``."""
    return f"{counted(units, 'unit')} {FOR_WHOM[pool.gender]}"


def tier_of(service: Service) -> str:
    """A service's tier as a heading has it."""
    return "Other" if service.tier is None else TIERS.get(service.tier, service.tier)


def pool_of(problem: Problem, service: str, pool: str) -> Pool:
    """The pool of a service by its id."""
    pools = problem.services[problem.service_at[service]].pools
    return next(each for each in pools if each.id == pool)
