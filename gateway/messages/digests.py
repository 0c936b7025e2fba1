"""One message a day at most of what waits: to providers, to officers, to administrators."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from gateway.accounts.tables import AccountRow
from gateway.directory.units import StaleService, stale_units
from gateway.local_day import local_day
from gateway.messages.drawing import message
from gateway.messages.recipients import accounts_of
from gateway.messages.tables import MessageRow
from gateway.messages.wording import MOST_REFERENCES, Kind
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow, Review
from gateway.records.actor import Role
from gateway.records.retention import preview
from gateway.records.retention_rules import RetentionRules
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.storage.work import Work
from gateway.working_time import ENGLAND, HolidaysUnknown

STALE_AFTER: Final = timedelta(days=7)
"""A vacancy that nobody confirmed for so long is chased; ours."""

Contents = Callable[[AccountRow], tuple[Sequence[str], Mapping[str, int]]]
"""What a digest names and counts, for one account."""

SOON: Final = timedelta(days=1)
QUESTIONS_SOON: Final = timedelta(days=2)


def is_working_day(day: date) -> bool:
    """Whether people are at work; where no bank holidays are known, from Monday to Friday."""
    try:
        return ENGLAND.is_working_day(day)
    except HolidaysUnknown:
        return day.weekday() < 5


def chase_stale_vacancies(work: Work, *, at: datetime) -> int:
    """Ask each provider, once a day, to confirm what was not confirmed for a week; how many are asked.

    On other than working days nobody is asked.
    """
    if not is_working_day(local_day(at)):
        return 0
    stale = _stale_by_provider(work, at)
    accounts = [row for row in accounts_of(work, Role.PROVIDER) if row.provider_id in stale]
    return _send(work, accounts, Kind.VACANCIES_STALE, at, lambda row: _chased(stale[row.provider_id or ""]))


def _stale_by_provider(work: Work, at: datetime) -> Mapping[str, Sequence[StaleService]]:
    found: dict[str, list[StaleService]] = defaultdict(list)
    page = stale_units(work, at - STALE_AFTER, on=local_day(at))
    while True:
        for service in page.services:
            found[service.provider].append(service)
        if page.next is None:
            return found
        page = stale_units(work, at - STALE_AFTER, on=local_day(at), after=page.next)


def _chased(services: Sequence[StaleService]) -> tuple[Sequence[str], Mapping[str, int]]:
    numbers = {"services": len(services), "units": sum(len(each.units) for each in services)}
    return [each.service for each in services], numbers


def tell_officers_day(work: Work, *, at: datetime) -> int:
    """Tell officers and duty managers in the morning what waits, if anything does; how many are told."""
    if not is_working_day(local_day(at)):
        return 0
    numbers = {name: count for name, count in waiting(work, at=at).items() if count}
    if not numbers:
        return 0
    accounts = accounts_of(work, Role.OFFICER, Role.DUTY_MANAGER)
    return _send(work, accounts, Kind.OFFICERS_DAY, at, lambda _: ((), numbers))


def waiting(work: Work, *, at: datetime) -> Mapping[str, int]:
    """How much waits: refusals to review, offers and questions whose time ends soon, referrals in triage."""
    triage = (ReferralStatus.SUBMITTED, ReferralStatus.IN_TRIAGE)
    return {
        "refusals": _count(work, OfferRow.review == Review.PENDING),
        "offers": _count(work, OfferRow.status == OfferStatus.MADE, OfferRow.answer_by <= at + SOON),
        "questions": _count(
            work,
            ReferralRow.status == ReferralStatus.MORE_ASKED,
            ReferralRow.status_until <= at + QUESTIONS_SOON,
        ),
        "triage": _count(work, ReferralRow.status.in_(triage)),
    }


def _count(work: Work, *conditions: Any) -> int:  # noqa: ANN401  any SQLAlchemy condition
    return work.session.scalar(select(func.count()).where(*conditions)) or 0


def remind_of_retention(work: Work, *, rules: RetentionRules, at: datetime) -> int:
    """Tell administrators that people are due to be erased, if any are; how many administrators."""
    due = sum(len(each.people) for each in preview(work, rules=rules, as_of=local_day(at)).due)
    if not due:
        return 0
    accounts = accounts_of(work, Role.ADMINISTRATOR)
    return _send(work, accounts, Kind.RETENTION_DUE, at, lambda _: ((), {"people": due}))


def _send(work: Work, accounts: Sequence[AccountRow], kind: Kind, at: datetime, of: Contents) -> int:
    cause = f"day {local_day(at).isoformat()}"
    told = select(MessageRow.account_id).where(MessageRow.kind == kind.value, MessageRow.cause == cause)
    already = set(work.all(told))
    rows = [_digest(work, row, kind, cause, at, *of(row)) for row in accounts if row.id not in already]
    work.note(*rows)
    return len(rows)


def _digest(
    work: Work,
    account: AccountRow,
    kind: Kind,
    cause: str,
    at: datetime,
    references: Sequence[str],
    numbers: Mapping[str, int],
) -> MessageRow:
    about = " ".join(references[:MOST_REFERENCES])
    return message(work, account.id, kind, about, cause=cause, at=at, numbers=json.dumps(numbers))
