"""How the referrals of a large store fare: who comes when, what becomes of them, and who gets which place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from gateway.assessment.scheme import Scheme
from gateway.storage.sealing import Keyring
from scenarios.bulk_deeds import Deeds
from scenarios.large_ground import YEARS, Region, moment
from scenarios.large_people import draw_person
from scenarios.large_placements import live, offer, refuse
from scenarios.large_referrals import Case, ask, end, enter, list_it, note, park, score, take_in
from scenarios.large_stays import Empty, Place, Spell, places_of

IN_HAND: Final[Mapping[str, float]] = {
    "waiting": 0.04,
    "submitted": 0.005,
    "in_triage": 0.008,
    "more_asked": 0.004,
    "offered": 0.003,
    "parked": 0.004,
    "draft": 0.003,
}
"""Shares of all referrals; who has or had a place comes besides, and the rest ended without one."""

_ENDED: Final = {"declined": 25, "withdrawn": 35, "expired": 15, "closed": 25}
_AGAIN: Final = 0.2
"""Of those who ended without a place, whose referral is one of somebody referred before."""

_SHORTEST_WAIT, _MEAN_WAIT = 16, 60
_WITHIN: Final[Mapping[str, int]] = {
    "waiting": 300,
    "submitted": 3,
    "in_triage": 5,
    "more_asked": 9,
    "draft": 25,
}
_AT_LEAST: Final[Mapping[str, int]] = {
    "waiting": 9,
    "in_triage": 2,
    "more_asked": 4,
    "offered": 9,
    "parked": 12,
}
"""Days ago that they came, at most and at least, so that what has been done with them fits in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is to be told of one referral, or of several of one person.

    ends
        The state in which each referral is; the last one may have had a place.
    spell
        Where they live or lived.
    place
        What is offered to somebody who is offered a place; or what was offered before, and refused.
    """

    came_on: date
    ends: tuple[str, ...]
    authority: str
    agency: str
    wishes: tuple[str, ...]
    spell: Spell | None = None
    place: Place | None = None


def draw_lives(
    regions: Sequence[Region],
    spells: Sequence[Spell],
    empty: Sequence[Empty],
    referrals: int,
    on: date,
    rng: Random,
) -> tuple[list[Life], list[Empty]]:
    """Lives in the order in which they come, and the places that stay empty."""
    drawer = _Drawer(regions, on, rng)
    lives = [drawer.placed(each) for each in spells]
    left = list(empty)
    rng.shuffle(left)
    for state, share in IN_HAND.items():
        for _ in range(round(referrals * share)):
            place = left.pop().place if state == "offered" and left else None
            if state != "offered" or place is not None:
                lives.append(drawer.in_hand(state, place))
    lives += drawer.ended(referrals - len(lives))
    return sorted(lives, key=lambda each: each.came_on), left


class _Drawer:
    """Draws lives, each in a region and of one of its authorities."""

    def __init__(self, regions: Sequence[Region], on: date, rng: Random) -> None:
        self.regions, self.on, self.rng = regions, on, rng
        self.region_of = {service.id: region for region in regions for service in region.services}
        self.places = {id(region): [place for _, _, place in places_of([region])] for region in regions}

    def placed(self, spell: Spell) -> Life:
        region, rng = self.region_of[spell.place.service], self.rng
        waited = _SHORTEST_WAIT + int(rng.expovariate(1 / _MEAN_WAIT))
        refused = waited > 45 and rng.random() < 0.35
        return self._life(
            region,
            came_on=spell.from_day - timedelta(days=waited),
            ends=("placed" if spell.until is None else "left",),
            authority=spell.place.authority if rng.random() < 0.75 else None,
            spell=spell,
            place=rng.choice(self.places[id(region)]) if refused else None,
        )

    def in_hand(self, state: str, place: Place | None) -> Life:
        longest, least = _WITHIN.get(state, 90), _AT_LEAST.get(state, 0)
        days = least + int(self.rng.random() ** 2 * (longest - least))
        region = self.region_of[place.service] if place else self.rng.choice(self.regions)
        return self._life(region, came_on=self.on - timedelta(days=days), ends=(state,), place=place)

    def ended(self, referrals: int) -> Iterator[Life]:
        while referrals > 0:
            times = 2 if referrals > 1 and self.rng.random() < _AGAIN else 1
            ends = tuple(self.rng.choices(list(_ENDED), list(_ENDED.values()), k=times))
            days = self.rng.randrange(120 + 200 * (times - 1), 365 * YEARS)
            came_on = self.on - timedelta(days=days)
            yield self._life(self.rng.choice(self.regions), came_on=came_on, ends=ends)
            referrals -= times

    def _life(
        self,
        region: Region,
        *,
        came_on: date,
        ends: tuple[str, ...],
        authority: str | None = None,
        spell: Spell | None = None,
        place: Place | None = None,
    ) -> Life:
        services = self.rng.sample(region.services, min(len(region.services), self.rng.randrange(3)))
        return Life(
            came_on=came_on,
            ends=ends,
            authority=authority or self.rng.choice(region.authorities),
            agency=self.rng.choice(region.agencies),
            wishes=tuple(each.id for each in services),
            spell=spell,
            place=place,
        )


def tell(life: Life, deeds: Deeds, scheme: Scheme, keys: Keyring, on: date) -> None:
    """Everything that was done, as of a day."""
    at = moment(life.came_on, 8 + deeds.rng.randrange(9), deeds.rng.randrange(60))
    suits = life.spell.place.suits if life.spell else life.place.suits if life.place else None
    person = draw_person(deeds, keys, suits=suits, unsafe_in=life.authority, at=at)
    for number, state in enumerate(life.ends):
        case = enter(
            deeds,
            scheme,
            person,
            agency=life.agency,
            authority=life.authority,
            wishes=list(life.wishes),
            at=at + timedelta(days=200 * number, minutes=20),
            draft=state == "draft",
        )
        _go_on(case, state, life, on)


def _go_on(case: Case, state: str, life: Life, on: date) -> None:
    if state in ("draft", "submitted"):
        return
    take_in(case)
    if state == "in_triage":
        return
    if state == "more_asked":
        ask(case)
        return
    score(case)
    if state == "declined":
        end(case, state, at=case.later(days=1))
        return
    list_it(case)
    _from_the_list(case, state, life, on)


def _from_the_list(case: Case, state: str, life: Life, on: date) -> None:
    if life.spell is not None:
        if life.place is not None:
            refuse(case, life.place, at=case.later(days=8))
        live(case, life.spell)
    elif state == "offered" and life.place is not None:
        offer(case, life.place, on, at=moment(on - timedelta(days=1), 11))
    elif state == "parked":
        park(case, at=case.later(days=1))
    elif state == "waiting":
        _wait(case, on)
    else:
        end(case, state, at=case.later(days=30 + case.rng.randrange(60)))


def _wait(case: Case, on: date) -> None:
    """They wait; who has waited for a month was called, and some were scored again."""
    if (on - case.at.date()).days > 30:
        note(case, at=case.later(days=20))
        if case.rng.random() < 0.2:
            score(case, what="referral rescored")
