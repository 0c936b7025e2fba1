"""What each agreement's unit weeks were used for, up to the end of the months asked for, from its ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, literal, select, tuple_

from gateway.agreements.ledger import Account, Ledger, ledger
from gateway.agreements.tables import AgreementRow, PartyRow
from gateway.agreements.years import year_of
from gateway.monitoring.figures_scope import FiguresScope
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementUse:
    """One agreement year.

    accounts
        By authority: one's own, where somebody asks for one authority; always with ``together``.
    """

    agreement_id: str
    name: str
    first: date
    counted_to: date
    accounts: Sequence[Account]
    together: Account


def agreement_use(
    work: Work, scope: FiguresScope, *, after: tuple[str, str] | None = None, size: int = 50
) -> Sequence[AgreementUse]:
    """The agreements in force on the last day, by name and id; of an authority, those it is a party to.

    Unit weeks are what is paid for and are told exactly: whoever may see figures and is a party sees the
    ledger itself. An authority sees its own account and the total.

    after
        Name and id of the last one told before; ``None``: from the beginning.
    """
    last = scope.until - timedelta(days=1)
    query = _in_force(scope, last).limit(size)
    if after is not None:
        query = query.where(tuple_(AgreementRow.name, AgreementRow.id) > tuple_(*map(literal, after)))
    rows = work.all(query)
    return [_use(row, ledger(work, row.id, _year(row, last), counted_to=scope.until), scope) for row in rows]


def _in_force(scope: FiguresScope, last: date) -> Select[AgreementRow]:
    query = select(AgreementRow).where(AgreementRow.from_day <= last)
    query = query.where(func.coalesce(AgreementRow.ended_on, AgreementRow.until) > last)
    if scope.authority is not None:
        party = select(PartyRow.agreement_id).where(PartyRow.authority_id == scope.authority)
        query = query.where(AgreementRow.id.in_(party))
    return query.order_by(AgreementRow.name, AgreementRow.id)


def _year(row: AgreementRow, last: date) -> int:
    return year_of(row.from_day, last).from_day.year


def _use(row: AgreementRow, found: Ledger, scope: FiguresScope) -> AgreementUse:
    accounts = found.by_authority()
    shown = [each for each in accounts if scope.authority in (None, each.authority_id)]
    allowed = [each.allowed_days for each in accounts if each.allowed_days is not None]
    return AgreementUse(
        agreement_id=row.id,
        name=row.name,
        first=found.year.from_day,
        counted_to=found.counted_to,
        accounts=shown,
        together=Account(
            allowed_days=sum(allowed, start=0 * allowed[0]) if allowed else None,
            used_days=sum(each.used_days for each in accounts),
        ),
    )
