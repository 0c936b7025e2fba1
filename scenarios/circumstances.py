"""What follows from a household and its needs: risks, answers to the assessment, urgency, the tier asked for.

No table gives these. The shares and points are the region's own (``population.yaml``, ``answers.csv``,
``risks.csv``), and say there that they are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scenarios.households import ADULT, Drawn
from scenarios.needs import Flags, Floats, Ints
from scenarios.profile import Answer, PopulationSettings, Profile

HIGH_RISK = "high-risk"
_GRAVE = ("arson", "sexual-offences")
_HIGHEST_ANSWER, _HIGH_ANSWER = 8, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Needs of ``n`` households by name."""

    names: tuple[str, ...]
    flags: Flags

    def __getitem__(self, name: str) -> Flags:
        """Who has the need."""
        return self.flags[:, self.names.index(name)]

    @property
    def number(self) -> Ints:
        """How many needs each household has."""
        counted: Ints = self.flags.sum(axis=1)
        return counted


def draw_tags(
    profile: Profile, households: Drawn, needs: Needs, answers: Mapping[str, Ints], rng: np.random.Generator
) -> dict[str, Flags]:
    """Who carries which risk; high risk is set where a grave one, or the risk-to-others answer, says so."""
    tags: dict[str, Flags] = {}
    for risk in profile.risks:
        share = risk.share * np.where(households.woman, risk.women_times, 1.0)
        drawn = needs[risk.need] & (rng.random(len(share)) < share)
        tags[risk.tag] = tags.get(risk.tag, np.zeros_like(drawn)) | drawn
    to_others = answers["risk_to_others"]
    grave = np.logical_or.reduce([tags[tag] for tag in _GRAVE])
    violent = tags["violence"] & (to_others >= _HIGH_ANSWER)
    tags[HIGH_RISK] = grave | violent | (to_others >= _HIGHEST_ANSWER)
    return tags


def draw_answers(profile: Profile, needs: Needs, rng: np.random.Generator) -> dict[str, Ints]:
    """Answers to every item: points from the needs, a person's own severity and chance, held to the scale."""
    settings = profile.settings
    severity = rng.normal(0, settings.severity_spread, len(needs.flags))
    return {each.item: _answer(each, settings, needs, severity, rng) for each in profile.answers}


def _answer(
    answer: Answer, settings: PopulationSettings, needs: Needs, severity: Floats, rng: np.random.Generator
) -> Ints:
    points = answer.base + answer.each_need * (needs.number - 1) + severity
    points = points + rng.normal(0, settings.answer_spread, len(severity))
    for need, more in answer.needs.items():
        points = points + more * needs[need]
    steps = np.clip(np.rint(points), 0, 4).astype(np.int64)
    return steps * (answer.top // 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """What an urgency rule may ask, before anything is made unknown. Days count from the day drawn for."""

    unsafe: Flags
    rough: Flags
    waited_days: Ints
    owed_duty: Flags
    discharge_in_days: Ints
    leaving: Flags


def draw_urgency(
    settings: PopulationSettings, needs: Needs, tags: Mapping[str, Flags], rng: np.random.Generator
) -> Urgency:
    """Danger, rough sleeping, duties, discharges and waits, each in its published or chosen share."""
    n = len(needs.flags)
    unsafe = np.full(n, settings.unsafe_otherwise)
    unsafe = np.where(tags["exploitation"], settings.unsafe_exploited, unsafe)
    unsafe = np.where(needs["domestic_abuse"], settings.unsafe_domestic_abuse, unsafe)
    history = needs["rough_sleeping_history"]
    return Urgency(
        unsafe=rng.random(n) < unsafe,
        rough=rng.random(n) < np.where(history, settings.rough_with_history, settings.rough_without),
        waited_days=rng.exponential(settings.wait_mean_days, n).astype(np.int64),
        owed_duty=rng.random(n) < settings.duty_share,
        discharge_in_days=rng.integers(0, int(settings.discharge_within_days) + 1, n),
        leaving=rng.random(n) < settings.leaving_institution,
    )


def tier_wanted(settings: PopulationSettings, households: Drawn, needs: Needs, total: Ints) -> Ints:
    """The tier asked for, a position in hub, local, floating, by the number of needs and the need score."""
    several = needs.number >= 3
    fleeing = households.woman & needs["domestic_abuse"]
    hub = (several & (total >= settings.hub_from_need)) | fleeing
    floating = ~several & (total <= settings.floating_to_need) & (households.age >= ADULT)
    return np.where(hub, 0, np.where(floating, 2, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """``n`` cases as columns, everything known. ``tier`` is a position in hub, local, floating."""

    households: Drawn
    needs: Needs
    answers: Mapping[str, Ints]
    tags: Mapping[str, Flags]
    urgency: Urgency
    tier: Ints
