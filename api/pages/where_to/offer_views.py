"""An offer of a free unit, before it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_moment
from api.pages.posted import boxes
from api.pages.referral.heading import Heading
from gateway.working_time import deadline

HOURS: Final = (16, 8, 4)
"""Working hours in which an offer may be asked to be answered; the first unless another is chosen."""

NEVER: Final = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPage:
    """The page.

    forbidden
        Why nothing can be offered here; empty: it can.
    takes
        How many units the household takes together.
    """

    heading: Heading
    service: str
    href: str
    back: str
    forbidden: Sequence[str]
    cost: str
    counts: Sequence[str]
    takes: str
    several: bool
    units: Sequence[Choice]
    answers: Sequence[Choice]
    sent: Mapping[str, str]


def unit_choices(names: Mapping[str, str], chosen: Sequence[str]) -> list[Choice]:
    """The free units; the only one is chosen."""
    return [Choice(value=id, text=name, chosen=id in chosen or len(names) == 1) for id, name in names.items()]


def answer_choices(at: datetime, chosen: str) -> list[Choice]:
    """By when it is to be answered, each as the moment that it would be."""
    return [
        *(
            Choice(
                value=str(hours),
                text=f"By {spoken_moment(deadline(at, hours))}",
                hint=counted(hours, "working hour"),
                chosen=chosen == str(hours) or (not chosen and hours == HOURS[0]),
            )
            for hours in HOURS
        ),
        Choice(value=NEVER, text="No time limit", hint="It never lapses by itself", chosen=chosen == NEVER),
    ]


def takes(units: int) -> str:
    """How many units are to be chosen."""
    return "Choose one unit" if units == 1 else f"Choose {units} units: the household takes them together"


def sent_or_today(sent: Mapping[str, str], today: date) -> Mapping[str, str]:
    """What was sent; before anything was, today as the first day."""
    if sent:
        return sent
    return boxes("from", today)
