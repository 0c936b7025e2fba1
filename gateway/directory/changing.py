"""Change what stands of authorities and services, except their days: `closing` has those."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from gateway.directory.adding import unknown
from gateway.directory.closure import agreements_over
from gateway.directory.service_details import ServiceDetails
from gateway.directory.tables import (
    AuthorityRow,
    ConversionRow,
    NeighbourRow,
    PartnershipRole,
    ServiceCodeRow,
    ServiceRow,
    UnitGender,
)
from gateway.local_day import local_day
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict, refuse
from gateway.stay import Stay
from gateway.storage.work import Work


def set_role(
    gss: str, role: PartnershipRole, *, why: str, by: Actor, at: datetime, work: Work
) -> AuthorityRow:
    """Change how an authority stands to the partnership.

    Raises
    ------
    NotFound
        If it is not recorded.
    """
    row = work.get(AuthorityRow, gss)
    row.role = role
    write(work, row, what="authority's role changed", by=by, at=at, about=[gss], why=why)
    return row


def set_neighbours(
    gss: str, neighbours: Collection[str], *, by: Actor, at: datetime, work: Work
) -> AuthorityRow:
    """Say which authorities touch this one, all of them: the others do not. It holds in both directions.

    Raises
    ------
    NotFound
        If the authority is not recorded.
    Invalid
        Naming every neighbour that is not recorded, and the authority itself if it is among them.
    """
    authority = work.get(AuthorityRow, gss)
    wanted = set(neighbours)
    refuse(_neighbour_faults(gss, wanted, work))
    touching = or_(NeighbourRow.authority_id == gss, NeighbourRow.neighbour_id == gss)
    stand = {(row.authority_id, row.neighbour_id): row for row in work.where(NeighbourRow, touching)}
    pairs = {pair for each in wanted for pair in ((gss, each), (each, gss))}
    added = [NeighbourRow(authority_id=a, neighbour_id=b) for a, b in sorted(pairs - stand.keys())]
    gone = [stand[pair] for pair in sorted(stand.keys() - pairs)]
    changed = {row.authority_id for row in (*added, *gone)}
    if changed:
        write(work, *added, removed=gone, what="neighbours set", by=by, at=at, about={gss, *changed})
    return authority


def _neighbour_faults(gss: str, wanted: set[str], work: Work) -> Iterator[tuple[str, str]]:
    known = {row.id for row in work.where(AuthorityRow, AuthorityRow.id.in_(sorted(wanted)))}
    for each in sorted(wanted - known):
        yield "neighbours", f"there is no authority {each}"
    if gss in wanted:
        yield "neighbours", f"{gss} does not neighbour itself"


def change_service(
    service_id: str,
    details: ServiceDetails,
    *,
    seen: int,
    why: str | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> ServiceRow:
    """Put these details in the place of those that stand, all of them.

    Parameters
    ----------
    seen
        The version of the service that the details were written over.

    Raises
    ------
    NotFound
        If there is no such service.
    ChangedMeanwhile
        If somebody changed it since.
    Invalid
        Naming everything wrong with the details.
    Conflict
        If it would become a direct access service while an agreement covers it: such services stand outside
        the arrangement between authorities (West London Joint Commissioning Protocol, schedule 5).
    """
    row = work.get(ServiceRow, service_id, seen=seen)
    refuse([*details.faults(), *unknown(details, work)])
    if details.direct_access and not row.direct_access:
        _refuse_direct_access(service_id, work)
    details.put_into(row)
    stand = {
        (code.trait, code.value): code
        for code in work.where(ServiceCodeRow, ServiceCodeRow.service_id == service_id)
    }
    wanted = {(code.trait, code.value): code for code in details.code_rows(service_id)}
    added = [wanted[key] for key in sorted(wanted.keys() - stand.keys())]
    gone = [stand[key] for key in sorted(stand.keys() - wanted.keys())]
    _count(row, work, beside=bool(added or gone))
    write(work, row, *added, removed=gone, what="service changed", by=by, at=at, about=[service_id], why=why)
    return row


def _count(service: ServiceRow, work: Work, *, beside: bool) -> None:
    """A service is another version too where only what stands ``beside`` its row has changed."""
    if beside and not work.session.is_modified(service):
        service.version += 1


def _refuse_direct_access(service_id: str, work: Work) -> None:
    found = agreements_over(work, service_id, Stay(local_day(work.clock())))
    if found:
        raise Conflict(
            f"Service {service_id} is covered by agreement {', '.join(found)}, and a direct access service "
            "stands outside such agreements (West London Joint Commissioning Protocol, schedule 5)."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedConversion:
    """The provider lets up to ``max_units`` units for ``source`` be re-designated for ``target``.

    cost
        Points for each unit, as the engine weighs them (docs/eligibility-and-preference.md).
    """

    source: UnitGender
    target: UnitGender
    max_units: int
    cost: int = 0

    def faults(self) -> Iterator[tuple[str, str]]:
        """Everything wrong with it."""
        if self.source is self.target:
            yield "target", f"is {self.target}, as the source is"
        for field, value in (("max_units", self.max_units), ("cost", self.cost)):
            if value < 0:
                yield field, f"is {value}, must be 0 or more"


def allow_conversions(
    service_id: str,
    conversions: Sequence[AllowedConversion],
    *,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> ServiceRow:
    """Say which re-designations the provider of a service would agree to, all of them.

    Raises
    ------
    NotFound, ChangedMeanwhile
        If there is no such service, or it was changed since it was ``seen``.
    Invalid
        Naming every fault as ``conversions[1].cost``, counted from 0.
    """
    service = work.get(ServiceRow, service_id, seen=seen)
    refuse(_conversion_faults(conversions))
    stand = {
        (row.source, row.target): row
        for row in work.where(ConversionRow, ConversionRow.service_id == service_id)
    }
    rows = [_conversion(service_id, each, stand) for each in conversions]
    gone = [stand[key] for key in sorted(stand.keys() - {(row.source, row.target) for row in rows})]
    _count(service, work, beside=True)
    write(work, service, *rows, removed=gone, what="conversions allowed", by=by, at=at, about=[service_id])
    return service


def conversions_of(work: Work, service_id: str) -> Sequence[ConversionRow]:
    """The re-designations that a service's provider would agree to, in the order of source and target."""
    query = select(ConversionRow).where(ConversionRow.service_id == service_id)
    return work.all(query.order_by(ConversionRow.source, ConversionRow.target))


def _conversion(
    service_id: str, each: AllowedConversion, stand: dict[tuple[UnitGender, UnitGender], ConversionRow]
) -> ConversionRow:
    fresh = ConversionRow(service_id=service_id, source=each.source, target=each.target)
    row = stand.get((each.source, each.target), fresh)
    row.max_units, row.cost = each.max_units, each.cost
    return row


def _conversion_faults(conversions: Sequence[AllowedConversion]) -> Iterator[tuple[str, str]]:
    count = Counter((each.source, each.target) for each in conversions)
    for at, each in enumerate(conversions):
        yield from ((f"conversions[{at}].{field}", what) for field, what in each.faults())
        if count[each.source, each.target] > 1:
            yield f"conversions[{at}].target", f"{each.source} to {each.target} is named more than once"
