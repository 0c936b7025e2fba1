"""Runs, their lines and emergencies as they are listed: columns only, in a total order, the id last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, and_, func, or_, select, tuple_

from gateway.allocation_runs.tables import (
    EmergencyRow,
    EmergencyServiceRow,
    ProposalRow,
    ProposalStatus,
    ProposalUnitRow,
    RunRow,
    RunStatus,
)
from gateway.people.clusters import these
from gateway.referrals.tables import ReferralRow
from gateway.refusals import NotFound
from gateway.storage.work import Work

Moment = tuple[datetime, str]
"""Where a page of runs or emergencies ended: when the last one began, and its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunListed:
    """One run in a list, without its problem and plan; the scope as `RunRow` keeps it."""

    id: str
    version: int
    emergency_id: str | None
    status: RunStatus
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    as_of: date
    scope_tiers: str | None
    scope_authorities: str | None
    scope_lots: str | None
    scope_lifted: str | None
    max_moves: int | None
    max_conversions: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many lines of a run are of one band and stand alike; ``placed``: they propose a place."""

    band: int
    status: ProposalStatus
    placed: bool
    singly: bool
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineListed:
    """One line of a run's proposal; the fields are `ProposalRow`'s, ``units`` are set aside for it."""

    id: str
    version: int
    run: str
    referral: str
    person: str
    band: int
    service: str | None
    pool: str | None
    origin: str | None
    cost: int | None
    step: int | None
    reason: str | None
    singly: bool
    near_tie: bool
    status: ProposalStatus
    chosen_service: str | None
    stale_because: str | None
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines are looked for; ``None``: whatever it is."""

    band: int | None = None
    singly: bool | None = None
    status: ProposalStatus | None = None


_RUN: tuple[Any, ...] = (
    RunRow.id,
    RunRow.version,
    RunRow.emergency_id,
    RunRow.status,
    RunRow.started_by,
    RunRow.started_at,
    RunRow.finished_at,
    RunRow.as_of,
    RunRow.scope_tiers,
    RunRow.scope_authorities,
    RunRow.scope_lots,
    RunRow.scope_lifted,
    RunRow.max_moves,
    RunRow.max_conversions,
)

_LINE: tuple[Any, ...] = (
    ProposalRow.id,
    ProposalRow.version,
    ProposalRow.run_id.label("run"),
    ProposalRow.referral_id.label("referral"),
    ReferralRow.person_id.label("person"),
    ProposalRow.band,
    ProposalRow.service_id.label("service"),
    ProposalRow.pool,
    ProposalRow.from_service_id.label("origin"),
    ProposalRow.cost,
    ProposalRow.step,
    ProposalRow.reason,
    ProposalRow.singly,
    ProposalRow.near_tie,
    ProposalRow.status,
    ProposalRow.chosen_service_id.label("chosen_service"),
    ProposalRow.stale_because,
)


def runs(
    work: Work,
    *,
    emergency_id: str | None = None,
    after: Moment | None = None,
    limit: int | None = None,
) -> Sequence[RunListed]:
    """Runs, the newest first; of an emergency, if one is named."""
    query = select(*_RUN)
    if emergency_id is not None:
        query = query.where(RunRow.emergency_id == emergency_id)
    query = _newest_first(query, RunRow.started_at, RunRow.id, after, limit)
    return [RunListed(**row) for row in work.session.execute(query).mappings()]


def counts_of(work: Work, run_id: str) -> Sequence[Counted]:
    """How many lines of a run stand where, by band, in the order of bands and states."""
    placed = ProposalRow.service_id.is_not(None)
    kinds = (ProposalRow.band, ProposalRow.status, placed.label("placed"), ProposalRow.singly)
    query = (
        select(*kinds, func.count().label("lines"))
        .where(ProposalRow.run_id == run_id)
        .group_by(ProposalRow.band, ProposalRow.status, placed, ProposalRow.singly)
    )
    found = [Counted(**row) for row in work.session.execute(query).mappings()]
    return sorted(found, key=lambda each: (each.band, each.status, each.placed, each.singly))


