"""What of a case is told to those outside the gateway team, and that it was: never more than they need.

The agency that made the referral is told what it told, the questions, and where the referral stands. A
provider whom it was offered to is told what decides whether it can house somebody: not why they are referred
in words, not who else referred them, not where else they wish to go or whom they must be kept apart from.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gateway.local_day import local_day
from gateway.people.safety import safety_areas_of
from gateway.people.tables import PersonReferenceRow, PersonRow
from gateway.records.actor import Actor
from gateway.records.reading import record_reading
from gateway.referrals.details import ReferralDetails
from gateway.referrals.details_rows import details_of
from gateway.referrals.known_to_agency import known_by_one
from gateway.referrals.tables import (
    AgencyRow,
    HouseholdMemberRow,
    QuestionRow,
    ReferralCodeRow,
    ReferralRow,
)
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReferral:
    """A referral as its agency sees it.

    known_by_one
        Whether all that is known of the person came with this referral; only then is it all told.
    """

    referral: ReferralRow
    details: ReferralDetails
    agency: AgencyRow
    person: PersonRow
    references: tuple[PersonReferenceRow, ...]
    known_by_one: bool
    questions: tuple[QuestionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedPerson:
    """What a provider decides by.

    details
        The whole form; the doors tell of it what decides (``api.rest.referral_told``).
    unsafe_in
        Authorities in which the person is not safe today.
    """

    referral: ReferralRow
    details: ReferralDetails
    agency: AgencyRow
    person: PersonRow
    unsafe_in: tuple[str, ...]


def read_own_referral(referral_id: str, *, by: Actor, at: datetime, work: Work) -> OwnReferral:
    """The referral for its own agency; who may see it is asked before, and that it was seen is recorded.

    Raises
    ------
    NotFound
        If there is no such referral.
    """
    found = own_referral(referral_id, work=work)
    about = (found.referral.id, found.person.id)
    record_reading("own referral read", about=about, by=by, at=at, work=work)
    return found


def own_referral(referral_id: str, *, work: Work) -> OwnReferral:
    """The same for a change of it, which shows nobody anything.

    Raises
    ------
    NotFound
        If there is no such referral.
    """
    row = work.get(ReferralRow, referral_id)
    references = select(PersonReferenceRow).where(PersonReferenceRow.person_id == row.person_id)
    return OwnReferral(
        referral=row,
        details=form_of(work, row),
        agency=work.get(AgencyRow, row.agency_id),
        person=work.get(PersonRow, row.person_id),
        references=tuple(work.all(references.order_by(PersonReferenceRow.id))),
        known_by_one=known_by_one(work, row),
        questions=questions_of(work, row.id),
    )


def read_offered_person(referral_id: str, *, by: Actor, at: datetime, work: Work) -> OfferedPerson:
    """What a provider is told of somebody offered to it or living with it; that it was is recorded.

    Raises
    ------
    NotFound
        If there is no such referral.
    """
    row = work.get(ReferralRow, referral_id)
    record_reading("offered person read", about=(row.id, row.person_id), by=by, at=at, work=work)
    unsafe = safety_areas_of(work, [row.person_id], local_day(at))
    return OfferedPerson(
        referral=row,
        details=form_of(work, row),
        agency=work.get(AgencyRow, row.agency_id),
        person=work.get(PersonRow, row.person_id),
        unsafe_in=tuple(sorted(unsafe[row.person_id])),
    )


def form_of(work: Work, row: ReferralRow) -> ReferralDetails:
    """What the referral says."""
    codes = work.where(ReferralCodeRow, ReferralCodeRow.referral_id == row.id)
    members = select(HouseholdMemberRow).where(HouseholdMemberRow.referral_id == row.id)
    return details_of(row, codes, work.all(members.order_by(HouseholdMemberRow.id)))


def questions_of(work: Work, referral_id: str) -> tuple[QuestionRow, ...]:
    """Everything the gateway asked, in the order in which it was."""
    asked = select(QuestionRow).where(QuestionRow.referral_id == referral_id)
    return tuple(work.all(asked.order_by(QuestionRow.asked_at, QuestionRow.id)))
