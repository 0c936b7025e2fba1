"""What an agreement says, as values: read from the store, or about to be appended to it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway.agreements.tables import AccessGroup, AgreementKind
from gateway.refusals import Conflict
from gateway.stay import Stay

CATCH_ALL = frozenset({AccessGroup.NON_HOST, AccessGroup.NON_PARTY, AccessGroup.OUTSIDE})
"""Groups to which somebody belongs whose authority is not known."""

DIRECT_ACCESS_CLAUSE = (
    "West London Joint Commissioning Protocol, schedule 5: direct access services are excluded"
)

JOINT_PURCHASE_CLAUSE = (
    "West London Joint Commissioning Protocol, schedule 5: jointly purchased services are excluded, "
    "their own agreement sets access"
)


class ExcludedServices(Conflict):
    """Services that a clause of the model agreement keeps out of such an agreement."""

    def __init__(self, services: Collection[str], clause: str) -> None:
        self.services, self.clause = tuple(sorted(services)), clause
        super().__init__(f"{clause} ({', '.join(self.services)}).")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """Units of one service bought by one authority, at so many pounds per unit and year."""

    service_id: str
    authority_id: str
    units: int
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """At most ``max_units`` at once, and ``max_unit_weeks`` an agreement year, for a group of authorities.

    clause
        Its number in the paper (``schedule 5, 2(b)``).
    authority_id
        Given for the group ``AUTHORITY`` alone.
    service_id
        ``None``: all the agreement's services together.
    """

    clause: str
    group: AccessGroup
    authority_id: str | None = None
    service_id: str | None = None
    max_units: int | None = None
    max_unit_weeks: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredService:
    """A service under an agreement, where it stands, and whether anybody may walk in."""

    id: str
    authority_id: str
    direct_access: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An agreement as it stands on a day.

    term
        Until it ends, or was ended.
    parties, secondary
        Authorities that are in it on the day; authorities of the secondary role, parties or not.
    schedule
        The number of the schedule in force, ``None`` before the first; purchases and clauses are its.
    """

    id: str
    kind: AgreementKind
    term: Stay
    parties: frozenset[str]
    secondary: frozenset[str]
    services: tuple[CoveredService, ...]
    schedule: int | None = None
    purchases: tuple[Purchase, ...] = ()
    clauses: tuple[Clause, ...] = ()

    def services_of(self, clause: Clause) -> frozenset[str]:
        """The services a clause is about; direct access services are in no arrangement."""
        return frozenset(
            each.id
            for each in self.services
            if not each.direct_access and clause.service_id in (None, each.id)
        )

    def hosts_of(self, service: CoveredService) -> frozenset[str]:
        """Whose service it is: in a joint purchase those who bought units of it, wherever it stands."""
        if self.kind is AgreementKind.ACCESS:
            return frozenset({service.authority_id})
        return frozenset(
            each.authority_id for each in self.purchases if each.service_id == service.id and each.units
        )


