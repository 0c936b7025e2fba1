"""Read a region: its authorities, lots, services, joint purchases and caps, from one folder of small files.

A region is checked whole: it is complete and consistent, or `InvalidRegion` names every fault with its file
and row. What is real in a region and what is invented stands in the ``source`` column of each file and in
``docs/region-<name>.md``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from allocation.problem import Conversion, Gender, InvalidProblem, Pool, Quota, Service
from gateway.assessment.referral import TIERS
from scenarios.profile import RISK_COLUMNS, read_profile
from scenarios.region_files import REGIONS, InvalidRegion, RegionFolder, Row
from scenarios.region_parts import Authority, EmergencySettings, Lot, Provision, Purchase, Region

__all__ = ["InvalidRegion", "Region", "read_region", "region_names"]

ROLES = ("partner", "neighbour")


def region_names(regions: Path = REGIONS) -> tuple[str, ...]:
    """The names of the regions there are, in order."""
    return tuple(sorted(each.parent.name for each in regions.glob("*/region.yaml")))


def read_region(name: str, *, regions: Path = REGIONS) -> Region:
    """Read and check one region.

    Raises
    ------
    InvalidRegion
        Naming every fault in every file of the region at once, or that there is no such region.
    """
    if name not in region_names(regions):
        known = ", ".join(region_names(regions)) or "none"
        raise InvalidRegion(name, [f"there is no region of this name; known: {known}"])
    return _Reader(RegionFolder(regions / name)).region()


_AUTHORITIES = ("gss", "name", "role", "lat", "lon", "population_mid2024", "source")
_LOTS = ("id", "title", "known", "source")
_GROUPS = ("client_group", "title", "sp_code", "source")
_SERVICES = (
    *(
        "id",
        "name",
        "lot",
        "provider",
        "tier",
        "authority",
        "lat",
        "lon",
        "client_groups",
        "min_age",
        "max_age",
    ),
    *("features", "cannot_manage", "direct_access", "confidential", "source"),
)
_POOLS = ("service", "pool", "units", "gender", "source")
_CONVERSIONS = ("service", "from", "to", "max_units", "cost", "source")
_PURCHASES = ("service", "authority", "units", "source")
_CAPS = ("id", "services", "authorities", "not_authorities", "tags", "max_units", "source")


class _Reader:
    """Reads one folder file by file; what a file may name was read before it."""

    def __init__(self, folder: RegionFolder) -> None:
        self.folder = folder
        self.authorities = {each.gss: each for each in self._authorities()}
        self.lots = {each.id: each for each in self._lots()}
        self.groups = self._groups()
        self.tags = {row.text("tag"): row.text("title") for row in folder.rows("risks.csv", RISK_COLUMNS)}
        self.pools = self._pools()
        self.conversions = self._conversions()
        self.service_ids: set[str] = set()
        self.provisions = tuple(self._provisions())
        self._check_every_pool_has_a_service()
        self.purchases = tuple(self._purchases())
        self._check_every_unit_is_bought()
        self.caps = tuple(self._caps())
        partners = [each.gss for each in self.authorities.values() if each.role == "partner"]
        self.profile = read_profile(
            folder, authorities=self.authorities, partners=partners, groups=self.groups, tags=self.tags
        )
        self.emergency = self._emergency()

    def region(self) -> Region:
        """The whole region, or every fault."""
        head = self.folder.settings("region.yaml")
        title, lead, _ = head.text("title"), head.text("lead_authority"), head.text("figures")
        head.done()
        if lead not in self.authorities or self.authorities[lead].role != "partner":
            head.fault("lead_authority", f"{lead!r} is not a partner of authorities.csv")
        self.folder.refuse()
        return Region(
            name=self.folder.path.name,
            title=title,
            lead_authority=lead,
            authorities=tuple(self.authorities.values()),
            lots=tuple(self.lots.values()),
            client_groups=self.groups,
            tags=self.tags,
            provisions=self.provisions,
            purchases=self.purchases,
            caps=self.caps,
            profile=self.profile,
            emergency=self.emergency,
        )

    def _authorities(self) -> Iterator[Authority]:
        seen: set[str] = set()
        for row in self.folder.rows("authorities.csv", _AUTHORITIES):
            each = Authority(
                gss=_new(row, "gss", seen),
                name=row.text("name"),
                role=row.one_of("role", ROLES),
                centroid=row.place(),
                population=row.whole_or_none("population_mid2024"),
            )
            if each.role == "partner" and each.centroid is None:
                row.fault("lat", "is empty, and a partner needs a centroid")
            yield each

    def _lots(self) -> Iterator[Lot]:
        seen: set[str] = set()
        for row in self.folder.rows("lots.csv", _LOTS):
            yield Lot(id=_new(row, "id", seen), title=row.text("title"), known=row.yes("known"))

    def _groups(self) -> Mapping[str, str]:
        seen: set[str] = set()
        rows = self.folder.rows("client_groups.csv", _GROUPS)
        return {_new(row, "client_group", seen): row.text("title") for row in rows}

    def _pools(self) -> Mapping[str, list[Pool]]:
        pools: dict[str, list[Pool]] = defaultdict(list)
        seen: set[str] = set()
        for row in self.folder.rows("pools.csv", _POOLS):
            name, units = row.text("pool"), row.whole("units")
            gender = row.one_of("gender", tuple(Gender))
            if f"{row.cells['service']} {name}" in seen:
                row.fault("pool", f"repeats {name!r}")
            seen.add(f"{row.cells['service']} {name}")
            if name and units >= 0 and gender in tuple(Gender):
                pools[row.text("service")].append(Pool(id=name, units=units, gender=Gender(gender)))
        return pools

    def _conversions(self) -> Mapping[str, list[Conversion]]:
        conversions: dict[str, list[Conversion]] = defaultdict(list)
        for row in self.folder.rows("conversions.csv", _CONVERSIONS):
            pools = [pool.id for pool in self.pools.get(row.cells["service"], ())]
            source, target = row.one_of("from", pools), row.one_of("to", pools)
            most, cost = row.whole("max_units"), row.whole("cost")
            if source == target:
                row.fault("to", "is the same pool as from")
            elif most >= 0 and cost >= 0:
                each = Conversion(source=source, target=target, max_units=most, cost=cost)
                conversions[row.cells["service"]].append(each)
        return conversions

    def _provisions(self) -> Iterator[Provision]:
        for row in self.folder.rows("services.csv", _SERVICES):
            confidential, lot = row.yes("confidential"), row.one_of("lot", self.lots)
            name, provider = row.text("name"), row.text("provider")
            service = self._service(row, _new(row, "id", self.service_ids), confidential=confidential)
            if service is not None:
                yield Provision(
                    service=service, name=name, lot=lot, provider=provider, confidential=confidential
                )

    def _service(self, row: Row, name: str, *, confidential: bool) -> Service | None:
        authority = row.one_of("authority", self.authorities)
        try:
            return Service(
                id=name,
                tier=row.one_of("tier", TIERS),
                authority=authority,
                location=self._location(row, authority, confidential=confidential),
                client_groups=frozenset(row.words("client_groups", self.groups)),
                min_age=row.whole_or_none("min_age"),
                max_age=row.whole_or_none("max_age"),
                features=frozenset(row.words("features")),
                cannot_manage=frozenset(row.words("cannot_manage", self.tags)),
                direct_access=row.yes("direct_access"),
                pools=tuple(self.pools.get(name, ())),
                conversions=tuple(self.conversions.get(name, ())),
            )
        except InvalidProblem as error:
            for fault in error.faults:
                row.fault(fault.path, fault.message)
            return None

    def _location(self, row: Row, authority: str, *, confidential: bool) -> tuple[float, float] | None:
        """The place of a service; of a confidential one only its authority's centroid is ever told."""
        place = row.place()
        if not confidential:
            if place is None:
                row.fault("lat", "is empty, and the service is not confidential")
            return place
        if place is not None:
            row.fault("lat", "is given for a confidential service, whose place must not be written down")
        return self.authorities[authority].centroid if authority in self.authorities else None

    def _check_every_pool_has_a_service(self) -> None:
        for name in sorted(self.pools.keys() - self.service_ids):
            self._note("pools.csv", f"names no service: {name!r}")

    def _note(self, file: str, fault: str) -> None:
        self.folder.faults.append(f"{file}: {fault}")

    def _purchases(self) -> Iterator[Purchase]:
        seen: set[str] = set()
        for row in self.folder.rows("purchases.csv", _PURCHASES):
            each = Purchase(
                service=row.one_of("service", self.pools),
                authority=row.one_of("authority", self.authorities),
                units=row.whole("units", least=1),
            )
            if f"{each.service} {each.authority}" in seen:
                row.fault("authority", f"buys twice in {each.service}")
            seen.add(f"{each.service} {each.authority}")
            if each.authority in self.authorities and self.authorities[each.authority].role != "partner":
                row.fault("authority", "is not a partner")
            yield each

    def _check_every_unit_is_bought(self) -> None:
        bought: Counter[str] = Counter()
        for each in self.purchases:
            bought[each.service] += each.units
        for service, units in sorted(bought.items()):
            there = sum(pool.units for pool in self.pools.get(service, ()))
            if units != there:
                self.folder.faults.append(
                    f"purchases.csv: {units} units bought in {service}, which has {there}"
                )

    def _caps(self) -> Iterator[Quota]:
        seen: set[str] = set()
        for row in self.folder.rows("caps.csv", _CAPS):
            name, most = _new(row, "id", seen), row.whole("max_units")
            services = row.words("services", self.pools)
            inside = row.words("authorities", self.authorities)
            outside = row.words("not_authorities", self.authorities)
            tags = row.words("tags", self.tags)
            if name and most >= 0:
                yield Quota(
                    id=name,
                    services=frozenset(services) or None,
                    authorities=frozenset(inside) or None,
                    not_authorities=frozenset(outside) or None,
                    tags=frozenset(tags),
                    max_units=most,
                )

    def _emergency(self) -> EmergencySettings:
        file = self.folder.settings("emergency.yaml")
        providers = {each.provider for each in self.provisions}
        settings = EmergencySettings(
            closing_providers=file.words("closing_providers", providers),
            starting_services=file.words("starting_services", self.service_ids),
            reference_people=file.number("reference_people", least=1),
            open_factor=file.number("open_factor"),
            closing_factor=file.number("closing_factor", least=1),
            occupancy=file.share("occupancy"),
            home_first=file.share("home_first"),
            may_move=file.share("may_move"),
            waiting=file.number("waiting"),
            separations=file.share("separations"),
            moves=file.number("moves"),
            conversions=file.number("conversions"),
            stay_median_days=file.number("stay_median_days", least=1),
            stay_spread=file.number("stay_spread"),
        )
        file.done()
        closing = {each.service.id for each in self.provisions if each.provider in settings.closing_providers}
        for name in sorted(closing & set(settings.starting_services)):
            file.fault("starting_services", f"{name!r} closes on the same day")
        if not closing or len(closing) == len(self.provisions):
            file.fault("closing_providers", "must close some services and leave some")
        return settings


def _new(row: Row, column: str, seen: set[str]) -> str:
    """The row's own name, a fault if an earlier row has it."""
    value = row.text(column)
    if value in seen:
        row.fault(column, f"repeats {value!r}")
    seen.add(value)
    return value
