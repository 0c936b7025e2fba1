"""How long what is kept about somebody is kept, by what became of their referrals.

No statute gives a period for a housing-related support referral: UK GDPR article 5(1)(e) asks for no longer
than necessary, and each council's retention schedule says how long that is. Six years after the end, the time
in which a claim on a contract or a tort can be brought (Limitation Act 1980, sections 2 and 5), is what many
schedules use for people who were housed; for those who were not, far less. The years are unverified for any
one council, and therefore settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.refusals import refuse


class Kind(StrEnum):
    """What became of somebody, as far as it decides how long their record is kept."""

    PLACED = "placed"
    UNPLACED = "unplaced"
    NEVER_REFERRED = "never_referred"


COUNTED_FROM: Mapping[Kind, str] = {
    Kind.PLACED: "the day the last placement or referral ended",
    Kind.UNPLACED: "the day the last referral ended, or the draft was last touched",
    Kind.NEVER_REFERRED: "the day the person was entered",
}
"""Where the years begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRules:
    """Whole years for each kind.

    Raises
    ------
    Invalid
        If a number of years is negative.
    """

    placed_years: int = 6
    unplaced_years: int = 2
    never_referred_years: int = 1

    def __post_init__(self) -> None:
        refuse(
            (f"{kind}_years", f"is {years}, must be at least 0")
            for kind, years in self.years().items()
            if years < 0
        )

    def years(self) -> dict[Kind, int]:
        """The years by kind."""
        return {
            Kind.PLACED: self.placed_years,
            Kind.UNPLACED: self.unplaced_years,
            Kind.NEVER_REFERRED: self.never_referred_years,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What decides about one person.

    ended
        The last day on which something of theirs ended; for somebody never referred, the day of entry.
    barred_until
        When the last exclusion in force ends.
    """

    person: str
    kind: Kind
    ended: date
    open_referral: bool = False
    living: bool = False
    held: bool = False
    barred_until: date | None = None


class Keeps(StrEnum):
    """What keeps somebody's record whatever the years say."""

    OPEN_REFERRAL = "open_referral"
    LIVING = "living"
    LEGAL_HOLD = "legal_hold"


def kept_by(life: Life) -> Keeps | None:
    """What keeps it; ``None``: only time does."""
    if life.held:
        return Keeps.LEGAL_HOLD
    if life.living:
        return Keeps.LIVING
    return Keeps.OPEN_REFERRAL if life.open_referral else None


def kept_until(life: Life, rules: RetentionRules) -> date:
    """The first day on which nothing but a reason in `Keeps` keeps the record."""
    years = years_after(life.ended, rules.years()[life.kind])
    return years if life.barred_until is None else max(years, life.barred_until)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 1 March where there is no 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
