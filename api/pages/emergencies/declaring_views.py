"""What declaring an emergency shows, in words: what was typed, services to choose from, who is affected."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_code, spoken_day
from api.pages.emergencies.board_views import band_words
from api.pages.emergencies.list_form import ListForm
from api.pages.emergencies.people_views import name_of
from gateway.allocation_runs.emergency_people import Leaving
from gateway.directory.finding import ServiceThere
from gateway.tasks.tables import TaskRow, TaskStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What goes along from one step to the next.

    boxes
        The three boxes of the day.
    find
        Words that are looked for among services.
    list
        The task that enters a list of people; nothing: there is none.
    begins
        How many people stand on the pages before this one.
    """

    title: str = ""
    boxes: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    find: str = ""
    list: str = ""
    begins: int = 0

    def with_list(self, task_id: str) -> "Typed":
        """The same with a list."""
        return replace(self, list=task_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatHappened:
    """Step 1; ``rows`` are what must be looked at in a list that was sent, ``form`` how one is written."""

    typed: Typed
    form: ListForm
    services: Sequence[Choice]
    more: str
    rows: Sequence[str]


def what_happened(
    typed: Typed,
    found: Sequence[ServiceThere],
    form: ListForm,
    *,
    most: int,
    choose_all: bool,
    rows: Sequence[str],
) -> WhatHappened:
    """Step 1, with what was typed."""
    chosen = set(typed.services)
    shown = found[: len(chosen) + most]
    left = len(found) > len(shown)
    return WhatHappened(
        typed=typed,
        form=form,
        services=[
            Choice(
                value=each.id,
                text=each.name,
                chosen=choose_all or each.id in chosen,
                hint=f"{each.provider}, {spoken_code(each.tier).lower()} support",
            )
            for each in shown
        ],
        more=f"Only the first {most} are shown: look for the others by name." if left else "",
        rows=rows,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """How far a list is; ``state`` as a person would say it."""

    state: str
    done: int
    total: int
    is_over: bool
    live: str


def entering_seen(task: TaskRow) -> Entering:
    """How far the task is that enters a list."""
    words = {
        TaskStatus.QUEUED: "Waiting to begin",
        TaskStatus.RUNNING: "Entering the people of the list",
        TaskStatus.DONE: "Everybody on the list is entered: go on to check who is affected",
        TaskStatus.FAILED: "It could not be entered: go back and send it again. Nobody is entered twice",
        TaskStatus.CANCELLED: "The list was stopped: go back and send it again. Nobody is entered twice",
    }
    over = task.status not in (TaskStatus.QUEUED, TaskStatus.RUNNING)
    return Entering(
        state=words[task.status],
        done=task.done,
        total=0 if over else task.total,
        is_over=over,
        live="" if over else f"/emergencies/new/lists/{task.id}/live",
    )


@dataclass(frozen=True, slots=True)
class LeavingSeen:
    """Somebody who would be affected."""

    name: str
    reference: str
    band: str
    home: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSeen:
    """Step 2: everything that declaring would do, and whom it affects.

    bands
        How many of each band.
    before, after
        Where the pages before and after begin; nothing: there is none.
    """

    title: str
    day: str
    services: Sequence[str]
    count: str
    bands: Sequence[tuple[str, str]]
    warning: str
    people: Sequence[LeavingSeen]
    hidden: str
    shown: str
    before: str
    after: str


def check_seen(
    typed: Typed,
    day: date,
    everybody: Sequence[Leaving],
    told: Sequence[Leaving],
    here: Sequence[Leaving],
    *,
    names: Mapping[str, Mapping[str, Any]],
    services: Mapping[str, str],
    withdrawn: int,
) -> CheckSeen:
    """Step 2."""
    bands = Counter(each.band if each.scored else None for each in everybody)
    order = sorted(bands, key=lambda band: (band is not None, band))
    first, size = typed.begins, 50
    known = {each.referral for each in told}
    hidden = [each for each in everybody if each.referral not in known]
    return CheckSeen(
        title=typed.title,
        day=spoken_day(day),
        services=sorted(services.values()),
        count=counted(len(everybody), "person", "people"),
        bands=[(band_words(band), f"{bands[band]:,}") for band in order],
        warning=_warning(len(services), withdrawn, day),
        people=[
            LeavingSeen(
                name=name_of(each.person, names),
                reference=each.referral,
                band=band_words(each.band if each.scored else None),
                home=services.get(each.service or "", "On the list"),
            )
            for each in here
        ],
        hidden=_hidden(hidden),
        shown=f"People {first + 1:,} to {first + len(here):,} of {len(told):,}" if here else "",
        before=str(max(first - size, 0)) if first else "",
        after=str(first + size) if first + size < len(told) else "",
    )


def _hidden(hidden: Sequence[Leaving]) -> str:
    """What is told of restricted cases: those on a list are for somebody else to add."""
    listed = sum(each.service is None for each in hidden)
    told = []
    if len(hidden) > listed:
        told.append(f"{counted(len(hidden) - listed, 'restricted case')} counted and not named.")
    if listed:
        told.append(
            f"{counted(listed, 'restricted case')} on the list will not be in the emergency: somebody who "
            "may open them adds them."
        )
    return " ".join(told)


def _warning(services: int, withdrawn: int, day: date) -> str:
    if not services:
        return "Everybody on the list must leave where they live."
    told = [f"{counted(services, 'service closes', 'services close')} on {spoken_day(day)}"]
    if withdrawn:
        told.append(f"{counted(withdrawn, 'offer')} in them {'is' if withdrawn == 1 else 'are'} withdrawn")
    return f"{' and '.join(told)}. Everybody who lives there must leave."
