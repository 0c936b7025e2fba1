"""People as they are asked for and told."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final, TypeAlias

from pydantic import ConfigDict, Field, StringConstraints

from api.rest.values import MAYBE_TEXT, TEXT, Asked, Day, Told, Words
from gateway.people.details import PersonDetails
from gateway.people.identities import Identity
from gateway.people.person_file import PersonFile, PersonRecord
from gateway.people.references import Reference, ReferenceKind
from gateway.people.tables import SafeToContact
from gateway.refusals import Invalid

Name: TypeAlias = Annotated[str, StringConstraints(max_length=100, pattern=MAYBE_TEXT)]
"""Empty is unknown, like null."""

MOST_REFERENCES: Final = 20


class ReferenceAsked(Asked):
    """A number by which others know the person; blanks, points and small letters do not matter."""

    kind: ReferenceKind
    value: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=TEXT)] = Field(
        examples=["QQ 12 34 56 C"]
    )

    def reference(self) -> Reference:
        """The same for the use cases."""
        return Reference(kind=self.kind, value=self.value)


class PersonAsked(Asked):
    """Who somebody is, as far as it is known: null, or empty, is unknown. One name or number at least."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "forename": "Zoë",
                    "surname": "Reyes",
                    "known_as": "Zo",
                    "born": "1990-03-04",
                    "gender": "female",
                    "email": "zoe@example.org",
                    "telephone": "07700 900123",
                    "address": "Friends, at\n1 Example Street\nBirmingham",
                    "safe_to_contact": "no",
                    "contact_note": "Only by email; he reads her telephone.",
                    "references": [{"kind": "prison_number", "value": "A1234BC"}],
                }
            ]
        }
    )

    forename: Name | None = None
    surname: Name | None = None
    known_as: Name | None = None
    born: Day | None = Field(default=None, description="Not after today, nor over 120 years ago.")
    gender: Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,63})?$")] | None = Field(
        default=None, description="As the services' rules use it.", examples=["female"]
    )
    email: Name | None = None
    telephone: Name | None = Field(
        default=None, description="0 and nine or ten digits, or + and a country's code."
    )
    address: Annotated[str, StringConstraints(max_length=500, pattern=MAYBE_TEXT)] | None = None
    safe_to_contact: SafeToContact = Field(
        default=SafeToContact.UNKNOWN, description="Whether they may be telephoned or written to."
    )
    contact_note: Annotated[str, StringConstraints(max_length=2_000, pattern=MAYBE_TEXT)] | None = None
    references: Sequence[ReferenceAsked] = Field(default=(), max_length=MOST_REFERENCES)

    def details(self, told_on: date) -> PersonDetails:
        """The same for the use cases.

        Raises
        ------
        Invalid
            Naming every field that does not hold.
        """
        given = {name: getattr(self, name) for name in PersonAsked.model_fields if name != "references"}
        try:
            return PersonDetails(
                told_on=told_on, references=tuple(each.reference() for each in self.references), **given
            )
        except Invalid as error:
            raise Invalid([(_field(name), what) for name, what in error.faults]) from None


class PersonCorrected(PersonAsked):
    """What should have been known of somebody, and why it is corrected."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"forename": "Zoë", "surname": "Reyes", "why": "Her passport, seen on 2 March."}]
        }
    )

    why: Words


def _field(name: str) -> str:
    """``references 1 (ni_number)`` as the place in the body."""
    number = re.match(r"references (\d+) ", name)
    return f"references[{int(number[1]) - 1}].value" if number else name


class ReferenceTold(Told):
    """A number by which others know the person, in its one spelling."""

    kind: ReferenceKind
    value: str


class KnownTold(Told):
    """What is known of somebody under one id; null is unknown."""

    id: str
    version: int
    forename: str | None
    surname: str | None
    known_as: str | None
    born: date | None
    gender: str | None
    email: str | None
    telephone: str | None
    address: str | None
    safe_to_contact: SafeToContact
    contact_note: str | None
    references: Sequence[ReferenceTold]
    restricted: bool = Field(description="Whether this id is restricted; one restricted id closes the case.")
    merged_into: str | None = Field(description="Who this turned out to be.")
    entered_at: datetime


class PersonTold(KnownTold):
    """Somebody, under the id they are read by; `merged`: what is known under ids that are the same person."""

    case_restricted: bool = Field(description="Whether only those with a grant can open the case.")
    merged: Sequence[KnownTold]


class IdentityTold(Told):
    """Who somebody is, for a list from which one is chosen."""

    person_id: str
    forename: str | None
    surname: str | None
    known_as: str | None
    born: date | None


def person_told(file: PersonFile) -> PersonTold:
    """A person as they are answered."""
    return PersonTold(
        **_known(file.root).model_dump(),
        case_restricted=file.restricted,
        merged=[_known(each) for each in file.merged],
    )


def _known(record: PersonRecord) -> KnownTold:
    row = record.row
    columns = {name: getattr(row, name) for name in KnownTold.model_fields if name != "references"}
    references = [ReferenceTold(kind=each.kind, value=each.value) for each in record.references]
    return KnownTold(**columns, references=references)


def identity_told(identity: Identity) -> IdentityTold:
    """An identity as it is answered."""
    return IdentityTold.model_validate(identity)
