"""Until when an offer is to be answered, as an officer chooses it: in working hours, or not at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_moment
from gateway.refusals import Invalid
from gateway.working_time import deadline

A_DAY: Final = 8
"""Working hours (`gateway.working_time`)."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One choice; ``hours`` are working hours, ``None``: it does not lapse."""

    code: str
    words: str
    hours: int | None

    def moment(self, at: datetime) -> datetime | None:
        """When an offer lapses that is made at this moment."""
        return None if self.hours is None else deadline(at, self.hours)

    def choice(self, at: datetime, chosen: str) -> Choice:
        """As a radio, with the moment it comes to."""
        moment = self.moment(at)
        hint = "It waits until somebody answers or takes it back" if moment is None else spoken_moment(moment)
        return Choice(value=self.code, text=self.words, chosen=self.code == (chosen or "2"), hint=hint)


DEADLINES: Final = (
    Deadline("hours", "4 working hours", 4),
    Deadline("1", "1 working day", A_DAY),
    Deadline("2", "2 working days", 2 * A_DAY),
    Deadline("5", "5 working days", 5 * A_DAY),
    Deadline("none", "No deadline", None),
)
"""What can be chosen; two days unless somebody says otherwise (ours)."""


def answer_by(code: str, at: datetime) -> datetime | None:
    """The moment that was chosen.

    Raises
    ------
    Invalid
        If nothing was chosen.
    """
    for each in DEADLINES:
        if each.code == code:
            return each.moment(at)
    raise Invalid([("answer_by", "choose until when it is to be answered")])
