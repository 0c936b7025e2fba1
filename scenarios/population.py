"""Draw a population of referrals whose margins are the published ones.

Authority, age, household type and gender follow each authority's own H-CLIC counts. Needs follow England's
shares, because three of the four partners record implausibly few (docs/region-birmingham-black-country.md).
Everything that no table gives (which answers go with which needs, who avoids what) is set in the region's
``population.yaml``, ``answers.csv`` and ``risks.csv``, and says there that it is ours.
"""

from datetime import date

import numpy as np

from gateway.assessment.referral import Referral
from scenarios.circumstances import Needs, Population, draw_answers, draw_tags, draw_urgency, tier_wanted
from scenarios.drawn_referrals import write_referrals
from scenarios.households import Drawn, draw_households, every_household
from scenarios.needs import Floats, Ints, NeedsModel, calibrate, count_shares
from scenarios.profile import Need, Profile
from scenarios.region_parts import Region

_CERTAIN = 1e4
"""How much likelier a need is for those who certainly have it."""


def generate(
    region: Region, *, people: int, seed: int | np.random.Generator, on: date
) -> tuple[Referral, ...]:
    """Draw referrals as they stand on one day: not yet placed anywhere, some facts unknown.

    Parameters
    ----------
    people
        How many cases, each one adult or a household.
    seed
        A seed, or the generator to draw from. The same seed gives the same people.
    on
        The day: referrals arrived before it, discharges come after it.

    Raises
    ------
    UnreachableMargins
        If the region's figures contradict each other.
    """
    rng = np.random.default_rng(seed)
    return write_referrals(region, draw_population(region, people, rng), on, rng)


def draw_population(region: Region, people: int, rng: np.random.Generator) -> Population:
    """Draw ``people`` cases as columns, everything known, in the margins published."""
    profile = region.profile
    households = draw_households(profile, region.partners, people, rng)
    model, group_of = needs_model(profile, region.partners)
    groups = group_of[_cell(households)]
    needs = Needs(names=tuple(need.name for need in profile.needs), flags=model.draw(groups, rng))
    answers = draw_answers(profile, needs, rng)
    tags = draw_tags(profile, households, needs, answers, rng)
    total = np.sum(list(answers.values()), axis=0)
    return Population(
        households=households,
        needs=needs,
        answers=answers,
        tags=tags,
        urgency=draw_urgency(profile.settings, needs, tags, rng),
        tier=tier_wanted(profile.settings, households, needs, total),
    )


def needs_model(profile: Profile, partners: tuple[str, ...]) -> tuple[NeedsModel, Ints]:
    """The model that needs are drawn from, and the group of every kind of household, by `_cell`."""
    everybody, share = every_household(profile, partners)
    cells, first, where = np.unique(_cell(everybody), return_index=True, return_inverse=True)
    some = Drawn(authority=everybody.authority[first], age=everybody.age[first], kind=everybody.kind[first])
    factors, group = np.unique(_factors(profile, some), axis=0, return_inverse=True)
    groups: Floats = np.bincount(group, weights=np.bincount(where, weights=share)).astype(np.float64)
    counted = np.array([need.households for need in profile.needs]) / sum(profile.need_classes)
    counts = count_shares(profile.need_classes, float(counted.sum()), int(profile.settings.most_needs))
    model = calibrate(
        names=[need.name for need in profile.needs],
        shares=counted,
        counts=counts,
        groups=groups,
        factors=factors,
        complexity=np.array([need.complexity for need in profile.needs]),
    )
    group_of = np.zeros(cells.max() + 1, dtype=np.int64)
    group_of[cells] = group
    return model, group_of


def _cell(households: Drawn) -> Ints:
    """One number for all that needs depend on: age, children, woman."""
    return households.age * 4 + households.children * 2 + households.woman


def _factors(profile: Profile, households: Drawn) -> Floats:
    return np.column_stack([_factor(need, households) for need in profile.needs])


def _factor(need: Need, households: Drawn) -> Floats:
    """How much likelier each household has the need than others; 0 where it cannot."""
    age = households.age
    own = (age >= need.min_age) & (age <= (need.max_age if need.max_age is not None else age))
    if need.household == "women-or-children":
        own &= households.woman | households.children
    times = np.where(households.woman, need.women_times, 1.0) * (_CERTAIN if need.certain else 1.0)
    factor: Floats = np.where(own, times, 0.0)
    if need.through_child_from_age is not None:
        factor = np.where(households.children & (age >= need.through_child_from_age), 1.0, factor)
    return factor
