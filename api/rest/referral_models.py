"""What is sent of a referral, and how the gateway enters it; all that is wrong is told at once."""

from dataclasses import dataclass

from pydantic import ConfigDict, Field

from api.access.reach import designated_agency
from api.rest.body_fields import Faults, placed, under
from api.rest.door import Door
from api.rest.person_models import PersonAsked
from api.rest.referral_form import ReferralForm
from api.rest.referral_people import ConsentSent, PersonChanged
from api.rest.values import Asked, Id, Words
from gateway.local_day import local_day
from gateway.people.details import PersonDetails
from gateway.referrals.details import ReferralDetails
from gateway.referrals.entering_somebody import Agreed, Changed, FormOf
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Invalid, refuse

SOMEBODY = "P"
"""Stands for the id of whoever is entered with the form, while the form is looked at by itself."""

_FORM = under("details", besides=frozenset({"person_id", "agency_id", "consent"}))
_PERSON = under("person")


def form_place(field: str) -> str:
    """Where a fault of a referral, or of the consent sent with it, stands in the body."""
    return f"consent.{field}" if field in ("given_on", "how") else _FORM(field)


class Drafted(Asked):
    """A referral: of somebody who is there (``person_id``), or of somebody new (``person``)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person": {"forename": "Marguerite", "surname": "Alder", "born": "1987-05-14"},
                    "consent": {"given_on": "2026-03-02", "how": "signed form"},
                    "details": {"sleeping_rough": True, "client_groups": ["single-homeless"]},
                }
            ]
        }
    )

    person_id: Id | None = Field(
        default=None, description="A referrer may name only whom their agency referred before."
    )
    person: PersonAsked | None = None
    agency_id: Id | None = Field(default=None, description="A referrer's is always their own.")
    consent: ConsentSent | None = Field(default=None, description="Needed before it is submitted.")
    details: ReferralForm = Field(default_factory=ReferralForm)


class DraftChanged(Asked):
    """What takes the place of a draft's form; its person and its agency stay."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"details": {"sleeping_rough": False, "client_groups": ["single-homeless"]}}]
        }
    )

    person: PersonChanged | None = Field(
        default=None, description="Null: nothing changes. Only for a person whom no other referral names."
    )
    consent: ConsentSent | None = None
    details: ReferralForm


class Corrected(Asked):
    """What a referral should have said, and why it is corrected."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "details": {"referred_on": "2026-03-02", "client_groups": ["single-homeless"]},
                    "why": "The agency telephoned: they do not sleep rough.",
                }
            ]
        }
    )

    details: ReferralForm
    why: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft looked at: whose it is (an id, or somebody new), the form of whoever that is, the consent."""

    whose: str | PersonDetails
    form: FormOf
    agreed: Agreed | None


def draft_sent(asked: Drafted, door: Door) -> Draft:
    """What was sent, as the gateway enters it.

    Raises
    ------
    Invalid
        Naming everything in the body that is wrong by itself.
    """
    faults, agency_id = Faults(), SOMEBODY
    whose: str | PersonDetails = SOMEBODY
    with faults.of(_FORM):
        agency_id = designated_agency(door.visitor, asked.agency_id)
    with faults.of(_FORM):
        asked.details.details(SOMEBODY, SOMEBODY)
    with faults.of(str):
        whose = _whose(asked, door)
    faults.refuse()
    return Draft(
        whose=whose,
        form=lambda person_id: asked.details.details(person_id, agency_id),
        agreed=_agreed(asked.consent),
    )


def _whose(asked: Drafted, door: Door) -> str | PersonDetails:
    if asked.person is not None:
        refuse([] if asked.person_id is None else [("person_id", "is given, and so is person: which?")])
        with placed(_PERSON):
            return asked.person.details(local_day(door.at))
    if asked.person_id is None:
        raise Invalid([("person", "is missing, and so is person_id: who is referred?")])
    return asked.person_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrafted:
    """What takes the place of a draft."""

    form: FormOf
    person: Changed | None
    agreed: Agreed | None


def change_sent(asked: DraftChanged, stood: ReferralRow, door: Door) -> Redrafted:
    """What takes the place of a draft, as the gateway enters it.

    Raises
    ------
    Invalid
        Naming everything in the body that is wrong by itself.
    """
    faults, person = Faults(), None
    with faults.of(_PERSON):
        if asked.person is not None:
            person = Changed(details=asked.person.details(local_day(door.at)), seen=asked.person.version)
    with faults.of(_FORM):
        asked.details.details(stood.person_id, stood.agency_id)
    faults.refuse()
    return Redrafted(
        form=lambda person_id: asked.details.details(person_id, stood.agency_id),
        person=person,
        agreed=_agreed(asked.consent),
    )


def correction_sent(asked: Corrected, stood: ReferralRow) -> ReferralDetails:
    """The form that takes the place of the one that stands.

    Raises
    ------
    Invalid
        Naming every field that does not hold.
    """
    return asked.details.details(stood.person_id, stood.agency_id)


def _agreed(consent: ConsentSent | None) -> Agreed | None:
    return None if consent is None else consent.agreed()
