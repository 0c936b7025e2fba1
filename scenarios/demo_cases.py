"""Who came to the gateway in its first two years: people as the region's population has them, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from gateway.assessment.referral import Referral
from gateway.people.details import PersonDetails
from gateway.people.tables import SafeToContact
from scenarios.large_names import forename, surname
from scenarios.population import generate
from scenarios.region_parts import Region

BEGAN_BEFORE: Final = timedelta(days=425)
"""How long ago the gateway opened: it is in its second year."""

SETTLED: Final = 60
"""How many lived in the services when it opened, and were entered in its first weeks."""

CAME: Final = 150
"""How many came since; the last of them today."""

_FIRST_WEEKS: Final = 28
_LATEST, _JUST_NOW = 18, 4
"""So many of them came in the last five days, and in the last hour, so that something is on every desk."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Somebody who came, as they are drawn: everything that happens to them is drawn from ``seed``.

    facts
        The referral as the population has it, as if it had come today.
    came
        The moment of the first call.
    """

    number: int
    seed: int
    facts: Referral
    came: datetime
    settled: bool


def cases(region: Region, *, seed: int, now: datetime) -> tuple[Case, ...]:
    """Everybody, in the order in which they came; the same for the same seed and moment."""
    today = now.date()
    drawn = generate(region, people=SETTLED + CAME, seed=seed, on=today)
    moments = sorted(_moments(Random(seed), now))
    return tuple(
        Case(
            number=number,
            seed=seed * 1_000_003 + number,
            facts=facts,
            came=came,
            settled=number < SETTLED,
        )
        for number, (facts, came) in enumerate(zip(drawn, moments, strict=True))
    )


def _moments(rng: Random, now: datetime) -> Iterator[datetime]:
    """When each of them came; never after now."""
    began = (now - BEGAN_BEFORE).date()
    for _ in range(SETTLED):
        yield at_work(began + timedelta(days=rng.randrange(_FIRST_WEEKS)), rng)
    days = (now.date() - began).days - _FIRST_WEEKS - 9
    for _ in range(CAME - _LATEST - _JUST_NOW):
        yield at_work(began + timedelta(days=_FIRST_WEEKS + 4 + rng.randrange(days)), rng)
    for _ in range(_LATEST):
        yield now - timedelta(minutes=rng.randrange(5 * 24 * 60))
    for _ in range(_JUST_NOW):
        yield now - timedelta(minutes=rng.randrange(50))


def at_work(day: date, rng: Random) -> datetime:
    """A moment in office hours of that day, or of the Monday after."""
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    return datetime.combine(day, time(9), UTC) + timedelta(minutes=rng.randrange(400))


def details_of(case: Case, rng: Random) -> PersonDetails:
    """Who they are: an invented name, a telephone number that Ofcom keeps free for invented people."""
    facts, told_on = case.facts, case.came.date()
    telephone = f"07700 900{rng.randrange(1000):03}" if rng.random() < 0.7 else None
    return PersonDetails(
        told_on=told_on,
        forename=forename(facts.gender or "", rng),
        surname=surname(rng),
        born=None if facts.age is None else _born(told_on, facts.age, rng),
        gender=facts.gender,
        telephone=telephone,
        safe_to_contact=_safe(facts, rng),
    )


def _born(on: date, age: int, rng: Random) -> date:
    """A day on which somebody was born who is so old."""
    had_birthday = date(on.year - age, 1, 1)
    return had_birthday + timedelta(days=rng.randrange((on - date(on.year, 1, 1)).days + 1))


def _safe(facts: Referral, rng: Random) -> SafeToContact:
    if "domestic-abuse" in facts.client_groups:
        return SafeToContact.NO if rng.random() < 0.5 else SafeToContact.UNKNOWN
    return SafeToContact.YES if rng.random() < 0.6 else SafeToContact.UNKNOWN
