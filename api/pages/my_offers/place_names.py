"""What the services and units of a list are called."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gateway.directory.naming import services_named, units_named
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """Names by id."""

    services: Mapping[str, str]
    units: Mapping[str, str]


def place_names(work: Work, services: Collection[str], units: Collection[str] = ()) -> PlaceNames:
    """The names of these services and units, in a query each."""
    found = services_named(work, services)
    return PlaceNames({id: each.name for id, each in found.items()}, units_named(work, units))
