"""Put a region into a store, as a gateway would find it on its first day: through the use cases, with events.

Besides what `read_region` reads, two files tell what only a store asks for: who touches whom
(``neighbours.csv``) and who may refer (``agencies.csv``).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from allocation.problem import Pool, Service
from gateway.directory.adding import NewUnit, add_authority, add_provider, add_service, add_units
from gateway.directory.changing import AllowedConversion, allow_conversions, set_neighbours
from gateway.directory.service_details import ServiceDetails
from gateway.directory.tables import PartnershipRole, Tier, UnitGender, UnitKind, UnitRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.tables import AgencyRow
from gateway.storage.work import Work
from scenarios.ground import Ground, ground_of
from scenarios.region_files import REGIONS, RegionFolder
from scenarios.region_parts import Provision, Region

ROLES = {"partner": PartnershipRole.PRIMARY, "neighbour": PartnershipRole.SECONDARY}
"""How authorities stand to the partnership: its parties, and the neighbouring authorities that come next
(West London Joint Commissioning Protocol, schedule 5)."""

SELF_CONTAINED = "self-contained"
"""A service with this feature has flats; any other has bedspaces, and floating support has slots."""


@dataclass(frozen=True, kw_only=True)
class RegionInStore:
    """Where the parts of a region are in the store.

    services, providers
        Ids in the store, by the region's id of a service and by a provider's name.
    units
        Ids of units in the order of their names, by the region's ids of a service and a pool.
    agencies
        Ids by kind of referrer.
    ground
        The region at the size it was loaded: services, quotas, limits.
    """

    region: Region
    ground: Ground
    providers: Mapping[str, str]
    services: Mapping[str, str]
    units: Mapping[tuple[str, str], tuple[str, ...]]
    agencies: Mapping[str, str]


def load_region(
    region: Region,
    *,
    on: date,
    opened_on: date,
    people: int | None = None,
    regions: Path = REGIONS,
    by: Actor,
    at: datetime,
    work: Work,
) -> RegionInStore:
    """Add a region's authorities, agencies, providers, services, units and allowed conversions.

    Parameters
    ----------
    on
        The day of the region's emergency: the services that start then open on it.
    opened_on
        When all others opened.
    people
        The size: how many must leave in the emergency (`scenarios.ground`); ``None``: that of the files.
    regions
        The folder that holds the region's folder.

    Raises
    ------
    InvalidRegion
        Naming every fault in the two files that only a store asks for.
    """
    ground = ground_of(region, people or round(region.emergency.reference_people))
    folder = RegionFolder(regions / region.name)
    touching, agencies = _neighbours(folder, region), _agencies(folder)
    folder.refuse()
    loader = _Loader(ground, on=on, opened_on=opened_on, by=by, at=at, work=work)
    loader.authorities(touching)
    return loader.in_store(agencies)


class _Loader:
    """Writes one part after the other."""

    def __init__(
        self, ground: Ground, *, on: date, opened_on: date, by: Actor, at: datetime, work: Work
    ) -> None:
        self.ground, self.region = ground, ground.region
        self.on, self.opened_on = on, opened_on
        self.by, self.at, self.work = by, at, work

    def authorities(self, touching: Mapping[str, Collection[str]]) -> None:
        """Every authority, and then who touches whom."""
        for each in self.region.authorities:
            latitude, longitude = each.centroid or (None, None)
            add_authority(
                each.gss,
                name=each.name,
                role=ROLES[each.role],
                latitude=latitude,
                longitude=longitude,
                by=self.by,
                at=self.at,
                work=self.work,
            )
        for gss, neighbours in sorted(touching.items()):
            set_neighbours(gss, neighbours, by=self.by, at=self.at, work=self.work)

    def in_store(self, agencies: Mapping[str, str]) -> RegionInStore:
        """Everything else."""
        names = sorted({each.provider for each in self.region.provisions})
        providers = {name: add_provider(name, by=self.by, at=self.at, work=self.work).id for name in names}
        provisions = {each.service.id: each for each in self.region.provisions}
        services, units = {}, {}
        for service in (*self.ground.staying, *self.ground.former):
            provision = provisions[service.id]
            id = self._service(provision, providers[provision.provider])
            services[service.id] = id
            units.update(self._units(id, service))
            self._conversions(id, service)
        return RegionInStore(
            region=self.region,
            ground=self.ground,
            providers=providers,
            services=services,
            units=units,
            agencies={kind: self._agency(kind, name) for kind, name in agencies.items()},
        )

    def _service(self, provision: Provision, provider: str) -> str:
        starts = provision.service.id in self.region.emergency.starting_services
        row = add_service(
            details_of(provision, provider),
            opens_on=self.on if starts else self.opened_on,
            by=self.by,
            at=self.at,
            work=self.work,
        )
        return row.id

    def _units(self, id: str, service: Service) -> dict[tuple[str, str], tuple[str, ...]]:
        new = [unit for pool in service.pools for unit in _units_of(pool, service)]
        rows = add_units(id, new, by=self.by, at=self.at, work=self.work) if new else []
        return {(service.id, pool.id): _in_pool(pool.id, rows) for pool in service.pools}

    def _conversions(self, id: str, service: Service) -> None:
        pools = {pool.id: pool for pool in service.pools}
        allowed: dict[tuple[UnitGender, UnitGender], AllowedConversion] = {}
        for each in service.conversions:
            source, target = pools[each.source], pools[each.target]
            key = (UnitGender(source.gender), UnitGender(target.gender))
            most = source.units if each.max_units is None else each.max_units
            # A store knows designations and no pools: those of one pair count together, at the dearest cost.
            so_far = allowed.get(key, AllowedConversion(source=key[0], target=key[1], max_units=0))
            cost = max(so_far.cost, each.cost)
            allowed[key] = replace(so_far, max_units=so_far.max_units + most, cost=cost)
        if allowed:
            allow_conversions(id, [*allowed.values()], by=self.by, at=self.at, work=self.work)

    def _agency(self, kind: str, name: str) -> str:
        row = AgencyRow(id=self.work.new_id("A"), name=name, kind=kind, designated=True)
        write(self.work, row, what="agency designated", by=self.by, at=self.at, about=[row.id])
        return row.id


def details_of(provision: Provision, provider: str) -> ServiceDetails:
    """What the store records of a service: of a confidential one no place."""
    service = provision.service
    place = None if provision.confidential else service.location
    latitude, longitude = place or (None, None)
    return ServiceDetails(
        provider_id=provider,
        authority_id=service.authority or "",
        name=provision.name,
        tier=Tier(service.tier or ""),
        lot=provision.lot,
        latitude=latitude,
        longitude=longitude,
        confidential=provision.confidential,
        direct_access=service.direct_access,
        min_age=service.min_age,
        max_age=service.max_age,
        client_groups=service.client_groups,
        cannot_manage=service.cannot_manage,
        features=service.features,
    )


def _units_of(pool: Pool, service: Service) -> Iterator[NewUnit]:
    """Units named so that their names stand in the order of their numbers."""
    kind = UnitKind.FLAT if SELF_CONTAINED in service.features else UnitKind.BEDSPACE
    if service.tier == Tier.FLOATING:
        kind = UnitKind.SLOT
    digits = len(str(pool.units))
    for number in range(1, pool.units + 1):
        name = f"{pool.id}-{number:0{digits}}"
        yield NewUnit(name=name, pool=pool.id, kind=kind, gender=UnitGender(pool.gender))


def _in_pool(pool: str, rows: Iterable[UnitRow]) -> tuple[str, ...]:
    return tuple(row.id for row in rows if row.pool == pool)


def _neighbours(folder: RegionFolder, region: Region) -> Mapping[str, set[str]]:
    """Everybody whom each authority touches."""
    known = [each.gss for each in region.authorities]
    touching: defaultdict[str, set[str]] = defaultdict(set)
    for row in folder.rows("neighbours.csv", ("authority", "neighbour", "source")):
        one, other = row.one_of("authority", known), row.one_of("neighbour", known)
        if one == other:
            row.fault("neighbour", "is the authority itself")
        if other in touching[one] or one in touching[other]:
            row.fault("neighbour", "is named twice")
        touching[one].add(other)
        touching[other].add(one)
    return touching


def _agencies(folder: RegionFolder) -> Mapping[str, str]:
    """The name of the agency of each kind of referrer."""
    agencies: dict[str, str] = {}
    for row in folder.rows("agencies.csv", ("kind", "name", "source")):
        kind = row.text("kind")
        if kind in agencies:
            row.fault("kind", f"repeats {kind!r}")
        agencies[kind] = row.text("name")
    return agencies
