"""What a region is made of: authorities, lots, services as commissioned, joint purchases, caps."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from allocation.problem import Quota, Service
from scenarios.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A local authority, by GSS code.

    role
        ``partner``: of the agreement; ``neighbour``: touches a partner and is not one.
    centroid
        Latitude and longitude in degrees; ``None`` where no source gave one.
    """

    gss: str
    name: str
    role: str
    centroid: tuple[float, float] | None
    population: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A separately commissioned specification. ``known``: named in a source, not ours."""

    id: str
    title: str
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """A service as the region knows it: what the allocation sees, and what it need not see.

    confidential
        The address is kept secret: ``service.location`` is then the authority's centroid, never the place.
    """

    service: Service
    name: str
    lot: str
    provider: str
    confidential: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """The units one partner bought in a jointly purchased service: its share, wherever the service stands."""

    service: str
    authority: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencySettings:
    """The knobs of ``emergency.yaml``, each explained there; shares are from 0 to 1."""

    closing_providers: tuple[str, ...]
    starting_services: tuple[str, ...]
    reference_people: float
    open_factor: float
    closing_factor: float
    occupancy: float
    home_first: float
    may_move: float
    waiting: float
    separations: float
    moves: float
    conversions: float
    stay_median_days: float
    stay_spread: float


@dataclass(frozen=True, kw_only=True)
class Region:
    """One region's ground.

    caps
        Upper limits at the size of the files: cross-authority caps and risk caps. The limits that follow from
        ``purchases`` are not repeated here.
    """

    name: str
    title: str
    lead_authority: str
    authorities: tuple[Authority, ...]
    lots: tuple[Lot, ...]
    client_groups: Mapping[str, str]
    tags: Mapping[str, str]
    provisions: tuple[Provision, ...]
    purchases: tuple[Purchase, ...]
    caps: tuple[Quota, ...]
    profile: Profile
    emergency: EmergencySettings

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """GSS codes of the partner authorities, in order."""
        return tuple(each.gss for each in self.authorities if each.role == "partner")

    @cached_property
    def centroids(self) -> Mapping[str, tuple[float, float]]:
        """Centroid by GSS code, where known."""
        return {each.gss: each.centroid for each in self.authorities if each.centroid is not None}

    @property
    def services(self) -> tuple[Service, ...]:
        """What the allocation sees of each provision."""
        return tuple(each.service for each in self.provisions)
