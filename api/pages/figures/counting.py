"""Figures counted for a page: by the functions that answer REST, so the same numbers are hidden."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final, TypeAlias

from api.access.reach import agreements_told
from api.access.visitor import Visitor
from api.pages.figures.agreement_tables import agreement_tables
from api.pages.figures.demand_tables import demand_tables
from api.pages.figures.fairness_tables import fairness_tables
from api.pages.figures.people_tables import offer_tables, placement_tables, repeat_tables
from api.pages.figures.tables import FigureTable, Named, authority_named, coded, tier_named
from api.pages.figures.topics import Topic
from api.pages.figures.vacancy_tables import CALENDAR_MONTHS, calendar_table, standing_table, use_tables
from api.pages.figures.wait_tables import wait_tables
from api.rest.figures_shaping import (
    agreement_told,
    demand_told,
    offers_told,
    placements_told,
    repeats_told,
    units_told,
    waits_told,
)
from api.rest.listing import cursor, place_of
from gateway.agreements.remaining import Remaining, remaining_on
from gateway.assessment.override_rates import override_rates
from gateway.directory.naming import authorities_named, authorities_placed, services_named
from gateway.local_day import local_day
from gateway.monitoring.figures_agreements import AgreementUse, agreement_use
from gateway.monitoring.figures_fairness import fairness
from gateway.monitoring.figures_scope import FiguresScope, others_together
from gateway.monitoring.figures_units import UnitDays, by, unit_days
from gateway.monitoring.figures_voids import voids_by_day
from gateway.storage.work import Work

AGREEMENTS: Final = 10
"""On a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a page of figures asks: which topic and months, for whom, and after which agreement."""

    topic: Topic
    scope: FiguresScope
    visitor: Visitor
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The answer. ``next``: where the list of agreements goes on."""

    tables: tuple[FigureTable, ...]
    at: datetime
    next: str | None = None


def count(work: Work, asked: Question, at: datetime) -> Counted:
    """The tables of a topic."""
    names = authority_named(authorities_named(work))
    if asked.topic is Topic.AGREEMENTS:
        return _agreements(work, asked, names, at)
    return Counted(tables=tuple(_TABLES[asked.topic](work, asked, names)), at=at)


def _demand(work: Work, asked: Question, names: Named) -> Sequence[FigureTable]:
    return demand_tables(demand_told(work, asked.scope, _own(asked)), names, authorities_placed(work))


def _vacancies(work: Work, asked: Question, names: Named) -> Sequence[FigureTable]:
    """Units on the last day are a period of that one day."""
    scope = asked.scope
    that_day = replace(scope, first=scope.until - timedelta(days=1))
    days = unit_days(work, that_day)
    authorities = others_together(by(days, "authority"), _own(asked), _added)
    return (
        standing_table("tier", "tier", by(days, "tier"), tier_named),
        standing_table("authority", "authority", authorities, names, authorities_placed(work)),
        standing_table("lot", "lot", by(days, "lot"), coded),
        calendar_table(voids_by_day(work, replace(scope, first=_calendar_from(scope)))),
        *use_tables(units_told(work, scope, _own(asked))),
    )


def _added(rows: Iterable[UnitDays]) -> UnitDays:
    together = UnitDays()
    for each in rows:
        together.add(each)
    return together


def _waits(work: Work, asked: Question, names: Named) -> Sequence[FigureTable]:
    return wait_tables(waits_told(work, asked.scope, _own(asked)), names)


def _refusals(work: Work, asked: Question, _: Named) -> Sequence[FigureTable]:
    return offer_tables(offers_told(work, asked.scope, _own(asked)))


def _placements(work: Work, asked: Question, _: Named) -> Sequence[FigureTable]:
    return placement_tables(placements_told(work, asked.scope, _own(asked)))


def _repeats(work: Work, asked: Question, _: Named) -> Sequence[FigureTable]:
    return repeat_tables(repeats_told(work, asked.scope, _own(asked)))


def _fairness(work: Work, asked: Question, names: Named) -> Sequence[FigureTable]:
    found = fairness(work, asked.scope, _own(asked))
    return fairness_tables(found, override_rates(work, asked.scope.stay), names)


_Tables: TypeAlias = Callable[[Work, Question, Named], Sequence[FigureTable]]

_TABLES: Final[Mapping[Topic, _Tables]] = MappingProxyType(
    {
        Topic.DEMAND: _demand,
        Topic.VACANCIES: _vacancies,
        Topic.WAITS: _waits,
        Topic.REFUSALS: _refusals,
        Topic.PLACEMENTS: _placements,
        Topic.REPEATS: _repeats,
        Topic.FAIRNESS: _fairness,
    }
)


def _agreements(work: Work, asked: Question, names: Named, at: datetime) -> Counted:
    place = place_of(asked.after, str, str)
    found = agreement_use(work, asked.scope, after=place, size=AGREEMENTS + 1)
    told = [agreement_told(each, _own(asked)) for each in found[:AGREEMENTS]]
    last = told[-1] if len(found) > AGREEMENTS else None
    quotas = _quotas(work, asked, found[:AGREEMENTS], at)
    covered = {id for each in quotas for id in each.limit.quota.services or ()}
    services = {id: each.name for id, each in services_named(work, covered).items()}
    return Counted(
        tables=tuple(agreement_tables(told, quotas, names, services)),
        at=at,
        next=None if last is None else cursor(last.name, last.id),
    )


def _quotas(work: Work, asked: Question, shown: Sequence[AgreementUse], at: datetime) -> Sequence[Remaining]:
    """Of the agreements on the page whose quotas the visitor may read."""
    reach = agreements_told(work, asked.visitor)
    ids = {each.agreement_id for each in shown if reach is None or each.agreement_id in reach}
    return remaining_on(work, local_day(at), agreements=ids) if ids else ()


def _own(asked: Question) -> str | None:
    return asked.visitor.authority_id


def _calendar_from(scope: FiguresScope) -> date:
    """The first of the months that are in the calendar."""
    number = scope.until.year * 12 + scope.until.month - 1 - CALENDAR_MONTHS
    return max(scope.first, date(number // 12, number % 12 + 1, 1))
