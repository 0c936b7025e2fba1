"""Two runs side by side, by name: who gains a place, who loses one, who has another, who stays."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from api.access.permissions import Permission
from api.design_system.rendering import Choice
from api.pages.page_door import PageDoor, sees
from api.pages.runs.words import Called, run_name, scope_in_short, scope_words
from api.rest.filled_pages import number_alone
from api.rest.listing import After, cursor
from api.rest.values import ID_PATTERN, IdInPath
from gateway.allocation_runs import run_lists
from gateway.allocation_runs.comparing import Change, Compared, Outcome, compared, people_of
from gateway.allocation_runs.tables import RunRow, RunStatus
from gateway.directory.naming import authorities_named, services_named
from gateway.people.access import openable
from gateway.referrals.triage_list import names_told
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ReaderDoor = Annotated[PageDoor, sees(Permission.READ_RUNS)]

CHANGES: Final[Mapping[Change, str]] = MappingProxyType(
    {
        Change.GAINS: "Gains a place",
        Change.LOSES: "Loses a place",
        Change.ELSEWHERE: "Has another place",
        Change.ONLY_ONE: "In one of the runs only",
        Change.SAME: "The same in both",
    }
)

TOLD: Final = (Change.GAINS, Change.LOSES, Change.ELSEWHERE)
"""Who is told by name; of the others only how many they are."""

CHOICES, PAGE = 20, 50
"""Runs to choose from, the newest; and people shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Somebody for whom the other run would do something else."""

    person: str
    referral: str
    referral_href: str
    band: str
    change: str
    one: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The page; ``other`` empty: the other run is still to be chosen."""

    run: str
    href: str
    other: str
    other_href: str
    choices: Sequence[Choice]
    asked: Sequence[tuple[str, str, str]]
    counts: Sequence[tuple[str, str]]
    people: Sequence[Changed]
    next: str


@router.get("/runs/{run_id}/compare")
def compare(
    run_id: IdInPath,
    door: ReaderDoor,
    other: Annotated[str, Query(alias="with", pattern=f"^$|{ID_PATTERN}")] = "",
    after: After = None,
) -> Response:
    """Whose place would be another one, if the other run were the one that is decided."""
    begin = number_alone(after) or 0

    def question(work: Work) -> Comparison:
        run = work.get(RunRow, run_id)
        chosen = work.get(RunRow, other) if other else None
        return _compared(work, door, run, chosen, max(begin, 0))

    view = door.read(question)
    return door.show("runs/compare.html", title="Compare two runs", view=view, back=f"/runs/{run_id}")


def _compared(work: Work, door: PageDoor, run: RunRow, other: RunRow | None, begin: int) -> Comparison:
    authorities = authorities_named(work)
    choices = _choices(work, run, other, Called(authorities=authorities))
    if other is None:
        return _page(run, None, choices, Called(authorities=authorities), [], [], "")
    everybody = compared(work, run.id, other.id)
    told = _openable(work, door, [each for each in everybody if each.change in TOLD])
    page = told[begin : begin + PAGE]
    people = people_of(work, [each.referral for each in page])
    services = {each.service for line in page for each in (line.one, line.other) if each and each.service}
    called = Called(
        people=names_told(work, list(people.values())),
        services=services_named(work, services),
        authorities=authorities,
    )
    more = cursor(begin + PAGE) if len(told) > begin + PAGE else ""
    seen = [_changed(each, people, called) for each in page]
    return _page(run, other, choices, called, everybody, seen, more)


def _openable(work: Work, door: PageDoor, changed: Sequence[Compared]) -> list[Compared]:
    people = people_of(work, [each.referral for each in changed])
    may = openable(work, set(people.values()), door.visitor.actor, door.at)
    return [each for each in changed if people.get(each.referral) in may]


def _choices(work: Work, run: RunRow, other: RunRow | None, called: Called) -> list[Choice]:
    found = run_lists.runs(work, limit=CHOICES + 1)
    open_ones = [
        each for each in found if each.id != run.id and each.status in (RunStatus.PROPOSED, RunStatus.CLOSED)
    ]
    return [
        Choice(
            value=each.id,
            text=run_name(each),
            chosen=number == 0 if other is None else each.id == other.id,
            hint=scope_in_short(each, called),
        )
        for number, each in enumerate(open_ones[:CHOICES])
    ]


def _page(
    run: RunRow,
    other: RunRow | None,
    choices: Sequence[Choice],
    called: Called,
    everybody: Sequence[Compared],
    people: Sequence[Changed],
    more: str,
) -> Comparison:
    counts = Counter(each.change for each in everybody)
    asked = [] if other is None else _asked(run, other, called)
    here = f"/runs/{run.id}/compare"
    return Comparison(
        run=run_name(run),
        href=f"/runs/{run.id}",
        other="" if other is None else run_name(other),
        other_href="" if other is None else f"/runs/{other.id}",
        choices=choices,
        asked=asked,
        counts=[(words, f"{counts[change]:,}") for change, words in CHANGES.items()],
        people=people,
        next=f"{here}?with={other.id}&after={more}" if other is not None and more else "",
    )


def _asked(run: RunRow, other: RunRow, called: Called) -> list[tuple[str, str, str]]:
    """What the two were asked, where they differ."""
    pairs = zip(scope_words(run, called), scope_words(other, called), strict=True)
    return [(key, one, two) for (key, one), (_, two) in pairs if one != two]


def _changed(each: Compared, people: Mapping[str, str], called: Called) -> Changed:
    return Changed(
        person=called.person(people.get(each.referral, "")),
        referral=each.referral,
        referral_href=f"/referrals/{each.referral}",
        band=f"{each.band}",
        change=CHANGES[each.change],
        one=_place(each.one, called),
        other=_place(each.other, called),
    )


def _place(outcome: Outcome | None, called: Called) -> str:
    if outcome is None:
        return "Not in this run"
    if outcome.service is None:
        return "Stays where they live" if outcome.stays else "No place"
    place = called.place(outcome.service)
    return f"Keeps what they have: {place}" if outcome.stays else place
