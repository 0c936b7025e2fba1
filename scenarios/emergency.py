"""The emergency: several providers close on one day, and everybody in their services must move.

What Birmingham's Gateway did by hand in three days, over 400 clients, highest risk first (scrutiny inquiry on
third-sector commissioning, 2015), with people and services whose making ``docs/region-<name>.md`` tells:
exactly ``people`` cases must leave, some occupants of other services may move to free a unit, the others stay
and hold their units, and new referrals wait.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np

from allocation.exchange import canonical
from allocation.problem import Limits, Person, Pool, Problem, Quota, Service
from gateway.assessment.assess import Assessment, assess, for_allocation
from gateway.assessment.referral import Referral
from gateway.assessment.referral_csv import write_referrals
from gateway.assessment.scheme import shipped_scheme
from scenarios.ground import Ground, ground_of
from scenarios.occupancy import Occupancy, Place
from scenarios.population import generate
from scenarios.problem_people import person_of
from scenarios.region import read_region
from scenarios.region_parts import EmergencySettings, Region
from scenarios.scale import apportioned

SCHEME = "new-directions-team"
PEOPLE = 430

_NOTICE_DAYS = 3
"""Those who must leave are referred over the last days: Birmingham's emergency took three."""

_CALMER_HOUSING = 2
"""The highest answer to the housing item for somebody who has a place; above it are the street and danger."""


class TooFewToMove(ValueError):
    """The closing services could not be filled with the number of people asked for."""

    def __init__(self, wanted: int, found: int) -> None:
        self.wanted, self.found = wanted, found
        super().__init__(f"{wanted} people must leave, but only {found} fit into the services that close")


@dataclass(frozen=True, kw_only=True)
class Emergency:
    """One emergency, whole.

    services
        Every service on the day, those that close with pools of no units.
    former
        The closing services as they were the day before.
    quotas
        Units bought by each partner and caps, at the size of this emergency.
    referrals, assessments
        Everybody, in the order of their references, and what the scheme says of each.
    """

    region: Region
    on: date
    services: tuple[Service, ...]
    former: tuple[Service, ...]
    quotas: tuple[Quota, ...]
    limits: Limits
    separations: tuple[tuple[str, str], ...]
    referrals: tuple[Referral, ...]
    assessments: tuple[Assessment, ...]

    @property
    def closing(self) -> tuple[str, ...]:
        """Ids of the services that close."""
        return tuple(each.id for each in self.former)

    @property
    def must_leave(self) -> tuple[Referral, ...]:
        """Those whose service closes."""
        return tuple(each for each in self.referrals if each.must_leave)

    @property
    def staying(self) -> tuple[Referral, ...]:
        """Those who live in a service that stays open; some of them may move."""
        return tuple(each for each in self.referrals if each.current_service and not each.must_leave)

    @property
    def waiting(self) -> tuple[Referral, ...]:
        """New referrals, who live in none of the services."""
        return tuple(each for each in self.referrals if each.current_service is None)

    @property
    def problem(self) -> Problem:
        """The whole as a placement problem without options: the engine derives them from the attributes."""
        return Problem(
            people=tuple(map(self._person, self.referrals, self.assessments)),
            services=self.services,
            quotas=self.quotas,
            separations=self.separations,
            limits=self.limits,
        )

    @property
    def document(self) -> dict[str, object]:
        """The problem as plain JSON values in the one order it has (``placement-problem/1``)."""
        return canonical(self.problem)

    @cached_property
    def _orders(self) -> list[int]:
        """Everybody's place inside their band, each once: its position here is a person's score.

        An order has no unit, so only who is before whom is kept, in numbers as small as can be: the engine
        adds scores up, and small ones are proved sooner.
        """
        return sorted({for_allocation(assessment)[1] for assessment in self.assessments})

    def _person(self, referral: Referral, assessment: Assessment) -> Person:
        band, order = for_allocation(assessment)
        score = bisect_left(self._orders, order)
        home = self.region.centroids.get(referral.authority or "")
        return person_of(referral, band=band, score=score, home=home)

    def write_referrals(self, path: Path) -> None:
        """Write everybody as a referral file, which ``gateway assess`` reads.

        Raises
        ------
        CannotWrite
            If the file cannot be written; an older one is then unchanged.
        """
        write_referrals(path, self.referrals, shipped_scheme(SCHEME))


