"""What hard rules forbid of what people have, as one query: it begins with the rules, which are few.

A hold without an end is what an offer that stands, and a home that somebody has, have in common.
"""

from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    CTE,
    CompoundSelect,
    Date,
    Select,
    String,
    case,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from gateway.directory.tables import ServiceRow
from gateway.people.clusters import members_among
from gateway.people.exclusions import in_force_on
from gateway.people.safety import not_over_by, stands_on
from gateway.people.tables import ExclusionRow, SafetyAreaRow, SeparationRow
from gateway.placements.tables import HoldRow

Whose: TypeAlias = InstrumentedAttribute[str]

_PLACE: Final = (
    HoldRow.kind,
    HoldRow.offer_id,
    HoldRow.placement_id,
    HoldRow.person_id,
    HoldRow.referral_id,
    HoldRow.service_id,
    HoldRow.from_day,
)


class HardRuleKind(StrEnum):
    """What kind of rule forbids a place."""

    SAFETY_AREA = "safety_area"
    SEPARATION = "separation"
    EXCLUSION = "exclusion"


def ruled(day: date) -> Select[Any]:
    """Everybody of whom a rule was recorded that is not over by a day."""
    apart = not_over_by(SeparationRow, day)
    everybody = union(
        select(SafetyAreaRow.person_id).where(not_over_by(SafetyAreaRow, day)),
        select(ExclusionRow.person_id).where(ExclusionRow.until > day),
        select(SeparationRow.person_id).where(apart),
        select(SeparationRow.other_id).where(apart),
    ).subquery("ruled")
    return select(everybody.c.person_id)


def beside(ids: Select[tuple[str]]) -> Select[Any]:
    """These people, and everybody from whom one of them was ever kept apart."""
    everybody = union(
        ids,
        select(SeparationRow.person_id).where(SeparationRow.other_id.in_(ids)),
        select(SeparationRow.other_id).where(SeparationRow.person_id.in_(ids)),
    ).subquery("ruled")
    return select(everybody.c[0])


def forbidding(day: date, whose: Select[Any], *, sqlite: bool) -> CompoundSelect[Any]:
    """A row for each rule and each unit that it forbids; it begins with the rules, which are few."""
    mine = _held(day, whose, sqlite=sqlite)
    theirs = mine.alias("theirs")
    return union_all(
        _areas(mine),
        _exclusions(mine),
        _separations(mine, theirs, SeparationRow.person_id, SeparationRow.other_id),
        _separations(mine, theirs, SeparationRow.other_id, SeparationRow.person_id),
    )


def _held(day: date, whose: Select[Any], *, sqlite: bool) -> CTE:
    """The units these people have under any of their ids, and the day on which a rule counts for each."""
    members = members_among(whose, sqlite=sqlite)
    return (
        select(members.c.asked, *_PLACE, HoldRow.until, ServiceRow.provider_id, ServiceRow.authority_id)
        .add_columns(case((HoldRow.from_day > day, HoldRow.from_day), else_=literal(day, Date)).label("day"))
        .join(HoldRow, HoldRow.person_id == members.c.id)
        .join(ServiceRow, ServiceRow.id == HoldRow.service_id)
        .where(HoldRow.cancelled.is_(False), or_(HoldRow.until.is_(None), HoldRow.until > day))
        .cte("held")
    )


def _areas(held: CTE) -> Select[Any]:
    told = _told(HardRuleKind.SAFETY_AREA, SafetyAreaRow, SafetyAreaRow.set_on, held)
    hers = (held.c.asked == SafetyAreaRow.person_id) & (held.c.authority_id == SafetyAreaRow.authority_id)
    return told.join(held, hers).where(stands_on(SafetyAreaRow, held.c.day))


def _exclusions(held: CTE) -> Select[Any]:
    told = _told(HardRuleKind.EXCLUSION, ExclusionRow, ExclusionRow.from_day, held)
    barred = or_(
        ExclusionRow.service_id == held.c.service_id,
        ExclusionRow.provider_id == held.c.provider_id,
        ExclusionRow.authority_id == held.c.authority_id,
    )
    return told.join(held, held.c.asked == ExclusionRow.person_id).where(barred, in_force_on(held.c.day))


def _separations(mine: CTE, theirs: CTE, person: Whose, other: Whose) -> Select[Any]:
    """Those of one side of a separation, where somebody of the other side has a unit of the same service."""
    told = _told(HardRuleKind.SEPARATION, SeparationRow, SeparationRow.set_on, mine, other)
    there = (theirs.c.asked == other) & (theirs.c.service_id == mine.c.service_id)
    return (
        told.join(mine, mine.c.asked == person)
        .join(theirs, there)
        .where(stands_on(SeparationRow, mine.c.day))
        .where(or_(theirs.c.until.is_(None), theirs.c.until > mine.c.day))
    )


def _told(kind: HardRuleKind, rule: Any, since: Any, held: CTE, other: Whose | None = None) -> Select[Any]:  # noqa: ANN401  tables and columns
    """What is told of a rule and of the place it forbids: an offer that stands, or where somebody lives."""
    return (
        select(
            literal(kind.value, String).label("rule"),
            rule.id.label("rule_id"),
            since.label("since"),
            (literal(None, String) if other is None else other).label("other_id"),
            *(held.c[column.key] for column in _PLACE),
        )
        .select_from(rule)
        .where(held.c.until.is_(None))
    )
