"""What a referral lacks to be submitted."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from gateway.local_day import local_day
from gateway.people.consents import has_consent, stands_on
from gateway.people.tables import ConsentRow, PersonRow
from gateway.referrals.tables import AgencyRow, ReferralCodeRow, ReferralRow, ReferralTrait
from gateway.storage.work import Work

DRAFT_LIFE = timedelta(days=28)
"""After how long a draft that nobody submits expires; ours, a setting of the doors."""


def missing(referral_id: str, *, at: datetime, work: Work) -> Sequence[tuple[str, str]]:
    """What keeps a draft from being submitted: pairs of a field and what is wrong with it.

    Raises
    ------
    NotFound
        If there is no such referral.
    """
    row = work.get(ReferralRow, referral_id)
    has_group = _has_client_group(work, row.id)
    return (*unready(work, row, client_groups=has_group, at=at), *_backdated(row))


def unready(work: Work, row: ReferralRow, *, client_groups: bool, at: datetime) -> Iterator[tuple[str, str]]:
    """What every referral needs that is handed in, whoever enters it."""
    day = local_day(at)
    person = work.get(PersonRow, row.person_id)
    if not work.get(AgencyRow, row.agency_id).designated:
        yield "agency_id", f"agency {row.agency_id} is not designated to refer"
    if person.erased_at is not None:
        yield "person_id", f"person {person.id} was erased"
    agreed = select(ConsentRow.id).where(ConsentRow.person_id == person.id, stands_on(day))
    # Most agree under the id they are referred by; only for the others their merged ids are sought.
    if work.first(agreed) is None and not has_consent(work, person.id, day):
        yield "consent", f"person {person.id} has not agreed to be referred"
    if not client_groups:
        yield "client_groups", "is empty: at least the primary client group is needed"
    if row.referred_on is not None and row.referred_on > day:
        yield "referred_on", f"is after the day of submission, {day}"


def _backdated(row: ReferralRow) -> Iterator[tuple[str, str]]:
    """Who waits longer comes first, so no agency says by itself that somebody has waited for years."""
    if row.referred_on is not None and row.referred_on < local_day(row.entered_at) - DRAFT_LIFE:
        long_ago = f"is {row.referred_on}, more than {DRAFT_LIFE.days} days before the form was begun"
        yield "referred_on", f"{long_ago}: an earlier day is for officers to enter"


def _has_client_group(work: Work, referral_id: str) -> bool:
    found = select(ReferralCodeRow.value).where(
        ReferralCodeRow.referral_id == referral_id, ReferralCodeRow.trait == ReferralTrait.CLIENT_GROUP
    )
    return work.first(found) is not None
