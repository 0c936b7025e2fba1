"""Offers being made from a run: how far it is, and what became of every line that has none."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from api.design_system.spoken import counted
from api.pages.page_door import PageDoor
from api.pages.runs.tables import called_in
from api.pages.runs.words import run_name, units_in
from gateway.agreements.reading import agreements_named
from gateway.allocation_runs.offering import Outcome
from gateway.allocation_runs.run_lists import lines_with
from gateway.allocation_runs.tables import RunRow
from gateway.directory.naming import authorities_named, units_placed
from gateway.people.access import openable
from gateway.refusals import NotFound
from gateway.storage.work import Work
from gateway.tasks.states import ENDED
from gateway.tasks.tables import TaskKind, TaskRow, TaskStatus

OUTCOMES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {Outcome.WAITS.value: ("Waits", "yellow"), Outcome.REFUSED.value: ("Not possible", "red")}
)

SHOWN = 100
"""Lines without an offer that are shown; the run's own table has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutOffer:
    """A line that no offer was made of, and why."""

    href: str
    person: str
    state: str
    colour: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How far it is, while it goes on; what came of it, when it has ended."""

    run: str
    href: str
    here: str
    going_on: bool
    words: str
    done: int
    total: int
    follow: str
    fault: str
    result: str
    rest: Sequence[WithoutOffer]


def making(work: Work, door: PageDoor, run: RunRow, task: TaskRow) -> Making:
    """The page of a task that makes offers of this run.

    Raises
    ------
    NotFound
        If it is another task, or somebody else asked for it.
    """
    if (
        task.asked_by != door.visitor.account_id
        or task.kind is not TaskKind.OFFERS
        or json.loads(task.asked)["run"] != run.id
    ):
        raise NotFound("task", task.id)
    result = json.loads(task.result) if task.result else {}
    fault = json.loads(task.fault) if task.fault else {}
    failed = "Stopped. Offers made so far stand." if task.status is TaskStatus.CANCELLED else ""
    return Making(
        run=run_name(run),
        href=f"/runs/{run.id}",
        here=f"/runs/{run.id}/offers/{task.id}",
        going_on=task.status not in ENDED,
        words=f"{task.done:,} of {counted(task.total, 'line')}" if task.total else "Waiting to start",
        done=task.done,
        total=task.total or 1,
        follow="" if task.status in ENDED else f"/api/v1/tasks/{task.id}/events",
        fault=str(fault.get("detail") or fault.get("title") or failed),
        result=_result(result),
        rest=without_offer(work, door, told) if (told := result.get("lines", [])) else [],
    )


def _result(result: Mapping[str, int]) -> str:
    if not result:
        return ""
    told = [f"{counted(result['offered'], 'offer')} made from this run"]
    if result["waits"]:
        told.append(f"{result['waits']:,} waiting for somebody to move first or for a provider's answer")
    if result["refused"]:
        told.append(f"{result['refused']:,} not possible")
    return ", ".join(told) + "."


def without_offer(work: Work, door: PageDoor, told: Sequence[Mapping[str, str]]) -> Sequence[WithoutOffer]:
    """The lines that a making of offers told of, those of people whose cases the visitor may open."""
    told = told[:SHOWN]
    lines = lines_with(work, [each["line"] for each in told])
    may_open = openable(work, {each.person for each in lines}, door.visitor.actor, door.at)
    shown = {each.id: each for each in lines if each.person in may_open}
    called = replace(
        called_in(work, list(shown.values())),
        authorities=authorities_named(work),
        agreements=agreements_named(work),
        units=_units(work, [each["why"] for each in told]),
    )
    return [
        WithoutOffer(
            href=f"/runs/{shown[each['line']].run}/lines/{each['line']}",
            person=called.person(shown[each["line"]].person),
            state=OUTCOMES[each["outcome"]][0],
            colour=OUTCOMES[each["outcome"]][1],
            why=called.sentence(each["why"]),
        )
        for each in told
        if each["line"] in shown
    ]


def _units(work: Work, sentences: Sequence[str]) -> dict[str, str]:
    """What the units are called of which these sentences speak, each with its service."""
    named = units_placed(work, units_in(sentences))
    return {id: f"{each.name}, {each.service}" for id, each in named.items()}
