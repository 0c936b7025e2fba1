"""The population's margins are the published ones, within sampling error.

The figures below are copied from the H-CLIC tables for January to December 2025, not read from the files of
the region, so that a slip there fails here.
"""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import chisquare

from gateway.assessment.assess import assess
from gateway.assessment.scheme import shipped_scheme
from scenarios.population import draw_population, generate
from scenarios.region import read_region

ON = date(2025, 12, 1)
PEOPLE = 20_000
SEEDS = (1, 2, 3, 4, 5)

# About one in 30,000 for each single check; a few hundred checks are made below, with fixed seeds.
RARE = 3e-5
MOST_ERRORS = 4.2

BIRMINGHAM, DUDLEY, WALSALL, WOLVERHAMPTON = PARTNERS = ("E08000025", "E08000027", "E08000030", "E08000031")
OWED_DUTY = {BIRMINGHAM: 5384, DUDLEY: 2003, WALSALL: 628, WOLVERHAMPTON: 1982}
AGES_FROM = (16, 18, 25, 35, 45, 55, 65, 75)
AGES = {
    BIRMINGHAM: (26, 842, 1747, 1508, 750, 358, 117, 35),
    DUDLEY: (0, 398, 612, 489, 304, 137, 47, 16),
    WALSALL: (11, 179, 169, 133, 81, 34, 13, 7),
    WOLVERHAMPTON: (2, 346, 637, 508, 283, 130, 61, 15),
}
SINGLE_MEN_AND_WOMEN = {
    BIRMINGHAM: (1482, 1058),
    DUDLEY: (1000, 361),
    WALSALL: (166, 114),
    WOLVERHAMPTON: (860, 368),
}
WITH_NEED = 192_120
BY_NUMBER = (81_840, 46_090, 64_170)
NEEDS = {
    "young_16_17": 2730,
    "young_18_25": 13160,
    "young_parent": 3930,
    "care_leaver_18_20": 4480,
    "care_leaver_21_24": 1940,
    "care_leaver_25plus": 2380,
    "physical_health_disability": 72090,
    "mental_health": 92870,
    "learning_disability": 21650,
    "sexual_abuse_exploitation": 8800,
    "domestic_abuse": 41150,
    "non_domestic_abuse": 10270,
    "drug_dependency": 20570,
    "alcohol_dependency": 15780,
    "offending_history": 29030,
    "repeat_homelessness": 25650,
    "rough_sleeping_history": 20690,
    "former_asylum_seeker": 16430,
    "old_age": 7240,
    "hm_forces": 2390,
    "education_employment": 18130,
    "modern_slavery": 1160,
    "difficulties_budgeting": 19820,
}


@pytest.fixture(scope="module")
def region():
    return read_region("birmingham-black-country")


@pytest.fixture(scope="module", params=SEEDS)
def drawn(region, request):
    return draw_population(region, PEOPLE, np.random.default_rng(request.param))


@pytest.fixture(scope="module")
def referrals(region):
    return generate(region, people=PEOPLE, seed=7, on=ON)


def authorities_of(region, population):
    return np.array([each.authority for each in region.profile.households])[population.households.authority]


def fits(seen, published):
    """Whether counts could come from published ones: chi-square, categories published as nobody left out."""
    some = np.array(published) > 0
    assert not np.array(seen)[~some].any()
    seen, published = np.array(seen)[some], np.array(published, dtype=float)[some]
    return chisquare(seen, published / published.sum() * seen.sum()).pvalue > RARE


def errors_off(seen, n, share):
    """How many standard errors a count is off its share."""
    return abs(seen - n * share) / np.sqrt(n * share * (1 - share))


def test_people_come_from_the_partners_as_duties_were_owed(region, drawn):
    homes = Counter(authorities_of(region, drawn).tolist())
    assert fits([homes[gss] for gss in PARTNERS], [OWED_DUTY[gss] for gss in PARTNERS])


def test_ages_are_each_authority_s_own(region, drawn):
    homes, bands = (
        authorities_of(region, drawn),
        np.searchsorted(AGES_FROM, drawn.households.age, "right") - 1,
    )
    for gss in PARTNERS:
        assert fits(np.bincount(bands[homes == gss], minlength=8), AGES[gss])


