"""Who is referred, as whoever refers them tells it."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from api.rest.person_models import PersonAsked, ReferenceTold
from api.rest.values import TEXT, Asked, Day, Told, Version
from gateway.people.tables import PersonReferenceRow, PersonRow, SafeToContact
from gateway.referrals.entering_somebody import Agreed


class PersonChanged(PersonAsked):
    """What is now told of a person whom only this draft names."""

    version: Version = Field(description="Of the person, as the draft told it.")


class ConsentSent(Asked):
    """When the person agreed to be referred, and how."""

    given_on: Day
    how: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=TEXT)
    ] = Field(description="In a word or two and without names.", examples=["signed form"])

    def agreed(self) -> Agreed:
        """As the gateway takes it."""
        return Agreed(given_on=self.given_on, how=self.how)


class ReferredTold(Told):
    """All that is known of somebody."""

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
    references: tuple[ReferenceTold, ...]


class ReferredNamed(Told):
    """Who it is, and nothing more: what else is known of them came from elsewhere too."""

    id: str
    forename: str | None
    surname: str | None
    known_as: str | None
    born: date | None


def referred_told(row: PersonRow, references: tuple[PersonReferenceRow, ...]) -> ReferredTold:
    """A person with their numbers."""
    numbers = tuple(ReferenceTold.model_validate(each) for each in references)
    facts = {name: getattr(row, name) for name in ReferredTold.model_fields if name != "references"}
    return ReferredTold(**facts, references=numbers)
