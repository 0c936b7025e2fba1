"""What is to be done next in an emergency: each step with where it stands, in words."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from api.design_system.spoken import counted, spoken_moment
from api.pages.emergencies.facts import EmergencyFacts
from gateway.allocation_runs.emergency_people import Stands
from gateway.allocation_runs.run_lists import Counted
from gateway.allocation_runs.states import DECIDED
from gateway.allocation_runs.tables import ProposalStatus, RunStatus
from gateway.tasks.states import ENDED
from gateway.tasks.tables import TaskRow

LATER: Final = "Cannot start yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what it is, where it is done (nothing: not yet), its state, and more about it.

    done, total
        How far work in the background is; ``total`` 0: there is none, or nobody knows.
    """

    text: str
    state: str
    href: str = ""
    colour: str = ""
    more: str = ""
    done: int = 0
    total: int = 0


def steps(facts: EmergencyFacts) -> Sequence[Step]:
    """Find places, decide, make offers, follow the answers."""
    return [each(facts) for each in (_finding, _deciding, _offering, _answers)]


def _finding(facts: EmergencyFacts) -> Step:
    run, propose = facts.run, f"/emergencies/{facts.row.id}/propose"
    text = "Find places for everybody"
    if run is None:
        return Step(text=text, href=propose, state="Not started", colour="blue")
    if run.status in (RunStatus.QUEUED, RunStatus.RUNNING):
        return _at_work(text, facts.running)
    if run.status is RunStatus.FAILED:
        return Step(text=text, href=propose, state="Failed", colour="red", more=facts.fault or "")
    if run.status is RunStatus.CANCELLED:
        return Step(text=text, href=propose, state="Stopped", colour="orange")
    placed = sum(each.lines for each in facts.counts if each.placed)
    none = sum(each.lines for each in facts.counts if not each.placed)
    here = f"A place is proposed for {facts.proposed:,} of {len(facts.people):,} people of this emergency"
    all_ = f"of all who wait or must leave, {placed:,} have one proposed, and for {none:,} there is none"
    when = spoken_moment(run.finished_at or run.started_at)
    return Step(text=text, href=f"/runs/{run.id}", state="Done", more=f"{here}; {all_} ({when})")


def _at_work(text: str, task: TaskRow | None) -> Step:
    if task is None or task.begun_at is None:
        return Step(text=text, state="Waiting to begin", colour="yellow")
    state = f"Working: {task.words}" if task.words else "Working"
    return Step(text=text, state=state, colour="yellow", done=task.done, total=task.total)


def _lines(facts: EmergencyFacts, wanted: Callable[[Counted], bool]) -> int:
    return sum(each.lines for each in facts.counts if wanted(each))


def _proposed(facts: EmergencyFacts) -> bool:
    return facts.run is not None and facts.run.status is RunStatus.PROPOSED


def _deciding(facts: EmergencyFacts) -> Step:
    text = "Decide, band by band"
    if facts.run is None or not _proposed(facts):
        return Step(text=text, state=LATER)
    href = f"/runs/{facts.run.id}/bands"
    open_ = _lines(facts, lambda each: each.placed and each.status is ProposalStatus.PROPOSED)
    singly = _lines(
        facts, lambda each: each.placed and each.singly and each.status is ProposalStatus.PROPOSED
    )
    if not open_:
        return Step(text=text, href=href, state="Done")
    more = f"{counted(singly, 'person', 'people')} of them to be looked at one by one" if singly else ""
    return Step(text=text, href=href, state=f"{open_:,} to decide", colour="blue", more=more)


def _offering(facts: EmergencyFacts) -> Step:
    text = "Make the offers"
    if not _proposed(facts):
        return Step(text=text, state=LATER)
    if facts.offering is not None and facts.offering.status not in ENDED:
        return _at_work(text, facts.offering)
    href, more = f"/emergencies/{facts.row.id}/offers", offers_told(facts.offering)
    ready = _lines(facts, lambda each: each.status in DECIDED)
    if ready:
        return Step(text=text, href=href, state=f"{ready:,} ready", colour="blue", more=more)
    made = _lines(facts, lambda each: each.status is ProposalStatus.OFFERED)
    return Step(text=text, href=href, state="Done" if made else "Nothing decided yet", more=more)


def offers_told(task: TaskRow | None) -> str:
    """What the last making of offers came to; nothing if nobody knows any more."""
    if task is None or task.status not in ENDED:
        return ""
    if task.result is None:
        return "The last making of offers stopped half-way: make them again"
    came = json.loads(task.result)
    parts = [counted(came["offered"], "offer made", "offers made")]
    if came["waits"]:
        parts.append(f"{came['waits']:,} must wait until somebody has left or a provider has answered")
    if came["refused"]:
        parts.append(f"{came['refused']:,} could not be offered")
    return "; ".join(parts)


def _answers(facts: EmergencyFacts) -> Step:
    text = "Follow the answers and the moves"
    waiting = sum(each.stands is Stands.OFFERED for each in facts.people)
    coming = sum(each.stands is Stands.ACCEPTED for each in facts.people)
    if not waiting and not coming:
        return Step(text=text, href="/offers", state="Nothing waits")
    more = f"{counted(coming, 'person', 'people')} accepted and will move in" if coming else ""
    return Step(text=text, href="/offers", state=f"{waiting:,} to be answered", colour="blue", more=more)
