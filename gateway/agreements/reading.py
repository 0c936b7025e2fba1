"""Agreements as papers: who is in it, what it covers, and every schedule that was ever appended."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from gateway.agreements.standing import clause_of, purchase_of
from gateway.agreements.tables import (
    AccessClauseRow,
    AgreementKind,
    AgreementRow,
    CoveredServiceRow,
    PartyRow,
    PurchaseRow,
    ScheduleRow,
)
from gateway.agreements.terms import Clause, Purchase
from gateway.storage.paging import Place, page_of
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What was agreed from a day on; purchases by service and authority, clauses by their numbers."""

    row: ScheduleRow
    purchases: tuple[Purchase, ...]
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeAgreement:
    """An agreement with all that was ever said in it: who has left too, and schedules that are over."""

    row: AgreementRow
    parties: tuple[PartyRow, ...]
    services: tuple[str, ...]
    schedules: tuple[Schedule, ...]


def whole_agreement(work: Work, agreement_id: str) -> WholeAgreement:
    """Read one, in six queries however much it says.

    Raises
    ------
    NotFound
        If there is none.
    """
    row = work.get(AgreementRow, agreement_id)
    parties = select(PartyRow).where(PartyRow.agreement_id == agreement_id).order_by(PartyRow.authority_id)
    services = (
        select(CoveredServiceRow.service_id)
        .where(CoveredServiceRow.agreement_id == agreement_id)
        .order_by(CoveredServiceRow.service_id)
    )
    return WholeAgreement(
        row=row,
        parties=tuple(work.all(parties)),
        services=tuple(work.all(services)),
        schedules=schedules_of(work, agreement_id),
    )


def schedules_of(work: Work, agreement_id: str) -> tuple[Schedule, ...]:
    """Every schedule of an agreement, the first one first."""
    purchases: defaultdict[int, list[Purchase]] = defaultdict(list)
    bought = select(PurchaseRow).where(PurchaseRow.agreement_id == agreement_id)
    for purchase in work.all(bought.order_by(PurchaseRow.service_id, PurchaseRow.authority_id)):
        purchases[purchase.schedule].append(purchase_of(purchase))
    clauses: defaultdict[int, list[Clause]] = defaultdict(list)
    said = select(AccessClauseRow).where(AccessClauseRow.agreement_id == agreement_id)
    for clause in work.all(said.order_by(AccessClauseRow.clause)):
        clauses[clause.schedule].append(clause_of(clause))
    rows = select(ScheduleRow).where(ScheduleRow.agreement_id == agreement_id).order_by(ScheduleRow.number)
    return tuple(
        Schedule(row=row, purchases=tuple(purchases[row.number]), clauses=tuple(clauses[row.number]))
        for row in work.all(rows)
    )


def agreements_page(
    work: Work,
    *which: ColumnElement[bool],
    kind: AgreementKind | None = None,
    authority_id: str | None = None,
    service_id: str | None = None,
    in_force_on: date | None = None,
    after: Place | None = None,
    size: int = 50,
) -> tuple[Sequence[AgreementRow], Place | None]:
    """A page of agreements in the order of names and ids, and where the next begins.

    Parameters
    ----------
    which
        Conditions on `AgreementRow`.
    authority_id
        Only those that this authority ever entered.
    """
    conditions = list(which)
    if kind is not None:
        conditions.append(AgreementRow.kind == kind)
    if authority_id is not None:
        conditions.append(entered_by(authority_id))
    if service_id is not None:
        covers = select(CoveredServiceRow.agreement_id).where(CoveredServiceRow.service_id == service_id)
        conditions.append(AgreementRow.id.in_(covers))
    if in_force_on is not None:
        conditions += [AgreementRow.from_day <= in_force_on, AgreementRow.until > in_force_on]
        conditions.append(or_(AgreementRow.ended_on.is_(None), AgreementRow.ended_on > in_force_on))
    order = [AgreementRow.name, AgreementRow.id]
    return page_of(work, select(AgreementRow).where(*conditions), order, after=after, size=size)


def agreements_named(work: Work) -> Mapping[str, str]:
    """The name of every agreement by id, in the order of names."""
    query = select(AgreementRow.id, AgreementRow.name).order_by(AgreementRow.name, AgreementRow.id)
    return dict(work.session.execute(query).all())


def entered_by(authority_id: str | None) -> ColumnElement[bool]:
    """That an authority entered the agreement, whether it has left it since or not."""
    return AgreementRow.id.in_(select(PartyRow.agreement_id).where(PartyRow.authority_id == authority_id))
