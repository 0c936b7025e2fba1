"""Forbidden places: offers that stand, and places people live in, that a hard rule forbids by now.

Whoever offers or accepts a place is stopped by it (`gateway.placements.hard_rules`); but a rule that is
recorded afterwards undoes nothing by itself. These are for somebody to look at. A hold without an end is what
an offer that stands, and a home that somebody has, have in common.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Date,
    ScalarSelect,
    Select,
    String,
    case,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from gateway.directory.tables import ServiceRow
from gateway.local_day import local_day
from gateway.people.access import openable
from gateway.people.clusters import members_among, on_sqlite, these
from gateway.people.exclusions import in_force_on
from gateway.people.safety import stands_on
from gateway.people.tables import ExclusionRow, SafetyAreaRow, SeparationRow
from gateway.placements.states import OfferStatus
from gateway.placements.tables import HoldKind, HoldRow, OfferRow
from gateway.records.actor import Actor
from gateway.storage.work import Work

Whose: TypeAlias = InstrumentedAttribute[str]


class HardRuleKind(StrEnum):
    """What kind of rule forbids a place."""

    SAFETY_AREA = "safety_area"
    SEPARATION = "separation"
    EXCLUSION = "exclusion"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Forbids:
    """One rule that forbids a place, and since when it counts.

    other_id
        From whom they must be kept apart; ``None`` for other rules, and if that case may not be opened.
    """

    kind: HardRuleKind
    id: str
    since: date
    other_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenPlace:
    """An offer that stands, or a placement, and every rule that forbids it.

    id, status
        Of the offer, and where it stands; or of the placement, and ``None``.
    from_day
        Since when they live there, or from when on they could.
    """

    id: str
    status: OfferStatus | None
    referral_id: str
    person_id: str
    service_id: str
    from_day: date
    rules: tuple[Forbids, ...]


def forbidden_places(
    work: Work,
    *,
    by: Actor,
    at: datetime,
    person_ids: Collection[str] | None = None,
    after: tuple[date, str] | None = None,
    limit: int | None = None,
) -> Sequence[ForbiddenPlace]:
    """Offers and placements that a rule forbids today, or on the first day of an offer that is yet to come.

    Those who live there longest first, then whoever could move in first, then by id; in two queries. Those of
    people whose case may not be opened are not there.

    Parameters
    ----------
    person_ids
        Only of a person with these ids (`gateway.people.clusters.cluster`); ``None``: of everybody.
    after, limit
        Day and id of the last one of the page before, and how many at most.
    """
    found = _found(work, local_day(at), person_ids)
    if not found:
        return ()
    people = {each.person_id for each in found}
    others = {rule.other_id for each in found for rule in each.rules if rule.other_id is not None}
    opened = openable(work, people | others, by, at)
    told = [
        replace(each, rules=tuple(_without_closed(each.rules, opened)))
        for each in found
        if each.person_id in opened and (after is None or (each.from_day, each.id) > after)
    ]
    return told[:limit]


def forbidden_counted(
    day: date, *, sqlite: bool, may_be_told: Callable[[ColumnElement[str]], ColumnElement[bool]]
) -> ScalarSelect[int]:
    """How many of them there are, among those of people for whom the condition holds."""
    found = _forbidding(day, _ruled(day), sqlite=sqlite).subquery("forbidden")
    place = func.coalesce(case((found.c.kind == HoldKind.OFFER, found.c.offer_id)), found.c.placement_id)
    query = select(func.count(place.distinct())).select_from(found).where(may_be_told(found.c.person_id))
    return query.scalar_subquery()


def _found(work: Work, day: date, person_ids: Collection[str] | None) -> Sequence[ForbiddenPlace]:
    ruled = _ruled(day) if person_ids is None else _beside(these(work, person_ids))
    rows = _forbidding(day, ruled, sqlite=on_sqlite(work)).subquery("forbidden")
    offered = (OfferRow.id == rows.c.offer_id) & (rows.c.kind == HoldKind.OFFER)
    query = select(rows, OfferRow.status).outerjoin(OfferRow, offered)
    if person_ids is not None:
        query = query.where(rows.c.person_id.in_(these(work, person_ids)))
    places: dict[str, Any] = {}
    rules: dict[str, set[Forbids]] = defaultdict(set)
    for row in work.session.execute(query):
        id = row.placement_id if row.status is None else row.offer_id
        places[id] = row
        rules[id].add(
            Forbids(kind=HardRuleKind(row.rule), id=row.rule_id, since=row.since, other_id=row.other_id)
        )
    found = [_place(id, row, rules[id]) for id, row in places.items()]
    return sorted(found, key=lambda each: (each.from_day, each.id))


def _place(id: str, row: Any, rules: Iterable[Forbids]) -> ForbiddenPlace:  # noqa: ANN401  a row of the query
    return ForbiddenPlace(
        id=id,
        status=row.status,
        referral_id=row.referral_id,
        person_id=row.person_id,
        service_id=row.service_id,
        from_day=row.from_day,
        rules=tuple(sorted(rules, key=lambda each: (each.kind, each.id))),
    )


def _without_closed(rules: Iterable[Forbids], opened: Collection[str]) -> Iterable[Forbids]:
    return (each if each.other_id in opened else replace(each, other_id=None) for each in rules)


def _ruled(day: date) -> Select[Any]:
    """Everybody of whom a rule was recorded that is not over by a day."""
    apart = or_(SeparationRow.ended_on.is_(None), SeparationRow.ended_on > day)
    everybody = union(
        select(SafetyAreaRow.person_id).where(
            or_(SafetyAreaRow.ended_on.is_(None), SafetyAreaRow.ended_on > day)
        ),
        select(ExclusionRow.person_id).where(ExclusionRow.until > day),
        select(SeparationRow.person_id).where(apart),
        select(SeparationRow.other_id).where(apart),
    ).subquery("ruled")
    return select(everybody.c.person_id)


def _beside(ids: Select[tuple[str]]) -> Select[Any]:
    """These people, and everybody from whom one of them was ever kept apart."""
    everybody = union(
        ids,
        select(SeparationRow.person_id).where(SeparationRow.other_id.in_(ids)),
        select(SeparationRow.other_id).where(SeparationRow.person_id.in_(ids)),
    ).subquery("ruled")
    return select(everybody.c[0])


def _forbidding(day: date, ruled: Select[Any], *, sqlite: bool) -> CompoundSelect[Any]:
    """A row for each rule and each unit that it forbids; it begins with the rules, which are few."""
    members = members_among(ruled, sqlite=sqlite)
    them = members.alias("them")
    on = case((HoldRow.from_day > day, HoldRow.from_day), else_=literal(day, Date))
    return union_all(
        _areas(members, on),
        _exclusions(members, on),
        _separations(members, them, on, SeparationRow.person_id, SeparationRow.other_id),
        _separations(members, them, on, SeparationRow.other_id, SeparationRow.person_id),
    )


def _areas(members: CTE, on: ColumnElement[date]) -> Select[Any]:
    rule = _told(HardRuleKind.SAFETY_AREA, SafetyAreaRow, SafetyAreaRow.set_on)
    service = (ServiceRow.id == HoldRow.service_id) & (ServiceRow.authority_id == SafetyAreaRow.authority_id)
    places = _places_of(rule, members, SafetyAreaRow.person_id)
    return places.join(ServiceRow, service).where(_ours(), stands_on(SafetyAreaRow, on))


def _exclusions(members: CTE, on: ColumnElement[date]) -> Select[Any]:
    rule = _told(HardRuleKind.EXCLUSION, ExclusionRow, ExclusionRow.from_day)
    places = _places_of(rule, members, ExclusionRow.person_id)
    barred = or_(
        ExclusionRow.service_id == ServiceRow.id,
        ExclusionRow.provider_id == ServiceRow.provider_id,
        ExclusionRow.authority_id == ServiceRow.authority_id,
    )
    return places.join(ServiceRow, ServiceRow.id == HoldRow.service_id).where(
        _ours(), barred, in_force_on(on)
    )


def _separations(members: CTE, them: CTE, on: ColumnElement[date], mine: Whose, other: Whose) -> Select[Any]:
    """Those of one side of a separation, where somebody of the other side has a unit of the same service."""
    rule = _told(HardRuleKind.SEPARATION, SeparationRow, SeparationRow.set_on, other)
    theirs = aliased(HoldRow)
    there = (theirs.person_id == them.c.id) & (theirs.service_id == HoldRow.service_id)
    return (
        _places_of(rule, members, mine)
        .join(them, them.c.asked == other)
        .join(theirs, there)
        .where(_ours(), stands_on(SeparationRow, on))
        .where(theirs.cancelled.is_(False), or_(theirs.until.is_(None), theirs.until > on))
    )


def _told(kind: HardRuleKind, rule: Any, since: Any, other: Whose | None = None) -> Select[Any]:  # noqa: ANN401  tables and columns
    return select(
        literal(kind.value, String).label("rule"),
        rule.id.label("rule_id"),
        since.label("since"),
        (literal(None, String) if other is None else other).label("other_id"),
        HoldRow.kind,
        HoldRow.offer_id,
        HoldRow.placement_id,
        HoldRow.person_id,
        HoldRow.referral_id,
        HoldRow.service_id,
        HoldRow.from_day,
    ).select_from(rule)


def _places_of(rule: Select[Any], members: CTE, whose: Whose) -> Select[Any]:
    """The units of a person of whom a rule was recorded under one of their ids."""
    return rule.join(members, members.c.asked == whose).join(HoldRow, HoldRow.person_id == members.c.id)


def _ours() -> ColumnElement[bool]:
    """Units of an offer that stands, or of somebody who lives there."""
    return HoldRow.until.is_(None) & HoldRow.cancelled.is_(False)
