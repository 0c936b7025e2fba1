"""Who holds units, and for how many days they were lived in, read from the holds.

The table ``holds`` belongs to a higher room (placements), which writes it; this room only counts it, and so
reads it by its name.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    String,
    and_,
    case,
    column,
    func,
    not_,
    or_,
    select,
    values,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from allocation.problem import Person, Quota
from gateway.agreements.tables import CoveredServiceRow
from gateway.directory.tables import ServiceRow
from gateway.stay import Stay
from gateway.storage.rows import Row
from gateway.storage.work import Work

OFFERED, LIVING = "offer", "living"
"""The kinds of a hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Units of one service that one person holds: offered to them, or lived in.

    authority_id
        The person's; ``None`` is unknown.
    """

    service_id: str
    authority_id: str | None
    person_id: str
    offered: bool
    units: int


def selects(quota: Quota, service_id: str, authority_id: str | None) -> bool:
    """Whether units of this service held by people of this authority count in a quota of an agreement."""
    inside = quota.services is None or service_id in quota.services
    return inside and quota.selects(_somebody_of(authority_id))


@lru_cache(maxsize=1_000)
def _somebody_of(authority_id: str | None) -> Person:
    return Person(id="somebody", authority=authority_id)


def units_standing(quota: Quota, holdings: Iterable[Holding]) -> int:
    """How many units the holdings take up in a quota.

    Somebody who moves from one unit to another holds both for a while and will keep one of them: they count
    once, with what they live in or what they are offered, whichever is more.
    """
    people: dict[tuple[str, bool], int] = defaultdict(int)
    for each in holdings:
        if selects(quota, each.service_id, each.authority_id):
            people[each.person_id, each.offered] += each.units
    persons = {person for person, _ in people}
    return sum(max(people[person, True], people[person, False]) for person in sorted(persons))


def holdings_from(
    work: Work, day: date, quotas: Sequence[Quota], *, without: Collection[str] = ()
) -> tuple[Holding, ...]:
    """The holdings in the services of these quotas on a day or later, in one query.

    Nobody counts where they must leave: in a service that is closed by that day, or under a referral that is
    marked so. This is how a run of the engine sees it too (``placement-problem/1``, must_leave).

    without
        People whose holdings are left out, because they give them up for what is decided now.
    """
    holds, referrals = Row.metadata.tables["holds"], Row.metadata.tables["referrals"]
    columns = (holds.c.service_id, holds.c.authority_id, holds.c.person_id, holds.c.kind)
    leaving = and_(
        holds.c.kind == LIVING,
        or_(referrals.c.must_leave.is_(True), func.coalesce(ServiceRow.closes_on <= day, False)),
    )
    query = (
        select(*columns, func.count())
        .join_from(holds, referrals, referrals.c.id == holds.c.referral_id)
        .join(ServiceRow, ServiceRow.id == holds.c.service_id)
        .where(
            holds.c.service_id.in_(sorted({id for each in quotas for id in each.services or ()})),
            holds.c.cancelled.is_(False),
            or_(holds.c.until.is_(None), holds.c.until > day),
            holds.c.person_id.not_in(sorted(without)),
            not_(leaving),
        )
        .group_by(*columns)
        .order_by(*columns)
    )
    return tuple(
        Holding(
            service_id=service, authority_id=authority, person_id=person, offered=kind == OFFERED, units=n
        )
        for service, authority, person, kind, n in work.session.execute(query)
    )


def by_service(holdings: Iterable[Holding]) -> Mapping[str, Sequence[Holding]]:
    """Holdings by their service."""
    found: dict[str, list[Holding]] = defaultdict(list)
    for each in holdings:
        found[each.service_id].append(each)
    return found


def held_in(quota: Quota, held: Mapping[str, Sequence[Holding]]) -> Iterator[Holding]:
    """The holdings in the services of a quota, in their order."""
    return (each for id in sorted(quota.services or ()) for each in held.get(id, ()))


def days_lived(work: Work, periods: Mapping[str, Stay]) -> Mapping[str, Mapping[tuple[str, str | None], int]]:
    """The days for which units were lived in, by agreement, then by service and the person's authority.

    One query however many agreements, services and stays there are. Days are counted half-open: the day of
    moving in counts and the day of departure does not. A stay without an end counts to the end of the period.

    periods
        By agreement; each has an end.
    """
    found: dict[str, dict[tuple[str, str | None], int]] = {each: {} for each in periods}
    if not periods:
        return found
    holds = Row.metadata.tables["holds"]
    period = (
        values(column("agreement", String), column("first", Date), column("until", Date), name="given")
        .data([(id, each.from_day, each.until) for id, each in sorted(periods.items())])
        .cte("period")
    )
    first = case((holds.c.from_day > period.c.first, holds.c.from_day), else_=period.c.first)
    last = case((holds.c.until < period.c.until, holds.c.until), else_=period.c.until)
    columns = (period.c.agreement, holds.c.service_id, holds.c.authority_id)
    query = (
        select(*columns, func.sum(DaysBetween(first, last)))
        .join_from(period, CoveredServiceRow, CoveredServiceRow.agreement_id == period.c.agreement)
        .join(holds, holds.c.service_id == CoveredServiceRow.service_id)
        .where(
            holds.c.kind == LIVING,
            holds.c.cancelled.is_(False),
            holds.c.from_day < period.c.until,
            or_(holds.c.until.is_(None), holds.c.until > period.c.first),
        )
        .group_by(*columns)
    )
    for agreement, service, authority, days in work.session.execute(query):
        found[agreement][service, authority] = int(days)
    return found


class DaysBetween(FunctionElement[int]):
    """Whole days from one day to another."""

    type = Integer()
    inherit_cache = True


@compiles(DaysBetween, "postgresql")
def _on_postgresql(element: DaysBetween, compiler: Any, **options: Any) -> str:  # noqa: ANN401  SQLAlchemy passes them
    first, last = (compiler.process(each, **options) for each in element.clauses)
    return f"(({last}) - ({first}))"


@compiles(DaysBetween, "sqlite")
def _on_sqlite(element: DaysBetween, compiler: Any, **options: Any) -> str:  # noqa: ANN401  SQLAlchemy passes them
    # A Julian day ends in .5 at midnight: the difference of two is whole, and a float holds it exactly.
    first, last = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(julianday({last}) - julianday({first}) AS INTEGER)"
