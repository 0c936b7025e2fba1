"""The case file as officers are told it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal

from pydantic import Field

from api.rest.referral_form import ReferralForm
from api.rest.referral_people import ReferredTold, referred_told
from api.rest.referral_told import (
    AgencyNamed,
    OfferInShort,
    QuestionTold,
    ReferralStands,
    form_told,
    offer_told,
    standing,
)
from api.rest.values import Told
from gateway.people.tables import ExclusionReason, SafetyReason
from gateway.placements.offers import OfferLine
from gateway.records.actor import Role
from gateway.referrals.case_file import CaseFile
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason

LATEST_EVENTS: Final = 50
"""How many of what was done last a case file tells; the timeline has them all."""


class ConsentInFile(Told):
    """When they agreed to be referred, and whether they still do."""

    id: str
    person_id: str
    given_on: date
    how: str
    withdrawn_on: date | None


class ExclusionInFile(Told):
    """From where they are barred; exactly one of service, provider and authority is named."""

    id: str
    person_id: str
    service_id: str | None
    provider_id: str | None
    authority_id: str | None
    reason: ExclusionReason
    detail: str | None
    from_day: date
    until: date
    review_on: date
    lifted_on: date | None


class SafetyAreaInFile(Told):
    """Where they are not safe."""

    id: str
    authority_id: str
    reason: SafetyReason
    set_on: date
    ended_on: date | None


class SeparationInFile(Told):
    """Two people who must not be in the same service."""

    id: str
    person_id: str
    other_id: str
    reason: SafetyReason
    set_on: date
    ended_on: date | None


class OtherReferralTold(Told):
    """Another referral of the same person."""

    id: str
    agency_id: str
    status: ReferralStatus
    end_reason: EndReason | None
    entered_at: datetime
    referred_on: date | None


class NoteTold(Told):
    """A note on the case."""

    id: str
    written_by: str
    written_at: datetime
    text: str


class EventTold(Told):
    """One thing that was done, by whom, when and why."""

    number: int
    what: str = Field(examples=["referral submitted"])
    actor: str
    role: Role
    happened_at: datetime
    recorded_at: datetime
    why: str | None


class CaseFileTold(ReferralStands):
    """All that is kept of one case; that it was read is recorded."""

    view: Literal["case_file"] = "case_file"
    entered_by: str
    entered_at: datetime
    waiting_since: datetime | None
    band: int | None = Field(description="The one that counts; null: not assessed.")
    agency: AgencyNamed
    person: ReferredTold
    person_ids: Sequence[str] = Field(description="Every id that turned out to be this person.")
    form: ReferralForm
    consents: Sequence[ConsentInFile]
    exclusions: Sequence[ExclusionInFile]
    safety_areas: Sequence[SafetyAreaInFile]
    separations: Sequence[SeparationInFile]
    other_referrals: Sequence[OtherReferralTold]
    questions: Sequence[QuestionTold]
    notes: Sequence[NoteTold]
    offers: Sequence[OfferInShort]
    timeline: Sequence[EventTold] = Field(description=f"The last {LATEST_EVENTS}, the oldest first.")


def case_file_told(case: CaseFile, offers: Sequence[OfferLine]) -> CaseFileTold:
    """A case file for officers."""
    row = case.referral
    return CaseFileTold(
        **standing(row),
        entered_by=row.entered_by,
        entered_at=row.entered_at,
        waiting_since=row.waiting_since,
        band=row.band,
        agency=AgencyNamed.model_validate(case.agency),
        person=referred_told(case.person, case.references),
        person_ids=case.person_ids,
        form=form_told(case.details),
        consents=[ConsentInFile.model_validate(each) for each in case.consents],
        exclusions=[ExclusionInFile.model_validate(each) for each in case.exclusions],
        safety_areas=[SafetyAreaInFile.model_validate(each) for each in case.safety_areas],
        separations=[SeparationInFile.model_validate(each) for each in case.separations],
        other_referrals=[OtherReferralTold.model_validate(each) for each in case.other_referrals],
        questions=[QuestionTold.model_validate(each) for each in case.questions],
        notes=[NoteTold.model_validate(each) for each in case.notes],
        offers=[offer_told(each) for each in offers],
        timeline=[EventTold.model_validate(each) for each in case.timeline[-LATEST_EVENTS:]],
    )
