"""Somebody new is entered with the draft of their referral, in one unit of work: referrers search nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from gateway.local_day import local_day
from gateway.people.consents import has_consent
from gateway.people.details import PersonDetails
from gateway.people.enter_person import change_person, enter_person
from gateway.people.record_consent import give_consent
from gateway.records.actor import Actor
from gateway.referrals.details import ReferralDetails
from gateway.referrals.entering import change_draft, draft
from gateway.referrals.known_to_agency import known_by_one
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict
from gateway.storage.work import Work

FormOf: TypeAlias = Callable[[str], ReferralDetails]
"""The form of whoever has this id."""


class KnownOtherwise(Conflict):
    """More than one referral leads to this person, so a draft does not change what is known of them."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        super().__init__(
            f"Person {person_id} is known from elsewhere too: ask the gateway team to change them."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """When the person agreed to be referred, and how, in a word or two."""

    given_on: date
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What is now told of the person, and the version of them that was seen."""

    details: PersonDetails
    seen: int


def draft_for_somebody_new(
    person: PersonDetails, form: FormOf, *, agreed: Agreed | None = None, by: Actor, at: datetime, work: Work
) -> ReferralRow:
    """Enter a person, their consent and the draft of their referral; triage asks who they may already be.

    Raises
    ------
    Invalid
        As ``gateway.referrals.entering.draft``, or if the consent is of a day to come.
    AlreadyReferred
        As there; then nobody is entered either.
    """
    entered = enter_person(person, by=by, at=at, work=work)
    _agree(work, entered.id, agreed, by, at)
    return draft(form(entered.id), by=by, at=at, work=work)


def draft_for(
    person_id: str, form: FormOf, *, agreed: Agreed | None = None, by: Actor, at: datetime, work: Work
) -> ReferralRow:
    """Draft a referral of somebody who is there, and record their consent unless one stands.

    Raises
    ------
    NotFound, Invalid, AlreadyReferred
        As ``gateway.people.record_consent.give_consent`` and ``gateway.referrals.entering.draft``.
    """
    row = draft(form(person_id), by=by, at=at, work=work)
    _agree(work, person_id, agreed, by, at)
    return row


def change_draft_and_person(
    referral_id: str,
    form: FormOf,
    *,
    seen: int,
    person: Changed | None = None,
    agreed: Agreed | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> ReferralRow:
    """Put another form in a draft's place, and with it what is told of a person whom nobody else knows.

    Raises
    ------
    ChangedMeanwhile
        If the draft, or the person, was changed after the version seen.
    KnownOtherwise
        If the person is known from elsewhere too.
    Invalid, IllegalMove, AlreadyReferred
        As ``gateway.referrals.entering.change_draft``.
    """
    person_id = work.get(ReferralRow, referral_id, seen=seen).person_id
    row = change_draft(referral_id, form(person_id), seen=seen, by=by, at=at, work=work)
    if person is not None:
        if not known_by_one(work, row):
            raise KnownOtherwise(row.person_id)
        change_person(row.person_id, person.details, seen=person.seen, why=None, by=by, at=at, work=work)
    _agree(work, row.person_id, agreed, by, at)
    return row


def _agree(work: Work, person_id: str, agreed: Agreed | None, by: Actor, at: datetime) -> None:
    if agreed is None or has_consent(work, person_id, local_day(at)):
        return
    give_consent(person_id, given_on=agreed.given_on, how=agreed.how, by=by, at=at, work=work)
