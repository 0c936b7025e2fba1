"""Consent to be referred, over HTTP: given, taken back, listed."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import Field, StringConstraints

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, IdInPath, Told, Words
from gateway.people.consents import consents_of
from gateway.people.record_consent import give_consent, withdraw_consent
from gateway.people.tables import ConsentRow
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("consents")


class ConsentAsked(Asked):
    """The person agrees to be referred."""

    given_on: Day = Field(description="Not after today.")
    how: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] = Field(
        description="In a word or two, without names.", examples=["signed form", "by telephone"]
    )


class WithdrawalAsked(Asked):
    """The person no longer agrees."""

    withdrawn_on: Day = Field(description="Not after today.")
    why: Words | None = None


class ConsentTold(Told):
    """A consent; it counts from `given_on` until `withdrawn_on`."""

    id: str
    person_id: str
    given_on: date
    how: str
    withdrawn_on: date | None


class ConsentsTold(Told):
    """Consents of a person."""

    items: Sequence[ConsentTold]


@router.post(
    "/people/{person_id}/consents",
    summary="Record that a person agrees to be referred",
    status_code=201,
    response_model=ConsentTold,
    responses=declared(NotFound, Conflict),
)
def give(
    person_id: IdInPath, asked: ConsentAsked, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """A requirement of practice; the lawful basis is a public task."""

    def deed(work: Work) -> ConsentTold:
        person_in_reach(work, door.visitor, person_id)
        row = give_consent(
            person_id,
            given_on=asked.given_on,
            how=asked.how,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return ConsentTold.model_validate(row)

    return door.write(deed, status=201, location=f"/api/v1/people/{person_id}/consents")


@router.get(
    "/people/{person_id}/consents",
    summary="The consents of a person",
    response_model=ConsentsTold,
    responses=declared(NotFound, Conflict),
)
def list_consents(person_id: IdInPath, door: Annotated[Door, may(Permission.READ_PEOPLE)]) -> Response:
    """Under any of their ids, those taken back too, the newest first; recorded."""

    def question(work: Work) -> ConsentsTold:
        person_in_reach(work, door.visitor, person_id)
        return _told(consents_of(person_id, by=door.visitor.actor, at=door.at, work=work))

    return door.look(question)


@router.post(
    "/people/{person_id}/consents/withdraw",
    summary="Record that a person no longer agrees",
    response_model=ConsentsTold,
    responses=declared(NotFound, Conflict),
)
def withdraw(
    person_id: IdInPath, asked: WithdrawalAsked, door: Annotated[Door, may(Permission.KEEP_PEOPLE)]
) -> Response:
    """Every consent that stands, under any of their ids, ends; answers with those."""

    def deed(work: Work) -> ConsentsTold:
        person_in_reach(work, door.visitor, person_id)
        on = asked.withdrawn_on
        return _told(
            withdraw_consent(
                person_id, withdrawn_on=on, why=asked.why, by=door.visitor.actor, at=door.at, work=work
            )
        )

    return door.write(deed)


def _told(rows: Sequence[ConsentRow]) -> ConsentsTold:
    return ConsentsTold(items=[ConsentTold.model_validate(each) for each in rows])
