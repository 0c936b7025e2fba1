"""Services as they are read: one or a page of them, with their codes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, or_, select

from gateway.directory.service_details import ServiceDetails
from gateway.directory.tables import ServiceCodeRow, ServiceRow, ServiceTrait, Tier
from gateway.stay import Stay
from gateway.storage.paging import Place, page_of
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFilters:
    """Which services; an empty choice is no choice.

    client_groups
        It is for one of these, or names no group.
    features
        It has each of these.
    open_on
        It is open on this day.
    """

    providers: Collection[str] = ()
    authorities: Collection[str] = ()
    tiers: Collection[Tier] = ()
    lots: Collection[str] = ()
    client_groups: Collection[str] = ()
    features: Collection[str] = ()
    direct_access: bool | None = None
    confidential: bool | None = None
    open_on: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What they ask of a service."""
        of = ServiceRow
        found: list[ColumnElement[bool]] = [
            column.in_(sorted(values))
            for column, values in (
                (of.provider_id, self.providers),
                (of.authority_id, self.authorities),
                (of.tier, self.tiers),
                (of.lot, self.lots),
            )
            if values
        ]
        if self.client_groups:
            found.append(or_(_has(_GROUP, self.client_groups), ~_has(_GROUP)))
        found.extend(_has(ServiceTrait.FEATURE, [each]) for each in sorted(set(self.features)))
        for flag, wanted in ((of.direct_access, self.direct_access), (of.confidential, self.confidential)):
            if wanted is not None:
                found.append(flag.is_(wanted))
        if self.open_on is not None:
            found += [of.opens_on <= self.open_on, or_(of.closes_on.is_(None), of.closes_on > self.open_on)]
        return found


_GROUP = ServiceTrait.CLIENT_GROUP


def _has(trait: ServiceTrait, values: Collection[str] | None = None) -> ColumnElement[bool]:
    code = ServiceCodeRow
    which = [] if values is None else [code.value.in_(sorted(values))]
    return exists().where(code.service_id == ServiceRow.id, code.trait == trait, *which)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRead:
    """A service with its codes, each list in order."""

    row: ServiceRow
    codes: Mapping[ServiceTrait, tuple[str, ...]]

    @property
    def open(self) -> Stay:
        """The days on which it is open."""
        return Stay(self.row.opens_on, self.row.closes_on)

    def details(self) -> ServiceDetails:
        """What stands of it, to be changed and put back."""
        return ServiceDetails(
            **{name: getattr(self.row, name) for name in _DETAILS},
            client_groups=frozenset(self.codes[ServiceTrait.CLIENT_GROUP]),
            cannot_manage=frozenset(self.codes[ServiceTrait.CANNOT_MANAGE]),
            features=frozenset(self.codes[ServiceTrait.FEATURE]),
        )


_DETAILS = (
    *("provider_id", "authority_id", "name", "tier", "lot", "address", "latitude", "longitude"),
    *("confidential", "direct_access", "min_age", "max_age"),
)


def service_read(work: Work, service_id: str) -> ServiceRead:
    """One service.

    Raises
    ------
    NotFound
        If there is none.
    """
    return _with_codes(work, [work.get(ServiceRow, service_id)])[0]


def services_page(
    work: Work,
    filters: ServiceFilters,
    *which: ColumnElement[bool],
    after: Place | None = None,
    size: int = 50,
) -> tuple[Sequence[ServiceRead], Place | None]:
    """A page of services in the order of names and ids, in two queries; and where the next begins."""
    query = select(ServiceRow).where(*filters.conditions(), *which)
    rows, beyond = page_of(work, query, [ServiceRow.name, ServiceRow.id], after=after, size=size)
    return _with_codes(work, rows), beyond


def services_open(work: Work, day: date) -> int:
    """How many services are open on a day."""
    conditions = ServiceFilters(open_on=day).conditions()
    return work.session.scalar(select(func.count()).select_from(ServiceRow).where(*conditions)) or 0


def _with_codes(work: Work, rows: Sequence[ServiceRow]) -> Sequence[ServiceRead]:
    ids = [row.id for row in rows]
    query = select(ServiceCodeRow).where(ServiceCodeRow.service_id.in_(ids)).order_by(ServiceCodeRow.value)
    codes: defaultdict[tuple[str, ServiceTrait], list[str]] = defaultdict(list)
    for code in work.all(query):
        codes[code.service_id, code.trait].append(code.value)
    return [
        ServiceRead(row=row, codes={trait: tuple(codes[row.id, trait]) for trait in ServiceTrait})
        for row in rows
    ]
