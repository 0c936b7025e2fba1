"""The people of a large store: invented, filed under the gateway's own blind index keys."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from gateway.people.keys import Key, filed_under
from gateway.people.references import Reference, ReferenceKind
from gateway.records.actor import Actor, Role
from gateway.storage.sealing import Keyring
from scenarios.bulk_deeds import Deeds, Drawn, Values
from scenarios.large_names import forename, surname

REFERRER: Final = Actor(id="referrer-1", role=Role.REFERRER)

_KNOWN_AS, _NO_BORN, _RESTRICTED = 0.05, 0.03, 0.005
_TELEPHONE, _NUMBER, _ADDRESS = 0.7, 0.6, 0.4
_EXCLUDED, _UNSAFE, _ENTERED_TWICE = 0.03, 0.04, 0.01
_WOMEN: Final = 0.38
"""Of those whose gender no unit decides; ours, near the share of single women among single applicants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person who was drawn."""

    id: str
    row: Drawn


def draw_person(deeds: Deeds, keys: Keyring, *, suits: str | None, unsafe_in: str, at: datetime) -> Somebody:
    """Somebody new with their consent; some with exclusions, unsafe areas, or entered twice and merged.

    Parameters
    ----------
    suits
        Their gender, where the place they will have decides it.
    unsafe_in
        The authority in which they are not safe, if they are one of those who have such an area.
    """
    rng, id = deeds.rng, deeds.new_id("P")
    gender = suits or ("female" if rng.random() < _WOMEN else "male")
    row = _enter(deeds, keys, id, gender, at=at)
    how = {"id": deeds.new_id("C"), "given_on": at.date(), "how": "signed form"}
    consent = deeds.keep("consents", person_id=id, **how)
    deeds.deed("consent given", consent, by=REFERRER, at=at + timedelta(minutes=5), about=[id])
    _beside(deeds, id, unsafe_in, at + timedelta(days=1))
    if rng.random() < _ENTERED_TWICE:
        _merge(deeds, keys, into=row, gender=gender, at=at + timedelta(days=2))
    return Somebody(id=id, row=row)


def _enter(deeds: Deeds, keys: Keyring, id: str, gender: str, *, at: datetime) -> Drawn:
    rng = deeds.rng
    born = None if rng.random() < _NO_BORN else _born(rng, at.date())
    first, last = forename(gender, rng), surname(rng)
    known_as = forename(gender, rng) if rng.random() < _KNOWN_AS else None
    row = deeds.keep(
        "people",
        id=id,
        forename=first,
        surname=last,
        known_as=known_as,
        born=born,
        gender=gender,
        telephone=f"07{rng.randrange(10**9):09}" if rng.random() < _TELEPHONE else None,
        address=f"{rng.randrange(1, 300)} Canal Street" if rng.random() < _ADDRESS else None,
        safe_to_contact="unknown",
        restricted=rng.random() < _RESTRICTED,
        entered_at=at,
    )
    numbers = [_number(rng)] if rng.random() < _NUMBER else []
    rows = [
        deeds.keep(
            "person_references",
            id=deeds.new_id("PR"),
            person_id=id,
            kind=each.kind.value,
            value=each.value,
        )
        for each in numbers
    ]
    deeds.deed("person entered", row, *rows, by=REFERRER, at=at, about=[id])
    deeds.file("person_keys", _filed(keys, id, filed_under((first, last, known_as), born, numbers)))
    return row


def _filed(keys: Keyring, person: str, filed: Iterable[Key]) -> Iterator[Values]:
    for each in sorted(filed):
        yield {"person_id": person, "kind": each.kind, "digest": keys.digest(each.kind, each.text)}


def _born(rng: Random, day: date) -> date:
    years = min(85.0, 17 + rng.gammavariate(3, 7.5))
    return day - timedelta(days=int(years * 365.25) + rng.randrange(1, 365))


def _number(rng: Random) -> Reference:
    digits = f"{rng.randrange(10**6):06}"
    letters = rng.choice("ABCEHJKLMNPRSTWXY"), rng.choice("ABCEHJKLMNPRSTWXY"), rng.choice("ABCD")
    value = f"{letters[0]}{letters[1]}{digits}{letters[2]}"
    return Reference(kind=ReferenceKind.NI_NUMBER, value=value)


def _beside(deeds: Deeds, person: str, unsafe_in: str, at: datetime) -> None:
    rng, day = deeds.rng, at.date()
    if rng.random() < _EXCLUDED:
        until = day + timedelta(days=rng.randrange(90, 730))
        days = {"from_day": day, "until": until, "review_on": until}
        why = {"reason": rng.choice(("violence", "threats", "arrears")), "authority_id": unsafe_in}
        row = deeds.keep("exclusions", id=deeds.new_id("X"), person_id=person, **days, **why)
        deeds.deed("exclusion imposed", row, by=REFERRER, at=at, about=[person])
    if rng.random() < _UNSAFE:
        area = {"authority_id": unsafe_in, "reason": "domestic_abuse", "set_on": day}
        row = deeds.keep("safety_areas", id=deeds.new_id("SA"), person_id=person, **area)
        deeds.deed("safety area set", row, by=REFERRER, at=at, about=[person])


def _merge(deeds: Deeds, keys: Keyring, *, into: Drawn, gender: str, at: datetime) -> None:
    """The same person once more, under other words, found out two hours later."""
    id, into_id = deeds.new_id("P"), str(into.values["id"])
    twin = _enter(deeds, keys, id, gender, at=at)
    at += timedelta(hours=2)
    row = deeds.keep("merges", id=deeds.new_id("M"), person_id=id, into_id=into_id, merged_at=at)
    change = [(twin, {"merged_into": into_id})]
    deeds.deed(
        "people merged", row, changed=change, by=REFERRER, at=at, about=[id, into_id], why="same person"
    )
