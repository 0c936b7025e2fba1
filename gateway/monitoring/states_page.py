"""The page ``docs/states.md``, written from the tables of states themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from gateway.allocation_runs.states import NEXT_LINE, NEXT_REQUEST, NEXT_RUN
from gateway.allocation_runs.tables import ProposalStatus, RequestStatus, RunStatus
from gateway.placements.states import NEXT_OFFER, NEXT_PLACEMENT, OfferStatus, PlacementStatus
from gateway.referrals.states import NEXT, ReferralStatus
from gateway.tasks.states import NEXT_TASK
from gateway.tasks.tables import TaskStatus

State = TypeVar("State", bound=StrEnum)

_HEAD = """# States

Written from the tables in the code (`states.py` of each room) by `gateway.monitoring.states_page`; a test
holds this page equal to them. Every move that is not here is refused.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine(Generic[State]):
    """One thing that has states.

    next
        For each state, which may follow.
    """

    title: str
    start: State
    next: Mapping[State, frozenset[State]]


MACHINES: tuple[Machine[Any], ...] = (
    Machine(title="Referral", start=ReferralStatus.DRAFT, next=NEXT),
    Machine(title="Offer", start=OfferStatus.PROPOSED, next=NEXT_OFFER),
    Machine(title="Placement", start=PlacementStatus.LIVING, next=NEXT_PLACEMENT),
    Machine(title="Run", start=RunStatus.QUEUED, next=NEXT_RUN),
    Machine(title="Line of a run", start=ProposalStatus.PROPOSED, next=NEXT_LINE),
    Machine(title="Request to re-designate", start=RequestStatus.ASKED, next=NEXT_REQUEST),
    Machine(title="Task", start=TaskStatus.QUEUED, next=NEXT_TASK),
)
"""Everything in the record that has states."""


def states_page() -> str:
    """The whole page: for each machine a diagram and a table."""
    return "\n".join([_HEAD, *(_section(each) for each in MACHINES)])


def _section(machine: Machine[Any]) -> str:
    rows = [f"| {_spoken(state)} | {_listed(after)} |" for state, after in machine.next.items()]
    table = ["| State | May be followed by |", "|---|---|", *rows]
    return "\n".join([f"## {machine.title}\n", *_diagram(machine), "", *table, ""])


def _diagram(machine: Machine[Any]) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {machine.start}"]
    for state, after in machine.next.items():
        lines += [f"    {state} --> {each}" for each in _in_order(machine, after)]
        lines += [] if after else [f"    {state} --> [*]"]
    return [*lines, "```"]


def _in_order(machine: Machine[Any], states: Iterable[StrEnum]) -> list[StrEnum]:
    wanted = frozenset(states)
    return [state for state in machine.next if state in wanted]


def _listed(states: Iterable[StrEnum]) -> str:
    return ", ".join(sorted(_spoken(each) for each in states)) or "nothing: it has ended"


def _spoken(state: StrEnum) -> str:
    return state.value.replace("_", " ")
