"""What an agreement's unit weeks were used for in one agreement year, and what is left of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest

from sqlalchemy import select

from gateway.agreements.holding import days_lived
from gateway.agreements.quotas import Days, allowed_in, days_in, group_of
from gateway.agreements.standing import agreement_on, term_of
from gateway.agreements.tables import AgreementRow, PurchaseRow, ScheduleRow
from gateway.agreements.terms import Agreement
from gateway.agreements.years import unit_days, unit_weeks, year_beginning_in
from gateway.refusals import Invalid
from gateway.stay import Stay
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Unit weeks allowed, used and left, of one authority in one service, or of one clause.

    service_id, authority_id, clause
        Of an authority's account the first two (``authority_id`` ``None``: people whose authority is
        unknown); of a clause's account the last. ``service_id`` ``None``: all services together.
    allowed_days
        Unit days for the whole agreement year, exactly; ``None``: no number was agreed.
    used_days
        Unit days up to the day counted to.
    """

    service_id: str | None = None
    authority_id: str | None = None
    clause: str | None = None
    allowed_days: Fraction | None
    used_days: int

    @property
    def allowed(self) -> Decimal | None:
        """Unit weeks, to two decimals (`unit_weeks`)."""
        return None if self.allowed_days is None else unit_weeks(self.allowed_days)

    @property
    def used(self) -> Decimal:
        """Unit weeks, to two decimals."""
        return unit_weeks(self.used_days)

    @property
    def left(self) -> Decimal | None:
        """Unit weeks, to two decimals; below 0 where more was used than allowed."""
        return None if self.allowed_days is None else unit_weeks(self.allowed_days - self.used_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One agreement year.

    year
        Cut short where the agreement ends in it.
    counted_to
        Half-open: the days before it are counted.
    accounts
        By service and authority: all who bought units, and all whose people lived there.
    clauses
        By clause that limits unit weeks, as the schedule in force on the last day counted has it.
    """

    agreement_id: str
    year: Stay
    counted_to: date
    accounts: tuple[Account, ...]
    clauses: tuple[Account, ...]

    def by_authority(self) -> tuple[Account, ...]:
        """The accounts with all services together, the unknown authority last."""
        together: dict[str | None, list[Account]] = defaultdict(list)
        for each in self.accounts:
            together[each.authority_id].append(each)
        return tuple(
            Account(
                authority_id=authority, allowed_days=_sum(found), used_days=sum(a.used_days for a in found)
            )
            for authority, found in sorted(
                together.items(), key=lambda item: (item[0] is None, item[0] or "")
            )
        )


def _sum(accounts: Sequence[Account]) -> Fraction | None:
    agreed = [each.allowed_days for each in accounts if each.allowed_days is not None]
    return sum(agreed, Fraction(0)) if agreed else None


def ledger(work: Work, agreement_id: str, year: int, *, counted_to: date) -> Ledger:
    """Count one agreement year.

    Used are the days on which people lived in the agreement's services, by the home authority they had when
    they moved in, exactly: half-open days, no rounding, people who left in the year included. Allowed to an
    authority are the units it bought, for each day of the year under the schedule then in force.

    Parameters
    ----------
    year
        The calendar year in which the agreement year begins (`gateway.agreements.years`).
    counted_to
        The first day that is not counted; whoever has not left by then lives there still.

    Raises
    ------
    NotFound
        If there is no such agreement.
    Invalid
        If no year of it begins in that calendar year.
    """
    row = work.get(AgreementRow, agreement_id)
    year_there = year_beginning_in(row.from_day, year).within(term_of(row))
    if year_there is None:
        stands = f"agreement {agreement_id} stands from {row.from_day} until {term_of(row).until}"
        raise Invalid([("year", f"is {year}: {stands}")])
    counted = _counted(year_there, counted_to)
    last = year_there.from_day + timedelta(days=max(0, counted - 1))
    agreement = agreement_on(work, agreement_id, last)
    end = year_there.from_day + timedelta(days=counted)
    lived: Days = {}
    if counted:
        lived = days_lived(work, {agreement_id: Stay(year_there.from_day, end)})[agreement_id]
    return Ledger(
        agreement_id=agreement_id,
        year=year_there,
        counted_to=end,
        accounts=tuple(_accounts(_bought_days(work, agreement_id, year_there), lived)),
        clauses=tuple(_clauses(agreement, last, lived)),
    )


def _counted(year: Stay, counted_to: date) -> int:
    """How many days of the year are counted."""
    return min(max(0, (counted_to - year.from_day).days), year.days())


def _bought_days(work: Work, agreement_id: str, year: Stay) -> Mapping[tuple[str, str], int]:
    """Unit days bought in a year, by service and authority: each schedule's for the days it was in force."""
    schedules = work.all(
        select(ScheduleRow).where(ScheduleRow.agreement_id == agreement_id).order_by(ScheduleRow.number)
    )
    ends = [each.from_day for each in schedules[1:]]
    days: dict[int, int] = {}
    for each, until in zip_longest(schedules, ends):
        in_force = Stay(each.from_day, until).within(year)
        days[each.number] = 0 if in_force is None else in_force.days()
    bought: dict[tuple[str, str], int] = defaultdict(int)
    for row in work.where(PurchaseRow, PurchaseRow.agreement_id == agreement_id):
        bought[row.service_id, row.authority_id] += row.units * days[row.schedule]
    return bought


def _accounts(bought: Mapping[tuple[str, str], int], lived: Days) -> Iterator[Account]:
    keys = sorted(bought.keys() | lived.keys(), key=lambda key: (key[0], key[1] is None, key[1] or ""))
    for service, authority in keys:
        days = bought.get((service, authority)) if authority is not None else None
        yield Account(
            service_id=service,
            authority_id=authority,
            allowed_days=None if days is None else Fraction(days),
            used_days=lived.get((service, authority), 0),
        )


def _clauses(agreement: Agreement, day: date, lived: Days) -> Iterator[Account]:
    for clause in agreement.clauses:
        group = group_of(agreement, clause)
        if clause.max_unit_weeks is not None:
            yield Account(
                clause=clause.clause,
                service_id=clause.service_id,
                authority_id=clause.authority_id,
                allowed_days=allowed_in(unit_days(clause.max_unit_weeks), agreement.term, day),
                used_days=0 if group is None else days_in(group, lived),
            )
