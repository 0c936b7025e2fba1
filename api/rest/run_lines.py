"""The lines of a run: looked at, explained, decided by a named officer, marked where they grew stale."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import ConfigDict, Field

from api.access.permissions import Permission
from api.access.reach import line_in_reach, referral_in_reach
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.explained import ExplanationTold, explanation_told
from api.rest.filled_pages import count_and_id, filled
from api.rest.listing import After, Listing, Size, cursor
from api.rest.runs_told import LineTold, line_told
from api.rest.strict_requests import doors
from api.rest.values import Asked, Id, IdInPath, Told, Words
from gateway.allocation_runs import run_lists
from gateway.allocation_runs.asked_again import explanation
from gateway.allocation_runs.deciding import decide, decide_band, record_view
from gateway.allocation_runs.run_lists import LineListed, Wanted
from gateway.allocation_runs.staleness import mark_stale
from gateway.allocation_runs.tables import Decision, ProposalStatus, RunRow
from gateway.people.access import openable
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("allocation runs")

Decider = Annotated[Door, may(Permission.DECIDE)]
Band = Annotated[int, Path(ge=1, le=1_000_000_000, examples=[1])]


class Looked(Asked):
    """That somebody had a line before them: evidence that people decide, and not the machine."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seconds": 40, "alternatives_shown": 3}]})

    seconds: int = Field(ge=0, le=86_400)
    alternatives_shown: int = Field(ge=0, le=100_000)


class ViewTold(Told):
    """A look at a line, as it was kept."""

    id: str
    line_id: str
    viewed_at: datetime
    seconds: int
    alternatives_shown: int


class Decided(Asked):
    """What a named officer decides."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"decision": "agree"},
                {"decision": "change", "service_id": "S-7K3F92QDXM", "reason": "Nearer to her school."},
            ]
        }
    )

    decision: Decision
    service_id: Id | None = Field(default=None, description="The place of a change.")
    reason: Words | None = Field(default=None, description="Why otherwise than proposed.")


class LinesTold(Told):
    """Lines of one run."""

    items: Sequence[LineTold]


@router.get(
    "/runs/{run_id}/lines",
    summary="The lines of a run's proposal",
    response_model=Listing[LineTold],
    responses=declared(NotFound),
)
def list_lines(
    run_id: IdInPath,
    door: Annotated[Door, may(Permission.READ_RUNS)],
    band: Annotated[int | None, Query(ge=1, le=1_000_000_000)] = None,
    singly: Annotated[
        bool | None, Query(description="Those to be looked at by themselves, or the rest.")
    ] = None,
    status: ProposalStatus | None = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """By band; whoever's case is restricted is not among them without a grant."""
    place = count_and_id(after)
    wanted = Wanted(band=band, singly=singly, status=status)

    def question(work: Work) -> Listing[LineTold]:
        work.get(RunRow, run_id)
        lines, end = filled(
            work,
            door.visitor,
            lambda place, limit: run_lists.lines_of(work, run_id, wanted, after=place, limit=limit),
            after=place,
            size=size,
            person=lambda line: line.person,
            place=lambda line: (line.band, line.id),
        )
        return Listing(items=[line_told(each) for each in lines], next=None if end is None else cursor(*end))

    return door.read(question)


@router.get("/lines/{line_id}", summary="One line", response_model=LineTold, responses=declared(NotFound))
def read(line_id: IdInPath, door: Annotated[Door, may(Permission.READ_RUNS)]) -> Response:
    """As it stands now."""

    def question(work: Work) -> LineTold:
        line_in_reach(work, door.visitor, line_id)
        return line_told(run_lists.line(work, line_id))

    return door.read(question)


@router.get(
    "/runs/{run_id}/referrals/{referral_id}",
    summary="Why one person is proposed this place, or none",
    response_model=ExplanationTold,
    responses=declared(NotFound, Conflict),
)
def explain(
    run_id: IdInPath,
    referral_id: IdInPath,
    door: Annotated[Door, may(Permission.READ_RUNS)],
    most: Annotated[int, Query(ge=1, le=1_000, description="How many choices at most.")] = 50,
) -> Response:
    """Reasons, what would change them, and what the other places would cost, from the plan as it was kept."""

    def question(work: Work) -> ExplanationTold:
        referral_in_reach(work, door.visitor, referral_id)
        found = explanation(work, run_id, referral_id)
        return explanation_told(found.person, found.place, found.unplaced, found.choices, most)

    return door.read(question)


@router.post(
    "/lines/{line_id}/views",
    summary="Record that somebody has looked at a line",
    status_code=201,
    response_model=ViewTold,
    responses=declared(NotFound),
)
def look(line_id: IdInPath, asked: Looked, door: Decider) -> Response:
    """For how long, and how many other places they were shown."""

    def deed(work: Work) -> ViewTold:
        line_in_reach(work, door.visitor, line_id)
        view = record_view(
            line_id,
            seconds=asked.seconds,
            alternatives_shown=asked.alternatives_shown,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return ViewTold(
            id=view.id,
            line_id=view.proposal_id,
            viewed_at=view.viewed_at,
            seconds=view.seconds,
            alternatives_shown=view.alternatives_shown,
        )

    return door.write(deed, status=201)


@router.post(
    "/lines/{line_id}/decision",
    summary="Decide on a line",
    response_model=LineTold,
    responses=declared(*EDITS),
)
def decide_line(line_id: IdInPath, asked: Decided, seen: Seen, door: Decider) -> Response:
    """Agree, change to another suitable place, or leave. The last decision counts until the offer is made.

    Refused where a safety area, a separation or an exclusion forbids the place by now.
    """

    def deed(work: Work) -> LineTold:
        line_in_reach(work, door.visitor, line_id)
        decide(
            line_id,
            asked.decision,
            service_id=asked.service_id,
            reason=asked.reason,
            seen=seen,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return line_told(run_lists.line(work, line_id))

    return door.write(deed)


@router.post(
    "/runs/{run_id}/bands/{band}/agree",
    summary="Agree to the lines of a band",
    response_model=LinesTold,
    responses=declared(NotFound, Conflict),
)
def agree_band(run_id: IdInPath, band: Band, door: Decider) -> Response:
    """To every line that has a place, is undecided and need not be looked at singly; answers with them.

    One whose place is forbidden by what was recorded since (a safety area, a separation, an exclusion) is
    among them as `stale`, with the reason.
    """

    def deed(work: Work) -> LinesTold:
        lines = decide_band(run_id, band, by=door.visitor.actor, at=door.at, work=work)
        return _openable_lines(work, door, [each.id for each in lines])

    return door.write(deed)


@router.post(
    "/runs/{run_id}/mark-stale",
    summary="Mark the lines that have grown stale",
    response_model=LinesTold,
    responses=declared(NotFound),
)
def mark(run_id: IdInPath, door: Decider) -> Response:
    """Those whose person or units have changed since, or whose place is forbidden by what was recorded since.

    Each with what changed; answers with those found.
    """

    def deed(work: Work) -> LinesTold:
        lines = mark_stale(run_id, by=door.visitor.actor, at=door.at, work=work)
        return _openable_lines(work, door, [each.id for each in lines])

    return door.write(deed)


def _openable_lines(work: Work, door: Door, ids: Sequence[str]) -> LinesTold:
    lines: Sequence[LineListed] = run_lists.lines_with(work, ids)
    may_open = openable(work, {each.person for each in lines}, door.visitor.actor, door.at)
    return LinesTold(items=[line_told(each) for each in lines if each.person in may_open])
