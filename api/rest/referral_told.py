"""A referral as it is told: whole to officers, their own to referrers, what they decide by to providers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.rest.referral_form import NeedSent, ReferralForm, RiskSent
from api.rest.referral_people import ReferredNamed, ReferredTold, referred_told
from api.rest.values import Told
from gateway.assessment.stored_referrals import age_on
from gateway.people.tables import SafeToContact
from gateway.placements.offers import OfferLine
from gateway.placements.states import OfferStatus
from gateway.referrals.in_words import IN_WORDS
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.referrals.told_to_others import OfferedPerson, OwnReferral
from gateway.referrals.triage_list import TURN, Turn


class ReferralStands(Told):
    """Where a referral stands."""

    id: str
    version: int
    person_id: str
    agency_id: str
    status: ReferralStatus
    in_words: str = Field(examples=["On the list, waiting for a place."])
    turn: Turn = Field(description="Who is to act next.")
    status_since: datetime
    status_until: datetime | None = Field(description="When the state ends by itself.")
    end_reason: EndReason | None


class AgencyNamed(Told):
    """A referral agency."""

    id: str
    name: str


class QuestionTold(Told):
    """What the gateway team asked, and the answer."""

    id: str
    asked_at: datetime
    text: str
    answered_at: datetime | None
    answer: str | None


class OfferInShort(Told):
    """An offer, in short."""

    id: str
    service_id: str
    status: OfferStatus
    from_day: date
    made_at: datetime
    answer_by: datetime | None


class OwnReferralTold(ReferralStands):
    """A referral as the agency that made it sees it."""

    view: Literal["own_referral"] = "own_referral"
    entered_at: datetime
    agency: AgencyNamed
    person: ReferredTold | None = Field(description="Null: they are known from elsewhere too; see ``named``.")
    named: ReferredNamed
    form: ReferralForm
    questions: Sequence[QuestionTold]
    offers: Sequence[OfferInShort]


class HousedTogetherTold(Told):
    """Somebody to be housed together with the person."""

    relation: str
    name: str | None
    age: int | None = Field(description="In whole years.")


class OfferedPersonTold(Told):
    """What a provider decides by, and needs to house somebody."""

    view: Literal["offered_person"] = "offered_person"
    id: str
    status: ReferralStatus
    agency_name: str
    referrer: str | None = Field(description="Who at the agency to speak to.")
    name: str | None
    age: int | None = Field(description="In whole years.")
    gender: str | None
    safe_to_contact: SafeToContact
    contact_note: str | None
    immediate_safety: bool | None
    unsafe_in: Sequence[str] = Field(description="GSS codes of authorities in which they are not safe.")
    client_groups: Sequence[str]
    needs: Sequence[NeedSent]
    risks: Sequence[RiskSent]
    access_needs: Sequence[str]
    units: int
    adults: int | None
    children: int | None
    pregnant: bool | None
    household: Sequence[HousedTogetherTold]


def stands(row: ReferralRow) -> ReferralStands:
    """Where a referral stands."""
    return ReferralStands(**standing(row))


def standing(row: ReferralRow) -> dict[str, Any]:
    """The fields of `ReferralStands`."""
    told = {name: getattr(row, name) for name in ReferralStands.model_fields if name not in _DERIVED}
    return told | {"in_words": IN_WORDS[row.status], "turn": TURN[row.status]}


_DERIVED = ("in_words", "turn")


def own_referral_told(own: OwnReferral, offers: Sequence[OfferLine]) -> OwnReferralTold:
    """A referral for its own agency: an offer that is not made yet is not told."""
    row = own.referral
    return OwnReferralTold(
        **standing(row),
        entered_at=row.entered_at,
        agency=AgencyNamed.model_validate(own.agency),
        person=referred_told(own.person, own.references) if own.known_by_one else None,
        named=ReferredNamed.model_validate(own.person),
        form=form_told(own.details),
        questions=[QuestionTold.model_validate(each) for each in own.questions],
        offers=[offer_told(each) for each in offers if each.status is not OfferStatus.PROPOSED],
    )


def offered_person_told(offered: OfferedPerson, today: date) -> OfferedPersonTold:
    """Somebody offered to a provider, or living with it."""
    row, person, form = offered.referral, offered.person, offered.details
    return OfferedPersonTold(
        id=row.id,
        status=row.status,
        agency_name=offered.agency.name,
        referrer=form.referrer,
        name=" ".join(part for part in (person.known_as or person.forename, person.surname) if part) or None,
        age=_age(person.born, today),
        gender=person.gender,
        safe_to_contact=person.safe_to_contact,
        contact_note=person.contact_note,
        immediate_safety=form.immediate_safety,
        unsafe_in=offered.unsafe_in,
        client_groups=form.client_groups,
        needs=[NeedSent.model_validate(each) for each in form.needs],
        risks=[RiskSent.model_validate(each) for each in form.risks],
        access_needs=form.access_needs,
        units=form.units,
        adults=form.adults,
        children=form.children,
        pregnant=form.pregnant,
        household=[
            HousedTogetherTold(relation=each.relation, name=each.name, age=_age(each.born, today))
            for each in form.household
        ],
    )


def form_told(details: object) -> ReferralForm:
    """The form as it may be sent again."""
    return ReferralForm.model_validate(details)


def offer_told(line: OfferLine) -> OfferInShort:
    """An offer, in short."""
    return OfferInShort(
        id=line.id,
        service_id=line.service,
        status=line.status,
        from_day=line.from_day,
        made_at=line.made_at,
        answer_by=line.answer_by,
    )


def _age(born: date | None, today: date) -> int | None:
    return None if born is None else age_on(born, today)
