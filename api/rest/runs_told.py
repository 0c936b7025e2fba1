"""Runs and their lines as they are answered."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pydantic import Field

from api.rest.values import Told
from gateway.allocation_runs.run_lists import LineListed, RunListed, counts_of
from gateway.allocation_runs.running import scope_of
from gateway.allocation_runs.tables import ProposalStatus, RunRow, RunStatus
from gateway.storage.work import Work


class RunTold(Told):
    """One allocation run in a list."""

    id: str
    version: int
    emergency_id: str | None
    status: RunStatus
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    as_of: date = Field(description="The day the places are for.")


class CountTold(Told):
    """How many lines are of one band and stand alike."""

    band: int
    status: ProposalStatus
    placed: bool = Field(description="Whether they propose a place.")
    singly: bool = Field(description="Whether each must be looked at by itself.")
    lines: int


class RunInFull(RunTold):
    """One run: what it was asked, how it stands, and its lines counted."""

    tiers: Sequence[str] = Field(description="Of the services looked at; empty: all.")
    lots: Sequence[str]
    authorities: Sequence[str] = Field(description="Home authorities of the people; empty: all.")
    max_moves: int | None
    max_conversions: int | None
    lifted: Sequence[str] = Field(description="Ids of quotas that it left out.")
    engine: str | None = Field(description="Versions of the engine and its solvers.")
    problem_sha256: str | None
    fault: str | None = Field(description="Why it failed.")
    counts: Sequence[CountTold]


class LineTold(Told):
    """One line of a run's proposal: this person to that service; no service: no place was found."""

    id: str
    version: int
    run_id: str
    referral_id: str
    band: int
    service_id: str | None
    pool: str | None
    from_service_id: str | None = Field(description="Where they live now.")
    unit_ids: Sequence[str] = Field(description="Set aside for it.")
    cost: int | None = Field(description="Points, lower is better.")
    step: int | None = Field(description="When the move can happen, counted from 0.")
    reason: str | None = Field(description="Why there is no place, in a code of the plan.")
    singly: bool = Field(description="It must be looked at by itself before it is decided.")
    near_tie: bool
    status: ProposalStatus
    chosen_service_id: str | None = Field(description="What the officer chose instead.")
    stale_because: str | None = Field(description="What changed since.")


def run_listed(row: RunListed) -> RunTold:
    """A run in a list."""
    return RunTold.model_validate(row)


def run_told(work: Work, row: RunRow) -> RunInFull:
    """A run with its scope and its lines counted."""
    scope = scope_of(row)
    facts = {name: getattr(row, name) for name in RunTold.model_fields}
    return RunInFull(
        **facts,
        tiers=sorted(scope.tiers),
        lots=sorted(scope.lots),
        authorities=sorted(scope.authorities),
        max_moves=row.max_moves,
        max_conversions=row.max_conversions,
        lifted=sorted(scope.lifted),
        engine=row.engine,
        problem_sha256=row.problem_sha256,
        fault=row.fault,
        counts=[CountTold.model_validate(each) for each in counts_of(work, row.id)],
    )


LINE_NAMES: Mapping[str, str] = {
    "run_id": "run",
    "referral_id": "referral",
    "service_id": "service",
    "from_service_id": "origin",
    "unit_ids": "units",
    "chosen_service_id": "chosen_service",
}


def line_told(line: LineListed) -> LineTold:
    """One line."""
    return LineTold(**{name: getattr(line, LINE_NAMES.get(name, name)) for name in LineTold.model_fields})
