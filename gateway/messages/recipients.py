"""Who gets a message: accounts that stand in a relation to what happened, and may open whom it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.allocation_runs.tables import EmergencyRow, RedesignationRequestRow, RunRow
from gateway.directory.tables import ServiceRow, UnitRow
from gateway.messages.telling import About, To
from gateway.people.access import openable
from gateway.placements.tables import OfferRow
from gateway.records.actor import Actor, Role
from gateway.records.tables import EventRow, EventSubjectRow
from gateway.referrals.tables import QuestionRow, ReferralRow
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event, and the rows among its subjects that messages are about."""

    event: EventRow
    offer: OfferRow | None
    referral: ReferralRow | None
    run: RunRow | None
    emergency: EmergencyRow | None

    def about(self, what: About) -> str | None:
        """The id that a message names; ``None``: the event has no such subject, or it was erased."""
        if what is About.EVENT:
            return f"event-{self.event.number}"
        row: OfferRow | ReferralRow | RunRow | EmergencyRow | None = getattr(self, what.value)
        return None if row is None else row.id


def happened(work: Work, event: EventRow) -> Happened:
    """What an event is about."""
    subjects = work.all(select(EventSubjectRow.subject).where(EventSubjectRow.event == event.number))
    referrals = work.where(ReferralRow, ReferralRow.id.in_(subjects))
    offers = work.where(OfferRow, OfferRow.id.in_(subjects))
    runs = work.where(RunRow, RunRow.id.in_(subjects))
    emergencies = work.where(EmergencyRow, EmergencyRow.id.in_(subjects))
    return Happened(
        event=event,
        offer=next(iter(offers), None),
        referral=next(iter(referrals), None),
        run=next(iter(runs), None),
        emergency=next(iter(emergencies), None),
    )


def recipients(work: Work, of: Happened, to: To, *, at: datetime) -> Sequence[AccountRow]:
    """The accounts that are told: active, not whoever did it, and such as may open the person's case."""
    conditions = _condition(work, of, to)
    if conditions is None:
        return ()
    rows = work.all(select(AccountRow).where(_ACTIVE, conditions).order_by(AccountRow.id))
    return [row for row in rows if row.id != of.event.actor and _may_open(work, row, of, at)]


_ACTIVE = AccountRow.status == AccountStatus.ACTIVE

_WHOLE_ROLES: Mapping[To, Role] = {To.AUDITORS: Role.AUDITOR, To.DUTY_MANAGERS: Role.DUTY_MANAGER}


def accounts_of(work: Work, *roles: Role) -> Sequence[AccountRow]:
    """Every active account of these roles."""
    return work.all(select(AccountRow).where(_ACTIVE, AccountRow.role.in_(roles)).order_by(AccountRow.id))


def _may_open(work: Work, account: AccountRow, of: Happened, at: datetime) -> bool:
    if of.referral is None:
        return True
    actor = Actor(id=account.id, role=account.role)
    return of.referral.person_id in openable(work, [of.referral.person_id], actor, at)


def _condition(work: Work, of: Happened, to: To) -> ColumnElement[bool] | None:
    if to in _WHOLE_ROLES:
        return AccountRow.role == _WHOLE_ROLES[to]
    if to is To.AGENCY:
        return None if of.referral is None else AccountRow.agency_id == of.referral.agency_id
    if to is To.ASKER:
        asker = None if of.referral is None else _asker(work, of.referral.id)
        return None if asker is None else AccountRow.id == asker
    if to is To.ASKED_PROVIDERS:
        return None if of.run is None else _asked(of.run.id)
    if of.offer is None:
        return None
    return _provider(of.offer) if to is To.PROVIDER else AccountRow.id == _maker(work, of.offer.id)


def _provider(offer: OfferRow) -> ColumnElement[bool]:
    theirs = select(ServiceRow.provider_id).where(ServiceRow.id == offer.service_id)
    return AccountRow.provider_id.in_(theirs)


def _asked(run_id: str) -> ColumnElement[bool]:
    units = select(RedesignationRequestRow.unit_id).where(RedesignationRequestRow.run_id == run_id)
    services = select(UnitRow.service_id).where(UnitRow.id.in_(units))
    return AccountRow.provider_id.in_(select(ServiceRow.provider_id).where(ServiceRow.id.in_(services)))


def _asker(work: Work, referral_id: str) -> str | None:
    asked = select(QuestionRow.asked_by).where(QuestionRow.referral_id == referral_id)
    return work.first(asked.order_by(QuestionRow.asked_at.desc(), QuestionRow.id.desc()))


def _maker(work: Work, offer_id: str) -> str | None:
    made = (
        select(EventRow.actor)
        .join(EventSubjectRow, EventSubjectRow.event == EventRow.number)
        .where(EventSubjectRow.subject == offer_id, EventRow.what.in_(("offer made", "offer proposed")))
    )
    return work.first(made.order_by(EventRow.number.desc()))
