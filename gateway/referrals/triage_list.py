"""The triage list: who is to be looked at, in order of priority, page by page.

Those not yet scored stand first, then band, then the place in the band, then the id
(``gateway.assessment.ranking`` makes the rank). The order is total, so a page begins exactly after the row
that the page before ended with, whatever was entered meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select, union_all

from gateway.people.clusters import members_asked, on_sqlite, people
from gateway.people.tables import PersonRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import QuestionRow, ReferralRow
from gateway.refusals import refuse
from gateway.storage.work import Work

_S = ReferralStatus

SCORED_FROM = 10**15
"""Ranks below are of people not yet scored."""

IN_HAND = (_S.SUBMITTED, _S.IN_TRIAGE, _S.MORE_ASKED, _S.WAITING, _S.OFFERED)
"""Who stands in the list unless another choice is made: everybody who still looks for a place."""

LARGEST_PAGE = 500


class Turn(StrEnum):
    """Who is to act next."""

    GATEWAY = "gateway"
    REFERRER = "referrer"
    PROVIDER = "provider"
    NOBODY = "nobody"


TURN: Mapping[ReferralStatus, Turn] = MappingProxyType(
    {
        _S.DRAFT: Turn.REFERRER,
        _S.SUBMITTED: Turn.GATEWAY,
        _S.IN_TRIAGE: Turn.GATEWAY,
        _S.MORE_ASKED: Turn.REFERRER,
        _S.WAITING: Turn.GATEWAY,
        _S.OFFERED: Turn.PROVIDER,
        _S.PLACED: Turn.PROVIDER,
        _S.PARKED: Turn.NOBODY,
        _S.DECLINED: Turn.NOBODY,
        _S.WITHDRAWN: Turn.NOBODY,
        _S.EXPIRED: Turn.NOBODY,
        _S.CLOSED: Turn.NOBODY,
    }
)
"""Whose turn it is in each state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a page ended."""

    rank: int
    id: str

    def text(self) -> str:
        """As it stands in an address."""
        return f"{self.rank}.{self.id}"

    @staticmethod
    def parse(text: str) -> "Cursor":
        """Read what `text` writes.

        Raises
        ------
        Invalid
            If it is something else.
        """
        rank, _, id = text.partition(".")
        refuse([] if rank.isdecimal() and len(rank) < 19 and id else [("after", "is not where a page ended")])
        return Cursor(rank=int(rank), id=id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which referrals; an empty choice is no choice.

    bands
        Effective bands; who is not assessed has none.
    unscored_only
        Those not yet scored, whatever band they are held at.
    answered_only
        Those of whom something was asked, and all of it is answered.
    """

    statuses: tuple[ReferralStatus, ...] = IN_HAND
    bands: tuple[int, ...] = ()
    authorities: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    unscored_only: bool = False
    answered_only: bool = False

    def __post_init__(self) -> None:
        refuse([] if self.statuses else [("statuses", "is empty")])


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageLine:
    """One referral in the list.

    name
        ``None`` if unknown, or if the person, under whatever id, is ``restricted``.
    scored
        Whether both score and band are known; ``band`` ``None``: not assessed at all.
    """

    id: str
    person_id: str
    name: str | None
    restricted: bool
    status: ReferralStatus
    status_since: datetime
    status_until: datetime | None
    rank: int
    band: int | None
    authority_id: str | None
    agency_id: str
    referred_on: date | None
    units: int
    immediate_safety: bool | None
    sleeping_rough: bool | None
    duty_date: date | None
    discharge_date: date | None
    tier: str | None
    must_leave: bool

    @property
    def scored(self) -> bool:
        """Whether both score and band are known."""
        return self.rank >= SCORED_FROM

    @property
    def turn(self) -> Turn:
        """Who is to act next."""
        return TURN[self.status]

    def waiting_days(self, on: date) -> int | None:
        """Days since the referral arrived; ``None`` if that day is unknown."""
        return None if self.referred_on is None else (on - self.referred_on).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some lines in order, and where to go on; ``after`` ``None``: these were the last."""

    lines: tuple[TriageLine, ...]
    after: Cursor | None


_COLUMNS = (
    ReferralRow.id,
    ReferralRow.triage_rank.label("rank"),
    ReferralRow.person_id,
    ReferralRow.status,
    ReferralRow.status_since,
    ReferralRow.status_until,
    ReferralRow.band,
    ReferralRow.authority_id,
    ReferralRow.agency_id,
    ReferralRow.referred_on,
    ReferralRow.units,
    ReferralRow.immediate_safety,
    ReferralRow.sleeping_rough,
    ReferralRow.duty_date,
    ReferralRow.discharge_date,
    ReferralRow.tier,
    ReferralRow.must_leave,
)


def triage_list(
    work: Work, *, after: Cursor | None = None, size: int = 50, filters: Filters | None = None
) -> Page:
    """One page of the triage list; three queries, however long the list is.

    Raises
    ------
    Invalid
        If the page would hold none, or more than 500.
    """
    refuse([] if 1 <= size <= LARGEST_PAGE else [("size", f"is {size}, must be from 1 to {LARGEST_PAGE}")])
    query = _query(size + 1, filters or Filters(), goes_on=after is not None)
    found = work.session.execute(query, {} if after is None else {"rank": after.rank, "id": after.id}).all()
    here = found[:size]
    names = names_told(work, [row.person_id for row in here])
    lines = tuple(TriageLine(**row._mapping, **names[row.person_id]) for row in here)  # noqa: SLF001  a public name of SQLAlchemy's
    last = lines[-1] if len(found) > size else None
    return Page(lines=lines, after=None if last is None else Cursor(rank=last.rank, id=last.id))


@lru_cache(maxsize=256)
def _query(limit: int, filters: Filters, *, goes_on: bool) -> Select[Any]:
    """Made once for the same filters: making it takes longer than the database takes to answer.

    goes_on
        After the line of ``rank`` and ``id``, which are given when it is executed.
    """
    # One range of the index for each state, merged: asked for all states at once, a database sorts the table.
    parts = [
        select(
            select(*_COLUMNS)
            .where(ReferralRow.status == status, *_conditions(filters, goes_on=goes_on))
            .order_by(ReferralRow.triage_rank, ReferralRow.id)
            .limit(limit)
            .subquery()
        )
        for status in dict.fromkeys(filters.statuses)
    ]
    merged = union_all(*parts).subquery()
    return select(merged).order_by(merged.c.rank, merged.c.id).limit(limit)


def _conditions(filters: Filters, *, goes_on: bool) -> list[Any]:
    rank, id = ReferralRow.triage_rank, ReferralRow.id
    conditions: list[Any] = []
    if goes_on:
        last_rank, last_id = bindparam("rank", type_=rank.type), bindparam("id", type_=id.type)
        beyond = or_(rank > last_rank, and_(rank == last_rank, id > last_id))
        conditions.append(and_(rank >= last_rank, beyond))
    if filters.bands:
        conditions.append(ReferralRow.band.in_(filters.bands))
    if filters.authorities:
        conditions.append(ReferralRow.authority_id.in_(filters.authorities))
    if filters.agencies:
        conditions.append(ReferralRow.agency_id.in_(filters.agencies))
    if filters.unscored_only:
        conditions.append(rank < SCORED_FROM)
    if filters.answered_only:
        conditions.append(all_answered())
    return conditions


def all_answered() -> ColumnElement[bool]:
    """Something was asked about the referral, and nothing is left to answer."""
    asked = exists().where(QuestionRow.referral_id == ReferralRow.id)
    return and_(asked, ~asked.where(QuestionRow.answered_at.is_(None)))


def names_told(work: Work, person_ids: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    """The ``name`` of each person and whether they are ``restricted``, and so nameless; two queries."""
    found = work.session.execute(_NAMES, {"ids": sorted(set(person_ids))}).all()
    query = _restricted(sqlite=on_sqlite(work))
    restricted = set(work.session.scalars(query, people(person_ids)))
    return {
        id: {"restricted": id in restricted, "name": None if id in restricted else _name(*names)}
        for id, *names in found
    }


_NAMES: Final = select(PersonRow.id, PersonRow.forename, PersonRow.known_as, PersonRow.surname).where(
    PersonRow.id.in_(bindparam("ids", expanding=True))
)


@cache
def _restricted(*, sqlite: bool) -> Select[str]:
    """Who of the people asked for is restricted under whichever of their ids."""
    members = members_asked(sqlite=sqlite)
    same = select(members.c.asked).join(PersonRow, PersonRow.id == members.c.id)
    return same.where(PersonRow.restricted)


def _name(forename: str | None, known_as: str | None, surname: str | None) -> str | None:
    return " ".join(part for part in (known_as or forename, surname) if part) or None
