"""Where people are not safe, and who must be kept apart: hard exclusions, never weighed against anything."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    bindparam,
    or_,
    select,
    union_all,
)

from gateway.people.access import openable
from gateway.people.clusters import clusters, members_asked, members_of, on_sqlite, people
from gateway.people.looking import look_at
from gateway.people.tables import SafetyAreaRow, SeparationRow
from gateway.records.actor import Actor
from gateway.storage.work import Work

_DAY: Final = bindparam("day", type_=Date)


def safety_areas_of(work: Work, person_ids: Collection[str], day: date) -> Mapping[str, frozenset[str]]:
    """For each of these people, the authorities in which they are not safe on that day, in one query.

    An area set for any id of a merged person counts. Areas in which a perpetrator lives or is known are hard
    exclusions (Domestic Abuse Act 2021, Part 4, statutory guidance: safe distance).
    """
    query = _areas_asked(sqlite=on_sqlite(work))
    found: dict[str, set[str]] = defaultdict(set)
    for asked, authority in work.session.execute(query, {**people(person_ids), "day": day}):
        found[asked].add(authority)
    return {id: frozenset(found[id]) for id in sorted(set(person_ids))}


@cache
def _areas_asked(*, sqlite: bool) -> Select[str, str]:
    members = members_asked(sqlite=sqlite)
    return (
        select(members.c.asked, SafetyAreaRow.authority_id)
        .join(SafetyAreaRow, SafetyAreaRow.person_id == members.c.id)
        .where(stands_on(SafetyAreaRow, _DAY))
    )


def separations(work: Work, person_ids: Collection[str], day: date) -> frozenset[tuple[str, str]]:
    """Pairs among these people who must not be in the same service on that day, in one query.

    A separation set for any id of a merged person counts for all of them. Each pair once, the lower id first.
    """
    members = members_of(work, person_ids)
    one, other = members.alias("one"), members.alias("other")
    query = (
        select(one.c.asked, other.c.asked)
        .select_from(SeparationRow)
        .join(one, one.c.id == SeparationRow.person_id)
        .join(other, other.c.id == SeparationRow.other_id)
        .where(stands_on(SeparationRow, day))
    )
    pairs = (tuple(sorted((ours, theirs))) for ours, theirs in work.session.execute(query))
    return frozenset((low, high) for low, high in pairs if low != high)


def kept_apart_from(work: Work, person_id: str, day: date) -> frozenset[str]:
    """Every id of everybody from whom one person must be kept apart on that day, in two queries, or one."""
    return kept_apart(work, [person_id], day)[person_id]


def kept_apart(work: Work, person_ids: Collection[str], day: date) -> Mapping[str, frozenset[str]]:
    """For each of these people, what `kept_apart_from` tells of one; in as many queries."""
    query = _others_asked(sqlite=on_sqlite(work))
    others: dict[str, set[str]] = defaultdict(set)
    for asked, other in work.session.execute(query, {**people(person_ids), "day": day}):
        others[asked].add(other)
    found = clusters(work, {id for ids in others.values() for id in ids}) if others else {}
    return {
        asked: frozenset(id for other in others[asked] for id in found[other].ids)
        for asked in sorted(set(person_ids))
    }


@cache
def _others_asked(*, sqlite: bool) -> CompoundSelect[str, str]:
    members = members_asked(sqlite=sqlite)
    ours, stands = members.c.id, stands_on(SeparationRow, _DAY)
    return union_all(
        select(members.c.asked, SeparationRow.other_id).where(SeparationRow.person_id == ours, stands),
        select(members.c.asked, SeparationRow.person_id).where(SeparationRow.other_id == ours, stands),
    )


def safety_areas_kept(person_id: str, *, by: Actor, at: datetime, work: Work) -> Sequence[SafetyAreaRow]:
    """Every safety area of a person under any of their ids, those that ended too; the newest first; recorded.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is kept of them any more.
    """
    found = look_at(person_id, "safety areas read", by=by, at=at, work=work)
    theirs = select(SafetyAreaRow).where(SafetyAreaRow.person_id.in_(sorted(found.ids)))
    return work.all(theirs.order_by(SafetyAreaRow.set_on.desc(), SafetyAreaRow.id))


def separations_kept(person_id: str, *, by: Actor, at: datetime, work: Work) -> Sequence[SeparationRow]:
    """Every separation of a person under any of their ids, those that ended too; the newest first; recorded.

    One from somebody whose case may not be opened is not there; every run and offer heeds it all the same.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is kept of them any more.
    """
    ids = sorted(look_at(person_id, "separations read", by=by, at=at, work=work).ids)
    theirs = select(SeparationRow).where(SeparationRow.person_id.in_(ids) | SeparationRow.other_id.in_(ids))
    rows = work.all(theirs.order_by(SeparationRow.set_on.desc(), SeparationRow.id))
    return without_closed(work, rows, by, at)


def without_closed(
    work: Work, rows: Sequence[SeparationRow], by: Actor, at: datetime
) -> Sequence[SeparationRow]:
    """Those of these separations of two people both of whose cases somebody may open; one query, or none."""
    people = {id for each in rows for id in (each.person_id, each.other_id)}
    opened = openable(work, people, by, at) if people else frozenset()
    return [each for each in rows if {each.person_id, each.other_id} <= opened]


def stands_on(
    kind: type[SafetyAreaRow] | type[SeparationRow], day: date | ColumnElement[date]
) -> ColumnElement[bool]:
    """Which areas, or separations, count on a day."""
    return (kind.set_on <= day) & not_over_by(kind, day)


def not_over_by(
    kind: type[SafetyAreaRow] | type[SeparationRow], day: date | ColumnElement[date]
) -> ColumnElement[bool]:
    """Which of them count on a day, or begin to later."""
    return or_(kind.ended_on.is_(None), kind.ended_on > day)
