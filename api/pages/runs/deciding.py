"""One person's line: why this place, what else there is, who is as near, and the decision."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import line_in_reach
from api.pages.page_door import PageDoor, by_field, sees
from api.pages.runs.bands import after_line
from api.pages.runs.line_views import line_view, state_words
from api.pages.runs.reading_line import LineRead, read_line
from api.pages.runs.rules import rule_named
from api.rest.values import IdInPath
from gateway.allocation_runs.deciding import NotLookedAt, Unsuitable, decide, record_view
from gateway.allocation_runs.tables import Decision, ProposalRow
from gateway.placements.conflicts import HardRule
from gateway.records.reading import record_reading
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ReaderDoor = Annotated[PageDoor, sees(Permission.READ_RUNS)]
DeciderDoor = Annotated[PageDoor, sees(Permission.DECIDE)]

A_DAY = timedelta(days=1)
SAID = {Decision.AGREE: "agreed", Decision.CHANGE: "changed to another place", Decision.LEAVE: "left"}


@router.get("/runs/{run_id}/lines/{line_id}")
def show_line(run_id: IdInPath, line_id: IdInPath, door: ReaderDoor) -> Response:
    """Everything that an officer needs to decide; that it was read is recorded."""
    return _page(door, run_id, line_id, {})


@router.post("/runs/{run_id}/lines/{line_id}")
def decide_line(run_id: IdInPath, line_id: IdInPath, door: DeciderDoor) -> Response:
    """Agree, change to another place, or leave; that they had it before them is kept with it."""

    def deed(work: Work) -> tuple[ProposalRow, Decision]:
        line = _line(work, door, run_id, line_id)
        decision = _decision(door)
        _look(work, door, line_id)
        row = decide(
            line.id,
            decision,
            service_id=door.form.text("service") if decision is Decision.CHANGE else None,
            reason=door.form.text("reason"),
            seen=door.form.seen(),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return row, decision

    try:
        row, decision = door.does_once(deed, lambda _: f"/runs/{run_id}/lines/{line_id}")
    except Invalid as refused:
        return _page(door, run_id, line_id, by_field(refused, {"service_id": "service"}))
    except ChangedMeanwhile:
        return _changed_meanwhile(door, run_id, line_id)
    except HardRule as refused:
        told = f"{_rule(door, refused)} Choose another place, or leave it."
        return _page(door, run_id, line_id, {"decision": told})
    except (Unsuitable, NotLookedAt) as refused:
        return _page(door, run_id, line_id, {"service": str(refused)})
    except Conflict as refused:
        return _page(door, run_id, line_id, {"decision": str(refused)})
    there = after_line(door, run_id, row.band) if row.singly else f"/runs/{run_id}/bands"
    return door.go(there, said=f"Referral {row.referral_id}: {SAID[decision]}.")


def _rule(door: PageDoor, rule: HardRule) -> str:
    return door.read(lambda work: rule_named(work, rule))


def _line(work: Work, door: PageDoor, run_id: str, line_id: str) -> ProposalRow:
    line = line_in_reach(work, door.visitor, line_id)
    if line.run_id != run_id:
        raise NotFound("line", line_id)
    return line


def _decision(door: PageDoor) -> Decision:
    chosen = door.form.one("decision")
    if chosen not in {each.value for each in Decision}:
        raise Invalid([("decision", "choose what you decide")])
    if chosen == Decision.CHANGE and not door.form.one("service"):
        raise Invalid([("service", "choose the other place")])
    return Decision(chosen)


def _look(work: Work, door: PageDoor, line_id: str) -> None:
    """Keep that whoever decides had the line before them: since when, the page itself says."""
    others = door.form.one("others")
    record_view(
        line_id,
        seconds=_seconds(door.form.one("shown"), door.at),
        alternatives_shown=int(others) if others.isdecimal() and len(others) < 6 else 0,
        by=door.visitor.actor,
        at=door.at,
        work=work,
    )


def _seconds(shown: str, at: datetime) -> int:
    try:
        passed = at - datetime.fromisoformat(shown)
    except (TypeError, ValueError):
        return 0
    return int(min(max(passed, timedelta(0)), A_DAY).total_seconds())


def _changed_meanwhile(door: PageDoor, run_id: str, line_id: str) -> Response:
    with door.store.reading() as work:
        stands = _line(work, door, run_id, line_id)
    sent = {"agree": "Agree", "change": "Another place", "leave": "Leave"}.get(door.form.one("decision"), "")
    rows = [("Decision", state_words(stands.status), sent), ("Reason", "", door.form.one("reason"))]
    return door.both_versions(rows, again=f"/runs/{run_id}/lines/{line_id}")


def _page(door: PageDoor, run_id: str, line_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> LineRead:
        _line(work, door, run_id, line_id)
        return read_line(work, door, line_id)

    read = door.read(question)  # and writers need not wait for it
    told = [id for each in (read.line, *read.ties) for id in (each.referral, each.person)]
    by, at = door.visitor.actor, door.at
    door.looks(lambda work: record_reading("line read", about=told, by=by, at=at, work=work))
    view = line_view(read, dict(door.form.fields), at)
    return door.show(
        "runs/line.html",
        title=f"Referral {view.referral} in a run",
        view=view,
        faults=faults,
        back=f"/runs/{run_id}/bands",
    )
