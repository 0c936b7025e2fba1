"""Forbidden places: offers that stand, and places people live in, that a hard rule forbids by now.

Whoever offers or accepts a place is stopped by it (`gateway.placements.hard_rules`); but a rule that is
recorded afterwards undoes nothing by itself. These are for somebody to look at.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select

from gateway.local_day import local_day
from gateway.people.access import openable
from gateway.people.clusters import on_sqlite, these
from gateway.placements.forbidding import HardRuleKind, beside, forbidding, ruled
from gateway.placements.states import OfferStatus
from gateway.placements.tables import HoldKind, OfferRow
from gateway.records.actor import Actor
from gateway.storage.work import Work

Place: TypeAlias = tuple[int, date, str]


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

    @property
    def place(self) -> Place:
        """Where it stands in a list: who lives there stands before whoever is offered something."""
        return (0 if self.status is None else 1, self.from_day, self.id)


def forbidden_places(
    work: Work,
    *,
    by: Actor,
    at: datetime,
    person_ids: Collection[str] | None = None,
    after: Place | None = None,
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
        Where the last one of the page before stands, and how many at most.
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
        if each.person_id in opened and (after is None or each.place > after)
    ]
    return told[:limit]


def forbidden_counted(
    day: date, *, sqlite: bool, may_be_told: Callable[[ColumnElement[str]], ColumnElement[bool]]
) -> ScalarSelect[int]:
    """How many of them there are, among those of people for whom the condition holds."""
    found = forbidding(day, ruled(day), sqlite=sqlite).subquery("forbidden")
    place = func.coalesce(case((found.c.kind == HoldKind.OFFER, found.c.offer_id)), found.c.placement_id)
    query = select(func.count(place.distinct())).select_from(found).where(may_be_told(found.c.person_id))
    return query.scalar_subquery()


def _found(work: Work, day: date, person_ids: Collection[str] | None) -> Sequence[ForbiddenPlace]:
    whose = ruled(day) if person_ids is None else beside(these(work, person_ids))
    rows = forbidding(day, whose, sqlite=on_sqlite(work)).subquery("forbidden")
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
    return sorted(found, key=lambda each: each.place)


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
