"""The list of runs and the page of one, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from allocation.plan import Plan, Status
from api.design_system.spoken import counted, spoken_moment
from api.pages.runs.picture import Picture
from api.pages.runs.words import (
    RUN_STATES,
    Called,
    LineSeen,
    line_seen,
    lines_counted,
    run_name,
    scope_in_short,
    scope_words,
)
from api.report.limits import Fill
from api.report.names import Names
from gateway.allocation_runs.run_counts import Standing
from gateway.allocation_runs.run_lists import Counted, LineListed, RunListed
from gateway.allocation_runs.tables import ProposalStatus, RunRow, RunStatus
from gateway.tasks.states import ENDED
from gateway.tasks.tables import TaskRow

BARS = 10
"""Quotas shown on the page of a run; all of them have pages of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeen:
    """One run in the list."""

    href: str
    name: str
    state: str
    colour: str
    scope: str
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The list; ``next`` leads to older ones."""

    runs: Sequence[RunSeen]
    next: str


def runs_seen(
    runs: Sequence[RunListed], standing: Mapping[str, Standing], called: Called, *, beyond: str | None
) -> Runs:
    """The list of runs, the newest first."""
    return Runs(
        runs=[_run_seen(each, standing.get(each.id), called) for each in runs],
        next="" if beyond is None else f"/runs?after={beyond}",
    )


def _run_seen(run: RunListed, standing: Standing | None, called: Called) -> RunSeen:
    state, colour = RUN_STATES[run.status]
    told = (
        []
        if standing is None
        else [f"{standing.placed:,} of {counted(standing.lines, 'person', 'people')} have a place"]
    )
    if standing is not None and standing.open and run.status is RunStatus.PROPOSED:
        told.append(f"{standing.open:,} to decide")
    return RunSeen(
        href=f"/runs/{run.id}",
        name=run_name(run),
        state=state,
        colour=colour,
        scope=scope_in_short(run, called),
        standing=", ".join(told),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is.

    follow
        Where a script hears of it; nothing: only by looking again.
    """

    words: str
    done: int
    total: int
    follow: str


def progress_of(run: RunRow, task: TaskRow | None) -> Progress | None:
    """How far a run is that has not ended; ``task``: by which the one who looks asked for it."""
    if run.status not in (RunStatus.QUEUED, RunStatus.RUNNING):
        return None
    words = RUN_STATES[run.status][0]
    if task is None or task.status in ENDED:
        return Progress(words=words, done=0, total=1, follow="")
    return Progress(
        words=task.words or words,
        done=task.done,
        total=task.total or 1,
        follow=f"/api/v1/tasks/{task.id}/events",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaSeen:
    """How full one quota would be; ``share`` of 100 for its bar, ``lift`` leads to a run without it."""

    where: str
    who: str
    figures: str
    share: int
    blocks: str
    lift: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSeen:
    """A unit that its provider is asked to have for others."""

    unit: str
    service: str
    target: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a proposal comes to, in numbers."""

    people: str
    placed: str
    without: str
    open: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneRun:
    """The page of one run.

    proof
        How sure it is that there is no better plan.
    closed
        Whether nothing more is done from it.
    """

    href: str
    name: str
    state: str
    colour: str
    scope: Sequence[tuple[str, str]]
    emergency: str
    fault: str
    proposed: bool
    closed: bool
    can_retry: bool
    progress: Progress | None
    figures: Figures | None
    picture: Picture | None
    quotas: Sequence[QuotaSeen]
    more_quotas: str
    moves: Sequence[LineSeen]
    requests: Sequence[RequestSeen]
    proof: str
    what_if: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What is shown of a run that has a plan."""

    counts: Sequence[Counted]
    picture: Picture | None
    quotas: Sequence[QuotaSeen]
    every_quota: int
    moves: Sequence[LineListed]
    requests: Sequence[RequestSeen]
    proof: str


def one_run(run: RunRow, called: Called, *, task: TaskRow | None, proposed: Proposed | None) -> OneRun:
    """The page of a run as it stands."""
    state, colour = RUN_STATES[run.status]
    return OneRun(
        href=f"/runs/{run.id}",
        name=run_name(run),
        state=state,
        colour=colour,
        scope=[*scope_words(run, called), ("Ended", spoken_moment(run.finished_at, unknown="Not yet"))],
        emergency="" if run.emergency_id is None else f"/emergencies/{run.emergency_id}",
        fault=run.fault or "",
        proposed=run.status is RunStatus.PROPOSED,
        closed=run.status is RunStatus.CLOSED,
        can_retry=run.status is RunStatus.FAILED,
        progress=progress_of(run, task),
        figures=figures_of(proposed.counts) if proposed else None,
        picture=proposed.picture if proposed else None,
        quotas=proposed.quotas if proposed else (),
        more_quotas=_more_quotas(proposed),
        moves=[line_seen(each, called) for each in proposed.moves] if proposed else (),
        requests=proposed.requests if proposed else (),
        proof=proposed.proof if proposed else "",
        what_if=run.scope_lifted is not None,
    )


def _more_quotas(proposed: Proposed | None) -> str:
    more = proposed.every_quota - len(proposed.quotas) if proposed else 0
    return counted(proposed.every_quota, "quota") if proposed and more else ""


def figures_of(counts: Sequence[Counted]) -> Figures:
    """The numbers of a proposal."""
    proposed = ProposalStatus.PROPOSED
    return Figures(
        people=f"{lines_counted(counts):,}",
        placed=f"{lines_counted(counts, placed=True):,}",
        without=f"{lines_counted(counts, placed=False):,}",
        open=f"{lines_counted(counts, placed=True, status=proposed):,}",
    )


def quotas_seen(fills: Sequence[Fill], called: Called) -> Sequence[QuotaSeen]:
    """How full quotas would be."""
    names = Names(
        services={id: each.name for id, each in called.services.items()}, authorities=called.authorities
    )
    return [_quota(each, names.quota(each.quota)) for each in fills]


def services_of_quotas(fills: Sequence[Fill]) -> set[str]:
    """The services that quotas are told by: of those about several there is only a number."""
    return {id for each in fills if len(each.quota.services or ()) == 1 for id in each.quota.services or ()}


def _quota(filled: Fill, words: str) -> QuotaSeen:
    where, _, who = words.partition(": ")
    blocks = counted(filled.blocks, "person", "people")
    return QuotaSeen(
        where=where,
        who=f"{who[:1].upper()}{who[1:]}",
        figures=f"{filled.used:,} of {filled.most:,}",
        share=100 if filled.most == 0 else min(100 * filled.used // filled.most, 100),
        blocks=f"Keeps {blocks} out" if filled.blocks else "Full" if filled.full else "",
        lift=f"/runs/new?{urlencode({'lift': filled.id})}" if filled.full else "",
    )


def proof_of(plan: Plan) -> str:
    """How sure it is that nothing better can be found."""
    if plan.status is Status.OPTIMAL:
        return (
            "This is proved to be the best plan: nobody of lower priority has a place where somebody of "
            "higher priority could have been, and no other plan does the same at less cost."
        )
    return (
        "A good plan, but time ran out before it was proved to be the best. Run again with fewer tiers, lots "
        "or authorities if that matters."
    )
