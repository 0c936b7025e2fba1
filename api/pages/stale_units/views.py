"""Units that nobody has confirmed, service by service, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.design_system.spoken import counted, spoken_moment
from gateway.directory.units import StaleService, StaleUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleSeen:
    """One service to chase: whose it is, how many of its units, and since when."""

    provider: str
    service: str
    units: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleList:
    """A page of them; ``next`` is the address of the page after it."""

    services: Sequence[StaleSeen]
    next: str


def stale_list(services: Sequence[StaleService], names: Mapping[str, str], after: str | None) -> StaleList:
    """A page of services, with the names of their providers."""
    return StaleList(
        services=[
            StaleSeen(
                provider=names[each.provider],
                service=each.name,
                units=counted(len(each.units), "unit"),
                since=_since(each.units),
            )
            for each in services
        ],
        next="" if after is None else f"/stale-units?after={after}",
    )


def _since(units: Sequence[StaleUnit]) -> str:
    stamps = [each.confirmed_at for each in units]
    if None in stamps:
        return "Never confirmed"
    return f"Not since {spoken_moment(min(each for each in stamps if each is not None))}"