def term_faults(
    agreement: Agreement,
    purchases: Sequence[Purchase],
    clauses: Sequence[Clause],
    authorities: Collection[str],
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a schedule that is to be appended to an agreement.

    authorities
        Those the directory knows.
    """
    covered = {each.id for each in agreement.services}
    if agreement.kind is AgreementKind.ACCESS and purchases:
        yield "purchases", "are of a joint purchase: nothing is bought under an access agreement"
    yield from _purchase_faults(agreement, covered, purchases)
    yield from _clause_faults(covered, clauses, authorities)
    named = {each.service_id for each in purchases} | {each.service_id for each in clauses}
    if named <= {*covered, None}:
        yield from _host_faults(agreement, purchases, clauses)
        yield from _unlimited_faults(agreement, purchases, clauses)


def _purchase_faults(
    agreement: Agreement, covered: Collection[str], purchases: Sequence[Purchase]
) -> Iterator[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    for at, each in enumerate(purchases):
        where = f"purchases[{at}]"
        if each.service_id not in covered:
            yield f"{where}.service_id", f"{each.service_id} is not under the agreement"
        if each.authority_id not in agreement.parties:
            yield f"{where}.authority_id", f"{each.authority_id} is not a party on that day"
        if each.units < 0:
            yield f"{where}.units", f"is {each.units}, must be 0 or more"
        if not _is_amount(each.price, places=2):
            yield f"{where}.price", f"is {each.price}, must be pounds and whole pence, 0 or more"
        if (each.service_id, each.authority_id) in seen:
            yield where, f"repeats {each.service_id} for {each.authority_id}"
        seen.add((each.service_id, each.authority_id))


def _clause_faults(
    covered: Collection[str], clauses: Sequence[Clause], authorities: Collection[str]
) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for at, each in enumerate(clauses):
        where = f"clauses[{at}]"
        if not each.clause.strip() or len(each.clause) > 120:
            yield f"{where}.clause", "must be 1 to 120 characters: the number of the clause in the paper"
        if each.clause in seen:
            yield f"{where}.clause", f"repeats {each.clause!r}: a refusal could not say which it is"
        seen.add(each.clause)
        if each.service_id is not None and each.service_id not in covered:
            yield f"{where}.service_id", f"{each.service_id} is not under the agreement"
        yield from _named_faults(where, each, authorities)
        yield from _limit_faults(where, each)


def _named_faults(where: str, clause: Clause, authorities: Collection[str]) -> Iterator[tuple[str, str]]:
    if clause.group is AccessGroup.AUTHORITY and clause.authority_id is None:
        yield f"{where}.authority_id", "is missing: the clause is about one authority"
    elif clause.group is not AccessGroup.AUTHORITY and clause.authority_id is not None:
        yield f"{where}.authority_id", f"is given, but the clause is about the group {clause.group}"
    elif clause.authority_id is not None and clause.authority_id not in authorities:
        yield f"{where}.authority_id", f"there is no authority {clause.authority_id}"


def _limit_faults(where: str, clause: Clause) -> Iterator[tuple[str, str]]:
    if clause.max_units is None and clause.max_unit_weeks is None:
        yield where, "limits nothing: give max_units, max_unit_weeks, or both"
    if clause.max_units is not None and clause.max_units < 0:
        yield f"{where}.max_units", f"is {clause.max_units}, must be 0 or more"
    if clause.max_unit_weeks is not None and not _is_amount(clause.max_unit_weeks, places=6):
        yield f"{where}.max_unit_weeks", f"is {clause.max_unit_weeks}, must be weeks, 0 or more"


def _is_amount(value: Decimal, *, places: int) -> bool:
    """Whether it is a number, not below 0, that the store keeps without rounding."""
    return value.is_finite() and 0 <= value < 10**12 and value == round(value, places)


def _host_faults(
    agreement: Agreement, purchases: Sequence[Purchase], clauses: Sequence[Clause]
) -> Iterator[tuple[str, str]]:
    """A cap on non-hosts over several services is one number only where all have the same hosts."""
    proposed = _with(agreement, purchases, clauses)
    hosts = {proposed.hosts_of(each) for each in proposed.services}
    for at, each in enumerate(clauses):
        if each.group is AccessGroup.NON_HOST and each.service_id is None and len(hosts) > 1:
            yield (
                f"clauses[{at}].service_id",
                "is missing: the services have different hosts, so who is a non-host differs too",
            )


def _unlimited_faults(
    agreement: Agreement, purchases: Sequence[Purchase], clauses: Sequence[Clause]
) -> Iterator[tuple[str, str]]:
    """Who comes from an authority nobody knows must not be freer than who comes from a known one."""
    proposed = _with(agreement, purchases, clauses)
    limited: set[str] = {each.service_id for each in purchases}
    caught: set[str] = set()
    for each in clauses:
        (caught if each.group in CATCH_ALL else limited).update(proposed.services_of(each))
    for service in sorted(limited - caught):
        told = f"none says what people of other, or unknown, authorities may use of {service}: "
        yield "clauses", f"{told}add one for non-hosts, non-parties or outsiders (0 units if nothing)"


def _with(agreement: Agreement, purchases: Sequence[Purchase], clauses: Sequence[Clause]) -> Agreement:
    return Agreement(
        id=agreement.id,
        kind=agreement.kind,
        term=agreement.term,
        parties=agreement.parties,
        secondary=agreement.secondary,
        services=agreement.services,
        purchases=tuple(purchases),
        clauses=tuple(clauses),
    )


def units_bought(purchases: Sequence[Purchase]) -> Mapping[str, int]:
    """How many units of each service were bought together."""
    bought: dict[str, int] = {}
    for each in purchases:
        bought[each.service_id] = bought.get(each.service_id, 0) + each.units
    return bought


def not_bought(
    before: Mapping[str, int], now: Mapping[str, int], services: Collection[str], from_day: date
) -> Iterator[str]:
    """Yield, in words, every service of which not all units stay purchased."""
    for service in sorted(services):
        had, has = before.get(service), now.get(service, 0)
        if had is None and has == 0:
            yield f"no unit of {service} is bought from {from_day}"
        elif had is not None and has != had:
            yield f"{had} units of {service} were bought together, {has} are from {from_day}"
