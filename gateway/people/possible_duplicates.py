"""Who somebody may already be, offered before they are entered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gateway.people.access import openable
from gateway.people.clusters import members_of
from gateway.people.details import PersonDetails
from gateway.people.identities import Identity, Individual, individuals
from gateway.people.keys import candidates, keys_sought
from gateway.people.likeness import Known, Likeness, likeness
from gateway.people.names import Names
from gateway.people.tables import PersonRow
from gateway.records.actor import Actor
from gateway.storage.work import Work

OFFERED_FROM = 40
"""The score from which somebody is offered as a possible duplicate: a setting, measured in docs/people.md."""

COMPARED = 200
"""How many candidates are opened and compared at most, those with the most equal keys first."""

OFFERED = 20
"""How many matches are offered at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Somebody who is already there and may be the same person.

    restricted
        Only whoever holds the case is told of them at all.
    score
        From 0 to 100.
    reasons
        In words that tell no name, date or number (``same date of birth``).
    """

    person_id: str
    restricted: bool
    score: int
    reasons: tuple[str, ...]
    identity: Identity


def possible_duplicates(
    work: Work,
    details: PersonDetails,
    *,
    by: Actor,
    at: datetime,
    offered_from: int = OFFERED_FROM,
    most: int = OFFERED,
    apart_from: str | None = None,
) -> tuple[Match, ...]:
    """Who the person described may already be, the likeliest first and then by id, in at most four queries.

    Merged people appear once, under the id they are read by. A restricted person is offered to those who may
    open the case, and is not there for others; when somebody like them is entered all the same, those who
    hold the case learn of it (`gateway.people.enter_person`).

    Parameters
    ----------
    apart_from
        Somebody who is there already, for whom others are sought: neither they nor anybody merged with them
        is offered.
    """
    found = candidates(work, keys_sought(details), COMPARED)
    people = individuals(work, found) if found else ()
    matches = _matches(details, people, offered_from, apart_from)
    hidden = {each.person_id for each in matches if each.restricted}
    if hidden:
        hidden -= openable(work, hidden, by, at)
    return tuple(each for each in matches if each.person_id not in hidden)[:most]


def restricted_like(work: Work, details: PersonDetails) -> tuple[str, ...]:
    """Restricted people whom the person described may be, whoever may open them: by id, two to four queries.

    For the gateway itself, which tells those who hold the case and nobody else.
    """
    found = candidates(work, keys_sought(details), COMPARED)
    members = members_of(work, found)
    restricted = select(members.c.asked).join(PersonRow, PersonRow.id == members.c.id)
    closed = work.all(restricted.where(PersonRow.restricted)) if found else ()
    people = individuals(work, closed) if closed else ()
    return tuple(sorted(each.person_id for each in _matches(details, people, OFFERED_FROM, None)))


def _matches(
    details: PersonDetails, people: Iterable[Individual], offered_from: int, apart_from: str | None
) -> list[Match]:
    described = Known(
        names=Names.of(details.forename, details.surname, details.known_as),
        born=details.born,
        references=frozenset(details.references),
    )
    matches = [
        _match(each, likeness_)
        for each in people
        if apart_from not in each.known and (likeness_ := _likest(described, each)).score >= offered_from
    ]
    return sorted(matches, key=lambda each: (-each.score, each.person_id))


def _likest(described: Known, individual: Individual) -> Likeness:
    compared = (likeness(described, known) for known in individual.known.values())
    return max(compared, key=lambda each: (each.score, each.reasons))


def _match(individual: Individual, likeness_: Likeness) -> Match:
    return Match(
        person_id=individual.identity.person_id,
        restricted=individual.restricted,
        score=likeness_.score,
        reasons=likeness_.reasons,
        identity=individual.identity,
    )
