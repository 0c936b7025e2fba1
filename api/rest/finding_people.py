"""Finding people: by what is known of them, which stands in the body and never in an address."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Response
from pydantic import ConfigDict, Field, StringConstraints

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.rest.door import Door, declared, may
from api.rest.person_models import IdentityTold, PersonAsked, ReferenceAsked, identity_told
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, IdInPath, Told
from gateway.local_day import local_day
from gateway.people.finding import duplicates_of, look_for_duplicates, search_people
from gateway.people.possible_duplicates import Match
from gateway.people.search import LONGEST_NAME, Sought
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("people")


class SoughtAsked(Asked):
    """What is known of the person sought; all of it must fit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "reyes zoe", "born": "1990-03-04"},
                {"reference": {"kind": "prison_number", "value": "A1234BC"}},
            ]
        }
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)] | None = Field(
        default=None, description="Words of their names in any order, nearly right or as they sound."
    )
    born: Day | None = None
    reference: ReferenceAsked | None = None


class FoundTold(Told):
    """Who fits, the likeliest first."""

    items: Sequence[IdentityTold]
    more: bool = Field(description="Others may fit too: say more of them.")


class MatchTold(Told):
    """Somebody who may be the same person."""

    person: IdentityTold
    restricted: bool
    score: int = Field(description="How alike, from 0 to 100.", examples=[95])
    reasons: Sequence[str] = Field(examples=[["same date of birth", "same surname"]])


class MatchesTold(Told):
    """Who may be the same person, the likeliest first."""

    items: Sequence[MatchTold]


@router.post(
    "/people/search",
    summary="Find people by name, date of birth or number",
    response_model=FoundTold,
    responses=declared(),
)
def search(asked: SoughtAsked, door: Annotated[Door, may(Permission.READ_PEOPLE)]) -> Response:
    """At most 50; that they were found is recorded. It creates nothing, so it hears no idempotency key."""

    def question(work: Work) -> FoundTold:
        number = asked.reference.reference() if asked.reference else None
        sought = Sought(name=asked.name, born=asked.born, reference=number)
        found = search_people(sought, by=door.visitor.actor, at=door.at, work=work)
        return FoundTold(items=[identity_told(each) for each in found.people], more=found.more)

    return door.look(question)


@router.post(
    "/people/possible-duplicates",
    summary="Who somebody not yet entered may already be",
    response_model=MatchesTold,
    responses=declared(),
)
def possible_duplicates(asked: PersonAsked, door: Annotated[Door, may(Permission.READ_PEOPLE)]) -> Response:
    """At most 20, with reasons; that they were told is recorded. It hears no idempotency key."""

    def question(work: Work) -> MatchesTold:
        details = asked.details(local_day(door.at))
        return _told(look_for_duplicates(details, by=door.visitor.actor, at=door.at, work=work))

    return door.look(question)


@router.get(
    "/people/{person_id}/possible-duplicates",
    summary="Who else somebody may be",
    response_model=MatchesTold,
    responses=declared(NotFound, Conflict),
)
def possible_duplicates_of(
    person_id: IdInPath, door: Annotated[Door, may(Permission.READ_PEOPLE)]
) -> Response:
    """Others who are there and may be the same person; that they were told is recorded."""

    def question(work: Work) -> MatchesTold:
        person_in_reach(work, door.visitor, person_id)
        today = local_day(door.at)
        return _told(duplicates_of(person_id, told_on=today, by=door.visitor.actor, at=door.at, work=work))

    return door.look(question)


def _told(matches: Sequence[Match]) -> MatchesTold:
    return MatchesTold(
        items=[
            MatchTold(
                person=identity_told(each.identity),
                restricted=each.restricted,
                score=each.score,
                reasons=each.reasons,
            )
            for each in matches
        ]
    )
