"""A region brought to the size of one emergency: what stays open, what closes, what limits."""

from dataclasses import dataclass, replace

from allocation.problem import Limits, Quota, Service
from scenarios.region_parts import EmergencySettings, Region
from scenarios.scale import purchase_quotas, scaled_cap, scaled_services, upwards

_UNITS_A_CASE = 1.12
"""About how many units a case takes, to say how many people are needed to fill so many units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The ground of one emergency.

    people
        How many must leave.
    staying, former
        The services that stay open, and those that close as they were the day before.
    quotas, limits
        Units bought by each partner, caps, and the most moves and conversions, at this size.
    """

    region: Region
    people: int
    staying: tuple[Service, ...]
    former: tuple[Service, ...]
    quotas: tuple[Quota, ...]
    limits: Limits

    @property
    def settings(self) -> EmergencySettings:
        """The region's knobs."""
        return self.region.emergency

    @property
    def services(self) -> tuple[Service, ...]:
        """Every service on the day: those that closed have no units left, and nothing to convert."""
        return (*self.staying, *map(_closed, self.former))

    @property
    def running(self) -> list[Service]:
        """The services that stay open and did not start on the day."""
        return [each for each in self.staying if each.id not in self.settings.starting_services]

    @property
    def population(self) -> int:
        """How many people to draw: those who must leave, those who wait, and those who live elsewhere."""
        units = sum(pool.units for each in self.running for pool in each.pools)
        others = self.settings.waiting * self.people + units * self.settings.occupancy / _UNITS_A_CASE
        return self.people + round(others)


def ground_of(region: Region, people: int) -> Ground:
    """Bring a region to the size at which so many people must leave."""
    settings = region.emergency
    factor = people / settings.reference_people
    staying, former = _services(region, factor, people)
    caps = (scaled_cap(each, factor) for each in region.caps)
    return Ground(
        region=region,
        people=people,
        staying=staying,
        former=former,
        quotas=(*purchase_quotas(region.purchases, staying), *caps),
        limits=Limits(
            moves=upwards(settings.moves * factor), conversions=upwards(settings.conversions * factor)
        ),
    )


def _services(region: Region, factor: float, people: int) -> tuple[tuple[Service, ...], tuple[Service, ...]]:
    """The services that stay open and those that close; the latter just large enough for those who leave."""
    settings = region.emergency
    closes = {each.service.id for each in region.provisions if each.provider in settings.closing_providers}
    staying = [each for each in region.services if each.id not in closes]
    former = [each for each in region.services if each.id in closes]
    units = sum(pool.units for each in former for pool in each.pools)
    return (
        scaled_services(staying, factor * settings.open_factor),
        scaled_services(former, people * settings.closing_factor / units),
    )


def _closed(service: Service) -> Service:
    pools = tuple(replace(pool, units=0) for pool in service.pools)
    return replace(service, pools=pools, conversions=())
