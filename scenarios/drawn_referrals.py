"""Write a drawn population as referrals: what is known of each case, and what is not."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import compress
from typing import TypeVar

import numpy as np

from gateway.assessment.referral import TIERS, Referral
from scenarios.circumstances import Population
from scenarios.households import ADULT
from scenarios.needs import Flags
from scenarios.region_parts import Region

MIXED, OTHER = "mixed", "other"
"""Genders that are neither male nor female: a household of both, and a person who is neither."""

_GANG_AGES = (16, 24)
_MOST_UNASKED = 2
_MOST_WISHES = 2

T = TypeVar("T")


def write_referrals(
    region: Region, population: Population, on: date, rng: np.random.Generator
) -> tuple[Referral, ...]:
    """One referral a case, in the order drawn; references count from 1, as many digits as the last needs."""
    return _Writer(region, population, on, rng).referrals()


class _Writer:
    """The columns of the referrals to write, each a list with one entry a case."""

    def __init__(self, region: Region, population: Population, on: date, rng: np.random.Generator) -> None:
        self.region, self.settings, self.population = region, region.profile.settings, population
        self.on, self.rng, self.count = on, rng, len(population.tier)
        self.gangs = self._gangs()
        self.authority = self._authorities()
        self.age = self._hidden(population.households.age.tolist(), self.settings.unknown_age)
        self.gender = self._genders()
        self.units = self._units()
        self.tier = self._hidden([TIERS[at] for at in population.tier], self.settings.unknown_tier)
        self.tags = _words(population.tags)
        self.groups = self._client_groups()
        self.access = self._access_needs()
        self.unsafe = self._hidden(population.urgency.unsafe.tolist(), self.settings.unknown_safety)
        self.rough = self._hidden(population.urgency.rough.tolist(), self.settings.unknown_rough)
        self.answers = self._answers()
        self.areas = self._avoid_areas()
        self.avoided, self.wished = self._services_avoided_and_wished()

    def referrals(self) -> tuple[Referral, ...]:
        """The referrals, in order."""
        width = max(4, len(str(self.count)))
        return tuple(self._referral(at, f"R-{at + 1:0{width}}") for at in range(self.count))

    def _referral(self, at: int, reference: str) -> Referral:
        urgency = self.population.urgency
        referred_on = self.on - timedelta(days=int(urgency.waited_days[at]))
        duty_date = referred_on + timedelta(days=self.settings.duty_days)
        discharge_date = self.on + timedelta(days=int(urgency.discharge_in_days[at]))
        return Referral(
            reference=reference,
            referred_on=referred_on,
            authority=self.authority[at],
            age=self.age[at],
            gender=self.gender[at],
            client_groups=self.groups[at],
            tier=self.tier[at],
            units=self.units[at],
            tags=self.tags[at],
            access_needs=self.access[at],
            immediate_safety=self.unsafe[at],
            duty_date=duty_date if urgency.owed_duty[at] else None,
            discharge_date=discharge_date if urgency.leaving[at] else None,
            sleeping_rough=self.rough[at],
            answers=self.answers[at],
            avoid_services=self.avoided[at],
            avoid_areas=self.areas[at],
            prefers=self.wished[at],
        )

    def _chance(self, share: float) -> Flags:
        return self.rng.random(self.count) < share

    def _hidden(self, known: Sequence[T], share: float) -> list[T | None]:
        """The same with a share made unknown, whatever it says."""
        hidden = self._chance(share).tolist()
        return [None if hide else value for value, hide in zip(known, hidden, strict=True)]

    def _gangs(self) -> Flags:
        age = self.population.households.age
        young = (age >= _GANG_AGES[0]) & (age <= _GANG_AGES[1])
        return young & self.population.needs["offending_history"] & self._chance(self.settings.gang_share)

    def _authorities(self) -> list[str | None]:
        names = [each.authority for each in self.region.profile.households]
        return self._hidden(
            [names[at] for at in self.population.households.authority], self.settings.unknown_authority
        )

    def _genders(self) -> list[str | None]:
        households = self.population.households
        words = np.where(households.woman, "female", np.where(households.man, "male", MIXED))
        words[households.single & self._chance(self.settings.other_gender)] = OTHER
        return self._hidden(words.tolist(), self.settings.unknown_gender)

    def _units(self) -> list[int]:
        households = self.population.households
        units: list[int] = (
            households.adults + (households.children & self._chance(self.settings.large_family))
        ).tolist()
        return units

    def _client_groups(self) -> list[tuple[str, ...]]:
        households, needs = self.population.households, self.population.needs
        adult = households.age >= ADULT
        groups = {
            "complex-needs": needs.number >= 3,
            "single-homeless": adult & ~households.children,
            "homeless-families": households.children,
            "gang-violence": self.gangs,
            "travellers": self._chance(self.settings.traveller_share),
        }
        for need in self.region.profile.needs:
            if need.client_group is not None:
                own = (households.age >= need.min_age) & (households.age <= (need.max_age or households.age))
                has = needs[need.name] & own
                groups[need.client_group] = groups.get(need.client_group, np.zeros_like(has)) | has
        return _words(groups)

    def _access_needs(self) -> list[tuple[str, ...]]:
        physical = self.population.needs["physical_health_disability"]
        hub = self.population.tier == TIERS.index("hub")
        return _words(
            {
                "children": self.population.households.children,
                "step-free": physical & self._chance(self.settings.step_free_of_physical),
                "dogs": self._chance(self.settings.dog),
                "staff-24h": hub
                & ~self.population.households.children
                & self._chance(self.settings.night_staff_of_hub),
            }
        )

    def _answers(self) -> list[dict[str, int]]:
        items = list(self.population.answers)
        rows = np.column_stack(list(self.population.answers.values())).tolist()
        answers = [dict(zip(items, row, strict=True)) for row in rows]
        for at in np.flatnonzero(self._chance(self.settings.unscored)):
            unasked = self.rng.choice(items, size=self.rng.integers(1, _MOST_UNASKED + 1), replace=False)
            answers[at] = {item: answers[at][item] for item in items if item not in unasked}
        return answers

    def _avoid_areas(self) -> list[tuple[str, ...]]:
        """The home authority, where an abuser or a gang would find them."""
        abused = self.population.needs["domestic_abuse"] & self._chance(
            self.settings.avoid_home_domestic_abuse
        )
        threatened = self.gangs & self._chance(self.settings.avoid_home_gangs)
        flees = (abused | threatened).tolist()
        return [
            (home,) if flee and home is not None else ()
            for home, flee in zip(self.authority, flees, strict=True)
        ]

    def _services_avoided_and_wished(self) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
        """One service somebody may not go to, and up to two for their groups that they would like."""
        names = np.array([each.id for each in self.region.services])
        picks = names[self.rng.integers(0, len(names), self.count)].tolist()
        barred = self._chance(self.settings.avoid_service).tolist()
        avoided: list[tuple[str, ...]] = [
            (pick,) if bar else () for pick, bar in zip(picks, barred, strict=True)
        ]
        wished: list[tuple[str, ...]] = [()] * self.count
        for at in np.flatnonzero(self._chance(self.settings.prefers)).tolist():
            wished[at] = self._wishes(self.groups[at], avoided[at])
        return avoided, wished

    def _wishes(self, groups: tuple[str, ...], avoided: tuple[str, ...]) -> tuple[str, ...]:
        known = [each.id for each in self.region.services if each.client_groups & set(groups)]
        picks = self.rng.permutation([each for each in known if each not in avoided])
        return tuple(picks[: self.rng.integers(1, _MOST_WISHES + 1)].tolist())


def _words(flags: Mapping[str, Flags]) -> list[tuple[str, ...]]:
    """For each case, in order, the words whose flag is set."""
    names = sorted(flags)
    return [tuple(compress(names, row)) for row in np.column_stack([flags[name] for name in names]).tolist()]
