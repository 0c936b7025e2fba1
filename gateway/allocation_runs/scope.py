"""What a run is asked to look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from gateway.agreements.quotas import quotas_on
from gateway.directory.tables import AuthorityRow, ServiceRow
from gateway.refusals import refuse
from gateway.storage.work import Work

TIERS = ("hub", "local", "floating")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which places, for whom, on which day, and how much may be changed to find them.

    as_of
        The day the places are for.
    tiers, lots
        Of the services looked at; empty: all.
    authorities
        Home authorities (GSS codes) of the people looked at; empty: all, and whoever's is unknown.
    max_moves, max_conversions
        Occupants moved who need not leave, and units re-designated, at most; ``None``: no limit.
    lifted
        Ids of quotas that are left out, to ask what would be without them. An offer that an agreement forbids
        is refused all the same.

    Raises
    ------
    Invalid
        If a tier is none, or a limit is below 0.
    """

    as_of: date
    tiers: frozenset[str] = frozenset()
    lots: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()
    max_moves: int | None = None
    max_conversions: int | None = None
    lifted: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        refuse(self._faults())

    def _faults(self) -> Iterator[tuple[str, str]]:
        for tier in sorted(self.tiers - set(TIERS)):
            yield "tiers", f"{tier!r} is no tier: {', '.join(TIERS)}"
        for name in ("max_moves", "max_conversions"):
            value: int | None = getattr(self, name)
            if value is not None and value < 0:
                yield name, f"is {value}, must be 0 or more"


def unknown_in(work: Work, scope: Scope) -> Iterator[tuple[str, str]]:
    """A fault for each lot without a service, and each authority and quota that nobody knows."""
    lots = select(ServiceRow.lot).where(ServiceRow.lot.in_(sorted(scope.lots)))
    for lot in sorted(scope.lots - set(work.all(lots.distinct()))):
        yield "lots", f"there is no service of lot {lot!r}"
    authorities = select(AuthorityRow.id).where(AuthorityRow.id.in_(sorted(scope.authorities)))
    for authority in sorted(scope.authorities - set(work.all(authorities))):
        yield "authorities", f"there is no authority {authority!r}"
    if scope.lifted:
        for quota in sorted(scope.lifted - {each.id for each in quotas_on(work, scope.as_of)}):
            yield "lifted", f"there is no quota {quota!r} on {scope.as_of}"


def kept(codes: frozenset[str]) -> str | None:
    """A set of codes as a run keeps it: in order, with blanks between; all is nothing."""
    return " ".join(sorted(codes)) or None


def read(text: str | None) -> frozenset[str]:
    """What `kept` wrote."""
    return frozenset((text or "").split())


def kept_lines(ids: frozenset[str]) -> str | None:
    """A set of ids that may have blanks in them, as a run keeps it: in order, a line each."""
    return "\n".join(sorted(ids)) or None


def read_lines(text: str | None) -> frozenset[str]:
    """What `kept_lines` wrote."""
    return frozenset((text or "").splitlines())
