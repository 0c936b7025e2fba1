"""What is asked before something is done in an emergency, in words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import counted
from api.pages.emergencies.facts import EmergencyFacts
from api.pages.emergencies.steps import offers_told
from api.pages.runs.making import WithoutOffer
from gateway.allocation_runs.states import DECIDED
from gateway.allocation_runs.tables import EmergencyRow, ProposalStatus
from gateway.tasks.states import ENDED
from gateway.tasks.tables import TaskRow

TIERS: Final[Mapping[str, str]] = MappingProxyType(
    {"hub": "Hub", "local": "Local", "floating": "Floating support"}
)

ANSWERED_WITHIN: Final[Mapping[str, tuple[str, int | None]]] = MappingProxyType(
    {
        "2": ("Within 2 hours", 2),
        "4": ("Within 4 hours", 4),
        "12": ("Within 12 hours", 12),
        "24": ("Within a day", 24),
        "never": ("They stand until they are answered", None),
    }
)
"""Until when offers are to be answered: words, and hours; ``None``: they do not lapse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersSeen:
    """How many offers are ready, and what the last making of offers came to."""

    title: str
    here: str
    ready: int
    words: str
    undecided: str
    decide: str
    last: str
    lines: Sequence[WithoutOffer]
    choices: Sequence[Choice]


def offers_seen(facts: EmergencyFacts, lines: Sequence[WithoutOffer], *, chosen: str) -> OffersSeen:
    """The page from which offers are made; ``lines`` are those of which the last making made none."""
    ready = sum(each.lines for each in facts.counts if each.status in DECIDED)
    open_ = sum(each.lines for each in facts.counts if each.placed and each.status is ProposalStatus.PROPOSED)
    run = facts.run
    return OffersSeen(
        title=facts.row.title,
        here=f"/emergencies/{facts.row.id}/offers",
        ready=ready,
        words=f"{counted(ready, 'offer is', 'offers are')} ready to be made",
        undecided=f"{counted(open_, 'person is', 'people are')} not decided yet" if open_ else "",
        decide=f"/runs/{run.id}/bands" if run is not None and open_ else "",
        last=offers_told(facts.offering),
        lines=lines,
        choices=[
            Choice(value=value, text=text, chosen=value == chosen)
            for value, (text, _) in ANSWERED_WITHIN.items()
        ],
    )


def lines_without_offer(task: TaskRow | None) -> Sequence[Mapping[str, str]]:
    """The lines of which the last making of offers made none, as it told them."""
    if task is None or task.status not in ENDED or task.result is None:
        return ()
    lines: Sequence[Mapping[str, str]] = json.loads(task.result)["lines"]
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSeen:
    """Before an emergency is ended."""

    title: str
    here: str
    without: str
    needs_reason: bool
    sent: str


def end_seen(row: EmergencyRow, without: int, *, sent: str) -> EndSeen:
    """Who has no place yet, in words."""
    verb = "has" if without == 1 else "have"
    told = f"{counted(without, 'person', 'people')} {verb} no place yet" if without else ""
    return EndSeen(
        title=row.title,
        here=f"/emergencies/{row.id}/end",
        without=told,
        needs_reason=without > 0,
        sent=sent,
    )