def emergency(region_name: str, *, people: int = PEOPLE, seed: int, on: date) -> Emergency:
    """Make the emergency of a region.

    Parameters
    ----------
    people
        How many cases must leave, from about 10. Units, purchases, caps and limits are in proportion to it
        (``reference_people`` of the region's ``emergency.yaml``).
    seed
        The same seed, people and day give the same emergency.
    on
        The day of the closure and of the assessment.

    Raises
    ------
    InvalidRegion
        If the region's files do not hold together.
    TooFewToMove
        If so many do not fit into the closing services, which happens only to one or two.
    """
    region, rng = read_region(region_name), np.random.default_rng(seed)
    ground = ground_of(region, people)
    drawn = generate(region, people=ground.population, seed=rng, on=on)
    living = _settled(ground, drawn, rng)
    referrals = _placed(ground, drawn, living, on, rng)
    scheme = shipped_scheme(SCHEME)
    return Emergency(
        region=region,
        on=on,
        services=ground.services,
        former=ground.former,
        quotas=ground.quotas,
        limits=ground.limits,
        separations=_separations(ground.settings, referrals, rng),
        referrals=referrals,
        assessments=tuple(assess(each, scheme, on=on) for each in referrals),
    )


def _settled(ground: Ground, drawn: tuple[Referral, ...], rng: np.random.Generator) -> dict[int, Place]:
    """Who lived where the day before, by position: first the closing services, then those that run on."""
    occupancy = Occupancy(
        drawn,
        (*ground.staying, *ground.former),
        quotas=ground.quotas,
        owners=_owners(ground.region),
        home_first=ground.settings.home_first,
        rng=rng,
    )
    _fill_closing(occupancy, ground)
    pools = [(service, pool) for service in ground.running for pool in service.pools]
    targets = apportioned([pool.units * ground.settings.occupancy for _, pool in pools])
    for (service, pool), units in zip(pools, targets, strict=True):
        occupancy.fill(service, pool, units=units, people=len(drawn))
    return occupancy.places


def _fill_closing(occupancy: Occupancy, ground: Ground) -> None:
    """Exactly as many as must leave: evenly, then to the brim, then whoever may by gender."""
    pools: list[tuple[Service, Pool]] = [
        (service, pool) for service in ground.former for pool in service.pools
    ]
    even = apportioned([pool.units / ground.settings.closing_factor for _, pool in pools])
    full = [pool.units for _, pool in pools]
    left = ground.people
    for targets, strictly in ((even, True), (full, True), (full, False)):
        for (service, pool), units in zip(pools, targets, strict=True):
            left -= occupancy.fill(service, pool, units=units, people=left, strictly=strictly)
    if left:
        raise TooFewToMove(ground.people, ground.people - left)


def _owners(region: Region) -> dict[str, frozenset[str]]:
    """Whose people a service is for first: those who bought units in it, else the authority it stands in."""
    owners = {each.id: frozenset({each.authority or ""}) for each in region.services}
    for each in region.purchases:
        owners[each.service] |= {each.authority}
    return owners


def _placed(
    ground: Ground,
    drawn: tuple[Referral, ...],
    living: dict[int, Place],
    on: date,
    rng: np.random.Generator,
) -> tuple[Referral, ...]:
    """Everybody as they stand on the day: those with a place know no street, and keep the day they came."""
    settings, closing = ground.settings, {each.id for each in ground.former}
    stays = rng.lognormal(np.log(settings.stay_median_days), settings.stay_spread, len(drawn))
    notice, may_move = rng.integers(0, _NOTICE_DAYS, len(drawn)), rng.random(len(drawn)) < settings.may_move
    return tuple(
        _housed(
            referral,
            living[at],
            came_on=on - timedelta(days=int(notice[at] if living[at].service in closing else stays[at])),
            must_leave=living[at].service in closing,
            may_move=bool(may_move[at]),
        )
        if at in living
        else referral
        for at, referral in enumerate(drawn)
    )


def _housed(referral: Referral, place: Place, *, came_on: date, must_leave: bool, may_move: bool) -> Referral:
    """The referral of somebody with a place: not sleeping rough, not about to be discharged."""
    answers = dict(referral.answers)
    if "housing" in answers:
        answers["housing"] = min(answers["housing"], _CALMER_HOUSING)
    return replace(
        referral,
        referred_on=came_on,
        current_service=place.service,
        current_pool=place.pool,
        must_leave=must_leave,
        may_move=may_move and not must_leave,
        sleeping_rough=False,
        discharge_date=None,
        duty_date=referral.duty_date if must_leave else None,
        answers=answers,
    )


def _separations(
    settings: EmergencySettings, referrals: tuple[Referral, ...], rng: np.random.Generator
) -> tuple[tuple[str, str], ...]:
    """Pairs who must be kept apart and who live apart today."""
    wanted = round(settings.separations * len(referrals))
    pairs: set[tuple[str, str]] = set()
    for one, other in rng.integers(0, len(referrals), (2 * wanted, 2)).tolist():
        here, there = referrals[one].current_service, referrals[other].current_service
        if one != other and (here is None or here != there) and len(pairs) < wanted:
            names = sorted((referrals[one].reference, referrals[other].reference))
            pairs.add((names[0], names[1]))
    return tuple(sorted(pairs))
