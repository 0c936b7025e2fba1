"""Finding people by name, date of birth or number, though none of these can be read in the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from rapidfuzz.distance import JaroWinkler

from gateway.people.access import openable
from gateway.people.identities import Identity, Individual, individuals
from gateway.people.keys import Key, born_keys, candidates, reference_key, sound_keys, swapped
from gateway.people.likeness import ALIKE, Known
from gateway.people.names import sound, spellings, words
from gateway.people.references import Reference
from gateway.records.actor import Actor
from gateway.refusals import refuse
from gateway.storage.work import Work

COMPARED = 200
"""How many candidates are opened at most, those with the most equal keys first."""

FOUND = 50
"""How many people are listed at most."""

LONGEST_NAME = 200
"""Characters of a name that is sought: as many words as those would make no index answers quickly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is known of the person sought; all of it must fit.

    name
        Words of any of their names in any order: each must be, or nearly be, or sound like one of theirs.
    born
        The date of birth, or the one with day and month taken for each other.
    reference
        A number that is exactly theirs.

    Raises
    ------
    Invalid
        If nothing is sought.
    """

    name: str | None = None
    born: date | None = None
    reference: Reference | None = None

    def __post_init__(self) -> None:
        if self.reference is not None:
            object.__setattr__(self, "reference", self.reference.normal())
        refuse(self._faults())

    def _faults(self) -> Iterator[tuple[str, str]]:
        if self.name is not None and len(self.name) > LONGEST_NAME:
            yield "name", f"must be {LONGEST_NAME} characters or fewer"
        if self.name is not None and not words(self.name):
            yield "name", "has no letter to search by"
        if self.name is None and self.born is None and self.reference is None:
            yield "name", "is empty, and so are date of birth and reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who fits. ``more``: others may fit too; give a date of birth or a number besides the name."""

    people: tuple[Identity, ...]
    more: bool


def find_people(work: Work, sought: Sought, *, by: Actor, at: datetime, most: int = FOUND) -> Found:
    """People who fit, the likeliest first and then by id, in at most four queries.

    Merged people are found by the names of any of their ids and listed once. A restricted person is listed
    for those who may open the case, and is not there for others.
    """
    near = candidates(work, _keys(sought), COMPARED + 1)
    people = individuals(work, near[:COMPARED]) if near else ()
    fitting = [(fit, each.identity) for each in people if (fit := _fits(sought, each)) is not None]
    hidden = {each.identity.person_id for each in people if each.restricted}
    if hidden:
        hidden -= openable(work, hidden, by, at)
    listed = sorted(
        ((fit, identity) for fit, identity in fitting if identity.person_id not in hidden),
        key=lambda each: (-each[0], each[1].person_id),
    )
    identities = tuple(identity for _, identity in listed)
    return Found(people=identities[:most], more=len(identities) > most or len(near) > COMPARED)


def _keys(sought: Sought) -> frozenset[Key]:
    if sought.reference is not None:
        return frozenset({reference_key(sought.reference)})
    if sought.born is not None:
        return frozenset(born_keys(sought.born))
    return frozenset(sound_keys(spellings(sought.name)))


def _fits(sought: Sought, individual: Individual) -> float | None:
    """How well, from 0 to 1; ``None``: not."""
    fits = [fit for known in individual.known.values() if (fit := _fits_row(sought, known)) is not None]
    return max(fits, default=None)


def _fits_row(sought: Sought, known: Known) -> float | None:
    if sought.reference is not None and sought.reference not in known.references:
        return None
    if sought.born is not None and known.born not in (sought.born, swapped(sought.born)):
        return None
    if sought.name is None:
        return 1.0
    parts, theirs = words(sought.name), _theirs(known)
    fit = _fit(parts, theirs)
    # O Neill is O'Neill: what is written apart may be one word, but then only one that sounds the same.
    whole = "".join(parts)
    return max(fit, _fit((whole,), {each for each in theirs if sound(each) == sound(whole)})) or None


def _theirs(known: Known) -> set[str]:
    names = (known.names.forename, known.names.surname, known.names.known_as)
    return {word for name in names for word in name} | {"".join(name) for name in names if name}


def _fit(parts: tuple[str, ...], theirs: set[str]) -> float:
    """How well all the words fit, each with the one of theirs it fits best; 0 if one of them does not."""
    fits = [max((_word_fit(part, each) for each in theirs), default=0.0) for part in parts]
    return sum(fits) / len(fits) if min(fits) >= ALIKE else 0.0


def _word_fit(word: str, other: str) -> float:
    """A word that sounds the same is at least as good as one that is nearly the same."""
    similar = JaroWinkler.similarity(*sorted((word, other)))
    return max(similar, ALIKE) if sound(word) == sound(other) else similar
