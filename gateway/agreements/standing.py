"""Agreements as they stand on a day, read in a fixed number of queries however many there are."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from gateway.agreements.tables import (
    AccessClauseRow,
    AgreementRow,
    CoveredServiceRow,
    PartyRow,
    PurchaseRow,
    ScheduleRow,
)
from gateway.agreements.terms import Agreement, Clause, CoveredService, Purchase
from gateway.directory.tables import AuthorityRow, PartnershipRole, ServiceRow
from gateway.people.clusters import these
from gateway.stay import Stay
from gateway.storage.work import Work

T = TypeVar("T")
V = TypeVar("V")


def schedule_in_force(work: Work, agreement_id: str, day: date) -> ScheduleRow | None:
    """The schedule of an agreement that has begun last on a day, or ``None`` before the first."""
    begun = (ScheduleRow.agreement_id == agreement_id) & (ScheduleRow.from_day <= day)
    return work.first(select(ScheduleRow).where(begun).order_by(ScheduleRow.number.desc()))


def agreements_in_force(
    work: Work,
    day: date,
    *,
    covering: Collection[str] | None = None,
    among: Collection[str] | None = None,
) -> tuple[Agreement, ...]:
    """Agreements in force on a day, in the order of ids.

    Parameters
    ----------
    covering
        Only those that cover one of these services.
    among
        Only those with one of these ids.
    """
    in_force = _in_force(day)
    if among is not None:
        in_force = and_(in_force, AgreementRow.id.in_(sorted(among)))
    if covering is not None:
        one_of = CoveredServiceRow.service_id.in_(sorted(covering))
        covers = select(CoveredServiceRow.agreement_id).where(one_of)
        in_force = and_(in_force, AgreementRow.id.in_(covers))
    return _read(work, day, in_force)


def _in_force(day: date) -> ColumnElement[bool]:
    return and_(
        AgreementRow.from_day <= day,
        AgreementRow.until > day,
        or_(AgreementRow.ended_on.is_(None), AgreementRow.ended_on > day),
    )


def terms_in_force(work: Work, day: date) -> int:
    """How many purchases and clauses stand in the agreements in force: about as many quotas as they set."""
    latest = _latest(day, select(AgreementRow.id).where(_in_force(day))).subquery()
    counts = [
        select(func.count())
        .select_from(table)
        .join(latest, and_(table.agreement_id == latest.c[0], table.schedule == latest.c[1]))
        .scalar_subquery()
        for table in (PurchaseRow, AccessClauseRow)
    ]
    return work.session.scalar(select(counts[0] + counts[1])) or 0


def agreement_on(work: Work, agreement_id: str, day: date) -> Agreement:
    """One agreement as it stands on a day, in force or not.

    Raises
    ------
    NotFound
        If there is none.
    """
    work.get(AgreementRow, agreement_id)
    return _read(work, day, AgreementRow.id == agreement_id)[0]


def term_of(row: AgreementRow) -> Stay:
    """From the first day until it ends, or was ended."""
    return Stay(row.from_day, row.ended_on if row.ended_on is not None else row.until)


def _read(work: Work, day: date, which: ColumnElement[bool]) -> tuple[Agreement, ...]:
    rows = work.all(select(AgreementRow).where(which).order_by(AgreementRow.id))
    if not rows:
        return ()
    ids = these(work, [row.id for row in rows])
    parties = _parties(work, day, ids)
    services = _services(work, ids)
    numbers = dict(work.session.execute(_latest(day, ids)).all())
    purchases = _purchases(work, day, ids)
    clauses = _clauses(work, day, ids)
    secondary = frozenset(
        work.all(select(AuthorityRow.id).where(AuthorityRow.role == PartnershipRole.SECONDARY))
    )
    return tuple(
        Agreement(
            id=row.id,
            kind=row.kind,
            term=term_of(row),
            parties=frozenset(parties[row.id]),
            secondary=secondary,
            services=tuple(services[row.id]),
            schedule=numbers.get(row.id),
            purchases=tuple(purchases[row.id]),
            clauses=tuple(clauses[row.id]),
        )
        for row in rows
    )


def _latest(day: date, ids: Select[tuple[str]] | Select[str]) -> Select[str, int]:
    """The number of each agreement's schedule in force."""
    return (
        select(ScheduleRow.agreement_id, func.max(ScheduleRow.number))
        .where(ScheduleRow.agreement_id.in_(ids), ScheduleRow.from_day <= day)
        .group_by(ScheduleRow.agreement_id)
    )


def _parties(work: Work, day: date, ids: Select[tuple[str]]) -> Mapping[str, Sequence[str]]:
    left = or_(PartyRow.left_on.is_(None), PartyRow.left_on > day)
    query = select(PartyRow).where(PartyRow.agreement_id.in_(ids), PartyRow.joined_on <= day, left)
    return _by(work.all(query), lambda row: row.agreement_id, lambda row: row.authority_id)


def _services(work: Work, ids: Select[tuple[str]]) -> Mapping[str, Sequence[CoveredService]]:
    query = (
        select(
            CoveredServiceRow.agreement_id, ServiceRow.id, ServiceRow.authority_id, ServiceRow.direct_access
        )
        .join(ServiceRow, ServiceRow.id == CoveredServiceRow.service_id)
        .where(CoveredServiceRow.agreement_id.in_(ids))
        .order_by(ServiceRow.id)
    )
    return _by(
        work.session.execute(query).all(),
        lambda row: row[0],
        lambda row: CoveredService(id=row[1], authority_id=row[2], direct_access=row[3]),
    )


def _purchases(work: Work, day: date, ids: Select[tuple[str]]) -> Mapping[str, Sequence[Purchase]]:
    latest = _latest(day, ids).subquery()
    in_force = and_(PurchaseRow.agreement_id == latest.c[0], PurchaseRow.schedule == latest.c[1])
    query = select(PurchaseRow).join(latest, in_force)
    query = query.order_by(PurchaseRow.service_id, PurchaseRow.authority_id)
    return _by(work.all(query), lambda row: row.agreement_id, purchase_of)


def _clauses(work: Work, day: date, ids: Select[tuple[str]]) -> Mapping[str, Sequence[Clause]]:
    latest = _latest(day, ids).subquery()
    in_force = and_(AccessClauseRow.agreement_id == latest.c[0], AccessClauseRow.schedule == latest.c[1])
    query = select(AccessClauseRow).join(latest, in_force).order_by(AccessClauseRow.clause)
    return _by(work.all(query), lambda row: row.agreement_id, clause_of)


def purchase_of(row: PurchaseRow) -> Purchase:
    """What the row says."""
    return Purchase(
        service_id=row.service_id, authority_id=row.authority_id, units=row.units, price=row.price
    )


def clause_of(row: AccessClauseRow) -> Clause:
    """What the row says."""
    return Clause(
        clause=row.clause,
        group=row.group,
        authority_id=row.authority_id,
        service_id=row.service_id,
        max_units=row.max_units,
        max_unit_weeks=row.max_unit_weeks,
    )


def _by(rows: Iterable[T], key: Callable[[T], str], value: Callable[[T], V]) -> Mapping[str, Sequence[V]]:
    found: dict[str, list[V]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(value(row))
    return found
