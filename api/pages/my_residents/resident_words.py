"""Placements and how they end, in a provider's words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.placements.tables import Blocker, DepartureReason, Destination

BLOCKERS: Final[Mapping[Blocker, str]] = MappingProxyType(
    {
        Blocker.NO_PLACE: "There is no place for them to go",
        Blocker.NO_DEPOSIT: "No money for a deposit or the first rent",
        Blocker.ARREARS: "Rent arrears",
        Blocker.BENEFITS: "Benefits are not settled",
        Blocker.DOCUMENTS: "Documents are missing",
        Blocker.NO_LOCAL_CONNECTION: "No local connection",
        Blocker.SUPPORT_NOT_IN_PLACE: "Support in the new place is not arranged",
        Blocker.NOT_WILLING: "They do not want to leave",
        Blocker.OTHER: "Something else",
    }
)

DEPARTURES: Final[Mapping[DepartureReason, str]] = MappingProxyType(
    {
        DepartureReason.PLANNED: "They moved on as planned",
        DepartureReason.LEFT: "They left of their own accord",
        DepartureReason.EVICTED: "They were asked to leave (evicted)",
        DepartureReason.ABANDONED: "They are gone, and nobody knows where",
        DepartureReason.HOSPITAL: "They went to hospital",
        DepartureReason.CUSTODY: "They went to prison",
        DepartureReason.UNIT_WITHDRAWN: "The unit was closed or taken away",
        DepartureReason.DIED: "They died",
        DepartureReason.OTHER: "Another reason",
        DepartureReason.TRANSFER: "They moved to another place of the gateway",
    }
)
"""Nobody says ``TRANSFER`` of somebody: it follows from moving in elsewhere."""

DESTINATIONS: Final[Mapping[Destination, str]] = MappingProxyType(
    {
        Destination.PRIVATE_RENT: "A home rented privately",
        Destination.SOCIAL_RENT: "A council or housing association home",
        Destination.OWNED: "A home of their own",
        Destination.FAMILY_SETTLED: "Family or friends, to stay",
        Destination.FAMILY_FOR_NOW: "Family or friends, for now",
        Destination.SUPPORTED: "Other supported housing",
        Destination.SHORT_TERM: "Other short-term accommodation",
        Destination.SHELTERED: "Sheltered housing",
        Destination.HOSPITAL: "Hospital",
        Destination.CARE_HOME: "A care home",
        Destination.PRISON: "Prison",
        Destination.ROUGH_SLEEPING: "Sleeping rough",
        Destination.DIED: "Nowhere: they died",
        Destination.UNKNOWN: "Not known",
    }
)
