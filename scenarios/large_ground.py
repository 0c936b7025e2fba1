"""The ground of a large store: regions of authorities, providers, services and units, all invented.

A region has 125 services of eight units, so 1,000 units, in seven authorities, about as many as West London
or Birmingham and the Black Country; a larger store has more regions and not larger ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from gateway.directory.tables import PartnershipRole, Tier, UnitGender, UnitKind
from gateway.records.actor import Actor, Role
from scenarios.bulk_deeds import Deeds, Drawn

ADMINISTRATOR: Final = Actor(id="administrator-1", role=Role.ADMINISTRATOR)
PROVIDER: Final = Actor(id="provider-1", role=Role.PROVIDER)

YEARS: Final = 5
"""Of placements."""

UNITS_EACH: Final = 8
SERVICES_A_REGION: Final = 125
AUTHORITIES_A_REGION: Final = 7
_SERVICES_A_PROVIDER: Final = 20

_LOTS = ("complex-needs", "single-homeless", "young-people", "families", "offenders", "mental-health")
_GROUPS = ("single-homeless", "complex-needs", "rough-sleepers", "offenders", "young-people", "care-leavers")
_RISKS = ("arson", "sexual-offences", "violence", "active-drug-use", "active-drinking")
_TIERS = {Tier.HUB: 25, Tier.LOCAL: 45, Tier.FLOATING: 30}
_KINDS = {Tier.HUB: UnitKind.BEDSPACE, Tier.LOCAL: UnitKind.FLAT, Tier.FLOATING: UnitKind.SLOT}
_DESIGNATIONS = {UnitGender.ANY: 60, UnitGender.MALE: 20, UnitGender.FEMALE: 12, UnitGender.SAME: 8}
_DIRECT_ACCESS, _CONFIDENTIAL, _CLOSED, _REDESIGNATED, _STEP_FREE = 0.06, 0.03, 0.02, 0.03, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit; ``suits``: of which gender whoever lives there is, ``None`` any."""

    id: str
    opens_on: date
    suits: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service and where it stands; ``closes_on`` ``None``: it stays."""

    id: str
    authority: str
    direct_access: bool
    closes_on: date | None
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Authorities (GSS codes, invented) that work together, the services that stand in them, and agencies."""

    authorities: tuple[str, ...]
    services: tuple[Service, ...]
    agencies: tuple[str, ...]


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A time of day, UTC."""
    return datetime.combine(day, time(hour, minute), UTC)


def draw_ground(deeds: Deeds, services: int, on: date) -> tuple[Region, ...]:
    """Draw so many services, as of a day."""
    begun = on - timedelta(days=365 * YEARS + 30)
    sizes = [
        min(SERVICES_A_REGION, services - first) for first in range(0, max(services, 1), SERVICES_A_REGION)
    ]
    return tuple(_Drawer(deeds, on, begun).region(number, size) for number, size in enumerate(sizes))


class _Drawer:
    """Draws one part after the other; ``begun`` is when the gateway was."""

    def __init__(self, deeds: Deeds, on: date, begun: date) -> None:
        self.deeds, self.rng, self.on, self.begun = deeds, deeds.rng, on, begun

    def region(self, number: int, size: int) -> Region:
        authorities = tuple(self._authority(number, each) for each in range(AUTHORITIES_A_REGION))
        self._neighbours(authorities)
        agencies = tuple(self._agency(authority, kind) for authority in authorities for kind in _AGENCIES)
        providers = [self._provider() for _ in range(1 + size // _SERVICES_A_PROVIDER)]
        services = tuple(
            self._service(each, self.rng.choice(providers), authorities[each % AUTHORITIES_A_REGION])
            for each in range(size)
        )
        return Region(authorities=authorities, services=services, agencies=agencies)

    def _tell(self, what: str, *rows: Drawn, about: Sequence[str], at: datetime | None = None) -> None:
        self.deeds.deed(what, *rows, by=ADMINISTRATOR, at=at or moment(self.begun), about=about)

    def _authority(self, region: int, number: int) -> str:
        gss = f"E99{region * AUTHORITIES_A_REGION + number + 1:06}"
        role = PartnershipRole.PRIMARY if number < 5 else PartnershipRole.SECONDARY
        place = {"latitude": 51 + self.rng.random() * 3, "longitude": self.rng.random() * 3 - 2}
        row = self.deeds.keep("authorities", id=gss, name=f"Authority {gss[-4:]}", role=role, **place)
        self._tell("authority added", row, about=[gss])
        return gss

    def _neighbours(self, authorities: Sequence[str]) -> None:
        ring = zip(authorities, (*authorities[1:], authorities[0]), strict=True)
        pairs = [pair for one, other in ring for pair in ((one, other), (other, one))]
        rows = [self.deeds.keep("neighbours", authority_id=one, neighbour_id=other) for one, other in pairs]
        self._tell("neighbours set", *rows, about=authorities)

    def _agency(self, authority: str, kind: str) -> str:
        row = self.deeds.keep(
            "agencies",
            id=self.deeds.new_id("A"),
            name=f"{kind.capitalize()}, {authority}",
            kind=kind,
            authority_id=authority,
        )
        self._tell("agency designated", row, about=[row.values["id"]])
        return str(row.values["id"])

    def _provider(self) -> str:
        id = self.deeds.new_id("V")
        row = self.deeds.keep(
            "providers", id=id, name=f"Provider {id[-4:]}", in_house=self.rng.random() < 0.1
        )
        self._tell("provider added", row, about=[id])
        return id

    def _service(self, number: int, provider: str, authority: str) -> Service:
        rng, id = self.rng, self.deeds.new_id("S")
        tier = rng.choices(list(_TIERS), list(_TIERS.values()))[0]
        opens_on = self.begun if rng.random() < 0.5 else self.on - timedelta(days=rng.randrange(30, 1460))
        closes_on = self.on - timedelta(days=rng.randrange(5, 25)) if rng.random() < _CLOSED else None
        direct_access = rng.random() < _DIRECT_ACCESS
        row = self.deeds.keep(
            "services",
            id=id,
            provider_id=provider,
            authority_id=authority,
            name=f"Service {number + 1}",
            tier=tier,
            lot=rng.choice(_LOTS),
            address=f"{rng.randrange(1, 200)} Mill Lane, {authority}",
            confidential=rng.random() < _CONFIDENTIAL,
            direct_access=direct_access,
            min_age=16 if rng.random() < 0.1 else 18,
            opens_on=opens_on,
            closes_on=closes_on,
        )
        self._tell("service added", row, *self._codes(id), about=[id, provider], at=moment(opens_on))
        units = tuple(self._units(id, _KINDS[tier], opens_on))
        return Service(
            id=id, authority=authority, direct_access=direct_access, closes_on=closes_on, units=units
        )

    def _codes(self, service: str) -> list[Drawn]:
        drawn = {
            "client_group": self.rng.sample(_GROUPS, self.rng.randrange(1, 4)),
            "cannot_manage": self.rng.sample(_RISKS, self.rng.randrange(0, 3)),
            "feature": self.rng.sample(("staff-24h", "step-free", "self-contained"), 1),
        }
        return [
            self.deeds.keep("service_codes", service_id=service, trait=trait, value=value)
            for trait, values in drawn.items()
            for value in values
        ]

    def _units(self, service: str, kind: UnitKind, opens_on: date) -> Iterator[Unit]:
        rows: list[Drawn] = []
        about = [service]
        for pool in ("ground floor", "first floor"):
            gender = self.rng.choices(list(_DESIGNATIONS), list(_DESIGNATIONS.values()))[0]
            shared_by = self.rng.choice(("male", "female"))
            suits = {UnitGender.ANY: None, UnitGender.SAME: shared_by}.get(gender, gender.value)
            for _ in range(UNITS_EACH // 2):
                id = self.deeds.new_id("U")
                about.append(id)
                rows += self._unit(id, service, pool, kind, gender, opens_on, name=f"Room {len(about) - 1}")
                yield Unit(id=id, opens_on=opens_on, suits=suits)
        self._tell("units added", *rows, about=about, at=moment(opens_on))
        if self.rng.random() < _REDESIGNATED:
            self._redesignate(service, about[-1], max(opens_on, self.on - timedelta(days=400)))

    def _unit(
        self,
        id: str,
        service: str,
        pool: str,
        kind: UnitKind,
        gender: UnitGender,
        opens_on: date,
        *,
        name: str,
    ) -> Iterator[Drawn]:
        keep = self.deeds.keep
        yield keep(
            "units",
            id=id,
            service_id=service,
            name=name,
            pool=pool,
            kind=kind,
            opens_on=opens_on,
            confirmed_at=moment(self.on - timedelta(days=self.rng.randrange(30))),
            confirmed_by=PROVIDER.id,
        )
        yield keep(
            "designations",
            id=self.deeds.new_id("D"),
            unit_id=id,
            gender=gender,
            from_day=opens_on,
            reason="as opened",
            set_at=moment(opens_on),
        )
        if self.rng.random() < _STEP_FREE:
            yield keep("unit_features", unit_id=id, feature="step-free")

    def _redesignate(self, service: str, unit: str, day: date) -> None:
        row = self.deeds.keep(
            "designations",
            id=self.deeds.new_id("D"),
            unit_id=unit,
            gender=UnitGender.ANY,
            from_day=day,
            reason="demand",
            set_at=moment(day),
        )
        self._tell("units re-designated", row, about=[unit, service], at=moment(day))


_AGENCIES = ("council", "outreach", "probation")
