"""What a scheme is made of: items that add up to a need score, urgency facts, waiting time, bands.

Every scale runs one way: a higher score is more need, a later level is more urgent.
Band 1 is the highest priority.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gateway.assessment.referral import Referral

Fault = tuple[str, str]
"""A path in the scheme file, and what is wrong there."""

LOCAL_DEFAULT = "local-default"
"""The source of a setting that no source gives: the authority is to confirm or change it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document that a part of the scheme rests on."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question of the need score.

    scores
        What may be recorded, rising; the weight is already in them.
    weight
        How many points one step on the item's scale counts; every score is a multiple of it.
    """

    key: str
    label: str
    scores: tuple[int, ...]
    weight: int
    source: str

    @property
    def lowest(self) -> int:
        """The least that may be recorded."""
        return self.scores[0]

    @property
    def highest(self) -> int:
        """The most that may be recorded."""
        return self.scores[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNo:
    """An urgency fact that is yes, no, or not yet asked. Level 0 is no, level 1 is yes.

    asks
        The question of the referral; one of ``YES_NO_QUESTIONS``.
    """

    key: str
    label: str
    asks: str
    source: str

    @property
    def level_names(self) -> tuple[str, ...]:
        """What conditions call the levels, the least urgent first."""
        return ("no", "yes")

    def possible_levels(self, referral: Referral, on: date) -> tuple[int, ...]:  # noqa: ARG002  one call for every fact
        """The levels that the answer allows, rising: both where it has not been asked."""
        answer = referral.yes_no(self.asks)
        return (0, 1) if answer is None else (int(answer),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A date counts at this level when it is at most ``within_days`` days away, or has passed."""

    name: str
    within_days: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """An urgency fact that says how soon a date falls. Level 0 is no such date, or none near enough.

    soonest_of
        The dates of the referral it looks at, of ``DEADLINES``; the sooner counts.
    levels
        From the furthest to the nearest.
    """

    key: str
    label: str
    soonest_of: tuple[str, ...]
    levels: tuple[Level, ...]
    source: str

    @property
    def level_names(self) -> tuple[str, ...]:
        """What conditions call the levels, the least urgent first."""
        return ("none", *(level.name for level in self.levels))

    def soonest(self, referral: Referral) -> tuple[date, str] | None:
        """The sooner of the dates, and which it is; ``None`` where none is known."""
        dates = [(day, which) for which in self.soonest_of if (day := referral.deadline(which)) is not None]
        return min(dates, default=None)

    def level_of(self, days_away: int) -> int:
        """How many of the nested limits the date has come within."""
        return sum(days_away <= level.within_days for level in self.levels)

    def possible_levels(self, referral: Referral, on: date) -> tuple[int, ...]:
        """Always exactly one: a blank date means that none is known."""
        found = self.soonest(referral)
        return (0,) if found is None else (self.level_of((found[0] - on).days),)


Fact = YesNo | Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Days since the referral, counted in whole steps up to a longest.

    The cap keeps the number small; the steps mean that a day more alone puts nobody first.
    """

    step_days: int
    longest_days: int
    source: str

    @property
    def most_steps(self) -> int:
        """Where the count stops."""
        return self.longest_days // self.step_days

    def steps(self, days: int) -> int:
        """How many whole steps ``days`` are, at most :attr:`most_steps`."""
        return min(days, self.longest_days) // self.step_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Holds where every fact named is at one of its levels and the need score is in the range.

    facts
        Pairs of a fact's key and the names of the levels that satisfy it. A fact that is not named may be
        anything.
    at_least, at_most
        Limits of the need score, both inclusive; ``None`` is no limit.
    """

    facts: tuple[tuple[str, frozenset[str]], ...] = ()
    at_least: int | None = None
    at_most: int | None = None

    def holds(self, levels: Mapping[str, str], need: int) -> bool:
        """Whether it holds for these levels (fact key to level name) and this need score."""
        return (
            all(levels[key] in allowed for key, allowed in self.facts)
            and (self.at_least is None or need >= self.at_least)
            and (self.at_most is None or need <= self.at_most)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A level of priority: whoever meets any of its conditions, and nobody else."""

    number: int
    label: str
    when: tuple[Condition, ...]
    source: str
