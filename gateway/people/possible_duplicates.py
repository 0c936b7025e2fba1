"""Who somebody may already be, offered before they are entered."""

from dataclasses import dataclass

from gateway.people.details import PersonDetails
from gateway.people.identities import Identity, Individual, individuals
from gateway.people.keys import candidates, keys_sought
from gateway.people.likeness import Known, Likeness, likeness
from gateway.people.names import Names
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
        Nothing but the id is told: neither who it is nor how alike. Whoever holds the case can compare.
    score
        From 0 to 100; ``None`` for a restricted person.
    reasons
        In words that tell no name, date or number (``same date of birth``).
    """

    person_id: str
    restricted: bool
    score: int | None = None
    reasons: tuple[str, ...] = ()
    identity: Identity | None = None


def possible_duplicates(
    work: Work,
    details: PersonDetails,
    *,
    offered_from: int = OFFERED_FROM,
    most: int = OFFERED,
    apart_from: str | None = None,
) -> tuple[Match, ...]:
    """Who the person described may already be, in at most three queries.

    Merged people appear once, under the id they are read by. Restricted ones come first, by id, so that their
    place tells nothing; then the likeliest; then by id.

    Parameters
    ----------
    apart_from
        Somebody who is there already, for whom others are sought: neither they nor anybody merged with them
        is offered.
    """
    described = Known(
        names=Names.of(details.forename, details.surname, details.known_as),
        born=details.born,
        references=frozenset(details.references),
    )
    found = candidates(work, keys_sought(details), COMPARED)
    matches = [
        _match(each, likeness_)
        for each in (individuals(work, found) if found else ())
        if apart_from not in each.known and (likeness_ := _likest(described, each)).score >= offered_from
    ]
    return tuple(
        sorted(matches, key=lambda each: (not each.restricted, -(each.score or 0), each.person_id))[:most]
    )


def _likest(described: Known, individual: Individual) -> Likeness:
    compared = (likeness(described, known) for known in individual.known.values())
    return max(compared, key=lambda each: (each.score, each.reasons))


def _match(individual: Individual, likeness_: Likeness) -> Match:
    identity = individual.identity
    if individual.restricted:
        return Match(person_id=identity.person_id, restricted=True)
    return Match(
        person_id=identity.person_id,
        restricted=False,
        score=likeness_.score,
        reasons=likeness_.reasons,
        identity=identity,
    )
