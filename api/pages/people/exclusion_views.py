"""Exclusions that somebody must look at, and one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.design_system.spoken import spoken_day
from api.pages.people.views import ExclusionSeen, exclusion_seen
from gateway.people.tables import ExclusionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSeen:
    """One exclusion whose day of review has come."""

    person: str
    exclusion: ExclusionSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class DueList:
    """A page of those due, the longest due first; ``next`` is the address of the page after it."""

    due: Sequence[DueSeen]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneExclusion:
    """One exclusion, what was typed, and whether there is still something to decide."""

    id: str
    seen: int
    person: str
    person_href: str
    exclusion: ExclusionSeen
    until: str
    open: bool
    sent: Mapping[str, str]


def due_list(
    rows: Sequence[tuple[ExclusionRow, str]], names: Mapping[str, str], today: date, *, after: str | None
) -> DueList:
    """A page of exclusions with the names of what bars and of whom it bars."""
    return DueList(
        due=[
            DueSeen(person=names[row.person_id], exclusion=exclusion_seen(row, where, today))
            for row, where in rows
        ],
        next="" if after is None else f"/exclusions?after={after}",
    )


def one_exclusion(
    row: ExclusionRow, where: str, person: str, today: date, *, sent: Mapping[str, str]
) -> OneExclusion:
    """The page of one exclusion."""
    seen = exclusion_seen(row, where, today)
    return OneExclusion(
        id=row.id,
        seen=row.version,
        person=person,
        person_href=f"/people/{row.person_id}",
        exclusion=seen,
        until=spoken_day(row.until),
        open=bool(seen.href),
        sent=sent,
    )
