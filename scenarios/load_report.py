"""What came of a load, in words and a table."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from scenarios.load import Account, Visit

PROMISED: Final = frozenset({"triage list", "case file", "vacancy search", "offer"})
"""What is promised: lists, case files, vacancy search and offers."""

_WIDTH: Final = 110
_FLAT: Final = 1.15
"""Memory that grew by less from the second third of the time to the last counts as flat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Megabytes at one moment: of the largest web process, and of the worker."""

    web: float
    worker: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A load and what it left.

    runs
        State, seconds and people of each allocation run in the background.
    written
        Offers in the database that were not there before.
    wrong
        Invariants that do not hold afterwards.
    unhurried, floor
        Requests a second without thinking, and of a constant answer.
    """

    people: int
    seconds: float
    account: Account
    memory: Sequence[Memory]
    runs: Sequence[tuple[str, float | None, int]]
    restarts: int
    written: int
    wrong: Sequence[str]
    unhurried: float = 0.0
    floor: float = 0.0

    def with_speeds(self, unhurried: float, floor: float) -> "Report":
        """The same with what was measured afterwards."""
        return replace(self, unhurried=unhurried, floor=floor)

    def slow(self, promised_ms: int) -> Sequence[str]:
        """What took longer than promised."""
        kinds = self.account.kinds()
        return [
            f"{kind}: p95 {p95(visits):.0f} ms"
            for kind, visits in sorted(kinds.items())
            if kind in PROMISED and p95(visits) >= promised_ms
        ]

    def grown(self) -> float:
        """How much larger the largest web process was at the end than in the middle."""
        third = max(1, len(self.memory) // 3)
        middle, last = self.memory[third : 2 * third] or self.memory, self.memory[-third:]
        return max(each.web for each in last) / max(each.web for each in middle)

    def doubled(self) -> int:
        """Offers that stand in the database and were answered to nobody, or the other way round."""
        return abs(self.written - len(set(self.account.offers)))

    def broken(self, promised_ms: int) -> bool:
        """Whether anything promised does not hold."""
        account = self.account
        grew = not self.restarts and self.grown() > _FLAT
        return bool(
            account.faults() or account.lost or self.slow(promised_ms) or self.doubled() or self.wrong or grew
        )


def p95(visits: Sequence[Visit]) -> float:
    """Milliseconds that nineteen of twenty took at most (nearest rank)."""
    ordered = sorted(each.seconds for each in visits)
    return ordered[math.ceil(0.95 * len(ordered)) - 1] * 1_000


def told(report: Report, *, promised_ms: int) -> str:
    """All of it, as Markdown."""
    account = report.account
    page = StringIO()
    Console(file=page, width=_WIDTH).print(_table(account))
    runs = "; ".join(f"{people:,} people, {state}, {_seconds(took)}" for state, took, people in report.runs)
    grown = f"{report.grown():.2f} times the middle"
    web = [each.web for each in report.memory]
    ratio = report.unhurried / max(report.floor, 1)
    sentences = (
        f"{report.people} people for {report.seconds:.0f} s: {len(account.visits):,} requests,",
        f"{len(account.visits) / report.seconds:.0f} a second; {len(account.faults())} faults,",
        f"{len(account.lost)} lost, {account.resent} sent again.",
        f"Offers answered {len(set(account.offers)):,}, in the database {report.written:,};",
        f"invariants broken: {len(report.wrong)}. Web processes restarted: {report.restarts}.",
        f"In the background: {runs}.",
        f"Memory: web {web[0]:.0f} MB at first, {web[-1]:.0f} MB at last ({grown});",
        f"worker at most {max(each.worker for each in report.memory):.0f} MB.",
        f"Without thinking {report.unhurried:.0f} requests a second; the floor, a constant by the same",
        f"application, {report.floor:.0f} ({ratio:.2f} times).",
    )
    lines = [page.getvalue().rstrip(), "", " ".join(sentences)]
    slow = report.slow(promised_ms)
    lines.append(f"Slower than {promised_ms} ms: {'; '.join(slow) or 'nothing that is promised'}.")
    lines += [f"FAULT {each.kind}: {each.status}" for each in account.faults()[:20]]
    lines += [f"LOST {each}" for each in account.lost[:20]]
    lines += [f"WRONG {each}" for each in report.wrong]
    return "\n".join(lines)


def _seconds(took: float | None) -> str:
    return "not ended" if took is None else f"{took:.0f} s"


def _table(account: Account) -> Table:
    table = Table(box=box.MARKDOWN)
    table.add_column("what")
    for heading in ("requests", "median ms", "p95 ms", "most ms", "refused by a rule"):
        table.add_column(heading, justify="right")
    for kind, visits in sorted(account.kinds().items()):
        milliseconds = [each.seconds * 1_000 for each in visits]
        table.add_row(
            f"**{kind}**" if kind in PROMISED else kind,
            f"{len(visits):,}",
            f"{statistics.median(milliseconds):.0f}",
            f"{p95(visits):.0f}",
            f"{max(milliseconds):.0f}",
            str(sum(each.status >= 300 for each in visits)),
        )
    return table
