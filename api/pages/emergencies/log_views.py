"""The log of an emergency in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.design_system.spoken import counted, spoken_moment
from api.pages.frame import ROLE_WORDS
from gateway.allocation_runs.tables import EmergencyRow
from gateway.records.tables import EventRow

COLUMNS: Final = (
    "number",
    "happened_at",
    "recorded_at",
    "what",
    "why",
    "account",
    "name",
    "role",
    "referrals",
)
"""Of the file."""

FEW: Final = 3
"""So many people of one event are named; of more, how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One event, by whom, about whom of those affected, and why.

    hidden
        How many of them are restricted and not told.
    people
        Ids of the people it is about whose cases may be opened.
    """

    event: EventRow
    name: str
    referrals: Sequence[str]
    hidden: int
    people: Sequence[str]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedSeen:
    """One row of the log."""

    when: str
    what: str
    who: str
    role: str
    referrals: Sequence[str]
    many: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSeen:
    """A page of the log."""

    title: str
    here: str
    rows: Sequence[LoggedSeen]
    first: bool
    more: str


def log_seen(row: EmergencyRow, told: Sequence[Logged], *, begins: int, more: bool) -> LogSeen:
    """A page of the log in words."""
    here = f"/emergencies/{row.id}/log"
    return LogSeen(
        title=row.title,
        here=here,
        rows=[_seen(each) for each in told],
        first=not begins,
        more=f"{here}?after={told[-1].event.number}" if more else "",
    )


def _seen(each: Logged) -> LoggedSeen:
    event, count = each.event, len(each.referrals) + each.hidden
    few = count <= FEW and not each.hidden
    return LoggedSeen(
        when=spoken_moment(event.happened_at),
        what=f"{event.what[:1].upper()}{event.what[1:]}",
        who=each.name or ("The gateway itself" if event.actor == "clockwork" else event.actor),
        role=ROLE_WORDS.get(event.role, ""),
        referrals=each.referrals if few else (),
        many="" if few else counted(count, "person", "people"),
        why=each.why,
    )


def log_rows(told: Sequence[Logged]) -> list[Sequence[str | int]]:
    """The rows of the file."""
    return [
        (
            each.event.number,
            each.event.happened_at.isoformat(),
            each.event.recorded_at.isoformat(),
            each.event.what,
            each.why,
            each.event.actor,
            each.name,
            each.event.role.value,
            " ".join([*each.referrals, *([f"and {each.hidden} restricted"] if each.hidden else [])]),
        )
        for each in told
    ]