def lines_of(
    work: Work,
    run_id: str,
    wanted: Wanted | None = None,
    *,
    after: tuple[int, str] | None = None,
    limit: int | None = None,
) -> Sequence[LineListed]:
    """Lines of a run, in the order of bands and ids.

    Parameters
    ----------
    after, limit
        The band and the id with which the page before ended, and how many at most.
    """
    query = select(*_LINE).where(ProposalRow.run_id == run_id)
    for column, value in _filters(wanted or Wanted()):
        query = query.where(column == value)
    if after is not None:
        query = query.where(tuple_(ProposalRow.band, ProposalRow.id) > tuple_(*after))
    return _lines(work, query.order_by(ProposalRow.band, ProposalRow.id).limit(limit))


def moves_of(
    work: Work, run_id: str, *, after: tuple[int, str] | None = None, limit: int | None = None
) -> Sequence[LineListed]:
    """Lines of a run that propose a place, in the order in which people can move: by step and id.

    Parameters
    ----------
    after, limit
        The step and the id with which the page before ended, and how many at most.
    """
    query = select(*_LINE).where(ProposalRow.run_id == run_id, ProposalRow.step.is_not(None))
    if after is not None:
        query = query.where(tuple_(ProposalRow.step, ProposalRow.id) > tuple_(*after))
    return _lines(work, query.order_by(ProposalRow.step, ProposalRow.id).limit(limit))


def line(work: Work, line_id: str) -> LineListed:
    """One line.

    Raises
    ------
    NotFound
        If there is none.
    """
    found = _lines(work, select(*_LINE).where(ProposalRow.id == line_id))
    if not found:
        raise NotFound("line", line_id)
    return found[0]


def lines_with(work: Work, line_ids: Sequence[str]) -> Sequence[LineListed]:
    """These lines, in the order of bands and ids."""
    query = select(*_LINE).where(ProposalRow.id.in_(these(work, line_ids)))
    return _lines(work, query.order_by(ProposalRow.band, ProposalRow.id))


def emergencies(
    work: Work, *, after: Moment | None = None, limit: int | None = None
) -> Sequence[EmergencyRow]:
    """Emergencies, the newest first."""
    query = _newest_first(select(EmergencyRow), EmergencyRow.declared_at, EmergencyRow.id, after, limit)
    return work.all(query)


def services_closing(work: Work, emergency_ids: Sequence[str]) -> dict[str, list[str]]:
    """The services that close in each of these emergencies, in the order of ids."""
    found: dict[str, list[str]] = {id: [] for id in emergency_ids}
    query = select(EmergencyServiceRow.emergency_id, EmergencyServiceRow.service_id)
    query = query.where(EmergencyServiceRow.emergency_id.in_(these(work, emergency_ids)))
    for emergency, service in work.session.execute(query.order_by(EmergencyServiceRow.service_id)):
        found[emergency].append(service)
    return found


def _filters(wanted: Wanted) -> list[tuple[SQLColumnExpression[Any], Any]]:
    pairs: list[tuple[SQLColumnExpression[Any], Any]] = [
        (ProposalRow.band, wanted.band),
        (ProposalRow.singly, wanted.singly),
        (ProposalRow.status, wanted.status),
    ]
    return [(column, value) for column, value in pairs if value is not None]


def _lines(work: Work, query: Select[Any]) -> Sequence[LineListed]:
    query = query.join(ReferralRow, ReferralRow.id == ProposalRow.referral_id)
    found = work.session.execute(query).mappings().all()
    units: dict[str, list[str]] = {row["id"]: [] for row in found}
    aside = select(ProposalUnitRow.proposal_id, ProposalUnitRow.unit_id).where(
        ProposalUnitRow.proposal_id.in_(these(work, units))
    )
    for proposal, unit in work.session.execute(aside.order_by(ProposalUnitRow.unit_id)):
        units[proposal].append(unit)
    return [LineListed(**row, units=tuple(units[row["id"]])) for row in found]


def _newest_first(
    query: Select[Any],
    column: SQLColumnExpression[datetime],
    id: SQLColumnExpression[str],
    after: Moment | None,
    limit: int | None,
) -> Select[Any]:
    if after is not None:
        query = query.where(or_(column < after[0], and_(column == after[0], id < after[1])))
    return query.order_by(column.desc(), id.desc()).limit(limit)
