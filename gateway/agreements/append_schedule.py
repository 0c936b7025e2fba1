"""Append a schedule to an agreement: what was bought and who may use it, from a day on."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gateway.agreements.make import NotInForce
from gateway.agreements.standing import agreement_on, purchase_of
from gateway.agreements.tables import AccessClauseRow, AgreementKind, PurchaseRow, ScheduleRow
from gateway.agreements.terms import Agreement, Clause, Purchase, not_bought, term_faults, units_bought
from gateway.directory.tables import AuthorityRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import ChangedMeanwhile, Conflict, refuse
from gateway.storage.work import LostRace, Work


class UnitsNotPurchased(Conflict):
    """A reapportionment under which not all units of a service would stay purchased."""

    CLAUSE = (
        "West London joint purchasing template: a review may re-apportion provided all units stay purchased"
    )

    def __init__(self, agreement_id: str, missing: Sequence[str]) -> None:
        self.agreement_id, self.missing = agreement_id, tuple(missing)
        super().__init__(f"{self.CLAUSE}. Agreement {agreement_id}: {'; '.join(self.missing)}.")


def append_schedule(
    agreement_id: str,
    number: int,
    *,
    from_day: date,
    purchases: Sequence[Purchase] = (),
    clauses: Sequence[Clause] = (),
    by: Actor,
    at: datetime,
    work: Work,
) -> ScheduleRow:
    """Append the next schedule of an agreement. What stands before it is kept and never changed.

    Parameters
    ----------
    number
        The first is 1. Whoever appends says which they think is next, so that two who reapportion at once do
        not undo each other.
    from_day
        The first schedule begins with the agreement, each later one after the one before it.
    purchases
        Of a joint purchase: each service's units by purchaser. All units stay purchased: each service has as
        many together as before (West London Joint Commissioning Protocol, joint purchasing template, annual
        review).
    clauses
        Who may use how many units at once, and how many unit weeks in an agreement year.

    Raises
    ------
    NotFound, ChangedMeanwhile
        If there is no such agreement, or another schedule than the one before ``number`` is its last.
    Invalid
        Naming every fault of the purchases and clauses at once.
    NotInForce, UnitsNotPurchased
        If the agreement does not stand on ``from_day``, or fewer or more units would be bought.
    """
    agreement = agreement_on(work, agreement_id, from_day)
    last = work.first(
        select(ScheduleRow)
        .where(ScheduleRow.agreement_id == agreement_id)
        .order_by(ScheduleRow.number.desc())
    )
    _refuse_out_of_turn(agreement_id, number, last)
    if from_day not in agreement.term:
        raise NotInForce(agreement_id, from_day, agreement.term)
    authorities = set(work.all(select(AuthorityRow.id)))
    refuse(
        [
            *_day_faults(agreement, from_day, last),
            *term_faults(agreement, purchases, clauses, authorities),
        ]
    )
    _refuse_unpurchased(work, agreement, last, purchases, from_day)
    row = ScheduleRow(agreement_id=agreement_id, number=number, from_day=from_day, appended_at=at)
    terms = [*_purchase_rows(row, purchases), *_clause_rows(work, row, clauses)]
    try:
        with work.attempt():
            write(work, row, *terms, what="schedule appended", by=by, at=at, about=[agreement_id])
    except IntegrityError as fault:
        raise LostRace("another schedule was appended at the same time") from fault
    return row


def _refuse_out_of_turn(agreement_id: str, number: int, last: ScheduleRow | None) -> None:
    stands = last.number if last is not None else 0
    if number != stands + 1:
        raise ChangedMeanwhile("schedule of agreement", agreement_id, seen=number - 1, stands=stands)


def _day_faults(agreement: Agreement, from_day: date, last: ScheduleRow | None) -> Iterator[tuple[str, str]]:
    if last is None and from_day != agreement.term.from_day:
        yield "from_day", f"is {from_day}: the first schedule begins on {agreement.term.from_day}"
    if last is not None and from_day <= last.from_day:
        yield "from_day", f"is {from_day}, must be after {last.from_day}, when schedule {last.number} began"


def _refuse_unpurchased(
    work: Work,
    agreement: Agreement,
    last: ScheduleRow | None,
    purchases: Sequence[Purchase],
    from_day: date,
) -> None:
    if agreement.kind is not AgreementKind.JOINT_PURCHASE:
        return
    stand = (
        work.where(PurchaseRow, PurchaseRow.agreement_id == agreement.id, PurchaseRow.schedule == last.number)
        if last is not None
        else ()
    )
    before = units_bought([purchase_of(each) for each in stand])
    services = {each.id for each in agreement.services}
    if missing := list(not_bought(before, units_bought(purchases), services, from_day)):
        raise UnitsNotPurchased(agreement.id, missing)


def _purchase_rows(schedule: ScheduleRow, purchases: Sequence[Purchase]) -> Iterator[PurchaseRow]:
    for each in purchases:
        yield PurchaseRow(
            agreement_id=schedule.agreement_id,
            schedule=schedule.number,
            service_id=each.service_id,
            authority_id=each.authority_id,
            units=each.units,
            price=each.price,
        )


def _clause_rows(work: Work, schedule: ScheduleRow, clauses: Sequence[Clause]) -> Iterator[AccessClauseRow]:
    for each in clauses:
        yield AccessClauseRow(
            id=work.new_id("CL"),
            agreement_id=schedule.agreement_id,
            schedule=schedule.number,
            clause=each.clause,
            group=each.group,
            authority_id=each.authority_id,
            service_id=each.service_id,
            max_units=each.max_units,
            max_unit_weeks=each.max_unit_weeks,
        )