def test_single_men_and_women_are_each_authority_s_own(region, drawn):
    homes = authorities_of(region, drawn)
    for gss in PARTNERS:
        alone = (homes == gss) & drawn.households.single
        men = (alone & drawn.households.man).sum()
        assert fits([men, alone.sum() - men], SINGLE_MEN_AND_WOMEN[gss])


def test_households_by_number_of_needs_are_england_s(drawn):
    number = np.minimum(drawn.needs.number, 3)
    assert fits(np.bincount(number)[1:], BY_NUMBER)


def test_every_need_occurs_in_england_s_share_of_households(drawn):
    assert set(drawn.needs.names) == set(NEEDS)
    off = {name: errors_off(drawn.needs[name].sum(), PEOPLE, NEEDS[name] / sum(BY_NUMBER)) for name in NEEDS}
    assert max(off.values()) < MOST_ERRORS, max(off, key=off.get)


def test_rough_sleepers_at_application_are_england_s_share(drawn):
    """18,770 of 319,710 households owed a duty; the split by history is ours and must give the total."""
    assert errors_off(drawn.urgency.rough.sum(), PEOPLE, 18_770 / 319_710) < MOST_ERRORS


def test_needs_of_an_age_belong_to_people_of_that_age(drawn):
    age, needs = drawn.households.age, drawn.needs
    assert age[needs["care_leaver_18_20"]].max() <= 20
    assert age[needs["old_age"]].min() >= 60
    assert needs["young_16_17"][age < 18].mean() > 0.99


def test_referrals_show_what_was_drawn(referrals):
    """What an officer sees has the same margins: authority, gender and client groups of the known."""
    homes = Counter(each.authority for each in referrals)
    assert fits([homes[gss] for gss in PARTNERS], [OWED_DUTY[gss] for gss in PARTNERS])
    groups = Counter(group for each in referrals for group in each.client_groups)
    for group, need in (("mental-health", "mental_health"), ("drug-problems", "drug_dependency")):
        assert errors_off(groups[group], PEOPLE, NEEDS[need] / sum(BY_NUMBER)) < MOST_ERRORS
    assert errors_off(groups["complex-needs"], PEOPLE, BY_NUMBER[2] / sum(BY_NUMBER)) < MOST_ERRORS


def test_some_facts_are_unknown_and_some_cases_are_households(referrals):
    """Unknown is unknown: no age, gender, home, tier or answer is made up where none is given."""
    for fact in ("authority", "age", "gender", "tier", "immediate_safety", "sleeping_rough"):
        missing = sum(getattr(each, fact) is None for each in referrals)
        assert 0 < missing < 0.05 * PEOPLE, fact
    unscored = sum(len(each.answers) < 10 for each in referrals)
    assert 0.02 * PEOPLE < unscored < 0.04 * PEOPLE
    assert {1, 2, 3, 4} == {each.units for each in referrals}
    assert {"male", "female", "mixed", "other", None} == {each.gender for each in referrals}


def test_who_flees_home_avoids_home(referrals):
    fleeing = [each for each in referrals if each.avoid_areas]
    assert fleeing
    assert all(each.avoid_areas == (each.authority,) for each in fleeing)
    abused = sum("domestic-abuse" in each.client_groups for each in fleeing)
    assert abused > 0.9 * len(fleeing)


def test_more_needs_mean_a_higher_score(referrals):
    """Answers go up with needs: the score of people with three or more is about double the others'."""
    scheme = shipped_scheme("new-directions-team")
    scores = {True: [], False: []}
    for each in referrals[:3000]:
        score = assess(each, scheme, on=ON).score
        if score is not None:
            scores["complex-needs" in each.client_groups].append(score)
    assert np.mean(scores[True]) > 1.8 * np.mean(scores[False])


def test_dates_stand_around_the_day(referrals):
    assert all(each.referred_on <= ON for each in referrals)
    assert all(each.discharge_date is None or each.discharge_date >= ON for each in referrals)
    assert {each.duty_date - each.referred_on for each in referrals if each.duty_date} == {timedelta(days=56)}


def test_the_same_seed_draws_the_same_people_and_another_draws_others(region):
    first, again, other = (generate(region, people=300, seed=seed, on=ON) for seed in (3, 3, 4))
    assert first == again
    assert first != other


@pytest.mark.parametrize("people", [0, 1, 2])
def test_very_few_people_can_be_drawn(region, people):
    drawn = generate(region, people=people, seed=1, on=ON)
    assert [each.reference for each in drawn] == [f"R-{at + 1:04}" for at in range(people)]
