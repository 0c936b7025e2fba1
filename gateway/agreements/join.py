"""Enter an agreement, and leave it."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gateway.agreements.make import NotInForce
from gateway.agreements.standing import agreement_on, term_of
from gateway.agreements.tables import AgreementRow, PartyRow, PurchaseRow, ScheduleRow
from gateway.directory.tables import AuthorityRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict, NotFound
from gateway.stay import LONDON
from gateway.storage.work import LostRace, Work

NOTICE_MONTHS = 3
"""Notice of leaving, in months (West London Joint Commissioning Protocol)."""


class NotUnanimous(Conflict):
    """Some parties have not agreed that another enters (West London protocol: entry is unanimous)."""

    def __init__(self, agreement_id: str, missing: Collection[str]) -> None:
        self.agreement_id, self.missing = agreement_id, tuple(sorted(missing))
        super().__init__(
            f"West London Joint Commissioning Protocol: entry is unanimous. Of agreement {agreement_id} "
            f"these have not agreed: {', '.join(self.missing)}."
        )


class AlreadyParty(Conflict):
    """The authority is a party, or was one: who has left enters again by a new agreement only."""

    def __init__(self, agreement_id: str, authority_id: str, left_on: date | None) -> None:
        self.agreement_id, self.authority_id, self.left_on = agreement_id, authority_id, left_on
        stands = "is a party" if left_on is None else f"was a party and left on {left_on}"
        super().__init__(f"{authority_id} {stands} of agreement {agreement_id}.")


class NoticeTooShort(Conflict):
    """A party would leave before its notice is over."""

    def __init__(self, agreement_id: str, authority_id: str, earliest: date) -> None:
        self.agreement_id, self.authority_id, self.earliest = agreement_id, authority_id, earliest
        super().__init__(
            f"West London Joint Commissioning Protocol: {NOTICE_MONTHS} months' notice. {authority_id} can "
            f"leave agreement {agreement_id} on {earliest} or later."
        )


class StillBound(Conflict):
    """A party that leads the agreement, or has bought units in it, cannot leave it yet."""

    def __init__(self, agreement_id: str, authority_id: str, because: str) -> None:
        self.agreement_id, self.authority_id, self.because = agreement_id, authority_id, because
        super().__init__(f"{authority_id} cannot leave agreement {agreement_id}: {because}.")


def join(
    agreement_id: str,
    authority_id: str,
    *,
    on: date,
    agreed_by: Collection[str],
    by: Actor,
    at: datetime,
    work: Work,
) -> PartyRow:
    """Let an authority enter an agreement.

    Parameters
    ----------
    on
        Its first day as a party.
    agreed_by
        The parties that have agreed: it must be all of them. They are kept with the event.

    Raises
    ------
    NotFound
        If there is no such agreement or authority.
    NotInForce, AlreadyParty, NotUnanimous
        If the agreement does not stand on that day, the authority has entered it before, or not every party
        has agreed.
    """
    agreement = agreement_on(work, agreement_id, on)
    work.get(AuthorityRow, authority_id)
    if on not in agreement.term:
        raise NotInForce(agreement_id, on, agreement.term)
    if stands := _party(work, agreement_id, authority_id):
        raise AlreadyParty(agreement_id, authority_id, stands.left_on)
    if missing := agreement.parties - set(agreed_by):
        raise NotUnanimous(agreement_id, missing)
    row = PartyRow(agreement_id=agreement_id, authority_id=authority_id, joined_on=on, left_on=None)
    about = [agreement_id, authority_id, *agreed_by]
    try:
        with work.attempt():
            write(work, row, what="agreement joined", by=by, at=at, about=about)
    except IntegrityError as fault:
        raise LostRace("the authority entered at the same time") from fault
    return row


def leave(agreement_id: str, authority_id: str, *, on: date, by: Actor, at: datetime, work: Work) -> PartyRow:
    """Note that a party leaves; ``on`` is its first day outside, and notice is given now (``at``).

    Before it goes, its units go to others: a schedule in which it has bought none must stand by then.

    Raises
    ------
    NotFound
        If it is no party of such an agreement.
    NotInForce, NoticeTooShort, StillBound, AlreadyParty
        If the agreement does not stand on that day, the notice is too short, the party leads the agreement
        or has bought units from that day on, or has left already.
    """
    agreement = work.get(AgreementRow, agreement_id)
    row = _party(work, agreement_id, authority_id)
    if row is None:
        raise NotFound("party", authority_id)
    if row.left_on is not None:
        raise AlreadyParty(agreement_id, authority_id, row.left_on)
    if on <= row.joined_on or on not in term_of(agreement):
        raise NotInForce(agreement_id, on, term_of(agreement))
    earliest = months_after(at.astimezone(LONDON).date(), NOTICE_MONTHS)
    if on < earliest:
        raise NoticeTooShort(agreement_id, authority_id, earliest)
    if agreement.lead_id == authority_id:
        raise StillBound(agreement_id, authority_id, "it leads the agreement, which can be ended instead")
    if bought := _still_bought(work, agreement_id, authority_id, on):
        raise StillBound(agreement_id, authority_id, f"from {on} it has bought {', '.join(bought)}")
    row.left_on = on
    write(work, row, what="agreement left", by=by, at=at, about=[agreement_id, authority_id])
    return row


def months_after(day: date, months: int) -> date:
    """The same day so many months on, or the last day of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _party(work: Work, agreement_id: str, authority_id: str) -> PartyRow | None:
    return work.first(
        select(PartyRow).where(PartyRow.agreement_id == agreement_id, PartyRow.authority_id == authority_id)
    )


def _still_bought(work: Work, agreement_id: str, authority_id: str, day: date) -> list[str]:
    """In words, the party's units under every schedule that stands on that day or later."""
    begun = select(ScheduleRow.number).where(
        ScheduleRow.agreement_id == agreement_id, ScheduleRow.from_day <= day
    )
    first = work.first(begun.order_by(ScheduleRow.number.desc()))
    rows = work.all(
        select(PurchaseRow)
        .where(
            PurchaseRow.agreement_id == agreement_id,
            PurchaseRow.authority_id == authority_id,
            PurchaseRow.units > 0,
            PurchaseRow.schedule >= (first or 0),
        )
        .order_by(PurchaseRow.schedule, PurchaseRow.service_id)
    )
    return [f"{row.units} units of {row.service_id} (schedule {row.schedule})" for row in rows]
