"""What stands above every page of a referral: who it is about, and where it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from api.access.reach import referral_in_reach
from api.design_system.spoken import spoken_day, spoken_moment
from api.pages.page_door import PageDoor
from api.pages.referral.words import STATUSES, named, turn_of
from gateway.local_day import local_day, start_of
from gateway.people.looking import NAME_READ
from gateway.records.reading import record_reading
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.referrals.triage_list import names_told
from gateway.storage.work import Work

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A referral in short.

    seen
        Its version, which every form of it sends back.
    """

    id: str
    name: str
    href: str
    seen: int
    state: ReferralStatus
    status: str
    colour: str
    turn: str
    since: str
    until: str


def heading_of(row: ReferralRow, name: str) -> Heading:
    """The heading of a referral of somebody of this name."""
    status, colour = STATUSES[row.status]
    return Heading(
        id=row.id,
        name=name,
        href=f"/referrals/{row.id}",
        seen=row.version,
        state=row.status,
        status=status,
        colour=colour,
        turn=turn_of(row.status),
        since=spoken_moment(row.status_since),
        until=_until(row.status_until),
    )


def _until(moment: datetime | None) -> str:
    """A referral that rests comes back at the beginning of a day, which is the day and no hour."""
    if moment is None:
        return ""
    day = local_day(moment)
    return spoken_day(day) if moment == start_of(day) else spoken_moment(moment)


def read_heading(work: Work, door: PageDoor, referral_id: str) -> Heading:
    """The heading of a referral in reach; that it is shown is for `heading_told` to record.

    Raises
    ------
    NotFound
        If there is none that the visitor may open.
    """
    return _read(work, referral_in_reach(work, door.visitor, referral_id))


def heading_told(work: Work, door: PageDoor, referral_id: str, *, read: str = NAME_READ) -> Heading:
    """The heading for a page that shows it; that it was read is recorded.

    Parameters
    ----------
    read
        What the page tells of them beyond that, in words: ``assessment read``.

    Raises
    ------
    NotFound
        If there is none that the visitor may open.
    """
    row = referral_in_reach(work, door.visitor, referral_id)
    record_reading(read, about=(row.id, row.person_id), by=door.visitor.actor, at=door.at, work=work)
    return _read(work, row)


def _read(work: Work, row: ReferralRow) -> Heading:
    told = names_told(work, [row.person_id])[row.person_id]
    return heading_of(row, named(told["name"], restricted=told["restricted"]))


def unchanged(work: Work, door: PageDoor, referral_id: str) -> ReferralRow:
    """The referral in reach, as the form that was posted had seen it.

    Raises
    ------
    NotFound
        If there is none that the visitor may open.
    ChangedMeanwhile
        If it stands at another version than the form carried.
    """
    referral_in_reach(work, door.visitor, referral_id)
    return work.get(ReferralRow, referral_id, seen=door.form.seen())


def now(door: PageDoor, referral_id: str, question: Callable[[Work, Heading], T]) -> tuple[Heading, T]:
    """The heading as it stands now, and whatever else is asked at the same moment."""

    def both(work: Work) -> tuple[Heading, T]:
        found = read_heading(work, door, referral_id)
        return found, question(work, found)

    return door.read(both)
