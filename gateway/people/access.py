"""Restricted cases: who may open which, and the one door through which a person is read or changed.

Nobody learns from a refusal that a restricted person exists: to whom it may not be opened, it is not there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select

from gateway.people.clusters import members_asked, on_sqlite, people
from gateway.people.tables import ERASED, GrantRow, PersonRow
from gateway.records.actor import Actor, Role
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work


class PersonErased(Conflict):
    """Nothing more is recorded of somebody whose record was erased."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        super().__init__(f"Person {person_id} was erased: nothing more is recorded of them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Somebody may open one restricted row from a moment on, until another (half-open)."""

    granted_at: datetime
    until: datetime
    revoked_at: datetime | None

    def stands(self, at: datetime) -> bool:
        """Whether it holds at that moment."""
        return self.granted_at <= at < self.until and (self.revoked_at is None or at < self.revoked_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row of a person, whether it is restricted, and the grants that the one asking holds for it."""

    restricted: bool
    grants: tuple[Grant, ...] = ()


def opens(cases: Iterable[Case], actor: Actor, at: datetime) -> bool:
    """Whether somebody may open a person: every restricted row of the cluster needs a grant that stands.

    The gateway's own clockwork opens all: a deadline acts for restricted people too.
    """
    if actor.role is Role.CLOCKWORK:
        return True
    return all(any(grant.stands(at) for grant in case.grants) for case in cases if case.restricted)


def may_open(work: Work, person_id: str, actor: Actor, at: datetime) -> bool:
    """Whether somebody may open this person's case at a moment; nobody may open one that is not there."""
    return person_id in openable(work, [person_id], actor, at)


def openable(work: Work, person_ids: Collection[str], actor: Actor, at: datetime) -> frozenset[str]:
    """Those of these people whom somebody may open, in one query."""
    query, whose = _openable(sqlite=on_sqlite(work)), {**people(person_ids), "holder": actor.id}
    restricted: dict[str, dict[str, bool]] = defaultdict(dict)
    grants: dict[str, list[Grant]] = defaultdict(list)
    for asked, id, is_restricted, granted_at, until, revoked_at in work.session.execute(query, whose):
        restricted[asked][id] = is_restricted
        if granted_at is not None:
            grants[id].append(Grant(granted_at=granted_at, until=until, revoked_at=revoked_at))
    return frozenset(
        asked
        for asked, rows in restricted.items()
        if opens((Case(restricted=is_so, grants=tuple(grants[id])) for id, is_so in rows.items()), actor, at)
    )


@cache
def _openable(*, sqlite: bool) -> Select[Any]:
    members = members_asked(sqlite=sqlite)
    granted = and_(GrantRow.person_id == members.c.id, GrantRow.holder == bindparam("holder"))
    return (
        select(members.c.asked, members.c.id, PersonRow.restricted)
        .add_columns(GrantRow.granted_at, GrantRow.until, GrantRow.revoked_at)
        .join(PersonRow, PersonRow.id == members.c.id)
        .outerjoin(GrantRow, granted)
    )


def open_person(work: Work, person_id: str, actor: Actor, at: datetime) -> PersonRow:
    """The person, if there is one and the case may be opened.

    Raises
    ------
    NotFound
        If there is none, or it may not be: the sentence is the same.
    """
    if not may_open(work, person_id, actor, at):
        raise NotFound("person", person_id)
    return work.get(PersonRow, person_id)


def person_to_change(
    work: Work, person_id: str, by: Actor, at: datetime, *, seen: int | None = None
) -> PersonRow:
    """The person, for a use case that records something of them.

    Raises
    ------
    NotFound
        If there is none, or the case may not be opened.
    PersonErased
        If the record was erased.
    ChangedMeanwhile
        If it stands at another version than ``seen``.
    """
    person = open_person(work, person_id, by, at)
    if person.erased_at is not None or person.id == ERASED:
        raise PersonErased(person.id)
    return work.get(PersonRow, person_id, seen=seen)
